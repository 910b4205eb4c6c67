"""Texts of papers and notes to vectors: what the library has embedded before is looked up, whoever brought it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from rag.domain.note import Discussion, Note
from rag.domain.paper import Paper
from rag.domain.passage import Passage
from rag.index.ports import Embedder, Vectored
from rag.reading.passages import embedded_text
from rag.store.library import Library
from rag.store.vectors import NOTE, as_kept


class Embedding:
    """Vectors by one embedder. Equal texts are embedded once, in this call and in all calls before."""

    def __init__(self, *, library: Library, embedder: Embedder) -> None:
        self._library = library
        self._embedder = embedder

    def passages(self, paper: Paper, passages: Sequence[Passage], progress: Callable[[int], None]) -> list[Vectored]:
        """Return the vectors of a paper's passages; ``progress`` is told how many more are done."""
        texts = [embedded_text(paper.title, p.section, p.text, p.label, counter=self._embedder) for p in passages]
        return [
            Vectored(id=p.passage_id, owner=paper.key, kind=p.kind.value, vector=vector, digest=digest)
            for p, (digest, vector) in zip(passages, self._embedded(texts, progress), strict=True)
        ]

    def notes(self, guild: str) -> list[Vectored]:
        """Return the vectors of a guild's notes; blank ones have none."""
        notes = {note_id: said for note_id, said in self._library.note_ids(guild).items() if _has_words(said[1])}
        texts = [note_text(*said) for said in notes.values()]
        return [
            Vectored(id=note_id, owner=guild, kind=NOTE, vector=vector, digest=digest)
            for note_id, (digest, vector) in zip(notes, self._embedded(texts, lambda _done: None), strict=True)
        ]

    def _embedded(
        self, texts: Sequence[str], progress: Callable[[int], None]
    ) -> list[tuple[bytes, NDArray[np.float32]]]:
        """Return each text's digest and vector."""
        digests = [sha256(text.encode(errors="surrogatepass")).digest() for text in texts]
        known = self._library.vectors_of_texts(self._embedder.name, digests)
        if here := sum(digest in known for digest in digests):
            progress(here)
        new = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in known}
        if new:
            known |= zip(new, as_kept(self._embedder.embed(list(new.values()), progress)), strict=True)
        return [(digest, known[digest]) for digest in digests]


def note_text(discussion: Discussion, note: Note) -> str:
    """Return what is embedded of a note: where it was said, the question, the answer."""
    return f"{discussion.title}. {note.question} {' '.join(note.answer)}".strip()


def _has_words(note: Note) -> bool:
    return bool(note.question.strip() or any(line.strip() for line in note.answer))
