"""Who and what there is: people, servers, roles, channels, and who may do what where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from discord import Permissions

from tests.loopback.discord.errors import Json

if TYPE_CHECKING:
    from tests.loopback.discord.guild import Guild
    from tests.loopback.discord.messages import Message

TEXT, DM, ANNOUNCEMENT_THREAD, PUBLIC_THREAD, PRIVATE_THREAD, FORUM = 0, 1, 10, 11, 12, 15
THREADS = (ANNOUNCEMENT_THREAD, PUBLIC_THREAD, PRIVATE_THREAD)

EVERYONE = Permissions(
    view_channel=True, send_messages=True, send_messages_in_threads=True, create_public_threads=True,
    create_private_threads=True, embed_links=True, attach_files=True, add_reactions=True, read_message_history=True,
    use_application_commands=True, use_external_emojis=True, change_nickname=True, mention_everyone=True,
    send_polls=True,
)  # fmt: skip
"""What a new server lets everyone do."""


@dataclass(eq=False)
class User:
    """An account: a person's or a bot's."""

    id: str
    name: str
    bot: bool = False

    @property
    def mention(self) -> str:
        """Return the text that mentions it."""
        return f"<@{self.id}>"

    def json(self) -> Json:
        """Return the user object."""
        return {
            "id": self.id, "username": self.name if self.bot else self.name.lower().replace(" ", ""),
            "global_name": None if self.bot else self.name, "discriminator": "0000" if self.bot else "0",
            "avatar": None, "bot": self.bot, "public_flags": 0, "flags": 0,
        }  # fmt: skip


@dataclass(eq=False)
class Role:
    """A role of a server. The one whose id is the server's is everyone's."""

    id: str
    name: str
    permissions: Permissions
    managed_for: User | None = None

    @property
    def mention(self) -> str:
        """Return the text that mentions it."""
        return f"<@&{self.id}>"

    def json(self) -> Json:
        """Return the role object."""
        tags = {"tags": {"bot_id": self.managed_for.id}} if self.managed_for else {}
        return {
            "id": self.id, "name": self.name, "permissions": str(self.permissions.value), "color": 0, "colors":
            {"primary_color": 0, "secondary_color": None, "tertiary_color": None}, "hoist": False, "position": 1,
            "managed": self.managed_for is not None, "mentionable": False, "flags": 0, **tags,
        }  # fmt: skip


@dataclass(eq=False)
class Channel:
    """A text or forum channel, a thread, or the direct messages with one person."""

    id: str
    type: int
    name: str
    guild: Guild | None = None
    parent: Channel | None = None
    """The channel that a thread is in."""
    owner: User | None = None
    recipient: User | None = None
    """The person, in direct messages."""
    position: int = 0
    overwrites: dict[str, tuple[Permissions, Permissions]] = field(default_factory=dict)
    """What a role or a user is allowed and denied here beyond the server's rules, by id."""
    messages: dict[str, Message] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    """Ids of who joined a thread."""
    typing: int = 0
    """How often the bot showed that it types."""
    archived: bool = False
    locked: bool = False
    auto_archive_minutes: int = 4320
    created_at: str = ""

    @property
    def mention(self) -> str:
        """Return the text that links here."""
        return f"<#{self.id}>"

    @property
    def is_thread(self) -> bool:
        """Whether this is a thread or a forum's post."""
        return self.type in THREADS

    @property
    def threads(self) -> list[Channel]:
        """The threads in this channel, oldest first."""
        assert self.guild is not None
        return [thread for thread in self.guild.threads if thread.parent is self]

    @property
    def visible(self) -> list[Message]:
        """What everyone sees here: not what was deleted or is only for one person."""
        return [m for m in self.messages.values() if not m.deleted and m.only_for is None]

    def said_by(self, author: User) -> list[Message]:
        """Return what an account wrote here that everyone sees."""
        return [message for message in self.visible if message.author is author]

    def allow(self, whom: User | Role, **permissions: bool) -> None:
        """Allow somebody something here: ``allow(role, send_messages=True)``."""
        allowed, denied = self.overwrites.get(whom.id, (Permissions.none(), Permissions.none()))
        self.overwrites[whom.id] = (allowed | Permissions(**permissions), denied & ~Permissions(**permissions))

    def deny(self, whom: User | Role, **permissions: bool) -> None:
        """Deny somebody something here: ``deny(discord.bot_user, send_messages=True)``."""
        allowed, denied = self.overwrites.get(whom.id, (Permissions.none(), Permissions.none()))
        self.overwrites[whom.id] = (allowed & ~Permissions(**permissions), denied | Permissions(**permissions))

    def json(self) -> Json:
        """Return the channel object."""
        common: Json = {"id": self.id, "type": self.type, "flags": 0, "last_message_id": self._last_message_id()}
        if self.type == DM:
            assert self.recipient is not None
            return common | {"recipients": [self.recipient.json()]}
        assert self.guild is not None
        common |= {"guild_id": self.guild.id, "name": self.name, "rate_limit_per_user": 0}
        if self.is_thread:
            return common | self._thread_json()
        overwrites = [
            {"id": id_, "type": 0 if id_ in self.guild.roles else 1, "allow": str(yes.value), "deny": str(no.value)}
            for id_, (yes, no) in self.overwrites.items()
        ]
        common |= {"position": self.position, "topic": None, "nsfw": False, "parent_id": None}
        common |= {"permission_overwrites": overwrites}
        return common | ({"available_tags": [], "default_sort_order": None} if self.type == FORUM else {})

    def _thread_json(self) -> Json:
        assert self.parent is not None
        assert self.owner is not None
        state = {
            "archived": self.archived, "locked": self.locked, "auto_archive_duration": self.auto_archive_minutes,
            "archive_timestamp": self.created_at, "create_timestamp": self.created_at,
        }  # fmt: skip
        count = len(self.messages)
        return {
            "parent_id": self.parent.id, "owner_id": self.owner.id, "thread_metadata": state, "applied_tags": [],
            "message_count": count, "member_count": len(self.members), "total_message_sent": count,
        }  # fmt: skip

    def _last_message_id(self) -> str | None:
        return next(reversed(self.messages), None)


def spread(permissions: Permissions) -> Iterator[str]:
    """Give the names of the permissions that are set."""
    return (name for name, value in permissions if value)
