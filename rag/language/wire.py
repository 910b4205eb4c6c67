"""The connections to a model: to one host only, with our own key or none, for a bounded time and size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from rag.sources.deadlines import Deadline

MOST_BYTES = 8 * 1024 * 1024
"""What one reply may send over the wire, with all that its protocol wraps around each word."""
CONNECT_S = 10.0
"""Nobody who is there takes longer to pick up; what a reply may take is said by the deadline."""

_KEPT = {
    "accept", "anthropic-beta", "anthropic-version", "connection", "content-length", "content-type", "host",
    "transfer-encoding", "user-agent", "x-stainless-raw-response",  # Anthropic's client looks for it in its own request
}  # fmt: skip
"""The headers that a request needs. Others come from the environment (OPENAI_CUSTOM_HEADERS …) or tell of us."""
_OF_THE_ACCOUNT = {"openai-organization", "openai-project"}


@dataclass(slots=True)
class Call:
    """What was seen of one request on the wire. ``sent``: as a whole; ``status`` 0: nothing came back."""

    deadline: Deadline
    sent: bool = False
    status: int = 0
    retry_after_s: float | None = None
    flooded: bool = False

    def trace(self, event: str, info: Mapping[str, object]) -> None:
        """Hear httpcore's events."""
        self.deadline.trace(event, info)
        if event.endswith("send_request_body.complete"):
            self.sent = True


_CALL: ContextVar[Call] = ContextVar("call")


@contextmanager
def calling(deadline: Deadline) -> Iterator[Call]:
    """Watch the requests of this thread."""
    call = Call(deadline)
    token = _CALL.set(call)
    try:
        yield call
    finally:
        _CALL.reset(token)


class Wire:
    """Options for the HTTP clients of one provider. ``headers`` hold the key: they are never shown."""

    def __init__(self, address: str, headers: Mapping[str, str], *, own_address: bool) -> None:
        self._address = address
        self._headers = {"accept-encoding": "identity", **headers}
        self._kept = _KEPT | (_OF_THE_ACCOUNT if own_address else set())
        self._private = is_private(urlsplit(address).hostname or "")

    def options(self, http: ModuleType) -> dict[str, Any]:
        """Return arguments for ``Client`` of httpx or httpx2: no redirects, no proxy to what is near.

        No connection is kept, so that every request tells its deadline of its socket.
        """
        going_out = [_Home(http.URL(self._address)), self._going_out]
        return {
            "follow_redirects": False,
            "limits": http.Limits(max_keepalive_connections=0),
            "trust_env": not self._private,
            "verify": http.create_ssl_context(),  # with SSL_CERT_FILE, also where no proxy is asked
            "event_hooks": {"request": going_out, "response": [_Incoming(http)]},
        }

    def _going_out(self, request: Any) -> None:
        for name in [name for name in request.headers if name.lower() not in self._kept]:
            del request.headers[name]
        request.headers.update(self._headers)
        call = _CALL.get()
        left = max(call.deadline.left_s, 0.01)
        limits = {"connect": min(left, CONNECT_S), "read": left, "write": left, "pool": left}
        request.extensions = {**request.extensions, "trace": call.trace, "timeout": limits}


class _Home:
    """Refuses every request that goes elsewhere: with redirects off no client should try."""

    def __init__(self, address: Any) -> None:
        self._origin = address.scheme, address.raw_host, address.port

    def __call__(self, request: Any) -> None:
        if (request.url.scheme, request.url.raw_host, request.url.port) != self._origin:
            raise RuntimeError("a model's client asked another host")


class _Incoming:
    """Notes what came back, and ends what does not stop coming."""

    def __init__(self, http: ModuleType) -> None:
        self._http = http
        self._bounded = type("Bounded", (_Bounded, http.SyncByteStream), {})

    def __call__(self, response: Any) -> None:
        call = _CALL.get()
        call.status = response.status_code
        call.retry_after_s = _seconds(response.headers.get("retry-after", ""))
        response.headers.pop("content-encoding", None)  # not asked for, and a few bytes could unpack to gigabytes
        response.stream = self._bounded(response.stream, call, self._http.ReadError)


class _Bounded:
    """A body of at most MOST_BYTES."""

    def __init__(self, stream: Any, call: Call, error: type[Exception]) -> None:
        self._stream = stream
        self._call = call
        self._error = error

    def __iter__(self) -> Iterator[bytes]:
        come = 0
        for part in self._stream:
            come += len(part)
            if come > MOST_BYTES:
                self._call.flooded = True
                raise self._error("too much")
            yield part

    def close(self) -> None:
        self._stream.close()


def is_private(host: str) -> bool:
    """Whether a host is this machine or one of a network of one's own, as far as its name or number tells.

    >>> [is_private(host) for host in ("127.0.0.1", "192.168.1.7", "ollama", "gpu.local", "api.openai.com", "8.8.8.8")]
    [True, True, True, True, False, False]
    """
    try:
        address = ip_address(host)
    except ValueError:
        name = host.lower().rstrip(".")
        return "." not in name or name.endswith((".local", ".localhost", ".internal", ".lan", ".home.arpa"))
    return address.is_private or address.is_loopback or address.is_link_local


def _seconds(retry_after: str) -> float | None:
    """Return the seconds of a Retry-After; None for a date, which nobody sends here, and for what is none."""
    whole = retry_after.partition(".")[0]
    return float(whole) if 0 < len(whole) < 6 and whole.isascii() and whole.isdigit() else None
