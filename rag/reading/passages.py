"""Blocks of a paper into passages: each short enough that the embedder reads all of it, together all of the text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.domain.passage import Passage
from rag.domain.reading import Block, Box, Kind
from rag.index.ports import LearnsWords, TokenCounter
from rag.reading.fitting import Fit, WordCounter, embedded_text, heading
from rag.reading.sentences import sentences

__all__ = ["PASSAGE_FORMAT", "TARGET_TOKENS", "WordCounter", "embedded_text", "split_into_passages"]

PASSAGE_FORMAT = "p1"  # part of every passage id: another way of cutting or embedding gives other ids
TARGET_TOKENS = 190  # of the embedded text; room for three to eight sentences, well below MiniLM's 256
OVERLAP_SENTENCES = 0  # repeated at the start of the next passage of the same section
PARAGRAPH_GAP = "\n\n"  # between paragraphs joined into one passage; ends a sentence for rag.reading.sentences


def split_into_passages(
    paper_key: str,
    title: str,
    blocks: Sequence[Block],
    counter: TokenCounter,
    *,
    target: int = TARGET_TOKENS,
    overlap: int = OVERLAP_SENTENCES,
) -> tuple[Passage, ...]:
    """Cut a paper into passages in reading order.

    No passage's embedded text counts more than ``counter.max_tokens``. Neighbouring paragraphs of one section share
    passages of about ``target`` tokens of whole sentences, also around a figure or formula that stands between them;
    captions, formulas, tables and theorems are passages of their own. Ids come from content: the same paper gives the
    same ids in every run. Raises ValueError when the embedder reads too little for even one character.
    """
    learn(blocks, counter)
    seen: dict[str, int] = {}
    passages: list[Passage] = []
    for run in _runs(blocks):
        fit = Fit(heading(title, run[0].section, counter), run[0].label, counter, target)
        for text, spans in _parts(run, fit, overlap):
            passages.append(_passage(paper_key, len(passages), run, text, spans, fit, seen))
    return tuple(passages)


def learn(blocks: Sequence[Block], counter: TokenCounter) -> None:
    """Let a counter that remembers words meet all of a paper's at once: a third of the time when it is cut."""
    if isinstance(counter, LearnsWords):
        counter.learn("\n".join(block.text for block in blocks))


_PACKED = (Kind.TEXT, Kind.ABSTRACT)


@dataclass(frozen=True, slots=True)
class _Span:
    """``blocks[block].text[start:end]`` and its tokens without special ones."""

    block: int
    start: int
    end: int
    tokens: int


def _runs(blocks: Sequence[Block]) -> Iterator[tuple[Block, ...]]:
    """Yield what is cut together: the paragraphs of one section, across what stands between them, or one other block.

    A run comes where its first paragraph stands.
    """
    taken = [False] * len(blocks)
    for first, block in enumerate(blocks):
        if taken[first] or not block.text.strip():
            continue
        if block.kind not in _PACKED:
            yield (block,)
            continue
        run = []
        for at in range(first, len(blocks)):
            other = blocks[at]
            if other.section != block.section or (other.kind in _PACKED and other.kind != block.kind):
                break
            if other.kind == block.kind:
                taken[at] = True
                run.append(other)
        yield tuple(run)


def _parts(run: tuple[Block, ...], fit: Fit, overlap: int) -> Iterator[tuple[str, tuple[_Span, ...]]]:
    """Yield the texts of a run's passages with the spans that they are made of."""
    block = run[0]
    if block.kind not in _PACKED and fit.fits(block.text.strip()):
        text = block.text.strip()
        start = block.text.index(text)
        yield text, (_Span(0, start, start + len(text), 0),)
    elif block.kind is Kind.TABLE and "\n" in block.text.strip():
        yield from _table_parts(block, fit)
    else:
        for group in _packed(list(_units(run, fit)), run, fit, overlap):
            yield _joined(run, group), group


def _units(run: tuple[Block, ...], fit: Fit) -> Iterator[_Span]:
    """Yield the sentences of a run, those too long for a passage cut into pieces that fit."""
    for index, block in enumerate(run):
        for sentence in sentences(block.text):
            yield from _cut(index, block.text, sentence.start, sentence.end, fit)


def _cut(index: int, text: str, start: int, end: int, fit: Fit) -> Iterator[_Span]:
    for first, last in fit.cut(text, start, end):
        yield _Span(index, first, last, fit.own(text[first:last]))


def _packed(units: list[_Span], run: tuple[Block, ...], fit: Fit, overlap: int) -> Iterator[tuple[_Span, ...]]:
    """Yield groups of whole units, of even length near the target rather than full ones and a crumb."""
    room = fit.counter.max_tokens - fit.head()
    wish = max(1, min(fit.target - fit.head(), room))
    total = sum(unit.tokens for unit in units)
    goal = total / max(1, round(total / wish))
    group: list[_Span] = []
    size = fresh = 0
    for unit in units:
        full = size + unit.tokens > room or not fit.fits(_joined(run, (*group, unit)))
        ends_paragraph = bool(group) and group[-1].block != unit.block and size >= 0.8 * goal
        if fresh and (full or ends_paragraph or size + unit.tokens / 2 > goal):
            yield tuple(group)
            group = _tail(group, unit, run, fit, overlap)
            size, fresh = sum(kept.tokens for kept in group), 0
        group.append(unit)
        size += unit.tokens
        fresh += 1
    if fresh:
        yield tuple(group)


def _tail(group: list[_Span], unit: _Span, run: tuple[Block, ...], fit: Fit, overlap: int) -> list[_Span]:
    """Return the units that the next passage repeats, none if they do not fit before its first one."""
    tail = group[max(0, len(group) - overlap) :] if overlap else []
    return tail if fit.fits(_joined(run, (*tail, unit))) else []


def _joined(run: tuple[Block, ...], group: Sequence[_Span]) -> str:
    """Return the text of a group: what stood between neighbours in one block stays, blocks are set apart."""
    texts = [run[unit.block].text[unit.start : unit.end] for unit in group[:1]]
    for before, unit in pairwise(group):
        source = run[unit.block].text
        gap = source[before.end : unit.start] if before.block == unit.block else PARAGRAPH_GAP
        texts.append(gap + source[unit.start : unit.end])
    return "".join(texts)


def _table_parts(block: Block, fit: Fit) -> Iterator[tuple[str, tuple[_Span, ...]]]:
    """Yield a long table in parts of whole rows, each under the caption and the header row."""
    lines = [m.span() for m in re.finditer(r"\S[^\n]*", block.text)]
    head = _table_head(block.text, lines, fit)
    first = tuple(_Span(0, start, end, 0) for start, end in lines[:head])
    prefix = _lines(block, first) + "\n" if first else ""
    within = replace(fit, prefix=prefix)
    group: list[_Span] = []
    for start, end in lines[head:]:
        for row in _cut(0, block.text, start, end, within):
            if group and not within.fits(_lines(block, (*group, row))):
                yield prefix + _lines(block, group), (*first, *group)
                group = []
            group.append(row)
    if group:
        yield prefix + _lines(block, group), (*first, *group)


def _lines(block: Block, group: Sequence[_Span]) -> str:
    return "\n".join(block.text[row.start : row.end].rstrip() for row in group)


def _table_head(text: str, lines: list[tuple[int, int]], fit: Fit) -> int:
    """Return how many first lines are repeated: up to the first row of cells, if they leave half of the room."""
    cells = next((at for at, (start, end) in enumerate(lines) if " | " in text[start:end]), None)
    room = (fit.counter.max_tokens - fit.head()) / 2
    for head in (cells + 1, cells) if cells is not None else (1,):
        if 0 < head < len(lines) and fit.own(text[lines[0][0] : lines[head - 1][1]]) <= room:
            return head
    return 0


def _passage(
    paper_key: str,
    ordinal: int,
    run: tuple[Block, ...],
    text: str,
    spans: Sequence[_Span],
    fit: Fit,
    seen: dict[str, int],
) -> Passage:
    pages, boxes = _whereabouts(run, spans)
    kind, section = run[0].kind, run[0].section
    content = "\x1f".join((PASSAGE_FORMAT, paper_key, kind, *section, text))
    seen[content] = seen.get(content, 0) + 1
    digest = hashlib.sha256(f"{content}\x1f{seen[content]}".encode("utf-8", "surrogatepass"))
    return Passage(
        passage_id=digest.hexdigest()[:32],
        paper_key=paper_key,
        ordinal=ordinal,
        kind=kind,
        text=text,
        section=section,
        label=run[0].label,
        first_page=min(pages) if pages else None,
        last_page=max(pages) if pages else None,
        boxes=boxes,
        tokens=fit.tokens(text),
    )


def _whereabouts(run: tuple[Block, ...], spans: Sequence[_Span]) -> tuple[list[int], tuple[Box, ...]]:
    """Return the pages and boxes of the pieces that the spans touch."""
    pages: list[int] = []
    boxes: dict[Box, None] = {}
    for span in spans:
        for piece in run[span.block].pieces:
            if piece.start < span.end and span.start < piece.end:
                boxes.update(dict.fromkeys(piece.boxes))
                if piece.page is not None:
                    pages.append(piece.page)
    return pages, tuple(boxes)
