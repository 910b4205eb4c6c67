"""Proposals for old notes, checks of them, and what people decided."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from rag.answering.asking import Answerer
from rag.answering.bookshelf import Bookshelf
from rag.answering.frames import Frames
from rag.discussion.appending import answer_lines, question_line
from rag.discussion.finding import heading_of
from rag.discussion.rewriting import rewritten
from rag.domain.note import Discussion, Note, NoteStatus
from rag.domain.revision import CheckCounts, Decision, NoteChange, NoteCheck, NoteChecks, Proposal
from rag.errors import NotFound, Refused
from rag.index.ports import Embedder
from rag.intake.notebook import Notebook
from rag.intake.ownership import DataDirectory
from rag.language.ports import Models, NoModels
from rag.retrieval.catalogue import Catalogues
from rag.retrieval.kept import KeptByGuild
from rag.revision import proposing
from rag.revision.grading import cited
from rag.revision.history import newest_standing, refused_as_changed, rejected
from rag.revision.missing import PASSAGES, MissingQuestions
from rag.revision.model_judge import ModelJudges
from rag.revision.note_checks import NoteChecking
from rag.revision.papers import PapersOfNotes, said_by
from rag.store.library import Library
from rag.store.notes import note_id

MOST_CHARACTERS = 4_000
"""Of an answer that is typed: as many as a form of Discord takes."""
MOST_LINES = 100

Place = tuple[Discussion, Note]


def name_of(discussion: Discussion, note: Note) -> str:
    """Return what names a note for people who type: the place of its discussion in the notes, and its own."""
    return f"{discussion.position}.{note.item}"


class Revision:
    """Sets notes beside their papers. Changes nothing by itself. ``clock`` gives aware UTC.

    A note goes by its key, which is another once the note has changed. Reads may run in several threads; changes are
    called where adds are carried out, one after the other.
    """

    def __init__(
        self,
        *,
        library: Library,
        answerer: Answerer,
        catalogues: Catalogues,
        embedder: Embedder | None,
        notebook: Notebook,
        directory: DataDirectory,
        clock: Callable[[], datetime],
        models: Models | None = None,
    ) -> None:
        self._library = library
        self._answerer = answerer
        self._notebook = notebook
        self._directory = directory
        self._clock = clock
        self._papers = PapersOfNotes(library=library, catalogues=catalogues, embedder=embedder)
        self._checking = NoteChecking(
            papers=self._papers, answerer=answerer, judges=ModelJudges(models or NoModels()), clock=clock
        )
        self._missing = MissingQuestions(models or NoModels(), embedder=embedder, clock=clock)
        frames = Frames.load()
        self._proposals = KeptByGuild(  # by guild and note: looked at, then decided on
            library.revision,
            self._proposed,
            lasts=lambda made: not any(map(frames.is_silence, made.notices)),  # the next look may have more luck
        )
        self._counts = KeptByGuild(library.revision, self._counted)  # by guild and discussion

    def judge(self, guild: str) -> str:
        """Return the name of who can find contradictions in a guild's notes now; "" for nobody."""
        return self._checking.judge(guild)

    def waiting(self, guild: str) -> tuple[tuple[str, Discussion, Note], ...]:
        """Return the notes for which something could be proposed, each with its key: questions without an answer and
        answers without a question, whose proposal nobody rejected. In the notes' order; those without a paper are last.
        """
        no = rejected(self._library.note_changes(guild))
        return tuple(
            (note_id(guild, discussion, note), discussion, note)
            for discussion in sorted(self._library.discussions(guild), key=lambda d: d.paper_key is None)
            for note in discussion.notes
            if note.status in (NoteStatus.OPEN, NoteStatus.NO_QUESTION)
            and (heading_of(discussion), note.item, note.question, note.answer) not in no
        )

    def answered(self, guild: str) -> tuple[tuple[str, Discussion, Note], ...]:
        """Return the notes with question and answer, in the notes' order, each with its key."""
        return tuple(
            (note_id(guild, discussion, note), discussion, note)
            for discussion in self._library.discussions(guild)
            for note in discussion.notes
            if note.status is NoteStatus.ANSWERED
        )

    def place(self, guild: str, key: str) -> Place:
        """Return the note of a key. Raises Refused when there is none any more."""
        held = self._library.notes([key], guild=guild).get(key)
        if held is None:
            raise refused_as_changed()
        return held

    def named(self, guild: str, typed: str) -> str:
        """Return the key of the note that "10.2" names: the second of the tenth discussion. Raises NotFound."""
        wanted = typed.strip().removeprefix("#")
        for key, (discussion, note) in self._library.note_ids(guild).items():
            if wanted == name_of(discussion, note):
                return key
        raise NotFound(what="note", name=typed)

    def proposal(self, guild: str, key: str, *, quoting: bool = False) -> Proposal:
        """Return what could stand in a note. ``quoting``: in the paper's own words, the same for the same library; else
        in a model's, where one may be asked. Raises Refused for a note that changed.
        """
        return self._proposals.of(json.dumps([guild, key, quoting]))

    def proposed_last(self, guild: str, key: str) -> Proposal | None:
        """Return, at once, what was proposed last for a note, though the library may have changed since."""
        return self._proposals.last(json.dumps([guild, key, False]))

    def seen(self, guild: str, key: str, digest: str) -> Proposal:
        """Return the proposal that somebody saw. Raises Refused when something else is proposed by now, or its quotes
        stand in the paper no more.
        """
        last = self.proposed_last(guild, key)
        note, shelf = self.place(guild, key)[1], Bookshelf(self._library)
        if last is None or last.digest != digest or last.note != note or not _stands(last, shelf):
            last = self.proposal(guild, key)
        if last.digest != digest:
            reason = "I propose something else by now, since the library has changed"
            raise Refused("The proposal", reason, "Look at it again.")
        return last

    def _proposed(self, place_of_note: str) -> Proposal:
        guild, key, quoting = json.loads(place_of_note)
        place = discussion, note = self.place(guild, key)
        paper = self._papers.paper(guild, discussion)
        if note.status not in (NoteStatus.OPEN, NoteStatus.NO_QUESTION):
            return proposing.nothing(key, place, "This note is complete.")
        if paper is None:
            return proposing.nothing(key, place, proposing.NO_PAPER)
        sentences = self._papers.sentences(guild, paper)
        if not sentences:
            return proposing.nothing(key, place, proposing.NO_TEXT)
        shelf = Bookshelf(self._library)
        if note.status is NoteStatus.NO_QUESTION:
            near = self._papers.grader(guild).near(note, paper, sentences)[:PASSAGES]
            evidence = cited(near[:1], shelf)
            by_rules = proposing.question_for(key, place, near[0] if near else None, evidence)
            if quoting or not evidence:
                return by_rules
            hits = [one.candidate.hit for one in near]
            return proposing.asked_by_model(by_rules, self._missing.asked(guild, place, paper, hits), evidence)
        answer = said_by(self._answerer, guild, note.question, paper, quoting=quoting)
        if answer is None:
            return proposing.nothing(key, place, proposing.NOT_A_QUESTION)
        return proposing.answer_from(key, place, answer, shelf)

    def check(self, guild: str, key: str) -> NoteCheck:
        """Return an answered note beside its paper. Raises Refused for a note that changed."""
        (check,) = self.checks(guild, [key]).checks
        return check

    def checks(self, guild: str, keys: Sequence[str], *, judging: bool = True) -> NoteChecks:
        """Return answered notes beside their papers, judged together if ``judging`` and there is a model that may be
        asked. Raises Refused for a note that changed.
        """
        return self._checking.checks(guild, [(key, *self.place(guild, key)) for key in keys], judging=judging)

    def counts(self, guild: str, position: int) -> CheckCounts:
        """Return how the answers of the discussion in this place stand; no judge is asked."""
        return self._counts.of(json.dumps([guild, position]))

    def _counted(self, place: str) -> CheckCounts:
        guild, position = json.loads(place)
        return self._checking.counts([one for one in self.answered(guild) if one[1].position == position], guild)

    def accept(self, guild: str, proposal: Proposal, *, person: str) -> NoteChange:
        """Write a proposal into its note. Raises Refused for one that proposes nothing, or a note that changed."""
        if not proposal.proposes:
            raise Refused("This proposal", "there is nothing in it", "Write an answer of your own.")
        note = proposal.note
        question, answer = proposal.question or note.question, proposal.lines or note.answer
        return self._change(guild, proposal.key, Decision.ACCEPTED, person, question, answer)

    def edit(self, guild: str, key: str, *, answer: str, person: str, question: str | None = None) -> NoteChange:
        """Write what a person typed into a note; None: its question stays. Raises Refused."""
        _, note = self.place(guild, key)
        lines = answer_lines(answer)
        asked = note.question if question is None else question_line(question)
        if not lines and not asked:
            raise Refused("The note", "nothing was typed", "Write at least one line.")
        if not lines and note.status is not NoteStatus.NO_QUESTION:
            raise Refused("The answer", "it is empty", "Write at least one line.")
        if len(answer) > MOST_CHARACTERS or len(lines) > MOST_LINES:
            most = f"it is longer than {MOST_LINES} lines or {MOST_CHARACTERS:,} characters"
            raise Refused("The answer", most, "Write it shorter.")
        if question is not None and len(asked) > MOST_CHARACTERS:
            raise Refused("The question", f"it is longer than {MOST_CHARACTERS:,} characters", "Write it shorter.")
        if (asked, lines) == (note.question, note.answer):
            raise Refused("The note", "it says that already")
        return self._change(guild, key, Decision.EDITED, person, asked, lines or note.answer)

    def write(self, guild: str, key: str, typed: str, *, person: str) -> NoteChange:
        """Write what a person typed where something is missing: the question of an answer, which stays, else the
        answer. Raises Refused.
        """
        _, note = self.place(guild, key)
        if note.status is NoteStatus.NO_QUESTION:
            return self.edit(guild, key, answer="", question=typed, person=person)
        return self.edit(guild, key, answer=typed, person=person)

    def reject(self, guild: str, key: str, *, person: str) -> NoteChange:
        """Note that a proposal is not wanted: it is not made again. The note stays. Raises Refused."""
        with self._directory.owned("decide on a note"):
            discussion, note = self.place(guild, key)
            change = self._made(guild, discussion, Decision.REJECTED, person, note, note)
            return self._library.change_notes(guild, change, None)

    def history(self, guild: str) -> tuple[NoteChange, ...]:
        """Return what was decided, the newest first."""
        return self._library.note_changes(guild)[::-1]

    def undo(self, guild: str, *, person: str, change_id: int | None = None) -> NoteChange:
        """Take the newest decision back that still stands; that is one more change.

        ``change_id``: the one that was meant. Raises Refused when there is none, when it is another by now, or when the
        note was changed since in another way.
        """
        with self._directory.owned("undo a change of a note"):
            last = newest_standing(self._library.note_changes(guild), change_id)
            for discussion in self._library.discussions(guild):
                for note in discussion.notes:
                    here = (heading_of(discussion), note.item, note.question, note.answer)
                    if here == (last.heading, last.item, last.question_after, last.answer_after):
                        before = replace(
                            note, question=last.question_before, answer=last.answer_before, raw=last.raw_before
                        )
                        change = self._made(guild, discussion, Decision.UNDONE, person, note, before)
                        return self._notebook.change(change, discussion.position, before)
            raise refused_as_changed()

    def _change(
        self, guild: str, key: str, decision: Decision, person: str, question: str, answer: Sequence[str]
    ) -> NoteChange:
        with self._directory.owned("change a note"):
            discussion, note = self.place(guild, key)
            after = rewritten(note, question=question, answer=answer)
            change = self._made(guild, discussion, decision, person, note, after)
            return self._notebook.change(change, discussion.position, after)

    def _made(
        self, guild: str, discussion: Discussion, decision: Decision, person: str, before: Note, after: Note
    ) -> NoteChange:
        return NoteChange(
            change_id=0,
            guild=guild,
            heading=heading_of(discussion),
            item=before.item,
            decision=decision,
            person=person,
            at=self._clock(),
            question_before=before.question,
            answer_before=before.answer,
            raw_before=before.raw,
            question_after=after.question,
            answer_after=after.answer,
        )


def _stands(proposal: Proposal, shelf: Bookshelf) -> bool:
    """Whether every quote of a proposal is still on its page."""
    return all(shelf.holds(citation.quote, citation.passage) for citation in proposal.evidence)
