"""The sessions of every guild."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from rag.discussion.appending import answer_lines, nameless
from rag.discussion.finding import heading_of
from rag.domain.note import Discussion
from rag.domain.paper import Paper, name_form
from rag.domain.question import Origin, Question, QuestionSet
from rag.domain.session import Before, Concluded, ReadingGuide, Session, SessionAnswer, WrittenNotes
from rag.errors import EmptyAnswer, NobodyAnswered, NotFound, Refused, SessionClosed, SessionIsOpen
from rag.intake.notebook import Notebook
from rag.intake.ownership import DataDirectory
from rag.sessions.before import discussed_before
from rag.sessions.guide import reading_guide
from rag.sessions.writing import items_of, unanswered_notes, with_notes
from rag.store.library import Library

MOST_CHARS = 4_000
"""Of one answer: as long as Discord's messages and forms can be."""
MOST_ANSWERS, MOST_OF_A_PERSON = 1_000, 100
"""Of one session: nobody can take the room for the others' answers."""
NAME_CHARS = 100
_READINGS = 5
"""How often a session is read to be closed, when people still answer."""


class Questions(Protocol):
    """Where question sets come from: :class:`rag.questions.question_sets.QuestionSets`."""

    def of(self, guild: str, paper: Paper, *, n: int = ..., follow_ups: Sequence[Question] = ...) -> QuestionSet:
        """Return the questions of a paper."""
        ...


class Sessions:
    """Opens, fills and closes sessions. ``clock`` gives aware UTC; threads may share it.

    Ids of people, channels, threads and messages are decimal strings. Every call takes a few milliseconds, but for
    ``open``, which makes the questions, and ``close``, which owns the data directory and indexes the notes.
    """

    def __init__(
        self,
        *,
        library: Library,
        question_sets: Questions,
        notebook: Notebook,
        directory: DataDirectory,
        clock: Callable[[], datetime],
    ) -> None:
        self._library = library
        self._question_sets = question_sets
        self._notebook = notebook
        self._directory = directory
        self._clock = clock

    def open(self, guild: str, paper: Paper, *, channel: str = "", opened_by: str = "", n: int = 12) -> Session:
        """Open a session on a paper of the guild; what its last session left open is asked again.

        Raises SessionIsOpen, Refused for a paper without text, NotFound for one that was removed meanwhile.
        """
        self._require_none_open(guild, paper)
        questions = _asked_once(self._question_sets.of(guild, paper, n=n, follow_ups=self.follow_ups(guild, paper)))
        opened = self._library.add_session(guild, questions, channel=channel, opened_by=opened_by, now=self._clock())
        if opened is None:  # somebody else was faster
            self._require_none_open(guild, paper)
            raise SessionIsOpen(paper.title, "another one is open")
        return self.session(guild, opened)

    def open_on(self, guild: str, paper: Paper) -> Session | None:
        """Return the open session on a paper, or None."""
        of_paper = self._library.sessions_of_paper(guild, paper.key, paper.paper_id)
        return next((session for session in of_paper if session.is_open and session.paper_key), None)

    def session(self, guild: str, session_id: int) -> Session:
        """Return one session as it stands. Raises NotFound, also for another guild's."""
        session = self._library.session(guild, session_id)
        if session is None:
            raise _no_session(session_id)
        return session

    def in_thread(self, guild: str, thread: str) -> Session | None:
        """Return the session that is held in a thread, or None."""
        return self._library.session_in_thread(guild, thread)

    def list(self, guild: str) -> tuple[Session, ...]:
        """Return the guild's sessions, newest first."""
        return self._library.sessions(guild)

    def titles(self, guild: str, *, is_open: bool) -> dict[int, str]:
        """Return the titles of the guild's open or closed sessions by id, newest first."""
        return self._library.session_titles(guild, is_open=is_open)

    def unplaced(self, within: timedelta) -> tuple[Session, ...]:
        """Return the open sessions of all guilds, opened within this time, of which not every message was sent."""
        return self._library.unplaced_sessions(self._clock() - within)

    def placed(self, guild: str, session_id: int, *, thread: str | None = None, message: str | None = None) -> Session:
        """Note where a session is held and which message opens it. Raises NotFound."""
        if not self._library.place_session(guild, session_id, thread=thread, message=message):
            raise _no_session(session_id)
        return self.session(guild, session_id)

    def move(self, guild: str, session_id: int, *, channel: str) -> Session:
        """Begin an open session anew in a channel, as when its thread was deleted: what was answered stays.

        Raises NotFound, SessionClosed, Refused while the weekly post sends it.
        """
        session = self._in_session(guild, session_id, None)
        if not self._library.move_session(guild, session_id, channel, now=self._clock()):
            self._in_session(guild, session_id, None)  # closed just now
            raise Refused(session.title, "its session is being posted right now", "Try again in a few minutes.")
        return self.session(guild, session_id)

    def asked(self, guild: str, session_id: int, number: int, message: str | None) -> None:
        """Note which message shows a question; None: it was deleted. Raises NotFound."""
        if not self._library.place_question(guild, session_id, number, message):
            raise NotFound(what="question", name=str(number))

    def answer(
        self,
        guild: str,
        session_id: int,
        number: int | None,
        *,
        person: str,
        name: str,
        text: str,
        message: str | None = None,
    ) -> SessionAnswer:
        """Keep what a person answers to a question (None: says of the paper); a message is kept once, however often.

        Raises NotFound, SessionClosed, Refused for an empty answer, a too long one or one too many.
        """
        session = self._in_session(guild, session_id, number)
        said = SessionAnswer(
            answer_id=0,
            number=number,
            person=person,
            name=name[:NAME_CHARS],
            text=_text(text),
            said_at=self._clock(),
            message=message,
        )
        kept = self._library.put_session_answer(guild, session_id, said, most=MOST_ANSWERS, each=MOST_OF_A_PERSON)
        if kept is None:
            full = self._in_session(guild, session_id, number)  # else closed or erased just now
            if sum(one.person == person for one in full.answers) >= MOST_OF_A_PERSON:
                advice = "Change one of yours, or take one back."
                raise Refused("The answer", f"you gave {MOST_OF_A_PERSON} answers in this session", advice)
            raise Refused("The answer", f"the session on “{session.title}” has {MOST_ANSWERS:,} answers")
        answer_id, is_new = kept
        if is_new:
            return replace(said, answer_id=answer_id)
        return next(one for one in self.session(guild, session_id).answers if one.answer_id == answer_id)

    def edit(self, guild: str, session_id: int, answer_id: int, *, person: str, text: str) -> None:
        """Replace a person's own answer. Raises NotFound, also for another's, SessionClosed, Refused."""
        self._change(guild, session_id, answer_id, person, _text(text))

    def withdraw(self, guild: str, session_id: int, answer_id: int, *, person: str) -> None:
        """Take a person's own answer back. Raises NotFound, also for another's, SessionClosed."""
        self._change(guild, session_id, answer_id, person, None)

    def unclear(self, guild: str, session_id: int, number: int, *, person: str) -> bool:
        """Mark a question as unclear to a person, or take the mark off; return whether it is marked now.

        Raises NotFound, SessionClosed.
        """
        self._in_session(guild, session_id, number)
        marked = self._library.turn_unclear(guild, session_id, number, person)
        if marked is None:
            raise _no_session(session_id)
        return marked

    def close(self, guild: str, session_id: int, *, empty_notes: bool | None = None) -> Concluded:
        """Close a session and write its questions and answers behind the group's notes, where `/ask` finds them.

        A session that wrote notes before and was reopened changes those: what people changed in them stays.
        ``empty_notes`` decides on a session in which nobody answered: True keeps its questions as open ones, once a
        paper, False writes nothing; None raises NobodyAnswered. Raises NotFound, SessionClosed, LibraryBusy, Refused.
        """
        with self._directory.owned("close the session"):
            for _reading in range(_READINGS):
                session, discussions, notes = self._in_session(guild, session_id, None), None, None
                if session.answers or session.written is not None or self._keeps_open(session, empty_notes):
                    discussions, notes = with_notes(session, self._paper(session), self._library)
                if self._conclude(session, discussions, notes):
                    if notes is not None:
                        self._notebook.index(guild)
                    return Concluded(self.session(guild, session_id), notes)
        raise Refused("Closing", "people answer just now", "Try again in a moment.")

    def reopen(self, guild: str, session_id: int) -> Session:
        """Let people answer again. Its notes stay where they are, and change when it is closed again.

        Raises NotFound, Refused where it is open, SessionIsOpen where another on its paper is.
        """
        session = self.session(guild, session_id)
        if session.is_open:
            raise Refused("Reopening", f"the session on “{session.title}” is open")
        if not self._library.reopen_session(guild, session_id):
            papers = self._library.papers_by_key(guild, [session.paper_key or ""])
            for paper in papers.values():
                self._require_none_open(guild, paper)
        return self.session(guild, session_id)

    def follow_ups(self, guild: str, paper: Paper) -> tuple[Question, ...]:
        """Return what the last session on a paper left unclear, then unanswered, as questions of the next."""
        closed = (s for s in self._library.sessions_of_paper(guild, paper.key, paper.paper_id) if not s.is_open)
        last = next(closed, None)
        left = () if last is None else sorted(last.left_open, key=lambda asked: not asked.unclear)
        return tuple(replace(asked.question, origin=Origin.FOLLOW_UP) for asked in left)

    def before(self, guild: str, session: Session) -> Before:
        """Return what the group discussed before that bears on a session's paper."""
        paper = self._paper(session)
        return Before((), (), ()) if paper is None else discussed_before(self._library, guild, paper)

    def guide(self, session: Session) -> ReadingGuide:
        """Return a session's paper in reading order, with the places that its questions point at."""
        paper = self._paper(session)
        if paper is None:
            return ReadingGuide(None, ())
        questions = [asked.question for asked in session.questions]
        passages = self._library.passages_of(paper.key)
        return reading_guide(paper, self._library.sections(paper.key), passages, questions)

    def _keeps_open(self, session: Session, empty_notes: bool | None) -> bool:
        """Return whether a session without answers leaves its questions in the notes, which it does once a paper."""
        if empty_notes is None:
            raise NobodyAnswered(session.title, "nobody answered", session_id=session.session_id)
        if empty_notes and (kept := unanswered_notes(session, self._library)) is not None:
            advice = "Close it without notes: what is open there is asked again."
            raise Refused("Keeping the questions", f"{heading_of(kept)} has nothing but open questions", advice)
        return empty_notes

    def _conclude(self, session: Session, discussions: Sequence[Discussion] | None, notes: Discussion | None) -> bool:
        """Return False when something was said since the session was read: it is open, and nothing was written."""
        closed = self._library.close_session(
            session.guild,
            session,
            discussions=discussions,
            ordinal=notes.ordinal if notes else session.ordinal,
            written=WrittenNotes(notes.heading, tuple(items_of(session))) if notes else session.written,
            now=self._clock(),
        )
        if closed is False:
            raise SessionClosed(session.title, "it is closed", session_id=session.session_id)
        return closed is not None

    def _change(self, guild: str, session_id: int, answer_id: int, person: str, text: str | None) -> None:
        self._in_session(guild, session_id, None)
        if not self._library.change_session_answer(guild, session_id, answer_id, person=person, text=text):
            raise NotFound(what="answer of yours", name=str(answer_id))

    def _in_session(self, guild: str, session_id: int, number: int | None) -> Session:
        """Return an open session that asks this question."""
        session = self.session(guild, session_id)
        if not session.is_open:
            raise SessionClosed(session.title, "it is closed", session_id=session_id)
        if number is not None and session.asked(number) is None:
            raise NotFound(what="question", name=str(number))
        return session

    def _require_none_open(self, guild: str, paper: Paper) -> None:
        held = self.open_on(guild, paper)
        if held is not None:
            raise SessionIsOpen(held.title, "another one is open", session_id=held.session_id, thread=held.thread or "")

    def _paper(self, session: Session) -> Paper | None:
        return self._library.papers_by_key(session.guild, [session.paper_key or ""]).get(session.paper_key or "")


def _asked_once(questions: QuestionSet) -> QuestionSet:
    """Return a set in which what a session left open, and so stands open in its notes, is asked once."""
    by_text: dict[str, Question] = {}
    for question in questions.questions:
        by_text.setdefault(name_form(question.text), question)
    numbered = (replace(question, number=n) for n, question in enumerate(by_text.values(), start=1))
    return replace(questions, questions=tuple(numbered))


def _text(text: str) -> str:
    cut = nameless(text).strip()
    if not answer_lines(cut):
        raise EmptyAnswer("The answer", "it is empty")
    if len(cut) > MOST_CHARS:
        raise Refused("The answer", f"it has {len(cut):,} characters, and {MOST_CHARS:,} are the most")
    return cut


def _no_session(session_id: int) -> NotFound:
    return NotFound(what="session", name=str(session_id))
