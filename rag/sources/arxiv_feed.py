"""What arXiv says about papers: metadata by id, and papers by title. The `arxiv` package asks and parses."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from rag.errors import BadIdentifier, NotFound, Unreachable
from rag.sources.arxiv_ids import ArxivRef, MalformedArxivId, parse_arxiv_id
from rag.sources.identifiers import identify
from rag.sources.sniffing import looks_like_html
from rag.sources.web import Web

if TYPE_CHECKING:
    import arxiv

log = logging.getLogger(__name__)

API = "https://export.arxiv.org/api/query"
BATCH = 100  # ids in one request; keeps the address under 2,000 characters
_CANDIDATES = 25  # titles to choose the closest from
_MAX_TYPED = 300  # characters: longer than titles are; keeps the address short


@dataclass(frozen=True, slots=True)
class ArxivRecord:
    """One paper as arXiv describes it. Times are aware UTC; ``published`` is v1's, ``updated`` this version's.

    ``licence`` is "" as long as the feed does not carry one (it does not in 2026).
    """

    base_id: str
    version: int
    title: str
    authors: tuple[str, ...]
    abstract: str
    published: datetime
    updated: datetime
    categories: tuple[str, ...]  # primary first
    licence: str
    doi: str
    journal_ref: str
    comment: str
    pdf_url: str
    abs_url: str

    @property
    def ref(self) -> ArxivRef:
        """Return the id with its version: what to download."""
        return ArxivRef(self.base_id, self.version)


class ArxivFeed:
    """arXiv's query API behind one lock. Waiting, repeating and naming failures is :class:`rag.sources.web.Web`'s."""

    def __init__(self, *, web: Web, api: str = API) -> None:
        self._web = web
        self._api = api
        self._lock = threading.Lock()  # arxiv.Client is not made for threads
        self._client: arxiv.Client | None = None

    def metadata(self, refs: Sequence[ArxivRef]) -> dict[str, ArxivRecord]:
        """Return the records of all refs by base id, 100 in a request.

        Raises NotFound for the first id that arXiv does not know, BadIdentifier for one that it calls malformed,
        Unreachable when it does not answer usably.
        """
        found = self.known(refs)
        for ref in refs:
            if ref.base_id not in found:
                raise NotFound("arXiv id", str(ref))
        return found

    def known(self, refs: Sequence[ArxivRef]) -> dict[str, ArxivRecord]:
        """Return the records of those refs that arXiv knows, by base id. Errors as :meth:`metadata`, without NotFound.

        Of several versions of one paper, the last one named is asked for.
        """
        wanted = {ref.base_id: str(ref) for ref in refs}
        ids = list(wanted.values())
        found: dict[str, ArxivRecord] = {}
        for start in range(0, len(ids), BATCH):
            batch = ids[start : start + BATCH]
            found |= {record.base_id: record for record in self._ask("", batch, limit=len(batch))}
        return {base_id: found[base_id] for base_id in wanted if base_id in found}

    def search(self, title: str, limit: int = 5) -> list[ArxivRecord]:
        """Return papers whose titles come closest to the given one, closest first; [] when none has its words.

        Asks for the title as a phrase, then for all its words in any order. The text is words to us, never syntax.
        """
        from rapidfuzz import fuzz, utils

        words = re.findall(r"[^\W_]+", title)
        if not words:
            return []
        records = self._ask(f'ti:"{" ".join(words)}"', [], limit=max(limit, _CANDIDATES))
        telling = [word for word in words if word.lower() not in _STOP_WORDS and len(word) > 1]
        if not records and telling:
            records = self._ask(" AND ".join(f"ti:{word}" for word in telling), [], limit=max(limit, _CANDIDATES))
        records.sort(key=lambda r: fuzz.ratio(title, r.title, processor=utils.default_process), reverse=True)
        return records[:limit]

    def find(self, words: str, limit: int = 10) -> list[ArxivRecord]:
        """Return papers for what a person types, as arXiv ranks them; a title typed in full, or an id, comes first.

        Asks for all words in title, abstract or authors, then for any of them. The text is words to us, never syntax.
        """
        if (ref := _single_id(words)) is not None:
            return list(self.known([ref]).values())
        typed = re.findall(r"[^\W_]+", words[:_MAX_TYPED])
        telling = [word for word in typed if word.lower() not in _STOP_WORDS] or typed
        if not telling:
            return []
        anywhere = [f"all:{word}" for word in telling]
        phrase = f'ti:"{" ".join(typed)}"'
        records = self._ask(f"{phrase} OR ({' AND '.join(anywhere)})", [], limit=max(limit, _CANDIDATES))
        if not records and len(anywhere) > 1:
            records = self._ask(" OR ".join(anywhere), [], limit=max(limit, _CANDIDATES))
        records.sort(key=lambda r: _folded(r.title) != _folded(" ".join(typed)))
        return records[:limit]

    def _ask(self, query: str, ids: list[str], *, limit: int) -> list[ArxivRecord]:
        import arxiv

        search = arxiv.Search(query=query, id_list=ids, max_results=limit)
        with self._lock:
            client = self._connected()
            client.page_size = limit
            try:
                return list(_records(client.results(search)))
            except arxiv.ArxivError as error:
                raise Unreachable("arXiv", "its answer was incomplete") from error

    def _connected(self) -> arxiv.Client:
        """Make the client once. Its own pauses and repeats are off; its session is ours (see _Session)."""
        import arxiv

        if self._client is None:
            self._client = arxiv.Client(delay_seconds=0.0, num_retries=0)
            self._client.query_url_format = self._api.replace("{", "{{").replace("}", "}}") + "?{}"
            self._client._session = _Session(self._web)  # arxiv 4.0 has no public seam for it
        return self._client


# Lucene's English stop words, which no index holds, and arXiv's own operators.
_STOP_WORDS = frozenset(
    ("a", "an", "and", "andnot", "are", "as", "at", "by", "for", "from", "if", "in", "into", "is", "it", "no", "not")
    + ("of", "on", "or", "such", "that", "the", "their", "then", "there", "these", "they", "this", "to", "via", "with")
)


def _single_id(text: str) -> ArxivRef | None:
    """Read an arXiv id or address that stands alone."""
    try:
        found = identify(text, local=False)
    except BadIdentifier:
        return None
    return found if isinstance(found, ArxivRef) else None


def _folded(title: str) -> list[str]:
    return re.findall(r"[^\W_]+", title.casefold())


@dataclass(frozen=True, slots=True)
class _Reply:
    """The two things that arxiv.Client reads from a response."""

    status_code: int
    content: bytes


class _Session:
    """Stands where arxiv.Client keeps its requests.Session.

    That session has no time limit, sends the package's own User-Agent, and takes a web page for an empty feed.
    """

    def __init__(self, web: Web) -> None:
        self._web = web

    def get(self, url: str, headers: object = None) -> _Reply:  # noqa: ARG002 - the package's headers are not ours
        answer = self._web.get(url, accept="application/atom+xml", also_400=True)
        if looks_like_html(answer.body) or b"<feed" not in answer.body:
            raise Unreachable("arXiv", "it sent a web page instead of metadata")
        if answer.status == 400:
            raise _refusal(answer.body)
        if b"<entry" not in answer.body and _TOTAL_NOT_0.search(answer.body) is not None:
            raise Unreachable(
                "arXiv", "its answer was incomplete"
            )  # the feed is known for it, see arxiv.UnexpectedEmptyPageError
        return _Reply(answer.status, answer.body)


_TOTAL_NOT_0 = re.compile(rb"totalResults[^>]*>\s*[1-9]")


def _refusal(body: bytes) -> BadIdentifier:
    """Make the error of an Atom error entry ("incorrect id format for abc")."""
    found = re.search(rb"<summary[^>]*>\s*([^<]{1,200}?)\s*</summary>", body)
    reason = found[1].decode("utf-8", "replace") if found else "the query is malformed"
    named = re.search(r"incorrect id format for (\S+)", reason)
    advice = "Look the id up on the paper's arXiv page."
    return BadIdentifier(named[1] if named else "the query", f"arXiv says: {reason}", advice=advice)


def _records(results: Iterable[arxiv.Result]) -> Iterable[ArxivRecord]:
    for result in results:
        if "/api/errors" in result.entry_id:
            raise BadIdentifier("the query", f"arXiv says: {result.summary.strip()}")
        try:
            ref = parse_arxiv_id(result.entry_id.rpartition("/abs/")[2])
        except MalformedArxivId:
            ref = None
        if ref is None:
            log.warning("arXiv sent an entry that is no paper: %.80s", result.entry_id)
            continue
        yield _record(ref, result)


def _record(ref: ArxivRef, result: arxiv.Result) -> ArxivRecord:
    full = str(ref)
    primary = result.primary_category
    return ArxivRecord(
        base_id=ref.base_id,
        version=ref.version or 1,
        title=_one_line(result.title),
        authors=tuple(name for author in result.authors if (name := _one_line(author.name))),
        abstract=_one_line(result.summary),
        published=result.published,
        updated=result.updated,
        categories=tuple(dict.fromkeys([primary] * bool(primary) + list(result.categories))),
        licence="",
        doi=_one_line(result.doi),
        journal_ref=_one_line(result.journal_ref),
        comment=_one_line(result.comment),
        pdf_url=result.pdf_url or f"https://arxiv.org/pdf/{full}",
        abs_url=f"https://arxiv.org/abs/{full}",
    )


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())
