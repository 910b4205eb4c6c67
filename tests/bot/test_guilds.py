"""Servers come and go: who takes over the command line's library, who is greeted where, what is erased and when."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from bot.app import SeminarBot
from bot.settings import read_bot_settings
from rag.domain.server import ServerSettings
from rag.record.servers import LOCAL
from rag.settings import Settings
from rag.study import Study
from rag.wiring import build
from tests.bot.conftest import Start
from tests.conftest import NOW
from tests.loopback.discord import Guild, LoopbackDiscord, Message
from tests.made import paper_pdf

WELCOME = "I read papers with your group."
BROUGHT = "I brought the papers and notes that were added on the command line."
QUICK = {"embedder": "none"}
NOTES = b"## Discussion 1 Our Paper - 2015\n1. What is it?\n- A net.\n"

AddPaper = Callable[[str], None]


def greetings(guild: Guild) -> list[Message]:
    """Return the welcomes in a server's channels and with its owner."""
    places = [*guild.channels.values(), guild.owner.dm]
    return [m for place in places for m in place.said_by(guild.discord.bot_user) if WELCOME in m.text]


@pytest.fixture
def add_paper(settings_for: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory) -> AddPaper:
    """Add a paper and notes for a guild, as the command line does, while no bot runs."""

    def added(guild: str) -> None:
        pdf = tmp_path_factory.mktemp("sent") / "ours.pdf"
        pdf.write_bytes(paper_pdf("Our Paper"))
        study = build(settings_for(**QUICK), clock=lambda: NOW)
        assert study.add([str(pdf)], guild=guild)[0].error is None
        study.import_notes(guild, NOTES, search_arxiv=False)
        study.close()

    return added


def titles(study: Study, guild: Guild) -> list[str]:
    return [paper.title for paper in study.papers(guild.id)]


async def met(bot: SeminarBot) -> None:
    """Wait until the bot has noted and greeted the servers it is in."""
    await bot.desk.servers.settled.wait()
    greeting = [task for task in asyncio.all_tasks() if task.get_name() == "discord.py: on_ready"]
    await asyncio.gather(*greeting)


async def test_the_first_server_takes_over_what_the_command_line_added(
    start: Start, loopback: LoopbackDiscord, add_paper: AddPaper
) -> None:
    add_paper(LOCAL)
    group = loopback.add_guild("Study group")
    async with start(core=QUICK) as bot:
        await met(bot)
        assert titles(bot.desk.study, group) == ["Our Paper"]
        assert bot.desk.study.papers(LOCAL) == ()
        assert [d.title for d in bot.desk.study.discussions(group.id)] == ["Our Paper"]
        [welcome] = greetings(group)
        assert BROUGHT in welcome.text
        tom = group.add_member("Tom")
        await (await tom.slash("paper list")).settled("Our Paper")


async def test_the_second_server_gets_nothing_of_the_first(
    start: Start, loopback: LoopbackDiscord, add_paper: AddPaper
) -> None:
    add_paper(LOCAL)
    group = loopback.add_guild("Study group")
    async with start(core=QUICK) as bot:
        await met(bot)
        others = loopback.add_guild("Others")
        await loopback.until(lambda: greetings(others), 10.0)
        assert BROUGHT not in greetings(others)[0].text
        assert titles(bot.desk.study, group) == ["Our Paper"]
        assert titles(bot.desk.study, others) == []
        assert bot.desk.study.discussions(others.id) == ()


async def test_of_two_servers_at_the_first_start_one_takes_over(
    start: Start, loopback: LoopbackDiscord, add_paper: AddPaper
) -> None:
    add_paper(LOCAL)
    guilds = [loopback.add_guild("One"), loopback.add_guild("Two")]
    async with start(core=QUICK) as bot:
        await met(bot)
        assert [titles(bot.desk.study, guild) for guild in guilds] == [["Our Paper"], []]
    async with start(core=QUICK) as bot:
        await met(bot)
        assert [titles(bot.desk.study, guild) for guild in guilds] == [["Our Paper"], []]
    assert [len(greetings(guild)) for guild in guilds] == [1, 1]


async def test_the_welcome_names_three_steps_that_can_be_clicked(start: Start, loopback: LoopbackDiscord) -> None:
    group = loopback.add_guild("Study group", channels=["lobby", "papers"])
    async with start(core=QUICK) as bot:
        await met(bot)
        [welcome] = greetings(group)
        assert welcome.channel.name == "lobby"
        for command in ("paper add", "ask", "settings", "help"):
            assert bot.mention_of(command) in welcome.text
            assert bot.mention_of(command).startswith("</")
        assert BROUGHT not in welcome.text


@pytest.mark.parametrize("lacking", ["view_channel", "send_messages", "no system channel"])
async def test_where_the_system_channel_cannot_be_written_in_the_owner_is_told(
    start: Start, loopback: LoopbackDiscord, lacking: str
) -> None:
    group = loopback.add_guild("Study group")
    if lacking == "no system channel":
        group.system_channel = None
    else:
        group.channel("general").deny(loopback.bot_user, **{lacking: True})
    async with start(core=QUICK) as bot:
        await met(bot)
        assert [welcome.channel for welcome in greetings(group)] == [group.owner.dm]


async def test_who_can_be_told_nowhere_is_served_all_the_same(start: Start, loopback: LoopbackDiscord) -> None:
    group = loopback.add_guild("Study group")
    group.system_channel = None
    loopback.refuses_dm.add(group.owner.id)
    others = loopback.add_guild("Others")
    async with start(core=QUICK) as bot:
        await met(bot)
        assert greetings(group) == []
        assert len(greetings(others)) == 1
        tom = group.add_member("Tom")
        await (await tom.slash("paper list")).settled("There are no papers here yet.")


async def test_discord_failing_at_the_welcome_holds_no_question_up(start: Start, loopback: LoopbackDiscord) -> None:
    group = loopback.add_guild("Study group")
    loopback.faults.cut("POST", r"/channels/\d+/messages", times=1)
    async with start(core=QUICK):
        tom = group.add_member("Tom")
        asked = await tom.slash("ask", question="what is a residual block")
        await asked.settled()
        await loopback.until(lambda: greetings(group))
    assert len(greetings(group)) == 1


async def test_a_restart_greets_nobody_again(start: Start, loopback: LoopbackDiscord) -> None:
    group = loopback.add_guild("Study group")
    for _ in range(2):
        async with start(core=QUICK) as bot:
            await met(bot)
    assert len(greetings(group)) == 1


async def test_a_new_session_at_the_gateway_greets_nobody_again(start: Start, loopback: LoopbackDiscord) -> None:
    group = loopback.add_guild("Study group")
    async with start(core=QUICK) as bot:
        await met(bot)
        loopback.gateway.invalidate()
        await loopback.until(lambda: loopback.gateway.identified == 2, 15.0)
        tom = group.add_member("Tom")
        await (await tom.slash("paper list")).settled("There are no papers here yet.")
        assert [server.guild for server in bot.desk.study.servers.present()] == [group.id]
    assert len(greetings(group)) == 1


async def test_a_server_that_comes_back_in_time_finds_everything(
    start: Start, loopback: LoopbackDiscord, add_paper: AddPaper
) -> None:
    add_paper(LOCAL)
    group = loopback.add_guild("Study group")
    async with start(core=QUICK) as bot:
        await met(bot)
        await bot.desk.servers.save(group.id, ServerSettings(channels=("1", "2")))
        group.kick_bot()
        study = bot.desk.study
        await loopback.until(lambda: study.servers.server(group.id).left_at is not None)
        await loopback.until(lambda: bot.desk.servers.settings(group.id) == ServerSettings())
        group.invite_bot()
        await loopback.until(lambda: study.servers.server(group.id).left_at is None)
        await loopback.until(lambda: bot.desk.servers.settings(group.id).channels == ("1", "2"))
        assert titles(study, group) == ["Our Paper"]
    assert len(greetings(group)) == 1


async def test_who_puts_us_out_while_our_join_waits_is_left(start: Start, loopback: LoopbackDiscord) -> None:
    """A join is written down where papers are read, a leave is not: it would come first."""
    async with start(core=QUICK) as bot:
        await met(bot)
        reading = threading.Event()
        held = asyncio.create_task(bot.lanes.ingest(reading.wait, 20.0))
        fleeting = loopback.add_guild("Fleeting")
        await loopback.until(lambda: bot.lanes.ingest_wanted)
        fleeting.kick_bot()
        await loopback.until(lambda: bot.get_guild(int(fleeting.id)) is None)
        reading.set()
        await held
        await loopback.until(lambda: bot.desk.study.servers.server(fleeting.id).left_at is not None)
        await bot.lanes.ingest(lambda: None)
        assert bot.desk.study.servers.present() == ()
    assert greetings(fleeting) == []


async def test_a_join_that_is_noted_after_a_leave_counts_as_left(start: Start, loopback: LoopbackDiscord) -> None:
    async with start(core=QUICK) as bot:
        await met(bot)
        fleeting = loopback.add_guild("Fleeting")
        await loopback.until(lambda: greetings(fleeting))
        gone = bot.get_guild(int(fleeting.id))
        fleeting.kick_bot()
        await loopback.until(lambda: bot.desk.study.servers.server(fleeting.id).left_at is not None)
        await bot.cogs["GuildsCog"].on_guild_available(gone)  # type: ignore[attr-defined] # noted late
        assert bot.desk.study.servers.present() == ()


async def test_an_outage_is_no_leaving(start: Start, loopback: LoopbackDiscord, add_paper: AddPaper) -> None:
    add_paper(LOCAL)
    group, others = loopback.add_guild("Study group"), loopback.add_guild("Others")
    async with start(core=QUICK) as bot:
        await met(bot)
        group.go_away()
        tom = others.add_member("Tom")
        await (await tom.slash("paper list")).settled("There are no papers here yet.")  # so the news has come
        assert bot.desk.study.servers.server(group.id).left_at is None
        group.come_back()
        await loopback.until(lambda: not bot.get_guild(int(group.id)).unavailable)  # type: ignore[union-attr]
        assert titles(bot.desk.study, group) == ["Our Paper"]


async def test_a_server_in_an_outage_at_the_start_is_neither_left_nor_nameless(
    start: Start, loopback: LoopbackDiscord
) -> None:
    group = loopback.add_guild("Study group")
    new = loopback.add_guild("New here")
    group.available = new.available = False
    async with start(core=QUICK) as bot:
        await met(bot)
        study = bot.desk.study
        assert greetings(new) == []
        new.come_back()
        await loopback.until(lambda: greetings(new), 10.0)
        assert study.servers.server(new.id).name == "New here"
        assert study.servers.server(group.id).left_at is None


async def test_a_known_server_in_an_outage_at_the_start_keeps_its_name(start: Start, loopback: LoopbackDiscord) -> None:
    group = loopback.add_guild("Study group")
    async with start(core=QUICK) as bot:
        await met(bot)
    group.available = False
    async with start(core=QUICK) as bot:
        await met(bot)
        server = bot.desk.study.servers.server(group.id)
        assert (server.name, server.left_at) == ("Study group", None)


async def test_what_happened_while_the_bot_was_away_is_noted_at_the_start(
    start: Start, loopback: LoopbackDiscord
) -> None:
    group = loopback.add_guild("Study group")
    async with start(core=QUICK) as bot:
        await met(bot)
    group.has_bot = False
    new = loopback.add_guild("New here")
    async with start(core=QUICK) as bot:
        await met(bot)
        study = bot.desk.study
        await loopback.until(lambda: study.servers.server(group.id).left_at is not None)
        assert [server.guild for server in study.servers.present()] == [new.id]
    assert len(greetings(new)) == 1


async def test_a_server_is_erased_when_its_time_is_over_and_not_before(
    loopback: LoopbackDiscord, settings_for: Callable[..., Settings], add_paper: AddPaper
) -> None:
    """The clock goes on by a day with every start, so that the daily tidying has something to look at."""
    add_paper(LOCAL)
    group, others = loopback.add_guild("Study group"), loopback.add_guild("Others")
    core = settings_for(**QUICK, keep_left_server_days=2)
    days = iter(range(10))
    held: list[int] = []
    for day in days:
        now = NOW + timedelta(days=day)

        def clock(now: datetime = now) -> datetime:
            return now

        study = build(core, clock=clock)
        bot = SeminarBot(
            study=study, settings=read_bot_settings(discord_token=loopback.token), core_settings=core, clock=clock
        )
        tidied: list[int] = []
        forget = study.answers.forget_older_than

        def forgets(moment: datetime, tidied: list[int] = tidied, forget: Callable[[datetime], int] = forget) -> int:
            tidied.append(forget(moment))
            return tidied[-1]

        study.answers.forget_older_than = forgets  # type: ignore[method-assign] # tells when tidying is over
        with study.directory.owned("run the bot"):
            async with loopback.running(bot):
                await met(bot)
                await loopback.until(lambda tidied=tidied: tidied, 10.0)  # type: ignore[misc]
            bot.lanes.close(patience_s=5.0)
        held.append(len(study.papers(group.id)))
        known = study.servers.server(group.id)
        study.close()
        if day == 0:
            group.has_bot = False
        if held[-1] == 0:
            break
    assert held == [1, 1, 1, 1, 0]  # left on day 1; two days later is not longer ago than two days
    assert known.joined_at is None
    assert len(greetings(others)) == 1


async def test_who_comes_back_after_that_is_greeted_and_begins_anew(
    start: Start, loopback: LoopbackDiscord, add_paper: AddPaper
) -> None:
    add_paper(LOCAL)
    group = loopback.add_guild("Study group")
    async with start(core=QUICK) as bot:
        await met(bot)
        group.kick_bot()
        study = bot.desk.study
        await loopback.until(lambda: study.servers.server(group.id).left_at is not None)
        await bot.desk.lanes.ingest(study.servers.erase, group.id)
        group.invite_bot()
        await loopback.until(lambda: len(greetings(group)) == 2, 10.0)
        assert BROUGHT not in greetings(group)[1].text
        assert titles(study, group) == []


async def test_a_name_that_changed_is_known_after_the_next_start(start: Start, loopback: LoopbackDiscord) -> None:
    group = loopback.add_guild("Study group")
    async with start(core=QUICK) as bot:
        await met(bot)
    group.rename("Reading group")
    async with start(core=QUICK) as bot:
        await met(bot)
        assert bot.desk.study.servers.server(group.id).name == "Reading group"


async def test_waiting_adds_wait_for_the_first_server_to_take_its_library_over(
    start: Start, loopback: LoopbackDiscord, settings_for: Callable[..., Settings], tmp_path: pytest.TempPathFactory
) -> None:
    """A paper that the command line queued for "local" must not end up between two owners."""
    study = build(settings_for(**QUICK), clock=lambda: NOW)
    study.enqueue_upload("ours.pdf", paper_pdf("Our Paper"), guild=LOCAL)
    study.close()
    group = loopback.add_guild("Study group")
    async with start(core=QUICK) as bot:
        await loopback.until(lambda: titles(bot.desk.study, group) == ["Our Paper"], 15.0)
        assert bot.desk.study.papers(LOCAL) == ()
