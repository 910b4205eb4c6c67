"""Notes of the group judged by a model against texts of papers; beside an answer, those that its quotes speak against.

A grade is worth nothing without its quote: whoever uses one looks the quote up.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.answering.quotes import approximate
from rag.answering.support import Grounds, Support, support_of
from rag.answering.wording import content_words, is_there, stems_of
from rag.domain.answer import Answer, Citation, Outcome
from rag.domain.note import NoteHit, Otherwise
from rag.domain.paper import Paper
from rag.domain.reading import Page
from rag.domain.revision import Grade
from rag.errors import ModelFailed
from rag.language.as_data import as_data, new_ids
from rag.language.loose_json import objects_in, text_of
from rag.language.ports import Finding, LanguageModel, Models
from rag.language.prompts import prompt
from rag.language.shapes import TEXT, array_of, object_of
from rag.retrieval.names import names_of

log = logging.getLogger(__name__)

QUESTION_CHARS, ANSWER_CHARS, PASSAGE_CHARS, TITLE_CHARS = 300, 800, 1_800, 200
"""Of a note and of a passage, as a model sees them."""
SHORT_NAME = 2
"""Words of a paper's name that people use for it; the words of a whole title are what it is about."""

SCALE = {
    "contradicts": Grade.CONTRADICTED,
    "partly contradicts": Grade.PARTLY_CONTRADICTED,
    "no evidence": Grade.NOT_FOUND,
    "partly supports": Grade.PARTLY_SUPPORTED,
    "supports": Grade.SUPPORTED,
}
_STRINGS = ("note", "passage", "quote", "reason")
_JUDGED = object_of({"grade": {"type": "string", "enum": list(SCALE)}} | dict.fromkeys(_STRINGS, TEXT))
SHAPE = object_of({"notes": array_of(_JUDGED)}, title="judgements")

NewIds = Callable[..., tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Matter:
    """A note that is judged: its question, "" for none, and what was answered."""

    question: str
    answer: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A text of a paper that a note is judged by, and where it stands ("p. 3")."""

    text: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a model says of the note in place ``matter``: a grade and, copied from the text in place ``excerpt``, why.

    ``excerpt`` is None where it quotes nothing.
    """

    matter: int
    grade: Grade
    excerpt: int | None
    quote: str
    reason: str


@dataclass(frozen=True, slots=True)
class Judged:
    """The judgements of one call, of each note at most one, with the prompt's label and what was wrong with them."""

    judgements: tuple[Judgement, ...]
    prompt: str
    findings: Counter[Finding]


def judged(
    model: LanguageModel, title: str, matters: Sequence[Matter], excerpts: Sequence[Excerpt], *, ids: NewIds = new_ids
) -> Judged:
    """Ask a model once how notes stand beside texts of one paper. Raises ModelFailed."""
    notes, passages = ids(len(matters), prefix="N"), ids(len(excerpts), prefix="S")
    asked = prompt(
        "judge",
        SHAPE,
        title=as_data(title, TITLE_CHARS),
        notes=[
            {
                "id": one,
                "question": as_data(matter.question, QUESTION_CHARS),
                "answer": as_data(" / ".join(matter.answer), ANSWER_CHARS),
            }
            for one, matter in zip(notes, matters, strict=True)
        ],
        passages=[
            {"id": one, "text": as_data(text.text, PASSAGE_CHARS), "where": text.where}
            for one, text in zip(passages, excerpts, strict=True)
        ],
    )
    said = model.reply(asked).text
    findings: Counter[Finding] = Counter()
    found: dict[int, Judgement] = {}
    for entry in objects_in(said, "note"):
        note, place = _place(text_of(entry.get("note")), notes), _place(text_of(entry.get("passage")), passages)
        grade = SCALE.get(" ".join(text_of(entry.get("grade")).casefold().replace("_", " ").split()))
        quote = text_of(entry.get("quote"))
        if note is None or grade is None or note in found:
            findings[Finding.UNKNOWN_ID if note is None else Finding.UNREADABLE] += 1
        elif grade is not Grade.NOT_FOUND and (place is None or not quote):
            findings[Finding.UNKNOWN_ID if place is None else Finding.UNCITED] += 1
        else:
            found[note] = Judgement(note, grade, place, quote, text_of(entry.get("reason")))
    if not found:
        findings[Finding.UNREADABLE] += 1
    findings[Finding.SENTENCES] += len(found)
    return Judged(tuple(found.values()), asked.label, findings)


def speaks_to(quote: str, matter: Matter, paper: Paper) -> bool:
    """Whether a quote has a word of a note that is not just the paper's name: else it is beside the point."""
    there = stems_of(quote)
    named = {word for name in names_of(paper) if len(name.split()) <= SHORT_NAME for word in content_words(name)}
    words = content_words(f"{matter.question} {' '.join(matter.answer)}")
    own = [word for word in words if word not in named] or words
    return any(is_there(word, there) for word in own)


def _says_so(citation: Citation, hit: NoteHit) -> bool:
    """Whether a quote has the words of a note, the same way round: then it is no evidence against it."""
    texts = [line for line in hit.note.answer if line.strip()]
    grounds = Grounds((citation.quote.text,), (), names_of(citation.paper))
    return bool(texts) and all(support_of(text, grounds) is Support.FULL for text in texts)


def _place(said: str, ids: Sequence[str]) -> int | None:
    """Return which of the ids is named, in brackets or not, in capitals or not; None for one that was not given."""
    bare = said.strip("[]()<>“”\"'. ").upper()
    return ids.index(bare) if bare in ids else None


class NotesBeside:
    """Looks whether what an answer cites speaks against the notes that are shown beside it. Threads may share it."""

    def __init__(self, models: Models, *, ids: NewIds = new_ids) -> None:
        self._models = models
        self._ids = ids

    def flagged(self, answer: Answer, guild: str) -> Answer:
        """Return an answer whose notes say what its citations have against them: one call of the model that wrote it.

        No model is asked where none wrote, or no note is on a paper that is cited. A model that fails flags nothing.
        """
        keys = {citation.paper.key for citation in answer.citations}
        hits = [hit for hit in answer.notes if hit.discussion.paper_key in keys]
        if answer.outcome is not Outcome.GROUNDED or not hits:
            return answer
        model = self._models.of(guild).model
        if model is None:
            return answer
        try:
            otherwise = self._against(model, hits, answer.citations, guild)
        except ModelFailed as error:
            log.warning("the notes beside an answer were not judged: %s", error.reason)
            self._models.count(guild, {Finding.FAILED: int(not error.why_not)})
            return answer
        places = {id(hit): found for hit, found in zip(hits, otherwise, strict=True)}
        return replace(answer, notes=tuple(replace(hit, otherwise=places.get(id(hit))) for hit in answer.notes))

    def _against(
        self, model: LanguageModel, hits: Sequence[NoteHit], citations: Sequence[Citation], guild: str
    ) -> list[Otherwise | None]:
        matters = [Matter(hit.note.question, hit.note.answer) for hit in hits]
        excerpts = [Excerpt(citation.quote.text, _where(citation)) for citation in citations]
        titles = dict.fromkeys(citation.paper.title for citation in citations)
        found = judged(model, "; ".join(titles), matters, excerpts, ids=self._ids)
        findings = found.findings
        result: list[Otherwise | None] = [None] * len(hits)
        for one in found.judgements:
            if one.grade is not Grade.CONTRADICTED or one.excerpt is None:
                findings[Finding.KEPT] += 1  # nothing is shown of it, and nothing was wrong with it
                continue
            citation, hit = citations[one.excerpt], hits[one.matter]
            if approximate(one.quote, Page(0, citation.quote.text)) is None:
                findings[Finding.MISQUOTE] += 1
            elif citation.paper.key != hit.discussion.paper_key or not speaks_to(
                citation.quote.text, matters[one.matter], citation.paper
            ):
                findings[Finding.UNCITED] += 1
            elif _says_so(citation, hit):
                findings[Finding.WEAK] += 1
            else:  # shown is all that was cited: a "not" may stand before a part of it
                findings[Finding.KEPT] += 1
                quote = citation.quote
                result[one.matter] = Otherwise(citation.number, quote.text, quote.page, model.name, found.prompt)
        self._models.count(guild, findings)
        return result


def _where(citation: Citation) -> str:
    return f"p. {citation.quote.page}" if citation.quote.page is not None else ""
