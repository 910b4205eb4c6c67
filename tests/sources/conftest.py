"""A loopback arXiv, a clock that only moves when somebody sleeps, and the two put together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.sources.politeness import Politeness
from rag.sources.web import Limits, Web
from tests.loopback.arxiv import LoopbackArxiv, Reply

OK = Reply(body=b"hello", content_type="text/plain; charset=utf-8")
DRAGGING = Limits(wall_s=0.15, silence_s=5.0)


class FakeTime:
    """Seconds that pass only by sleeping."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def arxiv() -> Iterator[LoopbackArxiv]:
    with LoopbackArxiv() as server:
        yield server


@pytest.fixture
def time_() -> FakeTime:
    return FakeTime()


@pytest.fixture
def politeness(tmp_path: Path, time_: FakeTime) -> Politeness:
    return Politeness(tmp_path, clock=time_.clock, sleep=time_.sleep)


@pytest.fixture
def web(arxiv: LoopbackArxiv, politeness: Politeness, time_: FakeTime) -> Web:
    return Web(
        politeness=politeness,
        contact="mailto:group@example.org",
        arxiv_bases=(arxiv.api, arxiv.pdf_address),
        limits=Limits(max_bytes=1_000_000, silence_s=0.2, connect_s=0.2),
        sleep=time_.sleep,
    )


def outside(tmp_path: Path, time_: FakeTime, *, numbers: list[str] | None = None, private: bool = False) -> Web:
    """Return a Web without a trusted base, for addresses that somebody else chose."""
    return Web(
        politeness=Politeness(tmp_path, clock=time_.clock, sleep=time_.sleep),
        allow_private_addresses=private,
        limits=Limits(max_bytes=1000, silence_s=0.2, connect_s=0.2),
        retries=0,
        sleep=time_.sleep,
        lookup=lambda host, port: numbers or [host],
    )
