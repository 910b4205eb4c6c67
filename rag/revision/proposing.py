"""What could stand in a note, made of its paper's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.answering.bookshelf import Bookshelf
from rag.answering.candidates import Candidate
from rag.answering.quotes import find_quote
from rag.answering.terms import is_named
from rag.answering.wording import Word, content_words, is_there, stems_of, words_in
from rag.domain.answer import Answer, Citation, Outcome, Quote, Sentence
from rag.domain.note import Discussion, Note
from rag.domain.revision import Proposal
from rag.retrieval.items import Item, items_in, mentions_item
from rag.retrieval.names import names_of
from rag.retrieval.words import STOP_WORDS
from rag.revision.missing import Asked
from rag.revision.reading import PaperSentence, joined_sizes

MOST_LINES = 2
MOST_SENTENCES = 3
"""Of a model's answer."""
GOOD_SCORE = 0.7
"""Below it a quote is proposed only when it holds all of the question's words."""
STILL_GOOD = 0.86
"""Share of the best one's score that a second quote needs; it must also name all that is asked."""
LONG_WORDS = 45
WHOLE_WORDS = 8
MOST_WORDS_QUOTED = 6

NOTHING = "I found nothing in the paper that answers this."
NO_PAPER = "This discussion is tied to no paper of the library. Tie it to one first."
NO_TEXT = "No text of the paper could be read."
NOT_A_QUESTION = "What is asked is too short to look for."
_SENTENCE_END = re.compile(r"(?<=[.!?”\"])\d{0,2}\s+(?=[A-Z])")
_OF_A_FIGURE = re.compile(
    r"\b(?:arrows?|dashed|dotted|curves?|(?:left|right|top|bottom) (?:panel|figure|plot))\b", re.I
)
_POINTS_BACK = re.compile(r"(?:This|These|Those|They|Such|He|She|It(?! (?:is|was)\b))\b")
_FORMULA = re.compile(r"[=∗∑∏≡∥]")
_ANNOUNCES = re.compile(r"\b(?:often|commonly|usually) (?:categorized|divided)\b|\b[Ww]e call our\b|\bas follows\b")
_RUN_IN = re.compile(r"[A-Z][\w -]{2,40}: [A-Z]")
_IS_SIZE = re.compile(r"\d+(?:x\d+)+")
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
    """Propose one or two quotes of an answer to a note's question, or a model's sentences that are well carried."""
    if answer.outcome is Outcome.NOT_FOUND:
        return replace(nothing(key, place, NOTHING), notices=answer.notices)
    sure = [sentence for sentence in answer.sentences if not sentence.weak][:MOST_SENTENCES]
    if answer.outcome is Outcome.GROUNDED and sure:
        return _of_model(key, place, answer, sure)
    best = _best(place[1].question, [_plainly(citation, place[1].question, shelf) for citation in answer.citations])
    if not best:
        return replace(nothing(key, place, NOTHING), notices=answer.notices)
    evidence = tuple(replace(citation, number=n) for n, citation in enumerate(best, 1))
    lines = tuple(written(citation.quote) for citation in evidence)
    return Proposal(key, *place, lines=lines, question="", evidence=evidence, notices=answer.notices)


def _of_model(key: str, place: tuple[Discussion, Note], answer: Answer, sentences: Sequence[Sentence]) -> Proposal:
    """Propose checked sentences, each with the pages of its quotes."""
    cited = {citation.number: citation for citation in answer.citations}
    leans_on = [[cited[number] for number in sentence.citations] for sentence in sentences]
    used = dict.fromkeys(citation.number for citations in leans_on for citation in citations)
    evidence = tuple(replace(cited[number], number=n) for n, number in enumerate(used, 1))
    lines = tuple(f"{s.text}{_pages(citations)}" for s, citations in zip(sentences, leans_on, strict=True))
    return Proposal(
        key,
        *place,
        lines=lines,
        question="",
        evidence=evidence,
        notices=answer.notices,
        writer=answer.writer,
        prompt=answer.prompt,
    )


def _pages(citations: Sequence[Citation]) -> str:
    pages = sorted({citation.quote.page for citation in citations if citation.quote.page is not None})
    return f" (p. {', '.join(map(str, pages))})" if pages else ""


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


def asked_by_model(by_rules: Proposal, asked: Asked, evidence: Sequence[Citation]) -> Proposal:
    """Propose what a model says was asked, beside the nearest sentence; where it says nothing, what the rules say."""
    if not asked.question:
        return replace(by_rules, notices=asked.notices)
    return replace(
        by_rules,
        question=asked.question,
        evidence=tuple(evidence[:1]),
        reason="",
        writer=asked.writer,
        prompt=asked.prompt,
    )


def written(quote: Quote) -> str:
    """Return a quote as a line of the notes: marked as the paper's words, with its page."""
    text = " ".join(quote.text.split()).replace("“", '"').replace("”", '"')
    return f"“{text}”" + (f" (p. {quote.page})" if quote.page is not None else "")


def _best(question: str, citations: Sequence[Citation]) -> list[Citation]:
    """Return what is good enough, the best first, at most two that stand each for itself."""
    items = items_in(question)
    words = content_words(question)
    if items:
        second = (c for c in citations[1:] if _is_whole(c.quote.text) and _speaks_of(items, c.quote.text))
        return [*citations[:1], *second][:MOST_LINES]
    good = [c for c in citations if c.score >= GOOD_SCORE or (words and _holds(words, c.quote.text))]
    ranked = sorted(((_worth(c, question, words), c) for c in good), key=lambda pair: -pair[0])
    second = (
        c
        for worth, c in ranked[1:]
        if worth >= STILL_GOOD * ranked[0][0] and _is_whole(c.quote.text) and _holds(words, c.quote.text)
    )
    return [*(c for _, c in ranked[:1]), *second][:MOST_LINES]


def _worth(citation: Citation, question: str, words: Sequence[str]) -> float:
    """Return how well a quote reads as an answer by itself: its score, less what speaks against it."""
    text = citation.quote.text
    in_one = ("".join(word.text for word in words_in(question)),)  # "Art Work" is "artwork"
    worth = citation.score + 0.3 * _holds(words, text) + 0.3 * _holds(in_one, text)
    worth -= 0.5 * (_POINTS_BACK.match(text) is not None)
    worth -= 0.3 * (_OF_A_FIGURE.search(text) is not None) + 0.3 * (_FORMULA.search(text) is not None)
    worth -= 0.2 * (_ANNOUNCES.search(text) is not None) + 0.1 * (_RUN_IN.match(text) is not None)
    return worth + 0.1 * any(is_named(name, text) for name in names_of(citation.paper))


def _speaks_of(items: Sequence[Item], text: str) -> bool:
    """Whether a sentence is about a numbered item, and not a part of the item itself."""
    return any(mentions_item(item, text) for item in items)


def _holds(words: Sequence[str], text: str) -> bool:
    """Whether a text has all the words, also written as one."""
    stems = stems_of(text)
    return all(is_there(word, stems) for word in words) or is_there("".join(words), stems)


def _is_whole(text: str) -> bool:
    return len(text.split()) >= WHOLE_WORDS and _ENDS.search(text.strip()) is not None


def _plainly(citation: Citation, question: str, shelf: Bookshelf) -> Citation:
    """Return a long quote that runs over formulas as the one sentence of it that speaks to the question."""
    text = citation.quote.text
    if len(text.split()) <= LONG_WORDS or items_in(question):
        return citation
    words = content_words(question)
    parts = _SENTENCE_END.split(text)
    speaking = [part for part in parts if _is_whole(part) and _holds(words, part)]
    page = next((p for p in shelf.pages(citation.paper.key) if p.number == citation.quote.page), None)
    quote = find_quote(min(speaking, key=len), page) if speaking and page is not None else None
    return replace(citation, quote=quote) if quote is not None else citation


def _named_by_both(answer: str, candidate: Candidate) -> str:
    """Return what a sentence and an answer both name: a size as people type it, else words of the sentence that stand
    together and are all in the answer, too; "" for neither.
    """
    size = next((w.text for w in words_in(joined_sizes(answer)) if _IS_SIZE.fullmatch(w.text)), "")
    if size and size in joined_sizes(candidate.text):
        return size
    stems = stems_of(answer)
    words = words_in(candidate.text)
    runs: list[list[Word]] = [[]]
    for word in words:
        naming = word.stem in stems and word.text.casefold() not in STOP_WORDS
        runs[-1].append(word) if naming else runs.append([])
    best = max(runs, key=len)
    return candidate.text[best[0].start : best[-1].end] if 2 <= len(best) <= MOST_WORDS_QUOTED else ""


def _section_of(candidate: Candidate) -> str:
    """Return the heading that a sentence stands under, without its number; "" for one that any paper has."""
    headings = (_HEADING_NUMBER.sub("", heading).strip(" .:") for heading in reversed(candidate.hit.passage.section))
    return next((heading for heading in headings if heading and not _GENERAL_HEADING.match(heading)), "")
