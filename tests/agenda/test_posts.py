"""What is due and what comes of it: reminders, an empty queue, downtime, trouble, a slot that is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rag.agenda.posts import Posts
from rag.agenda.simulation import GUILD, Actor, Hall, HandClock, ManyPapers
from rag.agenda.steps import NO_PAPER, NOT_RUNNING, CannotPost, Complete, Look, Place, Send, Step
from rag.domain.agenda import IsoWeek, Posting, PostKind, PostState, Reading
from rag.domain.server import WeeklySlot
from rag.errors import Refused
from rag.store.library import Library
from tests.agenda.years import AFTER_A_LEASE, WINDOW

MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)
WEEK = IsoWeek(2026, 48)
MEETS_AT = datetime(2026, 11, 26, 18, 30, tzinfo=UTC)
SLOT = WeeklySlot(4, "19:30", "Europe/Berlin", "7")
HOUR = timedelta(hours=1)


@dataclass
class Group:
    """A group, its clock and its channel. ``refuses`` is what a step runs into; ``slot`` may be changed."""

    library: Library
    clock: HandClock
    hall: Hall
    papers: ManyPapers
    slot: WeeklySlot | None = SLOT
    refuses: Callable[[Step], CannotPost | None] = lambda _step: None
    lives: int = 0

    def posts(self) -> Posts:
        self.lives += 1
        return Posts(
            library=self.library,
            slots=lambda: [(GUILD, self.slot)] if self.slot else [],
            papers=self.papers,
            clock=self.clock,
            window=WINDOW,
            claimant=f"life {self.lives}",
        )

    def at(self, moment: datetime) -> list[PostKind]:
        """Let a process that was started just now poll until nothing is due; return what it posted."""
        self.clock.now, before = moment, len(self.hall.sent)
        actor = Trying(self.posts(), self.hall, self)
        for _ in range(4):
            actor.poll()
        return [sent.kind for sent in self.hall.sent[before:]]

    def row(self, kind: PostKind = PostKind.QUESTIONS, week: IsoWeek = WEEK) -> Posting | None:
        return next((row for row in self.library.postings(GUILD, [week]) if row.kind is kind), None)

    def queue(self) -> list[str]:
        return [entry.paper_id for entry in self.library.reading_queue(GUILD)]


class Trying(Actor):
    def __init__(self, posts: Posts, hall: Hall, group: Group) -> None:
        super().__init__(posts, hall)
        self._group = group

    def perform(self, step: Step) -> Any:
        if (error := self._group.refuses(step)) is not None:
            raise error
        if isinstance(step, Place) and self._group.slot:
            return self._group.slot.channel
        return super().perform(step)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    library = Library.open(tmp_path_factory.mktemp("posts") / "posts.db")
    yield library
    library.close()


@pytest.fixture
def group(library: Library) -> Group:
    library.erase_guild(GUILD)
    clock = HandClock(MONDAY)
    group = Group(library, clock, Hall(clock), ManyPapers(library, clock))
    group.papers.fill(3)
    assert group.at(MONDAY) == []
    return group


def refusing(
    kind: PostKind, step_type: type, reason: str, *, unsent: bool = True
) -> Callable[[Step], CannotPost | None]:
    def refuses(step: Step) -> CannotPost | None:
        hit = isinstance(step, step_type) and step.posting.kind is kind
        return CannotPost(reason, unsent) if hit else None

    return refuses


def test_a_week_is_a_reminder_a_day_ahead_and_the_question_set_at_its_time(group: Group) -> None:
    assert group.at(MEETS_AT - 25 * HOUR) == []
    assert group.at(MEETS_AT - 24 * HOUR) == [PostKind.REMINDER]
    assert group.at(MEETS_AT - HOUR) == []
    assert group.queue() == ["paper 1", "paper 2", "paper 3"]
    assert group.at(MEETS_AT - timedelta(seconds=1)) == []
    assert group.at(MEETS_AT) == [PostKind.QUESTIONS]
    assert group.queue() == ["paper 2", "paper 3"]
    assert group.at(MEETS_AT + HOUR) == []
    row = group.row()
    assert row is not None
    assert (row.state, row.message, row.session_id) == (PostState.DONE, "1001", group.hall.sent[1].session_id)


def test_without_a_reminder_there_is_none_and_with_an_event_there_is_one(group: Group) -> None:
    group.slot = replace(SLOT, reminder_hours=0, event=True)
    assert group.at(MEETS_AT - 24 * HOUR) == [PostKind.EVENT]
    assert group.at(MEETS_AT - HOUR) == []


def test_an_empty_queue_asks_for_a_paper_and_reminds_when_one_comes(group: Group) -> None:
    for entry in group.library.reading_queue(GUILD):
        group.library.take_from_queue(GUILD, entry.entry_id)
    assert group.at(MEETS_AT - 20 * HOUR) == [PostKind.QUEUE_EMPTY]
    assert group.at(MEETS_AT - 19 * HOUR) == []
    group.library.put_in_queue(GUILD, "paper 2", "paper 2", added_by="9", now=MONDAY)
    assert group.at(MEETS_AT - 2 * HOUR) == [PostKind.REMINDER]
    assert group.at(MEETS_AT) == [PostKind.QUESTIONS]


def test_a_week_without_any_paper_says_so_once(group: Group) -> None:
    group.slot = replace(SLOT, reminder_hours=0)
    for entry in group.library.reading_queue(GUILD):
        group.library.take_from_queue(GUILD, entry.entry_id)
    assert group.at(MEETS_AT) == [PostKind.SKIPPED]
    assert group.at(MEETS_AT + HOUR) == []
    row = group.row()
    assert row is not None
    assert (row.state, row.reason) == (PostState.SKIPPED, NO_PAPER)


def test_a_paper_taken_for_its_open_questions_is_announced_as_that(group: Group) -> None:
    paper = group.library.papers(GUILD)[1]
    group.slot = replace(SLOT, reminder_hours=0)
    group.papers.next_for = lambda _guild: Reading(paper.key, paper.paper_id, paper.title, queued=False)  # type: ignore[method-assign]
    assert group.at(MEETS_AT) == [PostKind.QUEUE_EMPTY, PostKind.QUESTIONS]
    assert group.at(MEETS_AT + HOUR) == []


@pytest.mark.parametrize("hours_late", [1, 47])
def test_after_downtime_within_the_window_it_is_posted_once(group: Group, hours_late: int) -> None:
    assert group.at(MEETS_AT + hours_late * HOUR) == [PostKind.QUESTIONS]
    assert group.at(MEETS_AT + 60 * HOUR) == []


def test_after_downtime_beyond_the_window_it_is_skipped_and_said_once(group: Group) -> None:
    assert group.at(MEETS_AT + WINDOW) == [PostKind.SKIPPED]
    assert group.at(MEETS_AT + WINDOW + HOUR) == []
    row = group.row()
    assert row is not None
    assert (row.state, row.reason) == (PostState.SKIPPED, NOT_RUNNING)
    assert group.queue() == ["paper 1", "paper 2", "paper 3"]
    assert group.at(MEETS_AT + timedelta(days=7)) == [PostKind.QUESTIONS]


def test_the_window_ends_where_the_next_week_begins(group: Group) -> None:
    posts = group.posts()
    posts._window = timedelta(days=30)
    group.clock.now = MEETS_AT + timedelta(days=7)
    due = posts.due()
    assert [(d.week, d.late) for d in due if d.kind is PostKind.QUESTIONS] == [(WEEK, True), (WEEK.later(), False)]


def test_what_may_have_been_sent_before_a_long_downtime_is_looked_for_and_not_called_skipped(group: Group) -> None:
    def dies(step: Step) -> CannotPost | None:
        if isinstance(step, Send):
            group.hall.send(step.posting)
            raise KeyboardInterrupt
        return None

    group.refuses = dies
    with pytest.raises(KeyboardInterrupt):
        group.at(MEETS_AT)
    group.refuses = lambda _step: None
    assert group.at(MEETS_AT + WINDOW + HOUR) == []
    row = group.row()
    assert row is not None
    assert (row.state, row.message) == (PostState.DONE, "1000")
    assert group.queue() == ["paper 2", "paper 3"]


def test_a_forbidden_channel_is_tried_again_told_once_and_loses_nothing(group: Group) -> None:
    group.refuses = refusing(PostKind.QUESTIONS, Send, "I may not write there")
    assert group.at(MEETS_AT) == [PostKind.TROUBLE]
    assert group.at(MEETS_AT + 2 * HOUR) == []
    row = group.row()
    assert row is not None
    assert (row.state, row.reason, row.sending_since, row.attempt) == (
        PostState.CLAIMED, "I may not write there", None, 2,
    )  # fmt: skip
    assert group.queue() == ["paper 1", "paper 2", "paper 3"]
    group.refuses = lambda _step: None
    assert group.at(MEETS_AT + 5 * HOUR) == [PostKind.QUESTIONS]
    posted = group.row()
    assert posted is not None
    assert (posted.session_id, posted.reason) == (row.session_id, "")


def test_a_channel_that_stays_forbidden_ends_in_a_skip_that_says_why(group: Group) -> None:
    group.refuses = refusing(PostKind.QUESTIONS, Send, "I may not write there")
    group.at(MEETS_AT)
    assert group.at(MEETS_AT + WINDOW) == [PostKind.SKIPPED]
    row = group.row()
    assert row is not None
    assert (row.state, row.reason) == (PostState.SKIPPED, "I may not write there")


def test_trouble_that_is_over_is_not_told(group: Group) -> None:
    """Both were forbidden; then both are not, in one minute."""
    group.refuses = lambda step: CannotPost("I may not write there", True) if isinstance(step, Send) else None
    assert group.at(MEETS_AT) == []
    group.refuses = lambda _step: None
    assert group.at(MEETS_AT + 3 * HOUR) == [PostKind.QUESTIONS]
    assert group.at(MEETS_AT + 9 * HOUR) == []


def test_a_thread_that_cannot_be_made_is_tried_again_and_the_post_stays_one(group: Group) -> None:
    group.refuses = refusing(PostKind.QUESTIONS, Complete, "I may not open threads")
    assert group.at(MEETS_AT) == [PostKind.QUESTIONS]
    assert group.at(MEETS_AT + HOUR) == []
    row = group.row()
    assert row is not None
    assert row.state is PostState.POSTED
    group.refuses = lambda _step: None
    assert group.at(MEETS_AT + 70 * HOUR) == []
    assert group.row() == replace(row, state=PostState.DONE, reason="", **same_claim(group.row()))
    assert group.hall.completed == ["1000"]


def same_claim(row: Posting | None) -> dict[str, Any]:
    assert row is not None
    return {name: getattr(row, name) for name in ("claimant", "claimed_at", "lease_until", "attempt")}


def test_another_channel_is_tried_at_once(group: Group) -> None:
    group.refuses = refusing(PostKind.QUESTIONS, Place, "the channel was deleted")
    group.at(MEETS_AT)
    group.refuses = lambda _step: None
    assert group.at(MEETS_AT + timedelta(seconds=5)) == []  # it waits a minute
    group.slot = replace(SLOT, channel="8")
    assert group.at(MEETS_AT + timedelta(seconds=10)) == [PostKind.QUESTIONS]
    assert group.hall.sent[-1].channel == "8"


def test_where_it_cannot_look_it_does_not_send_again(group: Group) -> None:
    group.refuses = refusing(PostKind.QUESTIONS, Send, "", unsent=False)
    assert group.at(MEETS_AT) == []
    group.refuses = refusing(PostKind.QUESTIONS, Look, "I may not read the channel")
    assert group.at(MEETS_AT + HOUR) == [PostKind.TROUBLE]
    assert group.at(MEETS_AT + 2 * HOUR) == []
    assert group.at(MEETS_AT + WINDOW) == []
    row = group.row()
    assert row is not None
    assert (row.state, row.reason) == (PostState.CLAIMED, "I may not read the channel")


@pytest.mark.parametrize("back_after", [WINDOW + HOUR, timedelta(days=7, minutes=1)])
def test_one_look_that_fails_after_the_window_writes_no_post_off(group: Group, back_after: timedelta) -> None:
    """Else the channel reads that there is no question set where it stands, and the next week sends it again."""

    def dies(step: Step) -> CannotPost | None:
        if isinstance(step, Send):
            group.hall.send(step.posting)
            raise KeyboardInterrupt
        return None

    group.slot, group.refuses = replace(SLOT, reminder_hours=0), dies
    with pytest.raises(KeyboardInterrupt):
        group.at(MEETS_AT)
    group.refuses = refusing(PostKind.QUESTIONS, Look, "", unsent=False)
    assert group.at(MEETS_AT + back_after) == []
    group.refuses = lambda _step: None
    group.at(MEETS_AT + timedelta(days=7, minutes=10))
    row = group.row()
    assert row is not None
    assert (row.state, row.message) == (PostState.DONE, "1000")
    assert [sent.kind for sent in group.hall.sent] == [PostKind.QUESTIONS] * 2
    assert group.queue() == ["paper 3"]
    assert len({sent.session_id for sent in group.hall.sent}) == 2


def test_a_paper_that_gives_no_session_is_told_and_the_next_is_taken_when_it_is_gone(group: Group) -> None:
    def refused(guild: str, reading: Reading, channel: str) -> int:
        if reading.paper_id == "paper 1":
            raise Refused("paper 1", "it has no text")
        return ManyPapers.session_for(group.papers, guild, reading, channel)

    group.papers.session_for = refused  # type: ignore[method-assign]
    assert group.at(MEETS_AT) == [PostKind.TROUBLE]
    row = group.row()
    assert row is not None
    assert "it has no text" in row.reason
    group.library.take_from_queue(GUILD, group.library.reading_queue(GUILD)[0].entry_id)
    assert group.at(MEETS_AT + HOUR) == [PostKind.QUESTIONS]
    assert group.queue() == ["paper 3"]


def test_a_slot_that_is_set_after_its_time_waits_for_the_next_week(group: Group) -> None:
    group.slot = None
    group.at(MEETS_AT - HOUR)
    group.slot = replace(SLOT, time="18:00")
    assert group.at(MEETS_AT) == []
    assert group.at(MEETS_AT + timedelta(days=6)) == [PostKind.REMINDER]


def test_a_slot_that_is_changed_after_the_post_posts_no_second_time_in_the_week(group: Group) -> None:
    assert group.at(MEETS_AT) == [PostKind.QUESTIONS]
    group.slot = replace(SLOT, day=6, zone="America/New_York")
    for hours in range(12, 96, 12):
        assert group.at(MEETS_AT + hours * HOUR) == []
    assert group.at(MEETS_AT + timedelta(days=9, hours=12)) == [PostKind.QUESTIONS]


def test_a_slot_that_is_changed_before_the_post_moves_it(group: Group) -> None:
    assert group.at(MEETS_AT - 2 * HOUR) == [PostKind.REMINDER]
    group.slot = replace(SLOT, day=5)
    assert group.at(MEETS_AT) == []
    assert group.at(MEETS_AT + timedelta(days=1)) == [PostKind.QUESTIONS]


def test_a_clock_that_steps_back_and_forward_again_posts_nothing_twice(group: Group) -> None:
    assert group.at(MEETS_AT) == [PostKind.QUESTIONS]
    assert group.at(MEETS_AT - 30 * HOUR) == []
    assert group.at(MEETS_AT - 3 * HOUR) == []
    assert group.at(MEETS_AT + timedelta(seconds=1)) == []


def test_a_slot_seen_by_a_clock_that_was_a_year_ahead_is_due_all_the_same(group: Group) -> None:
    group.at(MONDAY + timedelta(days=365))
    group.slot = replace(SLOT, time="20:30")
    group.at(MONDAY + timedelta(days=365))
    assert group.at(MEETS_AT + HOUR) == [PostKind.QUESTIONS]


def test_a_lease_of_a_clock_that_was_ahead_holds_nothing(group: Group) -> None:
    group.clock.now = MEETS_AT + 5 * HOUR
    posts = group.posts()
    assert posts.claim(posts.due()[0]) is not None
    assert group.at(MEETS_AT + timedelta(minutes=1)) == [PostKind.QUESTIONS]


def test_a_claim_is_of_one_process_until_its_lease_ends(group: Group) -> None:
    group.clock.now = MEETS_AT
    one, two = group.posts(), group.posts()
    due = one.due()[0]
    assert two.due() == one.due()
    assert one.claim(due) is not None
    assert two.claim(due) is None
    assert two.due() == ()
    group.clock.now += AFTER_A_LEASE
    (again,) = two.due()
    taken = two.claim(again)
    assert taken is not None
    assert (taken.attempt, taken.mark) == (2, "qs-2026W48-1")


def test_marks_are_short_and_of_one_post_each() -> None:
    row = Posting(
        "1157892345678901234", WEEK, PostKind.QUESTIONS, MEETS_AT, PostState.CLAIMED, "x", MEETS_AT, MEETS_AT, 1, "7"
    )
    others = [replace(row, kind=kind) for kind in PostKind]
    others += [replace(row, week=WEEK.later()), replace(row, guild="1157892345678901235")]
    assert len({other.mark for other in others}) == len(others)
    assert all(len(other.mark) <= 24 for other in others)
