"""A GET ends with the whole answer or a named failure, through trouble, redirects and odd headers."""

from __future__ import annotations

import gzip
import socket
from email.utils import formatdate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import BadDocument, NotFound, Refused, Unreachable
from rag.sources.failures import retry_after
from rag.sources.politeness import Politeness
from rag.sources.user_agent import user_agent
from rag.sources.web import Web
from tests.loopback.arxiv import LoopbackArxiv, Reply
from tests.sources.conftest import OK, FakeTime, outside


def test_an_answer_comes_whole_and_we_say_who_we_are(arxiv: LoopbackArxiv, web: Web) -> None:
    arxiv.script("/x", OK)
    answer = web.get(arxiv.url + "/x?a=1")
    assert (answer.status, answer.body, answer.content_type) == (200, b"hello", "text/plain")
    assert arxiv.requests[0].user_agent == "Seminar/0.1.0 (+mailto:group@example.org)"
    assert arxiv.requests[0].query == {"a": ["1"]}
    assert arxiv.requests[0].headers["host"] == arxiv.url.removeprefix("http://")


@pytest.mark.parametrize("contact", ["", "a@b.org", "https://x.org/(y)\r\nEvil: 1", "gruppe ü"])
def test_a_contact_cannot_break_the_header(contact: str) -> None:
    agent = user_agent(contact)
    assert agent.startswith("Seminar/")
    assert agent.isascii()
    assert "\r" not in agent
    assert "\n" not in agent
    assert agent.count("(") == agent.count(")") == (1 if contact else 0)


@pytest.mark.parametrize("status", [406, 429, 500, 503])
def test_temporary_trouble_is_outlasted_with_doubling_pauses(
    arxiv: LoopbackArxiv, web: Web, time_: FakeTime, status: int
) -> None:
    arxiv.script("/x", *[Reply(status)] * 4, OK)
    assert web.get(arxiv.url + "/x").body == b"hello"
    assert time_.slept == [3.0, 6.0, 12.0, 24.0]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b"half of it", truncate_to=4),
        Reply(reset=True),
        Reply(hang_s=0.4),
        Reply(body=b"<!", headers={"Content-Encoding": "gzip"}),
    ],
    ids=["truncated", "reset", "silent", "garbled"],
)
def test_a_broken_answer_is_asked_for_again(arxiv: LoopbackArxiv, web: Web, time_: FakeTime, reply: Reply) -> None:
    arxiv.script("/x", reply, OK)
    assert web.get(arxiv.url + "/x").body == b"hello"
    assert time_.slept == [3.0]


def test_retry_after_is_honoured_by_everyone_here(
    tmp_path: Path, arxiv: LoopbackArxiv, web: Web, time_: FakeTime
) -> None:
    arxiv.script("/x", Reply(429, headers={"Retry-After": "40"}), OK)
    web.get(arxiv.url + "/x")
    assert time_.slept == [40.0]
    arxiv.script("/x", Reply(503, headers={"Retry-After": "600"}))
    with pytest.raises(Unreachable) as caught:
        web.get(arxiv.url + "/x")
    assert (caught.value.service, caught.value.retry_after_s) == ("arXiv", 600.0)
    asked = len(arxiv.requests)
    with pytest.raises(Unreachable) as caught, Politeness(tmp_path, clock=time_.clock, sleep=time_.sleep).turn():
        pass
    assert caught.value.retry_after_s == 600.0
    assert len(arxiv.requests) == asked


def test_trouble_that_does_not_end_is_named(arxiv: LoopbackArxiv, web: Web, time_: FakeTime) -> None:
    arxiv.always("/x", Reply(429))
    with pytest.raises(Unreachable) as caught:
        web.get(arxiv.url + "/x")
    assert "too often" in caught.value.reason
    assert len(arxiv.requests) == 5


def test_a_refusal_is_not_pressed(arxiv: LoopbackArxiv, web: Web) -> None:
    arxiv.always("/x", Reply(403))
    with pytest.raises(Unreachable, match="refuses us"):
        web.get(arxiv.url + "/x")
    assert len(arxiv.requests) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone_is_not_found(arxiv: LoopbackArxiv, web: Web, status: int) -> None:
    arxiv.always("/x", Reply(status))
    with pytest.raises(NotFound):
        web.get(arxiv.url + "/x")
    assert len(arxiv.requests) == 1


def test_no_network_is_told_apart_from_a_refusal(tmp_path: Path, time_: FakeTime) -> None:
    def offline(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    web = Web(politeness=Politeness(tmp_path), lookup=offline, sleep=time_.sleep)
    with pytest.raises(Unreachable) as caught:
        web.get("https://arxiv.org/pdf/1502.03167")
    assert (caught.value.service, caught.value.reason) == ("arXiv", "no network connection")
    with pytest.raises(Unreachable, match="no such host"):
        web.get("https://no-such-host.example/a.pdf")
    assert time_.slept == []  # nothing to wait for


def test_a_closed_port_refuses_and_is_tried_again(tmp_path: Path, time_: FakeTime) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    web = Web(
        politeness=Politeness(tmp_path, clock=time_.clock, sleep=time_.sleep),
        arxiv_bases=(url,),
        sleep=time_.sleep,
    )
    with pytest.raises(Unreachable, match="refuses connections"):
        web.get(url + "/x")
    assert time_.slept == [3.0, 6.0, 12.0, 24.0]


def test_an_address_that_does_not_answer_gives_way_to_the_next(
    tmp_path: Path, arxiv: LoopbackArxiv, time_: FakeTime
) -> None:
    arxiv.script("/x", OK)  # on 127.0.0.1 alone
    web = outside(tmp_path, time_, numbers=["::1", "127.0.0.1"], private=True)
    port = arxiv.url.rpartition(":")[2]
    assert web.get(f"http://papers.example:{port}/x").body == b"hello"
    assert arxiv.requests[0].headers["host"] == f"papers.example:{port}"


def test_redirects_are_followed_to_an_end(arxiv: LoopbackArxiv, web: Web) -> None:
    arxiv.script("/a", Reply(301, headers={"Location": "/b?x=1"}))
    arxiv.script("/b", Reply(302, headers={"Location": arxiv.url + "/c#page=2"}))
    arxiv.script("/c", OK)
    assert web.get(arxiv.url + "/a").url == arxiv.url + "/c#page=2"


def test_every_hop_at_arxiv_is_a_turn(arxiv: LoopbackArxiv, web: Web, time_: FakeTime) -> None:
    arxiv.script("/a", Reply(301, headers={"Location": "/b"}))
    arxiv.script("/b", OK)
    web.get(arxiv.url + "/a")
    assert time_.slept == [3.0]


def test_a_redirect_in_a_circle_ends(arxiv: LoopbackArxiv, web: Web) -> None:
    arxiv.always("/a", Reply(302, headers={"Location": "/a"}))
    with pytest.raises(Unreachable, match="without end"):
        web.get(arxiv.url + "/a")
    assert len(arxiv.requests) == 6


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://example.org/x", "http://[::1", "http://127.0.0.9/", "https://x:99999/"]
)
def test_a_redirect_cannot_lead_out_of_bounds(arxiv: LoopbackArxiv, web: Web, location: str) -> None:
    arxiv.script("/a", Reply(302, headers={"Location": location}))
    with pytest.raises(Refused):
        web.get(arxiv.url + "/a")


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b"x" * 2000),
        Reply(body=b"x" * 2000, with_length=False),
        Reply(body=gzip.compress(b"x" * 2_000_000), headers={"Content-Encoding": "gzip"}),
    ],
    ids=["declared", "undeclared", "bomb"],
)
def test_an_answer_over_the_limit_is_not_read_to_its_end(
    tmp_path: Path, arxiv: LoopbackArxiv, time_: FakeTime, reply: Reply
) -> None:
    arxiv.script("/x", reply)
    with pytest.raises(BadDocument, match="larger"):
        outside(tmp_path, time_, private=True).get(arxiv.url + "/x")
    assert len(arxiv.requests) == 1


def test_progress_is_told_in_bytes(arxiv: LoopbackArxiv, web: Web) -> None:
    arxiv.script("/x", Reply(body=b"x" * 100, pieces=4, drip_s=0.01), Reply(body=b"x" * 10, with_length=False))
    told: list[tuple[int, int | None]] = []
    web.get(arxiv.url + "/x", progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (100, 100)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    web.get(arxiv.url + "/x", progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (10, None)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("120", 120.0),
        (" 0 ", 0.0),
        (formatdate(1060, usegmt=True), 60.0),
        (formatdate(900, usegmt=True), 0.0),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("9" * 30, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, now=1000.0) == seconds


@given(st.text())
def test_any_retry_after_is_read_or_left(value: str) -> None:
    seconds = retry_after(value, now=1000.0)
    assert seconds is None or seconds >= 0
