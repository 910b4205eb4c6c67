"""The commands that the bot registered, and what a person fills in, checked as the client checks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from discord import Permissions

from tests.loopback.discord.errors import Json, NotAccepted, NotOffered
from tests.loopback.discord.world import DM, Channel, Role, User

if TYPE_CHECKING:
    from tests.loopback.discord.people import Member

SLASH, USER_MENU, MESSAGE_MENU = 1, 2, 3
SUB_COMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(1, 12)
IN_SERVER, IN_BOT_DM = 0, 1
ADDRESSES = (USER, CHANNEL, ROLE, MENTIONABLE)


@dataclass(frozen=True)
class Found:
    """A registered command, or a subcommand in it."""

    command: Json
    path: tuple[str, ...]
    """The names below the command: groups and the subcommand."""
    options: tuple[Json, ...]
    """What the person can fill in."""

    def wrap(self, filled: list[Json]) -> list[Json]:
        """Return the options as an interaction carries them: inside their subcommand, inside its group."""
        for depth, name in reversed(list(enumerate(self.path, 1))):
            kind = SUB_COMMAND if depth == len(self.path) else GROUP
            filled = [{"type": kind, "name": name, "options": filled}]
        return filled


class CommandBook:
    """What ``PUT …/commands`` left here. ``syncs`` counts the PUTs."""

    def __init__(self, application_id: str) -> None:
        self._application_id = application_id
        self._books: dict[str | None, list[Json]] = {None: []}
        self._ids: dict[tuple[str | None, int, str], str] = {}
        self.syncs = 0

    def put(self, guild: str | None, commands: list[Json], new_id: Any) -> list[Json]:
        """Replace all commands, global ones or a server's; ids stay with their names."""
        self.syncs += 1
        book = self._books[guild] = []
        for sent in commands:
            kind = sent.get("type", SLASH)
            id_ = self._ids.setdefault((guild, kind, sent["name"]), new_id())
            needed = sent.get("default_member_permissions")
            book.append({
                "description": "", "options": [], "nsfw": False, "contexts": None, **sent, "id": id_, "type": kind,
                "application_id": self._application_id, "version": new_id(), "dm_permission": True,
                "default_member_permissions": None if needed is None else str(needed),
                **({} if guild is None else {"guild_id": guild}),
            })  # fmt: skip
        return book

    def all(self, guild: str | None = None) -> list[Json]:
        """Return the commands of one scope: the global ones, or those of a server alone."""
        return self._books.get(guild, [])

    def find(self, name: str, *, kind: int, guild: str | None) -> Found:
        """Return a command by its full name, as ``"paper add"``. Raises NotOffered, with the names there are."""
        offered = [one for scope in (guild, None) for one in self._books.get(scope, []) if one["type"] == kind]
        first, *path = name.split(" ") if kind == SLASH else [name]
        command = next((one for one in offered if one["name"] == first), None)
        if command is None:
            raise NotOffered(f"there is no command {name!r}, only {[one['name'] for one in offered]}")
        options: list[Json] = command["options"]
        for step in path:
            inner = [one for one in options if one["type"] in (SUB_COMMAND, GROUP) and one["name"] == step]
            if not inner:
                raise NotOffered(f"there is no {step!r} in /{first}, only {[one['name'] for one in options]}")
            options = inner[0].get("options") or []
        if any(one["type"] in (SUB_COMMAND, GROUP) for one in options):
            raise NotOffered(f"/{name} needs one of {[one['name'] for one in options]}")
        return Found(command, tuple(path), tuple(options))


def check_offered(command: Json, member: Member, channel: Channel) -> None:
    """Raise NotOffered where the client would not show a command to this person in this channel."""
    contexts = command["contexts"]
    where = IN_BOT_DM if channel.type == DM else IN_SERVER
    if contexts is not None and where not in contexts:
        raise NotOffered(f"{command['name']} is not offered {'in direct messages' if where else 'in servers'}")
    if channel.guild is None:
        return
    may = channel.guild.permissions_of(member.user, channel)
    if not may.view_channel:
        raise NotOffered(f"{member.name} does not see {channel.name}")
    if not may.use_application_commands:
        raise NotOffered(f"{member.name} may not use commands in {channel.name}")
    needed = command["default_member_permissions"]
    if needed is not None and not may.administrator and not Permissions(int(needed)) <= may:
        raise NotOffered(f"{command['name']} is only for members with {[n for n, v in Permissions(int(needed)) if v]}")


def fill(found: Found, given: Mapping[str, Any], *, focused: str | None = None) -> list[Json]:
    """Return the options as an interaction carries them. Raises NotAccepted where the client would refuse.

    While a person still types (``focused``), values may be unfinished and options may be missing.
    """
    known = {option["name"]: option for option in found.options}
    if strange := set(given) - set(known):
        raise NotAccepted(f"/{found.command['name']} has no {sorted(strange)}, only {sorted(known)}")
    missing = [name for name, one in known.items() if one.get("required") and name not in given]
    if missing and focused is None:
        raise NotAccepted(f"/{found.command['name']} needs {missing}")
    if focused is not None:
        kinds = [{"type": known[name]["type"], "name": name, "value": value} for name, value in given.items()]
        return [one | {"focused": True} if one["name"] == focused else one for one in kinds]
    return [{"type": known[name]["type"], "name": name, "value": _value(known[name], given[name])} for name in given]


def _value(option: Json, value: Any) -> Any:
    kind, name = option["type"], option["name"]
    fits: Any = {
        STRING: str, INTEGER: int, BOOLEAN: bool, NUMBER: (int, float), CHANNEL: Channel, ROLE: Role, ATTACHMENT: tuple,
    }.get(kind, object)  # fmt: skip
    if not isinstance(value, fits) or (kind in (INTEGER, NUMBER) and isinstance(value, bool)):
        raise NotAccepted(f"{name} is of type {kind}, and {value!r} is not")
    if kind in ADDRESSES:
        if kind == USER and account_of(value) is None:
            raise NotAccepted(f"{name} is a person, and {value!r} is not")
        return (account_of(value) or value).id
    if kind == ATTACHMENT:
        return value
    if choices := option.get("choices"):
        named = {one["name"]: one["value"] for one in choices} | {one["value"]: one["value"] for one in choices}
        if value not in named:
            raise NotAccepted(f"{name} is one of {sorted(map(str, named))}, not {value!r}")
        return named[value]
    size, unit = (len(value), "length") if kind == STRING else (value, "value")
    if kind != BOOLEAN and not option.get(f"min_{unit}", size) <= size <= option.get(f"max_{unit}", size):
        raise NotAccepted(f"{name} is of {unit} {size}: not within what the command allows")
    return value


def account_of(value: Any) -> User | None:
    """Return the account that a member or a user stands for."""
    account = getattr(value, "user", value)
    return account if isinstance(account, User) else None
