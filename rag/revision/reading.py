"""A paper's sentences, ready to be set beside what notes say; and a note's words as they were meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.answering.candidates import Candidate, candidates
from rag.answering.terms import words_beside_names
from rag.answering.wording import content_words, is_there, stem, stems_of, words_in
from rag.domain.paper import Paper, name_form
from rag.domain.passage import Hit, Passage
from rag.domain.reading import Kind
from rag.retrieval.glossary import definitions
from rag.retrieval.names import names_of
from rag.retrieval.words import STOP_WORDS
from rag.revision.signs import TURNING, Said, said

READ = (Kind.ABSTRACT, Kind.TEXT, Kind.CAPTION)
_WORD = re.compile(r"[^\W\d_]{3,}")
_SIZE = re.compile(r"(?<=\d)\s*[×x]\s*(?=\d)")
_QUOTED_PAGE = re.compile(r"\s*\((?:p\.|page) ?\d+(?:, \d+)*\)\s*$", re.IGNORECASE)
"""What an accepted proposal ends with."""

Mend = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class PaperSentence:
    """A sentence with the stems in it (and in the one it leans on), and those of its passage and headings."""

    candidate: Candidate
    stems: frozenset[str]
    around: frozenset[str]

    @property
    def text(self) -> str:
        """Return it with the sentence it leans on."""
        return f"{self.candidate.lead} {self.candidate.text}".strip()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an answer: as written, as meant, the words that it adds to its question, and what else it says."""

    written: str
    meant: str
    words: tuple[str, ...]
    new: tuple[str, ...]
    said: Said


@dataclass(frozen=True, slots=True)
class Subject:
    """What a note asks: its question as meant, and the words of it that do not just name the paper."""

    meant: str
    words: tuple[str, ...]


def sentences_of(paper: Paper, passages: Sequence[Passage]) -> tuple[PaperSentence, ...]:
    """Return the sentences of a paper's prose and captions, in its order."""
    hits = [Hit(n, 0.0, passage, paper) for n, passage in enumerate(passages, 1) if passage.kind in READ]
    around = {h.passage.passage_id: stems_of(" ".join((*h.passage.section, h.passage.text))) for h in hits}
    shortened = {
        stem(short.casefold()): stems_of(long) for short, long in definitions(h.passage.text for h in hits).items()
    }
    return tuple(_sentence(c, around[c.hit.passage.passage_id], shortened) for c in candidates(hits))


def _sentence(candidate: Candidate, around: frozenset[str], shortened: Mapping[str, frozenset[str]]) -> PaperSentence:
    """Return a sentence; what it spells out counts as its acronym, too."""
    stems = candidate.stems | stems_of(joined_sizes(f"{candidate.lead} {candidate.text}"))
    spelled = {short for short, long in shortened.items() if long <= stems}
    return PaperSentence(candidate, stems | spelled, around)


def line_of(written: str, question: str, paper: Paper, mend: Mend) -> Line:
    """Return a line of an answer, with typing errors mended; that it names its own paper adds nothing to it."""
    bare = joined_sizes(_QUOTED_PAGE.sub("", written))
    meant = mended(bare, mend)
    asked = stems_of(mended(question, mend))
    words = words_beside_names(_naming(meant), [paper])
    new = tuple(word for word in words if not is_there(word, asked))
    own = {name_form(name) for name in names_of(paper)}
    says = said(meant)
    named = tuple(name for name in says.names if name_form(name) not in own)
    return Line(bare, meant, words, new, replace(says, names=named))


def subject_of(question: str, paper: Paper, mend: Mend) -> Subject:
    """Return what a question is about, beside the paper."""
    meant = mended(question, mend)
    return Subject(meant, words_beside_names(content_words(meant), [paper]))


def mended(text: str, mend: Mend) -> str:
    """Return a text with typing errors mended: acronyms and function words stay."""

    def meant(match: re.Match[str]) -> str:
        word = match.group()
        if word.casefold() in STOP_WORDS or sum(letter.isupper() for letter in word) > 1:
            return word
        return " ".join(mend(word)) or word

    return _WORD.sub(meant, text)


def joined_sizes(text: str) -> str:
    """Return a text with sizes as people type them.

    >>> joined_sizes("the 7 × 7 × 30 tensor")
    'the 7x7x30 tensor'
    """
    return _SIZE.sub("x", text)


def _naming(text: str) -> tuple[str, ...]:
    folded = (word.text.casefold().replace("×", "x") for word in words_in(text))
    return tuple(dict.fromkeys(word for word in folded if word not in STOP_WORDS and word not in TURNING))
