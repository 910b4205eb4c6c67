"""From an old Papers with Code page to the paper: where its address leads now, else by the title in its slug."""

from __future__ import annotations

import logging
import re

from rag.errors import BadIdentifier, NotFound, Refused, Unreachable
from rag.sources.arxiv_feed import ArxivFeed, ArxivRecord
from rag.sources.arxiv_ids import ArxivRef
from rag.sources.identifiers import PapersWithCodePage, identify
from rag.sources.web import Web

log = logging.getLogger(__name__)

CLOSE_TITLE = 92.0  # of 100 (rapidfuzz ratio): lets a plural or a dropped "the" pass, not another paper's name
_NEAR_TITLES = 3
_MAX_HOPS = 3  # http to https, www, then the paper page


class PapersWithCode:
    """Resolves paper pages of Papers with Code, whose site redirects to Hugging Face since December 2025."""

    def __init__(self, *, web: Web, feed: ArxivFeed, base: str = "") -> None:
        self._web = web
        self._feed = feed
        self._base = base.rstrip("/")  # "" asks the site that the page is on

    def paper(self, page: PapersWithCodePage) -> ArxivRef:
        """Return the arXiv paper that a page was about.

        Raises NotFound with the closest titles when there is none, Unreachable when arXiv cannot be asked.
        """
        return self._by_redirect(page) or self._by_title(page)

    def _by_redirect(self, page: PapersWithCodePage) -> ArxivRef | None:
        """Read the id off the redirects; the page at their end is not fetched."""
        url = f"{self._base}/paper/{page.slug}" if self._base else page.url
        try:
            for _ in range(_MAX_HOPS):
                url = self._web.next_address(url) or ""
                if not url or (ref := arxiv_ref_of(url)) is not None:
                    return ref if url else None
        except (Refused, Unreachable) as error:
            log.info("%s leads nowhere: %s", page.url, error)
        return None

    def _by_title(self, page: PapersWithCodePage) -> ArxivRef:
        from rapidfuzz import fuzz, utils

        title = page.slug.replace("-", " ").replace("_", " ")
        near: list[str] = []
        # The site numbered slugs of equal titles: "...-recognition-1".
        for spelling in dict.fromkeys((title, re.sub(r" [0-9]{1,2}$", "", title))):
            for record in self._feed.search(spelling, limit=_NEAR_TITLES):
                if fuzz.ratio(spelling, _plain(record), processor=utils.default_process) >= CLOSE_TITLE:
                    return ArxivRef(record.base_id)
                near.append(record.title)
        raise NotFound("paper", title, near=tuple(dict.fromkeys(near)))


def arxiv_ref_of(url: str) -> ArxivRef | None:
    """Return the arXiv paper that an address names; None when it names none."""
    try:
        found = identify(url, local=False)
    except BadIdentifier:
        return None
    return found if isinstance(found, ArxivRef) else None


def _plain(record: ArxivRecord) -> str:
    return re.sub(r"[^\w\s]+", " ", record.title)
