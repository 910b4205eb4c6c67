"""Running question sets over libraries made for them: search with every system, ask, judge."""

from __future__ import annotations

import logging
import random
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rag.domain.answer import EXTRACTIVE
from rag.domain.passage import Scope
from rag.errors import NotFound
from rag.evaluation.citations import JudgedAnswer, judge_answer, trust
from rag.evaluation.judging import gold_of, judged
from rag.evaluation.measures import RANKS, Quality, mean_quality, paired_difference, quality
from rag.evaluation.report import Report, SetResult, SystemResult, Verdict, WriterResult, surroundings
from rag.evaluation.shared_sets import SETS, EvaluationSet, load_set

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from rag.domain.passage import Hit, Passage
    from rag.evaluation.judging import Gold
    from rag.evaluation.ports import Asker, Build, Shelf, Subject
    from rag.evaluation.questions import Question

log = logging.getLogger(__name__)

SEED = 20261121  # of the draw where not every question is asked
JUDGED_ABOVE = 50  # questions with gold; smaller sets are shown, not judged (issue 2, item 8)


def run_evaluation(
    shared: Path,
    workspace: Path | None,
    build: Build,
    *,
    now: datetime,
    sets: Sequence[str] = SETS,
    most: int | None = None,
    progress: Callable[[str, int, int], None] = lambda _stage, _done, _total: None,
) -> Report:
    """Build a library per shelf under ``workspace`` (None: a folder that is removed), run the sets on it, report.

    ``most``: questions of each set, a fixed draw. ``progress`` is told (stage, done, total). The same code, data and
    weights give the same numbers.
    Raises NotFound for an unknown set or missing data.
    """
    loaded = [drawn(load_set(name, shared), most) for name in sets]
    with tempfile.TemporaryDirectory(dir=workspace) as scratch, ExitStack() as opened:
        subjects: dict[str, Subject] = {}
        results = []
        for evaluation_set in loaded:
            shelf = evaluation_set.shelf
            if shelf not in subjects:
                folder = Path(scratch) / shelf
                folder.mkdir()
                subjects[shelf] = build(evaluation_set.documents, folder=folder, progress=progress)
                opened.callback(subjects[shelf].close)
            results.append(evaluate(evaluation_set, subjects[shelf], progress=progress))
    versions = {name: version for subject in subjects.values() for name, version in subject.versions.items()}
    return Report(made_at=now, surroundings=surroundings() | versions, sets=tuple(results))


def drawn(evaluation_set: EvaluationSet, most: int | None) -> EvaluationSet:
    """Return the set with at most so many of its questions, the same ones each time, in the set's order."""
    questions = evaluation_set.questions
    if most is None or len(questions) <= most:
        return evaluation_set
    chosen = sorted(random.Random(SEED).sample(range(len(questions)), most))  # noqa: S311 (a fixed draw, not a secret)
    return replace(evaluation_set, questions=tuple(questions[n] for n in chosen))


def evaluate(
    evaluation_set: EvaluationSet,
    subject: Subject,
    *,
    progress: Callable[[str, int, int], None] = lambda _stage, _done, _total: None,
) -> SetResult:
    """Run one set over a library: also the way to judge a group's own questions on its own library."""
    case = _Case(subject)
    questions = evaluation_set.questions
    golds = {q.id: case.gold(q) for q in questions if q.answerable}
    ranked = [q for q in questions if q.id in golds and golds[q.id].judgeable]
    names = list(subject.searchers)
    asked = {
        name: case.asked(
            name, questions, partial(_tell, progress, f"{evaluation_set.name}: {name} asks", len(questions))
        )
        for name in (names if evaluation_set.by_paper else names[:1])
        if name in subject.askers
    }
    systems = tuple(
        case.system(
            name,
            ranked,
            golds,
            asked.get(name, ()),
            partial(_tell, progress, f"{evaluation_set.name}: {name} searches", len(ranked)),
        )
        for name in names
    )
    first = asked.get(names[0], ())
    written = [(EXTRACTIVE, first)] if first else []
    for name, asker in subject.writers.items():
        told = partial(_tell, progress, f"{evaluation_set.name}: {name} writes", len(questions))
        written.append((name, case.answered(asker, questions, told)))
    log.info("%s: %d questions ranked, %d asked", evaluation_set.name, len(ranked), len(first))
    return SetResult(
        name=evaluation_set.name,
        questions=len(questions),
        answerable=sum(q.answerable for q in questions),
        ranked=len(ranked),
        gold_not_in_passages=sum(1 for q in questions if q.id in golds and golds[q.id].missing),
        papers=len(case.papers),
        passages=len(case.passages),
        by_paper=evaluation_set.by_paper,
        systems=systems,
        verdicts=_verdicts(systems, by_paper=evaluation_set.by_paper),
        writers=tuple(WriterResult(name, trust(answers), answers) for name, answers in written),
    )


def _tell(progress: Callable[[str, int, int], None], stage: str, total: int, done: int) -> None:
    progress(stage, done, total)


class _Case:
    """One library, with its passages at hand."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self.papers = subject.library.papers(subject.guild)
        ids = {paper.paper_id: paper.key for paper in self.papers}
        self._keys: Mapping[str, str] = ids | dict(subject.keys)
        self.passages: list[Passage] = [p for paper in self.papers for p in subject.library.passages_of(paper.key)]

    def scope(self, question: Question) -> Scope:
        keys = None if question.paper is None else (self._key(question.paper),)
        return Scope(self._subject.guild, keys)

    def gold_keys(self, question: Question) -> tuple[str, ...] | None:
        names = question.gold_papers or ((question.paper,) if question.paper is not None else ())
        return tuple(self._key(name) for name in names) or None

    def gold(self, question: Question) -> Gold:
        return gold_of(question, self.passages, paper_keys=self.gold_keys(question))

    def system(
        self,
        name: str,
        questions: Sequence[Question],
        golds: Mapping[str, Gold],
        asked: Sequence[JudgedAnswer],
        told: Callable[[int], None],
    ) -> SystemResult:
        searcher = self._subject.searchers[name]
        qualities: list[Quality] = []
        firsts: list[float] = []
        for done, question in enumerate(questions, start=1):
            hits = searcher.search(question.question, self.scope(question), RANKS)
            qualities.append(quality(judged(hits, golds[question.id])))
            if question.gold_papers:
                firsts.append(self._right_first(question, hits))
            told(done)
        cited = [float(a.first_right_paper or False) for a in asked if a.question.gold_papers]
        return SystemResult(
            name=name,
            quality=mean_quality(qualities),
            right_paper_found=sum(firsts) / len(firsts) if firsts else None,
            right_paper_cited=sum(cited) / len(cited) if cited else None,
            ndcg_each=tuple(q.ndcg_10 for q in qualities),
            right_each=tuple(cited or firsts),
        )

    def asked(self, name: str, questions: Sequence[Question], told: Callable[[int], None]) -> tuple[JudgedAnswer, ...]:
        return self.answered(self._subject.askers[name], questions, told)

    def answered(
        self, asker: Asker, questions: Sequence[Question], told: Callable[[int], None]
    ) -> tuple[JudgedAnswer, ...]:
        library: Shelf = self._subject.library
        results = []
        for done, question in enumerate(questions, start=1):
            answer = asker.ask(question.question, self.scope(question))
            results.append(judge_answer(question, answer, library, gold_keys=self.gold_keys(question)))
            told(done)
        return tuple(results)

    def _right_first(self, question: Question, hits: Sequence[Hit]) -> float:
        keys = self.gold_keys(question)
        return float(bool(hits) and (keys is None or hits[0].paper.key in keys))

    def _key(self, name: str) -> str:
        key = self._keys.get(name)
        if key is None:
            raise NotFound(what="paper", name=name)
        return key


def _verdicts(systems: Sequence[SystemResult], *, by_paper: bool) -> tuple[Verdict, ...]:
    """Compare the first system with each other one, where the set is large enough to judge."""
    if not systems or len(systems[0].ndcg_each) <= JUDGED_ABOVE:
        return ()
    ours, *others = systems
    paper_measure = "right paper found first" if ours.right_paper_cited is None else "right paper cited first"
    return tuple(
        Verdict(
            ours=ours.name,
            against=theirs.name,
            measure=paper_measure if by_paper else "nDCG@10",
            difference=paired_difference(
                ours.right_each if by_paper else ours.ndcg_each, theirs.right_each if by_paper else theirs.ndcg_each
            ),
        )
        for theirs in others
    )
