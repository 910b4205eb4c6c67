"""A plain discord.py bot, to try the loopback Discord with: each of its commands uses one thing that Seminar uses."""

from __future__ import annotations

import asyncio
import io
import re
from typing import Any

import discord
from discord import app_commands, ui
from discord.ext import commands

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6300010000000500010d0a2db4"
    "0000000049454e44ae426082"
)
Talk = discord.Interaction[Any]


class Count(ui.DynamicItem[ui.Button[Any]], template=r"count:(?P<n>\d+)"):
    """A button whose state is in its custom id."""

    def __init__(self, n: int) -> None:
        super().__init__(ui.Button(label=f"Pressed {n} times", custom_id=f"count:{n}"))
        self.n = n

    @classmethod
    async def from_custom_id(cls, talk: Talk, item: ui.Item[Any], found: re.Match[str], /) -> Count:
        return cls(int(found["n"]))

    async def callback(self, talk: Talk) -> None:
        await talk.response.edit_message(view=page(f"count {self.n + 1}", self.n + 1))


def page(text: str, count: int, *, picture: bool = False) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    box: ui.Container[Any] = ui.Container(ui.TextDisplay(text), accent_colour=0x336699)
    if picture:
        box.add_item(ui.MediaGallery(discord.MediaGalleryItem("attachment://quote.png", description="a quote")))
    box.add_item(ui.ActionRow(Count(count), ui.Button(label="arXiv", url="https://arxiv.org/abs/1502.03167")))
    view.add_item(box)
    return view


class Form(ui.Modal, title="Tell me"):
    why: ui.Label[Any] = ui.Label(text="Why", component=ui.TextInput(custom_id="why", max_length=50))

    async def on_submit(self, talk: Talk) -> None:
        assert isinstance(self.why.component, ui.TextInput)
        await talk.response.send_message(f"because {self.why.component.value}", ephemeral=True)


class SmallBot(commands.Bot):
    """Answers; ``gate`` holds its slow command until a test lets it go on."""

    def __init__(self, *, content: bool = False) -> None:
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True, message_content=content)
        super().__init__(
            commands.when_mentioned, intents=intents, help_command=None, allowed_mentions=discord.AllowedMentions.none()
        )
        self.gate = asyncio.Event()
        self.heard: list[str] = []
        self.happened: list[str] = []

    async def setup_hook(self) -> None:
        self.add_dynamic_items(Count)
        mine: tuple[Any, ...] = (ask, slow, tell, thread, kinds, Papers(), menu, plain, long, choose, twice, post)
        for command in mine:
            self.tree.add_command(command)
        await self.tree.sync()

    async def on_message(self, message: discord.Message, /) -> None:
        if message.author != self.user:
            self.heard.append(message.clean_content)
            if self.user in message.mentions or message.guild is None:
                await message.reply(f"you said {message.content}", mention_author=False)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        self.happened.append(f"joined {guild.name}")

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self.happened.append(f"left {guild.name}")

    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        self.happened.append(f"lost sight of {guild.name}")

    async def on_resumed(self) -> None:
        self.happened.append("resumed")


@app_commands.command(description="Ask")
@app_commands.describe(question="What", paper="In which paper")
async def ask(talk: Talk, question: app_commands.Range[str, 1, 100], paper: str = "", private: bool = False) -> None:
    await talk.response.defer(thinking=True, ephemeral=private)
    await talk.edit_original_response(content="Searching")
    picture = discord.File(io.BytesIO(PNG), "quote.png")
    view = page(f"**{question}**", 0, picture=True)
    await talk.edit_original_response(content=None, view=view, attachments=[picture])
    await talk.followup.send("more", ephemeral=True)


@ask.autocomplete("paper")
async def papers(talk: Talk, typed: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=n, value=n) for n in ("resnet", "densenet") if n.startswith(typed)]


@app_commands.command(description="Wait for a test")
async def slow(talk: Talk) -> None:
    await talk.response.defer(thinking=True)
    await talk.client.gate.wait()
    await talk.edit_original_response(content="at last")


@app_commands.command(description="Open a form")
async def tell(talk: Talk) -> None:
    await talk.response.send_modal(Form())


@app_commands.command(description="Open a thread")
async def thread(talk: Talk) -> None:
    await talk.response.send_message("a beginning")
    answer = await talk.original_response()
    opened = await answer.create_thread(name="go on")
    await opened.send("here")


@app_commands.command(description="Every kind of option")
async def kinds(
    talk: Talk, n: app_commands.Range[int, 1, 5], who: discord.Member, role: discord.Role, where: discord.TextChannel,
    file: discord.Attachment,
) -> None:  # fmt: skip
    content = await file.read()
    said = f"{n} {who.name} {role.name} {where.name} {file.filename} {len(content)} {talk.permissions.manage_guild}"
    await talk.response.send_message(said)


@app_commands.command(description="Write into the channel")
async def plain(talk: Talk) -> None:
    await talk.response.defer()
    assert isinstance(talk.channel, discord.TextChannel)
    try:
        sent = await talk.channel.send("a normal message")
        await talk.followup.send(f"sent {sent.id}")
    except (discord.HTTPException, discord.ClientException) as error:
        await talk.followup.send(f"{type(error).__name__} {getattr(error, 'code', '')}")


@app_commands.command(description="Send too much")
async def long(talk: Talk, times: int) -> None:
    await talk.response.defer()
    view = ui.LayoutView()
    for _ in range(times):
        view.add_item(ui.TextDisplay("x" * 1001))
    try:
        await talk.followup.send(view=view)
    except discord.HTTPException as error:
        await talk.followup.send(f"refused: {error.code}")


@app_commands.command(description="Choose")
async def choose(talk: Talk) -> None:
    view = ui.View(timeout=None)
    options = [discord.SelectOption(label=name, value=name.lower()) for name in ("ResNet", "DenseNet")]
    menus: list[ui.Item[Any]] = [
        ui.Select(placeholder="Paper", options=options), ui.RoleSelect(placeholder="Role", custom_id="r:role")
    ]  # fmt: skip
    for one in menus:
        one.callback = answer_choice  # type: ignore[assignment, method-assign]
        view.add_item(one)
    await talk.response.send_message("choose", view=view)


async def answer_choice(talk: Talk) -> None:
    picked: Any = talk.data
    await talk.response.defer()
    await talk.edit_original_response(content=f"chose {picked['values']} {list(picked.get('resolved', {}))}", view=None)


@app_commands.command(description="Answer twice, as a bot should not")
async def twice(talk: Talk) -> None:
    await talk.response.send_message("one", allowed_mentions=discord.AllowedMentions(everyone=True))
    talk.response._response_type = None
    try:
        await talk.response.send_message("two")
    except discord.HTTPException as error:
        await talk.edit_original_response(content=f"refused: {error.code}")


@app_commands.command(description="Post into the forum")
async def post(talk: Talk, where: discord.ForumChannel, title: str) -> None:
    await talk.response.defer(ephemeral=True, thinking=True)
    thread, message = await where.create_thread(name=title, content="the first words")
    await talk.followup.send(f"{thread.id} {message.id}", ephemeral=False)


class Papers(app_commands.Group, name="paper", description="Papers"):
    @app_commands.command(description="Add")
    @app_commands.default_permissions(manage_guild=True)
    async def add(self, talk: Talk, ids: str = "") -> None:
        await talk.response.send_message(f"added {ids}")


Papers.__discord_app_commands_default_permissions__ = discord.Permissions(manage_guild=True)


@app_commands.context_menu(name="Ask about this")
async def menu(talk: Talk, message: discord.Message) -> None:
    await talk.response.send_message(f"about {message.content}", ephemeral=True)
