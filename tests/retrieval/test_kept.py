"""What is made of a library is made once for each of its states, whoever asks at the same time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from rag.retrieval.kept import GUILDS_KEPT, KeptByGuild


class Counting:
    """A library whose state is a number."""

    def __init__(self) -> None:
        self.state = 1
        self.made: list[tuple[str, int]] = []

    def revision(self) -> int:
        return self.state

    def make(self, guild: str) -> str:
        self.made.append((guild, self.state))
        return f"{guild} {self.state}"


def test_a_value_is_made_once_and_again_after_a_change() -> None:
    library = Counting()
    kept = KeptByGuild(library.revision, library.make)
    assert [kept.of("g"), kept.of("g"), kept.of("h")] == ["g 1", "g 1", "h 1"]
    library.state = 2
    assert kept.of("g") == "g 2"
    assert library.made == [("g", 1), ("h", 1), ("g", 2)]


def test_what_does_not_last_is_made_again_each_time_and_is_there_as_the_last() -> None:
    library = Counting()
    kept = KeptByGuild(library.revision, library.make, lasts=lambda value: value.startswith("h"))
    assert [kept.of("g"), kept.of("g"), kept.of("h"), kept.of("h")] == ["g 1", "g 1", "h 1", "h 1"]
    assert library.made == [("g", 1), ("g", 1), ("h", 1)]
    assert kept.last("g") == "g 1"


def test_those_who_ask_while_it_is_made_wait_for_it() -> None:
    library = Counting()
    begun, go_on = threading.Event(), threading.Event()

    def make(guild: str) -> str:
        begun.set()
        assert go_on.wait(30)
        return library.make(guild)

    kept = KeptByGuild(library.revision, make)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(kept.of, "g")
        assert begun.wait(30)
        others = [pool.submit(kept.of, "g") for _ in range(7)]
        go_on.set()
        assert {future.result(30) for future in (first, *others)} == {"g 1"}
    assert library.made == [("g", 1)]


def test_nobody_waits_for_a_value_of_another_guild() -> None:
    library = Counting()
    begun, go_on = threading.Event(), threading.Event()

    def make(guild: str) -> str:
        if guild == "slow":
            begun.set()
            assert go_on.wait(30)
        return library.make(guild)

    kept = KeptByGuild(library.revision, make)
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(kept.of, "slow")
        assert begun.wait(30)
        try:
            assert pool.submit(kept.of, "g").result(5) == "g 1"
        finally:
            go_on.set()
        assert slow.result(30) == "slow 1"


def test_the_last_value_is_there_at_once_and_is_not_made() -> None:
    library = Counting()
    kept = KeptByGuild(library.revision, library.make)
    assert kept.last("g") is None
    kept.of("g")
    library.state = 2
    assert kept.last("g") == "g 1"
    assert library.made == [("g", 1)]


def test_what_changes_while_a_value_is_made_makes_it_anew_the_next_time() -> None:
    library = Counting()

    def make(guild: str) -> str:
        if library.state == 1:
            library.state = 2
        return library.make(guild)

    kept = KeptByGuild(library.revision, make)
    assert kept.of("g") == "g 2"
    kept.of("g")
    assert library.made == [("g", 2), ("g", 2)]


def test_of_many_guilds_the_latest_are_kept() -> None:
    library = Counting()
    kept = KeptByGuild(library.revision, library.make)
    for n in range(GUILDS_KEPT + 1):
        kept.of(str(n))
    kept.of(str(GUILDS_KEPT))
    kept.of("0")
    assert [guild for guild, _ in library.made[GUILDS_KEPT:]] == [str(GUILDS_KEPT), "0"]
