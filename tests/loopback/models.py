"""A language model on 127.0.0.1 that says what a test tells it to, over OpenAI's, Anthropic's and Ollama's protocols.

>>> def reply(asked: Asked) -> Scripted:
...     return Scripted("ready", fault="429" if "impatient" in asked.user else "")
>>> with ModelServer(reply) as server:
...     server.openai_url, server.requests[-1:], model_settings(server, "anthropic")["llm"]
('http://127.0.0.1:.../v1', [], 'anthropic:scripted-1')
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from tests.loopback.protocols import DIALECTS, about
from tests.loopback.protocols.wire import Asked, Dialect, Fault, Said, Scripted, said

__all__ = ["Asked", "Fault", "ModelServer", "Scripted", "as_environment", "model_settings"]

MODEL = "scripted-1"
KEY = "sk-loopback-0123456789"
PAGE = b"<!DOCTYPE html><html><head><title>Log in</title></head><body>Please log in to the network.</body></html>"

Replying = Callable[[Asked], Scripted | str]


class ModelServer:
    """Use as a context manager. Each request is put to ``reply`` and kept in ``requests``, also those that fail.

    ``reply`` is called on the threads of the server. What it raises is raised again when the server closes.
    """

    def __init__(self, reply: Replying | str = "ready") -> None:
        self._reply: Replying = (lambda _asked: reply) if isinstance(reply, str) else reply
        self._over = threading.Event()
        self._open: set[socket.socket] = set()
        self._raised: list[Exception] = []
        self._elsewhere: ModelServer | None = None
        self._lock = threading.Lock()
        self.requests: list[Asked] = []
        self.visits: list[str] = []
        """Every request, "GET /v1/models" too."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.openai_url, self.anthropic_url, self.ollama_url = f"{self.url}/v1", self.url, self.url

    def __enter__(self) -> ModelServer:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self._over.set()
        if self._elsewhere is not None:
            self._elsewhere.__exit__(None, None, None)
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        for connection in list(self._open):  # those that a client keeps open
            _close(connection)
        if self._raised and value is None:
            raise self._raised[0]

    def says(self, reply: Replying | str) -> None:
        """Say something else from now on."""
        self._reply = (lambda _asked: reply) if isinstance(reply, str) else reply

    def url_of(self, provider: str) -> str:
        """Return the base address that a provider's client is given."""
        return self.openai_url if provider == "openai" else self.url

    @property
    def elsewhere(self) -> ModelServer:
        """Return the other host, to which the fault "redirect" sends its clients."""
        with self._lock:
            if self._elsewhere is None:
                self._elsewhere = ModelServer("said elsewhere").__enter__()
            return self._elsewhere

    def scripted(self, asked: Asked) -> Scripted:
        """Ask the test what to say."""
        try:
            found = self._reply(asked)
        except Exception as error:
            self._raised.append(error)
            return Scripted(fault="500")
        return Scripted(found) if isinstance(found, str) else found

    def wait(self, seconds: float) -> bool:
        """Pause; ends at once, and is true, when the server closes."""
        return self._over.wait(seconds)

    def opened(self, connection: socket.socket) -> None:
        """Remember a connection, to close it with the server."""
        self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        """Forget a connection."""
        self._open.discard(connection)


def model_settings(server: ModelServer, provider: str, **changes: object) -> dict[str, object]:
    """Return the settings (rag/settings.py) that let a study ask this server, without the waits of a repetition."""
    settings = {"llm": f"{provider}:{MODEL}", "llm_url": server.url_of(provider), "llm_key": KEY, "llm_retries": 0}
    return settings | changes


def as_environment(settings: dict[str, object]) -> dict[str, str]:
    """Return settings as the environment has them."""
    return {f"SEMINAR_{name.upper()}": str(value) for name, value in settings.items()}


def _close(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _handler(server: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        models = server

    return Handler


class _Handler(BaseHTTPRequestHandler):
    models: ModelServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.models.opened(self.connection)

    def finish(self) -> None:
        self.models.closed(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:  # the client went, or the server closes
            self.close_connection = True

    def do_GET(self) -> None:
        self.models.visits.append(f"GET {self.path}")
        self._tell(about(self.path.partition("?")[0], MODEL, self._headers()))

    def do_POST(self) -> None:
        path = self.path.partition("?")[0]
        self.models.visits.append(f"POST {path}")
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        dialect = DIALECTS.get(path)
        if dialect is None:
            self._tell(about(path, MODEL, self._headers()))
            return
        asked = dialect.asked(body, self._headers(), path)
        self.models.requests.append(asked)
        scripted = self.models.scripted(asked)
        if scripted.delay_s and self.models.wait(scripted.delay_s):
            self.close_connection = True
            return
        self._answer(dialect, asked, scripted)

    def _answer(self, dialect: Dialect, asked: Asked, scripted: Scripted) -> None:
        failure = dialect.failure(scripted.fault, asked)
        if failure is not None:
            self._send(failure.status, json.dumps(failure.body).encode(), **failure.headers)
        elif scripted.fault == "drop":
            self._reset()
        elif scripted.fault == "redirect":
            self._send(307, b"", Location=f"{self.models.elsewhere.url}{self.path}")
        elif scripted.fault == "html":
            self._send(200, PAGE, content_type="text/html; charset=utf-8")
        else:
            self._say(dialect, said(scripted, asked), scripted)

    def _say(self, dialect: Dialect, words: Said, scripted: Scripted) -> None:
        whole = json.dumps(dialect.whole(words)).encode()
        kind = dialect.stream_type if words.asked.streams else "application/json"
        if scripted.fault == "not_json":
            self._send(200, whole[: len(whole) // 3], content_type=kind)
        elif scripted.fault == "slow":
            self._pieces(kind, self._dripping(dialect, words, scripted.drip_s), ends=False)
        elif scripted.fault == "broken_off":
            events = list(dialect.stream(words)) if words.asked.streams else [whole.decode()]
            half = events[: max(1, len(events) // 2)] if words.asked.streams else [events[0][: len(events[0]) // 2]]
            self._pieces(kind, half, ends=False)
        elif words.asked.streams:
            self._pieces(kind, dialect.stream(words), ends=True)
        else:
            self._send(200, whole)

    def _dripping(self, dialect: Dialect, words: Said, drip_s: float) -> Iterator[str]:
        """Return a reply that is never done: the events without the last two, then nothing that says a thing."""
        if words.asked.streams:
            events = list(dialect.stream(words))
            beginning = events[: max(1, len(events) - 3)]
            idle = "\n" if dialect.provider == "ollama" else ": still here\n\n"
        else:
            beginning, idle = [], " "
        for piece in beginning:
            yield piece
            if self.models.wait(drip_s):
                return
        while not self.models.wait(drip_s):
            yield idle

    def _pieces(self, kind: str, pieces: Iterable[str], *, ends: bool) -> None:
        """Send a body piece by piece; one that does not end leaves its client waiting for the rest."""
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in pieces:
            data = piece.encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        if ends:
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.close_connection = True

    def _tell(self, what: dict[str, Any] | None) -> None:
        self._send(200 if what is not None else 404, json.dumps(what or {"error": "not found"}).encode())

    def _send(self, status: int, body: bytes, *, content_type: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def _headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet."""
