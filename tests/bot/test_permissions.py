"""Who may use what: a table of every command and every button, held to what happens. What has no row fails."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from discord import AppCommandType, app_commands

from bot.app import SeminarBot
from tests.bot.arxived import arxiv, group, on
from tests.bot.conftest import Start
from tests.bot.permitted import (
    COMMANDS,
    MAY,
    PRESSES,
    REFUSAL,
    furnish,
    people,
    pressed,
    said_to,
    shown,
    state,
    used,
    with_role,
)
from tests.loopback.arxiv import LoopbackArxiv
from tests.loopback.discord import Guild, LoopbackDiscord, Member, NotOffered

__all__ = ["arxiv", "group", "people"]


async def test_every_command_and_every_button_has_its_row(start: Start, group: Guild) -> None:
    async with start(core={"embedder": "none"}) as bot:
        commands = {c.qualified_name for c in bot.tree.walk_commands() if isinstance(c, app_commands.Command)}
        for kind in (AppCommandType.message, AppCommandType.user):
            commands |= {menu.name for menu in bot.tree.get_commands(type=kind)}
        assert commands == set(COMMANDS)
        assert set(bot.actions._acts) == set(PRESSES)


@pytest.mark.parametrize("kind", MAY)
async def test_commands_are_allowed_as_the_table_says(
    start: Start, arxiv: LoopbackArxiv, people: Mapping[str, Member], tmp_path: Path, kind: str
) -> None:
    person = people[kind]
    async with start(core=on(arxiv), questions_per_person_per_minute=100) as bot:
        await furnish(bot, person, tmp_path)
        allowed = {}
        for command in COMMANDS:
            before = state(bot.desk.study)
            text = await said_to(await used(person, command))
            allowed[command] = REFUSAL not in text
            assert text
            assert "did not expect" not in text
            assert allowed[command] or state(bot.desk.study) == before, command
        assert allowed == {command: who in MAY[kind] for command, who in COMMANDS.items()}


@pytest.mark.parametrize("kind", MAY)
async def test_buttons_and_menus_are_allowed_as_the_table_says(
    loopback: LoopbackDiscord,
    start: Start,
    arxiv: LoopbackArxiv,
    people: Mapping[str, Member],
    tmp_path: Path,
    kind: str,
) -> None:
    person = people[kind]
    async with start(core=on(arxiv)) as bot:
        await furnish(bot, person, tmp_path)
        allowed = {}
        for name in sorted(PRESSES, key=lambda name: name == "clear_role"):  # which changes who is one
            before = state(bot.desk.study)
            text = await said_to(await pressed(person, name, shown(loopback, person, name)))
            allowed[name] = REFUSAL not in text
            assert "did not expect" not in text
            assert allowed[name] or state(bot.desk.study) == before, name
            if name == "set_channels":
                await bot.desk.servers.save(person.guild.id, with_role(bot, person.guild.id, "1"))
                await furnish_role(bot, person)
        assert allowed == {name: who in MAY[kind] for name, (who, _kind, _arguments) in PRESSES.items()}


async def furnish_role(bot: SeminarBot, person: Member) -> None:
    """Bring the settings back that later rows stand on."""
    from rag.domain.server import ServerSettings

    role = next(role.id for role in person.guild.roles.values() if role.name == "Organisers")
    await bot.desk.servers.save(person.guild.id, ServerSettings(organiser_role=role))


async def test_a_role_that_is_taken_away_takes_its_rights_along(
    start: Start, arxiv: LoopbackArxiv, people: Mapping[str, Member], tmp_path: Path
) -> None:
    ada = people["organiser"]
    async with start(core=on(arxiv)) as bot:
        await furnish(bot, ada, tmp_path)
        assert REFUSAL not in await said_to(await used(ada, "paper alias"))
        ada.roles.clear()
        assert REFUSAL in await said_to(await used(ada, "paper alias"))


async def test_an_organisers_role_of_another_server_gives_nothing_here(
    loopback: LoopbackDiscord, start: Start, arxiv: LoopbackArxiv, people: Mapping[str, Member], tmp_path: Path
) -> None:
    others = loopback.add_guild("Others")
    ada = others.add_member(people["organiser"], roles=people["organiser"].roles)
    async with start(core=on(arxiv)) as bot:
        await furnish(bot, people["organiser"], tmp_path)
        assert REFUSAL in await said_to(await used(ada, "paper add"))
        assert bot.desk.study.papers(others.id) == ()


async def test_nobody_opens_the_answer_of_another_again(
    loopback: LoopbackDiscord, start: Start, arxiv: LoopbackArxiv, people: Mapping[str, Member], tmp_path: Path
) -> None:
    async with start(core=on(arxiv)) as bot:
        await furnish(bot, people["member"], tmp_path)
        mina = people["admin"]
        text = await said_to(await pressed(mina, "reopen", shown(loopback, mina, "reopen")))
        assert "Only the person who asked can do this." in text
        assert "covariate" not in text


@pytest.mark.parametrize("kind", ["member", "organiser"])
async def test_the_client_offers_settings_to_admins_only(start: Start, people: Mapping[str, Member], kind: str) -> None:
    async with start(core={"embedder": "none"}):
        with pytest.raises(NotOffered, match="manage_guild"):
            await people[kind].slash("settings")
        await (await people["admin"].slash("settings")).settled()
