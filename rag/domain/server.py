"""A Discord server as the group uses it: its name, when we came and went, and what its organisers set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class WeeklySlot:
    """When and where the group meets. ``day`` is the ISO weekday, 1 (Monday) to 7.

    ``reminder_hours``: how long before it members are reminded, 0 for not at all. ``event``: put it among the server's
    events.
    """

    day: int
    time: str  # "19:30" on the group's own clock
    zone: str  # IANA: "Europe/Berlin"
    channel: str
    reminder_hours: int = 24
    event: bool = False


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What organisers may set. Ids of roles and channels are decimal strings.

    A field that is added later needs a default: settings kept before do not have it.
    """

    organiser_role: str | None = None  # None: members with Manage Server only
    channels: tuple[str, ...] = ()  # where the bot may answer; () is everywhere
    weekly: WeeklySlot | None = None
    use_model: bool = True


@dataclass(frozen=True, slots=True)
class Server:
    """One guild. ``joined_at`` None: never joined; ``left_at`` None: not left since. Times are aware UTC."""

    guild: str
    name: str
    joined_at: datetime | None
    left_at: datetime | None
    settings: ServerSettings
