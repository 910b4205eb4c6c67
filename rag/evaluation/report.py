"""The outcome of an evaluation, as a Markdown table for people and as JSON for tools."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from rag.domain.answer import EXTRACTIVE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from rag.evaluation.citations import JudgedAnswer, Trust
    from rag.evaluation.measures import Difference, Quality

_LIBRARIES = ("onnxruntime", "chromadb", "pymupdf", "sqlalchemy", "numpy")  # those that can move a number

_RANKING_HEAD = (
    "| set | questions (ranked) | papers, passages | system | R@5 | R@10 | nDCG@10 | MRR | right paper found first "
    "| cited first |"
)
_TRUST_HEAD = (
    "| set | writer | asked | answered | page accuracy (first citation) | right paper cited (first) | quotes verified "
    "| agrees with people: recall, F1, numbers | false refusals | abstentions |"
)


@dataclass(frozen=True, slots=True)
class SystemResult:
    """One system on one set. ``right_paper_found``: share of questions whose first passage is of a gold paper.

    ``right_paper_cited``: share of questions whose answer's first citation is; a refusal cites nothing. None where no
    question has a gold paper, or nobody was asked. ``ndcg_each`` and ``right_each`` (cited, else found) are by
    question, in the set's order, for paired comparison.
    """

    name: str
    quality: Quality
    right_paper_found: float | None
    right_paper_cited: float | None
    ndcg_each: tuple[float, ...]
    right_each: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether ``ours`` beats ``against``: mean paired difference and its 95 % interval."""

    ours: str
    against: str
    measure: str
    difference: Difference

    @property
    def beaten(self) -> bool:
        """Whether ours is ahead on the mean; ``difference.clear`` says whether by more than chance."""
        return self.difference.mean > 0


@dataclass(frozen=True, slots=True)
class WriterResult:
    """One writer's answers to a set, judged. What they are worth and whether they are right stand side by side."""

    name: str
    trust: Trust
    asked: tuple[JudgedAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class SetResult:
    """One set. ``ranked`` questions have gold in the library's passages; the ranking measures are over those.

    ``gold_not_in_passages``: questions of which some gold is in no passage. ``verdicts`` is empty for small sets.
    """

    name: str
    questions: int
    answerable: int
    ranked: int
    gold_not_in_passages: int
    papers: int
    passages: int
    by_paper: bool
    systems: tuple[SystemResult, ...]
    verdicts: tuple[Verdict, ...]
    writers: tuple[WriterResult, ...] = ()

    @property
    def trust(self) -> Trust | None:
        """Return what the answers are worth that need no model; None where nobody was asked."""
        return self.writers[0].trust if self.writers else None

    @property
    def asked(self) -> tuple[JudgedAnswer, ...]:
        """Return those answers, judged."""
        return self.writers[0].asked if self.writers else ()


@dataclass(frozen=True, slots=True)
class Report:
    """All sets of one run, with what they were run on."""

    made_at: datetime  # aware UTC
    surroundings: Mapping[str, str]
    sets: tuple[SetResult, ...]

    @property
    def passed(self) -> bool:
        """Whether every judged set beats every baseline and every quote stands on its page."""
        ahead = all(verdict.beaten for result in self.sets for verdict in result.verdicts)
        return ahead and all(_trustworthy(writer.trust) for result in self.sets for writer in result.writers)


def surroundings() -> dict[str, str]:
    """Say what this runs on: machine, Python, and the libraries that can move a number."""
    found = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
        "python": platform.python_version(),
    }
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def as_json(report: Report) -> dict[str, object]:
    """Return the report as plain values; the single answers and per-question scores are left out."""
    return {
        "made_at": report.made_at.isoformat(),
        "surroundings": dict(report.surroundings),
        "passed": report.passed,
        "sets": [_set_json(result) for result in report.sets],
    }


def as_markdown(report: Report) -> str:
    """Return the report as two tables, with the verdicts and the date."""
    lines = [
        _RANKING_HEAD,
        "|---|---|---|---|---|---|---|---|---|---|",
        *(line for result in report.sets if result.ranked for line in _ranking_lines(result)),
        "",
        _TRUST_HEAD,
        "|---|---|---|---|---|---|---|---|---|---|",
        *(_trust_line(result, writer) for result in report.sets for writer in result.writers),
        "",
        *(_verdict_line(result.name, verdict) for result in report.sets for verdict in result.verdicts),
        *(_model_line(result, one) for result in report.sets for one in result.writers if one.name != EXTRACTIVE),
        *(
            f"- {result.name}: of {result.gold_not_in_passages} questions some gold is in no passage "
            f"(references, garbled tables); {result.answerable - result.ranked} could not be ranked."
            for result in report.sets
            if result.gold_not_in_passages
        ),
        "",
        f"Measured {report.made_at:%Y-%m-%d} on " + ", ".join(f"{k} {v}" for k, v in report.surroundings.items()) + ".",
    ]
    return "\n".join(lines) + "\n"


def _set_json(result: SetResult) -> dict[str, object]:
    return {
        "name": result.name,
        "questions": result.questions,
        "answerable": result.answerable,
        "ranked": result.ranked,
        "gold_not_in_passages": result.gold_not_in_passages,
        "papers": result.papers,
        "passages": result.passages,
        "systems": {
            s.name: asdict(s.quality)
            | {"right_paper_found": s.right_paper_found, "right_paper_cited": s.right_paper_cited}
            for s in result.systems
        },
        "verdicts": [
            {
                "measure": v.measure,
                "ours": v.ours,
                "against": v.against,
                "beaten": v.beaten,
                "clear": v.difference.clear,
                **asdict(v.difference),
            }
            for v in result.verdicts
        ],
        "answers": asdict(result.trust) if result.trust is not None else None,
        "writers": {writer.name: asdict(writer.trust) for writer in result.writers},
    }


def _ranking_lines(result: SetResult) -> Iterable[str]:
    best = max((s.quality.ndcg_10 for s in result.systems), default=0.0)
    for number, system in enumerate(result.systems):
        q = system.quality
        about = (
            f"{result.name} | {result.questions} ({result.ranked}) | {result.papers}, {result.passages}"
            if number == 0
            else " | | "
        )
        ndcg = f"**{q.ndcg_10:.3f}**" if q.ndcg_10 == best else f"{q.ndcg_10:.3f}"
        yield (
            f"| {about} | {system.name} | {q.recall_5:.3f} | {q.recall_10:.3f} | {ndcg} | {q.mrr_10:.3f} "
            f"| {_number(system.right_paper_found)} | {_number(system.right_paper_cited)} |"
        )


def _trust_line(result: SetResult, writer: WriterResult) -> str:
    trust = writer.trust
    return (
        f"| {result.name} | {writer.name} | {trust.asked} | {trust.answered} "
        f"| {_percent(trust.page_accuracy)} ({_percent(trust.first_page_accuracy)}) "
        f"| {_percent(trust.right_paper)} ({_percent(trust.first_right_paper)}) "
        f"| {_percent(trust.verified)} of {trust.citations} "
        f"| {_agreement(trust)} "
        f"| {_percent(trust.false_refusals)} | {_percent(trust.abstentions)} |"
    )


def _agreement(trust: Trust) -> str:
    if not trust.with_answers:
        return "n/a"
    return f"{_number(trust.recall)}, {_number(trust.f1)}, {_number(trust.numbers)} of {trust.with_answers}"


def _model_line(result: SetResult, writer: WriterResult) -> str:
    """Say how much of a model's row is the model's: a dead one has the row of the quotes that stood in for it."""
    trust = writer.trust
    weak = f", {_percent(trust.weak)} of its sentences marked as weakly supported" if trust.by_model else ""
    rest = "; the others were quoted instead" if trust.by_model < trust.answered else ""
    return f"- {result.name}: {trust.by_model} of {trust.answered} answers are {writer.name}'s own words{weak}{rest}."


def _verdict_line(name: str, verdict: Verdict) -> str:
    difference = verdict.difference
    says = "beats" if verdict.beaten else "does not beat"
    sure = "" if difference.clear else "; within chance"
    return (
        f"- {name}: {verdict.ours} {says} {verdict.against} on {verdict.measure} by {difference.mean:+.3f} "
        f"(95 % interval {difference.low:+.3f} to {difference.high:+.3f}{sure})."
    )


def _trustworthy(trust: Trust) -> bool:
    return trust.verified in (None, 1.0) and not trust.citations_on_refusals and not trust.uncited_sentences


def _number(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.3f}"


def _percent(share: float | None) -> str:
    return "n/a" if share is None else f"{100 * share:.1f} %"
