"""What could stand in a note, made of its paper's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.answering.bookshelf import Bookshelf
from rag.answering.candidates import Candidate
from rag.answering.questions import Asks, understand
from rag.answering.quotes import find_quote
from rag.answering.wording import content_words, is_there, stems_of, words_in
from rag.domain.answer import Answer, Citation, Outcome, Quote
from rag.domain.note import Discussion, Note
from rag.domain.revision import Proposal
from rag.reading.sentences import sentences
from rag.revision.reading import PaperSentence

MOST_LINES = 2
GOOD_SCORE = 0.6
"""Below it a quote is proposed only when it holds all of the question's words."""
STILL_GOOD = 0.8
"""Share of the best one's score that a second quote needs."""
LONG_WORDS = 45
WHOLE_WORDS = 8
MOST_WORDS_QUOTED = 6

NOTHING = "I found nothing in the paper that answers this."
NO_PAPER = "This discussion is tied to no paper of the library."
NO_TEXT = "No text of the paper could be read."
NOT_A_QUESTION = "What is asked is too short to look for."
_ENDS = re.compile(r"[.!?…][\"'”’)\]]*\d{0,2}$")
_HEADING_NUMBER = re.compile(r"^(?:[\dIVX]+(?:\.\d+)*\.?|[A-Z](?:\.\d+)+\.?)\s+")
_GENERAL_HEADING = re.compile(
    r"^(?:abstract|introduction|conclusions?|discussion|related work|results?|experiments?|background|appendix|"
    r"motivations?|method|approach|.{0,2})\b",
    re.IGNORECASE,
)


def nothing(key: str, place: tuple[Discussion, Note], reason: str) -> Proposal:
    """Return that nothing is proposed, and why."""
    return Proposal(key, *place, lines=(), question="", evidence=(), reason=reason)


def answer_from(key: str, place: tuple[Discussion, Note], answer: Answer, shelf: Bookshelf) -> Proposal:
    """Propose one or two quotes of an answer to a note's question."""
    if answer.outcome is Outcome.NOT_FOUND:
        return nothing(key, place, NOTHING)
    best = _best(place[1].question, [_plainly(citation, place[1].question, shelf) for citation in answer.citations])
    if not best:
        return nothing(key, place, NOTHING)
    evidence = tuple(replace(citation, number=n) for n, citation in enumerate(best, 1))
    return Proposal(key, *place, lines=tuple(written(c.quote) for c in evidence), question="", evidence=evidence)


def question_for(
    key: str, place: tuple[Discussion, Note], nearest: PaperSentence | None, evidence: Sequence[Citation]
) -> Proposal:
    """Propose a question for an answer that has none: about what the answer and the nearest sentence both name, else
    about that sentence's section.
    """
    if nearest is None or not evidence:
        return nothing(key, place, "I found nothing in the paper that is near this answer.")
    about = _named_by_both(" ".join(place[1].answer), nearest.candidate) or _section_of(nearest.candidate)
    if not about:
        return nothing(key, place, "I cannot tell what was asked here.")
    question = f"What does the paper say about “{about}”?"
    return Proposal(key, *place, lines=(), question=question, evidence=tuple(evidence[:1]))


def written(quote: Quote) -> str:
    """Return a quote as a line of the notes: marked as the paper's words, with its page."""
    text = " ".join(quote.text.split()).replace("“", '"').replace("”", '"')
    return f"“{text}”" + (f" (p. {quote.page})" if quote.page is not None else "")


def _best(question: str, citations: Sequence[Citation]) -> list[Citation]:
    """Return what is good enough, the best first, at most two that stand each for itself."""
    if not citations:
        return []
    item = understand(question).kind is Asks.ITEM
    words = content_words(question)
    good = [c for c in citations if item or c.score >= GOOD_SCORE or (words and _holds(words, c.quote.text))]
    if not item:
        good.sort(key=lambda citation: (-_holds(words, citation.quote.text), -citation.score))
    first, rest = good[:1], good[1:]
    second = (c for c in rest if c.score >= STILL_GOOD * first[0].score and _is_whole(c.quote.text))
    return [*first, *list(second)[: MOST_LINES - 1]]


def _holds(words: Sequence[str], text: str) -> bool:
    """Whether a text has all the words, also written as one."""
    stems = stems_of(text)
    return all(is_there(word, stems) for word in words) or is_there("".join(words), stems)


def _is_whole(text: str) -> bool:
    return len(text.split()) >= WHOLE_WORDS and _ENDS.search(text.strip()) is not None


def _plainly(citation: Citation, question: str, shelf: Bookshelf) -> Citation:
    """Return a long quote that runs over formulas as the one sentence of it that speaks to the question."""
    text = citation.quote.text
    if len(text.split()) <= LONG_WORDS or understand(question).kind is Asks.ITEM:
        return citation
    words = content_words(question)
    parts = [text[span.start : span.end] for span in sentences(text)]
    speaking = [part for part in parts if _is_whole(part) and _holds(words, part)]
    page = next((p for p in shelf.pages(citation.paper.key) if p.number == citation.quote.page), None)
    quote = find_quote(min(speaking, key=len), page) if speaking and page is not None else None
    return replace(citation, quote=quote) if quote is not None else citation


def _named_by_both(answer: str, candidate: Candidate) -> str:
    """Return the words of a sentence, next to each other, that the answer has, too; "" for fewer than two or a size."""
    stems = stems_of(answer)
    runs: list[list[int]] = [[]]
    words = words_in(candidate.text)
    for n, word in enumerate(words):
        if word.stem in stems and (word.text[0].isalnum()):
            runs[-1].append(n)
        else:
            runs.append([])
    best = max(runs, key=len)
    size = next((w.text for w in words if w.text[0].isdigit() and not w.text.isdigit() and w.stem in stems), "")
    if len(best) < 2 or len(best) > MOST_WORDS_QUOTED:
        return size
    return candidate.text[words[best[0]].start : words[best[-1]].end]


def _section_of(candidate: Candidate) -> str:
    """Return the heading that a sentence stands under, without its number; "" for one that any paper has."""
    headings = (_HEADING_NUMBER.sub("", heading).strip(" .:") for heading in reversed(candidate.hit.passage.section))
    return next((heading for heading in headings if heading and not _GENERAL_HEADING.match(heading)), "")
