"""Discord took the acknowledgement and the connection broke: commands, presses and menus go on all the same."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from discord import Permissions

from bot.app import SeminarBot
from rag.domain.server import ServerSettings
from tests.bot.asked import is_reply
from tests.bot.conftest import Start
from tests.bot.prepared import GROUP
from tests.loopback.discord import CALLBACK, Guild, Member, menus_of

FAULTS = ["lose_answer", "cut"]


@pytest.fixture
async def bot(start: Start, group: Guild) -> AsyncIterator[SeminarBot]:
    assert group.has_bot
    async with start(core={"embedder": "none"}) as bot:
        yield bot


@pytest.fixture
def ada(group: Guild) -> Member:
    """An admin."""
    return group.add_member("Ada", permissions=Permissions(manage_guild=True))


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_command_shows_what_it_shows(fault: str, ada: Member) -> None:
    getattr(ada.discord.faults, fault)("POST", CALLBACK)
    listed = await (await ada.slash("notes show")).settled(is_reply)
    assert "discussion" in listed.text
    assert listed.ephemeral
    getattr(ada.discord.faults, fault)("POST", CALLBACK)
    first = menus_of(listed.message)[0]["options"][0]["value"]
    shown = await (await ada.pick(listed.message, "Show a discussion", first)).settled(is_reply)
    assert shown.text.startswith("**Discussion")


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_press_that_changes_its_message_changes_it(fault: str, bot: SeminarBot, ada: Member) -> None:
    panel = (await (await ada.slash("settings")).settled("Settings of this server")).message
    getattr(ada.discord.faults, fault)("POST", CALLBACK)
    await (await ada.press(panel, "Do not use a model")).settled("Changed **Language model**")
    assert bot.desk.servers.settings(GROUP) == ServerSettings(use_model=False)


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("fault", FAULTS)
async def test_what_is_shown_at_once_in_its_place_is_shown(fault: str, ada: Member) -> None:
    asked = await (await ada.slash("notes import", file=("n.md", b"## Discussion 9 X - 2020\n1. Y?\n- Z\n"))).settled(
        "Keep these notes"
    )
    getattr(ada.discord.faults, fault)("POST", CALLBACK)
    kept = await ada.press(asked.message, "Keep these notes")
    await kept.settled("These notes are kept.")
