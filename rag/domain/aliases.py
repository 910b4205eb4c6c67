"""Short names that people type for a paper, taken from its own words: title, abstract, file name.

What a field calls a paper without the paper saying so ("vit", "resnet") is in :mod:`rag.sources.known_names`.
A name is only taken when the paper claims it: an abstract that merely mentions BERT does not make a paper "bert".
"""

# ruff: noqa: SIM905 (a list of words reads best as words)
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePath

from rag.domain.paper import name_form

GENERIC_WORDS = frozenset(
    """a adversarial all an and are article at attention by camera can code conference convolutional copy data dataset
    datasets deep detection doc document download end english final for forecasting framework from full fulltext game
    generative graph image images improved in information is it language large learn learning machine main manuscript
    method model modelling models need nets network networks neural new novel object of on one paper papers pdf
    pretraining preprint problem process processing published ready recognition recurrent reinforcement report
    representation representations residual scale segmentation self submission supplementary supervised system task
    temporal text the time to towards training transfer translation unified untitled using version via vision visual we
    what with word words you zero""".split()
)
"""Words that never make a name on their own or together."""


def derive_aliases(title: str, abstract: str = "", arxiv_id: str | None = None, file_name: str = "") -> tuple[str, ...]:
    """Return the names a paper gives itself, lower case, most telling first, none twice (by ``name_form``).

    Taken: the title's head ("YOLOv4: ..."), a short title, names and acronyms that the abstract introduces, initials
    of the title that the abstract uses, the file's name without arXiv id and venue.

    >>> derive_aliases("Mask R-CNN", file_name="1703.06870-maskrcnn-cvf.pdf")
    ('mask r-cnn',)
    """
    title, abstract = title[:_MAX_TITLE], abstract[:_MAX_ABSTRACT]
    found: dict[str, str] = {}
    for name in (*_from_title(title), *_from_abstract(title, abstract), *_from_file_name(file_name, arxiv_id)):
        shown = " ".join(name.casefold().split()).strip(" -_.")
        if _is_telling(shown):
            found.setdefault(name_form(shown), shown)
    return tuple(found.values())


def title_head(title: str) -> str:
    """Return the part of a title before its colon or dash: "Swin Transformer" of "Swin Transformer: ..."; else all."""
    return re.split(r":\s|\s[-–—]\s|\?\s", title.strip(), maxsplit=1)[0].strip()


def initials(words: str) -> str:
    """Return the first letters of the words that carry meaning: "gan" of "Generative Adversarial Nets".

    Parts of hyphenated words count ("drql" of "Deep Recurrent Q-Learning").
    """
    parts = re.findall(r"[^\W_]+", words.casefold())
    return "".join(part[0] for part in parts if part not in _SMALL_WORDS)


_SMALL_WORDS = frozenset("a an and as at by for from in into is of on or the to towards via with".split())
_HEAD_WORDS = 6  # longer heads are sentences, not names
_TITLE_WORDS = 4
_LONGEST = 40  # characters
_MAX_TITLE = 500
_MAX_ABSTRACT = 5_000  # arXiv allows 1,920
_COMMON_ACRONYMS = frozenset(
    "ai bleu cifar cnn cnns coco cpu dnn fps gpu gpus imagenet llm llms lstm map ml mlp mnist ner nlp nlu ocr qa rl rnn"
    " rnns sgd sota tpu voc wmt".split()
)
_VENUES = frozenset(
    "aaai acl arxiv camera cvf cvpr eccv emnlp icassp iccv iclr icml ijcai jmlr naacl nature neurips nips paper"
    " pami pdf tmlr tpami".split()
)
_NAME = r"[A-Z][A-Za-z0-9+]*(?:-[A-Z0-9][A-Za-z0-9+]*)*"
_INTRODUCED = re.compile(
    rf"\b(?:called|named|dubbed|termed|codenamed|we call(?: it| this \w+)?|(?:introduce|present|propose)s?)\s+"
    rf"(?P<name>{_NAME}(?:\s{_NAME}){{0,2}})(?=\s*[,.(;:–—]|\s+(?:which|that|for|is|to|an?)\b)"
)
_SHORT_FORM = re.compile(r"(?P<words>(?:[\w’'-]+\s+){1,7})\((?P<short>[A-Za-z][A-Za-z0-9+-]{1,14})\)")
_CLAIM = re.compile(r"\b(?:introduc|present|propos|develop|call|nam|resulting)\w*\b")


def _from_title(title: str) -> Iterator[str]:
    head = title_head(title)
    most = _TITLE_WORDS if head == title.strip() else _HEAD_WORDS
    if len(head.split()) <= most:
        yield head


def _from_abstract(title: str, abstract: str) -> Iterator[str]:
    text = " ".join(abstract.split())
    for match in _INTRODUCED.finditer(text):
        name = match["name"]
        if _is_coined(name) and not _is_sentence_start(text, match.start("name")):
            yield name
    yield from _introduced_acronyms(title, text)
    letters = {initials(title), initials(title_head(title))}
    for token in re.findall(r"\b[A-Za-z]*[A-Z]{2}[A-Za-z]*\b", text):
        short = token.removesuffix("s").casefold()
        if len(short) > 2 and short in letters:
            yield short


def _introduced_acronyms(title: str, text: str) -> Iterator[str]:
    """Yield "DRQN" for "The resulting Deep Recurrent Q-Network (DRQN)": claimed here, or the beginning of the title."""
    for match in _SHORT_FORM.finditer(text):
        short = match["short"].removesuffix("s")
        long = _spelled_out(short, match["words"].split())
        if len(long) < 2 or sum(c.isupper() for c in short) < 2:
            continue
        before = text[max(0, match.end("words") - len(" ".join(long)) - 40) : match.end("words") - len(" ".join(long))]
        if _begins(title, long) or (_CLAIM.search(before) and not re.search(r"[.;]", before.rstrip()[-25:])):
            yield short


def _spelled_out(short: str, words: list[str]) -> list[str]:
    """Return the last words that a short form stands for: "Dense Convolutional Network" for "DenseNet".

    Each capital and what follows it ("Dense", "Net") begins one of the words, in order, the first one the first word;
    in an acronym two may and the rest stand inside ("GAT": Graph ATtention networks).
    """
    pieces = [piece.casefold() for piece in re.findall(r"[A-Z][a-z]*", short)]
    for count in range(1, len(words) + 1):
        parts = re.findall(r"[^\W_]+", " ".join(words[-count:]).casefold())
        if not pieces or not parts or not parts[0].startswith(pieces[0]):
            continue
        spread = short.isupper() and "".join(p[0] for p in parts).startswith("".join(pieces[:2]))
        if _begin_in_order(pieces, parts) or (spread and _holds(" ".join(parts), "".join(pieces))):
            return words[-count:]
    return []


def _holds(text: str, letters: str) -> bool:
    """Tell whether the letters occur in the text in their order."""
    rest = iter(text)
    return all(letter in rest for letter in letters)


def _begin_in_order(pieces: list[str], parts: list[str]) -> bool:
    rest = iter(parts)
    return all(any(part.startswith(piece) for part in rest) for piece in pieces)


def _begins(title: str, long: Iterable[str]) -> bool:
    """Tell whether the title begins with most of these words, the first two (or the only one) in any case."""
    told = [word[:5] for word in re.findall(r"[^\W_]+", title.casefold())]
    said = [word[:5] for word in re.findall(r"[^\W_]+", " ".join(long).casefold())]
    same = 0
    for a, b in zip(told, said, strict=False):
        if a != b:
            break
        same += 1
    return same >= min(2, len(said)) and same * 2 > len(said)


def _from_file_name(file_name: str, arxiv_id: str | None) -> Iterator[str]:
    stem = PurePath(file_name.replace("\\", "/")).stem if file_name else ""
    if arxiv_id:
        stem = stem.replace(arxiv_id, " ")
    stem = re.sub(r"\d{4}\.\d{4,5}(v\d+)?|\b(19|20)\d\d\b", " ", stem)
    tokens = [token for token in re.split(r"[^\w+]+|_", stem) if token]
    kept = [token for token in tokens if not _is_place(token)]
    if 0 < len(kept) <= 3 and not any(re.fullmatch(r"\d+|[0-9a-f]{8,}", token) for token in kept):
        yield " ".join(kept)


def _is_place(token: str) -> bool:
    """Tell a venue, year or version ("icml2017", "cvf", "v3") from a name."""
    return re.sub(r"\d+$", "", token.casefold()) in _VENUES or re.fullmatch(r"(?i)v\d+|final|copy", token) is not None


def _is_coined(name: str) -> bool:
    words = name.split()
    return not all(word.casefold() in _COMMON_ACRONYMS or word.casefold() in GENERIC_WORDS for word in words)


def _is_sentence_start(text: str, at: int) -> bool:
    return at == 0 or text[:at].rstrip().endswith((".", "!", "?"))


def _is_telling(name: str) -> bool:
    words = re.findall(r"[^\W_]+", name)
    form = name_form(name)
    if min(len(form), len(name)) < 2 or len(name) > _LONGEST or form.isdigit():
        return False
    # A whole short title made of common words ("graph attention networks") is still a name; one or two words are not.
    generic = all(word in GENERIC_WORDS for word in words)
    return not (generic and len(words) < 3) and form not in _COMMON_ACRONYMS
