"""Adds, from the command to their results: carried out one after the other, told to whoever waits, posted otherwise."""

from __future__ import annotations

import asyncio
import itertools
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import discord

from bot.desk import Desk
from bot.errors import DISCORD_ERRORS
from bot.lanes import told_in
from bot.render.papers import added_reply
from bot.replying import headed, post
from rag.errors import SeminarError
from rag.intake.results import AddResult, AddStatus, Ended, Step
from rag.wording import counted

log = logging.getLogger(__name__)

Heard = Callable[[Step], None]
Results = dict[int, "asyncio.Future[AddResult]"]
"""What will come of each job, in the order they were queued."""

POLL_S = 5.0
"""How soon an add of the command line is seen."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an add was asked for; kept with its job until it was told, so that a restart does not lose it.

    Ids as decimal strings.
    """

    channel: str
    person: str

    def __str__(self) -> str:
        return f"discord:{self.channel}:{self.person}"

    @classmethod
    def read(cls, text: str) -> Origin | None:
        """Return what a job's origin says; None for jobs of the command line."""
        kind, _, rest = text.partition(":")
        channel, _, person = rest.partition(":")
        return cls(channel, person) if kind == "discord" and channel.isdecimal() and person.isdecimal() else None


def asked_by(origin: str) -> str:
    """Return the id of the person in a job's origin; "" where it names none."""
    asked = Origin.read(origin)
    return "" if asked is None else asked.person


@dataclass(eq=False, slots=True)
class _Watch:
    """Somebody who waits for a job. ``origin`` is known when it has ended."""

    heard: Heard
    origin: str = ""
    result: asyncio.Future[AddResult] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Adding:
    """Carries out what is queued: by commands here, by the command line, or before a restart.

    A result is told once: by whoever watches its job, else in the channel where it was asked for, when all is done.
    ``stopping`` is set when the bot is to end; then no further paper is begun.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        channel: Callable[[int], discord.abc.Messageable],
        mention_of: Callable[[str], str],
        stopping: threading.Event,
    ) -> None:
        self._desk = desk
        self._channel = channel
        self._mention_of = mention_of
        self._stopping = stopping
        self._watches: dict[int, _Watch] = {}
        self._unheard: dict[int, Ended] = {}
        self._missed: dict[int, Step] = {}
        """The last step of jobs that were begun before we knew their numbers."""
        self._queueing = 0
        self._looked_back = False
        self._news = asyncio.Event()
        self._news.set()

    @asynccontextmanager
    async def watched(self, jobs: Awaitable[Sequence[int]], heard: Heard) -> AsyncIterator[Results]:
        """Wait until jobs are written down, and give the futures of their results; ``heard`` is told of each step.

        What was not told (:meth:`telling`) when the block ends is told in its channel. Raises what writing them raises.
        """
        results = await self._queued(jobs, heard)
        try:
            yield results
        finally:
            self._let_go(results)

    @asynccontextmanager
    async def telling(self, results: Results) -> AsyncIterator[None]:
        """Tell these results in the block: nobody else does now, nor after a restart unless the block failed.

        What was put off is left out: its channel hears of it after the next start.
        """
        for job in results:
            self._watches.pop(job, None)
        yield
        await self._told([job for job, result in results.items() if result.result().status is not AddStatus.QUEUED])

    async def carry_out(self) -> None:
        """Wait for news, carry out everything that waits, and tell what nobody watched; called again and again."""
        await self._desk.servers.settled.wait()  # before, the first server could not take over what was local
        with suppress(TimeoutError):  # then look anyway: the command line queues adds too
            await asyncio.wait_for(self._news.wait(), POLL_S)
        self._news.clear()
        if not self._looked_back:
            untold = await self._desk.lanes.look(self._desk.study.untold_adds)
            self._unheard |= {ended.job_id: ended for ended in untold}
            self._looked_back = True
        if await self._worked_off():
            await self._tell_unheard()
        elif not self._stopping.is_set():
            self._news.set()  # somebody else had their turn: go on

    async def _queued(self, jobs: Awaitable[Sequence[int]], heard: Heard) -> Results:
        self._queueing += 1
        try:
            watches = {job: _Watch(heard) for job in await jobs}
        finally:
            self._queueing -= 1
            self._news.set()
        self._watches |= watches
        for job in watches.keys() & self._missed.keys():
            asyncio.get_running_loop().call_soon(heard, self._missed.pop(job))
        if not self._queueing:
            self._missed.clear()
        for job in watches.keys() & self._unheard.keys():  # carried out before we knew their numbers
            ended = self._unheard.pop(job)
            self._finished(job, ended.origin, ended.result)
        if self._stopping.is_set():
            self._put_off(watches)
        return {job: watch.result for job, watch in watches.items()}

    async def _worked_off(self) -> bool:
        """Carry out what waits; say whether nothing is left. Between two papers others may use the lane."""
        loop, asked = asyncio.get_running_loop(), itertools.count()
        left = threading.Event()

        def go_on() -> bool:
            first = next(asked) == 0
            if self._stopping.is_set() or (self._desk.lanes.ingest_wanted and not first):
                left.set()
            return not left.is_set()

        heard, finished = told_in(loop, self._heard), told_in(loop, self._finished)
        await self._desk.lanes.ingest(self._desk.study.carry_out, heard, finished, go_on)
        if self._stopping.is_set():
            self._put_off(self._watches)
        return not left.is_set()

    def _heard(self, step: Step) -> None:
        watch = self._watches.get(step.job_id)
        if watch is not None:
            watch.heard(step)
        elif self._queueing:
            self._missed[step.job_id] = step

    def _finished(self, job: int, origin: str, result: AddResult) -> None:
        watch = self._watches.get(job)
        if watch is None:
            self._unheard[job] = Ended(job, origin, result)
        elif not watch.result.done():
            watch.origin = origin
            watch.result.set_result(result)

    def _let_go(self, jobs: Collection[int]) -> None:
        """Watch jobs no longer: what came of them is for their channel now."""
        for job in jobs:
            watch = self._watches.pop(job, None)
            if watch is None or not watch.result.done() or watch.result.cancelled():
                continue
            result = watch.result.result()
            if result.status is not AddStatus.QUEUED:
                self._unheard[job] = Ended(job, watch.origin, result)
                self._news.set()

    def _put_off(self, jobs: Collection[int]) -> None:
        """Tell who waits that these are done after the next start."""
        for watch in (self._watches[job] for job in jobs):
            if not watch.result.done():
                watch.result.set_result(AddResult(given="", status=AddStatus.QUEUED))

    async def _tell_unheard(self) -> None:
        """Post results that nobody watched, one message for everything that a person asked for in a channel."""
        if self._queueing:
            return  # one of them may be watched in a moment
        unheard, self._unheard = self._unheard, {}
        by_origin: dict[Origin, list[Ended]] = {}
        for ended in unheard.values():
            asked = Origin.read(ended.origin)
            if asked is not None:
                by_origin.setdefault(asked, []).append(ended)
        for asked, together in by_origin.items():
            if await self._posted(asked, [ended.result for ended in together]):
                await self._told([ended.job_id for ended in together])

    async def _told(self, jobs: Sequence[int]) -> None:
        """Note that these were told. That this cannot be written down is no failure of the person's."""
        try:
            await self._desk.lanes.look(self._desk.study.adds_told, jobs)
        except SeminarError as error:
            log.warning("what came of %s was told, but: %r", counted(len(jobs), "add"), error)

    async def _posted(self, asked: Origin, results: Sequence[AddResult]) -> bool:
        """Post results and say whether they need no telling any more; what failed is tried after the next start."""
        reply = headed(added_reply(results, ask_command=self._mention_of("ask")), f"<@{asked.person}>")
        try:
            await post(self._channel(int(asked.channel)), reply)
        except DISCORD_ERRORS as error:
            log.warning("what came of %s could not be posted: %r", counted(len(results), "add"), error)
            return isinstance(error, discord.NotFound)  # the channel is gone for good
        return True
