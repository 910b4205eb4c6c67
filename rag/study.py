"""The one facade that the command line and the bot call: everything Seminar can do, by guild."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag.answering.note_check import NotesBeside
from rag.domain.answer import Answer, Citation
from rag.domain.card import PaperCard, Renamed
from rag.domain.codelink import CodeLink, CodeLinkReport
from rag.domain.note import Discussion, Note, NoteStatus
from rag.domain.paper import Paper
from rag.domain.passage import Scope
from rag.domain.reading import Kind, Section
from rag.domain.stage import Told, untold
from rag.errors import IndexBroken, StorageFailed
from rag.intake.results import NO_OPTIONS, AddOptions, AddResult, Ended, Finished, Progress, silent, tirelessly, unheard
from rag.retrieval.names import find_papers
from rag.rooms import Rooms

if TYPE_CHECKING:
    from rag.domain.picture import QuotePicture
    from rag.intake.dumps import DumpImported
    from rag.intake.notebook import NotesImported
    from rag.retrieval.retriever import Retrieved
    from rag.sources.arxiv_feed import ArxivRecord

log = logging.getLogger(__name__)


class Study(Rooms):
    """Papers, notes, searches and answers of every guild; its rooms are built when they are first entered."""

    def close(self) -> None:
        """Let go of the files and the workers."""
        self._ground.closing.close()

    def guild(self, named: str | None = None) -> str:
        """Return the guild to act for: by id or name, else the only one known, else "local".

        Known is who has papers or notes, and every server that the bot is in. Raises SeveralServers, and NotFound or
        Ambiguous for a name.
        """
        return self.servers.acting_for(named)

    def add(
        self, inputs: Sequence[str], *, guild: str, options: AddOptions = NO_OPTIONS, progress: Progress = silent
    ) -> list[AddResult]:
        """Take papers in; tie waiting discussions to them. Failures are results, and lose nothing."""
        return self._queue.add(inputs, guild=guild, options=options, progress=progress)

    def enqueue(
        self, inputs: Sequence[str], *, guild: str, options: AddOptions = NO_OPTIONS, origin: str = ""
    ) -> tuple[int, ...]:
        """Write down what strangers want added, and return the jobs' ids at once: never a path of this machine."""
        return self._queue.enqueue(inputs, guild=guild, options=options, origin=origin)

    def enqueue_upload(
        self, name: str, content: bytes, *, guild: str, options: AddOptions = NO_OPTIONS, origin: str = ""
    ) -> int:
        """Keep a document that a stranger sent until its add is done; return the job's id. Raises BadDocument."""
        return self._queue.enqueue_upload(name, content, guild=guild, options=options, origin=origin)

    def carry_out(
        self, progress: Progress = silent, finished: Finished = unheard, go_on: Callable[[], bool] = tirelessly
    ) -> None:
        """Carry out every waiting add, also those that a killed process left; tell ``finished`` as each ends.

        ``go_on`` is asked before each; what is left then stays for the next call.
        """
        self._queue.carry_out(progress, finished, go_on)

    def untold_adds(self) -> tuple[Ended, ...]:
        """Return the adds that ended before anybody told whoever asked for them, as when a process was killed."""
        return self._queue.untold()

    def adds_told(self, job_ids: Collection[int]) -> None:
        """Note that whoever asked for these adds hears what came of them, and forget who it was."""
        self._queue.told(job_ids)

    def forget_origins(self, matching: Callable[[str], bool]) -> None:
        """Forget who asked for adds, also waiting ones, where ``matching`` knows the origin."""
        self.library.forget_origins(matching)

    def search_arxiv(self, words: str, limit: int = 10) -> list[ArxivRecord]:
        """Return papers on arXiv for what a person types: a title, words, authors, an id. Raises Unreachable."""
        return self._feed.find(words, limit)

    def papers(self, guild: str) -> tuple[Paper, ...]:
        """Return the guild's papers."""
        return self.library.papers(guild)

    def paper(self, guild: str, name: str) -> Paper:
        """Return the paper that a person means by an id, alias or title. Raises NotFound, Ambiguous."""
        return find_papers(name, self.library.papers(guild)).one()

    def suggest(self, guild: str, typed: str, limit: int = 25) -> tuple[Paper, ...]:
        """Return the papers whose name is being typed, best first, in milliseconds; nothing typed: the newest."""
        return self._suggestions.of(guild, typed, limit=limit)

    def sections(self, paper: Paper) -> tuple[Section, ...]:
        """Return a paper's headings."""
        return self.library.sections(paper.key)

    def card(self, guild: str, name: str) -> PaperCard:
        """Return everything known of a paper. Raises NotFound, Ambiguous."""
        paper = self.paper(guild, name)
        links, check = self.code_links(guild, paper)
        return PaperCard(
            paper=paper,
            code_links=links,
            code_check=check,
            discussions=tuple(d for d in self.discussions(guild) if d.paper_key == paper.key),
            passages=self.library.passage_counts(guild).get(paper.key, 0),
            sections=self.sections(paper),
        )

    def remove(self, guild: str, name: str) -> Paper:
        """Take a paper, and all that was made from it, out of the guild's library."""
        with self.directory.owned("remove a paper"):
            paper = self.paper(guild, name)
            if self.library.remove_paper(guild, paper.key):
                self._forget(paper)
            return paper

    def _forget(self, paper: Paper) -> None:
        """Remove PDF and vectors of a paper that is gone: left-over ones are found by nobody, so that is no failure."""
        self._kept.forget([paper], is_read=self.library.has_read)
        try:
            self.indexing.forget(paper.key)
        except (IndexBroken, StorageFailed) as error:
            log.warning("the vectors of %s stay until the next reindex: %s", paper.paper_id, error.reason)

    def set_aliases(self, guild: str, name: str, aliases: Sequence[str]) -> Renamed:
        """Replace the names that a paper goes by. Raises NotFound, Ambiguous."""
        with self.directory.owned("rename a paper"):
            paper = self.paper(guild, name)
            self.library.set_aliases(guild, paper.key, [alias.strip() for alias in aliases if alias.strip()])
            return Renamed(self.paper(guild, paper.paper_id), before=paper.aliases)

    def search(
        self, query: str, *, guild: str, paper: str | None = None, kinds: Sequence[Kind] | None = None, limit: int = 10
    ) -> Retrieved:
        """Return passages for a query, best first."""
        scope = Scope(guild, self._keys(guild, paper), tuple(kinds) if kinds else None)
        return self.retriever.search(query, scope, limit)

    def ask(
        self,
        question: str,
        *,
        guild: str,
        paper: str | None = None,
        earlier: Sequence[Answer] = (),
        told: Told = untold,
    ) -> Answer:
        """Answer a question from the guild's papers, with checked citations, and what these have against the notes.

        ``earlier``: the answers of the same thread, oldest first: a follow-up is read with their questions and asked of
        their papers. ``told`` hears the stages, in this thread. Raises BadQuestion, NotFound, Ambiguous.
        """
        keys = self._keys(guild, paper)
        answer = self.answerer.ask(question, guild=guild, paper_keys=keys, earlier=earlier, told=told)
        return NotesBeside(self.models).flagged(answer, guild)

    def picture(self, citation: Citation, *, guild: str) -> QuotePicture:
        """Return a citation's lines on their page, marked. Raises NotFound (what "picture") when there is none to show.

        Raises BadDocument when the page cannot be drawn.
        """
        return self._pictures.of(citation, guild=guild)

    def warm(self) -> None:
        """Load what the first question would wait for. Questions may be asked meanwhile; what is missing or broken is
        logged, and said when somebody asks.
        """
        self.answerer.warm(self.library.guilds())
        self.models.warm()

    def discussions(self, guild: str) -> tuple[Discussion, ...]:
        """Return the guild's past discussions."""
        return self.library.discussions(guild)

    def open_notes(self, guild: str) -> tuple[tuple[Discussion, Note], ...]:
        """Return the questions that nobody answered, in the notes' order."""
        discussions = self.library.discussions(guild)
        return tuple((d, note) for d in discussions for note in d.notes if note.status is NoteStatus.OPEN)

    def preview_notes(self, guild: str, content: bytes) -> NotesImported:
        """Read a notes file and say what an import would do, without keeping anything. Raises BadDocument."""
        return self._notebook.preview(guild, content)

    def import_notes(self, guild: str, content: bytes, *, search_arxiv: bool = True) -> NotesImported:
        """Keep the discussions of a notes file; those already here are replaced, others stay. Raises BadDocument."""
        with self.directory.owned("import notes"):
            return self._notebook.keep(guild, content, search_arxiv=search_arxiv)

    def export_notes(self, guild: str) -> str:
        """Return the guild's notes in the layout they came in."""
        return self._notebook.export(guild)

    def tie_discussion(self, guild: str, position: int, name: str) -> Discussion:
        """Tie a discussion to the paper a person names. Raises NotFound, Ambiguous."""
        with self.directory.owned("tie a discussion"):
            return self._notebook.tie_by_hand(guild, position, self.paper(guild, name))

    def code_links(self, guild: str, paper: Paper) -> tuple[tuple[CodeLink, ...], CodeLinkReport | None]:
        """Return the known links of a paper, and when the sources were last asked."""
        return self.library.code_links(paper.key, guild=guild), self.library.code_link_check(paper.key)

    def set_code_links(self, guild: str, name: str, urls: Sequence[str]) -> tuple[CodeLink, ...]:
        """Say where a paper's code is; this wins over every other source, for this guild only."""
        from rag.sources.codelinks import person_link

        with self.directory.owned("set code links"):
            paper, now = self.paper(guild, name), self._clock()
            links = [person_link(paper.key, url, now) for url in urls]
            self.library.set_code_links(guild, paper.key, links)
            return self.library.code_links(paper.key, guild=guild)

    def import_code_links(self, path: Path, progress: Callable[[int], None]) -> DumpImported:
        """Import a Papers-with-Code links dump and look every held paper up in it."""
        from rag.intake.dumps import import_dump

        with self.directory.owned("import code links"):
            return import_dump(path, self.library, self.indexing, now=self._clock(), progress=progress)

    def reindex(self, progress: Callable[[int, int], None]) -> int:
        """Build the vector index anew beside the old one and swap; return the number of passages."""
        with self.directory.owned("reindex"):
            return self.indexing.reindex(progress)

    def _keys(self, guild: str, paper: str | None) -> tuple[str, ...] | None:
        return (self.paper(guild, paper).key,) if paper else None
