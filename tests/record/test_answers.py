"""The book of answers: kept, shown again, rated, followed up, forgotten; and never another guild's."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rag.answering.asking import Answerer
from rag.domain.answer import Answer, Outcome
from rag.domain.record import Delivery, Forgotten, Verdict
from rag.errors import NotFound, StorageFailed
from rag.record.answers import AnswerBook
from rag.store.library import Library
from rag.store.snapshots import slim
from tests.answering.library import FIRM_PAPER, GUILD, LOOSE_PAPER, small_library

OTHER = "another group"
NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def asker(tmp_path: Path) -> Answerer:
    return small_library(tmp_path)


@pytest.fixture
def library(asker: Answerer, tmp_path: Path) -> Iterator[Library]:
    library = Library.open(tmp_path / "library.db")
    library.share_paper(FIRM_PAPER, guild=OTHER, now=NOW)
    yield library
    library.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(library: Library, clock: Clock) -> AnswerBook:
    return AnswerBook(library=library, clock=clock)


@pytest.fixture
def drift(asker: Answerer) -> Answer:
    answer = asker.ask("what is signal drift", guild=GUILD, paper_keys=[FIRM_PAPER.key])
    assert {c.paper.key for c in answer.citations} == {FIRM_PAPER.key}
    return answer


def test_an_answer_is_read_as_it_was_kept_also_after_a_restart(book: AnswerBook, drift: Answer, tmp_path: Path) -> None:
    answer_id = book.keep(drift, guild=GUILD, asker="7", channel="70", private=True, paper="firmgate", thread="700")
    again = AnswerBook(library=Library.open(tmp_path / "library.db"), clock=Clock()).read(GUILD, answer_id)
    assert again == book.read(GUILD, answer_id)
    assert again.answer == slim(drift)
    assert (again.guild, again.asker, again.channel, again.private) == (GUILD, "7", "70", True)
    assert (again.asked_at, again.paper, again.follows, again.thread) == (NOW, "firmgate", None, "700")
    assert again.delivery is Delivery.WAITING


def test_two_guilds_never_see_each_others_answers_on_any_method(book: AnswerBook, drift: Answer) -> None:
    mine = book.keep(drift, guild=GUILD, asker="7", channel="70")
    book.rate(GUILD, mine, person="8", verdict=Verdict.HELPFUL)
    book.open_thread(GUILD, mine, "700")
    with pytest.raises(NotFound):
        book.read(OTHER, mine)
    with pytest.raises(NotFound):
        book.rate(OTHER, mine, person="9", verdict=Verdict.NOT_HELPFUL)
    with pytest.raises(NotFound):
        book.rate(OTHER, mine, person="9", verdict=Verdict.WRONG_CITATION, citation=1)
    with pytest.raises(NotFound):
        book.open_thread(OTHER, mine, "999")
    assert book.sending(OTHER, mine) is False
    book.delivered(OTHER, mine)
    assert book.ratings(OTHER, mine) == {}
    assert book.recent(OTHER, "7") == ()
    assert book.thread(OTHER, "700") == ()
    theirs = book.keep(drift, guild=OTHER, asker="7", channel="90", follows=mine, thread="700")
    assert book.read(OTHER, theirs).follows is None
    assert [kept.answer_id for kept in book.thread(GUILD, "700")] == [mine]
    assert [kept.answer_id for kept in book.recent(GUILD, "7")] == [mine]
    assert book.ratings(GUILD, mine) == {Verdict.HELPFUL: 1}
    assert book.read(GUILD, mine).delivery is Delivery.WAITING


def test_an_unknown_answer_is_not_found_by_its_number(book: AnswerBook) -> None:
    with pytest.raises(NotFound) as caught:
        book.read(GUILD, 12)
    assert (caught.value.what, caught.value.name) == ("answer", "12")


def test_only_one_may_send_an_answer(book: AnswerBook, drift: Answer) -> None:
    answer_id = book.keep(drift, guild=GUILD, asker="7", channel="70")
    start = threading.Barrier(4)

    def send() -> bool:
        start.wait(timeout=10)
        return book.sending(GUILD, answer_id)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(f.result(timeout=30) for f in [pool.submit(send) for _ in range(4)]) == [False] * 3 + [True]
    book.delivered(GUILD, answer_id)
    assert book.read(GUILD, answer_id).delivery is Delivery.DELIVERED
    assert book.sending(GUILD, answer_id) is False


def test_what_waits_is_delivered_later_unless_private_or_old_or_on_its_way(
    book: AnswerBook, drift: Answer, clock: Clock
) -> None:
    book.keep(drift, guild=GUILD, asker="7", channel="old")
    clock.now = NOW + timedelta(hours=1)
    here = book.keep(drift, guild=GUILD, asker="7", channel="70")
    there = book.keep(drift, guild=OTHER, asker="7", channel="90")
    book.keep(drift, guild=GUILD, asker="7", channel="70", private=True)
    for done in (book.sending, book.delivered):
        done(GUILD, book.keep(drift, guild=GUILD, asker="7", channel="70"))
    assert [kept.answer_id for kept in book.undelivered(clock.now)] == [here, there]


def test_a_person_sees_their_latest_answers_first(book: AnswerBook, drift: Answer) -> None:
    kept = [book.keep(drift, guild=GUILD, asker="7", channel="70") for _ in range(12)]
    book.keep(drift, guild=GUILD, asker="8", channel="70")
    assert [answer.answer_id for answer in book.recent(GUILD, "7")] == kept[:1:-1]
    assert [answer.answer_id for answer in book.recent(GUILD, "7", limit=2)] == [kept[11], kept[10]]


def test_a_persons_last_verdict_counts(book: AnswerBook, drift: Answer) -> None:
    answer_id = book.keep(drift, guild=GUILD, asker="7", channel="70")
    book.rate(GUILD, answer_id, person="8", verdict=Verdict.HELPFUL)
    book.rate(GUILD, answer_id, person="9", verdict=Verdict.HELPFUL)
    book.rate(GUILD, answer_id, person="8", verdict=Verdict.WRONG_CITATION, citation=1)
    assert book.ratings(GUILD, answer_id) == {Verdict.HELPFUL: 1, Verdict.WRONG_CITATION: 1}


@pytest.mark.parametrize("number", [0, -1, 99])
def test_a_source_that_the_answer_has_not_cannot_be_wrong(book: AnswerBook, drift: Answer, number: int) -> None:
    answer_id = book.keep(drift, guild=GUILD, asker="7", channel="70")
    with pytest.raises(NotFound) as caught:
        book.rate(GUILD, answer_id, person="8", verdict=Verdict.WRONG_CITATION, citation=number)
    assert caught.value.what == "source"
    assert book.ratings(GUILD, answer_id) == {}


def test_a_thread_begins_with_the_answer_it_hangs_on(book: AnswerBook, drift: Answer) -> None:
    root = book.keep(drift, guild=GUILD, asker="7", channel="70")
    book.keep(drift, guild=GUILD, asker="7", channel="70")
    book.open_thread(GUILD, root, "700")
    first = book.keep(drift, guild=GUILD, asker="8", channel="700", follows=root, thread="700")
    second = book.keep(drift, guild=GUILD, asker="7", channel="700", follows=first, thread="700")
    assert [(kept.answer_id, kept.follows) for kept in book.thread(GUILD, "700")] == [
        (root, None),
        (first, root),
        (second, first),
    ]
    assert book.thread(GUILD, "701") == ()


def test_forgetting_a_person_erases_every_trace_in_every_guild(
    book: AnswerBook, asker: Answerer, drift: Answer, tmp_path: Path
) -> None:
    secret = asker.ask("what is signal drift, asks somebody with a secret", guild=GUILD, paper_keys=[FIRM_PAPER.key])
    root = book.keep(secret, guild=GUILD, asker="7777", channel="70")
    elsewhere = book.keep(secret, guild=OTHER, asker="7777", channel="90")
    book.open_thread(GUILD, root, "700")
    others = book.keep(drift, guild=GUILD, asker="8", channel="700", follows=root, thread="700")
    book.rate(GUILD, root, person="8", verdict=Verdict.HELPFUL)
    book.rate(GUILD, others, person="7777", verdict=Verdict.HELPFUL)
    book.rate(GUILD, others, person="8", verdict=Verdict.NOT_HELPFUL)
    assert book.forget_person("7777") == Forgotten(answers=2, ratings=1)
    for guild, answer_id in ((GUILD, root), (OTHER, elsewhere)):
        with pytest.raises(NotFound):
            book.read(guild, answer_id)
    [left] = book.thread(GUILD, "700")
    assert (left.answer_id, left.follows) == (others, None)
    assert book.ratings(GUILD, others) == {Verdict.NOT_HELPFUL: 1}
    with sqlite3.connect(tmp_path / "library.db") as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert "7777" not in dump
    assert "somebody with a secret" not in dump
    assert book.forget_person("7777") == Forgotten(answers=0, ratings=0)


def test_answers_are_forgotten_when_their_time_is_over(book: AnswerBook, drift: Answer, clock: Clock) -> None:
    old = book.keep(drift, guild=GUILD, asker="7", channel="70")
    clock.now = NOW + timedelta(days=1)
    young = book.keep(drift, guild=GUILD, asker="7", channel="70", follows=old)
    assert book.forget_older_than(NOW) == 0
    assert book.forget_older_than(clock.now) == 1
    assert [kept.answer_id for kept in book.recent(GUILD, "7")] == [young]
    assert book.read(GUILD, young).follows is None


def test_the_number_of_a_forgotten_answer_is_never_given_again(book: AnswerBook, drift: Answer) -> None:
    last = book.keep(drift, guild=GUILD, asker="7", channel="70")
    book.forget_person("7")
    assert book.keep(drift, guild=GUILD, asker="8", channel="70") > last


def test_removing_a_paper_takes_the_guilds_answers_that_show_it(
    book: AnswerBook, asker: Answerer, drift: Answer, library: Library
) -> None:
    nearest = asker.ask("how is a network deployed on a mobile phone?", guild=GUILD, paper_keys=[FIRM_PAPER.key])
    assert nearest.outcome is Outcome.NOT_FOUND
    loose = asker.ask("how many layers does loosenet have?", guild=GUILD, paper_keys=[LOOSE_PAPER.key])
    gone = [book.keep(answer, guild=GUILD, asker="7", channel="70") for answer in (drift, nearest)]
    stays = book.keep(loose, guild=GUILD, asker="7", channel="70", follows=gone[0])
    theirs = book.keep(drift, guild=OTHER, asker="7", channel="90")
    library.remove_paper(GUILD, FIRM_PAPER.key)
    assert [kept.answer_id for kept in book.recent(GUILD, "7")] == [stays]
    assert book.read(GUILD, stays).follows is None
    assert book.read(OTHER, theirs).answer == slim(drift)
    library.remove_paper(OTHER, FIRM_PAPER.key)
    assert book.recent(OTHER, "7") == ()


def test_an_answer_whose_paper_was_removed_while_it_was_written_is_not_kept(
    book: AnswerBook, drift: Answer, library: Library
) -> None:
    library.remove_paper(GUILD, FIRM_PAPER.key)
    with pytest.raises(NotFound) as caught:
        book.keep(drift, guild=GUILD, asker="7", channel="70")
    assert (caught.value.what, caught.value.name) == ("paper", FIRM_PAPER.paper_id)
    assert book.recent(GUILD, "7") == ()


def test_keeping_an_answer_leaves_what_searches_find_alone(book: AnswerBook, drift: Answer, library: Library) -> None:
    before = library.revision()
    answer_id = book.keep(drift, guild=GUILD, asker="7", channel="70")
    book.rate(GUILD, answer_id, person="8", verdict=Verdict.HELPFUL)
    assert library.revision() == before


def test_many_keep_at_once_and_nothing_is_lost_or_mixed(book: AnswerBook, drift: Answer) -> None:
    start = threading.Barrier(8)

    def keep(person: int) -> list[int]:
        start.wait(timeout=10)
        guild = GUILD if person % 2 else OTHER
        return [book.keep(drift, guild=guild, asker=str(person), channel=str(n)) for n in range(10)]

    with ThreadPoolExecutor(8) as pool:
        kept = [future.result(timeout=60) for future in [pool.submit(keep, person) for person in range(8)]]
    assert len({answer_id for mine in kept for answer_id in mine}) == 80
    for person, mine in enumerate(kept):
        answers = book.recent(GUILD if person % 2 else OTHER, str(person), limit=20)
        assert [answer.answer_id for answer in reversed(answers)] == mine
        assert [answer.channel for answer in reversed(answers)] == [str(n) for n in range(10)]


def test_a_damaged_answer_hides_itself_and_no_other(book: AnswerBook, drift: Answer, tmp_path: Path) -> None:
    damaged, sound = (book.keep(drift, guild=GUILD, asker="7", channel="70") for _ in range(2))
    with sqlite3.connect(tmp_path / "library.db") as connection:
        connection.execute("update answers set snapshot = '{' where answer_id = ?", (damaged,))
    connection.close()
    assert [kept.answer_id for kept in book.recent(GUILD, "7")] == [sound]
    with pytest.raises(NotFound):
        book.read(GUILD, damaged)


def test_what_people_and_models_wrote_is_kept_as_text(book: AnswerBook) -> None:
    odd = "'); drop table answers; -- @everyone {0} %s \x00 \u202e [x](http://evil)"
    answer = Answer(odd, Outcome.NOT_FOUND, odd)
    answer_id = book.keep(answer, guild=odd, asker=odd, channel=odd, paper=odd, thread=odd)
    kept = book.read(odd, answer_id)
    assert kept.answer == answer
    assert (kept.asker, kept.channel, kept.paper, kept.thread) == (odd,) * 4
    assert book.thread(odd, odd) == book.recent(odd, odd) == (kept,)


class Impatient(Library):
    """Waits 50 ms for whoever writes, and notes each time that it gave up."""

    gave_up = 0

    def keep_answer(self, answer: Answer, **known: Any) -> int:
        try:
            return super().keep_answer(answer, **known)
        except StorageFailed:
            self.gave_up += 1
            self.after_giving_up()
            raise

    def after_giving_up(self) -> None:
        """What happens next."""


@pytest.mark.parametrize("goes_on", [False, True], ids=["ends in time", "goes on"])
def test_an_answer_outlasts_one_write_that_takes_long(
    asker: Answerer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, goes_on: bool
) -> None:
    monkeypatch.setattr("rag.store.schema._BUSY_TIMEOUT_MS", 50)
    library = Impatient.open(tmp_path / "library.db")
    answer = asker.ask("what is a residual block", guild=GUILD)
    book = AnswerBook(library=library, clock=Clock())
    with closing(sqlite3.connect(tmp_path / "library.db")) as writer:
        writer.execute("begin immediate")
        if goes_on:
            with pytest.raises(StorageFailed, match="locked"):
                book.keep(answer, guild=GUILD, asker="1", channel="5")
            assert library.gave_up == 2
        else:
            monkeypatch.setattr(library, "after_giving_up", writer.rollback)
            answer_id = book.keep(answer, guild=GUILD, asker="1", channel="5")
            assert library.gave_up == 1
            assert [kept.answer_id for kept in book.recent(GUILD, "1")] == [answer_id]
    library.close()
