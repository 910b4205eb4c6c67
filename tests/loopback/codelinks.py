"""paperswithcode.co and huggingface.co on 127.0.0.1: a real HTTP server that answers as a test asks it to."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType


@dataclass(frozen=True)
class Said:
    """One answer. ``drip_s`` waits before each of the ten pieces of the body; ``hang_s`` before the first byte."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    hang_s: float = 0.0
    drip_s: float = 0.0


class LoopbackCodeSites:
    """Answers by path, 404 for all others, and remembers (path, user agent) of each request."""

    def __init__(self) -> None:
        self.answers: dict[str, Said] = {}
        self.asked: list[tuple[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def papers_with_code(self, arxiv_id: str, answer: object) -> None:
        """Let paperswithcode.co know a paper; anything but a Said is sent as JSON."""
        self.answers[f"/api/v1/papers/{arxiv_id}?include_resources=true"] = _said(answer)

    def hugging_face(self, arxiv_id: str, answer: object) -> None:
        """Let huggingface.co have a page for a paper."""
        self.answers[f"/api/papers/{arxiv_id}"] = _said(answer)

    def __enter__(self) -> LoopbackCodeSites:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(sites) -> type[BaseHTTPRequestHandler]:  # noqa: N805 (self is the handler below)
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                sites.asked.append((self.path, self.headers.get("User-Agent", "")))
                said = sites.answers.get(self.path, Said(404, b"not found"))
                # A client that has had enough is what some tests are about.
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    self._send(said)

            def _send(self, said: Said) -> None:
                time.sleep(said.hang_s)
                self.send_response(said.status)
                for name, value in {"Content-Length": str(len(said.body)), **said.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                step = max(1, len(said.body) // 10) if said.drip_s else max(1, len(said.body))
                for at in range(0, len(said.body), step):
                    time.sleep(said.drip_s)
                    self.wfile.write(said.body[at : at + step])
                    self.wfile.flush()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name in the base class)
                pass

        return Handler


def _said(answer: object) -> Said:
    return answer if isinstance(answer, Said) else Said(body=json.dumps(answer).encode())
