"""What readers made of the answers: counted by guild, listed without names, and never what was asked in private."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rag.domain.answer import Answer, Outcome
from rag.domain.opinion import Disliked, Tally
from rag.domain.record import Verdict
from rag.record.answers import AnswerBook
from rag.record.opinions import LATELY, Opinions
from rag.store.library import Library

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
GUILD, OTHER = "1", "2"


class Clock:
    """Stands still until it is moved."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with closing(Library.open(tmp_path / "library.db")) as library:
        yield library


@pytest.fixture
def opinions(library: Library, clock: Clock) -> Opinions:
    return Opinions(library=library, clock=clock)


@pytest.fixture
def book(library: Library, clock: Clock) -> AnswerBook:
    return AnswerBook(library=library, clock=clock)


def asked(book: AnswerBook, question: str, *, guild: str = GUILD, private: bool = False) -> int:
    answer = Answer(question, Outcome.NOT_FOUND, "nothing")
    return book.keep(answer, guild=guild, asker="7", channel="70", private=private)


def test_a_guild_without_answers_has_nothing_to_count(opinions: Opinions) -> None:
    assert opinions.tally(GUILD) == Tally(lately=0, verdicts={})
    assert opinions.disliked(GUILD) == ()


def test_answers_of_the_last_week_are_counted_and_ratings_of_all(
    book: AnswerBook, opinions: Opinions, clock: Clock
) -> None:
    old = asked(book, "old")
    clock.now = NOW + LATELY + timedelta(seconds=1)
    young = asked(book, "young")
    theirs = asked(book, "theirs", guild=OTHER)
    for guild, answer_id in ((GUILD, old), (GUILD, young), (OTHER, theirs)):
        book.rate(guild, answer_id, person="8", verdict=Verdict.HELPFUL)
    book.rate(GUILD, young, person="9", verdict=Verdict.NOT_HELPFUL)
    assert opinions.tally(GUILD) == Tally(1, {Verdict.HELPFUL: 2, Verdict.NOT_HELPFUL: 1})
    assert opinions.tally(OTHER) == Tally(1, {Verdict.HELPFUL: 1})


def test_the_newest_that_were_disliked_are_listed_and_private_ones_never(book: AnswerBook, opinions: Opinions) -> None:
    mine = [asked(book, f"question {n}") for n in range(8)]
    for answer_id in mine[1:]:
        book.rate(GUILD, answer_id, person="8", verdict=Verdict.NOT_HELPFUL)
    book.rate(GUILD, mine[7], person="8", verdict=Verdict.HELPFUL)  # thought better of it
    secret, theirs = asked(book, "secret", private=True), asked(book, "theirs", guild=OTHER)
    book.rate(GUILD, secret, person="7", verdict=Verdict.NOT_HELPFUL)
    book.rate(OTHER, theirs, person="8", verdict=Verdict.NOT_HELPFUL)
    assert [one.question for one in opinions.disliked(GUILD)] == [f"question {n}" for n in (6, 5, 4, 3, 2)]
    assert [one.question for one in opinions.disliked(GUILD, limit=100)] == [f"question {n}" for n in range(6, 0, -1)]
    assert [one.question for one in opinions.disliked(OTHER)] == ["theirs"]


def test_a_disliked_answer_says_how_often_and_which_sources_but_not_by_whom(
    book: AnswerBook, opinions: Opinions, library: Library
) -> None:
    one = asked(book, "why")
    for person in ("81", "82"):
        book.rate(GUILD, one, person=person, verdict=Verdict.NOT_HELPFUL)
    for person, number in (("83", 2), ("84", 2), ("85", 1)):
        library.rate_answer(GUILD, one, person=person, verdict=Verdict.WRONG_CITATION, citation=number)
    book.rate(GUILD, one, person="86", verdict=Verdict.HELPFUL)
    assert opinions.disliked(GUILD) == (Disliked(one, "why", "70", NOW, not_helpful=2, wrong=(1, 2)),)
    assert not any(person in repr(opinions.disliked(GUILD)) for person in ("81", "82", "83", "84", "85", "86"))


def test_a_disliked_answer_names_the_first_message_that_shows_it(book: AnswerBook, opinions: Opinions) -> None:
    one = asked(book, "why")
    book.rate(GUILD, one, person="8", verdict=Verdict.NOT_HELPFUL)
    book.shown(GUILD, one, ["1000", "999"])
    assert [found.message for found in opinions.disliked(GUILD)] == ["999"]


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ({}, "0 helpful, 0 not helpful"),
        (
            {Verdict.HELPFUL: 1_200, Verdict.NOT_HELPFUL: 3, Verdict.WRONG_CITATION: 1},
            "1,200 helpful, 3 not helpful, 1 with a wrong citation",
        ),
    ],
)
def test_ratings_are_said_in_words(verdicts: dict[Verdict, int], said: str) -> None:
    assert Tally(0, verdicts).rated == said


def test_a_damaged_answer_is_still_counted_among_the_others(
    book: AnswerBook, opinions: Opinions, tmp_path: Path
) -> None:
    damaged, sound = asked(book, "damaged"), asked(book, "sound")
    for answer_id in (damaged, sound):
        book.rate(GUILD, answer_id, person="8", verdict=Verdict.NOT_HELPFUL)
    with closing(sqlite3.connect(tmp_path / "library.db")) as connection:
        connection.execute("update answers set snapshot = '{' where answer_id = ?", (damaged,))
        connection.commit()
    assert [one.question for one in opinions.disliked(GUILD)] == ["sound", ""]
