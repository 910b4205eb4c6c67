"""The names of what is asked about: as typed, spelled out, shortened, and without the name of the paper asked of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.answering.questions import Asked
from rag.answering.wording import content_words, stems_of
from rag.domain.paper import Paper
from rag.retrieval.glossary import definitions
from rag.retrieval.names import names_of


def terms_of(asked: Asked, texts: Iterable[str]) -> tuple[str, ...]:
    """Return the subject and its other names as the texts themselves give them: "RPN", "region proposal network"."""
    if not asked.subject:
        return ()
    known = definitions(texts)
    folded = asked.subject.casefold()
    others = [known[folded]] if folded in known else []
    others += [short for short, long in known.items() if stems_of(long) == stems_of(folded)]
    naming = " ".join(content_words(asked.subject))
    return tuple(dict.fromkeys(name for name in (asked.subject, naming, *others) if name))


def words_beside_names(words: Sequence[str], papers: Sequence[Paper]) -> tuple[str, ...]:
    """Return the words that do not just name the papers asked of; all of them when nothing else is left."""
    held = frozenset(words)
    naming: set[str] = set()
    for name in (name for paper in papers for name in names_of(paper)):
        parts = content_words(name)
        if parts and held.issuperset(parts):
            naming.update(parts)
    return tuple(word for word in words if word not in naming) or tuple(words)
