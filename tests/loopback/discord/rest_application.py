"""The API about the application, its commands, the bot's account and servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.loopback.discord.calls import Call, Routes
from tests.loopback.discord.errors import ApiError, Json, missing_access, unknown

if TYPE_CHECKING:
    from tests.loopback.discord.guild import Guild
    from tests.loopback.discord.server import LoopbackDiscord

ROUTES = Routes()


@ROUTES.at("GET", "/users/@me")
async def me(discord: LoopbackDiscord, call: Call) -> Json:
    """Answer who the bot is: a login asks this first."""
    return discord.bot_user.json() | {"verified": True, "mfa_enabled": False, "locale": "en-US"}


@ROUTES.at("GET", "/oauth2/applications/@me")
@ROUTES.at("GET", "/applications/@me")
async def application(discord: LoopbackDiscord, call: Call) -> Json:
    """Answer what the application is."""
    return {
        "id": discord.application_id, "name": discord.bot_user.name, "icon": None, "description": "", "hook": True,
        "bot_public": True, "bot_require_code_grant": False, "verify_key": "0" * 64, "flags": 0, "summary": "",
        "rpc_origins": [], "owner": discord.owner.json(), "team": None, "bot": discord.bot_user.json(),
        "approximate_guild_count": len(discord.guilds), "integration_types_config": {"0": {}},
    }  # fmt: skip


@ROUTES.at("GET", "/gateway/bot")
@ROUTES.at("GET", "/gateway")
async def gateway(discord: LoopbackDiscord, call: Call) -> Json:
    """Answer where the gateway is."""
    limit = {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}
    return {"url": discord.gateway_url, "shards": 1, "session_start_limit": limit}


@ROUTES.at("GET", "/applications/{application}/commands")
@ROUTES.at("GET", "/applications/{application}/guilds/{guild}/commands")
async def commands(discord: LoopbackDiscord, call: Call) -> list[Json]:
    """Answer the registered commands."""
    return discord.commands.all(call.found.get("guild"))


@ROUTES.at("PUT", "/applications/{application}/commands")
@ROUTES.at("PUT", "/applications/{application}/guilds/{guild}/commands")
async def put_commands(discord: LoopbackDiscord, call: Call) -> list[Json]:
    """Replace the registered commands."""
    guild = call.found.get("guild")
    if guild is not None:
        guild_here(discord, guild)
    return discord.commands.put(guild, call.body, discord.new_id)


@ROUTES.at("GET", "/users/{user}")
async def user(discord: LoopbackDiscord, call: Call) -> Json:
    """Answer an account."""
    found = discord.users.get(call.found["user"])
    if found is None:
        raise unknown("User")
    return found.json()


@ROUTES.at("POST", "/users/@me/channels")
async def open_dm(discord: LoopbackDiscord, call: Call) -> Json:
    """Open direct messages with a person."""
    person = discord.users.get(str(call.body["recipient_id"]))
    if person is None:
        raise unknown("User")
    if person.id in discord.refuses_dm:
        raise ApiError(403, 50007, "Cannot send messages to this user")
    return discord.dm_with(person).json()


@ROUTES.at("GET", "/users/@me/guilds")
async def my_guilds(discord: LoopbackDiscord, call: Call) -> list[Json]:
    """Answer the servers that the bot is in."""
    return [
        {"id": one.id, "name": one.name, "icon": None, "owner": False, "permissions": "0", "features": []}
        for one in discord.guilds
        if one.has_bot
    ]


@ROUTES.at("DELETE", "/users/@me/guilds/{guild}")
async def leave(discord: LoopbackDiscord, call: Call) -> None:
    """Let the bot leave a server."""
    guild_here(discord, call.found["guild"]).kick_bot()


@ROUTES.at("GET", "/guilds/{guild}")
async def guild(discord: LoopbackDiscord, call: Call) -> Json:
    """Answer a server."""
    return guild_here(discord, call.found["guild"]).json()


@ROUTES.at("GET", "/guilds/{guild}/channels")
async def channels(discord: LoopbackDiscord, call: Call) -> list[Json]:
    """Answer a server's channels."""
    return [channel.json() for channel in guild_here(discord, call.found["guild"]).channels.values()]


@ROUTES.at("GET", "/guilds/{guild}/roles")
async def roles(discord: LoopbackDiscord, call: Call) -> list[Json]:
    """Answer a server's roles."""
    return [role.json() for role in guild_here(discord, call.found["guild"]).roles.values()]


@ROUTES.at("GET", "/guilds/{guild}/threads/active")
async def active_threads(discord: LoopbackDiscord, call: Call) -> Json:
    """Answer a server's active threads."""
    threads = guild_here(discord, call.found["guild"]).threads
    return {"threads": [thread.json() for thread in threads if not thread.archived], "members": []}


@ROUTES.at("GET", "/guilds/{guild}/members/{user}")
async def member(discord: LoopbackDiscord, call: Call) -> Json:
    """Answer a member."""
    here = guild_here(discord, call.found["guild"])
    if call.found["user"] == discord.bot_user.id:
        return here.bot_member_json()
    if call.found["user"] not in here.members:
        raise unknown("Member")
    return here.member_json(here.members[call.found["user"]].user)


def guild_here(discord: LoopbackDiscord, id_: str) -> Guild:
    """Return a server that the bot is in. Raises ApiError."""
    found = next((one for one in discord.guilds if one.id == id_), None)
    if found is None:
        raise unknown("Guild")
    if not found.has_bot:
        raise missing_access()
    return found
