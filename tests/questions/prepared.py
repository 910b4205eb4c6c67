"""One made-up paper with what papers have, and question sets on it, on real SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rag.domain.note import Discussion, Note
from rag.domain.reading import Kind
from rag.index.exact import ExactIndex
from rag.index.ports import Embedder
from rag.intake.ownership import DataDirectory
from rag.language.ports import Models
from rag.questions.proposal import Proposer
from rag.questions.question_sets import QuestionSets
from rag.store.library import Library
from tests.answering.library import GUILD, LOOSE, LOOSE_PAPER, BagOfStems, Paragraph, answerer_of, paper_of, shelve

__all__ = ["GLIDE", "GLIDE_PAPER", "GUILD", "LOOSE_PAPER", "discussion", "sets_on"]

GLIDE_PAPER = paper_of("GlideNet: Sliding Gates for Deep Networks", "2002.00001", ("glidenet",))
GLIDE: tuple[Paragraph, ...] = (
    (
        1,
        "Abstract",
        Kind.ABSTRACT,
        None,
        """We propose GlideNet, a deep network whose gates slide over the features of a layer. GlideNet achieves a top-5
        error of 4.2% on the ImageNet validation set and trains twice as fast as LooseNet.""",
    ),
    (
        1,
        "1 Introduction",
        Kind.TEXT,
        None,
        """Existing gated networks suffer from vanishing features when they have more than forty layers. The main idea
        of sliding gates is to share one small filter between all channels of a layer. We refer to the loss of small
        features as feature fading.""",
    ),
    (
        2,
        "2 Method",
        Kind.TEXT,
        None,
        """GlideNet stabilizes the gradient signal by averaging the gates of neighbouring layers. We use a sigmoid
        activation instead of the usual rectifier to keep the gates between zero and one. The gating module consists of
        two pointwise filters and a shared bias vector. To reduce memory consumption during training, we recompute the
        gates in the backward pass.""",
    ),
    (
        2,
        "2 Method",
        Kind.EQUATION,
        "Eq. 1",
        "For every channel we compute the sliding gate as: s(x) = a x + b (1) where a is the filter and b is its bias.",
    ),
    (2, "2 Method", Kind.CAPTION, "Figure 1", "Figure 1: Architecture of a sliding gate. Arrows show shared filters."),
    (
        3,
        "3 Experiments",
        Kind.TEXT,
        None,
        """We train GlideNet with a learning rate of 0.05, a batch size of 128 and a weight decay of 0.0001 for 90
        epochs. Training takes two days on eight V100 GPUs. Table 1 shows that sliding gates have a lower error than
        fixed gates at every depth that we tried. Compared to LooseNet, GlideNet needs half as much memory for the same
        accuracy. We evaluate GlideNet on CIFAR-10 with
        a narrow network of ten layers. Images are flipped at random and cropped to 224 pixels before training.""",
    ),
    (
        3,
        "3 Experiments",
        Kind.CAPTION,
        "Table 1",
        "Table 1: Error of sliding and fixed gates on ImageNet. Lower is better.",
    ),
    (
        4,
        "4 Conclusion",
        Kind.TEXT,
        None,
        """Our model struggles with very narrow layers, where sliding gates overlap. We leave sliding gates for speech
        recognition to future work.""",
    ),
)


def sets_on(
    folder: Path,
    *,
    embedder: Embedder | None = None,
    proposer: Proposer | None = None,
    models: Models | None = None,
    extra: Sequence[Paragraph] = (),
) -> tuple[QuestionSets, Library]:
    """Return question sets over GlideNet and LooseNet; ``embedder`` None: by words alone."""
    library, index = Library.open(folder / "library.db"), ExactIndex() if embedder is not None else None
    shelve(library, GLIDE_PAPER, (*GLIDE, *extra), index)
    shelve(library, LOOSE_PAPER, LOOSE, index)
    sets = QuestionSets(
        library=library,
        answerer=answerer_of(library, index),
        embedder=BagOfStems() if embedder is not None else None,
        directory=DataDirectory(folder),
        clock=lambda: datetime(2026, 11, 21, tzinfo=UTC),
        proposer=proposer,
        models=models,
    )
    return sets, library


def discussion(*items: tuple[str, str], key: str = GLIDE_PAPER.key) -> Discussion:
    """Return past notes on GlideNet: questions with their answers, "" for none."""
    notes = tuple(
        Note(number, str(number), question, (answer,) if answer else ())
        for number, (question, answer) in enumerate(items, 1)
    )
    return Discussion(1, "1", "GlideNet", None, notes, "## Discussion 1 GlideNet", "", key, GLIDE_PAPER.paper_id)
