"""Who may use what: a table of every command and every button, held to what happens. What has no row fails."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from discord import AppCommandType, Permissions, app_commands

from bot.app import SeminarBot
from bot.tree import EVERYWHERE
from rag.study import Study
from tests.bot.arxived import RESNET, arxiv, group, on
from tests.bot.conftest import Start
from tests.loopback.arxiv import LoopbackArxiv
from tests.loopback.discord import Exchange, Guild, LoopbackDiscord, Member, Message, NotOffered
from tests.loopback.discord.errors import Json
from tests.made import SHIFT, paper_pdf

__all__ = ["arxiv", "group"]

EVERYBODY, ORGANISERS, ADMINS = "everybody", "organisers", "admins"
MAY = {
    "member": {EVERYBODY},
    "organiser": {EVERYBODY, ORGANISERS},
    "admin": {EVERYBODY, ORGANISERS, ADMINS},
}

COMMANDS = {
    "about": EVERYBODY,
    "answers": EVERYBODY,
    "ask": EVERYBODY,
    "Ask about this": EVERYBODY,
    "discussion": EVERYBODY,
    "forget-me": EVERYBODY,
    "help": EVERYBODY,
    "notes export": EVERYBODY,
    "notes check": EVERYBODY,
    "notes fill": EVERYBODY,
    "notes history": EVERYBODY,
    "notes import": ORGANISERS,
    "notes open": EVERYBODY,
    "notes show": EVERYBODY,
    "notes tie": ORGANISERS,
    "paper add": ORGANISERS,
    "paper alias": ORGANISERS,
    "paper analysis": EVERYBODY,
    "paper cards": EVERYBODY,
    "paper info": EVERYBODY,
    "paper list": EVERYBODY,
    "paper remove": ORGANISERS,
    "paper search": EVERYBODY,
    "privacy": EVERYBODY,
    "Save as answer": EVERYBODY,
    "schedule clear": ORGANISERS,
    "schedule queue add": ORGANISERS,
    "schedule queue list": EVERYBODY,
    "schedule queue move": ORGANISERS,
    "schedule queue remove": ORGANISERS,
    "schedule set": ORGANISERS,
    "schedule show": EVERYBODY,
    "schedule vote": ORGANISERS,
    "session close": ORGANISERS,
    "session list": EVERYBODY,
    "session reopen": ORGANISERS,
    "settings": ADMINS,
    "status": EVERYBODY,
}
OPTIONS: dict[str, dict[str, Any]] = {
    "ask": {"question": "what is internal covariate shift"},
    "discussion": {"paper": "Small Networks"},
    "notes check": {"discussion": "1"},
    "notes import": {"file": ("notes.md", b"## Discussion 2 ResNet - 2015\n1. What is it?\n- A net.\n")},
    "notes tie": {"discussion": "1", "paper": "Small Networks"},
    "paper add": {"ids": RESNET},
    "paper alias": {"paper": "Small Networks", "names": "small"},
    "paper analysis": {"paper": "Small Networks"},
    "paper cards": {"paper": "Small Networks"},
    "paper info": {"paper": "Small Networks"},
    "paper remove": {"paper": "Small Networks"},
    "paper search": {"words": "residual"},
    "session close": {"session": "1"},
    "session reopen": {"session": "1"},
    "schedule queue add": {"paper": "Small Networks"},
    "schedule queue move": {"paper": "1", "position": 1},
    "schedule queue remove": {"paper": "1"},
    "schedule set": {"day": 4, "time": "19:30", "zone": "Europe/Berlin"},
}
BUTTON, TEXT, ROLE, CHANNEL = 2, 3, 6, 8
PRESSES = {
    "add_found": (ORGANISERS, TEXT, ()),
    "change_answer": (EVERYBODY, BUTTON, ("1", "1")),
    "changed": (EVERYBODY, BUTTON, ("1", "1", "words")),
    "check_page": (EVERYBODY, BUTTON, ("%231", "0")),
    "clear_channels": (ADMINS, BUTTON, ()),
    "clear_role": (ADMINS, BUTTON, ()),
    "clear_slot": (ADMINS, BUTTON, ()),
    "clear_template": (ADMINS, BUTTON, ()),
    "consent": (EVERYBODY, BUTTON, ("1", "1", "1", "1", "yes")),
    "discuss": (EVERYBODY, BUTTON, ("none",)),
    "discuss_new": (ORGANISERS, BUTTON, (RESNET,)),
    "discussion": (EVERYBODY, TEXT, ()),
    "discussions": (EVERYBODY, BUTTON, ("0",)),
    "evidence": (EVERYBODY, BUTTON, ("1", "1")),
    "fill_accept": (ORGANISERS, BUTTON, ("0" * 24, "0" * 8, "0")),
    "fill_edit": (ORGANISERS, BUTTON, ("0" * 24, "0")),
    "fill_page": (EVERYBODY, BUTTON, ("0",)),
    "fill_reject": (ORGANISERS, BUTTON, ("0" * 24, "0")),
    "fill_typed": (ORGANISERS, BUTTON, ("0" * 24, "0", "words")),
    "fix_typed": (ORGANISERS, BUTTON, ("0" * 24, "0", "words")),
    "forget": (EVERYBODY, BUTTON, ("no",)),
    "helpful": (EVERYBODY, BUTTON, ("1",)),
    "my_answer": (EVERYBODY, TEXT, ("1",)),
    "not_helpful": (EVERYBODY, BUTTON, ("1",)),
    "note_changes": (EVERYBODY, BUTTON, ("0",)),
    "note_fix": (ORGANISERS, BUTTON, ("0" * 24, "0")),
    "notes_undo": (ORGANISERS, BUTTON, ("1",)),
    "notes_decided": (ORGANISERS, BUTTON, ("yes", "0" * 64)),
    "open_notes": (EVERYBODY, BUTTON, ("0",)),
    "papers": (EVERYBODY, BUTTON, ("0",)),
    "quote": (EVERYBODY, BUTTON, ("1", "1")),
    "remove": (ORGANISERS, BUTTON, ("yes", "none")),
    "reopen": (EVERYBODY, TEXT, ()),
    "reveal": (EVERYBODY, BUTTON, ("1", "1")),
    "said": (EVERYBODY, BUTTON, ("1", "1")),
    "save_to": (EVERYBODY, TEXT, ("1", "1")),
    "say": (EVERYBODY, BUTTON, ("1", "1")),
    "session_close": (ORGANISERS, BUTTON, ("1",)),
    "session_end": (ORGANISERS, BUTTON, ("1", "stay")),
    "session_reopen": (ORGANISERS, BUTTON, ("1",)),
    "opening_reopen": (ORGANISERS, BUTTON, ("1",)),
    "set_channels": (ADMINS, CHANNEL, ()),
    "set_role": (ADMINS, ROLE, ()),
    "set_slot_channel": (ADMINS, CHANNEL, ()),
    "show_queue": (EVERYBODY, BUTTON, ()),
    "sources": (EVERYBODY, BUTTON, ("1",)),
    "show_template": (ADMINS, BUTTON, ()),
    "take_back": (EVERYBODY, BUTTON, ("1", "1")),
    "thread": (EVERYBODY, BUTTON, ("1",)),
    "type_slot": (ADMINS, BUTTON, ()),
    "typed": (EVERYBODY, BUTTON, ("1", "1", "words")),
    "unclear": (EVERYBODY, BUTTON, ("1", "1")),
    "upload_template": (ADMINS, BUTTON, ()),
    "use_model": (ADMINS, BUTTON, ("on",)),
    "wrong": (EVERYBODY, TEXT, ("1",)),
    "wrong_citation": (EVERYBODY, BUTTON, ("1",)),
}
PREFIX = {BUTTON: "press", TEXT: "pick", ROLE: "pickrole", CHANNEL: "pickchannel"}
PICKED = {"add_found": RESNET}
MENUS = ("Ask about this", "Save as answer")
REFUSAL = "Only members with Manage Server"
NOTES = b"## Discussion 1 Small Networks - 2015\n1. What is it?\n- A net.\n2. Why?\n"


@pytest.fixture
def people(group: Guild) -> dict[str, Member]:
    """Give one of each kind. The organisers' role gives nothing in Discord itself."""
    return {
        "member": group.add_member("Tom"),
        "organiser": group.add_member("Ada", roles=[group.add_role("Organisers")]),
        "admin": group.add_member("Mina", permissions=Permissions(manage_guild=True)),
    }


async def furnish(bot: SeminarBot, person: Member, tmp_path: Path) -> None:
    """Give the server a paper, notes, a role for organisers, an answer that this person asked for, and a session."""
    guild, study = person.guild.id, bot.desk.study
    pdf = tmp_path / "small.pdf"
    pdf.write_bytes(paper_pdf("Small Networks", SHIFT))

    def furnished() -> None:
        [result] = study.add([str(pdf)], guild=guild)
        assert result.error is None
        study.import_notes(guild, NOTES, search_arxiv=False)
        answer = study.ask("what is internal covariate shift", guild=guild)
        assert len(answer.citations) == 1
        assert study.answers.keep(answer, guild=guild, asker=person.id, channel=person.dm.id) == 1
        study.answers.sending(guild, 1)
        session = study.sessions.open(guild, study.paper(guild, "Small Networks"), opened_by="1")
        assert session.session_id == 1, "somebody else's: closing it is for organisers"

    await bot.desk.servers.settled.wait()
    await bot.desk.lanes.ingest(furnished)
    role = next(role.id for role in person.guild.roles.values() if role.name == "Organisers")
    await bot.desk.servers.save(guild, _with_role(bot, guild, role))


def _with_role(bot: SeminarBot, guild: str, role: str) -> Any:
    from dataclasses import replace

    return replace(bot.desk.servers.settings(guild), organiser_role=role)


def shown(loopback: LoopbackDiscord, person: Member, name: str, *, dm: bool = False) -> Message:
    """Return a message of the bot with one button or menu, as an older message may have it."""
    _who, kind, arguments = PRESSES[name]
    component: Json = {"type": kind, "custom_id": ":".join([PREFIX[kind], name, *arguments])}
    if kind == BUTTON:
        component |= {"style": 2, "label": name}
    elif kind == TEXT:
        component |= {"options": [{"label": "one", "value": PICKED.get(name, "1")}]}
    channel = person.dm if dm else next(iter(person.guild.channels.values()))
    body = {"content": "an older message", "components": [{"type": 1, "components": [component]}]}
    return loopback.messages.write(channel, loopback.bot_user, body)


async def used(person: Member, command: str, *, dm: bool = False, anyway: bool = True) -> Exchange:
    """Use a command, ``anyway``: as if the client offered it to everybody everywhere."""
    channel = person.dm if dm else next(iter(person.guild.channels.values()))
    if command in MENUS:
        message = person.discord.messages.write(channel, person.user, {"content": "what is a residual block"})
        return await person.menu(command, message, anyway=anyway)
    return await person.slash(command, channel=channel, options=OPTIONS.get(command), anyway=anyway)


async def pressed(person: Member, name: str, message: Message) -> Exchange:
    """Press or pick what the message shows."""
    values = {
        TEXT: [PICKED.get(name, "1")],
        ROLE: [role for role in person.guild.roles.values() if role.name == "Organisers"],
        CHANNEL: list(person.guild.channels.values())[:1],
    }
    _who, kind, arguments = PRESSES[name]
    custom_id = ":".join([PREFIX[kind], name, *arguments])
    if kind == BUTTON:
        return await person.press(message, custom_id)
    return await person.pick(message, custom_id, values[kind])


async def said_to(exchange: Exchange) -> str:
    """Return everything that an exchange led to, when nobody works on it any more."""
    await exchange.acknowledged()
    await exchange.discord.until(lambda: not answering(), 20.0, lambda: str(exchange))
    assert exchange.callback is not None
    forms = [exchange.modal.text] if exchange.callback["type"] == 9 else []
    seen = [*exchange.messages, *([exchange.source] if exchange.source else [])]
    return "\n".join([*forms, *(message.text for message in seen)])


def answering() -> list[str]:
    names = [task.get_name() for task in asyncio.all_tasks()]
    return [name for name in names if name.startswith(("CommandTree-invoker", "discord-ui-"))]


def state(study: Study) -> list[tuple[Any, ...]]:
    """Return what a refused command must leave alone: everything but facts and opinions."""
    found: list[tuple[Any, ...]] = []
    with study.library._reading() as connection:
        for table in ("papers", "memberships", "discussions", "jobs", "servers", "held_notes", "sessions"):
            found += [(table, *row) for row in connection.exec_driver_sql(f"select * from {table}").all()]
    return found


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
                await bot.desk.servers.save(person.guild.id, _with_role(bot, person.guild.id, "1"))
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


@pytest.mark.parametrize("kind", ["member", "organiser"])
async def test_the_client_offers_settings_to_admins_only(start: Start, people: Mapping[str, Member], kind: str) -> None:
    async with start(core={"embedder": "none"}):
        with pytest.raises(NotOffered, match="manage_guild"):
            await people[kind].slash("settings")
        await (await people["admin"].slash("settings")).settled()


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
