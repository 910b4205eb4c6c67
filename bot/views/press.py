"""Presses and picks, routed by what their custom ids say, so that a restart loses none."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote, unquote

import discord
from discord import ui

from bot.errors import OldButton, report

Interaction = discord.Interaction[discord.Client]

_DIGITS = 18  # SQLite's numbers have no more
Act = Callable[..., Awaitable[None]]
"""``await act(interaction, *arguments)``; for menus a list of what was picked comes last."""


class Actions:
    """What can be pressed, by name. Each cog registers its own."""

    def __init__(self) -> None:
        self._acts: dict[str, Act] = {}

    def register(self, name: str, act: Act) -> None:
        """Let presses named so call ``act``. A name is taken once."""
        assert name not in self._acts, name
        self._acts[name] = act

    async def call(self, interaction: Interaction, name: str, *given: Any) -> None:
        """Carry out one press; whatever goes wrong becomes a sentence for the person who pressed."""
        try:
            await self._known(name, interaction, *given)(interaction, *given)
        except Exception as error:  # noqa: BLE001 (the edge: presses have no tree above them to answer for errors)
            await report(interaction, error)

    def _known(self, name: str, *given: Any) -> Act:
        """Return what a press calls. Raises OldButton when there is no such thing, or none for what the press says."""
        act = self._acts.get(name)
        if act is None:
            raise OldButton(name)
        try:
            inspect.signature(act).bind(*given)
        except TypeError as error:
            raise OldButton(name) from error
        return act


def custom_id(prefix: str, action: str, arguments: Sequence[str]) -> str:
    """Return the id that carries an action and its arguments.

    >>> custom_id("press", "remove", ("cs/0112017", "3"))
    'press:remove:cs%2F0112017:3'
    """
    return ":".join((prefix, action, *(quote(argument, safe="") for argument in arguments)))


class Press(ui.DynamicItem["ui.Button[Any]"], template=r"press:(?P<action>[a-z_]+)(?P<arguments>(?::[\w.%~-]*)*)"):
    """Any button."""

    def __init__(self, item: ui.Button[Any], action: str, arguments: tuple[str, ...]) -> None:
        super().__init__(item)
        self._action, self._arguments = action, arguments

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, item: ui.Item[Any], match: re.Match[str]) -> Press:
        """Make the item anew from what stands in the message."""
        assert isinstance(item, ui.Button)
        return cls(item, match["action"], _arguments(match))

    async def callback(self, interaction: Interaction) -> None:
        """Carry the press out."""
        await actions_of(interaction).call(interaction, self._action, *self._arguments)


class _Pick(ui.DynamicItem[Any], template=r"never"):
    """Any menu; Discord has a component for each kind of value."""

    def __init__(self, item: Any, action: str, arguments: tuple[str, ...]) -> None:
        super().__init__(item)
        self._action, self._arguments = action, arguments

    @classmethod
    async def from_custom_id(cls, _interaction: Interaction, item: ui.Item[Any], match: re.Match[str]) -> _Pick:
        """Make the item anew from what stands in the message."""
        return cls(item, match["action"], _arguments(match))

    async def callback(self, interaction: Interaction) -> None:
        """Carry the pick out."""
        picked = [str(getattr(value, "id", value)) for value in self.item.values]
        await actions_of(interaction).call(interaction, self._action, *self._arguments, picked)


class PickText(_Pick, template=r"pick:(?P<action>[a-z_]+)(?P<arguments>(?::[\w.%~-]*)*)"):
    """A menu of our own choices."""


class PickRole(_Pick, template=r"pickrole:(?P<action>[a-z_]+)(?P<arguments>(?::[\w.%~-]*)*)"):
    """A menu of the server's roles."""


class PickChannel(_Pick, template=r"pickchannel:(?P<action>[a-z_]+)(?P<arguments>(?::[\w.%~-]*)*)"):
    """A menu of the server's channels."""


ITEMS = (Press, PickText, PickRole, PickChannel)
"""What the bot registers when it starts."""


def custom_ids_in(components: Iterable[Any]) -> Iterator[str]:
    """Yield the custom ids of a message's components, nested ones too: by them our own messages are known again."""
    for component in components:
        if found := getattr(component, "custom_id", None):
            yield str(found)
        yield from custom_ids_in(getattr(component, "children", ()))


def number_of(argument: str) -> int:
    """Return a number that a button carries. Raises OldButton."""
    if not argument.isdecimal() or len(argument) > _DIGITS:
        raise OldButton("number")
    return int(argument)


def actions_of(interaction: Interaction) -> Actions:
    """Return the actions of the bot that an interaction came to."""
    actions = getattr(interaction.client, "actions", None)
    assert isinstance(actions, Actions)
    return actions


def _arguments(match: re.Match[str]) -> tuple[str, ...]:
    return tuple(unquote(argument) for argument in match["arguments"].split(":")[1:])
