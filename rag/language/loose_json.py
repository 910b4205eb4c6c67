"""Objects out of what a model said, whatever stands around them: fences, prose, an end that is missing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

MOST_CHARS = 100_000
"""Of a reply; nothing that was asked for is so long."""
MOST_OBJECTS = 200
MOST_TRIES = 500
"""Brackets that begin nothing; who writes more of them was not answering."""

_DECODER = json.JSONDecoder(strict=False)


def objects_in(said: str, *keys: str) -> list[Mapping[str, Any]]:
    """Return the objects in a reply that have one of the keys, in their order, however nested; of one that was cut off
    those that are whole. Never raises, and is done in a fraction of a second.
    """
    said = said[:MOST_CHARS]
    found: list[Mapping[str, Any]] = []
    at, failed = said.find("{"), 0
    while at >= 0 and len(found) < MOST_OBJECTS and failed < MOST_TRIES:
        try:
            value, end = _DECODER.raw_decode(said, at)
        except (ValueError, RecursionError):
            end, failed = at + 1, failed + 1
        else:
            found += _having(keys, value)
        at = said.find("{", end)
    return found[:MOST_OBJECTS]


def text_of(value: object) -> str:
    """Return what stands where a text was asked for: numbers as they are written, a list as its first text, else ""."""
    if isinstance(value, list):
        value = next((one for one in value if isinstance(one, str)), "")
    if isinstance(value, bool) or value is None:
        return ""
    return str(value).strip() if isinstance(value, str | int | float) else ""


def list_of(value: object) -> list[Any]:
    """Return what stands where a list was asked for: one thing alone is a list, too."""
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def _having(keys: tuple[str, ...], value: object) -> list[Mapping[str, Any]]:
    """Return the outermost objects of a value that have one of the keys, in their order."""
    waiting = [value]
    found: list[Mapping[str, Any]] = []
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if any(key in one for key in keys):
                found.append(one)
                continue
            waiting += list(one.values())[::-1]
        elif isinstance(one, list):
            waiting += one[::-1]
    return found
