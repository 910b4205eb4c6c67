"""A reply as Discord's components: one container, its colour for the tone."""

from __future__ import annotations

import io
from typing import Any

import discord
from discord import ui

from bot.render.reply import (
    Attached,
    Block,
    Button,
    Choice,
    Menu,
    MenuKind,
    Picture,
    Reply,
    Row,
    Rule,
    Style,
    Text,
    Tone,
)
from bot.views.press import PickChannel, PickRole, PickText, Press, custom_id

_COLOURS = {
    Tone.ANSWER: discord.Colour(0x3BA55D),
    Tone.NOTES: discord.Colour(0xC9A227),
    Tone.NOTICE: discord.Colour(0x5865F2),
    Tone.ERROR: discord.Colour(0xED4245),
    Tone.PLAIN: None,
}
_STYLES = {
    Style.PRIMARY: discord.ButtonStyle.primary,
    Style.SECONDARY: discord.ButtonStyle.secondary,
    Style.SUCCESS: discord.ButtonStyle.success,
    Style.DANGER: discord.ButtonStyle.danger,
}
_WRITABLE = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.forum,
]


def layout(reply: Reply) -> tuple[ui.LayoutView, list[discord.File]]:
    """Return the view of a reply that fits one message, and the files it shows.

    All its items are dynamic: the library keeps no view in memory, and presses work after a restart.
    """
    files: list[discord.File] = []
    container: ui.Container[Any] = ui.Container(accent_colour=_COLOURS[reply.tone])
    for block in reply.blocks:
        container.add_item(_component(block, files))
    view = ui.LayoutView(timeout=None)
    view.add_item(container)
    return view, files


def _component(block: Block, files: list[discord.File]) -> ui.Item[Any]:
    if isinstance(block, Text):
        return ui.TextDisplay(block.markdown)
    if isinstance(block, Rule):
        return ui.Separator()
    if isinstance(block, Picture):
        file = discord.File(io.BytesIO(block.png), block.name, description=block.alt)
        files.append(file)
        return ui.MediaGallery(discord.MediaGalleryItem(file, description=block.alt))
    if isinstance(block, Attached):
        file = discord.File(io.BytesIO(block.content), block.name)
        files.append(file)
        return ui.File(file)
    return _row(block)


def _row(row: Row) -> ui.ActionRow[Any]:
    return ui.ActionRow(*(_button(item) if isinstance(item, Button) else _menu(item) for item in row.items))


def _button(button: Button) -> ui.Item[Any]:
    if button.url:
        return ui.Button(label=button.label, url=button.url)
    item: ui.Button[Any] = ui.Button(
        label=button.label,
        style=_STYLES[button.style],
        custom_id=custom_id("press", button.action, button.arguments),
        disabled=button.disabled,
    )
    return Press(item, button.action, button.arguments)


def _menu(menu: Menu) -> ui.Item[Any]:
    common: dict[str, Any] = {
        "placeholder": menu.placeholder or None,
        "min_values": menu.least,
        "max_values": menu.most,
    }
    if menu.kind is MenuKind.ROLE:
        roles: ui.RoleSelect[Any] = ui.RoleSelect(
            custom_id=custom_id("pickrole", menu.action, menu.arguments),
            default_values=[discord.Object(int(role), type=discord.Role) for role in menu.chosen],
            **common,
        )
        return PickRole(roles, menu.action, menu.arguments)
    if menu.kind is MenuKind.CHANNEL:
        channels: ui.ChannelSelect[Any] = ui.ChannelSelect(
            custom_id=custom_id("pickchannel", menu.action, menu.arguments),
            channel_types=_WRITABLE,
            default_values=[
                discord.SelectDefaultValue(id=int(channel), type=discord.SelectDefaultValueType.channel)
                for channel in menu.chosen
            ],
            **common,
        )
        return PickChannel(channels, menu.action, menu.arguments)
    texts: ui.Select[Any] = ui.Select(
        custom_id=custom_id("pick", menu.action, menu.arguments),
        options=[_option(choice) for choice in menu.choices],
        **common,
    )
    return PickText(texts, menu.action, menu.arguments)


def _option(choice: Choice) -> discord.SelectOption:
    return discord.SelectOption(
        label=choice.label, value=choice.value, description=choice.description or None, default=choice.chosen
    )
