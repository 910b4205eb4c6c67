"""A GET ends in time, however a server drags it out, and outside arXiv sooner."""

from __future__ import annotations

import ssl
import time
from pathlib import Path

import httpx2
import pytest

from rag.errors import Unreachable
from rag.sources.politeness import Politeness
from rag.sources.web import Limits, Web
from tests.loopback.arxiv import LoopbackArxiv, Reply
from tests.sources.conftest import DRAGGING, OK, FakeTime

DRAGGED_S = 30.0
"""How long the server would go on; a tenth is for a machine that is busy."""
ENDLESS = {
    "body": Reply(body=b"x" * 1_500, pieces=1_500, drip_s=0.02),
    "body of any length": Reply(body=b"x" * 1_500, pieces=1_500, drip_s=0.02, with_length=False),
    "silence": Reply(hang_s=DRAGGED_S),
    "headers": Reply(header_drip_s=0.05),
}


@pytest.mark.parametrize("reply", ENDLESS.values(), ids=ENDLESS)
def test_a_server_that_drags_it_out_meets_the_deadline(
    tmp_path: Path, arxiv: LoopbackArxiv, time_: FakeTime, reply: Reply
) -> None:
    arxiv.always("/x", reply)
    began = time.monotonic()
    web = Web(politeness=Politeness(tmp_path), arxiv_bases=(arxiv.url,), limits=DRAGGING, sleep=time_.sleep)
    with pytest.raises(Unreachable, match="longer than"):
        web.get(arxiv.url + "/x")
    assert len(arxiv.requests) == 1  # the next try would take as long
    assert time.monotonic() - began < DRAGGED_S / 10


def elsewhere(tmp_path: Path, time_: FakeTime, limits: Limits | None = None) -> Web:
    """Return a Web for which the loopback server is no arXiv."""
    politeness = Politeness(tmp_path, clock=time_.clock, sleep=time_.sleep)
    return Web(politeness=politeness, allow_private_addresses=True, limits=limits, sleep=time_.sleep)


def test_an_address_outside_arxiv_is_tried_twice(tmp_path: Path, arxiv: LoopbackArxiv, time_: FakeTime) -> None:
    arxiv.script("/x", Reply(503), OK)
    assert elsewhere(tmp_path, time_).get(arxiv.url + "/x").body == b"hello"
    arxiv.always("/y", Reply(503))
    with pytest.raises(Unreachable):
        elsewhere(tmp_path, time_).get(arxiv.url + "/y")
    assert [seen.path for seen in arxiv.requests] == ["/x", "/x", "/y", "/y"]
    assert time_.slept == [3.0, 3.0]


@pytest.mark.parametrize(("asked_s", "slept"), [("119", []), ("60", [60.0])])
def test_outside_arxiv_nobody_makes_us_sleep_past_the_deadline(
    tmp_path: Path, arxiv: LoopbackArxiv, time_: FakeTime, asked_s: str, slept: list[float]
) -> None:
    arxiv.always("/x", Reply(503, headers={"Retry-After": asked_s}))
    with pytest.raises(Unreachable) as refused:
        elsewhere(tmp_path, time_).get(arxiv.url + "/x")
    assert time_.slept == slept
    assert refused.value.retry_after_s == float(asked_s)


@pytest.mark.parametrize("last", ENDLESS.values(), ids=ENDLESS)
def test_outside_arxiv_all_hops_and_attempts_share_one_deadline(
    tmp_path: Path, arxiv: LoopbackArxiv, time_: FakeTime, monkeypatch: pytest.MonkeyPatch, last: Reply
) -> None:
    monkeypatch.setattr("rag.sources.web.FIRST_PAUSE_S", 0.0)
    arxiv.script("/a", Reply(302, headers={"Location": "/b"}, hang_s=1.0), Reply(302, headers={"Location": "/b"}))
    arxiv.script("/b", Reply(503, hang_s=1.0), last)
    began = time.monotonic()
    with pytest.raises(Unreachable, match="longer than"):
        elsewhere(tmp_path, time_, Limits(wall_s=2.4, silence_s=5.0)).get(arxiv.url + "/a")
    assert time.monotonic() - began < 4.2  # were the last hop given 2.4 s of its own, it would end after 4.4 s


def test_where_an_old_address_leads_is_not_waited_for_without_end(
    tmp_path: Path, arxiv: LoopbackArxiv, time_: FakeTime
) -> None:
    arxiv.always("/x", Reply(header_drip_s=0.05))
    with pytest.raises(Unreachable, match="longer than"):
        elsewhere(tmp_path, time_, DRAGGING).next_address(arxiv.url + "/x")


def test_many_addresses_that_do_not_answer_meet_the_deadline(tmp_path: Path, time_: FakeTime) -> None:
    """A name of a stranger may have a hundred addresses, and each takes as long as connecting may."""

    def lookup(host: str, port: int) -> list[str]:
        time.sleep(0.3)
        return ["127.0.0.1"] * 100

    web = Web(
        politeness=Politeness(tmp_path),
        allow_private_addresses=True,
        limits=Limits(wall_s=0.2),
        sleep=time_.sleep,
        lookup=lookup,
    )
    with pytest.raises(Unreachable, match="longer than"):
        web.get("http://papers.example:9/x")


SHORT = Limits(wall_s=1.0)


def test_our_own_slowness_is_no_servers(
    tmp_path: Path, arxiv: LoopbackArxiv, time_: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen in CI: loading the certificates took the whole deadline, and the server was blamed without being asked."""
    make = httpx2.create_ssl_context

    def slowly() -> ssl.SSLContext:
        time.sleep(1.2 * SHORT.wall_s)
        return make()

    monkeypatch.setattr(httpx2, "create_ssl_context", slowly)
    arxiv.always("/x", OK)
    assert elsewhere(tmp_path, time_, SHORT).get(arxiv.url + "/x").body == b"hello"
    assert elsewhere(tmp_path, time_, SHORT).next_address(arxiv.url + "/x") is None


def test_certificates_that_cannot_be_read_are_named(
    tmp_path: Path, arxiv: LoopbackArxiv, time_: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(Unreachable, match="certificates"):
        elsewhere(tmp_path, time_).get(arxiv.url + "/x")
    assert arxiv.requests == []
