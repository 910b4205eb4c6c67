"""A note's answer beside its paper, with a grade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.answering.bookshelf import Bookshelf
from rag.answering.quotes import approximate, find_in_text
from rag.domain.answer import Citation, Quote
from rag.domain.note import Discussion, Note
from rag.domain.passage import Passage
from rag.domain.revision import CheckCounts, Grade, NoteCheck
from rag.revision.grading import LineFound, cited, holds
from rag.revision.ports import Judge
from rag.wording import counted

SHOWN = 2
"""Quotes beside a note."""


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
    found = sum(check.grade is Grade.SUPPORTED for check in checks)
    partly = sum(check.partly for check in checks)
    return CheckCounts(found, partly, len(checks) - found - partly)


def judged(check: NoteCheck, judge: Judge, passages: Sequence[Passage], shelf: Bookshelf) -> NoteCheck:
    """Return a check as contradicted where a judge says so with words that stand in the paper; else as it was.

    ``passages`` are those the judge may quote.
    """
    if check.grade is Grade.SUPPORTED or not passages or not check.evidence:
        return check
    quoted = judge.contradiction(check.note.question, check.note.answer, [passage.text for passage in passages])
    paper = check.evidence[0].paper
    for passage in passages if quoted.strip() else ():
        quote = _looked_up(quoted, passage, shelf)
        if quote is not None and shelf.holds(quote, passage):
            citation = Citation(1, paper, passage, quote, 1.0)
            reason = f"{judge.name} finds that the paper says otherwise"
            return replace(check, grade=Grade.CONTRADICTED, evidence=(citation,), reason=reason)
    return check


def _looked_up(quoted: str, passage: Passage, shelf: Bookshelf) -> Quote | None:
    """Return the paper's own words for what a judge copied; None when they are not there."""
    if passage.first_page is None:
        return find_in_text(quoted, shelf.section_texts(passage.paper_key, passage.section))
    last = passage.last_page or passage.first_page
    pages = (page for page in shelf.pages(passage.paper_key) if passage.first_page <= page.number <= last)
    return next((quote for page in pages if (quote := approximate(quoted, page)) is not None), None)
