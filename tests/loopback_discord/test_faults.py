"""What goes wrong on purpose: the gateway, the answers, the permissions, the times."""

from __future__ import annotations

import json
import time

import aiohttp
import discord
import pytest

from tests.loopback.discord import ANSWERS, CALLBACK, CHANNEL_MESSAGES, LoopbackDiscord, Member
from tests.loopback_discord.small_bot import SmallBot


@pytest.fixture
def mina(loopback: LoopbackDiscord) -> Member:
    return loopback.add_guild("Study group", channels=["papers", "chat"]).add_member("Mina")


async def test_a_dropped_gateway_is_resumed_during_an_answer_and_missed_events_come_later(
    loopback: LoopbackDiscord, mina: Member
) -> None:
    bot = SmallBot()
    async with loopback.running(bot):
        loopback.faults.after("POST", CALLBACK, loopback.gateway.drop)
        asked = await (await mina.slash("slow")).acknowledged()
        await loopback.until(lambda: loopback.gateway.session and loopback.gateway.session.socket is None)
        missed = await mina.slash("ask", question="meanwhile?")
        await missed.settled("meanwhile")
        bot.gate.set()
        await asked.settled("at last")
        await loopback.until(lambda: bot.happened == ["resumed"])
    assert (loopback.gateway.identified, loopback.gateway.resumed) == (1, 1)
    assert len(asked.edits) == 2


@pytest.mark.parametrize("how", ["asked", "closed", "invalid, resumable"])
async def test_a_bot_reconnects_and_resumes_when_told(how: str, loopback: LoopbackDiscord, mina: Member) -> None:
    gateway = loopback.gateway
    async with loopback.running(SmallBot()):
        if how == "asked":
            gateway.ask_to_reconnect()
        elif how == "closed":
            gateway.drop(4000)
        else:
            gateway.invalidate(resumable=True)
        await loopback.until(lambda: gateway.resumed == 1)
        await (await mina.slash("ask", question="still there?")).settled("still")
    assert gateway.identified == 1


@pytest.mark.parametrize("how", ["told", "forgotten"])
async def test_a_bot_identifies_anew_when_its_session_is_invalid(
    how: str, loopback: LoopbackDiscord, mina: Member
) -> None:
    bot = SmallBot()
    async with loopback.running(bot):
        asked = await (await mina.slash("slow")).acknowledged()
        (loopback.gateway.invalidate if how == "told" else loopback.gateway.forget)()
        await loopback.until(lambda: loopback.gateway.identified == 2)
        bot.gate.set()
        await asked.settled("at last")
        await (await mina.slash("ask", question="still there?")).settled("still")
    assert loopback.gateway.resumed == 0
    assert bot.happened == []


async def test_heartbeats_are_counted_and_a_blocked_loop_shows(loopback: LoopbackDiscord) -> None:
    loopback.gateway.heartbeat_interval_ms = 50
    async with loopback.running(SmallBot()):
        await loopback.until(lambda: loopback.gateway.beats >= 4)
        beats = loopback.gateway.beats
        time.sleep(0.4)  # this is the fault
        await loopback.until(lambda: loopback.gateway.beats > beats)
        seen_s = loopback.gateway.longest_gap_s
    assert 0.35 < seen_s <= loopback.gateway.longest_gap_s


@pytest.mark.parametrize(
    ("token", "intents", "code"), [("wrong", 1, 4004), ("loopback.token.0123456789", 1 << 15, 4014)]
)
async def test_the_gateway_refuses_wrong_tokens_and_intents_that_are_switched_off(
    token: str, intents: int, code: int, loopback: LoopbackDiscord
) -> None:
    async with aiohttp.ClientSession() as web, web.ws_connect(loopback.gateway_url) as socket:
        assert (await socket.receive_json())["op"] == 10
        await socket.send_json({"op": 2, "d": {"token": token, "intents": intents}})
        await socket.receive()
        assert socket.close_code == code
    assert loopback.gateway.closed_with == [code]


async def test_a_bot_that_asks_for_a_switched_off_intent_gets_to_know_it(loopback: LoopbackDiscord) -> None:
    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with loopback.running(SmallBot(content=True)):
            raise AssertionError


async def test_a_rate_limit_is_waited_out(loopback: LoopbackDiscord, mina: Member) -> None:
    async with loopback.running(SmallBot()):
        loopback.faults.rate_limit("POST", CHANNEL_MESSAGES, retry_after=0.05)
        loopback.faults.rate_limit("PATCH", ANSWERS, retry_after=0.05)
        await (await mina.slash("plain")).settled("sent")
        await (await mina.slash("ask", question="why?")).settled("why")
    assert [call.status for call in loopback.requests_to("POST", CHANNEL_MESSAGES)] == [429, 200]
    assert [call.status for call in loopback.requests_to("PATCH", ANSWERS)] == [429, 200, 200]


async def test_errors_of_the_server_reach_the_bot(loopback: LoopbackDiscord, mina: Member) -> None:
    async with loopback.running(SmallBot()):
        loopback.faults.fail("POST", CHANNEL_MESSAGES)
        await (await mina.slash("plain")).settled("DiscordServerError")
        loopback.faults.fail("POST", CHANNEL_MESSAGES, status=500)  # discord.py tries again after a second
        await (await mina.slash("plain")).settled("sent")
    assert [call.status for call in loopback.requests_to("POST", CHANNEL_MESSAGES)] == [503, 500, 200]


async def test_an_answer_can_be_lost_after_the_deed_and_before_it(loopback: LoopbackDiscord, mina: Member) -> None:
    papers = mina.guild.channel("papers")
    async with loopback.running(SmallBot()):
        loopback.faults.cut("POST", CHANNEL_MESSAGES)
        with_error = await mina.slash("plain")
        await loopback.until(lambda: loopback.requests_to("POST", CHANNEL_MESSAGES))
        assert [m.text for m in papers.visible if m.text == "a normal message"] == []
        loopback.faults.lose_answer("POST", CHANNEL_MESSAGES)
        await mina.slash("plain")
        await loopback.until(lambda: any(m.text == "a normal message" for m in papers.visible))
    assert with_error.thinking


async def test_answers_can_be_slow_and_held_back(loopback: LoopbackDiscord, mina: Member) -> None:
    async with loopback.running(SmallBot()):
        loopback.faults.slow("POST", CALLBACK, seconds=0.05)
        gate = loopback.faults.hold("PATCH", ANSWERS)
        asked = await (await mina.slash("ask", question="why?")).acknowledged()
        await loopback.until(lambda: loopback.requests_to("PATCH", ANSWERS))
        assert asked.thinking
        gate.set()
        await asked.settled("why")
    callback = loopback.requests_to("POST", CALLBACK)[0]
    assert loopback.requests_to("PATCH", ANSWERS)[0].at - callback.at >= 0.05


async def test_a_token_dies_after_fifteen_minutes(loopback: LoopbackDiscord, mina: Member) -> None:
    bot = SmallBot()
    async with loopback.running(bot):
        asked = await (await mina.slash("slow")).acknowledged()
        loopback.clock.pass_time(minutes=16)
        bot.gate.set()
        await loopback.until(lambda: loopback.requests_to("PATCH", ANSWERS))
        await loopback.until(lambda: loopback.requests_to("PATCH", ANSWERS)[0].status)
    refused = loopback.requests_to("PATCH", ANSWERS)[0]
    assert (refused.status, refused.answer["code"]) == (401, 50027)
    assert asked.thinking


async def test_an_interaction_is_unknown_after_three_seconds(loopback: LoopbackDiscord, mina: Member) -> None:
    async with loopback.running(SmallBot()):
        gate = loopback.faults.hold("POST", CALLBACK)
        await mina.slash("tell")
        await loopback.until(lambda: loopback.requests_to("POST", CALLBACK))
        loopback.clock.pass_time(seconds=4)
        gate.set()
        await loopback.until(lambda: loopback.requests_to("POST", CALLBACK)[0].status)
    late = loopback.requests_to("POST", CALLBACK)[0]
    assert (late.status, late.answer["code"]) == (404, 10062)


async def test_an_interaction_is_answered_once(loopback: LoopbackDiscord, mina: Member) -> None:
    loopback.checks.mentions_allowed = True
    async with loopback.running(SmallBot()):
        await (await mina.slash("twice")).settled("refused: 40060")


@pytest.mark.parametrize(("denied", "code"), [("send_messages", 50013), ("view_channel", 50001)])
async def test_a_bot_without_permission_is_told_so_but_answers_commands(
    denied: str, code: int, loopback: LoopbackDiscord, mina: Member
) -> None:
    mina.guild.channel("papers").deny(loopback.bot_user, **{denied: True})
    async with loopback.running(SmallBot()):
        await (await mina.slash("plain")).settled(f"Forbidden {code}")


async def test_frames_tell_what_the_bot_may_do(loopback: LoopbackDiscord, mina: Member) -> None:
    mina.guild.channel("papers").deny(loopback.bot_user, create_public_threads=True)
    async with loopback.running(SmallBot()):
        await mina.slash("tell")
        assert loopback.gateway.session is not None
        interaction = json.loads(loopback.gateway.session.sent[-1])["d"]
    may = discord.Permissions(int(interaction["app_permissions"]))
    assert may.send_messages
    assert not may.create_public_threads
