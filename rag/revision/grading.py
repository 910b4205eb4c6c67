"""What a note says beside the nearest sentences of its paper. Better nothing than a support that is none.

Words and their meaning find the sentences; :mod:`rag.revision.signs` then looks for what words do not see. The
thresholds were chosen on notes that were labelled by hand (``docs/note_labels.tsv``; ``make_note_check_measures``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answering.bookshelf import Bookshelf
from rag.answering.wording import Rarity, is_there, share_covered, stems_of
from rag.domain.answer import Citation
from rag.domain.note import Note
from rag.domain.paper import Paper
from rag.index.ports import Embedder
from rag.revision.reading import Line, Mend, PaperSentence, Subject, joined_sizes, line_of, subject_of
from rag.revision.signs import objection, said

LOOKED_AT = 24
"""Sentences of a paper that are compared by meaning with one line: those that share most words with it."""
TRIED = 4
COVERED, AROUND, MEANING, TOGETHER = 0.55, 0.35, 0.3, 1.2
"""What a sentence needs: the share of the line's weight in words; of the question's, in its passage and headings; its
cosine to question and answer; and all of it together, the question's words in the sentence itself counting a third.
"""
OF_ALL = 0.7
"""Coverage for what a whole paper is about, where the question says nothing of what to look for."""
SHARED = 0.3
"""Coverage from which a sentence may be what an answer without a question is about."""
COUNTED = 0.6
"""Share of the line's words that it needs, each counting the same."""
FEW, ALONE = 2, 0.5
"""Share of the question's words that the sentence itself needs, where the answer adds so few words."""
NEARLY, SPOKEN_OF = 0.85, 0.3
"""A sentence without nearly all of the answer needs this share of the question's words."""
ADDED = 0.5
"""Share of the words that the answer adds to its question."""
WHOLLY = 0.99
NAMED, ON_IT = 2, 0.5
"""Words of a question, and cosine to it, from which a sentence that has them all stands beside the answer."""
WITHOUT_MEANING = 1.0
"""What coverage and a third of the question's words need together when there is no embedder."""

_NAME_PARTS = re.compile(r"[A-Z]{2,}")


@dataclass(frozen=True, slots=True)
class Beside:
    """A sentence beside a line, and how near it is."""

    sentence: PaperSentence
    covered: float
    asked: float  # of the question's words, in the sentence
    around: float  # ... in its passage and headings
    meaning: float | None

    @property
    def near(self) -> float:
        """How near it is, for the order only."""
        return self.covered + 0.3 * self.asked + (self.meaning or 0.0)


@dataclass(frozen=True, slots=True)
class LineFound:
    """A line with the sentence that says it, or with why there is none (a clause; "" for nothing near).

    ``nearly`` is a sentence that says it but for a name that stands nowhere in the paper.
    """

    line: Line
    by: PaperSentence | None
    reason: str = ""
    nearly: PaperSentence | None = None


class Grader:
    """Looks for what notes say in their papers."""

    def __init__(self, *, embedder: Embedder | None, rarity: Rarity, mend: Mend) -> None:
        self._embedder = embedder
        self._rarity = rarity
        self._mend = mend

    def lines(self, note: Note, paper: Paper, sentences: Sequence[PaperSentence]) -> tuple[LineFound, ...]:
        """Return the lines of a note's answer, each with the sentence of the paper that says it."""
        subject = subject_of(note.question, paper, self._mend)
        lines = (line_of(written, note.question, paper, self._mend) for written in note.answer if written.strip())
        first = note.item == 1  # what a paper tries to convey: every sentence of it speaks to that
        return tuple(self._found(line, subject, sentences, anything=first) for line in lines)

    def nearest(self, note: Note, paper: Paper, sentences: Sequence[PaperSentence]) -> PaperSentence | None:
        """Return the sentence nearest to what an answer says; None when it shares too few words with all."""
        return next(iter(self.near(note, paper, sentences)), None)

    def near(self, note: Note, paper: Paper, sentences: Sequence[PaperSentence]) -> list[PaperSentence]:
        """Return the sentences that share enough words with what an answer says, the nearest first."""
        subject = subject_of(note.question, paper, self._mend)
        line = line_of(" ".join(note.answer), note.question, paper, self._mend)
        near = [one for one in self._beside(line, subject, sentences) if one.covered >= SHARED]
        near.sort(key=lambda one: one.sentence.candidate.flaw - one.near)
        return [one.sentence for one in near]

    def to_question(self, note: Note, paper: Paper, sentences: Sequence[PaperSentence]) -> tuple[PaperSentence, ...]:
        """Return the sentences that name all that a note asks for, the nearest in meaning first. Only for two words or
        more: one stands all over a paper.
        """
        subject = subject_of(note.question, paper, self._mend)
        if len(subject.words) < NAMED or self._embedder is None:
            return ()
        naming = [s for s in sentences if share_covered(subject.words, s.stems, self._rarity) >= WHOLLY]
        head = sorted(naming, key=lambda sentence: sentence.candidate.flaw)[:LOOKED_AT]
        if not head:
            return ()
        vectors = self._embedder.embed([subject.meant, *(sentence.candidate.text for sentence in head)])
        near = sorted(zip(vectors[1:] @ vectors[0], range(len(head)), strict=True), reverse=True)
        return tuple(head[n] for meaning, n in near if meaning >= ON_IT)

    def _found(self, line: Line, subject: Subject, sentences: Sequence[PaperSentence], *, anything: bool) -> LineFound:
        if not line.new:
            return LineFound(line, None, "it says no more than its question does")
        tried = self._beside(line, subject, sentences)[:TRIED]
        near = [one for one in tried if self._is_near(one, line, subject, anything=anything)]
        near.sort(key=lambda one: one.asked < WHOLLY)  # stable: of those that name what is asked, the nearest
        reasons = [objection(line.said, said(one.sentence.text, one.sentence.stems)) for one in near]
        by = next((one.sentence for one, reason in zip(near, reasons, strict=True) if not reason), None)
        if by is None and (unknown := _unknown_name(line, sentences)):
            beside = self._found(_without(line, unknown), subject, sentences, anything=anything)
            if (nearly := beside.by or beside.nearly) is not None:
                return LineFound(line, None, f"the paper does not name {unknown}", nearly)
        return LineFound(line, by, "" if by is not None else next(iter(reasons), ""))

    def _is_near(self, one: Beside, line: Line, subject: Subject, *, anything: bool) -> bool:
        asked, around = (1.0, 1.0) if anything or not subject.words else (one.asked, one.around)
        stems = one.sentence.stems
        if (
            one.covered < (OF_ALL if anything else COVERED)
            or _share(line.words, stems) < COUNTED
            or _share(line.new, stems) < ADDED
        ):
            return False
        if around < AROUND or asked < (ALONE if len(line.new) <= FEW else 0.0 if one.covered >= NEARLY else SPOKEN_OF):
            return False
        if one.meaning is None:
            return one.covered + 0.3 * asked >= WITHOUT_MEANING
        return one.meaning >= MEANING and one.covered + 0.3 * asked + one.meaning >= TOGETHER

    def _beside(self, line: Line, subject: Subject, sentences: Sequence[PaperSentence]) -> list[Beside]:
        """Return the sentences nearest to a line, nearest first."""
        if not line.words:
            return []
        rough = [self._compared(line, subject, sentence) for sentence in sentences]
        rough.sort(key=lambda one: -(one.covered + 0.4 * one.asked + 0.15 * one.around))
        head = rough[:LOOKED_AT]
        if self._embedder is None or not head:
            return head
        vectors = self._embedder.embed([f"{subject.meant} {line.meant}", *(o.sentence.candidate.text for o in head)])
        meanings = vectors[1:] @ vectors[0]
        near = [
            Beside(one.sentence, one.covered, one.asked, one.around, float(meaning))
            for one, meaning in zip(head, meanings, strict=True)
        ]
        return sorted(near, key=lambda one: -one.near)

    def _compared(self, line: Line, subject: Subject, sentence: PaperSentence) -> Beside:
        covered = share_covered(line.words, sentence.stems, self._rarity)
        asked = share_covered(subject.words, sentence.stems, self._rarity)
        return Beside(sentence, covered, asked, share_covered(subject.words, sentence.around, self._rarity), None)


def _share(words: Sequence[str], stems: frozenset[str]) -> float:
    return sum(is_there(word, stems) for word in words) / len(words)


def _unknown_name(line: Line, sentences: Sequence[PaperSentence]) -> str:
    """Return a name of a line of which no part stands anywhere in the paper; "" for none."""
    for name in line.said.names:
        parts = (name, *_NAME_PARTS.findall(name))
        if not any(is_there(part.casefold(), s.stems | s.around) for part in parts for s in sentences):
            return name
    return ""


def _without(line: Line, name: str) -> Line:
    """Return a line as if it did not have this name."""
    own = frozenset(word.casefold() for word in (name, *name.split("-")))
    left = replace(line.said, names=tuple(other for other in line.said.names if other != name))
    return replace(
        line,
        meant=line.meant.replace(name, " "),
        words=tuple(word for word in line.words if word not in own),
        new=tuple(word for word in line.new if word not in own),
        said=left,
    )


def holds(citation: Citation, found: LineFound) -> bool:
    """Whether what was found on the page still has the words for which its sentence was taken: it may be a part."""
    stems = stems_of(joined_sizes(citation.quote.text))
    return found.by is not None and all(
        is_there(word, stems) for word in found.line.new if is_there(word, found.by.candidate.stems)
    )


def cited(sentences: Sequence[PaperSentence], shelf: Bookshelf) -> tuple[Citation, ...]:
    """Return the sentences as citations, each looked up on its page and none twice; what is not there is left out."""
    citations: list[Citation] = []
    for sentence in sentences:
        hit = sentence.candidate.hit
        found = shelf.find(sentence.candidate)
        if found is None or not shelf.holds(found.quote, hit.passage):
            continue
        if all(found.quote.text != held.quote.text for held in citations):
            citations.append(Citation(len(citations) + 1, hit.paper, hit.passage, found.quote, 1.0))
    return tuple(citations)
