"""What goes wrong on purpose: errors, rate limits, slowness, cut connections, and deeds right after a request."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.loopback.discord.calls import Call
from tests.loopback.discord.errors import Json


@dataclass
class Fault:
    """For the next ``times`` requests that match. ``status`` answers in Discord's place; ``wait_s`` comes first."""

    method: str
    path: re.Pattern[str]
    times: int
    status: int = 0
    body: Json | None = None
    headers: dict[str, str] | None = None
    wait_s: float = 0.0
    cut: bool = False
    """Break the connection off instead of an answer, before anything was done."""
    lose: bool = False
    """Do what is asked, then break the connection off."""
    gate: asyncio.Event | None = None
    """Wait for it first."""
    then: Callable[[], Any] | None = None
    """Done when the answer is on its way."""


class Faults:
    """The faults that tests ask for; each is used up by as many requests as it was made for."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def take(self, call: Call) -> list[Fault]:
        """Return the faults that hit a request: all that only wait or look on, and the first that answers."""
        hit: list[Fault] = []
        for fault in self._faults:
            if fault.times > 0 and fault.method in (call.method, "*") and fault.path.fullmatch(call.path):
                answers = bool(fault.status) or fault.cut or fault.lose
                if answers and any(f.status or f.cut or f.lose for f in hit):
                    continue
                fault.times -= 1
                hit.append(fault)
        return hit

    def fail(
        self, method: str, path: str, *, status: int = 503, times: int = 1, code: int = 0, message: str = "Refused"
    ) -> None:
        """Answer an error. discord.py tries 500, 502 and 504 again after 1, 3, 5, 7 s, and gives up at once on 503
        (for webhooks, any 5xx is tried again).
        """
        self._add(method, path, times, status=status, body={"code": code, "message": message})

    def rate_limit(
        self, method: str, path: str, *, retry_after: float, times: int = 1, everywhere: bool = False
    ) -> None:
        """Answer 429 as Discord does: the bot shall come back in so many seconds."""
        headers = {
            "Retry-After": str(max(1, round(retry_after))), "Via": "1.1 google", "X-RateLimit-Remaining": "0",
            "X-RateLimit-Limit": "5", "X-RateLimit-Reset-After": str(retry_after), "X-RateLimit-Bucket": "loopback",
            "X-RateLimit-Scope": "global" if everywhere else "user",
        }  # fmt: skip
        body = {"message": "You are being rate limited.", "retry_after": retry_after, "global": everywhere}
        self._add(method, path, times, status=429, body=body, headers=headers)

    def slow(self, method: str, path: str, *, seconds: float, times: int = 1) -> None:
        """Answer late."""
        self._add(method, path, times, wait_s=seconds)

    def hold(self, method: str, path: str, *, times: int = 1) -> asyncio.Event:
        """Answer only when the event that is returned is set."""
        gate = asyncio.Event()
        self._add(method, path, times, gate=gate)
        return gate

    def cut(self, method: str, path: str, *, times: int = 1) -> None:
        """Break the connection off instead of doing what is asked."""
        self._add(method, path, times, cut=True)

    def lose_answer(self, method: str, path: str, *, times: int = 1) -> None:
        """Do what is asked, but break the connection off before the answer."""
        self._add(method, path, times, lose=True)

    def after(self, method: str, path: str, then: Callable[[], Any], *, times: int = 1) -> None:
        """Do something right after a request was answered: ``after("POST", CALLBACK, discord.gateway.drop)``."""
        self._add(method, path, times, then=then)

    def over(self) -> None:
        """Let nothing go wrong any more."""
        self._faults.clear()

    def _add(self, method: str, path: str, times: int, **more: Any) -> None:
        self._faults.append(Fault(method, re.compile(path), times, **more))
