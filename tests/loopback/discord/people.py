"""People: what a member of the group does with the client, one method each. What the client would refuse, raises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tests.loopback.discord import payloads
from tests.loopback.discord.commands import MESSAGE_MENU, SLASH, USER_MENU, check_offered, fill
from tests.loopback.discord.errors import Json, NotAccepted, NotOffered
from tests.loopback.discord.exchange import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL_SUBMIT, Exchange, Modal
from tests.loopback.discord.filling import filled_in
from tests.loopback.discord.messages import REPLY, Message
from tests.loopback.discord.reading import BUTTON, LINK_STYLE, SELECTS, STRING_SELECT, components_of
from tests.loopback.discord.world import DM, Channel, Role, User

if TYPE_CHECKING:
    from tests.loopback.discord.guild import Guild
    from tests.loopback.discord.server import LoopbackDiscord


class Member:
    """A person in a server. The same person in another server: ``other.add_member(mina)``."""

    def __init__(self, discord: LoopbackDiscord, user: User, guild: Guild, roles: list[Role]) -> None:
        self.discord = discord
        self.user = user
        self.guild = guild
        self.roles = roles

    @property
    def id(self) -> str:
        """Return the account's id."""
        return self.user.id

    @property
    def name(self) -> str:
        """Return the account's name."""
        return self.user.name

    @property
    def dm(self) -> Channel:
        """Return the direct messages between this person and the bot."""
        return self.discord.dm_with(self.user)

    async def slash(
        self, command: str, *, channel: Channel | None = None, options: Mapping[str, Any] | None = None,
        anyway: bool = False, **more: Any,
    ) -> Exchange:  # fmt: skip
        """Use a command: ``slash("paper add", ids="1502.03167", channel=…)``. An attachment is ``("x.pdf", content)``.

        ``options`` takes those whose names are taken here. ``anyway`` is as if an admin had opened the command to all
        in Server Settings > Integrations. Raises NotOffered, NotAccepted.
        """
        channel, given = self._in(channel), {**(options or {}), **more}
        found = self.discord.commands.find(command, kind=SLASH, guild=channel.guild.id if channel.guild else None)
        if not anyway:
            check_offered(found.command, self, channel)
        filled = fill(found, given)
        files = payloads.upload(self, channel, filled)
        data = _command(found.command, found.wrap(filled), files | payloads.resolved(given.values(), channel, self))
        return payloads.send(self, channel, COMMAND, data, name=f"/{command}")

    async def autocomplete(
        self, command: str, options: Mapping[str, Any], *, focused: str, channel: Channel | None = None
    ) -> Exchange:
        """Type into an option and wait for what is suggested: ``.choices``."""
        channel = self._in(channel)
        found = self.discord.commands.find(command, kind=SLASH, guild=channel.guild.id if channel.guild else None)
        option = next((one for one in found.options if one["name"] == focused), None)
        if option is None or not option.get("autocomplete"):
            raise NotAccepted(f"{focused} of /{command} suggests nothing")
        filled = fill(found, {focused: ""} | dict(options), focused=focused)
        data = _command(found.command, found.wrap(filled), {})
        exchange = payloads.send(self, channel, AUTOCOMPLETE, data, name=f"/{command} {focused}:…")
        return await exchange.acknowledged()

    async def menu(self, command: str, target: Message | Member, *, anyway: bool = False) -> Exchange:
        """Use a command of the context menu of a message or a member."""
        on_message = isinstance(target, Message)
        channel = target.channel if isinstance(target, Message) else self._in(None)
        kind = MESSAGE_MENU if on_message else USER_MENU
        found = self.discord.commands.find(command, kind=kind, guild=channel.guild.id if channel.guild else None)
        if not anyway:
            check_offered(found.command, self, channel)
        if isinstance(target, Message):
            self._sees(target)
            known = {"messages": {target.id: target.json}}
        else:
            known = payloads.resolved([target], channel, self)
        data = _command(found.command, [], known) | {"target_id": target.id}
        return payloads.send(self, channel, COMMAND, data, name=command)

    async def press(self, message: Message, button: str) -> Exchange:
        """Press a button, named by its label, its custom id or a part of that between colons."""
        self._sees(message)
        found = _named(button, [one for one in components_of(message) if one["type"] == BUTTON], "label")
        if found["style"] == LINK_STYLE:
            raise NotAccepted(f"{button!r} is a link to {found['url']}")
        data = {"custom_id": found["custom_id"], "component_type": BUTTON, "id": found["id"]}
        return payloads.send(self, message.channel, COMPONENT, data, name=found["custom_id"], source=message)

    async def pick(self, message: Message, menu: str, values: str | Sequence[Any]) -> Exchange:
        """Choose in a select menu, named by its placeholder, custom id or a part of that. Values are labels or values,
        or the roles, channels and members themselves.
        """
        self._sees(message)
        found = _named(menu, [one for one in components_of(message) if one["type"] in SELECTS], "placeholder")
        chosen: list[Any] = [values] if isinstance(values, str) else list(values)
        if not (found.get("min_values") or 0) <= len(chosen) <= (found.get("max_values") or 1):
            raise NotAccepted(f"{menu!r} does not take {len(chosen)} values")
        data = {"custom_id": found["custom_id"], "component_type": found["type"], "id": found["id"]}
        if found["type"] == STRING_SELECT:
            data["values"] = [_option(found, value) for value in chosen]
        else:
            data["values"] = [value.id for value in chosen]
            data["resolved"] = payloads.resolved(chosen, message.channel, self)
        return payloads.send(self, message.channel, COMPONENT, data, name=found["custom_id"], source=message)

    async def submit(self, modal: Modal, values: Mapping[str, Any]) -> Exchange:
        """Send a form; fields are named by custom id or label. Raises NotAccepted for what does not fit."""
        exchange = modal.exchange
        values, files = payloads.uploaded(self, exchange.channel, values)
        data = {"custom_id": modal.json["custom_id"], "components": filled_in(modal, values)}
        data |= {"resolved": {"attachments": files}} if files else {}
        name = modal.json["custom_id"]
        return payloads.send(self, exchange.channel, MODAL_SUBMIT, data, name=name, source=exchange.source)

    async def says(
        self, channel: Channel, text: str, *, reply_to: Message | None = None, ping: bool = True,
        mentions_bot: bool = False, file: tuple[str, bytes] | None = None,
    ) -> Message:  # fmt: skip
        """Write a message. A reply with a ping mentions whom it answers, but not the bot for an answer to a command."""
        guild, bot = channel.guild, self.discord.bot_user
        if guild is not None:
            may = guild.permissions_of(self.user, channel)
            if not may.view_channel or not (may.send_messages_in_threads if channel.is_thread else may.send_messages):
                raise NotOffered(f"{self.name} may not write in {channel.name}")
        more: Json = {}
        mentioned = [bot] if mentions_bot else []
        if reply_to is not None:
            self._sees(reply_to)
            where = {"message_id": reply_to.id, "channel_id": reply_to.channel.id}
            more = {"message_reference": where, "referenced_message": reply_to.json, "kind": REPLY}
            if ping and reply_to.exchange is None and reply_to.author not in mentioned:
                mentioned.append(reply_to.author)
        more["mentions"] = [user.json() for user in mentioned]
        text = f"{bot.mention} {text}" if mentions_bot else text
        files = {} if file is None else {"0": file}
        return self.discord.messages.write(channel, self.user, {"content": text}, files, **more)

    def deletes(self, message: Message) -> None:
        """Delete a message."""
        self.discord.messages.delete(message)

    def _in(self, channel: Channel | None) -> Channel:
        return channel if channel is not None else next(iter(self.guild.channels.values()))

    def _sees(self, message: Message) -> None:
        if message.deleted or message.only_for not in (None, self.user):
            raise NotOffered(f"{self.name} does not see {message}")
        if message.channel.type == DM and message.channel.recipient is not self.user:
            raise NotOffered(f"{self.name} does not see the direct messages of another")

    def __repr__(self) -> str:
        return f"<{self.name} in {self.guild.name}>"


def _command(command: Json, options: list[Json], known: payloads.Resolved) -> Json:
    data: Json = {"id": command["id"], "name": command["name"], "type": command["type"], "options": options}
    data |= {"guild_id": command["guild_id"]} if "guild_id" in command else {}
    return data | ({"resolved": known} if known else {})


def _named(name: str, components: list[Json], label: str) -> Json:
    ways = (
        lambda one: one.get(label) == name,
        lambda one: one.get("custom_id") == name,
        lambda one: name in one.get("custom_id", "").split(":"),
    )
    for way in ways:
        if found := [one for one in components if way(one)]:
            if len(found) > 1:
                raise NotAccepted(f"several are called {name!r}: {[one.get('custom_id') for one in found]}")
            if found[0].get("disabled"):
                raise NotAccepted(f"{name!r} is disabled")
            return found[0]
    raise NotAccepted(
        f"nothing is called {name!r}, only {[(one.get(label), one.get('custom_id')) for one in components]}"
    )


def _option(menu: Json, value: str) -> str:
    for one in menu["options"]:
        if value in (one["value"], one["label"]):
            chosen: str = one["value"]
            return chosen
    raise NotAccepted(f"the menu has no {value!r}, only {[one['label'] for one in menu['options']]}")
