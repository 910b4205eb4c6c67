"""What a group discussed before that bears on a paper: it itself, and its concepts with other papers."""

# ruff: noqa: SIM905 (a list of words reads best as words)
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.domain.note import Discussion, Note, NoteStatus
from rag.domain.paper import Paper
from rag.domain.passage import Scope
from rag.domain.session import Before, Related
from rag.retrieval.words import STOP_WORDS
from rag.store.library import Library
from rag.store.words import words_of

MOST_RELATED = 5
LONGEST = 4
"""Words of a concept; more is a sentence."""
LEAST_PASSAGES, LEAST_PASSAGES_OF_A_WORD = 2, 3
"""In how many passages a paper must use a concept to be about it; a single word is used in passing more easily."""
MOST_PAPERS, MOST_PAPERS_OF_A_WORD = 0.3, 0.15
"""Share of the papers that may use a concept before it is everybody's ("loss function")."""
PAPERS_A_PASSAGE = 3
"""What many papers speak of, one has to speak of more often to be about it."""
_COUNTED = 1_000


def discussed_before(library: Library, guild: str, paper: Paper) -> Before:
    """Return a paper's earlier discussions, what they left open, and its concepts that came up with other papers."""
    discussions = library.discussions(guild)
    own = tuple(discussion for discussion in discussions if discussion.paper_key == paper.key)
    left = [n.question for d in own for n in d.notes if n.status is NoteStatus.OPEN]
    others = [discussion for discussion in discussions if discussion.paper_key != paper.key]
    related = _related(library, guild, paper, others)
    return Before(own, tuple(dict.fromkeys(left)), tuple(related))


def concept_of(question: str) -> str:
    """Return the concept that a question of the group's is about as a whole, "" for none.

    >>> concept_of("What is receptive field ?"), concept_of("Why do use many mini-batch")
    ('receptive field', '')
    """
    text = _LEAD.sub("", question.strip().rstrip(" ?.!:").strip())
    text = _TAIL.sub("", text).strip()
    words = words_of(text)
    plain = not _NO_CONCEPT.search(text) and not any(word in STOP_WORDS or word in _EVERYDAY for word in words)
    return text.casefold() if words and plain and len(words) <= LONGEST else ""


_EVERYDAY = frozenset(
    "accuracy best budget cost example experiment image input number output performance result results size time "
    "training value way work".split()
)
"""With one of these a phrase names no concept of its own ("classification result")."""
_LEAD = re.compile(
    r"^(?:what(?:'s|’s)?\s+(?:(?:is|are|does|do)\s+)?|explain(?:ing)?\s+|define\s+|definition\s+of\s+)?(?:an?\s+|the\s+)?",
    re.IGNORECASE,
)
_TAIL = re.compile(r"\s+(?:means?|is|are)$", re.IGNORECASE)
_NO_CONCEPT = re.compile(r"\b(?:figure|fig|table|equation|eq|section|page|vs)\b|[=()<>\[\]]|^\W*\d+\W*$", re.IGNORECASE)


def _related(library: Library, guild: str, paper: Paper, others: Sequence[Discussion]) -> Iterator[Related]:
    """Yield concepts, the latest discussion of each, those that the paper uses most first."""
    held = max(len(library.papers(guild)), 1)
    found: dict[tuple[str, ...], tuple[int, Related]] = {}
    for discussion in reversed(others):
        for concept, note in _concepts(discussion):
            words = tuple(words_of(concept))
            if words in found:
                continue
            times = _times(library, guild, paper, concept, single=len(words) == 1, held=held)
            if times:
                found[words] = times, Related(concept, discussion, note)
    best = sorted(found.values(), key=lambda pair: -pair[0])
    yield from (related for _times_used, related in best[:MOST_RELATED])


def _concepts(discussion: Discussion) -> Iterator[tuple[str, Note]]:
    for note in discussion.notes:
        concept = concept_of(note.question) if note.status is NoteStatus.ANSWERED else ""
        if concept:
            yield from ((one, note) for one in _each(concept))


def _each(concept: str) -> list[str]:
    """Part "vanishing/exploding gradient" into the two it is."""
    head, _, rest = concept.partition(" ")
    parts = [part.strip() for part in head.split("/") if part.strip()]
    return [f"{part} {rest}".strip() for part in parts] if len(parts) > 1 else [concept]


def _times(library: Library, guild: str, paper: Paper, concept: str, *, single: bool, held: int) -> int:
    """Return how many passages of a paper use a concept; 0 where it only touches it, or everybody uses it."""
    if single and len(concept) < 3:
        return 0
    own = library.match_passages([concept], scope=Scope(guild, (paper.key,)), limit=_COUNTED)
    if len(own) < (LEAST_PASSAGES_OF_A_WORD if single else LEAST_PASSAGES):
        return 0
    everywhere = [i for i, _score in library.match_passages([concept], scope=Scope(guild), limit=_COUNTED)]
    papers = {passage.paper_key for passage in library.passages(everywhere).values()}
    share = MOST_PAPERS_OF_A_WORD if single else MOST_PAPERS
    is_telling = len(papers) <= max(2, share * held) and len(own) * PAPERS_A_PASSAGE >= len(papers)
    return len(own) if is_telling else 0
