"""One request per interval and one connection, whoever asks, whatever clocks and crashes do."""

from __future__ import annotations

import itertools
import json
import multiprocessing
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from rag.errors import StorageFailed, Unreachable
from rag.sources.politeness import Politeness
from tests.loopback.arxiv import LoopbackArxiv, Reply
from tests.sources.conftest import FakeTime


def test_the_first_request_does_not_wait(politeness: Politeness, time_: FakeTime) -> None:
    with politeness.turn():
        pass
    assert time_.slept == []


def test_requests_begin_three_seconds_apart(politeness: Politeness, time_: FakeTime) -> None:
    began = []
    for took in (0.0, 1.0, 5.0, 0.5):
        with politeness.turn():
            began.append(time_.now)
            time_.now += took
    assert began == [1000.0, 1003.0, 1006.0, 1011.0]


def test_another_process_counts_too(tmp_path: Path, politeness: Politeness, time_: FakeTime) -> None:
    with politeness.turn():
        pass
    other = Politeness(tmp_path, clock=time_.clock, sleep=time_.sleep)
    time_.now += 1.0
    with other.turn():
        assert time_.slept == [2.0]


def test_a_request_that_fails_counts_as_one(politeness: Politeness, time_: FakeTime) -> None:
    with pytest.raises(RuntimeError), politeness.turn():
        raise RuntimeError
    with politeness.turn():
        assert time_.slept == [3.0]


@pytest.mark.parametrize("now", [5.0, 999.9])
def test_a_clock_that_began_anew_costs_one_interval(tmp_path: Path, politeness: Politeness, now: float) -> None:
    with politeness.turn():
        politeness.hold(100.0)
    restarted = FakeTime(now)
    with Politeness(tmp_path, clock=restarted.clock, sleep=restarted.sleep).turn():
        assert restarted.slept == [3.0]


@pytest.mark.parametrize("stamp", [b"", b"{", b"[]", b'{"last": "x", "not_before": 0}', b"\xff\xfe", b'{"last": NaN}'])
def test_a_damaged_stamp_costs_one_interval(
    tmp_path: Path, politeness: Politeness, time_: FakeTime, stamp: bytes
) -> None:
    (tmp_path / "arxiv.stamp").write_bytes(stamp)
    with politeness.turn():
        assert time_.slept == [3.0]
    assert json.loads((tmp_path / "arxiv.stamp").read_bytes())["last"] == time_.now


def test_a_hold_binds_everybody(tmp_path: Path, politeness: Politeness, time_: FakeTime) -> None:
    with politeness.turn():
        politeness.hold(30.0)
    with Politeness(tmp_path, clock=time_.clock, sleep=time_.sleep).turn():
        assert time_.slept == [30.0]


def test_a_long_hold_is_reported_and_not_slept_through(politeness: Politeness, time_: FakeTime) -> None:
    with politeness.turn():
        politeness.hold(3600.0)
    with pytest.raises(Unreachable) as caught, politeness.turn():
        pass
    assert (caught.value.retry_after_s, time_.slept) == (3600.0, [])
    time_.now += 3600.0
    with politeness.turn():
        assert time_.slept == []


def test_a_data_directory_that_cannot_be_written_is_a_fact_about_storage(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageFailed), Politeness(tmp_path / "file").turn():
        pass


def test_two_threads_never_hold_a_turn_together(tmp_path: Path) -> None:
    politeness = Politeness(tmp_path, interval_s=0.01)
    inside: list[int] = []
    seen: list[int] = []

    def ask() -> None:
        for _ in range(3):
            with politeness.turn():
                inside.append(1)
                seen.append(len(inside))
                time.sleep(0.002)
                inside.pop()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [1] * 6


INTERVAL_S = 0.15


def _ask_thrice(folder: str, url: str) -> None:
    from rag.sources.web import Web

    web = Web(politeness=Politeness(Path(folder), interval_s=INTERVAL_S), arxiv_bases=(url,))
    for _ in range(3):
        web.get(url + "/pdf/x")


def _take_a_turn_and_die(folder: str) -> None:
    with Politeness(Path(folder)).turn():
        os.kill(os.getpid(), signal.SIGKILL)


def test_two_processes_keep_the_rule_together(tmp_path: Path, arxiv: LoopbackArxiv) -> None:
    arxiv.always("/pdf/x", Reply(body=b"%PDF-", hang_s=0.02))
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=_ask_thrice, args=(str(tmp_path), arxiv.url)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=30)
    assert [worker.exitcode for worker in workers] == [0, 0]
    seen = sorted(arxiv.requests, key=lambda one: one.at)
    assert len(seen) == 6
    for earlier, later in itertools.pairwise(seen):
        assert later.at - earlier.at > INTERVAL_S * 0.6  # what lies between stamp and arrival varies
        assert later.at >= earlier.ended - 0.02  # one connection at a time


def test_a_process_that_dies_in_its_turn_blocks_nobody(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    worker = spawn.Process(target=_take_a_turn_and_die, args=(str(tmp_path),))
    worker.start()
    worker.join(timeout=30)
    assert worker.exitcode == -signal.SIGKILL
    slept: list[float] = []
    with Politeness(tmp_path, sleep=slept.append).turn():
        pass
    assert len(slept) == 1  # its request counts
    assert 0 < slept[0] <= 3.0
