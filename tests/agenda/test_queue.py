"""The reading queue and its votes: named as people name papers, in order, and never twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from rag.agenda.queue import MOST_QUEUED, ReadingQueue
from rag.agenda.simulation import HandClock, ManyPapers
from rag.agenda.votes import MOST_HOURS, PATIENCE, Votes
from rag.errors import Ambiguous, NotFound, Refused
from rag.store.library import Library
from rag.wording import sentence_for
from tests.conftest import NOW

GUILD = "1"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    library = Library.open(tmp_path_factory.mktemp("queue") / "queue.db")
    ManyPapers(library, HandClock(NOW)).fill(4)
    for paper, name in zip(
        library.papers(GUILD), ("Alpha Nets", "Beta Nets", "Gamma Rays", "Delta Waves"), strict=True
    ):
        library.set_aliases(GUILD, paper.key, [name, "Nets"])
    yield library
    library.close()


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW)


@pytest.fixture
def queue(library: Library, clock: HandClock) -> ReadingQueue:
    for entry in library.reading_queue(GUILD):
        library.take_from_queue(GUILD, entry.entry_id)
    return ReadingQueue(library=library, clock=clock)


@pytest.fixture
def votes(library: Library, queue: ReadingQueue, clock: HandClock) -> Votes:
    for vote in library.votes():
        library.count_vote(vote.vote_id, None)
    return Votes(library=library, queue=queue, clock=clock)


def filled(queue: ReadingQueue, *names: str) -> None:
    for name in names:
        queue.add(GUILD, name, added_by="9")


def order(queue: ReadingQueue) -> list[str]:
    return [entry.paper_id for entry in queue.of(GUILD)]


def test_papers_are_queued_by_any_name_once_each(queue: ReadingQueue) -> None:
    filled(queue, "alpha nets", "paper 3")
    assert [(e.position, e.paper_id, e.ready, e.added_by) for e in queue.of(GUILD)] == [
        (1, "paper 1", True, "9"),
        (2, "paper 3", True, "9"),
    ]
    with pytest.raises(Refused) as caught:
        filled(queue, "gamma rays")
    assert "at place 2" in sentence_for(caught.value)
    assert order(queue) == ["paper 1", "paper 3"]


def test_a_name_that_fits_several_or_none_is_refused(queue: ReadingQueue) -> None:
    with pytest.raises(Ambiguous):
        filled(queue, "nets")
    with pytest.raises(NotFound):
        filled(queue, "zzzz qqqq")
    assert order(queue) == []


def test_an_arxiv_id_that_is_not_here_waits_under_its_base_id(queue: ReadingQueue) -> None:
    entry = queue.add(GUILD, "https://arxiv.org/abs/1512.03385v2", added_by="9")
    assert (entry.paper_id, entry.ready) == ("1512.03385", False)
    with pytest.raises(Refused):
        filled(queue, "1512.03385")
    assert queue.find(GUILD, "1512.03385").entry_id == entry.entry_id


def test_a_paper_is_moved_and_taken_out_by_place_id_or_name(queue: ReadingQueue) -> None:
    filled(queue, "paper 1", "paper 2", "paper 3", "paper 4")
    assert queue.move(GUILD, "4", 1).position == 1
    assert order(queue) == ["paper 4", "paper 1", "paper 2", "paper 3"]
    assert queue.move(GUILD, "delta waves", 99).position == 4
    assert queue.remove(GUILD, "beta nets").paper_id == "paper 2"
    assert [entry.position for entry in queue.of(GUILD)] == [1, 2, 3]
    with pytest.raises(NotFound) as caught:
        queue.remove(GUILD, "beta nets")
    assert "queued paper" in sentence_for(caught.value)
    with pytest.raises(Refused) as refused:
        queue.remove(GUILD, "42")
    assert "the queue has 3 papers" in sentence_for(refused.value)
    with pytest.raises(Refused):
        queue.move(GUILD, "1", 0)
    assert order(queue) == ["paper 1", "paper 3", "paper 4"]


def test_a_queue_is_as_long_as_a_year_and_no_longer(queue: ReadingQueue, library: Library) -> None:
    for number in range(MOST_QUEUED):
        library.put_in_queue(GUILD, f"2001.{number:05}", "x", added_by="", now=NOW)
    with pytest.raises(Refused) as caught:
        filled(queue, "paper 1")
    assert str(MOST_QUEUED) in sentence_for(caught.value)


def test_who_queued_a_paper_is_forgotten_with_them_and_the_paper_stays(queue: ReadingQueue, library: Library) -> None:
    filled(queue, "paper 1")
    queue.add(GUILD, "paper 2", added_by="10")
    library.forget_person("9")
    assert [(entry.paper_id, entry.added_by) for entry in queue.of(GUILD)] == [("paper 1", ""), ("paper 2", "10")]


def test_a_votes_winner_moves_to_the_front_and_is_counted_once(
    queue: ReadingQueue, votes: Votes, clock: HandClock
) -> None:
    filled(queue, "paper 1", "paper 2", "paper 3")
    vote, papers = votes.open(GUILD, "7", hours=24)
    assert [paper.paper_id for paper in papers] == ["paper 1", "paper 2", "paper 3"]
    votes.sent(vote, "100")
    with pytest.raises(Refused, match="another one is open"):
        votes.open(GUILD, "7", hours=24)
    assert votes.to_count() == ()
    clock.now += timedelta(hours=24, minutes=1)
    (ended,) = votes.to_count()
    assert (ended.message, ended.entries) == ("100", vote.entries)
    winner = votes.count(ended, [1, 0, 4])
    assert winner is not None
    assert winner.paper_id == "paper 3"
    assert order(queue) == ["paper 3", "paper 1", "paper 2"]
    queue.move(GUILD, "paper 1", 1)
    assert votes.count(ended, [0, 9, 0]) is None
    assert order(queue) == ["paper 1", "paper 3", "paper 2"]


def test_a_winner_waits_to_be_told_until_it_was_or_waits_no_more(queue: ReadingQueue, votes: Votes) -> None:
    filled(queue, "paper 1", "paper 2", "paper 3")
    first, _papers = votes.open(GUILD, "7", hours=24)
    assert votes.to_tell() == ()
    votes.count(first, [0, 0, 4])
    ((vote, winner),) = votes.to_tell()
    assert (vote.vote_id, winner.paper_id) == (first.vote_id, "paper 3")
    votes.told(vote)
    second, _papers = votes.open(GUILD, "7", hours=24)
    votes.count(second, [0, 4, 0])
    queue.remove(GUILD, "paper 1")
    assert votes.to_tell() == ()


@pytest.mark.parametrize(
    ("counts", "expected"),
    [([0, 0, 0], ["paper 1", "paper 2", "paper 3"]), ([0, 2, 2], ["paper 2", "paper 1", "paper 3"])],
)
def test_without_votes_nothing_moves_and_of_a_tie_the_earlier_wins(
    queue: ReadingQueue, votes: Votes, counts: list[int], expected: list[str]
) -> None:
    filled(queue, "paper 1", "paper 2", "paper 3")
    vote, _papers = votes.open(GUILD, "7", hours=1)
    votes.count(vote, counts)
    assert order(queue) == expected


def test_a_winner_that_was_taken_out_meanwhile_leaves_it_to_the_next(queue: ReadingQueue, votes: Votes) -> None:
    filled(queue, "paper 1", "paper 2", "paper 3")
    vote, _papers = votes.open(GUILD, "7", hours=1)
    queue.remove(GUILD, "paper 3")
    votes.count(vote, [0, 1, 5])
    assert order(queue) == ["paper 2", "paper 1"]


@pytest.mark.parametrize("hours", [0, MOST_HOURS + 1])
def test_a_vote_lasts_hours_but_not_for_ever(queue: ReadingQueue, votes: Votes, hours: int) -> None:
    filled(queue, "paper 1", "paper 2")
    with pytest.raises(Refused):
        votes.open(GUILD, "7", hours=hours)


def test_a_vote_is_as_long_and_as_large_as_its_poll_can_be(queue: ReadingQueue, votes: Votes) -> None:
    filled(queue, "paper 1", "paper 2", "paper 3")
    with pytest.raises(Refused) as refused:
        votes.open(GUILD, "7", hours=49, most_hours=48)
    assert "1 to 48 hours" in refused.value.advice
    vote, papers = votes.open(GUILD, "7", hours=MOST_HOURS + 1, most=2, most_hours=MOST_HOURS + 1)
    assert (len(vote.entries), [paper.paper_id for paper in papers]) == (2, ["paper 1", "paper 2"])


def test_a_vote_that_was_never_sent_makes_way_for_the_next(queue: ReadingQueue, votes: Votes, clock: HandClock) -> None:
    filled(queue, "paper 1", "paper 2")
    vote, _papers = votes.open(GUILD, "7", hours=24)
    clock.now += timedelta(minutes=11)
    again, _papers = votes.open(GUILD, "7", hours=24)
    assert again.vote_id > vote.vote_id
    clock.now = again.ends_at + PATIENCE + timedelta(minutes=1)
    assert votes.given_up(again)
