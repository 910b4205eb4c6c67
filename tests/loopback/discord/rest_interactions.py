"""The API by which a bot answers interactions: the callback, and the webhook that lives as long as the token.

https://docs.discord.com/developers/interactions/receiving-and-responding
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.loopback.discord.calls import Call, Routes
from tests.loopback.discord.errors import ApiError, Json, invalid_body, unknown
from tests.loopback.discord.exchange import (
    AUTOCOMPLETE,
    CHOICES,
    COMMAND,
    COMPONENT,
    DEFERRED,
    DEFERRED_UPDATE,
    MESSAGE,
    MODAL,
    MODAL_SUBMIT,
    UPDATE,
    Exchange,
)  # fmt: skip
from tests.loopback.discord.messages import EPHEMERAL, LOADING, MENU_ANSWER, SLASH_ANSWER, Message
from tests.loopback.discord.payloads import metadata

if TYPE_CHECKING:
    from tests.loopback.discord.server import LoopbackDiscord

ROUTES = Routes()
TO_ACKNOWLEDGE = timedelta(seconds=3)
FITS = {
    COMMAND: {MESSAGE, DEFERRED, MODAL},
    COMPONENT: {MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, MODAL},
    AUTOCOMPLETE: {CHOICES},
    MODAL_SUBMIT: {MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE},
}
"""Which responses an interaction takes."""


@ROUTES.at("POST", "/interactions/{interaction}/{token}/callback")
async def respond(discord: LoopbackDiscord, call: Call) -> Json | None:
    """Take the initial response: one, within three seconds."""
    exchange = discord.exchanges.get(call.found["token"])
    if exchange is None or exchange.id != call.found["interaction"]:
        raise unknown("Interaction")
    if exchange.callback is not None:
        raise ApiError(400, 40060, "Interaction has already been acknowledged.")
    if discord.clock.now() - exchange.created_at > TO_ACKNOWLEDGE:
        raise unknown("Interaction")
    kind, data = call.body["type"], call.body.get("data") or {}
    if kind not in FITS[exchange.kind] or (kind in (UPDATE, DEFERRED_UPDATE) and exchange.source is None):
        raise invalid_body(f"an interaction of type {exchange.kind} takes no response of type {kind}")
    if kind == MESSAGE:
        exchange.original = _write(discord, exchange, data, call)
    elif kind == DEFERRED:
        exchange.original = _write(discord, exchange, {"flags": (data.get("flags") or 0) | LOADING}, call)
    elif kind in (UPDATE, DEFERRED_UPDATE):
        exchange.original = exchange.source
        if kind == UPDATE and exchange.source is not None:
            discord.messages.rewrite(exchange.source, data, call.files)
    exchange.callback, exchange.acknowledged_at = call.body, call.at
    return _callback_json(exchange, kind) if call.query.get("with_response") in ("1", "true", "True") else None


@ROUTES.at("POST", "/webhooks/{application}/{token}")
async def follow_up(discord: LoopbackDiscord, call: Call) -> Json | None:
    """Write a follow-up. The first one after a deferral becomes the deferred answer, and keeps who sees it."""
    exchange = _alive(discord, call)
    if exchange.original is not None and exchange.original.thinking and not exchange.original.deleted:
        discord.messages.rewrite(exchange.original, call.body, call.files)
        message = exchange.original
    else:
        message = _write(discord, exchange, call.body, call)
        exchange.followups.append(message)
    return message.json if call.query.get("wait") in ("1", "true", "True") else None


@ROUTES.at("GET", "/webhooks/{application}/{token}/messages/{message}")
async def get(discord: LoopbackDiscord, call: Call) -> Json:
    """Answer the original response or a follow-up."""
    return _message(discord, call).json


@ROUTES.at("PATCH", "/webhooks/{application}/{token}/messages/{message}")
async def edit(discord: LoopbackDiscord, call: Call) -> Json:
    """Edit the original response or a follow-up."""
    message = _message(discord, call)
    discord.messages.rewrite(message, call.body, call.files)
    return message.json


@ROUTES.at("DELETE", "/webhooks/{application}/{token}/messages/{message}")
async def delete(discord: LoopbackDiscord, call: Call) -> None:
    """Delete the original response or a follow-up."""
    discord.messages.delete(_message(discord, call))


def _write(discord: LoopbackDiscord, exchange: Exchange, body: Json, call: Call) -> Message:
    private = bool((body.get("flags") or 0) & EPHEMERAL)
    kind = 0 if exchange.kind != COMMAND else SLASH_ANSWER if exchange.name.startswith("/") else MENU_ANSWER
    more: Json = {"interaction_metadata": metadata(exchange), "application_id": discord.application_id}
    more["webhook_id"] = discord.application_id
    only_for = exchange.person.user if private else None
    return discord.messages.write(
        exchange.channel, discord.bot_user, body, call.files, only_for=only_for, exchange=exchange, kind=kind, **more
    )


def _alive(discord: LoopbackDiscord, call: Call) -> Exchange:
    exchange = discord.exchanges.get(call.found["token"])
    if exchange is None or call.found["application"] != discord.application_id or exchange.callback is None:
        raise unknown("Webhook")
    if discord.clock.now() - exchange.created_at > discord.token_lifetime:
        raise ApiError(401, 50027, "Invalid Webhook Token")
    return exchange


def _message(discord: LoopbackDiscord, call: Call) -> Message:
    exchange, id_ = _alive(discord, call), call.found["message"]
    known = [exchange.original, *exchange.followups, exchange.source]
    found = exchange.original if id_ == "@original" else next((m for m in known if m and m.id == id_), None)
    if found is None or found.deleted:
        raise unknown("Message")
    return found


def _callback_json(exchange: Exchange, kind: int) -> Json:
    message = exchange.original
    about: Json = {"id": exchange.id, "type": exchange.kind}
    if message is None:
        return {"interaction": about}
    about["response_message_id"] = message.id
    about["response_message_loading"] = message.thinking
    about["response_message_ephemeral"] = message.only_for is not None
    shown = {"message": message.json} if kind in (MESSAGE, DEFERRED, UPDATE) else {}
    return {"interaction": about, "resource": {"type": kind, **shown}}
