"""Answered notes beside their papers: first by a program, then, where there is one, by a judge that is not trusted."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from rag.answering.asking import Answerer
from rag.answering.bookshelf import Bookshelf
from rag.answering.frames import Frames, Instead
from rag.answering.note_check import Excerpt, Matter
from rag.domain.answer import Outcome
from rag.domain.note import Discussion, Note
from rag.domain.paper import Paper
from rag.domain.passage import Passage
from rag.domain.revision import CheckCounts, NoteCheck, NoteChecks
from rag.errors import ModelFailed
from rag.language.ports import Finding
from rag.revision.checking import SHOWN, Verdict, check_of, counts_of, graded
from rag.revision.grading import cited
from rag.revision.papers import PapersOfNotes, said_by
from rag.revision.ports import Judge, Judges

log = logging.getLogger(__name__)

AT_ONCE = 6
"""Notes of one paper in one call of a judge."""
PASSAGES = 4
"""... each with at most so many passages."""
KEPT = 2_000
"""Verdicts, so that whoever leafs through a discussion pays for each of its notes once."""

Listed = tuple[str, Discussion, Note]


@dataclass(frozen=True, slots=True)
class _Beside:
    """A note as the program sees it. ``passages`` are what a judge may go by."""

    check: NoteCheck
    paper: Paper | None
    passages: tuple[Passage, ...] = ()


class NoteChecking:
    """Checks notes of every guild. ``clock`` gives aware UTC; threads may share it."""

    def __init__(
        self, *, papers: PapersOfNotes, answerer: Answerer, judges: Judges, clock: Callable[[], datetime]
    ) -> None:
        self._papers = papers
        self._answerer = answerer
        self._judges = judges
        self._clock = clock
        self._frames = Frames.load()
        self._verdicts: dict[tuple[str, ...], Verdict] = {}
        self._lock = Lock()

    def judge(self, guild: str) -> str:
        """Return the name of who may judge a guild's notes now; "" for nobody."""
        judge, _ = self._judges.of(guild)
        return judge.name if judge is not None else ""

    def checks(self, guild: str, listed: Sequence[Listed], *, judging: bool = True) -> NoteChecks:
        """Return answered notes beside their papers, in the order given; six of one paper cost one call of a judge.

        ``judging``: whether one is asked.
        """
        judge, why_not = self._judges.of(guild) if judging else (None, None)
        beside = [self._beside(guild, one, judging=judge is not None) for one in listed]
        if judge is None:
            notices = self._frames.model_absent(why_not, Instead.WORDS, self._clock())
            return NoteChecks(tuple(one.check for one in beside), notices)
        fresh, failed = self._judged(guild, judge, beside)
        shelf, findings = Bookshelf(self._papers.library), Counter[Finding]()
        checks, judged = [], False
        for one in beside:
            verdict = self._verdict(guild, one, judge)
            check, finding, judged = one.check, None, judged or verdict is not None
            if verdict is not None and one.paper is not None:
                check, finding = graded(one.check, verdict, one.paper, shelf)
            if one.check.key in fresh:
                findings[finding or Finding.KEPT] += 1  # who sees no evidence says nothing wrong
            checks.append(check)
        self._judges.count(guild, findings)
        return NoteChecks(tuple(checks), failed, judged)

    def counts(self, listed: Sequence[Listed], guild: str) -> CheckCounts:
        """Return how notes stand, as a program sees it."""
        shelf, grader = Bookshelf(self._papers.library), self._papers.grader(guild)
        checks = []
        for key, discussion, note in listed:
            paper = self._papers.paper(guild, discussion)
            sentences = self._papers.sentences(guild, paper) if paper is not None else ()
            lines = grader.lines(note, paper, sentences) if paper is not None and sentences else ()
            checks.append(check_of(key, (discussion, note), lines, (), shelf))
        return counts_of(checks)

    def _beside(self, guild: str, listed: Listed, *, judging: bool) -> _Beside:
        key, discussion, note = listed
        shelf = Bookshelf(self._papers.library)
        paper = self._papers.paper(guild, discussion)
        if paper is None:
            instead = "the discussion is tied to no paper of the library"
            return _Beside(check_of(key, (discussion, note), (), (), shelf, instead=instead), None)
        sentences = self._papers.sentences(guild, paper)
        if not sentences:
            instead = "no text of the paper could be read"
            return _Beside(check_of(key, (discussion, note), (), (), shelf, instead=instead), paper)
        grader = self._papers.grader(guild)
        lines = grader.lines(note, paper, sentences)
        answer = said_by(self._answerer, guild, note.question, paper, quoting=True)
        said = answer.citations if answer is not None and answer.outcome is not Outcome.NOT_FOUND else ()
        if len(said) < SHOWN:
            said = (*said, *cited(grader.to_question(note, paper, sentences)[:SHOWN], shelf))
        check = check_of(key, (discussion, note), lines, said, shelf)
        if not judging:
            return _Beside(check, paper)
        nearest = grader.nearest(note, paper, sentences)
        near = [nearest.candidate.hit.passage] if nearest is not None else []
        passages = dict.fromkeys((*(c.passage for c in check.evidence), *near, *(c.passage for c in said)))
        return _Beside(check, paper, tuple(passages)[:PASSAGES])

    def _judged(self, guild: str, judge: Judge, beside: Sequence[_Beside]) -> tuple[set[str], tuple[str, ...]]:
        """Let a judge grade what it has not graded yet; return the keys of those, and why it did not."""
        waiting: dict[str, list[_Beside]] = {}
        for one in beside:
            if one.paper is not None and one.passages and self._verdict(guild, one, judge) is None:
                waiting.setdefault(one.paper.key, []).append(one)
        fresh: set[str] = set()
        for of_paper in waiting.values():
            for at in range(0, len(of_paper), AT_ONCE):
                try:
                    fresh |= self._asked(guild, judge, of_paper[at : at + AT_ONCE])
                except ModelFailed as error:
                    log.warning("notes were not judged: %s", error.reason)
                    self._judges.count(guild, Counter({Finding.FAILED: int(not error.why_not)}))
                    return fresh, self._frames.model_silent(error, Instead.WORDS, self._clock())
        return fresh, ()

    def _asked(self, guild: str, judge: Judge, beside: Sequence[_Beside]) -> set[str]:
        passages = list(dict.fromkeys(passage for one in beside for passage in one.passages))
        title = beside[0].paper.title if beside[0].paper is not None else ""
        judged = judge.judged(
            title,
            [Matter(one.check.note.question, one.check.note.answer) for one in beside],
            [Excerpt(passage.text, _where(passage)) for passage in passages],
        )
        self._judges.count(guild, judged.findings)
        with self._lock:
            for judgement in judged.judgements:
                passage = passages[judgement.excerpt] if judgement.excerpt is not None else None
                place = _place(guild, beside[judgement.matter], judge)
                self._verdicts[place] = Verdict(judgement, passage, judge.name, judged.prompt)
            while len(self._verdicts) > KEPT:
                self._verdicts.pop(next(iter(self._verdicts)))
        return {beside[judgement.matter].check.key for judgement in judged.judgements}

    def _verdict(self, guild: str, one: _Beside, judge: Judge) -> Verdict | None:
        with self._lock:
            return self._verdicts.get(_place(guild, one, judge))


def _place(guild: str, one: _Beside, judge: Judge) -> tuple[str, ...]:
    """Name a note as it stands beside a paper as it was read."""
    read = (one.paper.key, one.paper.sha256) if one.paper is not None else ()
    return (guild, judge.name, one.check.key, *read)


def _where(passage: Passage) -> str:
    if passage.first_page is None:
        return ""
    last = passage.last_page or passage.first_page
    return f"p. {passage.first_page}" if last == passage.first_page else f"p. {passage.first_page}–{last}"
