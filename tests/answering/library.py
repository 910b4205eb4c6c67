"""A small library of two made-up papers, on real SQLite, searched by words and by a toy sense of meaning."""

from __future__ import annotations

import hashlib
import textwrap
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from rag.answering.asking import Answerer
from rag.domain.note import NoteHit
from rag.domain.paper import Paper, SourceKind
from rag.domain.reading import Block, Box, Kind, Line, Page, Piece, Reading
from rag.index.exact import ExactIndex
from rag.index.ports import Vectored, Vectors
from rag.reading.passages import WordCounter, embedded_text, split_into_passages
from rag.retrieval.retriever import Retriever
from rag.store.library import Library

NOW = datetime(2026, 11, 21, tzinfo=UTC)
GUILD = "group"
Paragraph = tuple[int, str, Kind, str | None, str]  # page (0: none), section, kind, label, text


class BagOfStems:
    """Texts that share word beginnings are near each other: enough meaning for a test, the same on every machine."""

    name = "bag"
    dimension = 256
    max_tokens = 256

    def count(self, text: str) -> int:
        return len(text.split()) + 2

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().split():
                stem = word.strip("?.,:;()“”\"'")[:5]
                row[int(hashlib.md5(stem.encode(), usedforsecurity=False).hexdigest(), 16) % self.dimension] += 1
            row /= np.linalg.norm(row) or 1.0
        return rows


FIRM: tuple[Paragraph, ...] = (
    (
        1,
        "Abstract",
        Kind.ABSTRACT,
        None,
        """We propose firm gating, a simple layer that keeps signals from drifting while a deep network is trained.
        In experiments on four data sets it halves the training time.""",
    ),
    (
        1,
        "1 Introduction",
        Kind.TEXT,
        None,
        """Deep networks are hard to train because the scale of their signals wanders. We define signal drift as the
        change of the mean of a layer’s inputs over the course of training. It is worst in the first layers. Earlier
        work reduces signal drift by careful initialization of all weights.""",
    ),
    (
        2,
        "2 Method",
        Kind.TEXT,
        None,
        """Firm gating subtracts a running mean because a batch alone is too noisy. The gate has 2 parameters per
        channel and is followed by the nonlinearity. The trade-off between speed and accuracy is controlled by the
        momentum λ of the running mean.""",
    ),
    (
        2,
        "2 Method",
        Kind.EQUATION,
        "Eq. 1",
        "The gate is computed as g(x) = λ m + (1 − λ) x (1) where m is the running mean.",
    ),
    (
        2,
        "2 Method",
        Kind.CAPTION,
        "Figure 1",
        "Figure 1: A firm gate between two layers. The dashed line is the running mean.",
    ),
    (
        3,
        "3 Experiments",
        Kind.TEXT,
        None,
        """As Figure 1 shows, the running mean is shared by all examples of a class. We use the data sets CIFAR-10,
        SVHN, MNIST and TinyShapes and train every network for 90 epochs. Compared to LooseNet, firm gating needs half
        as many epochs.""",
    ),
    (
        3,
        "4 Conclusion",
        Kind.TEXT,
        None,
        """We presented firm gating, which removes signal drift. Our code is available at
        https://github.com/example/firm.""",
    ),
)
LOOSE: tuple[Paragraph, ...] = (
    (
        1,
        "Abstract",
        Kind.ABSTRACT,
        None,
        """We present LooseNet, a network without any normalization layers. LooseNet trains slowly but uses less memory
        than normalized networks.""",
    ),
    (
        1,
        "1 Introduction",
        Kind.TEXT,
        None,
        """Signal drift is harmless when the learning rate is small. LooseNet has 34 layers and a dropout rate of 0.1
        in each of them.""",
    ),
)


def paper_of(title: str, arxiv_id: str, aliases: tuple[str, ...], source: SourceKind = SourceKind.ARXIV) -> Paper:
    digest = hashlib.sha256(arxiv_id.encode()).hexdigest()
    return Paper(f"arxiv:{arxiv_id}", arxiv_id, title, source, digest, NOW, arxiv_id=arxiv_id, aliases=aliases)


def reading_of(paragraphs: Sequence[Paragraph]) -> Reading:
    """Print paragraphs on pages, 48 characters a line, words cut over line ends as a PDF does."""
    paragraphs = [
        (page, section, kind, label, text if kind is Kind.TABLE else " ".join(text.split()))
        for page, section, kind, label, text in paragraphs
    ]
    pages = []
    for number in sorted({p[0] for p in paragraphs if p[0]}):
        lines = [line for p in paragraphs if p[0] == number for line in _printed(p[4])]
        spans, start = [], 0
        for i, line in enumerate(lines):
            spans.append(Line(start, start + len(line), Box(number, 50, 10 * i, 300, 10 * i + 9)))
            start += len(line) + 1
        pages.append(Page(number, "\n".join(lines), tuple(spans)))
    blocks = tuple(
        Block(kind, text, (section,), (Piece(page or None, 0, len(text)),), label)
        for page, section, kind, label, text in paragraphs
    )
    return Reading(tuple(pages), blocks, (), page_count=len(pages) or None)


def shelve(library: Library, paper: Paper, paragraphs: Sequence[Paragraph], index: ExactIndex | None = None) -> None:
    reading = reading_of(paragraphs)
    passages = split_into_passages(paper.key, paper.title, reading.blocks, WordCounter(), target=60)
    library.save_paper(paper, guild=GUILD, reading=reading, passages=passages)
    if index is not None:
        vectors = BagOfStems().embed([embedded_text(paper.title, p.section, p.text, p.label) for p in passages])
        rows = zip(passages, vectors, strict=True)
        index.upsert([Vectored(p.passage_id, paper.key, p.kind.value, vector) for p, vector in rows])


FIRM_PAPER = paper_of("Firm Gating: Training without Drift", "2001.00001", ("firmgate",))
LOOSE_PAPER = paper_of("Networks without Norms", "2001.00002", ("loosenet",))


def small_library(folder: Path, **changes: object) -> Answerer:
    """Return an answerer over both papers; ``changes`` replace what it is built with."""
    library, index = Library.open(folder / "library.db"), ExactIndex()
    shelve(library, FIRM_PAPER, FIRM, index)
    shelve(library, LOOSE_PAPER, LOOSE, index)
    return answerer_of(library, index, **changes)


def answerer_of(shelf: Library, index: ExactIndex | None, **changes: object) -> Answerer:
    embedder = BagOfStems() if index is not None else None
    parts: dict[str, object] = {
        "library": shelf,
        "retriever": Retriever(library=shelf, embedder=embedder, index=index),
        "embedder": embedder,
    }
    return Answerer(**(parts | changes))  # type: ignore[arg-type]


class FixedNotes:
    """Notes that always speak to the question."""

    def __init__(self, *hits: NoteHit) -> None:
        self._hits = hits

    def search(self, query: str, *, guild: str, paper_keys: Sequence[str] | None, limit: int) -> Sequence[NoteHit]:
        return self._hits[:limit]


def _printed(text: str) -> list[str]:
    if " | " in text:  # a table: its rows are lines, its cells stand apart
        return text.replace(" | ", "  ").split("\n")
    lines: list[str] = []
    for line in textwrap.wrap(text, 48, break_on_hyphens=False):
        lines.append(line)
    for i in range(len(lines) - 1):  # cut the first word of the next line in two, where it is long enough
        word, _, rest = lines[i + 1].partition(" ")
        if len(word) > 7 and word.isalpha() and i % 2:
            lines[i] += f" {word[:4]}-"
            lines[i + 1] = f"{word[4:]} {rest}".strip()
    return lines
