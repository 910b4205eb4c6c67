"""Where commands and buttons work: those of a server not in direct messages, and only in the channels it has chosen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.tree import EVERYWHERE
from tests.bot.arxived import arxiv, group, on
from tests.bot.conftest import Start
from tests.bot.permitted import BUTTON, COMMANDS, PRESSES, TEXT, furnish, people, pressed, said_to, shown, state, used
from tests.loopback.arxiv import LoopbackArxiv
from tests.loopback.discord import Guild, LoopbackDiscord, Member, NotOffered

__all__ = ["arxiv", "group", "people"]


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_command_in_direct_messages_works_or_says_where_it_works(
    start: Start, group: Guild, command: str
) -> None:
    tom = group.add_member("Tom")
    async with start(core={"embedder": "none"}) as bot:
        await bot.desk.servers.settled.wait()
        before = state(bot.desk.study)
        text = await said_to(await used(tom, command, dm=True))
        assert ("works in a server" in text) == (command not in EVERYWHERE)
        assert "did not expect" not in text
        assert state(bot.desk.study) == before


@pytest.mark.parametrize("command", [command for command in COMMANDS if command not in EVERYWHERE])
async def test_the_client_does_not_offer_a_servers_command_in_direct_messages(
    start: Start, group: Guild, command: str
) -> None:
    tom = group.add_member("Tom")
    async with start(core={"embedder": "none"}):
        with pytest.raises(NotOffered, match="not offered in direct messages"):
            await used(tom, command, dm=True, anyway=False)


@pytest.mark.parametrize("name", [name for name, (_who, kind, _) in PRESSES.items() if kind in (BUTTON, TEXT)])
async def test_a_button_in_direct_messages_changes_nothing_of_any_server(
    loopback: LoopbackDiscord, start: Start, group: Guild, name: str
) -> None:
    tom = group.add_member("Tom")
    async with start(core={"embedder": "none"}) as bot:
        await bot.desk.servers.settled.wait()
        before = state(bot.desk.study)
        text = await said_to(await pressed(tom, name, shown(loopback, tom, name, dm=True)))
        assert ("works in a server" in text) == (name != "forget")
        assert "did not expect" not in text
        assert state(bot.desk.study) == before


async def test_a_channel_that_is_not_among_the_chosen_ones_takes_only_what_helps_to_mend_it(
    start: Start, arxiv: LoopbackArxiv, people: Mapping[str, Member], tmp_path: Path
) -> None:
    from dataclasses import replace

    mina = people["admin"]
    elsewhere = mina.guild.channel("papers").id
    async with start(core=on(arxiv)) as bot:
        await furnish(bot, mina, tmp_path)
        settings = bot.desk.servers.settings(mina.guild.id)
        await bot.desk.servers.save(mina.guild.id, replace(settings, channels=(elsewhere,)))
        bound = {command: f"<#{elsewhere}> only" in await said_to(await used(mina, command)) for command in COMMANDS}
        assert {command for command, refused in bound.items() if not refused} == {*EVERYWHERE, "settings", "status"}
