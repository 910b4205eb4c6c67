"""A GET ends with the whole answer or a named failure; nobody can send us into the private network."""

from __future__ import annotations

import gzip
import shutil
import socket
import ssl
import subprocess
import time
from email.utils import formatdate
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import BadDocument, NotFound, Refused, Unreachable
from rag.sources.addresses import is_public
from rag.sources.failures import retry_after
from rag.sources.politeness import Politeness
from rag.sources.web import Limits, Web, user_agent
from tests.loopback.arxiv import LoopbackArxiv, Reply
from tests.sources.conftest import FakeTime

OK = Reply(body=b"hello", content_type="text/plain; charset=utf-8")


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
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://0.0.0.0/",
        "http://2130706433/",
        "http://127.1/",
        "http://0x7f000001/",
    ],
)
def test_private_addresses_are_refused(tmp_path: Path, time_: FakeTime, url: str) -> None:
    web = Web(politeness=Politeness(tmp_path), retries=0, sleep=time_.sleep)
    with pytest.raises(Refused, match="private network"):
        web.get(url)


@pytest.mark.parametrize("numbers", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["fe80::1%eth0"]])
def test_a_public_name_that_means_a_private_machine_is_refused(
    tmp_path: Path, time_: FakeTime, numbers: list[str]
) -> None:
    with pytest.raises(Refused, match="private network"):
        outside(tmp_path, time_, numbers=numbers).get("http://innocent.example/")


def test_the_number_that_was_checked_is_the_one_that_is_dialled(
    tmp_path: Path, arxiv: LoopbackArxiv, time_: FakeTime
) -> None:
    """A name that answers differently the second time (DNS rebinding) gains nothing: it is looked up once."""
    asked: list[str] = []

    def lookup(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    arxiv.script("/x", OK)
    web = Web(politeness=Politeness(tmp_path), allow_private_addresses=True, lookup=lookup)
    web.get(f"http://rebinding.example:{arxiv.url.rpartition(':')[2]}/x")
    assert asked == ["rebinding.example"]


def test_behind_a_proxy_numbers_are_still_checked(
    tmp_path: Path, arxiv: LoopbackArxiv, time_: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", arxiv.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    arxiv.always("/x", OK)
    assert outside(tmp_path, time_, numbers=["10.0.0.1"]).get("http://papers.example/x").body == b"hello"
    assert len(arxiv.requests) == 1
    for private in ("http://10.0.0.1/x", "http://localhost/x", "http://127.1/x"):
        with pytest.raises(Refused):
            outside(tmp_path, time_).get(private)
    assert len(arxiv.requests) == 1


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "gopher://127.0.0.1:9"])
def test_a_proxy_of_a_kind_we_cannot_use_is_named(
    tmp_path: Path, time_: FakeTime, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(Unreachable):
        outside(tmp_path, time_).get("http://papers.example/x")


def test_private_addresses_are_open_where_the_owner_says_so(
    tmp_path: Path, arxiv: LoopbackArxiv, time_: FakeTime
) -> None:
    arxiv.script("/x", OK)
    assert outside(tmp_path, time_, private=True).get(arxiv.url + "/x").body == b"hello"


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


DRAGGING = Limits(wall_s=0.15, silence_s=5.0)


@pytest.mark.alone
@pytest.mark.parametrize(
    "reply",
    [Reply(body=b"x" * 100, pieces=100, drip_s=0.02), Reply(hang_s=3.0), Reply(header_drip_s=0.05)],
    ids=["body", "silence", "headers"],
)
def test_a_server_that_drags_it_out_meets_the_deadline(
    tmp_path: Path, arxiv: LoopbackArxiv, time_: FakeTime, reply: Reply
) -> None:
    arxiv.always("/x", reply)
    began = time.monotonic()
    web = Web(politeness=Politeness(tmp_path), arxiv_bases=(arxiv.url,), limits=DRAGGING, sleep=time_.sleep)
    with pytest.raises(Unreachable, match="longer than"):
        web.get(arxiv.url + "/x")
    assert len(arxiv.requests) == 1  # the next try would take as long
    assert time.monotonic() - began < 1.0


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


@pytest.mark.alone
@pytest.mark.parametrize(
    "last",
    [Reply(body=b"x" * 100, pieces=100, drip_s=0.02, with_length=False), Reply(hang_s=3.0), Reply(header_drip_s=0.05)],
    ids=["body", "silence", "headers"],
)
def test_outside_arxiv_all_hops_and_attempts_share_one_deadline(
    tmp_path: Path, arxiv: LoopbackArxiv, time_: FakeTime, monkeypatch: pytest.MonkeyPatch, last: Reply
) -> None:
    monkeypatch.setattr("rag.sources.web.FIRST_PAUSE_S", 0.0)
    arxiv.script("/a", Reply(302, headers={"Location": "/b"}, hang_s=0.4), Reply(302, headers={"Location": "/b"}))
    arxiv.script("/b", Reply(503, hang_s=0.4), last)
    began = time.monotonic()
    with pytest.raises(Unreachable, match="longer than"):
        elsewhere(tmp_path, time_, Limits(wall_s=1.5, silence_s=5.0)).get(arxiv.url + "/a")
    assert time.monotonic() - began < 2.2  # the last hop alone would have 1.5 s


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


@settings(deadline=None)  # the machine may be busy
@given(st.text())
def test_any_retry_after_is_read_or_left(value: str) -> None:
    seconds = retry_after(value, now=1000.0)
    assert seconds is None or seconds >= 0


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_public_numbers_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    ["64:ff9b::a00:1", "2002:7f00:1::", "::ffff:127.0.0.1", "224.0.0.1", "ff02::1", "100.64.0.1", "fd00::1", "x", ""],
)
def test_private_numbers_in_any_wrapping_are_private(address: str) -> None:
    assert not is_public(address)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificate with openssl")
def test_a_certificate_is_checked_against_the_name_and_not_the_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, time_: FakeTime
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=papers.example"
    names = ["-addext", "subjectAltName=DNS:papers.example", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(["openssl", *made.split(), *names], check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with LoopbackArxiv(tls=context) as server:
        server.always("/x", OK)
        port = server.url.rpartition(":")[2]
        web = outside(tmp_path, time_, numbers=["127.0.0.1"], private=True)
        assert web.get(f"https://papers.example:{port}/x").body == b"hello"
        with pytest.raises(Unreachable, match="certificate is not valid"):
            web.get(f"https://other.example:{port}/x")
        server.always("/slow", Reply(header_drip_s=0.05))
        slow = Web(
            politeness=Politeness(tmp_path),
            allow_private_addresses=True,
            limits=DRAGGING,
            lookup=lambda host, port: ["127.0.0.1"],
        )
        with pytest.raises(Unreachable, match="longer than"):
            slow.get(f"https://papers.example:{port}/slow")
