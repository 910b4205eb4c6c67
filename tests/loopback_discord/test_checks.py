"""What a bot must not send: Discord's numbers, its OpenAPI file, and pings that nobody asked for."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from discord.http import Route

from tests.loopback.discord import LoopbackDiscord, documented, openapi
from tests.loopback.discord.documented import (
    faults_in_choices,
    faults_in_commands,
    faults_in_message,
    faults_in_modal,
    faults_in_thread,
)  # fmt: skip
from tests.loopback_discord.small_bot import SmallBot

needs_spec = pytest.mark.skipif(not openapi.is_here(), reason="Discord's OpenAPI file is not here")
V2 = 32768


def button(**changes: Any) -> dict[str, Any]:
    return {"type": 2, "style": 2, "label": "Press", "custom_id": "press:x"} | changes


def row(*parts: Any) -> dict[str, Any]:
    return {"type": 1, "components": list(parts)}


def options(count: int, **changes: Any) -> list[dict[str, Any]]:
    return [{"label": f"{n}", "value": f"{n}"} | changes for n in range(count)]


def menu(**changes: Any) -> dict[str, Any]:
    return {"type": 3, "custom_id": "pick:x", "options": options(2)} | changes


def text(size: int) -> dict[str, Any]:
    return {"type": 10, "content": "x" * size}


def page(*parts: Any) -> dict[str, Any]:
    return {"flags": V2, "components": list(parts)}


def gallery(count: int, alt: int = 1) -> dict[str, Any]:
    return {"type": 12, "items": [{"media": {"url": "https://x.org/x.png"}, "description": "x" * alt}] * count}


def embed(**parts: Any) -> dict[str, Any]:
    return {"embeds": [parts]}


FULL, TOO_FULL = "at the limit", "beyond it"
MESSAGES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("content", {"content": "x" * 2000}, {"content": "x" * 2001}),
    ("nothing", {"content": "x"}, {"content": ""}),
    ("text of all displays", page(text(2000), text(2000)), page(text(2000), text(2001))),
    ("components", page(*[text(1)] * 40), page(*[text(1)] * 41)),
    ("nested components", page({"type": 17, "components": [text(1)] * 39}),
     page({"type": 17, "components": [text(1)] * 40})),
    ("content beside V2", page(text(1)), page(text(1)) | {"content": "x"}),
    ("label", page(row(button(label="x" * 80))), page(row(button(label="x" * 81)))),
    ("no label", page(row(button(label="", emoji={"name": "x"}))), page(row(button(label="")))),
    ("custom id", page(row(button(custom_id="x" * 100))), page(row(button(custom_id="x" * 101)))),
    ("same custom id", page(row(button(), button(custom_id="y"))), page(row(button(), button()))),
    ("link", page(row({"type": 2, "style": 5, "label": "x", "url": "https://" + "x" * 504})),
     page(row({"type": 2, "style": 5, "label": "x", "url": "https://" + "x" * 505}))),
    ("link or id", page(row(button())), page(row(button(style=5)))),
    ("row", page(row(*[button(custom_id=str(n)) for n in range(5)])),
     page(row(*[button(custom_id=str(n)) for n in range(6)]))),
    ("row of a menu", page(row(menu())), page(row(menu(), button()))),
    ("options", page(row(menu(options=options(25)))), page(row(menu(options=options(26))))),
    ("option's label", page(row(menu(options=options(1, label="x" * 100)))),
     page(row(menu(options=options(1, label="x" * 101))))),
    ("option's description", page(row(menu(options=options(1, description="x" * 100)))),
     page(row(menu(options=options(1, description="x" * 101))))),
    ("same option", page(row(menu())), page(row(menu(options=options(2, value="x"))))),
    ("placeholder", page(row(menu(placeholder="x" * 150))), page(row(menu(placeholder="x" * 151)))),
    ("pictures", page(gallery(10)), page(gallery(11))),
    ("alt text", page(gallery(1, 1024)), page(gallery(1, 1025))),
    ("embed's title", embed(title="x" * 256), embed(title="x" * 257)),
    ("embed's description", embed(description="x" * 4096), embed(description="x" * 4097)),
    ("embed's fields", embed(fields=[{"name": "x", "value": "x"}] * 25),
     embed(fields=[{"name": "x", "value": "x"}] * 26)),
    ("embeds together", {"embeds": [{"description": "x" * 3000}] * 2}, {"embeds": [{"description": "x" * 3001}] * 2}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "good", "bad"), MESSAGES, ids=[what for what, _, _ in MESSAGES])
def test_a_message_is_held_against_each_limit(what: str, good: dict[str, Any], bad: dict[str, Any]) -> None:
    assert list(faults_in_message(good, {})) == []
    assert len(list(faults_in_message(bad, {}))) == 1


def test_a_file_that_no_component_shows_is_a_fault() -> None:
    shown = page({"type": 13, "file": {"url": "attachment://a.md"}})
    assert list(faults_in_message(shown, {"0": ("a.md", b"")})) == []
    assert len(list(faults_in_message(shown, {"0": ("a.md", b""), "1": ("b.md", b"")}))) == 1


def form(**changes: Any) -> dict[str, Any]:
    return {"title": "T", "custom_id": "f", "components": [label()]} | changes


def label(**changes: Any) -> dict[str, Any]:
    return {"type": 18, "label": "L", "component": {"type": 4, "style": 1, "custom_id": "i"}} | changes


def command(**changes: Any) -> dict[str, Any]:
    return {"name": "ask", "type": 1, "description": "Ask"} | changes


def option(name: str = "n", **changes: Any) -> dict[str, Any]:
    return {"type": 3, "name": name, "description": "D"} | changes


def choice(size: int = 1) -> dict[str, Any]:
    return {"name": "x" * size, "value": "x"}


LONG = {"options": [option(f"n{n}", description="x" * 100, choices=[choice(60)] * 5) for n in range(20)]}
OTHERS: list[tuple[str, Callable[[Any], Any], Any, Any]] = [
    ("title", faults_in_modal, form(title="x" * 45), form(title="x" * 46)),
    ("parts", faults_in_modal, form(components=[text(1)] * 5), form(components=[text(1)] * 6)),
    ("label", faults_in_modal, form(components=[label(label="x" * 45)]), form(components=[label(label="x" * 46)])),
    ("choices", faults_in_choices, {"choices": [choice()] * 25}, {"choices": [choice()] * 26}),
    ("choice", faults_in_choices, {"choices": [choice(100)]}, {"choices": [choice(101)]}),
    ("empty choice", faults_in_choices, {"choices": [choice(1)]}, {"choices": [choice(0)]}),
    ("thread", faults_in_thread, {"name": "x" * 100}, {"name": "x" * 101}),
    ("archive", faults_in_thread, {"auto_archive_duration": 1440}, {"auto_archive_duration": 1441}),
    ("command", faults_in_commands, [command(name="a" * 32)], [command(name="a b")]),
    ("case", faults_in_commands, [command(name="ask")], [command(name="Ask")]),
    ("description", faults_in_commands, [command(description="x" * 100)], [command(description="x" * 101)]),
    ("option", faults_in_commands, [command(options=[option("a")])], [command(options=[option("a b")])]),
    ("order", faults_in_commands, [command(options=[option("a", required=True), option("b")])],
     [command(options=[option("a"), option("b", required=True)])]),
    ("whole", faults_in_commands, [command(options=LONG["options"][:10])], [command(**LONG)]),
]  # fmt: skip


@pytest.mark.parametrize(("what", "check", "good", "bad"), OTHERS, ids=[one[0] for one in OTHERS])
def test_forms_choices_threads_and_commands_are_held_against_each_limit(
    what: str, check: Callable[[Any], Any], good: Any, bad: Any
) -> None:
    assert list(check(good)) == []
    assert len(list(check(bad))) == 1


async def test_what_breaks_a_limit_is_refused_and_kept(loopback: LoopbackDiscord) -> None:
    mina = loopback.add_guild("Study group").add_member("Mina")
    async with loopback.running(SmallBot()):
        await (await mina.slash("long", times=4)).settled("refused: 50035")
        assert "4004 characters, 0 to 4000" in loopback.violations[0]
        loopback.violations.clear()


async def test_a_message_that_could_ping_is_kept_unless_allowed(loopback: LoopbackDiscord) -> None:
    mina = loopback.add_guild("Study group").add_member("Mina")
    async with loopback.running(SmallBot()):
        await (await mina.slash("twice")).settled("refused")
    assert [one.rpartition("is ")[2] for one in loopback.violations] == ["{'parse': ['everyone']}"]
    loopback.violations.clear()


async def test_an_address_that_the_loopback_does_not_know_is_kept(loopback: LoopbackDiscord) -> None:
    bot = SmallBot()
    loopback.add_guild("Study group")
    async with loopback.running(bot):
        with pytest.raises(Exception, match="Not Found"):
            await bot.guilds[0].fetch_emojis()
    assert "does not know this address" in loopback.violations[0]
    loopback.violations.clear()


CREATE, RESPOND, COMMANDS = "/channels/1/messages", "/interactions/1/t/callback", "/applications/1/commands"
FORBIDDEN: list[tuple[str, str, Any, str]] = [
    ("POST", CREATE, {"content": 5}, "$.content"),
    ("POST", CREATE, page(row(button(style=77))), "$.components[0].components[0].style"),
    ("POST", CREATE, page({"type": 99}), "$.components[0].type"),
    ("POST", CREATE, page({"type": 17, "components": [{"type": 14, "spacing": 9}]}), "spacing"),
    ("POST", RESPOND, {"type": 77}, "$.type"),
    ("POST", RESPOND, {"type": 4, "data": {"content": "x" * 2001}}, "$.data.content"),
    ("POST", RESPOND, {"type": 7, "data": page(row(button(label="x" * 81)))}, "label"),
    ("POST", RESPOND, {"type": 8, "data": {"choices": [choice(101)]}}, "$.data.choices[0].name"),
    ("POST", RESPOND, {"type": 9, "data": form(title="x" * 46)}, "$.data.title"),
    ("POST", "/channels/1/messages/2/threads", {"name": "x" * 101}, "$.name"),
    ("PUT", COMMANDS, [command(options=[option(description="")])], "$[0].options[0].description"),
    ("PATCH", "/webhooks/1/t/messages/@original", {"flags": "many"}, "$.flags"),
]


@needs_spec
@pytest.mark.parametrize(("method", "path", "body", "where"), FORBIDDEN)
def test_discords_own_description_finds_what_it_forbids(method: str, path: str, body: Any, where: str) -> None:
    found = openapi.faults_in(method, path, body)
    assert len(found) == 1
    assert where in found[0]


@needs_spec
def test_the_numbers_here_agree_with_discords_own_description() -> None:
    """Where the file knows a limit, it says the same of the message at our limit and of the one beyond."""
    silent = {"nothing", "text of all displays", "content beside V2", "no label", "same custom id", "link or id",
              "row of a menu", "embeds together", "same option", "nested components", "content"}  # fmt: skip
    for what, good, bad in MESSAGES:
        assert openapi.faults_in("PATCH", "/webhooks/1/t/messages/@original", good) == []
        if what not in silent:
            assert openapi.faults_in("POST", "/webhooks/1/t", bad) != [], what


@needs_spec
async def test_a_body_that_the_description_forbids_is_kept(loopback: LoopbackDiscord) -> None:
    mina = loopback.add_guild("Study group").add_member("Mina")
    bot = SmallBot()
    async with loopback.running(bot):
        channel = bot.get_partial_messageable(int(mina.guild.channel("general").id))
        await bot.http.request(
            Route("POST", "/channels/{channel_id}/messages", channel_id=channel.id),
            json={"content": "x", "tts": "loud", "allowed_mentions": {"parse": []}},
        )
    assert "OpenAPI" in loopback.violations[0]
    assert "tts" in loopback.violations[0]
    loopback.violations.clear()


def test_the_fake_takes_nothing_from_the_program_that_it_tests() -> None:
    sources = [path.read_text() for path in Path(documented.__file__).parent.glob("*.py")]
    assert len(sources) > 10
    assert [found for text in sources for found in re.findall(r"(?m)^\s*(?:from|import) (?:bot|rag)\b.*", text)] == []
