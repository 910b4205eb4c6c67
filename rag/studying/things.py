"""What a paper holds beside sentences: figures that draw the model, equations, algorithms, tables of results."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.answering.bookshelf import Bookshelf
from rag.answering.candidates import opening
from rag.answering.picking import of_item
from rag.answering.ports import Evidence
from rag.answering.quotes import Found, find_quote
from rag.domain.passage import Hit, Passage
from rag.domain.reading import Kind
from rag.questions.english import GARBLED
from rag.questions.ground import Ground
from rag.questions.pointing import is_drawing, title_of
from rag.retrieval.items import items_in

EQUATIONS = 3
TRIED = 8
"""Equations that are looked up on their pages."""
CAPTION_WORDS = 30
ROWS = 3
"""Of a table, beside its caption and its header."""
_TRAINING = re.compile(
    r"\b(?:training|pre-?train\w*|fine-?tun\w*|procedures?|pipeline|workflow|stages?|algorithm)\b", re.I
)
_NO_OVERVIEW = re.compile(r"\b(?:curves?|error|accuracy|loss)\b", re.IGNORECASE)
_MEASURED = re.compile(
    r"\b(?:error|accuracy|results?|performance|BLEU|mAP|AP|scores?|F1|comparison|compar\w+|perplexity|rewards?|rates?"
    r"|state-of-the-art|detection|likelihood|losses|P50|fps)\b",
    re.IGNORECASE,
)
_OF_PARTS = re.compile(
    r"\b(?:ablat\w+|architectures?|variations?|hyper-?parameters?|effects?|configurations?|parameters of|dev)\b",
    re.IGNORECASE,
)
_OURS = re.compile(r"\b(?:ours?|proposed)\b", re.IGNORECASE)
_TORN = re.compile(r"=\s*\(\d|\b(?:log|exp|max|min)\s*[+=,)]|\)\s*[A-Za-z]\([^)]*\)\s*[A-Za-z]\([^)]*\) =")
"""A formula that lost its fraction or its sum to the text: the page shows it, a line cannot."""
_FORMULA = re.compile(r"=|\(\d+\)")
_NUMBER = re.compile(r"(?:^|\s)[-–]?\d[\d.,]*%?(?=\s|$)")
_BACK_MATTER = re.compile(r"^(?:appendix\b|supplement|[A-Z](?:\.\d+)*\.? )", re.IGNORECASE)


def drawings(ground: Ground, shelf: Bookshelf, *, of_training: bool = False) -> list[Evidence]:
    """Return the caption of the figure that draws the model, or else the training; none when there is none."""
    found: list[tuple[bool, Passage]] = []
    for label, passages in ground.items.items():
        first = passages[0]
        if not label.startswith("Figure") or first.kind is not Kind.CAPTION:
            continue
        _, title = title_of(first)
        told = _TRAINING.search(first.text) is not None and not _NO_OVERVIEW.search(title)
        if title and (told and is_drawing(title) if of_training else is_drawing(title)):
            found.append((_is_back_matter(first), first))
    found.sort(key=lambda pair: pair[0])
    return _opened(ground, shelf, found[0][1])[:1] if found else []


def algorithms(ground: Ground, shelf: Bookshelf) -> list[Evidence]:
    """Return the first lines of the paper's first algorithm."""
    for label, passages in ground.items.items():
        if label.startswith("Algorithm"):
            return _opened(ground, shelf, passages[0])[:2]
    return []


def equations(ground: Ground, shelf: Bookshelf) -> list[Evidence]:
    """Return the first equations with what is said around them, those of the appendix last."""
    held = [passages[0] for passages in ground.items.values() if passages[0].kind is Kind.EQUATION]
    held.sort(key=_is_back_matter)
    found: dict[str, Evidence] = {}
    for passage in held[:TRIED]:
        items = items_in(passage.label or "")
        for one in of_item(items, [Hit(1, 0.0, passage, ground.paper)], (), shelf)[:1]:
            text = one.found.quote.text
            if _FORMULA.search(text) and not GARBLED.search(text) and not _TORN.search(text):
                found.setdefault(text, one)
    return list(found.values())[:EQUATIONS]


def results(ground: Ground, shelf: Bookshelf) -> list[Evidence]:
    """Return the caption, the header and the paper's own rows of the table of results; none where no row is its own."""
    best: tuple[float, Passage, list[Evidence]] | None = None
    for first in (one for held in ground.items.values() for one in held):
        if first.kind is not Kind.TABLE or _is_back_matter(first) or not _MEASURED.search(first.text.split("\n")[0]):
            continue
        caption, *lines = first.text.split("\n")
        rows = [line for line in lines if _NUMBER.search(line)]
        own = [line for line in rows if _is_own(ground, line)]
        score = 1.0 * min(len(own), 2) + 1.5 * bool(len(rows) > len(own))
        score -= 1.5 * (_OF_PARTS.search(caption) is not None) + 0.5 * (len(lines[0].split("|")) > 8 if lines else 1)
        if own and (best is None or score > best[0]):
            shown = _lines(
                ground, shelf, first, [*lines[:1], *own[-ROWS:]] if not _NUMBER.search(lines[0]) else own[-ROWS:]
            )
            best = (score, first, shown) if len(shown) > 1 else best
    return [*_opened(ground, shelf, best[1])[:1], *best[2]] if best is not None else []


def _is_own(ground: Ground, line: str) -> bool:
    head = line.split("|")[0] or line
    return bool(_OURS.search(line)) or bool(ground.own_name and ground.own_name.casefold() in head.casefold())


def _lines(ground: Ground, shelf: Bookshelf, passage: Passage, lines: Sequence[str]) -> list[Evidence]:
    """Return the rows that stand on the page as one run of cells."""
    return [one for line in lines for one in _line(ground, shelf, passage, line)]


def _line(ground: Ground, shelf: Bookshelf, passage: Passage, line: str) -> Iterator[Evidence]:
    text = " ".join(cell.strip() for cell in line.split("|") if cell.strip())
    for page in shelf.pages(passage.paper_key):
        if page.number == passage.first_page and len(text) >= 6:
            quote = find_quote(text, page)
            if quote is not None:
                yield Evidence(ground.paper, passage, Found(quote), 0.5, 0)


def _opened(ground: Ground, shelf: Bookshelf, passage: Passage) -> list[Evidence]:
    own = opening(Hit(1, 0.0, passage, ground.paper), most=CAPTION_WORDS)
    return [Evidence(ground.paper, passage, found, 0.5, 0) for found in shelf.find_parts(own)]


def _is_back_matter(passage: Passage) -> bool:
    return _BACK_MATTER.match(" ".join(passage.section[:1])) is not None
