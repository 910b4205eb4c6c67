"""Words of a question: what is worth looking for, and nothing that could be read as query syntax."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


def word_set(listed: str) -> frozenset[str]:
    """Return the words of a list as written in a source file."""
    return frozenset(listed.split())


MAX_WORDS = 64
"""Content words taken from one question; a pasted page is searched by its first words."""

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵε", "eta": "η", "theta": "θ", "kappa": "κ",
    "lambda": "λ", "mu": "µμ", "nu": "ν", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "ϕφ", "psi": "ψ",
    "omega": "ω",
}  # fmt: skip
"""Letters that papers print and people spell; two where Unicode has two in use."""

SHORTENED = {
    "acc": "accuracy", "arch": "architecture", "attn": "attention", "bbox": "bounding box", "bboxes": "bounding boxes",
    "conv": "convolution", "convs": "convolutions", "dim": "dimension", "dims": "dimensions", "fc": "fully connected",
    "hyperparams": "hyperparameters", "init": "initialization", "lr": "learning rate", "norm": "normalization",
    "param": "parameter", "params": "parameters", "preprocess": "preprocessing", "sqrt": "square root",
}  # fmt: skip
"""What people in the field type for longer words; papers print the longer ones."""

STOP_WORDS = word_set(
    """
    a about above after again all also am an and another any are as at be because been before being below between
    both but by can could did do does doing don down during each either else ever every few for from further get
    gets give given go goes had has have having he her here hers him his how however i if in into is it its itself
    just let like many may me might more most much must my no nor not of off on once only or other our ours out over
    own per please same say says she should show so some such tell than that the their them then there these they
    this those though through thus to too under until up upon us use used uses using very vs versus was we well were
    what whats when where whether which while who whom whose why will with within without would you your yours paper
    papers author authors article work works describe described explain explained explaining explanation mention
    mentioned according
    """
)
"""English function words, question words, and what people say about any paper."""

FUNCTION_WORDS = word_set(
    """
    a an the of to in is are was were be been and or what which how why who where when does do did this that these those
    it its for on by with as at from has have had can there
    """
)
"""What the lexical search leaves out: only these, since "use" and "show" rank a little too (measured on QASPER)."""

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_JOINED = re.compile(r"(?<![^\W_])[^\W_]+(?:-[^\W_]+)+(?![^\W_])")
_BRITISH = re.compile(r"(\w{3})is(ation|ations|e|ed|es|ing|er|ers)$")
_LATEX = re.compile(r"\\([a-zA-Z]+)")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Token:
    """One word as typed: ``text[start:end]`` of the question."""

    text: str
    start: int
    end: int


def plain(question: str) -> str:
    r"""Return the question with LaTeX commands replaced: Greek by its name, everything else by a space.

    >>> plain(r"what is $\mathbf{Y}$ and $\gamma$")
    'what is $ {Y}$ and $ gamma $'
    """
    return _LATEX.sub(lambda found: f" {found[1]} " if found[1].lower() in GREEK else " ", question)


def tokens(text: str) -> tuple[Token, ...]:
    """Return runs of letters and digits with their places; a possessive "'s" belongs to none."""
    found = []
    for match in _TOKEN.finditer(text):
        word = re.split(r"['’]", match[0])[0]
        found.append(Token(word, match.start(), match.start() + len(word)))
    return tuple(found)


def content_words(text: str) -> tuple[str, ...]:
    """Return the words worth searching for, as typed, in order, without repeats (by case-folded form).

    A single capital letter is a symbol ("V and S"), except an article. When nothing but function words is there,
    the letters among them are what is meant ("k", "a").
    """
    found = tokens(text)
    kept = [t.text for t in found if t.text.casefold() not in STOP_WORDS or _is_symbol(t.text)]
    return _distinct(kept or [t.text for t in found if len(t.text) == 1])


def search_words(text: str) -> tuple[str, ...]:
    """Return the words for the lexical search, as typed, in order, without repeats: content words first."""
    rest = [t.text for t in tokens(text) if t.text.casefold() not in FUNCTION_WORDS]
    return _distinct([*content_words(text), *rest])


def joined_words(text: str) -> tuple[str, ...]:
    """Return hyphenated words with a part of one or two signs, whole: "R-CNN" and "GPT-4" are looked for as phrases.

    >>> joined_words("multi-head attention in R-CNN")
    ('R-CNN',)
    """
    found = [match[0] for match in _JOINED.finditer(text)]
    return _distinct(word for word in found if any(len(part) <= 2 for part in word.split("-")))


def spelled_out(words: Iterable[str]) -> tuple[str, ...]:
    """Return the words, and after each what it is short for, or its other English spelling ("normalisation")."""
    return _distinct(form for word in words for form in (word, *_spellings(word)))


def symbols(words: Iterable[str]) -> tuple[str, ...]:
    """Return the words that are single letters."""
    return tuple(word for word in words if len(word) == 1 and word.isalpha())


def with_greek(words: Iterable[str]) -> tuple[str, ...]:
    """Return the words and, after each spelled Greek letter, the letter itself; and the other way round."""
    found: list[str] = []
    for word in words:
        found.append(word)
        found.extend(GREEK.get(word.casefold(), ""))
        found.extend(name for name, letters in GREEK.items() if word in letters)
    return _distinct(found)


def mostly_non_latin(text: str) -> bool:
    """Return whether more than half of the letters are of another script, Greek symbols aside."""
    letters = [c for c in _LETTER.findall(text) if not any(c in greek for greek in GREEK.values())]
    return len(letters) > 2 * sum(1 for c in letters if _LATIN.match(c))


def _spellings(word: str) -> list[str]:
    folded = word.casefold()
    other = _BRITISH.sub(r"\1iz\2", folded)
    return [*SHORTENED.get(folded, "").split(), *([other] if other != folded else [])]


def _is_symbol(word: str) -> bool:
    return len(word) == 1 and word.isupper() and word not in {"A", "I"}


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple({word.casefold(): word for word in reversed(tuple(words))}.values())[::-1][:MAX_WORDS]
