"""A table of who may use every command and every button, and how each is used and what comes of it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from discord import Permissions

from bot.app import SeminarBot
from rag.study import Study
from tests.bot.arxived import RESNET
from tests.loopback.discord import Exchange, Guild, LoopbackDiscord, Member, Message
from tests.loopback.discord.errors import Json
from tests.made import SHIFT, paper_pdf

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
    await bot.desk.servers.save(guild, with_role(bot, guild, role))


def with_role(bot: SeminarBot, guild: str, role: str) -> Any:
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
