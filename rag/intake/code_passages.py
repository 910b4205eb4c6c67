"""Code links as passages, so that a search for a paper's code finds them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from rag.domain.codelink import CodeLink
from rag.domain.paper import Paper
from rag.domain.passage import Passage
from rag.domain.reading import Kind
from rag.index.ports import TokenCounter
from rag.reading.passages import embedded_text

CODE_SECTION = ("Code",)
"""The section of passages that hold code links; no page of the paper."""

_MAX_URL = 300


def code_passages(
    paper: Paper, links: Sequence[CodeLink], first_ordinal: int, counter: TokenCounter
) -> tuple[Passage, ...]:
    """Return one passage for each public link; links that do not fit the embedder are left out."""
    passages = (_passage(paper, link, first_ordinal + n, counter) for n, link in enumerate(links))
    return tuple(p for p in passages if p.tokens <= counter.max_tokens)


def _passage(paper: Paper, link: CodeLink, ordinal: int, counter: TokenCounter) -> Passage:
    official = {True: "official ", False: "unofficial ", None: ""}[link.official]
    text = f"Code: {official}implementation at {link.url[:_MAX_URL]} (says {link.source.value})."
    identity = hashlib.sha256(f"{paper.key}\x1f{link.url}".encode()).hexdigest()[:24]
    return Passage(
        passage_id=identity,
        paper_key=paper.key,
        ordinal=ordinal,
        kind=Kind.CODE,
        text=text,
        section=CODE_SECTION,
        tokens=counter.count(embedded_text(paper.title, CODE_SECTION, text, counter=counter)),
    )
