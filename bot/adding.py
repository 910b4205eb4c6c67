"""Adds, from the command to their results: carried out one after the other, told to whoever waits, posted otherwise."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import discord

from bot.desk import Desk
from bot.lanes import told_in
from bot.render.papers import added_reply
from bot.replying import headed, post
from rag.intake.results import AddResult, Step

log = logging.getLogger(__name__)

Heard = Callable[[Step], None]

POLL_S = 5.0
"""How soon an add of the command line is seen."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an add was asked for; written into its job, so that a restart does not lose it. Ids as decimal strings."""

    channel: str
    person: str

    def __str__(self) -> str:
        return f"discord:{self.channel}:{self.person}"

    @classmethod
    def read(cls, text: str) -> Origin | None:
        """Return what a job's origin says; None for jobs of the command line."""
        kind, _, rest = text.partition(":")
        channel, _, person = rest.partition(":")
        return cls(channel, person) if kind == "discord" and channel.isdigit() and person.isdigit() else None


@dataclass(eq=False, slots=True)
class _Watch:
    """Somebody who waits for a job."""

    heard: Heard
    result: asyncio.Future[AddResult] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Adding:
    """Carries out what is queued: by commands here, by the command line, or before a restart."""

    def __init__(self, desk: Desk, *, channel: Callable[[int], discord.abc.Messageable]) -> None:
        self._desk = desk
        self._channel = channel
        self._watches: dict[int, _Watch] = {}
        self._queueing = 0
        self._early: dict[int, tuple[str, AddResult]] = {}
        self._posts: set[asyncio.Task[object]] = set()
        self._news = asyncio.Event()

    async def queued(self, jobs: Awaitable[Sequence[int]], heard: Heard) -> dict[int, asyncio.Future[AddResult]]:
        """Wait until jobs are written, and return a future for the result of each; ``heard`` is told of each step.

        Raises what writing them raises.
        """
        self._queueing += 1
        try:
            watches = {job: self._watches.setdefault(job, _Watch(heard)) for job in await jobs}
            self._news.set()
            for job in watches.keys() & self._early.keys():  # carried out before we knew their numbers
                self._finished(job, *self._early.pop(job))
            return {job: watch.result for job, watch in watches.items()}
        finally:
            self._queueing -= 1
            if not self._queueing:
                early, self._early = self._early, {}
                for job, result in early.items():
                    self._finished(job, *result)

    async def carry_out(self) -> None:
        """Carry out everything that waits, then wait for news; called again and again."""
        loop = asyncio.get_running_loop()
        self._news.clear()
        await self._desk.lanes.ingest(
            self._desk.study.carry_out, progress=told_in(loop, self._heard), finished=told_in(loop, self._finished)
        )
        try:
            await asyncio.wait_for(self._news.wait(), POLL_S)
        except TimeoutError:
            return  # look again: the command line queues adds too

    def _heard(self, step: Step) -> None:
        watch = self._watches.get(step.job_id)
        if watch is not None:
            watch.heard(step)

    def _finished(self, job: int, origin: str, result: AddResult) -> None:
        watch = self._watches.pop(job, None)
        if watch is not None and not watch.result.done():
            watch.result.set_result(result)
            return
        if self._queueing:
            self._early[job] = (origin, result)
            return
        asked = Origin.read(origin)
        if asked is None:
            log.info("carried out job %d of the command line: %s", job, result.status)
            return
        posted = asyncio.create_task(self._post(asked, result))
        self._posts.add(posted)
        posted.add_done_callback(self._posts.discard)

    async def _post(self, asked: Origin, result: AddResult) -> None:
        """Tell in its channel what came of an add that was cut off by a restart."""
        try:
            await post(self._channel(int(asked.channel)), headed(added_reply([result]), f"<@{asked.person}>"))
        except discord.HTTPException as error:
            log.warning("the result of an add could not be posted: %r", error)
