"""What every request is held against: the documented limits, Discord's OpenAPI file, the rule on mentions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.loopback.discord import documented, openapi
from tests.loopback.discord.calls import Call
from tests.loopback.discord.errors import Json, invalid_body
from tests.loopback.discord.exchange import CHOICES, MESSAGE, MODAL, UPDATE
from tests.loopback.discord.messages import V2, Message

if TYPE_CHECKING:
    from tests.loopback.discord.server import LoopbackDiscord


class Checks:
    """Keeps what was broken. The OpenAPI file is asked only when ``violations`` is: the loop is not held up by it."""

    def __init__(self, discord: LoopbackDiscord) -> None:
        self._discord = discord
        self._found: list[str] = []
        self._unchecked: list[Call] = []
        self.mentions_allowed = False
        """Whether messages may ping somebody."""

    def before(self, call: Call) -> None:
        """Hold a request against the limits and the rule. Raises ApiError, as Discord does, when a limit is broken."""
        if call.body is None:
            return
        self._unchecked.append(call)
        pinging = self._message_of(call)
        if pinging is not None and not self.mentions_allowed and not _pings_nobody(pinging):
            self.complain(call, f"may ping: allowed_mentions is {pinging.get('allowed_mentions')}")
        faults = list(self._limits(call))
        for fault in faults:
            self.complain(call, fault)
        if faults:
            raise invalid_body("; ".join(faults))

    def complain(self, call: Call, why: str) -> None:
        """Note a violation."""
        self._found.append(f"{call.method} {call.path}: {why}")

    def violations(self) -> list[str]:
        """Return everything that was broken so far."""
        while self._unchecked:
            call = self._unchecked.pop()
            if openapi.is_here():
                for fault in openapi.faults_in(call.method, call.path, call.body):
                    self.complain(call, f"not as Discord's OpenAPI file says: {fault}")
        return self._found

    def _limits(self, call: Call) -> Iterator[str]:
        body = call.body
        if call.path.endswith("/callback"):
            data, kind = body.get("data") or {}, body["type"]
            if kind in (MESSAGE, UPDATE):
                yield from documented.faults_in_message(
                    data, call.files, edited_v2=kind == UPDATE and self._was_v2(call), partial=kind == UPDATE
                )
            elif kind == MODAL:
                yield from documented.faults_in_modal(data)
            elif kind == CHOICES:
                yield from documented.faults_in_choices(data)
        elif re.fullmatch(r"(/channels/\d+/messages|/webhooks/\d+/[^/]+)", call.path) and call.method == "POST":
            yield from documented.faults_in_message(body, call.files)
        elif call.method == "PATCH" and "/messages/" in call.path:
            yield from documented.faults_in_message(body, call.files, edited_v2=self._was_v2(call), partial=True)
        elif call.path.endswith("/threads"):
            yield from documented.faults_in_thread(body)
            if "message" in body:
                yield from documented.faults_in_message(body["message"], call.files)
        elif call.method == "PATCH" and re.fullmatch(r"/channels/\d+", call.path):
            yield from documented.faults_in_thread(body)
        elif call.method == "PUT" and call.path.endswith("/commands"):
            yield from documented.faults_in_commands(body)

    def _message_of(self, call: Call) -> Json | None:
        """Return the message that a request makes people see for the first time, which is when it can ping."""
        body: Json = call.body
        if call.path.endswith("/callback"):
            return body.get("data") or {} if body["type"] == MESSAGE else None
        if call.method == "POST" and re.fullmatch(r"(/channels/\d+/messages|/webhooks/\d+/[^/]+)", call.path):
            return body
        if call.method == "POST" and call.path.endswith("/threads") and "message" in body:
            message: Json = body["message"]
            return message
        if call.method == "PATCH" and call.path.startswith("/webhooks/"):
            target = self._target(call)
            return body if target is not None and target.thinking else None
        return None

    def _was_v2(self, call: Call) -> bool:
        target = self._target(call)
        return target is not None and bool(target.json["flags"] & V2)

    def _target(self, call: Call) -> Message | None:
        exchange = self._discord.exchanges.get(call.found.get("token", ""))
        id_ = call.found.get("message", "")
        if exchange is not None:
            known = [exchange.original, *exchange.followups]
            if call.path.endswith("/callback"):
                return exchange.source
            return exchange.original if id_ == "@original" else next((m for m in known if m and m.id == id_), None)
        channel = self._discord.channels.get(call.found.get("channel", ""))
        return channel.messages.get(id_) if channel is not None else None


def _pings_nobody(message: Json) -> bool:
    mentions = message.get("allowed_mentions")
    if mentions is None or mentions.get("parse") != []:
        return False
    return not (mentions.get("users") or mentions.get("roles") or mentions.get("replied_user"))
