"""The JSON schemas of replies, as strictly as providers ask for: every property is required, and none stands beside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Shape = Mapping[str, Any]

TEXT: Shape = {"type": "string"}


def object_of(properties: Mapping[str, Shape], *, title: str = "") -> Shape:
    """Return the schema of an object with these properties; the outermost has a title.

    >>> object_of({"id": TEXT})["required"], object_of({"id": TEXT})["additionalProperties"]
    (['id'], False)
    """
    named = {"title": title} if title else {}
    strict = {"required": list(properties), "additionalProperties": False}
    return named | {"type": "object", "properties": dict(properties)} | strict


def array_of(items: Shape) -> Shape:
    """Return the schema of a list."""
    return {"type": "array", "items": items}
