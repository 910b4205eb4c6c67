"""The bot as a process: how it ends in good order, and how it goes on after it was killed."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.bot.arxived import RESNET, RESNET_TITLE, Gate, arxiv, group, mina, tom
from tests.bot.process import READY, Process, on, started, surroundings, told
from tests.loopback.arxiv import LoopbackArxiv, Reply
from tests.loopback.discord import ANSWERS, Guild, LoopbackDiscord, Member

__all__ = ["arxiv", "group", "mina", "tom"]
IN_A_HURRY = {"SEMINAR_STOP_WITHIN_S": "3"}


@asynccontextmanager
async def fetching(
    loopback: LoopbackDiscord, gate: Gate, mina: Member, folder: Path, environment: dict[str, str]
) -> AsyncIterator[Process]:
    """A bot that stands before a gate with a paper it was asked to add."""
    async with started(environment=environment, folder=folder) as process:
        await process.until(READY)
        await mina.slash("paper add", ids=RESNET)
        await loopback.until(gate.reached.is_set, 15.0)
        yield process


async def test_a_token_that_is_reset_while_the_bot_runs_ends_it(
    loopback: LoopbackDiscord, group: Guild, tmp_path: Path
) -> None:
    env = surroundings(loopback, tmp_path)
    async with started(environment=env, folder=tmp_path) as process:
        await process.until(READY)
        loopback.gateway.drop(4004)
        assert await process.ended() == 1
        assert told(process)[-1].startswith("The Discord token was refused")


@pytest.mark.slow
async def test_a_bot_that_loses_its_token_ends_though_a_paper_is_still_fetched(
    loopback: LoopbackDiscord, arxiv: LoopbackArxiv, mina: Member, tmp_path: Path
) -> None:
    env = on(loopback, tmp_path, arxiv, **IN_A_HURRY)
    async with fetching(loopback, Gate(arxiv, RESNET), mina, tmp_path, env) as process:
        loopback.gateway.drop(4004)
        assert await process.ended(within_s=20.0) == 1
        assert told(process)[-1].startswith("The Discord token was refused")
        assert "Traceback" not in process.output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_the_bot_in_good_order(
    loopback: LoopbackDiscord, group: Guild, tmp_path: Path, number: signal.Signals
) -> None:
    async with started(environment=surroundings(loopback, tmp_path), folder=tmp_path) as process:
        await process.until(READY)
        process.tell(number)
        process.tell(number)
        assert await process.ended(within_s=10.0) == 0
        assert told(process) == []
        assert "closed the connection to Discord" in process.output


async def test_a_signal_during_the_login_ends_the_bot_without_a_word(loopback: LoopbackDiscord, tmp_path: Path) -> None:
    gate = loopback.faults.hold("GET", "/users/@me")
    async with started(environment=surroundings(loopback, tmp_path), folder=tmp_path) as process:
        await loopback.until(lambda: loopback.requests_to("GET", "/users/@me"), 20.0)
        process.tell(signal.SIGTERM)
        assert await process.ended(within_s=20.0) == 0
        assert told(process) == []
        gate.set()


async def test_a_stop_waits_for_an_answer_that_is_on_its_way(
    loopback: LoopbackDiscord, group: Guild, tmp_path: Path
) -> None:
    tom = group.add_member("Tom")
    async with started(environment=surroundings(loopback, tmp_path), folder=tmp_path) as process:
        await process.until(READY)
        await (await tom.slash("paper list")).settled()
        gate = loopback.faults.hold("PATCH", ANSWERS)
        asked = await tom.slash("ask", question="what is a residual block")
        await loopback.until(lambda: loopback.requests_to("PATCH", rf"/webhooks/\d+/{asked.token}/.*"), 15.0)
        process.tell(signal.SIGTERM)
        await process.until("stopping")
        gate.set()
        await asked.settled("residual")
        assert await process.ended(within_s=10.0) == 0


async def test_a_stop_waits_for_every_welcome_that_is_on_its_way(
    loopback: LoopbackDiscord, group: Guild, tmp_path: Path
) -> None:
    other = loopback.add_guild("Another group", channels=["general"])
    gate = loopback.faults.hold("POST", r"/channels/\d+/messages")
    async with started(environment=surroundings(loopback, tmp_path), folder=tmp_path) as process:
        await process.until(READY)
        await loopback.until(lambda: loopback.requests_to("POST", r"/channels/\d+/messages"), 15.0)
        process.tell(signal.SIGTERM)
        await process.until("stopping")
        gate.set()
        assert await process.ended(within_s=10.0) == 0
        assert told(process) == []
    for guild in (group, other):
        assert len(guild.channel("general").said_by(loopback.bot_user)) == 1


async def test_a_stop_waits_for_the_paper_that_is_read_and_tells_it(
    loopback: LoopbackDiscord, arxiv: LoopbackArxiv, mina: Member, tmp_path: Path
) -> None:
    gate = Gate(arxiv, RESNET)
    async with started(environment=on(loopback, tmp_path, arxiv), folder=tmp_path) as process:
        await process.until(READY)
        first = await mina.slash("paper add", ids="2001.00001")  # the reader has started: a busy machine takes long to
        await first.settled("added", timeout=30.0)
        added = await mina.slash("paper add", ids=RESNET)
        await loopback.until(gate.reached.is_set, 15.0)
        process.tell(signal.SIGTERM)
        await process.until("stopping")
        gate.open()
        await added.settled("added", timeout=15.0)
        assert await process.ended(within_s=15.0) == 0
        assert told(process) == []


@pytest.mark.slow
async def test_a_stop_does_not_wait_for_ever_and_the_next_start_goes_on(
    loopback: LoopbackDiscord, arxiv: LoopbackArxiv, mina: Member, tmp_path: Path
) -> None:
    gate = Gate(arxiv, RESNET)
    environment = on(loopback, tmp_path, arxiv, **IN_A_HURRY)
    async with fetching(loopback, gate, mina, tmp_path, environment) as process:
        process.tell(signal.SIGTERM)
        assert await process.ended(within_s=20.0) == 0
        assert told(process) == []
        assert "Traceback" not in process.output
    gate.open()
    general = mina.guild.channel("general")
    async with started(environment=environment, folder=tmp_path) as process:
        await loopback.until(lambda: any(RESNET_TITLE in m.text for m in general.said_by(loopback.bot_user)), 30.0)
        process.tell(signal.SIGTERM)
        assert await process.ended() == 0


@pytest.mark.slow
async def test_a_stop_does_not_wait_for_arxiv_to_be_in_the_mood(
    loopback: LoopbackDiscord, arxiv: LoopbackArxiv, mina: Member, tom: Member, tmp_path: Path
) -> None:
    arxiv.always("/api/query", Reply(429, headers={"Retry-After": "60"}))
    env = on(loopback, tmp_path, arxiv, SEMINAR_ARXIV_RETRIES="4", **IN_A_HURRY)
    async with started(environment=env, folder=tmp_path) as process:
        await process.until(READY)
        await mina.slash("paper add", ids=RESNET)
        await tom.slash("paper search", words="residual")
        await loopback.until(lambda: len(arxiv.requests) >= 1, 15.0)
        process.tell(signal.SIGTERM)
        assert await process.ended(within_s=20.0) == 0
        assert told(process) == []


@pytest.mark.slow
async def test_a_killed_bot_goes_on_where_it_was(
    loopback: LoopbackDiscord, arxiv: LoopbackArxiv, mina: Member, tmp_path: Path
) -> None:
    gate = Gate(arxiv, RESNET)
    environment = on(loopback, tmp_path, arxiv)
    async with started(environment=environment, folder=tmp_path) as process:
        await process.until(READY)
        await mina.slash("paper add", ids=f"2001.00001 {RESNET} 2001.00002")
        await loopback.until(gate.reached.is_set, 15.0)
        process.tell(signal.SIGKILL)
        assert await process.ended() == -signal.SIGKILL
    loopback.gateway.forget()
    gate.open()
    general = mina.guild.channel("general")

    def results() -> list[str]:
        return [m.text for m in general.said_by(loopback.bot_user) if m.exchange is None and RESNET_TITLE in m.text]

    for _ in range(2):
        async with started(environment=environment, folder=tmp_path) as process:
            await process.until(READY)
            await loopback.until(results, 30.0)
            process.tell(signal.SIGTERM)
            assert await process.ended() == 0
    [result] = results()
    assert result.startswith(f"<@{mina.id}>\n")
    assert [result.count(title) for title in ("Ordinary paper 1", RESNET_TITLE, "Ordinary paper 2")] == [1, 1, 1]
