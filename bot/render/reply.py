"""What a message is made of, as values: the renderers make them, :mod:`bot.views.layout` turns them into components."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """What kind of message it is; shown as the colour at its edge, never by the colour alone."""

    ANSWER = "answer"
    NOTES = "notes"
    NOTICE = "notice"
    ERROR = "error"
    PLAIN = "plain"


class Style(StrEnum):
    """How much a button calls for being pressed."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    SUCCESS = "success"
    DANGER = "danger"


class MenuKind(StrEnum):
    """What is picked from: choices of ours, or the server's roles or channels, which Discord lists itself."""

    TEXT = "text"
    ROLE = "role"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Text:
    """Markdown as Discord reads it. What others wrote has been through :mod:`bot.render.escaping`."""

    markdown: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A line between parts."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture shown in the message. ``name`` is unique in it and ends in .png; ``alt`` says what it shows."""

    name: str
    png: bytes
    alt: str


@dataclass(frozen=True, slots=True)
class Attached:
    """A file to download."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Button:
    """Presses call an action with its arguments (a few short words), also after a restart; or open an URL."""

    label: str
    action: str = ""
    arguments: tuple[str, ...] = ()
    url: str = ""
    style: Style = Style.SECONDARY
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a menu."""

    label: str
    value: str
    description: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Menu:
    """Picks call an action with its arguments and what was picked. ``chosen`` are ids of roles or channels."""

    action: str
    arguments: tuple[str, ...] = ()
    placeholder: str = ""
    choices: tuple[Choice, ...] = ()
    kind: MenuKind = MenuKind.TEXT
    least: int = 1
    most: int = 1
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """Up to five buttons, or one menu."""

    items: tuple[Button | Menu, ...]


Block = Text | Rule | Picture | Attached | Row


@dataclass(frozen=True, slots=True)
class Reply:
    """One message, top to bottom; :func:`bot.render.fitting.fitted` cuts what is too long for one."""

    blocks: tuple[Block, ...]
    tone: Tone = Tone.PLAIN


def said(markdown: str, tone: Tone = Tone.PLAIN) -> Reply:
    """Return a reply of one text."""
    return Reply((Text(markdown),), tone)
