"""A request as it arrives, and the table that finds who answers it."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import BodyPartReader, web

from tests.loopback.discord.errors import Json

if TYPE_CHECKING:
    from tests.loopback.discord.server import LoopbackDiscord


@dataclass(eq=False)
class Call:
    """One request of the bot. ``status`` is 0 while it has no answer, or when the connection was cut."""

    method: str
    path: str
    """Below ``/api/v10``."""
    query: dict[str, str]
    at: float
    """``time.monotonic()`` when it arrived."""
    token: str = ""
    body: Any = None
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """Uploads: the number in ``files[n]`` -> file name and content."""
    found: dict[str, str] = field(default_factory=dict)
    """The ids in the path."""
    status: int = 0
    answer: Any = None

    def __repr__(self) -> str:
        return f"<{self.method} {self.path} -> {self.status}>"


async def read(request: web.Request, path: str, at: float) -> Call:
    """Read a request whole: JSON, or multipart with ``payload_json`` and files."""
    token = request.headers.get("Authorization", "").removeprefix("Bot ")
    call = Call(request.method, path, dict(request.query), at, token)
    if request.content_type == "application/json":
        call.body = json.loads(await request.read() or b"null")
    elif request.content_type.startswith("multipart/"):
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            content = bytes(await part.read())
            if part.name == "payload_json":
                call.body = json.loads(content)
            elif number := re.fullmatch(r"files\[(\d+)\]", part.name or ""):
                call.files[number[1]] = (part.filename or "unknown", content)
    return call


Answerer = Callable[["LoopbackDiscord", Call], Awaitable[Json | list[Json] | None]]


class Routes:
    """Methods and paths, and the function that answers each; ``None`` is 204."""

    def __init__(self) -> None:
        self._table: list[tuple[str, re.Pattern[str], Answerer]] = []

    def at(self, method: str, path: str) -> Callable[[Answerer], Answerer]:
        """Enter a function for a path such as ``/channels/{channel}/messages``."""
        pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))

        def entered(answerer: Answerer) -> Answerer:
            self._table.append((method, pattern, answerer))
            return answerer

        return entered

    def find(self, call: Call) -> Answerer | None:
        """Return who answers a call, and enter into it the ids in its path."""
        for method, pattern, answerer in self._table:
            if method == call.method and (found := pattern.fullmatch(call.path)):
                call.found = found.groupdict()
                return answerer
        return None
