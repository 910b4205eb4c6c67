"""URLs printed in a document or attached to its text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.reading.printed import Row, Sheet

_URL = re.compile(
    r"(?:https?://|www\.|(?<![\w./])(?:github|gitlab|huggingface|bitbucket)\.(?:com|co|org|io)/)[^\s<>\"“”{}|\\^`]+",
    re.I,
)
_UNFINISHED = re.compile(r"(?:[/\-_.=&?%#~]|https?:)$")
_CONTINUES = re.compile(r"[a-z0-9][^\s]*[/._\-=?&#%][^\s]*|[a-z0-9_\-]+/?$")
_TRAILING = ".,;:!?'’”)]}*†∗"


def printed_links(sheets: Sequence[Sheet], pages: Sequence[Sequence[Row]]) -> tuple[str, ...]:
    """Return the URLs of each page, attached ones first, without repeats; those broken over lines are mended."""
    found: dict[str, None] = {}
    for sheet, rows in zip(sheets, pages, strict=True):
        attached = [link for link in sheet.links if link.lower().startswith(("http://", "https://"))]
        printed = list(_printed(rows))
        for link in attached + [link for link in printed if not _is_part(link, attached)]:
            found.setdefault(link, None)
    return tuple(found)


def _printed(rows: Sequence[Row]) -> list[str]:
    links = []
    for at, row in enumerate(rows):
        for match in _URL.finditer(row.text):
            url = match[0]
            here = at
            while (
                match.end() == len(row.text) and here + 1 < len(rows) and _breaks_off(url, rows[here], rows[here + 1])
            ):
                here += 1
                url += rows[here].text.split(" ", 1)[0]
                if " " in rows[here].text:
                    break
            url = _tidy(url)
            if "." in url.split("//")[-1]:
                links.append(url if "://" in url else f"https://{url}")
    return links


def _breaks_off(url: str, row: Row, below: Row) -> bool:
    """Whether a URL that reaches the end of its row goes on in the next."""
    first = below.text.split(" ", 1)[0]
    if below.column != row.column or abs(below.size - row.size) > 0.6:
        return False
    if _UNFINISHED.search(url) and not url.endswith("."):
        return bool(first) and first[0].isalnum()
    return (
        row.reaches_right
        and bool(_CONTINUES.fullmatch(first.rstrip(_TRAILING)))
        and any(c in first[:-1] for c in "/_=")
    )


def _tidy(url: str) -> str:
    while url and url[-1] in _TRAILING:
        if url[-1] == ")" and url.count("(") >= url.count(")"):
            break
        url = url[:-1]
    return url


def _is_part(link: str, attached: Sequence[str]) -> bool:
    bare = link.split("://", 1)[-1].rstrip("/").lower()
    return any(bare in other.lower() for other in attached)
