"""Adds between being asked for and being told: together, for long, over kills and stops; each is told once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

import pytest

from bot.adding import Origin, asked_by
from bot.app import SeminarBot
from rag.settings import Settings
from rag.study import Study
from rag.wiring import build
from tests.bot.arxived import BATCHNORM, BATCHNORM_TITLE, RESNET, RESNET_TITLE, Gate, arxiv, group, mina, on, tom
from tests.bot.conftest import Start
from tests.conftest import NOW
from tests.loopback.arxiv import LoopbackArxiv
from tests.loopback.discord import ANSWERS, CHANNEL_MESSAGES, Guild, LoopbackDiscord, Member, Message
from tests.loopback.discord.fixtures import no_backoff

__all__ = ["arxiv", "group", "mina", "no_backoff", "tom"]

WITH_NAME = re.compile(r"<@(\d+)>")


def posts(group: Guild, member: Member) -> list[Message]:
    """Return the bot's own messages that name a person, in any channel."""
    written = [message for channel in group.channels.values() for message in channel.said_by(group.discord.bot_user)]
    return [message for message in written if message.exchange is None and f"<@{member.id}>" in message.text]


def origins(study: Study) -> list[str]:
    with study.library._reading() as connection:
        kept = connection.exec_driver_sql("select json_extract(request, '$.origin') from jobs").scalars()
        return [origin for origin in kept if origin]


async def stopped(bot: SeminarBot) -> None:
    """Stop a bot as SIGTERM does, and wait until it has closed."""
    bot.spawn_close()
    assert bot._closing is not None
    await asyncio.wait_for(bot._closing, 15.0)


@pytest.mark.parametrize(
    "text",
    ["", "discord", "discord:", "discord:1", "discord:1:", "discord::1", "discord:a:1", "cli:1:2", "discord:²:1"],
)
def test_what_is_no_origin_of_ours_names_nobody(text: str) -> None:
    assert Origin.read(text) is None
    assert asked_by(text) == ""


def test_an_origin_is_read_as_it_was_written() -> None:
    assert Origin.read(str(Origin("12", "34"))) == Origin("12", "34")
    assert asked_by(str(Origin("12", "34"))) == "34"


async def test_two_people_add_the_same_paper_at_once_and_both_are_told(
    start: Start, loopback: LoopbackDiscord, arxiv: LoopbackArxiv, group: Guild, mina: Member
) -> None:
    ada = group.add_member("Ada", permissions=mina.roles[0].permissions)
    gate = Gate(arxiv, RESNET)
    async with start(core=on(arxiv)) as bot:
        first = await mina.slash("paper add", ids=RESNET)
        await loopback.until(gate.reached.is_set)
        second = await ada.slash("paper add", ids=RESNET, channel=group.channel("papers"))
        await second.acknowledged()
        gate.open()
        await first.settled("added")
        await second.settled("was here already")
        assert len(bot.desk.study.papers(group.id)) == 1
    assert sum(seen.path.startswith("/pdf/") for seen in arxiv.requests) == 1


async def test_two_servers_add_the_same_paper_at_once_and_it_is_fetched_once(
    start: Start, loopback: LoopbackDiscord, arxiv: LoopbackArxiv, mina: Member
) -> None:
    others = loopback.add_guild("Others")
    zoe = others.add_member("Zoe", permissions=mina.roles[0].permissions)
    gate = Gate(arxiv, RESNET)
    async with start(core=on(arxiv)):
        first = await mina.slash("paper add", ids=RESNET)
        await loopback.until(gate.reached.is_set)
        second = await zoe.slash("paper add", ids=RESNET)
        await second.acknowledged()
        gate.open()
        await first.settled("added")
        await second.settled("added")
    assert sum(seen.path.startswith("/pdf/") for seen in arxiv.requests) == 1


async def test_who_asked_is_known_until_they_were_told(
    start: Start, loopback: LoopbackDiscord, arxiv: LoopbackArxiv, mina: Member
) -> None:
    gate = Gate(arxiv, RESNET)
    async with start(core=on(arxiv)) as bot:
        added = await mina.slash("paper add", ids=RESNET)
        await loopback.until(gate.reached.is_set)
        assert origins(bot.desk.study) == [f"discord:{added.channel.id}:{mina.id}"]
        gate.open()
        await added.settled("added")
        await loopback.until(lambda: origins(bot.desk.study) == [])


async def test_an_add_that_outlives_its_interaction_is_told_in_the_channel_once(
    start: Start, loopback: LoopbackDiscord, arxiv: LoopbackArxiv, group: Guild, mina: Member
) -> None:
    """Discord's clock is ahead of the bot's: the bot hears of it when it tries to answer."""
    gate = Gate(arxiv, RESNET)
    async with start(core=on(arxiv)) as bot:
        await mina.slash("paper add", ids=f"{BATCHNORM} {RESNET}", channel=group.channel("papers"))
        await loopback.until(gate.reached.is_set)
        loopback.clock.pass_time(minutes=16)
        gate.open()
        await loopback.until(lambda: posts(group, mina), 10.0)
        await loopback.until(lambda: origins(bot.desk.study) == [])
    [message] = posts(group, mina)
    assert message.channel is group.channel("papers")
    assert message.text.startswith(f"<@{mina.id}>\n- **{BATCHNORM_TITLE}**")
    assert RESNET_TITLE in message.text
    async with start(core=on(arxiv)) as again:
        await again.desk.lanes.ingest(lambda: None)
        assert again.desk.study.untold_adds() == ()
    assert len(posts(group, mina)) == 1


async def test_an_add_that_takes_long_says_so_and_is_told_in_the_channel_once(
    start: Start,
    loopback: LoopbackDiscord,
    arxiv: LoopbackArxiv,
    group: Guild,
    mina: Member,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Fourteen minutes are a number; here it is another."""
    monkeypatch.setattr("bot.cogs.paper.PATIENCE_S", 0.2)
    gate = Gate(arxiv, RESNET)
    async with start(core=on(arxiv)) as bot:
        added = await mina.slash("paper add", ids=f"{BATCHNORM} {RESNET} 2001.00001")
        await added.settled("This takes long. I go on, and tell you here in a message of its own")
        assert posts(group, mina) == []
        gate.open()
        await loopback.until(lambda: posts(group, mina), 10.0)
        [message] = posts(group, mina)
        assert [title in message.text for title in (BATCHNORM_TITLE, RESNET_TITLE, "Ordinary paper 1")] == [True] * 3
        await loopback.until(lambda: origins(bot.desk.study) == [])
        assert added.text.startswith("This takes long.")


async def test_who_deletes_the_progress_is_told_nothing_and_the_paper_is_there(
    start: Start, loopback: LoopbackDiscord, arxiv: LoopbackArxiv, group: Guild, mina: Member
) -> None:
    gate = Gate(arxiv, RESNET)
    async with start(core=on(arxiv)) as bot:
        added = await mina.slash("paper add", ids=RESNET)
        await loopback.until(gate.reached.is_set)
        mina.deletes(added.message)
        gate.open()
        await loopback.until(lambda: bot.desk.study.papers(group.id), 10.0)
        await loopback.until(lambda: origins(bot.desk.study) == [], 10.0)
    assert posts(group, mina) == []


async def test_what_cannot_be_shown_is_posted(
    start: Start, loopback: LoopbackDiscord, arxiv: LoopbackArxiv, group: Guild, mina: Member
) -> None:
    loopback.faults.fail("PATCH", ANSWERS, status=403, code=50027, times=3)
    async with start(core=on(arxiv)):
        await mina.slash("paper add", ids=RESNET)
        await loopback.until(lambda: posts(group, mina), 10.0)
    assert len(posts(group, mina)) == 1


@pytest.mark.usefixtures("no_backoff")
async def test_what_came_of_an_add_is_told_after_the_restart_when_discord_took_nothing(
    start: Start, loopback: LoopbackDiscord, arxiv: LoopbackArxiv, group: Guild, mina: Member
) -> None:
    loopback.faults.fail("PATCH", ANSWERS, times=100)
    loopback.faults.fail("POST", CHANNEL_MESSAGES, times=100)
    async with start(core=on(arxiv)) as bot:
        added = await mina.slash("paper add", ids=RESNET)
        await loopback.until(lambda: any("Reference" in message.text for message in added.messages), 15.0)
        assert [ended.result.title for ended in bot.desk.study.untold_adds()] == [RESNET_TITLE]
        await bot.desk.lanes.ingest(lambda: None)
        assert posts(group, mina) == []
    loopback.faults.over()
    for _ in range(2):
        async with start(core=on(arxiv)) as bot:
            await loopback.until(lambda: posts(group, mina), 10.0)
            await loopback.until(lambda: not bot.desk.study.untold_adds())
    [message] = posts(group, mina)
    assert f"**{RESNET_TITLE}**" in message.text


@pytest.mark.usefixtures("no_backoff")
async def test_what_a_channel_did_not_take_is_posted_after_the_next_start(
    start: Start,
    loopback: LoopbackDiscord,
    arxiv: LoopbackArxiv,
    group: Guild,
    mina: Member,
    settings_for: Callable[..., Settings],
) -> None:
    first = build(settings_for(**on(arxiv)), clock=lambda: NOW)
    first.enqueue([RESNET], guild=group.id, origin=str(Origin(group.channel("papers").id, mina.id)))
    first.close()
    loopback.faults.fail("POST", rf"/channels/{group.channel('papers').id}/messages", times=100)
    async with start(core=on(arxiv)) as bot:
        await loopback.until(bot.desk.study.untold_adds, 15.0)
        await loopback.until(lambda: loopback.requests_to("POST", rf"/channels/{group.channel('papers').id}/messages"))
    loopback.faults.over()
    for _ in range(2):
        async with start(core=on(arxiv)) as bot:
            await loopback.until(lambda: not bot.desk.study.untold_adds(), 10.0)
    assert len(posts(group, mina)) == 1


async def test_an_add_that_a_kill_cut_off_is_done_after_the_restart_and_told_in_its_channel_once(
    start: Start,
    loopback: LoopbackDiscord,
    arxiv: LoopbackArxiv,
    group: Guild,
    mina: Member,
    settings_for: Callable[..., Settings],
) -> None:
    """The first of three was done and not told, the second under way, the third waiting; one more asked elsewhere."""
    papers = group.channel("papers")
    first = build(settings_for(**on(arxiv)), clock=lambda: NOW)
    origin = str(Origin(papers.id, mina.id))
    jobs = first.enqueue([BATCHNORM, RESNET, "2001.00001"], guild=group.id, origin=origin)
    first.enqueue(["2001.00002"], guild=group.id, origin=str(Origin(group.channel("general").id, mina.id)))
    first.carry_out(go_on=lambda: first.library.job(jobs[0]).status == "queued")  # type: ignore[union-attr]
    first.library.take_job(jobs[1], now=NOW)
    first.close()

    async with start(core=on(arxiv)) as bot:
        await loopback.until(lambda: len(posts(group, mina)) == 2, 15.0)
        [told] = [message for message in posts(group, mina) if message.channel is papers]
        assert told.text.startswith(f"<@{mina.id}>\n")
        for title in (BATCHNORM_TITLE, RESNET_TITLE, "Ordinary paper 1"):
            assert told.text.count(f"**{title}**") == 1
        assert re.search(r"Ask about it with </ask:\d+>", told.text)
        assert len(bot.desk.study.papers(group.id)) == 4
        await loopback.until(lambda: origins(bot.desk.study) == [])
    async with start(core=on(arxiv)) as bot:
        await bot.desk.lanes.ingest(lambda: None)
    assert len(posts(group, mina)) == 2


async def test_the_result_of_an_add_whose_channel_is_gone_is_lost_quietly(
    start: Start,
    loopback: LoopbackDiscord,
    arxiv: LoopbackArxiv,
    group: Guild,
    mina: Member,
    settings_for: Callable[..., Settings],
) -> None:
    first = build(settings_for(**on(arxiv)), clock=lambda: NOW)
    papers = group.channel("papers")
    first.enqueue([RESNET], guild=group.id, origin=str(Origin(papers.id, mina.id)))
    first.close()
    group.remove_channel(papers)
    async with start(core=on(arxiv)) as bot:
        await loopback.until(lambda: bot.desk.study.papers(group.id) and not origins(bot.desk.study), 15.0)
        added = await mina.slash("paper add", ids="2001.00001")  # others are served as before
        await added.settled("added")


async def test_an_add_that_kills_the_process_three_times_is_given_up_and_told(
    start: Start,
    loopback: LoopbackDiscord,
    arxiv: LoopbackArxiv,
    group: Guild,
    mina: Member,
    settings_for: Callable[..., Settings],
) -> None:
    first = build(settings_for(**on(arxiv)), clock=lambda: NOW)
    [job] = first.enqueue([RESNET], guild=group.id, origin=str(Origin(group.channel("papers").id, mina.id)))
    for _ in range(3):
        first.library.take_job(job, now=NOW)
    first.close()
    async with start(core=on(arxiv)):
        await loopback.until(lambda: posts(group, mina), 15.0)
    assert "adding it was cut off 3 times" in posts(group, mina)[0].text


async def test_adds_of_the_command_line_are_carried_out_by_the_running_bot(
    start: Start, loopback: LoopbackDiscord, arxiv: LoopbackArxiv, group: Guild, settings_for: Callable[..., Settings]
) -> None:
    async with start(core=on(arxiv)) as bot:
        beside = build(settings_for(**on(arxiv)), clock=lambda: NOW)
        try:
            [result] = await asyncio.to_thread(beside.add, [RESNET], guild=group.id)
            assert result.status == "queued"
            await loopback.until(lambda: bot.desk.study.papers(group.id), 15.0)
        finally:
            beside.close()
    assert [m for c in group.channels.values() for m in c.said_by(loopback.bot_user) if RESNET_TITLE in m.text] == []


async def test_others_change_the_library_between_two_papers(
    start: Start, loopback: LoopbackDiscord, arxiv: LoopbackArxiv, mina: Member
) -> None:
    async with start(core=on(arxiv)) as bot:
        await (await mina.slash("paper add", ids=BATCHNORM)).settled("added")
        first, second = Gate(arxiv, "2001.00001"), Gate(arxiv, "2001.00002")
        added = await mina.slash("paper add", ids="2001.00001 2001.00002 2001.00003")
        await loopback.until(first.reached.is_set)
        renamed = await mina.slash("paper alias", paper=BATCHNORM, names="bn")
        await loopback.until(lambda: bot.lanes.ingest_wanted)
        first.open()
        await renamed.settled("now answers to")  # while two papers still wait
        assert "Ordinary paper 3" not in added.text
        second.open()
        await added.settled("Ordinary paper 3", timeout=15.0)


async def test_a_stop_lets_the_paper_under_way_end_tells_it_and_puts_off_the_rest(
    start: Start, loopback: LoopbackDiscord, arxiv: LoopbackArxiv, group: Guild, mina: Member
) -> None:
    gate = Gate(arxiv, RESNET)
    async with start(core=on(arxiv)) as bot:
        added = await mina.slash("paper add", ids=f"{RESNET} 2001.00001 2001.00002", channel=group.channel("papers"))
        await loopback.until(gate.reached.is_set)
        stopping = asyncio.create_task(stopped(bot))
        await loopback.until(bot.stopping.is_set)
        gate.open()
        await added.settled("being stopped")  # "added" stands there before, among the stages
        assert added.text.splitlines() == [
            added.text.splitlines()[0],
            "- 2001.00001: I am being stopped. It waits, and I tell you here when it is done.",
            "- 2001.00002: I am being stopped. It waits, and I tell you here when it is done.",
            added.text.splitlines()[-1],
        ]
        await stopping
        assert bot.is_closed()
    async with start(core=on(arxiv)) as bot:
        await loopback.until(lambda: posts(group, mina), 15.0)
        [message] = posts(group, mina)
        assert RESNET_TITLE not in message.text
        assert "Ordinary paper 1" in message.text
        assert "Ordinary paper 2" in message.text
        assert len(bot.desk.study.papers(group.id)) == 3


async def test_a_paper_that_is_named_while_the_bot_stops_is_put_off(
    start: Start, loopback: LoopbackDiscord, arxiv: LoopbackArxiv, group: Guild, mina: Member
) -> None:
    async with start(core=on(arxiv)) as bot:
        bot.stopping.set()
        added = await mina.slash("paper add", ids=RESNET)
        await added.settled("It waits, and I tell you here when it is done.")
    async with start(core=on(arxiv)):
        await loopback.until(lambda: posts(group, mina), 15.0)


async def test_a_bot_that_is_closed_while_a_paper_is_fetched_loses_nothing(
    start: Start, loopback: LoopbackDiscord, arxiv: LoopbackArxiv, group: Guild, mina: Member
) -> None:
    """As when a stop's patience is over: the paper comes in while nobody can be told any more."""
    gate = Gate(arxiv, RESNET)
    async with start(core=on(arxiv)) as bot:
        await mina.slash("paper add", ids=RESNET, channel=group.channel("papers"))
        await loopback.until(gate.reached.is_set)
        await bot.close()
        gate.open()
    assert posts(group, mina) == []
    async with start(core=on(arxiv)):
        await loopback.until(lambda: posts(group, mina), 15.0)
        assert f"**{RESNET_TITLE}**" in posts(group, mina)[0].text
        added = await mina.slash("paper add", ids=RESNET)
        await added.settled("was here already")
    assert len(posts(group, mina)) == 1


async def test_a_disk_that_fails_is_told_and_the_bot_goes_on(
    start: Start, loopback: LoopbackDiscord, arxiv: LoopbackArxiv, group: Guild, mina: Member
) -> None:
    async with start(core=on(arxiv)) as bot:
        folder = bot.desk.study.directory.path / "papers"
        folder.parent.mkdir(exist_ok=True)
        folder.write_text("a file where a folder is needed")
        added = await mina.slash("paper add", ids=RESNET)
        await added.settled(RESNET)
        assert "added" not in added.text.replace("not added", "")
        folder.unlink()
        await (await mina.slash("paper add", ids=RESNET)).settled("added")
