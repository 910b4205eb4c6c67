"""Filled fields made into one analysis: every sentence through the gate, sources numbered through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answering.bookshelf import Bookshelf
from rag.answering.gate import passed
from rag.answering.ports import Draft, DraftSentence
from rag.domain.analysis import FilledField, Filling
from rag.domain.answer import Citation
from rag.domain.template import TemplateField
from rag.studying.filling import Sought

_Place = tuple[str, str, int | None]


@dataclass(frozen=True, slots=True)
class Written:
    """A field as somebody wrote it: the draft's evidence is its own."""

    field: TemplateField
    filling: Filling
    draft: Draft


def quoted(sought: Sought) -> Written:
    """Return a field in the paper's own words."""
    sentences = tuple(DraftSentence(f"“{one.found.shown}”", (n,)) for n, one in enumerate(sought.evidence))
    return Written(sought.field, sought.filling, Draft(sentences, sought.evidence))


def assembled(written: Sequence[Written], shelf: Bookshelf) -> tuple[tuple[FilledField, ...], tuple[Citation, ...]]:
    """Return the fields that hold, and their citations, each place once. A field that lost all it said is not found."""
    numbers: dict[_Place, int] = {}
    citations: list[Citation] = []
    fields: list[FilledField] = []
    for one in written:
        sentences, cited = passed(one.draft, one.draft.evidence, shelf)
        own: dict[int, int] = {}
        for citation in cited:
            place = (citation.passage.passage_id, citation.quote.text, citation.quote.page)
            if place not in numbers:
                numbers[place] = len(numbers) + 1
                citations.append(replace(citation, number=numbers[place]))
            own[citation.number] = numbers[place]
        renumbered = tuple(replace(s, citations=tuple(own[number] for number in s.citations)) for s in sentences)
        filling = Filling.NOT_FOUND if one.filling is Filling.SAID and not renumbered else one.filling
        fields.append(FilledField(one.field, filling, renumbered))
    return tuple(fields), tuple(citations)
