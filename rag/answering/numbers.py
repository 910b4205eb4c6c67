"""Numbers in a sentence have to occur in its quotes: 1,000 is 1000, .9 is 0.9, "two" in a quote is 2.

Digits that are part of a name (ResNet-152, GPT-3, F1, 3x3) may also come from where names come from: the question, the
papers' names, the label of what is cited.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation

MOST_DIGITS = 40
"""Digits of one number; more is none that a paper says."""

_TOKEN = re.compile(r"(?<![^\W_])[^\W_]*[-/^]?\.?\d(?:[^\W_]|[-.,/^×](?=[^\W_]))*")
_NUMBER = re.compile(r"(?<!\d)(?:\d+(?:[.,]\d+)*|\.\d+)")
_SPACED = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?![\d.,])")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DOTTED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_SCALE = re.compile(r"(?:\s*(thousand|million|billion|trillion)\b|([kKMB])(?![^\W_]))")
_SCALES = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12, "k": 3, "K": 3, "M": 6, "B": 9}
_PLACE = re.compile(
    r"\b(?P<kind>pages?|pp?\.|tab(?:le|\.)|fig(?:ure|s?\.)|eq(?:uation|\.)|section|sec\.|theorem|lemma|algorithm|"
    r"appendix)\s*\(?(?P<number>[A-Z]?\.?\d+(?:\.\d+)*)\)?",
    re.IGNORECASE,
)
_UP_TO_TWENTY = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty""".split()  # noqa: SIM905
_TENS = {word: Decimal(10 * n) for n, word in enumerate("thirty forty fifty sixty seventy eighty ninety".split(), 3)}  # noqa: SIM905
_WORDS = {word: Decimal(number) for number, word in enumerate(_UP_TO_TWENTY)} | _TENS | {
    "once": Decimal(1), "twice": Decimal(2), "half": Decimal("0.5"), "dozen": Decimal(12), "hundred": Decimal(100),
}  # fmt: skip
_NO_COUNT = ("zero", "one", "once", "half")
"""Words that mostly do not count: "one can", "once trained", "zero-shot"."""
_AS_MANY = {"both": Decimal(2), "pair": Decimal(2), "second": Decimal(2), "third": Decimal(3)}
"""A quote that has a second has two."""
_COUNTING = "|".join(word for word in _WORDS if word not in _NO_COUNT)
_WORD = re.compile(r"[^\W\d_]+")
_SAID = re.compile(
    rf"(?<![^\W_])(?:(?P<tens>twenty|{'|'.join(_TENS)})[ -])?(?P<word>{_COUNTING})"
    r"(?![^\W_])(?: (?P<scale>thousand|million|billion|trillion)\b)?",
    re.IGNORECASE,
)


def stray_numbers(
    sentence: str, quotes: Iterable[str], *, names: Iterable[str] = (), places: Iterable[str] = ()
) -> tuple[str, ...]:
    """Return the numbers of a sentence, as written, that its quotes do not hold.

    ``names`` are texts whose names with digits may be used, ``places`` what the citations themselves are called: "page
    3", "Table 2", "Section 4.1".

    >>> stray_numbers("It has 152 layers and 0.9 momentum.", ["a momentum of .9 in each of the 152 layers"])
    ()
    >>> stray_numbers("ResNet-152 wins by 3 points.", ["it wins clearly"], names=["ResNet-152"])
    ('3',)
    """
    said = _plain(sentence)
    quoted = " \n ".join(_plain(quote) for quote in quotes)
    held = frozenset(_values(quoted)) | {_WORDS[w] for w in _WORD.findall(quoted.casefold()) if w in _WORDS}
    spaced, named = _spaced(quoted), _spaced(" \n ".join(_plain(name) for name in names))
    called = {_spaced(place) for place in places}
    rest = _PLACE.sub(lambda found: " " if _place(found) in called else found.group(), said)
    return tuple(token for token, after in _tokens(rest) if not _holds(token, after, held, spaced, named))


def stray_number_words(sentence: str, texts: Iterable[str]) -> tuple[str, ...]:
    """Return the numbers of a sentence that are written as words, from two on, which the texts do not hold.

    >>> stray_number_words("Ninety-six layers and two gates of six units.", ["96 layers, two gates"])
    ('six',)
    """
    held_in = " \n ".join(_plain(text) for text in texts)
    held = frozenset(_values(held_in)) | {_WORDS[w] for w in _WORD.findall(held_in.casefold()) if w in _WORDS}
    held |= {value for found in _SAID.finditer(held_in) for value in _said(found)}
    held |= {number for word, number in _AS_MANY.items() if re.search(rf"\b{word}\b", held_in, re.IGNORECASE)}
    return tuple(found.group() for found in _SAID.finditer(_plain(sentence)) if held.isdisjoint(_said(found)))


def _said(found: re.Match[str]) -> set[Decimal]:
    """Return what a number in words may mean: of "two million" also what stands before the million."""
    number = _WORDS[found["word"].casefold()] + (_WORDS[found["tens"].casefold()] if found["tens"] else 0)
    scale = _SCALES[found["scale"].casefold()] if found["scale"] else 0
    return {number * Decimal(10) ** scale} | ({number} if scale else set())


def _holds(token: str, after: str, held: frozenset[Decimal], spaced: str, named: str) -> bool:
    letters = any(sign.isalpha() for sign in token)
    if (letters or token.count(".") > 1) and (_named(token, spaced) or _named(token, named)):
        return True
    if token[:1].isalpha() and not _exponent(token):
        return False  # "GPT-3" is not any 3
    values = list(_readings(token if letters else token + after))
    return bool(values) and all(any(value in held for value in readings) for readings in values)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Yield what holds digits, and the word behind it when that says how many: "1.2" and " million"."""
    for found in _TOKEN.finditer(text):
        token = found.group().lstrip("-,/^").rstrip("-.,/^")
        scale = _SCALE.match(text, found.start() + found.group().rfind(token) + len(token))
        yield token, scale.group() if scale else ""


def _readings(text: str) -> Iterator[set[Decimal]]:
    """Yield of each number in a text what it may mean."""
    for found in _NUMBER.finditer(text):
        scale = _SCALE.match(text, found.end())
        factor = Decimal(10) ** _SCALES[(scale[1] or scale[2])] if scale else Decimal(1)
        yield {value * factor for value in _meant(found.group())}


def _values(text: str) -> Iterator[Decimal]:
    for readings in _readings(text):
        yield from readings
    for found in _SPACED.finditer(text):  # "10 000 images"
        yield from _meant(found.group().replace(" ", ""))


def _meant(written: str) -> set[Decimal]:
    """Return what a written number may mean: "1,000" is 1000, "0,9" is 0.9, "1.000" both 1 and (in German) 1000."""
    forms = {written.replace(",", "")} if _GROUPED.fullmatch(written) else {written.replace(",", ".")}
    if _DOTTED.fullmatch(written):
        forms.add(written.replace(".", ""))
    values: set[Decimal] = set()
    for form in forms:
        if len(form) <= MOST_DIGITS:
            try:
                values.add(Decimal(form).normalize())
            except InvalidOperation:  # "1.2.3": a version
                continue
    return values


def _named(token: str, text: str) -> bool:
    """Whether a name with digits stands in a spaced text, however it is parted: "top-5", "top5" and "top 5"."""
    runs = re.findall(r"\d+(?:\.\d+)*|[^\W\d_]+", token.casefold())
    ends = r"(?!\d|\.\d)" if runs and runs[-1][-1].isdigit() else ""
    return re.search(r"(?<![^\W_])" + " ?".join(map(re.escape, runs)) + ends, text) is not None


def _exponent(token: str) -> bool:
    """Whether letters only stand before a number because it is a factor: "x10", "e-4"."""
    return re.fullmatch(r"[xe×]-?\d+", token) is not None


def _place(found: re.Match[str]) -> str:
    kind = found["kind"].casefold()
    first = {"p": "page", "t": "table", "f": "figure", "e": "eq", "s": "section"}.get(kind[0], kind)
    first = kind if kind[:2] in ("th", "le", "al", "ap") else first
    return _spaced(f"{first} {found['number']}")


def _spaced(text: str) -> str:
    """Return a text in small letters, its words and numbers parted by one space, its lines kept apart."""
    folded = text.casefold().replace("×", "x").replace("equation", "eq")
    lines = (re.sub(r"[^\w.]+|_|\.(?!\d)", " ", line) for line in folded.split("\n"))
    return "\n".join(" ".join(line.split()) for line in lines)


def _plain(text: str) -> str:
    """Return a text with plain digits, spaces and minus signs; subscripts and superscripts become digits."""
    folded = unicodedata.normalize("NFKC", text).replace("−", "-").replace("–", "-").replace("\u2010", "-")
    return "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() and not sign.isascii() else sign for sign in folded
    )
