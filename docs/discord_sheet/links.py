"""Links as Discord finds them: bare, in angle brackets, and masked by a label."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_BARE = re.compile(r"(?:https?|steam)://[^\s<]+")
_ANGLED = re.compile(r"<([^: >]+:/[^ >]+)>")
_NEVER_LAST = "<.,:;\"']"
_REST_OF_TARGET = re.compile(r""">?(?:\s+["'].*?["'])?\s*\)""", re.DOTALL)
_TARGET_PART = re.compile(r"\([^)]*\)|\\.|[^\s\\]", re.DOTALL)
_OPENS = re.compile(r"\s*<?")
_MAY_LEAD_TO = ("http://", "https://", "discord://", "mailto:")
_INVITES = re.compile(r"discord\.gg/|discord(?:app)?\.com/invite", re.IGNORECASE)


class Masked(NamedTuple):
    """A label with its address; Discord takes it for a link only when it is ``honest``: shows and leads somewhere."""

    length: int
    label: str
    address: str
    honest: bool


def bare_link(source: str) -> str:
    """The address that ``source`` begins with; '' when it begins with none."""
    found = _BARE.match(source)
    address = found.group() if found else ""
    while address and address[-1] in _NEVER_LAST:
        address = address[:-1]
    while address.endswith(")") and address.count("(") < address.count(")"):
        address = address[:-1]
    return address if address.partition("://")[2] else ""


def angled_link(source: str) -> tuple[int, str] | None:
    """How many characters ``<address>`` takes at the beginning of ``source``, and the address."""
    found = _ANGLED.match(source)
    return (found.end(), found.group(1)) if found else None


def masked_link(source: str) -> Masked | None:
    """``[label](address)`` at the beginning of ``source``, the longest label that works."""
    for end in _label_ends(source):
        opened = _OPENS.match(source, end + 2)
        at = begin = opened.end() if opened else end + 2
        while not (rest := _REST_OF_TARGET.match(source, at)):
            part = _TARGET_PART.match(source, at)
            if part is None:
                break
            at = part.end()
        if rest:
            label, address = source[1:end], re.sub(r"\\(.)", r"\1", source[begin:at])
            honest = bool(label.strip()) and not _INVITES.search(label)
            return Masked(rest.end(), label, address, honest and address.lower().startswith(_MAY_LEAD_TO))
    return None


def _label_ends(source: str) -> Iterator[int]:
    """Where a label that begins at the first character may end, the last place first. A lone ``[`` spoils it."""
    ends, at = [], 1
    while at < len(source):
        if source[at] == "[":
            closed = source.find("]", at)
            if closed < 0:
                break
            at = closed
        elif source[at] == "]":
            if source.startswith("](", at):
                ends.append(at)
            opens, closes = source.find("[", at + 1), source.find("]", at + 1)
            if closes < 0 or 0 <= opens < closes:
                break
        at += 1
    return reversed(ends)
