"""Processes that post beside each other, die and come back, under clocks that jump: never twice, and once."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.agenda.driving import Stepping, outcome_of
from rag.agenda.posts import Posts
from rag.agenda.simulation import GUILD, Actor, Hall, HandClock, ManyPapers, simulated
from rag.agenda.steps import SEND_WITHIN, Begin, Look, Send, steps_of
from rag.domain.agenda import PostKind
from rag.record.slots import next_meeting
from rag.store import tables as t
from rag.store.library import Library
from tests.agenda.years import AFTER_A_LEASE, WINDOW, Killed, slot_in

ROOT = Path(__file__).parents[2]
START = datetime(2026, 3, 23, tzinfo=UTC)
SLOT = slot_in("Europe/Berlin", reminder_hours=24)
MEETS_AT = next_meeting(SLOT, START)
"""A Sunday on which the clocks go forward."""


class Process:
    """Takes one step at a time, so that another may take one between. A kill forgets where it was."""

    def __init__(self, name: str, make: Callable[[str], Posts], hall: Hall) -> None:
        self._name, self._make, self._hall, self._lives = name, make, hall, 0
        self.kill()

    def kill(self) -> None:
        self._lives += 1
        self._posts = self._make(f"{self._name}, life {self._lives}")
        self._actor = Actor(self._posts, self._hall)
        self._work: Stepping | None = None
        self._looked_at = self._hall.clock()

    def step(self) -> bool:
        """Take one step; say whether there was one to take."""
        if self._work is None:
            for due in self._posts.due():
                if (posting := self._posts.claim(due)) is not None:
                    self._work = Stepping(steps_of(posting, late=due.late))
                    return True
            return False
        step = self._work.step
        assert step is not None
        now = self._hall.clock()
        if isinstance(step, Look | Begin):
            self._looked_at = now
        if isinstance(step, Send) and now - self._looked_at > SEND_WITHIN:
            self.kill()
            return True
        self._work.went(outcome_of(self._actor.perform, step))
        if self._work.step is None:
            self._work = None
        return True

    def finish(self) -> None:
        """Go on until nothing is due."""
        for _ in range(60):
            if not self.step():
                return


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Library]]:
    """A database that is emptied of posts before each try: making one anew takes 50 times as long."""
    library = Library.open(tmp_path_factory.mktemp("races") / "races.db")
    ManyPapers(library, HandClock(START)).fill(4)
    names = [entry.paper_id for entry in library.reading_queue(GUILD)]

    def emptied() -> Library:
        with library._writing() as connection:
            for table in (t.postings, t.seen_slots, t.sessions, t.reading_queue):
                connection.execute(table.delete())
        for name in names:
            library.put_in_queue(GUILD, name, name, added_by="", now=START)
        return library

    yield emptied
    library.close()


ACTIONS = st.one_of(
    st.tuples(st.just("step"), st.integers(0, 1)),
    st.tuples(st.just("step"), st.integers(0, 1)),
    st.tuples(st.just("step"), st.integers(0, 1)),
    st.tuples(st.just("kill"), st.integers(0, 1)),
    st.tuples(st.just("wait"), st.sampled_from([1, 20, 50, 100, 200, 4_000, 60_000])),
)
JUMP = st.tuples(st.just("jump"), st.sampled_from([-90_000, -3_600, -240, -30, 30, 240, 3_600, 90_000, 700_000]))


def played(
    actions: list[tuple[str, int]], begin: datetime, library: Library
) -> tuple[Hall, list[Process], HandClock, HandClock]:
    true, shown = HandClock(begin), HandClock(begin)
    hall, papers = Hall(true), ManyPapers(library, shown)

    def make(name: str) -> Posts:
        return Posts(
            library=library, slots=lambda: [(GUILD, SLOT)], papers=papers, clock=shown, window=WINDOW, claimant=name
        )

    make("first").due()  # sees the slot
    processes = [Process("old", make, hall), Process("new", make, hall)]
    for action, value in actions:
        if action == "step":
            processes[value].step()
        elif action == "kill":
            processes[value].kill()
        else:
            shown.now += timedelta(seconds=value)
            if action == "wait":
                true.now += timedelta(seconds=value)
    return hall, processes, true, shown


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(actions=st.lists(st.one_of(ACTIONS, JUMP), min_size=8, max_size=40), before=st.integers(0, 30))
def test_whatever_is_killed_and_however_the_clock_jumps_nothing_is_posted_twice(
    fresh: Callable[[], Library], actions: list[tuple[str, int]], before: int
) -> None:
    hall, processes, true, shown = played(actions, MEETS_AT - timedelta(hours=before), fresh())
    for process in processes:
        process.finish()
        true.now, shown.now = true.now + AFTER_A_LEASE, shown.now + AFTER_A_LEASE
    assert {n for n in Counter((sent.week, sent.kind) for sent in hall.sent).values() if n > 1} == set()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(actions=st.lists(ACTIONS, min_size=4, max_size=25))
def test_who_is_alive_within_the_window_posts_once(
    fresh: Callable[[], Library], actions: list[tuple[str, int]]
) -> None:
    waits, limited = WINDOW - timedelta(hours=2), []
    for action, value in actions:
        if action == "wait":
            if waits < timedelta(seconds=value):
                continue
            waits -= timedelta(seconds=value)
        limited.append((action, value))
    hall, processes, true, shown = played(limited, MEETS_AT, fresh())
    for process in processes * 2:
        true.now, shown.now = true.now + AFTER_A_LEASE, shown.now + AFTER_A_LEASE
        process.finish()
    assert [sent.kind for sent in hall.sent] == [PostKind.QUESTIONS]
    assert hall.completed[-1:] == [hall.sent[0].message]


def polls_at(start: threading.Barrier, actor: Actor) -> None:
    start.wait()
    actor.poll()


def test_two_threads_with_connections_of_their_own_post_each_week_once(tmp_path: Path) -> None:
    clock = HandClock(START)
    hall = Hall(clock)
    with simulated(tmp_path / "race.db", SLOT, clock, papers=20, window=WINDOW) as make:
        beside = Library.open(tmp_path / "race.db")
        other = Posts(
            library=beside,
            slots=lambda: [(GUILD, SLOT)],
            papers=ManyPapers(beside, clock),
            clock=clock,
            window=WINDOW,
            claimant="other",
        )
        for week in range(15):
            for moment in (MEETS_AT - timedelta(hours=23), MEETS_AT + timedelta(minutes=1)):
                clock.now = moment + timedelta(weeks=week)
                start = threading.Barrier(2)
                actors = [Actor(posts, hall) for posts in (make("one"), other)]
                threads = [threading.Thread(target=polls_at, args=(start, actor)) for actor in actors]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
        beside.close()
    counts = Counter((sent.week, sent.kind) for sent in hall.sent)
    assert set(counts.values()) == {1}
    assert len(counts) == 30


CHILD = """
import sys
from datetime import datetime, timedelta
from pathlib import Path
from rag.agenda.posts import Posts
from rag.agenda.simulation import GUILD, Actor, Hall, HandClock, ManyPapers
from rag.store.library import Library
from tests.agenda.test_races import MEETS_AT, SLOT, WINDOW, AFTER_A_LEASE
library, clock = Library.open(Path(sys.argv[1])), HandClock(MEETS_AT)
posts = Posts(library=library, slots=lambda: [(GUILD, SLOT)], papers=ManyPapers(library, clock), clock=clock,
              window=WINDOW)
class Wall(Hall):
    def send(self, posting):
        with open(sys.argv[2], "a") as wall:
            wall.write(f"{posting.week} {posting.kind}\\n")
        return super().send(posting)
for week in range(12):
    print("ready", flush=True)
    sys.stdin.readline()
    clock.now = MEETS_AT + timedelta(weeks=week)
    Actor(posts, Wall(clock)).poll()
"""


def test_two_real_processes_on_one_database_post_each_week_once(tmp_path: Path) -> None:
    clock, wall = HandClock(START), tmp_path / "wall.txt"
    with simulated(tmp_path / "race.db", SLOT, clock, papers=20, window=WINDOW) as make:
        make("parent").due()
    words = [sys.executable, "-c", CHILD, str(tmp_path / "race.db"), str(wall)]
    children = [Popen(words, cwd=ROOT, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True) for _ in range(2)]
    try:
        for _week in range(12):  # both are there before either begins
            assert [child.stdout.readline() for child in children if child.stdout] == ["ready\n"] * 2
            for child in children:
                assert child.stdin
                child.stdin.write("go\n")
                child.stdin.flush()
        assert [(*child.communicate(timeout=60), child.returncode) for child in children] == [("", "", 0)] * 2
    finally:
        for child in children:
            child.kill()
    posted = Counter(line for line in wall.read_text().splitlines() if line.endswith("questions"))
    assert set(posted.values()) == {1}
    assert len(posted) == 12


def test_a_killed_process_dies_where_it_is_told_to() -> None:
    """The tests of kills stand on this."""
    with (
        TemporaryDirectory() as folder,
        simulated(Path(folder) / "x.db", SLOT, clock := HandClock(START), papers=2, window=WINDOW) as make,
    ):
        make("first").due()
        clock.now = MEETS_AT

        def watched(when: str, step: object) -> None:
            if (when, type(step)) == ("before", Send):
                raise Killed

        hall = Hall(clock)
        with pytest.raises(Killed):
            Actor(make("dying"), hall, watched).poll()
        assert hall.sent == []
        Actor(make("next"), hall).poll()
        assert hall.sent == []  # the dead one's lease holds
        clock.now += AFTER_A_LEASE
        Actor(make("next"), hall).poll()
        assert len(hall.sent) == 1
