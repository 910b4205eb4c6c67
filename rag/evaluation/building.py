"""Libraries for evaluation, made of the house's own rooms: real store, passages, search and answers.

The vectors are searched exactly, so that no approximate index blurs the comparison.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from rag.answering.asking import Answerer
from rag.domain.paper import Paper, SourceKind, content_id, owned_key
from rag.errors import BadDocument
from rag.evaluation.baselines import DenseBaseline, LexicalBaseline
from rag.evaluation.ports import Subject
from rag.index.exact import ExactIndex
from rag.index.ports import Vectored
from rag.language.ports import Models, NoModels
from rag.reading.passages import PASSAGE_FORMAT, embedded_text, split_into_passages
from rag.retrieval.retriever import Retrieved, Retriever
from rag.sources.known_names import paper_aliases
from rag.store.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from rag.answering.ports import Searcher as Retrieves
    from rag.domain.answer import Answer
    from rag.domain.passage import Hit, Passage, Scope
    from rag.domain.reading import Reading
    from rag.evaluation.ports import Document, Searcher
    from rag.index.ports import Embedder, Reranker, VectorIndex
    from rag.retrieval.mentions import Mention

GUILD = "evaluation"


class LibraryBuild:
    """Builds libraries for :func:`rag.evaluation.run.run_evaluation`.

    ``read_pdf`` is :meth:`rag.reading.pdf.PdfReader.read`. ``now`` is when the papers were added, aware UTC.
    ``models``: a language model that is judged as a writer beside the one that quotes; none by default.
    """

    def __init__(
        self,
        *,
        embedder: Embedder,
        read_pdf: Callable[[Path], Reading],
        now: datetime,
        reranker: Reranker | None = None,
        models: Models | None = None,
    ) -> None:
        self._models = models or NoModels()
        self._embedder = embedder
        self._read_pdf = read_pdf
        self._now = now
        self._reranker = reranker

    def __call__(
        self, documents: Sequence[Document], *, folder: Path, progress: Callable[[str, int, int], None]
    ) -> Subject:
        """Read, cut, embed and save every document. Raises BadDocument for one that cannot be read."""
        library = Library.open(folder / "library.db")
        index = ExactIndex()
        keys: dict[str, str] = {}
        for done, document in enumerate(documents, start=1):
            keys[document.name] = self._add(document, library, index)
            progress(f"{folder.name}: build", done, len(documents))
        ours = "fused" if self._reranker is None else "reranked"
        retriever = Retriever(library=library, embedder=self._embedder, index=index, reranker=self._reranker)
        lexical = LexicalBaseline(library=library)
        dense = DenseBaseline(library=library, embedder=self._embedder, index=index)
        retrievers: dict[str, Retrieves] = {
            ours: retriever,
            "BM25 alone": _Plain(lexical),
            "dense alone": _Plain(dense),
        }
        return Subject(
            guild=GUILD,
            library=library,
            searchers={ours: FusedSearcher(retriever), "BM25 alone": lexical, "dense alone": dense},
            askers={
                name: AnswererAsker(Answerer(library=library, retriever=found, embedder=self._embedder))
                for name, found in retrievers.items()
            },
            keys=keys,
            versions={"embedder": self._embedder.name, "passages": PASSAGE_FORMAT},
            close=library.close,
            writers=writers_of(self._models, library, retriever, self._embedder),
        )

    def _add(self, document: Document, library: Library, index: VectorIndex) -> str:
        paper, reading = self._read(document)
        passages = split_into_passages(paper.key, paper.title, reading.blocks, self._embedder)
        library.save_paper(paper, guild=GUILD, reading=reading, passages=passages)
        index.upsert(self._vectored(paper, passages))
        return paper.key

    def _read(self, document: Document) -> tuple[Paper, Reading]:
        if document.reading is not None:
            reading, sha256 = document.reading, hashlib.sha256(repr(document.reading.blocks).encode()).hexdigest()
            source = SourceKind.PDF if reading.page_count else SourceKind.MARKDOWN
        elif document.path is not None:
            reading, sha256 = self._read_pdf(document.path), hashlib.sha256(document.path.read_bytes()).hexdigest()
            source = SourceKind.PDF
        else:
            raise BadDocument(what=document.name, reason="it has neither a path nor a reading")
        title = reading.title or document.title
        arxiv_id = document.arxiv_id or re.sub(r"v\d+$", "", reading.arxiv_stamp or "") or None
        file_name = document.path.stem if document.path is not None else ""
        return (
            Paper(
                key=owned_key(GUILD, sha256),
                paper_id=arxiv_id or content_id(sha256),
                title=title,
                source=source,
                sha256=sha256,
                added_at=self._now,
                arxiv_id=arxiv_id,
                owner_guild=GUILD,
                page_count=reading.page_count,
                aliases=paper_aliases(title, "", arxiv_id, file_name),
            ),
            reading,
        )

    def _vectored(self, paper: Paper, passages: Sequence[Passage]) -> list[Vectored]:
        texts = [embedded_text(paper.title, p.section, p.text, p.label, counter=self._embedder) for p in passages]
        vectors = self._embedder.embed(texts)
        return [
            Vectored(id=passage.passage_id, owner=paper.key, kind=passage.kind.value, vector=vector)
            for passage, vector in zip(passages, vectors, strict=True)
        ]


def writers_of(models: Models, library: Library, retriever: Retriever, embedder: Embedder) -> dict[str, AnswererAsker]:
    """Return the language model as a writer, by its name; nothing where none is set up."""
    if not models.name:
        return {}
    answerer = Answerer(library=library, retriever=retriever, embedder=embedder, models=models)
    return {models.name: AnswererAsker(answerer, quoting=False)}


class FusedSearcher:
    """The house's own retrieval as a searcher."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever

    def search(self, query: str, scope: Scope, limit: int) -> Sequence[Hit]:
        """Return the retriever's hits."""
        return self._retriever.search(query, scope, limit).hits


class _Plain:
    """A baseline in the retriever's place: its passages, and no understanding of the question."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher

    def search(self, query: str, scope: Scope, limit: int = 10) -> Retrieved:
        return Retrieved(hits=tuple(self._searcher.search(query, scope, limit)))

    def mentions(self, question: str, *, guild: str) -> tuple[Mention, ...]:  # noqa: ARG002 (it understands nothing)
        return ()

    def warm(self) -> None:
        pass


class AnswererAsker:
    """The house's own answering as an asker. ``quoting``: no language model is asked, even where one is set up."""

    def __init__(self, answerer: Answerer, *, quoting: bool = True) -> None:
        self._answerer = answerer
        self._quoting = quoting

    def ask(self, question: str, scope: Scope) -> Answer:
        """Return the answerer's answer within the scope."""
        keys = scope.paper_keys
        return self._answerer.ask(question, guild=scope.guild, paper_keys=keys, quoting=self._quoting)
