"""Passages as a model is given them: quoted data between markers whose ids nobody can guess, new for every prompt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rag.domain.paper import Paper, name_form
from rag.domain.passage import Hit, Passage
from rag.language.as_data import as_data, new_ids
from rag.retrieval.names import names_of

MOST, MOST_OF_ONE = 8, 4
"""Passages in one prompt, and of one paper when several are asked of."""
MOST_CHARACTERS, FEWEST_CHARACTERS = 14_000, 3_000
"""Of all passages of one prompt: about 3,500 tokens."""
ELSE_TOKENS = 1_800
"""What the prompt says beside them, the question included."""
MOST_NAMES = 3
LONGEST = 4_000
"""Characters of one passage."""


@dataclass(frozen=True, slots=True)
class Given:
    """A passage with the id under which a model may cite it."""

    id: str
    paper: Paper
    passage: Passage

    @property
    def block(self) -> str:
        """Return the passage between its markers, which carry the id at both ends."""
        passage = self.passage
        pages = _pages(passage)
        names = [name for name in names_of(self.paper) if name_form(name) not in name_form(self.paper.title)]
        places = {
            "paper": self.paper.title,
            "called": ", ".join(names[:MOST_NAMES]),
            "page": pages,
            "section": " > ".join(passage.section),
            "label": passage.label or "",
        }
        said = "".join(f' {name}="{_attribute(value)}"' for name, value in places.items() if value)
        return f'<passage id="{self.id}"{said}>\n{as_data(passage.text, LONGEST)}\n</passage {self.id}>'

    @property
    def places(self) -> tuple[str, ...]:
        """Return what the passage is called: its pages, its label, its section's number."""
        first, last = self.passage.first_page, self.passage.last_page or self.passage.first_page
        pages = [f"page {n}" for n in range(first, (last or first) + 1)] if first is not None else []
        label = (self.passage.label or "").replace("Eq.", "eq")
        section = re.match(r"[A-Z]?[\d.]+", self.passage.section[-1]) if self.passage.section else None
        return (*pages, *([label] if label else []), *([f"section {section.group().rstrip('.')}"] if section else []))


def room_for_passages(
    context_tokens: int,
    output_tokens: int,
    *,
    else_tokens: int = ELSE_TOKENS,
    fewest: int = FEWEST_CHARACTERS,
    most: int = MOST_CHARACTERS,
) -> int:
    """Return how many characters of passages fit into a request beside its reply: about three a token."""
    return max(fewest, min(most, 3 * (context_tokens - output_tokens - else_tokens)))


def new_id() -> str:
    """Return an id that nobody can guess, and that is no word: it holds a digit."""
    return next(one for one in iter(lambda: new_ids(1)[0], "") if any(sign.isdigit() for sign in one))


def given(hits: Iterable[Hit], *, make_id: Callable[[], str] = new_id) -> tuple[Given, ...]:
    """Return the passages of hits, each under an id of its own."""
    found: list[Given] = []
    taken: set[str] = set()
    for hit in hits:
        one = make_id()
        while one in taken:
            one = make_id()
        taken.add(one)
        found.append(Given(one, hit.paper, hit.passage))
    return tuple(found)


def fitting(
    hits: Sequence[Hit], *, most: int = MOST, most_of_one: int = MOST_OF_ONE, characters: int = MOST_CHARACTERS
) -> tuple[Hit, ...]:
    """Return the first hits that fit into a prompt, no passage twice; not too many of one paper if there are others."""
    several = len({hit.paper.key for hit in hits}) > 1
    kept: list[Hit] = []
    seen: set[str] = set()
    papers: Counter[str] = Counter()
    left = characters
    for hit in hits:
        size = min(len(hit.passage.text), LONGEST)
        crowded = several and papers[hit.paper.key] >= most_of_one
        if hit.passage.passage_id in seen or crowded or size > left or len(kept) == most:
            continue
        seen.add(hit.passage.passage_id)
        papers[hit.paper.key] += 1
        left -= size
        kept.append(hit)
    return tuple(kept)


def _attribute(text: str) -> str:
    return as_data(text, 120).replace('"', "'").replace("<", "‹").replace(">", "›")


def _pages(passage: Passage) -> str:
    first, last = passage.first_page, passage.last_page
    if first is None:
        return ""
    return f"{first}–{last}" if last and last != first else str(first)
