"""A note's answer beside its paper, with a grade."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answering.bookshelf import Bookshelf
from rag.answering.cleaning import cleaned, stray_links
from rag.answering.note_check import Judgement, Matter, speaks_to
from rag.answering.numbers import stray_numbers
from rag.answering.quotes import approximate, find_in_text, find_quote
from rag.answering.wording import content_words, is_there, stem, stems_of
from rag.domain.answer import Citation, Quote
from rag.domain.note import Discussion, Note
from rag.domain.paper import Paper
from rag.domain.passage import Passage
from rag.domain.reading import Page
from rag.domain.revision import CheckCounts, Grade, NoteCheck
from rag.language.ports import Finding
from rag.reading.sentences import sentences
from rag.revision.grading import LineFound, cited, holds
from rag.revision.reading import joined_sizes
from rag.revision.signs import objection, said
from rag.wording import counted

SHOWN = 2
"""Quotes beside a note."""
CARRIED = 0.5
"""Share of a note's words that a judge's quote needs to raise it to "supported"."""
REASON_CHARS, SENTENCE_CHARS = 160, 500
OWN_WORDS = 0.5
"""Share of a reason's words that note and quote have, but for those that reasons are made of."""
_OF_JUDGING = frozenset(
    map(
        stem,
        """note notes paper papers author authors passage quote text texts sentence says say said states state gives
        give none any every never always add adds more less fewer
        mentions mention claims claim explains explain describes contradicts contradict supports support agrees agree
        matches match otherwise opposite reverse reversed wrong right number numbers value different instead rather
        other only part partly both exactly same names definition cause effect direction""".split(),  # noqa: SIM905
    )
)


def check_of(
    key: str,
    place: tuple[Discussion, Note],
    lines: Sequence[LineFound],
    asked: Sequence[Citation],
    shelf: Bookshelf,
    *,
    instead: str = "",
) -> NoteCheck:
    """Return a note's check: supported when every line is. ``asked`` is what the paper says to the note's question;
    that is shown beside an answer that was not found. ``instead``: why nothing was looked for.
    """
    discussion, note = place
    held = [(n, line.by) for n, line in enumerate(lines) if line.by is not None and _stands(line, shelf)]
    evidence = cited([sentence for _, sentence in held], shelf)
    written = [n for n, text in enumerate(note.answer) if text.strip()]  # what ``lines`` are of
    where = tuple(written[n] for n, _ in held)
    if lines and len(held) == len(lines):
        return NoteCheck(key, discussion, note, Grade.SUPPORTED, evidence, found=where)
    nearly = cited([line.nearly for line in lines if line.nearly is not None], shelf)
    if held:
        reason = f"I found {len(held)} of its {counted(len(lines), 'line')}"
    else:
        reason = next((line.reason for line in lines if line.reason), instead)
    if not reason and not asked and not evidence:
        reason = "nothing in the paper is near it"
    different = list({citation.quote.text: citation for citation in (*evidence, *nearly, *asked)}.values())
    beside = tuple(replace(citation, number=n) for n, citation in enumerate(different[:SHOWN], 1))
    return NoteCheck(key, discussion, note, Grade.NOT_FOUND, beside, reason, where, bool(nearly))


def _stands(line: LineFound, shelf: Bookshelf) -> bool:
    """Whether the sentence that says a line is found on its page, with the words for which it was taken."""
    citations = cited([line.by], shelf) if line.by is not None else ()
    return bool(citations) and holds(citations[0], line)


def counts_of(checks: Sequence[NoteCheck]) -> CheckCounts:
    """Count checks by how much of the answer was found."""
    grades = Counter(check.grade for check in checks)
    found = grades[Grade.SUPPORTED]
    partly = grades[Grade.PARTLY_SUPPORTED] + sum(check.partly for check in checks)
    against = grades[Grade.CONTRADICTED] + grades[Grade.PARTLY_CONTRADICTED]
    return CheckCounts(found, partly, len(checks) - found - partly - against, against)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge said of a note, the passage that it names (None for none), and who it is, asked with what."""

    judgement: Judgement
    passage: Passage | None
    judge: str
    prompt: str


def graded(check: NoteCheck, verdict: Verdict, paper: Paper, shelf: Bookshelf) -> tuple[NoteCheck, Finding | None]:
    """Return a check with a judge's grade where its quote stands in the paper and is to the point; else as it was.

    A note is raised to "supported" only by a quote that has its words. What a program found supported is never lowered
    but to "contradicted" by another sentence than those that carry it, with both beside. The finding says what came of
    the judge's words; None: it saw nothing.
    """
    grade, passage = verdict.judgement.grade, verdict.passage
    if grade is Grade.NOT_FOUND or passage is None:
        return check, None
    quote = _looked_up(verdict.judgement.quote, passage, shelf)
    if quote is None or not shelf.holds(quote, passage):
        return check, Finding.MISQUOTE
    quote = _whole(quote, passage, shelf)
    note = check.note
    if not speaks_to(quote.text, Matter(note.question, note.answer), paper):
        return check, Finding.UNCITED
    if check.grade is Grade.SUPPORTED and grade is not Grade.CONTRADICTED:
        return check, Finding.KEPT
    if check.grade is Grade.SUPPORTED and any(_overlap(quote, held.quote) for held in check.evidence):
        return check, Finding.WEAK
    if grade in (Grade.PARTLY_SUPPORTED, Grade.SUPPORTED):
        answer, whole = " ".join(note.answer), _sentence_around(quote.text, passage) or quote.text
        if objection(said(joined_sizes(answer)), said(joined_sizes(whole))):
            return check, Finding.WEAK
        if grade is Grade.SUPPORTED and not _carries(quote.text, answer, note.question):
            grade = Grade.PARTLY_SUPPORTED
    beside = check.evidence if check.grade is Grade.SUPPORTED else ()
    evidence = (Citation(1, paper, passage, quote, 1.0), *beside)
    return replace(
        check,
        grade=grade,
        evidence=tuple(replace(citation, number=n) for n, citation in enumerate(evidence[:SHOWN], 1)),
        reason=_reason(verdict.judgement.reason, quote.text, note),
        found=(),
        nearly=False,
        judged_by=verdict.judge,
        prompt=verdict.prompt,
    ), Finding.KEPT


def _overlap(one: Quote, other: Quote) -> bool:
    """Whether one of two quotes is a part of the other, on the same page."""
    parts = (one.text, other.text), (other.text, one.text)
    return one.page == other.page and any(find_quote(part, Page(0, whole)) is not None for part, whole in parts)


def _carries(quote: str, answer: str, question: str) -> bool:
    """Whether a quote has most words of an answer, and of those that it adds to its question."""
    there, asked = stems_of(joined_sizes(quote)), stems_of(question)
    words = content_words(joined_sizes(answer))
    new = [word for word in words if not is_there(word, asked)]
    return all(part and _share(part, there) >= CARRIED for part in (words, new))


def _share(words: Sequence[str], stems: frozenset[str]) -> float:
    return sum(is_there(word, stems) for word in words) / len(words)


def _reason(written: str, quote: str, note: Note) -> str:
    """Return a judge's reason as a clause for people; "" for one that leads elsewhere or is about something else."""
    texts = (quote, note.question, *note.answer)
    reason = cleaned(written).rstrip(".")
    if len(reason) > REASON_CHARS or stray_links(reason, texts) or stray_numbers(reason, texts):
        return ""
    own = [word for word in content_words(reason) if stem(word) not in _OF_JUDGING]
    return reason if not own or _share(own, stems_of(" ".join(texts))) >= OWN_WORDS else ""


def _whole(quote: Quote, passage: Passage, shelf: Bookshelf) -> Quote:
    """Return the sentence that a quote is cut out of, where it is found on its page: a "not" may stand before it."""
    sentence = _sentence_around(quote.text, passage)
    found = _looked_up(sentence, passage, shelf) if sentence and len(sentence) <= SENTENCE_CHARS else None
    return found if found is not None and len(found.text) > len(quote.text) and shelf.holds(found, passage) else quote


def _sentence_around(quote: str, passage: Passage) -> str:
    """Return the sentence of a passage that holds a quote; "" for one that runs over two, or stands beside it."""
    texts = (passage.text[span.start : span.end] for span in sentences(passage.text))
    return next((text for text in texts if find_quote(quote, Page(0, text)) is not None), "")


def _looked_up(quoted: str, passage: Passage, shelf: Bookshelf) -> Quote | None:
    """Return the paper's own words for what a judge copied; None when they are not there."""
    if passage.first_page is None:
        return find_in_text(quoted, shelf.section_texts(passage.paper_key, passage.section))
    last = passage.last_page or passage.first_page
    pages = (page for page in shelf.pages(passage.paper_key) if passage.first_page <= page.number <= last)
    return next((quote for page in pages if (quote := approximate(quoted, page)) is not None), None)
