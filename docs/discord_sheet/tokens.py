"""What Discord's Markdown is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """A kind of token; those from QUOTE on stand on lines of their own."""

    TEXT = "text"
    BOLD = "bold"
    ITALIC = "italic"
    UNDERLINE = "underline"
    STRIKE = "strike"
    SPOILER = "spoiler"
    CODE = "code"
    LINK = "link"
    USER = "user"
    ROLE = "role"
    CHANNEL = "channel"
    COMMAND = "command"
    EVERYONE = "everyone"
    TIME = "time"
    QUOTE = "quote"
    HEADING = "heading"
    SUBTEXT = "subtext"
    LIST = "list"
    ITEM = "item"
    FENCE = "fence"


BLOCKS = frozenset({Kind.QUOTE, Kind.HEADING, Kind.SUBTEXT, Kind.LIST, Kind.ITEM, Kind.FENCE})


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a message.

    ``text`` is what is shown of TEXT, CODE and FENCE, the id of a mention, the name of a command, the seconds of a
    TIME. ``detail`` is a LINK's address, a TIME's style, a HEADING's level, the first number of an ordered LIST.
    """

    kind: Kind
    text: str = ""
    inner: tuple[Token, ...] = ()
    detail: str = ""
