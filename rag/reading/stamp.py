"""The arXiv stamp on page 1."""

from __future__ import annotations

import re
from collections.abc import Iterable

# New ids and those from before April 2007, as in arXiv:hep-th/9901001v2 1 Jan 1999.
_STAMP = re.compile(
    r"arXiv:\s*(?P<id>\d{4}\.\d{4,5}|[a-z][a-z-]*(?:\.[A-Z]{2})?/\d{7})(?P<version>v\d+)?"
    r"(?P<rest>\s*\[[a-z][\w.-]*\]|\s+\d{1,2}\s+[A-Z][a-z]{2}\s+\d{4})"
)


def find_stamp(lines: Iterable[str]) -> str | None:
    """Return the id and version of the first arXiv stamp, or None.

    A stamp names its category or date behind the id; a line that merely cites a paper does not.

    >>> find_stamp(["arXiv:1502.03167v3  [cs.LG]  2 Mar 2015"])
    '1502.03167v3'
    """
    for line in lines:
        if found := _STAMP.match(" ".join(line.split())):
            return found["id"] + (found["version"] or "")
    return None


def is_stamp(line: str) -> bool:
    """Whether the line is an arXiv stamp and nothing else."""
    line = " ".join(line.split())
    return len(line) < 80 and bool(_STAMP.match(line))
