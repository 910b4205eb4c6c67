"""The API about a server's scheduled events.

https://docs.discord.com/developers/resources/guild-scheduled-event
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tests.loopback.discord.calls import Call, Routes
from tests.loopback.discord.errors import ApiError, Json, invalid_body, missing_permissions
from tests.loopback.discord.rest_application import guild_here

if TYPE_CHECKING:
    from tests.loopback.discord.server import LoopbackDiscord

ROUTES = Routes()
EXTERNAL = 3


@ROUTES.at("GET", "/guilds/{guild}/scheduled-events")
async def list_events(discord: LoopbackDiscord, call: Call) -> list[Json]:
    """Answer a server's events."""
    return guild_here(discord, call.found["guild"]).events


@ROUTES.at("POST", "/guilds/{guild}/scheduled-events")
async def make_event(discord: LoopbackDiscord, call: Call) -> Json:
    """Make an event outside voice channels."""
    guild, body = guild_here(discord, call.found["guild"]), call.body
    if not guild.permissions_of(discord.bot_user).create_events:
        raise missing_permissions()
    place = (body.get("entity_metadata") or {}).get("location", "")
    if body["entity_type"] != EXTERNAL or not body.get("scheduled_end_time") or not 1 <= len(place) <= 100:
        raise invalid_body("an external event needs a place and an end")
    if not 1 <= len(body["name"]) <= 100 or len(body.get("description") or "") > 1_000:
        raise invalid_body("name: Must be between 1 and 100 in length.")
    if datetime.fromisoformat(body["scheduled_start_time"]) <= discord.clock.now():
        raise invalid_body("scheduled_start_time: Cannot schedule event in the past.")
    event = body | {
        "id": discord.new_id(), "guild_id": guild.id, "channel_id": None, "creator_id": discord.bot_user.id,
        "status": 1, "entity_id": None, "image": None, "recurrence_rule": None,
    }  # fmt: skip
    guild.events.append(event)
    return event


@ROUTES.at("GET", "/guilds/{guild}/scheduled-events/{event}")
async def get_event(discord: LoopbackDiscord, call: Call) -> Json:
    """Answer one event."""
    return _event_in(discord, call)


@ROUTES.at("PATCH", "/guilds/{guild}/scheduled-events/{event}")
async def edit_event(discord: LoopbackDiscord, call: Call) -> Json:
    """Change one of the bot's own events."""
    event = _event_in(discord, call)
    event.update(call.body)
    return event


@ROUTES.at("DELETE", "/guilds/{guild}/scheduled-events/{event}")
async def delete_event(discord: LoopbackDiscord, call: Call) -> None:
    """Take one of the bot's own events back."""
    guild_here(discord, call.found["guild"]).events.remove(_event_in(discord, call))


def _event_in(discord: LoopbackDiscord, call: Call) -> Json:
    guild = guild_here(discord, call.found["guild"])
    found = next((event for event in guild.events if event["id"] == call.found["event"]), None)
    if found is None:
        raise ApiError(404, 10070, "Unknown Guild Scheduled Event")
    if call.method != "GET" and not guild.permissions_of(discord.bot_user).create_events:
        raise missing_permissions()
    return found
