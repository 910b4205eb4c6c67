"""Questions that were acknowledged: what is written down until an answer is on its way, and nothing after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from rag.domain.answer import Answer, Outcome
from rag.domain.record import WaitingQuestion
from rag.record.answers import AnswerBook
from rag.record.waiting import WaitingQuestions
from rag.store.library import Library
from tests.record.groups import NOW, Clock

GUILD, OTHER = "1", "2"
TOKEN = "a-secret-of-fifteen-minutes"
NOTHING = Answer("what is it", Outcome.NOT_FOUND, "nothing")
ASKED = WaitingQuestion(
    guild=GUILD, person="7", channel="70", text="what is it", asked_at=NOW, application="5", token=TOKEN,
    paper="firmgate", private=True, thread="700",
)  # fmt: skip


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library.open(tmp_path / "library.db")
    yield library
    library.close()


@pytest.fixture
def waiting(library: Library) -> WaitingQuestions:
    return WaitingQuestions(library=library)


@pytest.fixture
def book(library: Library) -> AnswerBook:
    return AnswerBook(library=library, clock=Clock())


def test_a_question_is_read_as_it_was_written_down(waiting: WaitingQuestions) -> None:
    number = waiting.put(ASKED)
    assert waiting.left(NOW) == (replace(ASKED, question_id=number),)
    assert TOKEN not in repr(waiting.left(NOW))


def test_a_question_is_answered_again_once(waiting: WaitingQuestions) -> None:
    number = waiting.put(ASKED)
    assert [waiting.try_again(number) for _ in range(2)] == [True, False]
    assert [question.tried_again for question in waiting.left(NOW)] == [True]
    assert [waiting.drop(number) for _ in range(2)] == [True, False]
    assert waiting.try_again(number) is False
    assert waiting.left(NOW) == ()


def test_what_is_too_old_is_erased_when_it_is_looked_for(waiting: WaitingQuestions) -> None:
    waiting.put(replace(ASKED, asked_at=NOW - timedelta(seconds=1)))
    young = waiting.put(ASKED)
    assert [question.question_id for question in waiting.left(NOW)] == [young]
    assert len(waiting.left(NOW - timedelta(days=1))) == 1


def test_a_question_goes_when_its_answer_is_on_its_way_and_not_before(
    waiting: WaitingQuestions, book: AnswerBook, tmp_path: Path
) -> None:
    number = waiting.put(ASKED)
    answer_id = book.keep(NOTHING, guild=GUILD, asker="7", channel="70", question=number)
    assert [question.answer_id for question in waiting.left(NOW)] == [answer_id]
    assert book.sending(OTHER, answer_id) is False
    assert len(waiting.left(NOW)) == 1
    assert book.sending(GUILD, answer_id) is True
    assert waiting.left(NOW) == ()
    book.delivered(GUILD, answer_id)
    with (tmp_path / "library.db").open("rb") as file:
        assert TOKEN.encode() not in file.read()


@pytest.mark.parametrize("answered", [False, True])
def test_a_question_is_forgotten_with_its_person_and_its_server(
    answered: bool, waiting: WaitingQuestions, book: AnswerBook, library: Library
) -> None:
    for guild, person in ((GUILD, "7"), (GUILD, "8"), (OTHER, "8")):
        number = waiting.put(replace(ASKED, guild=guild, person=person))
        if answered:
            book.keep(NOTHING, guild=guild, asker=person, channel="70", question=number)
    book.forget_person("7")
    assert [(question.guild, question.person) for question in waiting.left(NOW)] == [(GUILD, "8"), (OTHER, "8")]
    library.erase_guild(GUILD)
    assert [(question.guild, question.person) for question in waiting.left(NOW)] == [(OTHER, "8")]


def test_the_number_of_a_question_is_never_given_again(waiting: WaitingQuestions) -> None:
    number = waiting.put(ASKED)
    waiting.drop(number)
    assert waiting.put(ASKED) > number
