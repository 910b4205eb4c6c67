"""Commands are sent when they changed and only then; what is sent is within Discord's limits; ids make mentions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from discord import app_commands
from discord.ext import commands

from bot import cogs
from bot.app import SeminarBot
from bot.render.limits import COMMAND_CHARS, COMMAND_DESCRIPTION_CHARS, COMMAND_NAME_CHARS, COMMAND_OPTIONS, COMMANDS
from bot.settings import read_bot_settings
from bot.syncing import fingerprint
from rag.settings import Settings
from rag.wiring import build
from tests.bot.conftest import Start
from tests.conftest import NOW
from tests.loopback.discord import LoopbackDiscord

QUICK = {"embedder": "none"}
PUT = r"/applications/\d+/commands"


class MoreCog(commands.Cog):
    """A version of the bot with one more command."""

    @app_commands.command(name="more")
    async def more(self, interaction: Any) -> None:
        """Say more."""


async def test_the_first_start_sends_the_commands_and_a_restart_does_not(
    start: Start, loopback: LoopbackDiscord
) -> None:
    async with start(core=QUICK) as bot:
        assert loopback.commands.syncs == 1
        ids = dict(bot.command_ids)
        assert ids == {command["name"]: int(command["id"]) for command in loopback.commands.all()}
    async with start(core=QUICK) as bot:
        assert loopback.commands.syncs == 1
        assert bot.command_ids == ids


async def test_a_changed_command_is_sent_and_the_others_keep_their_ids(
    start: Start, loopback: LoopbackDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with start(core=QUICK) as bot:
        before = dict(bot.command_ids)
    cogs_for = cogs.cogs_for
    monkeypatch.setattr(cogs, "cogs_for", lambda made: [*cogs_for(made), MoreCog()])
    async with start(core=QUICK) as bot:
        assert loopback.commands.syncs == 2
        assert set(bot.command_ids) - set(before) == {"more"}
        assert before.items() <= bot.command_ids.items()
    monkeypatch.undo()
    async with start(core=QUICK) as bot:
        assert loopback.commands.syncs == 3
        assert bot.command_ids == before


async def test_another_application_on_the_same_library_gets_its_own(
    start: Start, loopback: LoopbackDiscord, settings_for: Callable[..., Settings]
) -> None:
    async with start(core=QUICK) as bot:
        ids = dict(bot.command_ids)
    core = settings_for(**QUICK)
    study = build(core, clock=lambda: NOW)
    async with LoopbackDiscord(bot_name="Another") as another:
        settings = read_bot_settings(discord_token=another.token)
        bot = SeminarBot(study=study, settings=settings, core_settings=core, clock=lambda: NOW)
        with study.directory.owned("run the bot"):
            async with another.running(bot):
                assert another.commands.syncs == 1
                assert bot.command_ids.keys() == ids.keys()
            bot.lanes.close(patience_s=5.0)
    study.close()


async def test_a_start_that_could_not_send_them_is_made_up_for_by_the_next(
    start: Start, loopback: LoopbackDiscord
) -> None:
    loopback.faults.fail("PUT", PUT, status=403)
    with pytest.raises(Exception, match="403"):
        async with start(core=QUICK):
            pass
    async with start(core=QUICK) as bot:
        assert loopback.commands.syncs == 1
        assert bot.mention_of("ask").startswith("</ask:")


async def test_what_is_sent_is_within_discords_limits(start: Start, loopback: LoopbackDiscord) -> None:
    async with start(core=QUICK):
        [call] = loopback.requests_to("PUT", PUT)
        assert len(call.body) <= COMMANDS
        for command in call.body:
            assert size(command) <= COMMAND_CHARS
            for one in with_options(command):
                assert len(one["name"]) <= COMMAND_NAME_CHARS
                assert len(one.get("description", "")) <= COMMAND_DESCRIPTION_CHARS
                assert len(one.get("options") or ()) <= COMMAND_OPTIONS


async def test_option_names_that_people_and_tools_rely_on_are_there(start: Start, loopback: LoopbackDiscord) -> None:
    async with start(core=QUICK):
        sent = {command["name"]: command for command in loopback.commands.all()}
        assert [option["name"] for option in sent["ask"]["options"]] == ["question", "paper", "private"]
        subcommands = {one["name"]: one for one in sent["paper"]["options"]}
        assert set(subcommands) == {"add", "list", "info", "alias", "remove", "search", "analysis", "cards"}
        assert [option["name"] for option in subcommands["add"]["options"]] == ["ids", "file"]
        assert {one["name"] for one in sent["notes"]["options"]} >= {"import", "show", "export", "open"}
        assert sent["settings"]["default_member_permissions"] == str(1 << 5)  # Manage Server


async def test_a_mention_of_a_command_carries_its_id_and_one_that_is_unknown_is_code(start: Start) -> None:
    async with start(core=QUICK) as bot:
        assert re.fullmatch(r"</paper add:\d+>", bot.mention_of("paper add"))
        assert bot.mention_of("paper add").endswith(f":{bot.command_ids['paper']}>")
        assert bot.mention_of("no such") == "`/no such`"


async def test_the_fingerprint_is_of_what_discord_gets(start: Start) -> None:
    async with start(core=QUICK) as bot:
        before = fingerprint(bot.tree)
        assert fingerprint(bot.tree) == before
        ask = bot.tree.get_command("ask")
        assert isinstance(ask, app_commands.Command)
        ask.extras["example"] = "/ask question: anything"  # ours alone
        assert fingerprint(bot.tree) == before
        ask.description = "Ask something else"
        assert fingerprint(bot.tree) != before


def with_options(command: dict[str, Any]) -> list[dict[str, Any]]:
    return [command, *(one for option in command.get("options") or () for one in with_options(option))]


def size(command: dict[str, Any]) -> int:
    return sum(len(one["name"]) + len(one.get("description", "")) for one in with_options(command))
