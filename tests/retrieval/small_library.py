"""A small library of invented papers, a deterministic embedder, and the exact index over both."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from rag.domain.note import Discussion, Note
from rag.domain.paper import Paper, SourceKind, owned_key, shared_key
from rag.domain.passage import Passage
from rag.domain.reading import Kind, Reading
from rag.index.exact import ExactIndex
from rag.index.ports import Vectored, Vectors
from rag.retrieval.notes import NOTE_KIND
from rag.store.library import Library
from rag.store.notes import note_id
from rag.store.words import words_of

NOW = datetime(2026, 11, 21, tzinfo=UTC)


class BagOfWords:
    """Hashes words into 256 places: texts that share words are near. The Embedder port, without a model."""

    name = "bag-of-words"
    dimension = 256
    max_tokens = 256

    def count(self, text: str) -> int:
        return len(words_of(text)) + 2

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in words_of(text) or [""]:
                rows[row, int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big") % self.dimension] += 1
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def paper(paper_id: str, title: str, *aliases: str, owner: str | None = None, **changes: object) -> Paper:
    sha = hashlib.sha256(paper_id.encode()).hexdigest()
    arxiv = paper_id if paper_id[0].isdigit() else None
    key = shared_key(paper_id) if owner is None else owned_key(owner, sha)
    values = {"arxiv_id": arxiv, "owner_guild": owner} | changes
    return Paper(
        key=key,
        paper_id=paper_id,
        title=title,
        source=SourceKind.PDF,
        sha256=sha,
        added_at=NOW,
        aliases=aliases,
        **values,
    )


def passages_of(held: Paper, texts: Sequence[str | tuple[Kind, str | None, str]]) -> list[Passage]:
    """One passage a text, two a page, under section 1 for the first half and 3.2 for the rest."""
    made = []
    for n, item in enumerate(texts):
        kind, label, text = item if isinstance(item, tuple) else (Kind.TEXT, None, item)
        section = ("1 Introduction",) if n < len(texts) / 2 else ("3 Method", "3.2 Details")
        identity = hashlib.sha256(f"{held.key}{n}{text}".encode()).hexdigest()[:16]
        page = n // 2 + 1
        made.append(Passage(identity, held.key, n, kind, text, section, label, page, page))
    return made


def fill(
    library: Library,
    index: ExactIndex,
    held: Paper,
    texts: Sequence[str | tuple[Kind, str | None, str]],
    *,
    guild: str = "ours",
    embedder: object = None,
) -> list[Passage]:
    passages = passages_of(held, texts)
    reading = Reading(pages=(), blocks=(), sections=(), title=held.title)
    library.save_paper(held, guild=guild, reading=reading, passages=passages)
    vectors = (embedder or BagOfWords()).embed([f"{held.title} {p.text}" for p in passages])
    index.upsert([Vectored(p.passage_id, held.key, p.kind.value, v) for p, v in zip(passages, vectors, strict=True)])
    return passages


def fill_notes(library: Library, index: ExactIndex, discussions: Sequence[Discussion], *, guild: str = "ours") -> None:
    library.save_discussions(guild, discussions)
    rows = [
        (note_id(guild, d, n), f"{d.title} {n.question} {' '.join(n.answer)}") for d in discussions for n in d.notes
    ]
    vectors = BagOfWords().embed([text for _, text in rows])
    index.upsert([Vectored(i, guild, NOTE_KIND, v) for (i, _), v in zip(rows, vectors, strict=True)])


def note(item: int, question: str, *answer: str) -> Note:
    return Note(item=item, ordinal=str(item), question=question, answer=answer)


BATCH_NORM = paper("1502.03167", "Batch Normalization: Accelerating Training", "bn", "batchnorm", "batch normalization")
RESNET = paper("1512.03385", "Deep Residual Learning for Image Recognition", "resnet")
DENSENET = paper("1608.06993", "Densely Connected Convolutional Networks", "densenet")
DQN = paper("1312.5602", "Playing Atari with Deep Reinforcement Learning", "dqn")
DDQN = paper("1509.06461", "Deep Reinforcement Learning with Double Q-learning", "ddqn", "double dqn")
MASK = paper("1703.06870", "Mask R-CNN", "mask rcnn")
ADAM = paper("1412.6980", "Adam: A Method for Stochastic Optimization", "adam")
ALL = (BATCH_NORM, RESNET, DENSENET, DQN, DDQN, MASK, ADAM)

TEXTS: dict[str, list[str | tuple[Kind, str | None, str]]] = {
    BATCH_NORM.key: [
        "We call internal covariate shift the change in the distribution of activations during training.",
        "Batch normalization (BN) allows higher learning rates and reduces the need for dropout.",
        (Kind.EQUATION, "Eq. 1", "The layer computes F2(F1(u, theta1), theta2) as in (1)."),
        (Kind.TABLE, "Table 4", "Table 4: accuracy of ensembles on the validation set."),
        "The parameters gamma and beta scale and shift the normalized value.",
        "Whitening the inputs of each layer is costly, as it needs the covariance matrix.",
    ],
    RESNET.key: [
        "Deeper networks show the degradation problem: training error rises with depth.",
        "Shortcut connections perform identity mapping and add their outputs to the stacked layers.",
        (Kind.CAPTION, "Figure 2", "Figure 2. Residual learning: a building block."),
        "As shown in Fig. 2, the identity is added to the output of the block.",
        "We adopt batch normalization right after each convolution.",
        "Dotted shortcuts increase dimensions by a projection.",
    ],
    DENSENET.key: [
        "Each layer receives the feature maps of all preceding layers by concatenation.",
        "If each function produces k feature maps, we refer to the growth rate k of the network.",
        "Compared with ResNet, DenseNet needs fewer parameters for the same accuracy.",
        "The transition layers halve the number of feature maps; k is not used there.",
        (Kind.CAPTION, "Figure 2", "Figure 2: A deep DenseNet with three dense blocks."),
    ],
    DQN.key: [
        "Experience replay stores transitions and samples mini-batches of them at random.",
        "The network plays Atari games from raw pixels.",
    ],
    DDQN.key: [
        "Double DQN decouples the selection of an action from its evaluation.",
        "The overestimation of action values is reduced.",
    ],
    MASK.key: [
        "A Region Proposal Network (RPN) proposes candidate object boxes.",
        "RoIAlign removes the harsh quantization of RoIPool.",
        "Mask R-CNN adds a branch that predicts segmentation masks.",
    ],
    ADAM.key: [
        "Adaptive moment estimation computes step sizes from first and second moments.",
        "The method is invariant to diagonal rescaling of the gradients.",
    ],
}


def built(path: Path) -> tuple[Library, ExactIndex]:
    """The library of the guild "ours"."""
    library, index = Library.open(path / "seminar.db"), ExactIndex()
    for held in ALL:
        fill(library, index, held, TEXTS[held.key])
    return library, index
