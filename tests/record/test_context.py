"""What a question goes on from: the answer that it replies to, else its thread; never what was private or another's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from rag.domain.answer import Answer, Outcome
from rag.record.answers import LOOKED_BACK, AnswerBook
from rag.store.library import Library
from tests.record.groups import NOW, Clock

GUILD, OTHER = "1", "2"
NOTHING = Answer("what is it", Outcome.NOT_FOUND, "nothing")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library.open(tmp_path / "library.db")
    yield library
    library.close()


@pytest.fixture
def book(library: Library) -> AnswerBook:
    return AnswerBook(library=library, clock=Clock())


def keep(book: AnswerBook, *messages: str, guild: str = GUILD, asker: str = "7", **more: object) -> int:
    """Keep an answer that these messages show."""
    answer_id = book.keep(NOTHING, guild=guild, asker=asker, channel="70", **more)  # type: ignore[arg-type]
    book.shown(guild, answer_id, messages)
    return answer_id


def before(book: AnswerBook, guild: str = GUILD, **where: str) -> list[int]:
    return [kept.answer_id for kept in book.before(guild, **where)]


def test_a_reply_to_any_message_of_an_answer_goes_on_from_it(book: AnswerBook) -> None:
    first, second = keep(book, "100", "101", "102"), keep(book, "200")
    assert [before(book, message=message) for message in ("100", "101", "102")] == [[first]] * 3
    assert before(book, message="200") == [second]
    assert before(book, message="999") == before(book) == []


def test_a_reply_to_a_reply_goes_on_along_the_chain_and_no_other(book: AnswerBook) -> None:
    first = keep(book, "100")
    second = keep(book, "200", follows=first)
    keep(book, "300", follows=first)
    third = keep(book, "400", follows=second)
    assert before(book, message="400") == [first, second, third]


def test_a_long_chain_is_looked_back_at_for_a_while(book: AnswerBook) -> None:
    chain = [keep(book, "100")]
    for number in range(LOOKED_BACK + 5):
        chain.append(keep(book, str(1_000 + number), follows=chain[-1]))
    assert before(book, message=str(1_000 + LOOKED_BACK + 4)) == chain[-LOOKED_BACK:]


def test_a_reply_in_a_thread_goes_on_from_its_answer_and_all_else_from_the_thread(book: AnswerBook) -> None:
    root = keep(book, "100", thread="700")
    first = keep(book, "701", follows=root, thread="700")
    second = keep(book, "702", follows=first, thread="700")
    assert before(book, thread="700") == before(book, thread="700", message="703") == [root, first, second]
    assert before(book, thread="700", message="701") == [root, first]
    assert before(book, thread="800") == []


def test_a_thread_at_a_reply_goes_on_from_what_that_followed(book: AnswerBook) -> None:
    first = keep(book, "100")
    root = keep(book, "200", follows=first, thread="700")
    assert before(book, thread="700") == [first, root]


def test_what_was_private_is_no_context_for_anybody(book: AnswerBook) -> None:
    secret = keep(book, "100", private=True)
    later = keep(book, "200", follows=secret, thread="700")
    keep(book, "300", private=True, thread="700")
    assert before(book, message="100") == []
    assert before(book, message="200") == before(book, thread="700") == [later]


def test_another_servers_messages_mean_nothing(book: AnswerBook) -> None:
    answer_id = keep(book, "100")
    book.shown(OTHER, answer_id, ["200"])
    assert before(book, OTHER, message="100") == before(book, message="200") == []
    theirs = keep(book, "100", guild=OTHER)
    assert before(book, OTHER, message="100") == []
    assert before(book, message="100") == [answer_id]
    assert theirs != answer_id


def test_what_shows_an_answer_is_forgotten_with_it(book: AnswerBook, library: Library) -> None:
    def messages() -> list[str]:
        with library._reading() as connection:
            return [message for message, _ in connection.exec_driver_sql("select * from answer_messages order by 1")]

    mine, others = keep(book, "100", "101"), keep(book, "200", asker="8")
    keep(book, "300", asker="8", guild=OTHER)
    book.forget_person("7")
    assert messages() == ["200", "300"]
    book.shown(GUILD, mine, ["102"])  # it was sent while it was forgotten
    assert before(book, message="102") == []
    library.erase_guild(OTHER)
    assert messages() == ["200"]
    book.shown(GUILD, others, ["200", "201"])  # told once more: harmless
    assert messages() == ["200", "201"]
    book.forget_older_than(NOW + timedelta(days=1))
    assert messages() == []
