"""One GET, done well: hops checked, bytes and time bounded, arXiv asked politely, failures named, some repeated."""

from __future__ import annotations

import logging
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rag.errors import BadDocument, NotFound, Refused, Unreachable
from rag.sources.addresses import Lookup, is_number, is_public, look_up, next_hop, origin, proxied
from rag.sources.deadlines import Deadline
from rag.sources.failures import TEMPORARY, Temporary, lookup_reason, retry_after, socket_reason, status_reason
from rag.sources.politeness import Politeness
from rag.sources.user_agent import user_agent

if TYPE_CHECKING:
    import httpx2

log = logging.getLogger(__name__)

MAX_HOPS = 5
RETRIES = 4
FIRST_PAUSE_S = 3.0  # doubled each time: 3, 6, 12, 24 s, so that a minute of trouble at arXiv is outlasted
PATIENCE_S = 120.0  # a longer Retry-After is reported instead of slept through
# Other addresses are chosen by strangers: whoever runs them must not hold the one queue that serves all guilds.
RETRIES_ELSEWHERE = 1
ELSEWHERE_S = 90.0  # for all hops, attempts and pauses together: 50 MB at 5 Mbit/s
LONGEST_HOLD_S = 3600.0  # how long a Retry-After binds every process of the data directory

Progress = Callable[[int, int | None], None]
# (bytes done, bytes in all or None when the server does not say)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one answer may cost. Seconds and bytes; ``wall_s`` bounds one attempt from dialling to the last byte."""

    max_bytes: int = 50 * 1024 * 1024
    wall_s: float = 300.0
    connect_s: float = 10.0
    silence_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Response:
    """A complete answer with status 200, or 400 where the caller asked for it. Header names are lower case."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        """Return the media type without parameters, lower case: "application/pdf"."""
        return self.headers.get("content-type", "").split(";", 1)[0].strip().lower()


class Web:
    """Fetches addresses. ``arxiv_bases`` are the owner's settings: trusted, and reached in turns like arXiv itself.

    ``sleep`` waits between attempts; ``lookup`` resolves names.
    """

    def __init__(
        self,
        *,
        politeness: Politeness,
        contact: str = "",
        arxiv_bases: tuple[str, ...] = (),
        allow_private_addresses: bool = False,
        limits: Limits | None = None,
        retries: int = RETRIES,
        sleep: Callable[[float], None] = time.sleep,
        lookup: Lookup = look_up,
    ) -> None:
        self._politeness = politeness
        self._agent = user_agent(contact)
        self._arxiv_origins = frozenset(origin(base) for base in arxiv_bases)
        self._allow_private = allow_private_addresses
        self._limits = limits or Limits()
        self._retries = retries
        self._sleep = sleep
        self._lookup = lookup

    def get(
        self, url: str, *, accept: str = "*/*", progress: Progress | None = None, also_400: bool = False
    ) -> Response:
        """Return the answer at the end of the redirects.

        Temporary failures are tried again after a pause that doubles, or as long as Retry-After says; outside arXiv
        once, and all within ``ELSEWHERE_S``.
        Raises NotFound (404, 410), Refused (an address that is not public), BadDocument (over the byte limit) and
        Unreachable. ``also_400`` hands an answer with status 400 to the caller, who can read its reason.
        """
        retries = self._retries if self.is_arxiv(url) else min(self._retries, RETRIES_ELSEWHERE)
        pause = FIRST_PAUSE_S
        with self._overall(url) as overall:
            for attempt in range(retries + 1):
                try:
                    return self._follow(url, overall, accept=accept, progress=progress, also_400=also_400)
                except Temporary as error:
                    wait = max(pause, error.retry_after_s or 0.0)
                    if attempt == retries or wait > (overall.left_s if overall else PATIENCE_S):
                        raise Unreachable(self._service(error.url), error.reason, error.retry_after_s) from error
                    log.info("%s: %s; again in %.0f s", self._service(error.url), error.reason, wait)
                    self._sleep(wait)
                    pause *= 2
        raise AssertionError("the last attempt returns or raises")

    def next_address(self, url: str) -> str | None:
        """Return where an address redirects to; None when it does not. One request, its body unread, never repeated."""
        try:
            with self._overall(url) as overall, self._asked(url, overall, accept="*/*") as response:
                return next_hop(url, response.headers.get("location", "")) if response.is_redirect else None
        except Temporary as error:
            raise Unreachable(self._service(url), error.reason) from error

    def is_arxiv(self, url: str) -> bool:
        """Whether the address is arXiv's, or stands in for it by the owner's settings."""
        host = (urlsplit(url).hostname or "").lower()
        return host == "arxiv.org" or host.endswith(".arxiv.org") or origin(url) in self._arxiv_origins

    @cached_property
    def _certificates(self) -> ssl.SSLContext:
        import httpx2

        return httpx2.create_ssl_context()

    def _service(self, url: str) -> str:
        return "arXiv" if self.is_arxiv(url) else urlsplit(url).hostname or url

    def _overall(self, url: str) -> AbstractContextManager[Deadline | None]:
        """Return the end to all that an address of a stranger may cost; at arXiv each attempt has its own."""
        with suppress(OSError):  # told where it is used
            _ = self._certificates  # loaded before any clock runs: our own slowness is no server's
        return nullcontext() if self.is_arxiv(url) else Deadline(min(self._limits.wall_s, ELSEWHERE_S))

    def _follow(
        self, url: str, overall: Deadline | None, *, accept: str, progress: Progress | None, also_400: bool
    ) -> Response:
        for _ in range(MAX_HOPS + 1):
            with self._asked(url, overall, accept=accept) as response:
                if response.is_redirect:
                    url = next_hop(url, response.headers.get("location", ""))
                    continue
                self._check_status(url, response, also_400=also_400)
                return self._read(url, response, progress=progress)
        raise Unreachable(self._service(url), "it sends us from address to address without end")

    @contextmanager
    def _asked(self, url: str, overall: Deadline | None, *, accept: str) -> Iterator[httpx2.Response]:
        """Give out one answer, unread; at arXiv in our turn, which lasts until the answer is read."""
        at_arxiv = self.is_arxiv(url)
        turn = self._politeness.turn() if at_arxiv else nullcontext(lambda: None)
        bounded = Deadline(self._limits.wall_s) if overall is None or at_arxiv else nullcontext(overall)
        with (
            turn as asking,
            bounded as deadline,
            self._named_failures(url, deadline),
            self._opened(url, accept=accept, asking=asking, deadline=deadline) as response,
        ):
            yield response
            if deadline.passed:  # the end of a body without a length may be ours
                raise self._too_late(url, deadline)

    @contextmanager
    def _opened(
        self, url: str, *, accept: str, asking: Callable[[], None], deadline: Deadline
    ) -> Iterator[httpx2.Response]:
        """Dial the checked addresses one after the other and give out the first answer, unread."""
        import httpx2

        through_proxy = proxied(urlsplit(url).scheme, urlsplit(url).hostname or "")
        with self._client(url, through_proxy=through_proxy) as client:
            targets = self._checked(httpx2.URL(url), through_proxy=through_proxy)
            asking()
            response = self._dial(client, httpx2.URL(url), accept, targets, deadline)
            try:
                yield response
            finally:
                response.close()

    def _client(self, url: str, *, through_proxy: bool) -> httpx2.Client:
        import httpx2

        try:
            return httpx2.Client(
                trust_env=through_proxy,
                verify=self._certificates,
                timeout=httpx2.Timeout(self._limits.silence_s, connect=self._limits.connect_s),
                # No connection is kept: with numbers in place of names the pool could hand one host's to another.
                limits=httpx2.Limits(max_keepalive_connections=0),
            )
        except OSError as error:
            raise Unreachable(self._service(url), "the environment names certificates that cannot be read") from error
        except (ImportError, ValueError) as error:  # SOCKS without the package socksio, or an unknown scheme
            reason = "the proxy that the environment names is of a kind we cannot use"
            raise Unreachable(self._service(url), reason) from error

    def _dial(
        self, client: httpx2.Client, url: httpx2.URL, accept: str, targets: list[str], deadline: Deadline
    ) -> httpx2.Response:
        import httpx2

        headers = {"user-agent": self._agent, "accept": accept, "accept-encoding": "identity"}
        headers["host"] = url.netloc.decode("ascii")
        told = {"sni_hostname": url.raw_host.decode("ascii"), "trace": deadline.trace}
        for position, target in enumerate(targets, start=1):
            if deadline.passed:  # looking the name up, or the addresses before, took all the time
                raise self._too_late(str(url), deadline)
            request = client.build_request("GET", url.copy_with(host=target), headers=headers, extensions=told)
            try:
                return client.send(request, stream=True)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                if position == len(targets):
                    raise
        raise socket.gaierror(socket.EAI_NONAME, "no address")

    def _checked(self, url: httpx2.URL, *, through_proxy: bool) -> list[str]:
        """Return the addresses to dial. A proxy looks names up itself, so there only numbers can be checked."""
        port = url.port or (443 if url.scheme == "https" else 80)
        found = [url.host] if through_proxy else self._lookup(url.raw_host.decode("ascii"), port)
        trusted = self._allow_private or origin(str(url)) in self._arxiv_origins
        suspects = [a for a in found if is_number(a) or a == "localhost"]
        if not trusted and not all(is_public(address) for address in suspects):
            raise Refused(
                str(url), "it points into a private network", advice="Give a public address, or the file itself."
            )
        return found

    @contextmanager
    def _named_failures(self, url: str, deadline: Deadline) -> Iterator[None]:
        import httpx2

        try:
            yield
        except socket.gaierror as error:
            raise Unreachable(self._service(url), lookup_reason(error, well_known=self.is_arxiv(url))) from error
        except httpx2.InvalidURL as error:
            raise Refused(url, "the address is malformed", advice="Copy it again from the browser.") from error
        except httpx2.TransportError as error:
            raise self._transport_failure(url, error, deadline) from error
        except httpx2.DecodingError as error:
            raise Temporary(url, "what it sent is garbled") from error

    def _transport_failure(self, url: str, error: httpx2.TransportError, deadline: Deadline) -> Temporary | Unreachable:
        import httpx2

        if deadline.passed:
            return self._too_late(url, deadline)
        if isinstance(error, httpx2.TimeoutException):
            return Temporary(url, "it did not answer in time")
        if isinstance(error, httpx2.RemoteProtocolError):
            return Temporary(url, "the connection broke off before the end")
        reason, final = socket_reason(error)
        return Unreachable(self._service(url), reason) if final else Temporary(url, reason)

    def _too_late(self, url: str, deadline: Deadline) -> Unreachable:
        return Unreachable(self._service(url), f"it took longer than {deadline.seconds:.0f} s")

    def _check_status(self, url: str, response: httpx2.Response, *, also_400: bool) -> None:
        status = response.status_code
        if status == 200 or (status == 400 and also_400):
            return
        if status in (404, 410):
            raise NotFound("page", url)
        retry_after_s = retry_after(response.headers.get("retry-after"), now=time.time())
        if status in TEMPORARY:
            if retry_after_s and self.is_arxiv(url):
                self._politeness.hold(min(retry_after_s, LONGEST_HOLD_S))
            raise Temporary(url, status_reason(status), retry_after_s)
        raise Unreachable(self._service(url), status_reason(status), retry_after_s)

    def _read(self, url: str, response: httpx2.Response, *, progress: Progress | None) -> Response:
        plain = response.headers.get("content-encoding", "identity") == "identity"
        length = response.headers.get("content-length", "") if plain else ""
        total = int(length) if length.isdecimal() and len(length) < 16 else None
        if total is not None and total > self._limits.max_bytes:
            raise self._too_large(url)
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > self._limits.max_bytes:
                raise self._too_large(url)
            if progress is not None:
                progress(len(body), total)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Response(url, response.status_code, headers, bytes(body))

    def _too_large(self, url: str) -> BadDocument:
        megabytes = self._limits.max_bytes / 1024 / 1024
        return BadDocument(url, f"it is larger than {megabytes:.0f} MB", advice="Give a smaller file.")
