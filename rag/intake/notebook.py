"""The group's notes into the library: read, tied to papers, kept, indexed; and out again as they came."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.discussion.notes_in import NoteCounts, decode_notes, parse_notes
from rag.discussion.notes_out import export_notes
from rag.discussion.tying import Search, Tie, Tied, tie
from rag.domain.note import Discussion, Note
from rag.domain.paper import Paper
from rag.domain.revision import NoteChange
from rag.errors import IndexBroken, NotFound, StaleIndex, StorageFailed, Unreachable
from rag.intake.indexing import Indexing
from rag.store.library import Library

log = logging.getLogger(__name__)

MOST_SEARCHES = 30
"""For one file of a stranger's: a minute and a half at arXiv's pace."""


@dataclass(frozen=True, slots=True)
class NotesImported:
    """What a notes file holds and what it is tied to. ``ties`` stand beside ``discussions``."""

    discussions: tuple[Discussion, ...]
    ties: tuple[Tie, ...]
    counts: NoteCounts
    warnings: tuple[str, ...]
    replaced: int
    """How many of the discussions were here before under the same heading."""


class Notebook:
    """Keeps discussions. The caller owns the data directory for everything that writes."""

    def __init__(self, *, library: Library, indexing: Indexing, search: Search) -> None:
        self._library = library
        self._indexing = indexing
        self._search = search

    def preview(self, guild: str, content: bytes) -> NotesImported:
        """Read a file without keeping anything. Raises BadDocument."""
        return self._read(guild, content, None)

    def keep(self, guild: str, content: bytes, *, search_arxiv: bool) -> NotesImported:
        """Keep a file's discussions: one with the same heading is replaced, new ones follow, others stay."""
        imported = self._read(guild, content, _once_reachable(self._search) if search_arxiv else None)
        self._save(guild, _merged(self._library.discussions(guild), imported.discussions))
        return imported

    def keep_held(self, guild: str, sha256: str, content: bytes, *, search_arxiv: bool) -> NotesImported | None:
        """Keep a held file's discussions; None where somebody decided on it while arXiv was asked.

        arXiv is asked about so many headings only that adds of other servers need not wait for long.
        """
        search = _at_most(MOST_SEARCHES, _once_reachable(self._search)) if search_arxiv else None
        imported = self._read(guild, content, search)
        merged = _merged(self._library.discussions(guild), imported.discussions)
        if not self._library.keep_held_notes(guild, sha256, merged):
            return None
        self._indexing.put_notes(guild)
        return imported

    def index(self, guild: str) -> None:
        """Make the vectors of a guild's notes anew, after somebody wrote them. A broken index is rebuilt from SQL."""
        try:
            self._indexing.put_notes(guild)
        except (IndexBroken, StaleIndex, StorageFailed) as error:
            log.warning("the notes of %s are found by words only until the next reindex: %s", guild, error)

    def export(self, guild: str) -> str:
        """Return the guild's notes in the layout they came in."""
        return export_notes(self._library.discussions(guild))

    def tie_by_hand(self, guild: str, position: int, paper: Paper) -> Discussion:
        """Tie one discussion, by its 1-based position, to a paper. Raises NotFound."""
        discussions = self._library.discussions(guild)
        for discussion in discussions:
            if discussion.position == position:
                tied = replace(discussion, paper_key=paper.key, paper_id=paper.paper_id)
                self._save(guild, [tied if d.position == position else d for d in discussions])
                return tied
        raise NotFound(what="discussion", name=str(position))

    def change(self, change: NoteChange, position: int, note: Note) -> NoteChange:
        """Put a changed note in the place of its discussion, and write down who changed it and what stood before."""
        changed = [
            replace(d, notes=tuple(note if n.item == note.item else n for n in d.notes))
            if d.position == position
            else d
            for d in self._library.discussions(change.guild)
        ]
        kept = self._library.change_notes(change.guild, change, changed)
        self.index(change.guild)  # no failure of the index makes this unwritten
        return kept

    def tie_again(self, guild: str) -> None:
        """Tie discussions that wait for a paper, after papers came in. Asks nobody, searches nowhere."""
        discussions = self._library.discussions(guild)
        if all(discussion.paper_key for discussion in discussions):
            return
        papers = self._library.papers(guild)
        tied = [d if d.paper_key else _with(d, tie(d, papers)) for d in discussions]
        if any(new.paper_key != old.paper_key for new, old in zip(tied, discussions, strict=True)):
            self._library.save_discussions(guild, tied)

    def _read(self, guild: str, content: bytes, search: Search | None) -> NotesImported:
        parsed = parse_notes(decode_notes(content))
        papers = self._library.papers(guild)
        old = {d.heading: d for d in self._library.discussions(guild)}
        known = {paper.key: paper for paper in papers}
        discussions, ties = [], []
        for discussion in parsed.discussions:
            earlier = old.get(discussion.heading)
            if earlier is not None and earlier.paper_key in known:
                decided: Tie = Tied(known[earlier.paper_key].key, known[earlier.paper_key].paper_id)
            else:
                decided = tie(discussion, papers, search)
            ties.append(decided)
            discussions.append(_with(discussion, decided))
        return NotesImported(
            discussions=tuple(discussions),
            ties=tuple(ties),
            counts=parsed.counts,
            warnings=parsed.warnings,
            replaced=sum(d.heading in old for d in parsed.discussions),
        )

    def _save(self, guild: str, discussions: Sequence[Discussion]) -> None:
        self._library.save_discussions(guild, discussions)
        self._indexing.put_notes(guild)


def _with(discussion: Discussion, decided: Tie) -> Discussion:
    if isinstance(decided, Tied):
        return replace(discussion, paper_key=decided.paper_key, paper_id=decided.paper_id)
    return discussion


def _merged(old: Sequence[Discussion], new: Sequence[Discussion]) -> list[Discussion]:
    """Put each new discussion where one of the same heading stood, the rest behind; positions count anew."""
    waiting = list(new)
    merged = []
    for discussion in old:
        fresh = next((d for d in waiting if d.heading == discussion.heading), None)
        if fresh is not None:
            waiting.remove(fresh)
        merged.append(fresh or discussion)
    return [replace(d, position=n) for n, d in enumerate([*merged, *waiting], 1)]


def _once_reachable(search: Search) -> Search:
    """Stop asking after the first failure: twenty headings need not wait for twenty time-outs."""
    reachable = True

    def asked(title: str) -> Sequence[object]:
        nonlocal reachable
        if not reachable:
            return ()
        try:
            return search(title)
        except Unreachable as error:
            reachable = False
            log.info("arXiv is not asked for titles: %s", error.reason)
            return ()

    return asked  # type: ignore[return-value]


def _at_most(times: int, search: Search) -> Search:
    """Ask so often and no more; further headings wait to be tied by hand."""
    left = times

    def asked(title: str) -> Sequence[object]:
        nonlocal left
        left -= 1
        return search(title) if left >= 0 else ()

    return asked  # type: ignore[return-value]
