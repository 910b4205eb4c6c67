"""Where a paper's code is: every source is asked, none can fail an add, the most trusted word counts."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

from rag.domain.codelink import CodeLink, CodeLinkReport, CodeLinkSource
from rag.domain.paper import Paper
from rag.domain.reading import Page
from rag.errors import BadIdentifier, SeminarError, Unreachable

log = logging.getLogger(__name__)

MAX_LINKS_OF_A_SOURCE = 10
"""Famous papers have hundreds of reimplementations; official ones are kept first."""


@dataclass(frozen=True, slots=True)
class FoundLink:
    """A repository as one source names it. ``official`` None: the source does not say."""

    url: str
    official: bool | None = None


class LinkSource(Protocol):
    """Somewhere to ask for the code of a paper."""

    @property
    def source(self) -> CodeLinkSource:
        """Say who this is."""
        ...

    def links(self, paper: Paper) -> Sequence[FoundLink]:
        """Return what is known of the paper; () for nothing. Raises Unreachable when it cannot say."""
        ...


class CodeLinkFinder:
    """Asks each source once per paper: what is printed first, then ``sources`` in their order.

    All are asked even after an official link is found: it costs one short request each, printed addresses die, and
    the others may know an implementation in another framework.
    """

    def __init__(self, *, sources: Sequence[LinkSource] = ()) -> None:
        self._sources = tuple(sources)

    def find(
        self, paper: Paper, reading_links: Iterable[str], now: datetime, *, pages: Sequence[Page] = ()
    ) -> CodeLinkReport:
        """Return the links of a paper, official ones first, then by trust, each once with its most trusted source.

        ``reading_links`` are the URLs printed in it; with its ``pages`` the words around them say whether they are
        official. A source that fails is named in ``failed_sources``; this never raises for one.
        """
        from rag.sources.codelinks_printed import printed_links

        told = [(CodeLinkSource.PAPER, link) for link in printed_links(reading_links, pages)]
        failed = []
        for source in self._sources:
            try:
                told += [(source.source, link) for link in _few(source.links(paper))]
            except SeminarError as error:
                reason = error.reason if isinstance(error, Unreachable) else str(error)
                failed.append(f"{source.source.value}: {reason}")
                log.info("no code links for %s from %s: %s", paper.paper_id, source.source.value, reason)
        return CodeLinkReport(_merged(paper.key, told, now), now, tuple(failed))


class LocalDump:
    """The imported Papers-with-Code dump as a source; ``lookup`` gives (url, official) of an arXiv base id."""

    source = CodeLinkSource.DUMP

    def __init__(self, *, lookup: Callable[[str], Iterable[tuple[str, bool | None]]]) -> None:
        self._lookup = lookup

    def links(self, paper: Paper) -> Sequence[FoundLink]:
        """Return the dump's links of the paper."""
        if paper.arxiv_id is None:
            return ()
        return tuple(FoundLink(url, official) for url, official in self._lookup(paper.arxiv_id))


def person_link(paper_key: str, url: str, now: datetime) -> CodeLink:
    """Return the link a person sets: a repository in its usual form, else the page as given. Raises BadIdentifier."""
    from rag.sources.codelinks_printed import MAX_URL, repository_url

    known = repository_url(url)
    if known is None:
        known = url.strip()
        try:
            parts = urlsplit(known)
            usable = parts.scheme in {"http", "https"} and "." in (parts.hostname or "") and parts.username is None
        except ValueError:
            usable = False
        if not usable or len(known) > MAX_URL or not known.isprintable() or set(known) & set(' <>"`\\'):
            raise BadIdentifier(
                "this code link", "it is not a web address", "Give an address such as https://github.com/owner/name."
            )
    return CodeLink(paper_key, known, CodeLinkSource.PERSON, None, now)


def _few(links: Iterable[FoundLink]) -> list[FoundLink]:
    return sorted(links, key=lambda link: link.official is not True)[:MAX_LINKS_OF_A_SOURCE]


def _merged(paper_key: str, told: Iterable[tuple[CodeLinkSource, FoundLink]], now: datetime) -> tuple[CodeLink, ...]:
    """Join what sources say of one address: the first (most trusted) names it, any of them may call it official."""
    trust = list(CodeLinkSource)
    links: dict[str, CodeLink] = {}
    for source, link in sorted(told, key=lambda pair: trust.index(pair[0])):
        known = links.setdefault(link.url.casefold(), CodeLink(paper_key, link.url, source, link.official, now))
        if known.official is not True and link.official is not None:
            links[link.url.casefold()] = replace(known, official=known.official or link.official)
    return tuple(sorted(links.values(), key=lambda link: (link.official is not True, trust.index(link.source))))
