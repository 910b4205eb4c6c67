"""Two services that know the code of papers by arXiv id: paperswithcode.co and Hugging Face papers.

Their answers are data from strangers: bounded in time and bytes, checked for type, and reduced to repository
addresses of known shape. A service that keeps failing is left alone for a while, so that adding many papers
without a network is not slow.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import quote

from rag.domain.codelink import CodeLinkSource
from rag.domain.paper import Paper
from rag.errors import Unreachable
from rag.sources.codelinks import FoundLink
from rag.sources.codelinks_printed import repository_url

log = logging.getLogger(__name__)

TIME_BOX_S = 5.0
MAX_BYTES = 2_000_000
FAILURES_IN_A_ROW = 3
REST_S = 300.0


class PapersWithCodeApi:
    """``GET {base}/api/v1/papers/{id}?include_resources=true``: repositories with an official flag (contract v1)."""

    source = CodeLinkSource.PAPERS_WITH_CODE

    def __init__(
        self,
        *,
        user_agent: str,
        base_url: str = "https://paperswithcode.co",
        time_box_s: float = TIME_BOX_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._service = _Service(self.source.value, base_url, user_agent, time_box_s, clock)

    def links(self, paper: Paper) -> Sequence[FoundLink]:
        """Return the listed repositories; () for a paper it does not know. Raises Unreachable."""
        if paper.arxiv_id is None:
            return ()
        answer = self._service.ask(f"/api/v1/papers/{quote(paper.arxiv_id, safe='')}", {"include_resources": "true"})
        listed = answer.get("repositories") or []
        if not isinstance(listed, list):
            raise Unreachable(self.source.value, "its answer has another shape than we know")
        rows = [row for row in listed if isinstance(row, dict)]
        return _found((row.get("url"), row.get("is_official")) for row in rows)


class HuggingFacePapers:
    """``GET {base}/api/papers/{id}``: the repository its page names; 404 where nobody made a page."""

    source = CodeLinkSource.HUGGING_FACE

    def __init__(
        self,
        *,
        user_agent: str,
        base_url: str = "https://huggingface.co",
        time_box_s: float = TIME_BOX_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._service = _Service(self.source.value, base_url, user_agent, time_box_s, clock)

    def links(self, paper: Paper) -> Sequence[FoundLink]:
        """Return the repository of the paper's page; whether it is official the service does not say."""
        if paper.arxiv_id is None:
            return ()
        answer = self._service.ask(f"/api/papers/{quote(paper.arxiv_id, safe='')}", {})
        return _found([(answer.get("githubRepo"), None)])


class _Service:
    """One JSON service: asks, checks the answer, and rests after repeated failures."""

    def __init__(
        self, name: str, base_url: str, user_agent: str, time_box_s: float, clock: Callable[[], float]
    ) -> None:
        self._name = name
        self._base = base_url.rstrip("/")
        self._agent = user_agent
        self._time_box_s = time_box_s
        self._clock = clock
        self._failures = 0
        self._rest_until = float("-inf")

    def ask(self, path: str, query: Mapping[str, str]) -> dict[str, object]:
        """Return the JSON object at a path; {} for 404. Raises Unreachable for everything else."""
        if self._clock() < self._rest_until:
            raise Unreachable(self._name, "not asked, because it failed several times in a row")
        try:
            answer = self._checked(*self._fetched(path, query))
        except Unreachable as error:
            self._failures += 1
            if self._failures >= FAILURES_IN_A_ROW or error.retry_after_s is not None:
                self._rest_until = self._clock() + REST_S
                self._failures = 0
            raise
        self._failures = 0
        return answer

    def _fetched(self, path: str, query: Mapping[str, str]) -> tuple[int, bytes]:
        import httpx2

        headers = {"User-Agent": self._agent, "Accept": "application/json"}
        until = self._clock() + self._time_box_s
        try:
            with (
                httpx2.Client(headers=headers, timeout=self._time_box_s, follow_redirects=False) as client,
                client.stream("GET", self._base + path, params=dict(query)) as response,
            ):
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > MAX_BYTES:
                        raise Unreachable(self._name, "its answer is too large")
                    if self._clock() > until:
                        raise Unreachable(self._name, "timed out")
                return response.status_code, bytes(body)
        except httpx2.TimeoutException as error:
            raise Unreachable(self._name, "timed out") from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise Unreachable(self._name, "the connection failed") from error

    def _checked(self, status: int, body: bytes) -> dict[str, object]:
        if status in {404, 410}:
            return {}
        if status == 429:
            raise Unreachable(self._name, "it asks us to wait", REST_S)
        if 300 <= status < 400:
            raise Unreachable(self._name, "it sends us to another address")
        if status != 200:
            raise Unreachable(self._name, f"it answered with status {status}")
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise Unreachable(self._name, "it did not answer with JSON") from error
        if not isinstance(answer, dict):
            raise Unreachable(self._name, "its answer has another shape than we know")
        return answer


def _found(rows: Iterable[tuple[object, object]]) -> tuple[FoundLink, ...]:
    """Keep rows whose address is a repository's; whatever is not plainly true or false says nothing."""
    found: dict[str, FoundLink] = {}
    for url, official in rows:
        known = repository_url(url) if isinstance(url, str) else None
        if known is not None:
            found.setdefault(known.casefold(), FoundLink(known, official if isinstance(official, bool) else None))
    return tuple(found.values())
