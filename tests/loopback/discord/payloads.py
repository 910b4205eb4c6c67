"""Interactions as Discord sends them to a bot.

https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from tests.loopback.discord.commands import ATTACHMENT, account_of
from tests.loopback.discord.errors import Json, NotOffered
from tests.loopback.discord.exchange import Exchange
from tests.loopback.discord.messages import Message
from tests.loopback.discord.world import Channel, Role

if TYPE_CHECKING:
    from tests.loopback.discord.people import Member

APP_PERMISSIONS_IN_DM = 0x40_00_18_5C_C0
BY_SERVER, BY_USER = "0", "1"
Resolved = dict[str, dict[str, Json]]


def send(
    person: Member, channel: Channel, kind: int, data: Json, *, name: str, source: Message | None = None
) -> Exchange:
    """Tell the bot an interaction and return the exchange that begins. Raises NobodyListens, NotOffered."""
    discord, guild = person.discord, channel.guild
    if guild is not None and not guild.permissions_of(person.user, channel).view_channel:
        raise NotOffered(f"{person.name} does not see {channel.name}")
    if guild is not None and not guild.has_bot:
        raise NotOffered(f"the bot is not in {guild.name}")
    exchange = Exchange(
        discord, discord.new_id(), f"loopback-{token_hex(16)}", kind, name, person, channel,
        sent_at=time.monotonic(), created_at=discord.clock.now(), source=source,
    )  # fmt: skip
    body: Json = {
        "id": exchange.id, "application_id": discord.application_id, "type": kind, "token": exchange.token,
        "data": data, "version": 1, "channel_id": channel.id, "locale": "en-US",
        "entitlements": [], "entitlement_sku_ids": [],
        "attachment_size_limit": guild.attachment_limit if guild else 10 * 1024 * 1024,
    }  # fmt: skip
    if source is not None:
        body["message"] = source.json
    if guild is None:
        body |= {
            "user": person.user.json(), "context": 1, "channel": channel.json(),
            "app_permissions": str(APP_PERMISSIONS_IN_DM), "authorizing_integration_owners": {BY_SERVER: "0"},
        }  # fmt: skip
    else:
        body |= {
            "guild_id": guild.id, "guild": {"id": guild.id, "locale": guild.locale, "features": []}, "context": 0,
            "guild_locale": guild.locale, "member": guild.member_json(person.user, channel),
            "channel": _with_permissions(channel, person),
            "app_permissions": str(guild.permissions_of(discord.bot_user, channel).value),
            "authorizing_integration_owners": {BY_SERVER: guild.id},
        }  # fmt: skip
    discord.exchanges[exchange.token] = exchange
    discord.gateway.dispatch("INTERACTION_CREATE", body, needed=True)
    return exchange


def upload(person: Member, channel: Channel, options: list[Json]) -> Resolved:
    """Put attachments among the options onto the CDN, name them by id, and return what they resolve to."""
    attachments: dict[str, Json] = {}
    for option in options:
        if option["type"] == ATTACHMENT and isinstance(option["value"], tuple):
            name, content, *kind = option["value"]
            json = person.discord.messages.attachment(channel, name, content, {}, private=True)
            attachments[json["id"]] = json | ({"content_type": kind[0]} if kind else {})
            option["value"] = json["id"]
    return {"attachments": attachments} if attachments else {}


def uploaded(person: Member, channel: Channel, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Json]]:
    """Put the files of a form, (name, content), onto the CDN; return the form's values with them, and them by id."""
    filled, files = dict(values), {}
    for field, value in values.items():
        if isinstance(value, tuple):
            json = person.discord.messages.attachment(channel, value[0], value[1], {}, private=True)
            filled[field], files[json["id"]] = [json], json
    return filled, files


def resolved(values: Iterable[Any], channel: Channel, person: Member) -> Resolved:
    """Return the users, members, roles and channels among values, as interactions spell them out."""
    found: Resolved = {}
    for value in values:
        if isinstance(value, Channel):
            found.setdefault("channels", {})[value.id] = _with_permissions(value, person)
        elif isinstance(value, Role):
            found.setdefault("roles", {})[value.id] = value.json()
        elif (user := account_of(value)) is not None:
            found.setdefault("users", {})[user.id] = user.json()
            if channel.guild is not None:
                member = channel.guild.member_json(user, channel)
                found.setdefault("members", {})[user.id] = {k: v for k, v in member.items() if k != "user"}
    return found


def metadata(exchange: Exchange) -> Json:
    """Return what a message tells about the interaction that it answers."""
    owner = {BY_SERVER: exchange.channel.guild.id if exchange.channel.guild else "0"}
    json: Json = {"id": exchange.id, "type": exchange.kind, "user": exchange.person.user.json()}
    json["authorizing_integration_owners"] = owner
    return json | ({"interacted_message_id": exchange.source.id} if exchange.source else {"name": exchange.name})


def _with_permissions(channel: Channel, person: Member) -> Json:
    assert channel.guild is not None
    may = channel.guild.permissions_of(person.user, channel)
    return channel.json() | {"permissions": str(may.value)}
