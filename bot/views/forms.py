"""Forms of one text, routed by what their custom ids say: who typed through a restart loses no word."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

import discord
from discord import ui

from bot.render.escaping import clip
from bot.render.limits import MODAL_DESCRIPTION_CHARS, TEXT_INPUT_CHARS, TOKEN_S
from bot.render.signs import one_line
from bot.views.press import Interaction, actions_of, custom_id

_FORM = re.compile(r"form:(?P<action>[a-z_]+)(?P<arguments>(?::[\w.%~-]*)*):[\w-]+")


class TextForm(ui.Modal):
    """A text under a question. What is sent calls an action with its arguments and the text."""

    def __init__(
        self, action: str, arguments: tuple[str, ...], *, title: str, label: str, under: str, text: str = ""
    ) -> None:
        # Each has an id of its own: the library knows forms by it, and lets go of one that is put away.
        own = custom_id("form", action, (*arguments, secrets.token_hex(4)))
        super().__init__(title=title, timeout=TOKEN_S, custom_id=own)
        box: ui.TextInput[TextForm] = ui.TextInput(
            style=discord.TextStyle.paragraph, default=text or None, min_length=1, max_length=TEXT_INPUT_CHARS
        )
        shown = clip(one_line(under), MODAL_DESCRIPTION_CHARS)
        self.add_item(ui.Label(text=label, description=shown, component=box))


async def route_form(interaction: Interaction) -> None:
    """Carry out what a form of this file is sent for, also one that another process opened; others are let be."""
    data: Mapping[str, Any] = interaction.data or {}
    found = _FORM.fullmatch(str(data.get("custom_id", "")))
    if interaction.type is discord.InteractionType.modal_submit and found is not None:
        arguments = [unquote(argument) for argument in found["arguments"].split(":")[1:]]
        await actions_of(interaction).call(interaction, found["action"], *arguments, _text(data["components"]))


def _text(components: Iterable[Mapping[str, Any]]) -> str:
    """Return the text of the form's one field, wherever it is nested."""
    for component in components:
        if "value" in component:
            return str(component["value"] or "")
        inner = component.get("components") or [component[key] for key in ("component",) if key in component]
        if found := _text(inner):
            return found
    return ""
