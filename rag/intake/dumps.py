"""A Papers-with-Code dump into the library, and its links to the papers that are here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from rag.domain.codelink import CodeLinkReport, CodeLinkSource
from rag.domain.paper import Paper
from rag.domain.reading import Kind
from rag.intake.code_passages import code_passages
from rag.intake.indexing import Indexing, IndexState
from rag.sources.codelinks import CodeLinkFinder, LocalDump
from rag.sources.codelinks_dump import Dump, DumpLink, read_dump
from rag.store.library import Library

_TOLD_EVERY = 1_000


@dataclass(frozen=True, slots=True)
class DumpImported:
    """``links`` kept, rows ``skipped`` for want of a paper or a repository, ``papers`` here that gained links."""

    links: int
    skipped: int
    papers: int


def import_dump(
    path: Path, library: Library, indexing: Indexing, *, now: datetime, progress: Callable[[int], None]
) -> DumpImported:
    """Replace the imported dump, streaming; nothing changes when the file breaks off. Raises BadDocument, NotFound."""
    dump = read_dump(path)
    kept = library.replace_dump(_told(dump, progress))
    gained = sum(_look_up(library, indexing, paper, now) for paper in library.all_papers() if paper.arxiv_id)
    return DumpImported(links=kept, skipped=dump.skipped, papers=gained)


def _told(dump: Dump, progress: Callable[[int], None]) -> Iterator[DumpLink]:
    for link in dump:
        if dump.rows % _TOLD_EVERY == 0:
            progress(dump.rows)
        yield link


def _look_up(library: Library, indexing: Indexing, paper: Paper, now: datetime) -> bool:
    """Put the dump's links beside what other sources said; say whether there are any."""
    report = CodeLinkFinder(sources=[LocalDump(lookup=library.dump_links)]).find(paper, (), now)
    if not report.links:
        return False
    others = [k for k in library.public_code_links(paper.key) if k.source is not CodeLinkSource.DUMP]
    known = {link.url for link in others}
    fresh = [link for link in report.links if link.url not in known]
    check = library.code_link_check(paper.key) or CodeLinkReport((), now)
    library.save_code_links(paper.key, replace(check, links=(*others, *fresh)))
    _make_searchable(library, indexing, paper)
    return True


def _make_searchable(library: Library, indexing: Indexing, paper: Paper) -> None:
    """Write the paper's code links as passages, as an add would have; vectors first, SQL last."""
    old = library.passages_of(paper.key)
    text = [p for p in old if p.kind is not Kind.CODE]
    code = code_passages(paper, library.public_code_links(paper.key), len(text), indexing.counter)
    if indexing.status().state is not IndexState.STALE:
        indexing.put(indexing.embed(paper, code, lambda _done: None))
    library.swap_passages([(paper, (*text, *code))])
    indexing.forget_passages(sorted({p.passage_id for p in old} - {p.passage_id for p in (*text, *code)}))
