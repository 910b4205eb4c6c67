"""A server: its channels, roles and members, and what each may do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from discord import Permissions

from tests.loopback.discord.errors import Json
from tests.loopback.discord.people import Member
from tests.loopback.discord.world import DM, EVERYONE, FORUM, TEXT, Channel, Role, User

if TYPE_CHECKING:
    from tests.loopback.discord.server import LoopbackDiscord

MIB = 1024 * 1024
JOINED = "2026-01-01T00:00:00+00:00"


class Guild:
    """One server. Changes made after the bot connected are told to it, as Discord would."""

    def __init__(
        self, discord: LoopbackDiscord, name: str, *, owner: User, channels: Sequence[str], id_: str | None = None
    ) -> None:
        self.discord = discord
        self.id = id_ or discord.new_id()
        self.name = name
        self.everyone = Role(self.id, "@everyone", EVERYONE)
        self.roles: dict[str, Role] = {self.id: self.everyone}
        self.channels: dict[str, Channel] = {}
        self.threads: list[Channel] = []
        self.members: dict[str, Member] = {}
        self.events: list[Json] = []
        """Scheduled events."""
        self.owner = self.add_member(owner)
        self.bot_role = self.add_role(discord.bot_user.name, managed_for=discord.bot_user)
        self.has_bot = True
        self.available = True
        self.locale = "en-US"
        self.attachment_limit = 10 * MIB
        for channel in channels:
            self.add_channel(channel)
        self.system_channel: Channel | None = next(iter(self.channels.values()), None)

    def add_channel(self, name: str, *, kind: int = TEXT) -> Channel:
        """Add a text channel, or a forum with ``kind=FORUM``."""
        channel = Channel(self.discord.new_id(), kind, name, self, position=len(self.channels))
        self.channels[channel.id] = self.discord.channels[channel.id] = channel
        self._tell("CHANNEL_CREATE", channel.json())
        return channel

    def add_forum(self, name: str) -> Channel:
        """Add a forum channel."""
        return self.add_channel(name, kind=FORUM)

    def remove_channel(self, channel: Channel) -> None:
        """Delete a channel or thread and what is in it."""
        self.channels.pop(channel.id, None)
        self.threads = [thread for thread in self.threads if channel not in (thread, thread.parent)]
        self.discord.channels.pop(channel.id)
        for message in channel.parent.messages.values() if channel.parent is not None else ():
            if message.thread is channel:
                message.thread = None
                message.json = {k: v for k, v in message.json.items() if k != "thread"}
        self._tell("THREAD_DELETE" if channel.is_thread else "CHANNEL_DELETE", channel.json())

    def add_role(self, name: str, permissions: Permissions | None = None, *, managed_for: User | None = None) -> Role:
        """Add a role; with no permissions of its own when none are given."""
        role = Role(self.discord.new_id(), name, permissions or Permissions.none(), managed_for)
        self.roles[role.id] = role
        self._tell("GUILD_ROLE_CREATE", {"guild_id": self.id, "role": role.json()})
        return role

    def add_member(
        self, who: str | User | Member, *, permissions: Permissions | None = None, roles: Sequence[Role] = ()
    ) -> Member:
        """Let a new or a known person join. Permissions beyond everyone's come as a role of their own."""
        user = self.discord.add_user(who) if isinstance(who, str) else who.user if isinstance(who, Member) else who
        member = self.members[user.id] = Member(self.discord, user, self, list(roles))
        if permissions is not None:
            member.roles.append(self.add_role(f"{user.name}'s", permissions))
        return member

    def channel(self, name: str) -> Channel:
        """Return the channel or thread of that name; the newest if several bear it."""
        named = [c for c in [*self.channels.values(), *self.threads] if c.name == name]
        assert named, f"{self.name} has no channel {name!r}, only {[c.name for c in self.channels.values()]}"
        return named[-1]

    def kick_bot(self) -> None:
        """Remove the bot from the server."""
        self._tell("GUILD_DELETE", {"id": self.id})
        self.has_bot = False

    def invite_bot(self) -> None:
        """Let the bot join again."""
        self.has_bot = True
        self.discord.gateway.guild_created(self)

    def go_away(self) -> None:
        """Become unavailable, as in an outage: the bot has not left."""
        self.available = False
        self._tell("GUILD_DELETE", {"id": self.id, "unavailable": True})

    def come_back(self) -> None:
        """End the outage."""
        self.available = True
        self.discord.gateway.guild_available(self)

    def rename(self, name: str) -> None:
        """Change the server's name."""
        self.name = name
        self._tell("GUILD_UPDATE", self.json())

    def permissions_of(self, user: User, channel: Channel | None = None) -> Permissions:
        """Return what somebody may do in the server, or in one of its channels; a thread has its channel's rules.

        https://docs.discord.com/developers/topics/permissions#permission-overwrites
        """
        roles = [self.bot_role] if user is self.discord.bot_user else self.members[user.id].roles
        may = Permissions(self.everyone.permissions.value)
        for role in roles:
            may |= role.permissions
        if user is self.owner.user or may.administrator:
            return Permissions.all()
        ruled = channel.parent if channel is not None and channel.parent is not None else channel
        if ruled is None or ruled.type == DM:
            return may
        may = _overwritten(may, [ruled.overwrites.get(self.id)])
        may = _overwritten(may, [ruled.overwrites.get(role.id) for role in roles])
        may = _overwritten(may, [ruled.overwrites.get(user.id)])
        return may if may.view_channel else Permissions.none()

    def bot_member_json(self) -> Json:
        """Return the bot's member object."""
        return _member_json(self.discord.bot_user, [self.bot_role])

    def member_json(self, user: User, channel: Channel | None = None) -> Json:
        """Return a member object, with their permissions in a channel if one is given, as in interactions."""
        if user is self.discord.bot_user:
            return self.bot_member_json()
        json = _member_json(user, self.members[user.id].roles)
        return json if channel is None else json | {"permissions": str(self.permissions_of(user, channel).value)}

    def json(self) -> Json:
        """Return the guild object."""
        return {
            "id": self.id, "name": self.name, "owner_id": self.owner.user.id, "icon": None, "splash": None,
            "discovery_splash": None, "features": [], "emojis": [], "stickers": [], "verification_level": 0,
            "default_message_notifications": 0, "explicit_content_filter": 0, "mfa_level": 0, "nsfw_level": 0,
            "roles": [role.json() for role in self.roles.values()], "afk_channel_id": None, "afk_timeout": 300,
            "application_id": None, "system_channel_flags": 0, "rules_channel_id": None, "vanity_url_code": None,
            "system_channel_id": self.system_channel.id if self.system_channel else None, "description": None,
            "banner": None, "premium_tier": 0, "premium_subscription_count": 0, "preferred_locale": self.locale,
            "public_updates_channel_id": None, "premium_progress_bar_enabled": False,
        }  # fmt: skip

    def created_json(self) -> Json:
        """Return what GUILD_CREATE carries: the guild, its channels and, of its members, the bot alone."""
        bot = self.discord.bot_user
        return self.json() | {
            "joined_at": JOINED, "large": False, "member_count": len(self.members) + 1,
            "members": [self.bot_member_json()], "voice_states": [], "presences": [], "stage_instances": [],
            "guild_scheduled_events": [], "soundboard_sounds": [],
            "channels": [channel.json() for channel in self.channels.values()],
            "threads": [t.json() for t in self.threads if self.permissions_of(bot, t).view_channel and not t.archived],
        }  # fmt: skip

    def _tell(self, event: str, body: Json) -> None:
        if getattr(self, "has_bot", False):
            self.discord.gateway.dispatch(event, body)


def _member_json(user: User, roles: Sequence[Role]) -> Json:
    return {
        "user": user.json(), "nick": None, "avatar": None, "roles": [role.id for role in roles], "joined_at": JOINED,
        "premium_since": None, "deaf": False, "mute": False, "flags": 0, "pending": False,
        "communication_disabled_until": None,
    }  # fmt: skip


def _overwritten(may: Permissions, rules: Sequence[tuple[Permissions, Permissions] | None]) -> Permissions:
    kept = [rule for rule in rules if rule is not None]
    denied = allowed = Permissions.none()
    for yes, no in kept:
        allowed, denied = allowed | yes, denied | no
    return (may & ~denied) | allowed
