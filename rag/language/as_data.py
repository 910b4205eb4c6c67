"""Text of others in a prompt: data between markers that nobody can guess, and nothing that could play a role."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable, Sequence

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Of ids: nothing that looks like something else."""
_SIZE = 4

Drawn = Callable[[Sequence[str]], str]
"""Draws one of the letters; tests give one that is the same every time."""

_TAG = re.compile(r"<(?=[/|!?a-zA-Z<])")
_ROLE = re.compile(
    r"\[(/?(?:INST|SYS|SYSTEM|USER|ASSISTANT)\b)|(?<!\w)(system|user|assistant|human)\s*:", re.IGNORECASE
)


def new_ids(count: int, drawn: Drawn = secrets.choice, *, prefix: str = "S") -> tuple[str, ...]:
    """Return ids for one prompt, no two alike: "S7KQ". What was written before it cannot name them."""
    ids: dict[str, None] = {}
    while len(ids) < count:
        ids[prefix + "".join(drawn(LETTERS) for _ in range(_SIZE))] = None
    return tuple(ids)


def as_data(text: str, most: int = 4_000) -> str:
    """Return a text of others on one line, at most so long, without what ends a marker, plays a role or is not seen.

    Words stay as they are, so that what is copied from it is found on its page.
    """
    seen = "".join(" " if sign.isspace() else sign for sign in text if sign.isspace() or _is_seen(sign))
    one_line = " ".join(seen.split())[:most].rstrip()
    return _ROLE.sub(lambda found: f"({found[1]}" if found[1] else f"{found[2]} -", _TAG.sub("‹", one_line))


def _is_seen(sign: str) -> bool:
    return unicodedata.category(sign) not in ("Cc", "Cf", "Co", "Cs", "Cn")
