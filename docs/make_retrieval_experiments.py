"""Ideas for ranking, each alone beside what was served before them: nDCG@10 on the shared sets with gold passages.

    python -m docs.make_retrieval_experiments ../shared > docs/retrieval_experiments.md

Candidates are those that the served search finds; an idea (docs/retrieval_ideas.py) replaces what words, vectors and
texts say of them, everything else stays. Takes about ten minutes on two cores.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docs.retrieval_ideas import FEATURES, IDEAS, Case, Idea, combined, features, kept, served_before
from rag.domain.passage import Scope
from rag.domain.reading import Reading
from rag.evaluation.building import GUILD, LibraryBuild
from rag.evaluation.judging import Gold, gold_of, judged
from rag.evaluation.measures import RANKS, ndcg, paired_difference
from rag.evaluation.report import surroundings
from rag.evaluation.shared_sets import EvaluationSet, load_set
from rag.index.choose import embedder_from
from rag.index.exact import ExactIndex
from rag.index.ports import Embedder, Vectored
from rag.index.remembering import RememberingEmbedder
from rag.reading.passages import embedded_text
from rag.reading.pdf import PdfReader
from rag.retrieval.candidates import Candidates, Searches
from rag.retrieval.catalogue import Catalogue
from rag.retrieval.retriever import Retriever
from rag.retrieval.understanding import Understood
from rag.store.library import Library
from rag.wiring import now_utc

SETS = ("ohr-bench", "ohr-bench-unscoped", "qasper", "uda-pages", "study")
LEARNED_ON = "qasper"
FOLDS, SEED = 8, 20261122
STRENGTH, STEPS, PACE = 0.1, 300, 0.02
ALL = 1_000_000  # vectors: no text of the sets is worked out twice

INTRO = """# Ideas for ranking, tried

Made by `python -m docs.make_retrieval_experiments ../shared`; the ideas are functions in `docs/retrieval_ideas.py`.
Each row is the difference in nDCG@10 to what was served before (2026-11-21), on the candidates of the same search, with
one thing changed; bold where its 95 % interval (bootstrap over questions) excludes 0. In brackets: questions with gold.

How to read it. `qasper` and `uda-pages` are questions people typed before they had read the paper: three content words
in the middle. `ohr-bench` was written by a model that saw the passage: ten. One set of weights cannot serve both, and
weights learned on one lose on the other, so the kind of question decides. What is kept was chosen on `qasper` (topics)
and `ohr-bench` (details). No weight was chosen on `uda-pages` or `study`, though both were looked at; that "table 1" is
no topic was seen on `study`. A learned row is measured on `qasper` with weights of other papers (8 folds), elsewhere
with weights of all of `qasper`. Of so many rows one in twenty is bold by chance: small gains on one set were not taken.
The topics' row costs `ohr-bench` 0.005 in its shorter questions, a price paid for what people type.
"""
NOT_IN_THE_TABLE = """
Not in the table:

- Choosing the weights of topics (lexical, coverage, phrases, section: 48 combinations) on seven eighths of `qasper`'s
  papers picks the served ones, or their neighbours, in every fold: 0.579 on the papers left out, 0.581 on all.
- Parts of long tables chosen by the words that set them apart, rather than by their scores: -0.0015 on `ohr-bench`.
  Eight parts for values: +0.003 more there, but eight of ten hits are then one table.
- Typing errors are mended with the library's own words already; these sets hold hardly any.
- A cross-encoder can be set (`SEMINAR_RERANKER`); no weights of one could be had where this was measured.
- A second embedding of every sentence while adding a paper would take the 150 ms out of a question and double the
  time of adding; with what the rows above show there was no reason to.
"""


class Once(Searches):
    """The served searches, each question asked once."""

    def __init__(self, *, library: Library, embedder: Embedder, index: ExactIndex) -> None:
        super().__init__(library=library, embedder=embedder, index=index)
        self._found: dict[tuple[object, ...], Candidates] = {}

    def candidates(self, understood: Understood, scope: Scope, named: Sequence[str]) -> Candidates:
        """Return what the served searches find."""
        asked = (understood.text, understood.words, scope, *named)
        if asked not in self._found:
            self._found[asked] = super().candidates(understood, scope, named)
        return self._found[asked]


class Tried(Retriever):
    """The retriever that is served, with an idea in place of its relevance."""

    def __init__(self, *, library: Library, embedder: Embedder, index: ExactIndex) -> None:
        super().__init__(library=library, embedder=embedder, index=index)
        self._searches = Once(library=library, embedder=embedder, index=index)
        self.library, self.embed = library, embedder.embed

    vectors: Mapping[str, NDArray[np.float32]]
    bare: Mapping[str, NDArray[np.float32]]
    idea: Idea | None = None
    case: Case | None = None  # of the question asked now, kept for the next idea

    def _relevance(
        self, understood: Understood, catalogue: Catalogue, found: Candidates, *, papers: int
    ) -> dict[str, float]:
        if self.case is None:
            read = self._reader.signals(
                understood.topic, found.passages, frequency=catalogue.stems, total=catalogue.passages
            )
            self.case = Case(understood, found, read, papers, catalogue, self.vectors, self.bare, self.embed)
        if self.idea is None:
            return super()._relevance(understood, catalogue, found, papers=papers)
        return self.idea(self.case)


@dataclass(slots=True)
class Asked:
    """One question of a set: asked again with every idea. ``paper`` is what folds go by."""

    query: str
    scope: Scope
    gold: Gold
    paper: str
    retriever: Tried
    case: Case | None = None

    def quality(self, idea: Idea | None) -> float:
        """Return nDCG@10 with an idea; with None as it is served."""
        self.retriever.idea, self.retriever.case = idea, self.case
        hits = self.retriever.search(self.query, self.scope, RANKS).hits
        self.case = self.retriever.case
        return ndcg(judged(hits, self.gold))


def shelf_of(
    asked: EvaluationSet, embedder: Embedder, read_pdf: Callable[[Path], Reading], folder: Path
) -> tuple[Tried, dict[str, str]]:
    """Build the library of a set; return its retriever and the papers' keys by the set's names for them."""
    build = LibraryBuild(embedder=embedder, read_pdf=read_pdf, now=now_utc())
    subject = build(asked.documents, folder=folder, progress=lambda *_: None)
    assert isinstance(subject.library, Library)
    index = ExactIndex()
    vectors: dict[str, NDArray[np.float32]] = {}
    bare: dict[str, NDArray[np.float32]] = {}
    for paper in subject.library.papers(GUILD):
        passages = subject.library.passages_of(paper.key)
        texts = [embedded_text(paper.title, p.section, p.text, p.label, counter=embedder) for p in passages]
        rows = dict(zip([p.passage_id for p in passages], embedder.embed(texts), strict=True))
        index.upsert([Vectored(p.passage_id, paper.key, p.kind.value, rows[p.passage_id]) for p in passages])
        vectors |= rows
        bare |= dict(zip(rows, embedder.embed([p.text for p in passages]), strict=True))
    retriever = Tried(library=subject.library, embedder=embedder, index=index)
    retriever.vectors, retriever.bare = vectors, bare
    keys = {paper.paper_id: paper.key for paper in subject.library.papers(GUILD)} | dict(subject.keys)
    return retriever, keys


def questions_of(asked: EvaluationSet, retriever: Tried, keys: Mapping[str, str]) -> Iterator[Asked]:
    """Yield the questions of a set that can be judged."""
    papers = retriever.library.papers(GUILD)
    passages = [p for paper in papers for p in retriever.library.passages_of(paper.key)]
    for question in asked.questions:
        names = question.gold_papers or ((question.paper,) if question.paper else ())
        gold = gold_of(question, passages, paper_keys=tuple(keys[name] for name in names) or None)
        scope = Scope(GUILD, (keys[question.paper],) if question.paper else None)
        if question.answerable and gold.judgeable:
            yield Asked(question.question, scope, gold, next(iter(names), ""), retriever)


def fitted(cases: Sequence[Case], golds: Sequence[Gold]) -> list[float]:
    """Return weights of :data:`FEATURES` that make gold likely in a softmax over each question's passages.

    Drawn towards what was served before (ridge of ``STRENGTH``), by gradient steps (Adam's): the same each time.
    """
    start = np.array([0.5, 0.5, 0.2, 0.2, 0.1])
    weights, mean, spread = start.copy(), np.zeros(len(FEATURES)), np.zeros(len(FEATURES))
    pairs = [
        (features(c), np.array([i in g.passages for i in c.found.passages])) for c, g in zip(cases, golds, strict=True)
    ]
    pairs = [(rows, gold / gold.sum()) for rows, gold in pairs if gold.any()]
    for step in range(1, STEPS + 1):
        slope = STRENGTH * (weights - start)
        for rows, gold in pairs:
            likely = np.exp(rows @ weights - (rows @ weights).max())
            slope += rows.T @ (likely / likely.sum() - gold) / len(pairs)
        mean, spread = 0.9 * mean + 0.1 * slope, 0.99 * spread + 0.01 * slope**2
        weights = weights - PACE * (mean / (1 - 0.9**step)) / (np.sqrt(spread / (1 - 0.99**step)) + 1e-8)
    return [round(float(weight), 3) for weight in weights]


def folds_of(questions: Sequence[Asked]) -> list[set[str]]:
    """Return the papers in ``FOLDS`` parts."""
    papers = sorted({asked.paper for asked in questions})
    random.Random(SEED).shuffle(papers)  # noqa: S311 (a fixed draw, not a secret)
    return [set(papers[at::FOLDS]) for at in range(FOLDS)]


def learned(
    questions: Mapping[str, Sequence[Asked]], *, topics_only: bool
) -> tuple[dict[str, list[float]], list[float]]:
    """Return the qualities of a combination learned on one set, there on other papers than it was learned on."""

    def fit(learning: Sequence[Asked]) -> list[float]:
        cases = [(a.case, a.gold) for a in learning if a.case is not None and (a.case.asks_a_topic or not topics_only)]
        return fitted([case for case, _ in cases], [gold for _, gold in cases])

    known = questions[LEARNED_ON]
    weights = fit(known)
    idea = partial(combined, weights=weights, topics_only=topics_only)
    found = {name: [a.quality(idea) for a in asked] for name, asked in questions.items() if name != LEARNED_ON}
    held_out: dict[int, float] = {}
    for fold in folds_of(known):
        idea = partial(combined, weights=fit([a for a in known if a.paper not in fold]), topics_only=topics_only)
        held_out |= {at: a.quality(idea) for at, a in enumerate(known) if a.paper in fold}
    return found | {LEARNED_ON: [held_out[at] for at in range(len(known))]}, weights


def line(idea: str, qualities: Mapping[str, Sequence[float]], before: Mapping[str, Sequence[float]], said: str) -> str:
    """Return a row of the table: differences, in bold where the 95 % interval excludes 0."""
    cells = []
    for name in SETS:
        difference = paired_difference(qualities[name], before[name])
        cells.append(f"**{difference.mean:+.4f}**" if difference.clear else f"{difference.mean:+.4f}")
    return f"| {idea} | {' | '.join(cells)} | {said} |"


def table(questions: Mapping[str, Sequence[Asked]]) -> Iterator[str]:
    """Yield the lines of the table."""
    tried = {name: [a.quality(None) for a in asked] for name, asked in questions.items()}
    before = {name: [a.quality(served_before) for a in asked] for name, asked in questions.items()}
    yield f"| idea | {' | '.join(f'{name} ({len(asked)})' for name, asked in questions.items())} | kept |"
    yield "|---" * (len(SETS) + 2) + "|"
    yield f"| served before: nDCG@10 | {' | '.join(f'{np.mean(before[name]):.4f}' for name in SETS)} | |"
    for name, (idea, said) in IDEAS.items():
        yield line(name, {of: [a.quality(idea) for a in asked] for of, asked in questions.items()}, before, said)
    for name, topics_only in (("learned on qasper", False), ("learned on qasper, for topics only", True)):
        found, weights = learned(questions, topics_only=topics_only)
        shown = ", ".join(f"{feature} {weight:.2f}" for feature, weight in zip(FEATURES, weights, strict=True))
        yield line(f"{name}: {shown}", found, before, "no")
    together = {name: [a.quality(kept) for a in asked] for name, asked in questions.items()}
    assert together == tried, "the kept ideas are not what is served"
    yield line("**kept, together**", together, before, "yes")
    yield f"| served now: nDCG@10 | {' | '.join(f'{np.mean(together[name]):.4f}' for name in SETS)} | |"


def main(shared: Path, embedder: Embedder, read_pdf: Callable[[Path], Reading]) -> None:
    """Print the table."""
    remembered = RememberingEmbedder(embedder, kept=ALL)
    shelves: dict[str, tuple[Tried, dict[str, str]]] = {}
    questions: dict[str, list[Asked]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for name in SETS:
            asked = load_set(name, shared)
            if asked.shelf not in shelves:
                folder = Path(scratch) / asked.shelf
                folder.mkdir()
                shelves[asked.shelf] = shelf_of(asked, remembered, read_pdf, folder)
            retriever, keys = shelves[asked.shelf]
            questions[name] = list(questions_of(asked, retriever, keys))
        facts = ", ".join(f"{name} {version}" for name, version in surroundings().items())
        print(
            INTRO,
            *table(questions),
            NOT_IN_THE_TABLE,
            f"Measured {now_utc():%Y-%m-%d}: {facts}, {embedder.name}.",
            sep="\n",
        )


if __name__ == "__main__":
    model = embedder_from("minilm")
    assert model is not None, "no weights of all-MiniLM-L6-v2"
    with PdfReader() as reader:
        main(Path(sys.argv[1]), model, reader.read)
