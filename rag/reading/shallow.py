"""Parses HTML into a tree of bounded depth, so that work on nested elements stays bounded too."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from bs4.element import Tag

MAX_DEPTH = 200  # real articles nest 10 to 40 deep; unclosed tags of old pages some hundreds


class ShallowSoup(BeautifulSoup):
    """A soup in which tags below ``MAX_DEPTH`` are passed over and their text kept."""

    def reset(self) -> None:
        """Begin anew."""
        self._passed: list[str] = []
        super().reset()

    def handle_starttag(self, name: str, *args: Any, **kwargs: Any) -> Tag | None:
        """Open an element, or note that its end has to be passed over as well."""
        if len(self.tagStack) > MAX_DEPTH:
            self._passed.append(name)
            return None
        return super().handle_starttag(name, *args, **kwargs)

    def handle_endtag(self, name: str, nsprefix: str | None = None) -> None:
        """Close an element."""
        if self._passed:
            self._passed.pop()
        else:
            super().handle_endtag(name, nsprefix)


def soup_of(markup: str) -> BeautifulSoup:
    """Parse a page or a piece of one, however broken."""
    return ShallowSoup(markup, "lxml")
