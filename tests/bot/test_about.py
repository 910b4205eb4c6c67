"""What the bot says about itself is true: help from its own tree, licence and source."""

from __future__ import annotations

import re

from discord import app_commands

from rag import __version__
from tests.bot.arxived import group, tom
from tests.bot.conftest import Start
from tests.loopback.discord import Exchange, Guild, Member, buttons_of, labels_of

__all__ = ["group", "tom"]

QUICK = {"embedder": "none"}


async def whole(helped: Exchange) -> str:
    """Wait for the last message of the help, and return its whole text."""

    def text() -> str:
        return "\n".join(message.text for message in helped.messages)

    await helped.discord.until(lambda: "For organisers" in text() and "/settings:" in text())
    return text()


async def test_help_names_every_command_of_the_tree_with_its_promise(start: Start, tom: Member) -> None:
    async with start(core=QUICK) as bot:
        helped = await tom.slash("help")
        await helped.settled("Seminar reads papers with you")
        text = await whole(helped)
        assert helped.ephemeral
        commands = [c for c in bot.tree.walk_commands() if isinstance(c, app_commands.Command)]
        for command in commands:
            assert re.search(rf"</{command.qualified_name}:\d+> {re.escape(command.description[:30])}", text)
        assert len(re.findall(r"</[^:]+:\d+>", text)) == len(commands)
        assert "Ask about this" in text


async def test_help_shows_an_example_wherever_something_is_typed_and_it_is_one(start: Start, tom: Member) -> None:
    async with start(core=QUICK) as bot:
        for command in bot.tree.walk_commands():
            if not isinstance(command, app_commands.Command) or not command.parameters:
                continue
            example = str(command.extras.get("example", ""))
            assert example.startswith(f"/{command.qualified_name} "), command.qualified_name
            named = set(re.findall(r"(\w+):(?= )", example))
            assert named
            assert named <= {parameter.name for parameter in command.parameters}
            assert {parameter.name for parameter in command.parameters if parameter.required} <= named


async def test_help_sets_apart_what_is_for_organisers(start: Start, tom: Member) -> None:
    async with start(core=QUICK) as bot:
        everybody, _, organisers = (await whole(await tom.slash("help"))).partition("**For organisers**")
        for command in ("paper add", "paper alias", "paper remove", "notes import", "notes tie", "settings"):
            assert bot.mention_of(command) in organisers
            assert bot.mention_of(command) not in everybody
        for command in ("ask", "paper list", "paper search", "notes show", "privacy"):
            assert bot.mention_of(command) in everybody


async def test_every_command_and_every_option_says_what_it_is(start: Start, group: Guild) -> None:
    async with start(core=QUICK) as bot:
        for command in bot.tree.walk_commands():
            assert len(command.description) > 10
            if isinstance(command, app_commands.Command):
                assert all(p.description not in ("", "…") for p in command.parameters), command.qualified_name


async def test_about_names_the_licence_and_where_the_source_is(start: Start, tom: Member) -> None:
    async with start(core=QUICK, source_url="https://example.org/our-seminar"):
        about = await (await tom.slash("about")).settled(f"Seminar {__version__}")
        assert about.ephemeral
        assert "GNU Affero General Public License, version 3 or later" in about.text
        links = {button["label"]: button["url"] for button in buttons_of(about.message)}
        assert links["Source"] == "https://example.org/our-seminar"
        assert links["Licence"].startswith("https://www.gnu.org/")


async def test_without_an_address_of_the_source_about_says_whom_to_ask(start: Start, tom: Member) -> None:
    async with start(core=QUICK):
        about = await (await tom.slash("about")).settled("ask whoever runs this bot for it")
        assert labels_of(about.message) == ["Licence"]
