"""Nobody can send us into the private network: by number, by name, through a proxy, under a wrong certificate."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from rag.errors import Refused, Unreachable
from rag.sources.addresses import is_public
from rag.sources.politeness import Politeness
from rag.sources.web import Web
from tests.loopback.arxiv import LoopbackArxiv, Reply
from tests.sources.conftest import DRAGGING, OK, FakeTime, outside


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
