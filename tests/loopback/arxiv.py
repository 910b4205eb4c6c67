"""A small arXiv on 127.0.0.1: a real HTTP server that serves what a test gives it and fails as a test asks it to.

>>> with LoopbackArxiv() as arxiv:
...     arxiv.add_paper("1502.03167", version=3, title="Batch Normalization", pdf=b"%PDF-1.4 ...")
...     arxiv.script("/pdf/1502.03167v3", Reply(429, headers={"Retry-After": "7"}))  # once, then the paper
...     arxiv.api, arxiv.pdf_address  # settings for the feed and the downloader
"""

from __future__ import annotations

import re
import socket
import ssl
import struct
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

MINIMAL_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\n%%EOF"
CAPTCHA = b"<!DOCTYPE html><html><head><title>arXiv reCAPTCHA</title></head><body>Are you a robot?</body></html>"


@dataclass(frozen=True)
class Reply:
    """One answer. ``truncate_to`` sends fewer bytes than Content-Length says; ``reset`` breaks the connection
    off in place of an answer; ``hang_s`` waits before the first byte; ``drip_s`` waits between pieces of the body;
    ``header_drip_s`` sends header after header, that long apart, and never ends.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "text/html; charset=utf-8"
    truncate_to: int | None = None
    reset: bool = False
    hang_s: float = 0.0
    drip_s: float = 0.0
    header_drip_s: float = 0.0
    pieces: int = 1
    with_length: bool = True


@dataclass(frozen=True)
class Seen:
    """One request as it arrived. ``at`` is ``time.monotonic``; ``ended`` the same when its answer was out."""

    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    at: float
    ended: float

    @property
    def user_agent(self) -> str:
        """Return the User-Agent, "" when there was none."""
        return self.headers.get("user-agent", "")


@dataclass(frozen=True)
class _Paper:
    base_id: str
    version: int
    title: str
    authors: tuple[str, ...]
    abstract: str
    categories: tuple[str, ...]
    published: str
    extra: str
    pdf: bytes


class LoopbackArxiv:
    """Use as a context manager. What is scripted for a path comes first, in order; then the papers; then 404."""

    def __init__(self, host: str = "127.0.0.1", *, tls: ssl.SSLContext | None = None) -> None:
        self._papers: dict[str, _Paper] = {}
        self._scripts: dict[str, deque[Reply]] = defaultdict(deque)
        self._always: dict[str, Callable[[Seen], Reply] | Reply] = {}
        self._over = threading.Event()
        self.requests: list[Seen] = []
        self._server = ThreadingHTTPServer((host, 0), _handler(self))
        self._server.daemon_threads = True
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self.url = f"{'http' if tls is None else 'https'}://{host}:{self._server.server_port}"
        self.api = f"{self.url}/api/query"
        self.pdf_address = f"{self.url}/pdf/{{id}}{{v}}"

    def __enter__(self) -> LoopbackArxiv:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def add_paper(
        self,
        base_id: str,
        *,
        title: str,
        version: int = 1,
        authors: tuple[str, ...] = ("A. Writer",),
        abstract: str = "An abstract.",
        categories: tuple[str, ...] = ("cs.LG",),
        published: str = "2015-02-11T01:44:18Z",
        extra: str = "",
        pdf: bytes = MINIMAL_PDF,
    ) -> None:
        """Serve a paper: in the feed by id and by words, and its PDF with and without version."""
        self._papers[base_id] = _Paper(base_id, version, title, authors, abstract, categories, published, extra, pdf)

    def script(self, path: str, *replies: Reply) -> None:
        """Answer the next requests for a path so, one reply each."""
        self._scripts[path].extend(replies)

    def always(self, path: str, reply: Reply | Callable[[Seen], Reply]) -> None:
        """Answer every request for a path so, after what is scripted."""
        self._always[path] = reply

    def answer(self, seen: Seen) -> Reply:
        """Choose the reply for one request."""
        if self._scripts[seen.path]:
            return self._scripts[seen.path].popleft()
        if (always := self._always.get(seen.path)) is not None:
            return always(seen) if callable(always) else always
        if seen.path == "/api/query":
            return Reply(200, self._feed(seen), content_type="application/atom+xml; charset=utf-8")
        if seen.path.startswith("/pdf/"):
            named = re.fullmatch(r"(.+?)(?:v(\d+))?", seen.path.removeprefix("/pdf/").removesuffix(".pdf"))
            paper = self._papers.get(named[1]) if named else None
            if paper is not None and (named[2] is None or int(named[2]) <= paper.version):
                return Reply(200, paper.pdf, content_type="application/pdf")
        return Reply(404, b"<html><body>Not found</body></html>")

    def wait(self, seconds: float) -> bool:
        """Pause an answer; ends at once, and is true, when the server closes."""
        return self._over.wait(seconds)

    def _feed(self, seen: Seen) -> bytes:
        ids = [one for one in ",".join(seen.query.get("id_list", [])).split(",") if one]
        if ids:
            found = [self._paper_in(one) for one in ids]
        else:
            alternatives = " ".join(seen.query.get("search_query", [])).split(" OR ")
            found = [p for p in self._papers.values() if any(_fits(p, terms) for terms in alternatives)]
        start, limit = int(seen.query.get("start", ["0"])[0]), int(seen.query.get("max_results", ["10"])[0])
        papers = [p for p in found if p is not None]
        return atom([_entry(p) for p in papers[start : start + limit]], total=len(papers), start=start)

    def _paper_in(self, one: str) -> _Paper | None:
        named = re.fullmatch(r"(.+?)(?:v(\d+))?", one)
        paper = self._papers.get(named[1]) if named else None
        if paper is None or named is None or named[2] is None:
            return paper
        version = int(named[2])
        return None if version > paper.version else _Paper(**{**vars(paper), "version": version})


def _fits(paper: _Paper, terms: str) -> bool:
    """Whether a paper has the words of every "ti:…" (in its title) and "all:…" (anywhere); order is not looked at."""
    places = {"ti": paper.title, "all": " ".join((paper.title, paper.abstract, *paper.authors))}
    asked = re.findall(r'(ti|all):("[^"]*"|\w+)', terms)
    return bool(asked) and all(_words(text) <= _words(places[place]) for place, text in asked)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def atom(entries: list[str], *, total: int | None = None, start: int = 0) -> bytes:
    """Return an Atom feed as arXiv writes it."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" '
        'xmlns="http://www.w3.org/2005/Atom">\n  <id>https://arxiv.org/api/x</id><title>arXiv Query</title>\n'
        f"  <opensearch:itemsPerPage>{len(entries)}</opensearch:itemsPerPage>"
        f"<opensearch:totalResults>{len(entries) if total is None else total}</opensearch:totalResults>"
        f"<opensearch:startIndex>{start}</opensearch:startIndex>\n{''.join(entries)}</feed>\n"
    ).encode()


def error_feed(text: str) -> Reply:
    """Return what arXiv answers to a malformed id: HTTP 400 and an Atom entry that says so."""
    entry = (
        "<entry><id>https://arxiv.org/api/errors#x</id><title>Error</title><updated>2026-04-12T22:59:06Z</updated>"
        f"<summary>{escape(text)}</summary><author><name>arXiv api core</name></author></entry>"
    )
    return Reply(400, atom([entry]), content_type="application/atom+xml")


def _entry(paper: _Paper) -> str:
    full = f"{paper.base_id}v{paper.version}"
    authors = "".join(f"<author><name>{escape(name)}</name></author>" for name in paper.authors)
    categories = "".join(f'<category term="{term}"/>' for term in paper.categories)
    return (
        f"<entry><id>http://arxiv.org/abs/{full}</id><title>{escape(paper.title)}</title>"
        f"<updated>{paper.published}</updated><published>{paper.published}</published>"
        f'<link href="https://arxiv.org/abs/{full}" rel="alternate" type="text/html"/>'
        f'<link href="https://arxiv.org/pdf/{full}" rel="related" type="application/pdf" title="pdf"/>'
        f"<summary>{escape(paper.abstract)}</summary>{categories}"
        f'<arxiv:primary_category term="{paper.categories[0]}"/>{paper.extra}{authors}</entry>'
    )


def _handler(arxiv: LoopbackArxiv) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            at = time.monotonic()
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            seen = Seen(unquote(parts.path), parse_qs(parts.query, keep_blank_values=True), headers, at, at)
            place = len(arxiv.requests)
            arxiv.requests.append(seen)
            try:
                self._send(arxiv.answer(seen))
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the client has had enough
            arxiv.requests[place] = Seen(seen.path, seen.query, headers, at, time.monotonic())

        def _send(self, reply: Reply) -> None:
            arxiv.wait(reply.hang_s) if reply.hang_s else None
            if reply.reset:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                self.connection.close()
                return
            self.send_response(reply.status)
            for name, value in ({"Content-Type": reply.content_type} | reply.headers).items():
                self.send_header(name, value)
            while reply.header_drip_s:
                self.send_header("X-More", "to come")
                self.flush_headers()
                if arxiv.wait(reply.header_drip_s):
                    return
            if reply.with_length:
                self.send_header("Content-Length", str(len(reply.body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            body = reply.body if reply.truncate_to is None else reply.body[: reply.truncate_to]
            size = max(1, -(-len(body) // reply.pieces))
            for start in range(0, len(body), size):
                self.wfile.write(body[start : start + size])
                self.wfile.flush()
                if reply.drip_s:
                    arxiv.wait(reply.drip_s)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep quiet: tests look at ``requests``."""

    return Handler
