"""Stages of work: how often they are shown, in which order, and that they cost nothing."""

from __future__ import annotations

import asyncio
import itertools
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest

import bot.stages
from bot.render.limits import EDIT_PACE_S
from bot.stages import Stages, typing


class FakeTime:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.now + seconds, woken))
        await woken

    async def passes(self, seconds: float) -> None:
        self.now += seconds
        for due, woken in self._sleepers:
            if due <= self.now + 1e-9 and not woken.done():
                woken.set_result(None)
        await settle()


async def settle() -> None:
    """Let everything run that can."""
    for _ in range(10):
        await asyncio.sleep(0)


class Shown:
    """A place where stages are shown; each edit may fail, or wait."""

    def __init__(self, time: FakeTime) -> None:
        self.time = time
        self.edits: list[tuple[float, str]] = []
        self.failures: list[BaseException] = []
        self.tried = 0
        self.gate: asyncio.Event | None = None

    async def __call__(self, text: str) -> None:
        self.tried += 1
        if self.gate is not None:
            await self.gate.wait()
        if self.failures:
            raise self.failures.pop(0)
        self.edits.append((self.time.now, text))

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.edits]


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def shown(time: FakeTime) -> Shown:
    return Shown(time)


def refusal(status: int, code: int) -> discord.HTTPException:
    kinds = {404: discord.NotFound, 403: discord.Forbidden, 500: discord.DiscordServerError}
    response: Any = SimpleNamespace(status=status, reason="Refused")
    return kinds.get(status, discord.HTTPException)(response, {"code": code, "message": "Refused"})


async def test_what_is_quick_shows_no_stage(time: FakeTime, shown: Shown) -> None:
    async with Stages(shown, sleep=time.sleep) as stages:
        stages.say("Searching")
        await settle()
        await time.passes(EDIT_PACE_S - 0.01)
    await time.passes(100)
    assert shown.edits == []


async def test_the_latest_stage_wins_and_edits_keep_their_pace(time: FakeTime, shown: Shown) -> None:
    async with Stages(shown, sleep=time.sleep) as stages:
        await settle()
        for tenth in range(60):
            stages.say(f"stage {tenth}")
            await time.passes(0.1)
    times = [at for at, _ in shown.edits]
    assert len(times) == 5
    assert all(later - earlier >= EDIT_PACE_S - 1e-6 for earlier, later in itertools.pairwise(times))
    assert shown.texts[0] == "stage 11"


async def test_a_stage_is_shown_once(time: FakeTime, shown: Shown) -> None:
    async with Stages(shown, sleep=time.sleep) as stages:
        for _ in range(5):
            stages.say("Searching")
            await settle()
            await time.passes(EDIT_PACE_S)
    assert shown.texts == ["Searching"]


async def test_nothing_is_shown_after_the_end(time: FakeTime, shown: Shown) -> None:
    async with Stages(shown, sleep=time.sleep) as stages:
        await settle()
        await time.passes(EDIT_PACE_S)
    stages.say("late")
    await time.passes(100)
    assert shown.edits == []


async def test_an_edit_on_its_way_is_waited_for_so_that_it_does_not_come_after_the_answer(
    time: FakeTime, shown: Shown
) -> None:
    shown.gate = asyncio.Event()
    order = []
    async with Stages(shown, sleep=time.sleep) as stages:
        stages.say("Searching")
        await settle()
        await time.passes(EDIT_PACE_S)
        assert shown.tried == 1
        asyncio.get_running_loop().call_later(0.02, shown.gate.set)
    order += [*shown.texts, "answer"]
    assert order == ["Searching", "answer"]


async def test_an_edit_that_hangs_holds_the_answer_up_for_a_moment_only(
    time: FakeTime, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.stages, "LAST_EDIT_S", 0.05)
    shown.gate = asyncio.Event()
    async with asyncio.timeout(2), Stages(shown, sleep=time.sleep) as stages:
        stages.say("Searching")
        await settle()
        await time.passes(EDIT_PACE_S)
    shown.gate.set()
    await settle()
    assert (shown.tried, shown.edits) == (1, [])


@pytest.mark.parametrize(
    "failure",
    [
        refusal(500, 0),
        refusal(429, 0),
        refusal(403, 50013),
        aiohttp.ServerDisconnectedError(),
        OSError(),
        TimeoutError(),
    ],
    ids=repr,
)
async def test_a_stage_that_cannot_be_shown_is_no_matter(failure: BaseException, time: FakeTime, shown: Shown) -> None:
    shown.failures.append(failure)
    async with Stages(shown, sleep=time.sleep) as stages:
        for text in ("first", "second"):
            stages.say(text)
            await settle()
            await time.passes(EDIT_PACE_S)
    assert (shown.tried, shown.texts) == (2, ["second"])


@pytest.mark.parametrize("refused", [refusal(404, 10008), refusal(401, 50027)], ids=repr)
async def test_stages_end_where_there_is_no_place_for_them(
    refused: BaseException, time: FakeTime, shown: Shown
) -> None:
    shown.failures.append(refused)
    async with Stages(shown, sleep=time.sleep) as stages:
        for text in ("first", "second", "third"):
            stages.say(text)
            await settle()
            await time.passes(EDIT_PACE_S)
    assert shown.tried == 1


async def test_what_goes_wrong_in_the_work_goes_on_going_wrong(time: FakeTime, shown: Shown) -> None:
    with pytest.raises(KeyError):
        async with Stages(shown, sleep=time.sleep):
            raise KeyError


async def test_work_that_is_cancelled_is_cancelled(time: FakeTime, shown: Shown) -> None:
    async def work() -> None:
        async with Stages(shown, sleep=time.sleep):
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await settle()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


class Channel:
    """Shows typing, or refuses to."""

    def __init__(self, refuses: BaseException | None = None) -> None:
        self.refuses = refuses
        self.types = False

    def typing(self) -> Channel:
        return self

    async def __aenter__(self) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.types = True

    async def __aexit__(self, *_: object) -> None:
        self.types = False


async def test_typing_is_shown_while_the_work_takes_and_no_longer() -> None:
    channel: Any = Channel()
    async with typing(channel):
        await settle()
        assert channel.types
    assert not channel.types


@pytest.mark.parametrize("failure", [refusal(403, 50013), refusal(500, 0), aiohttp.ServerDisconnectedError()], ids=repr)
async def test_typing_that_cannot_be_shown_is_no_matter(failure: BaseException) -> None:
    channel: Any = Channel(failure)
    async with typing(channel):
        await settle()
    assert not channel.types
