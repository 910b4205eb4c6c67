"""Cards written by a language model: one prompt a paper, every back checked by program like a sentence of an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rag.answering.bookshelf import Bookshelf
from rag.answering.checking import Checked, Checker
from rag.answering.cleaning import cleaned, stray_links
from rag.answering.given import given, new_id
from rag.answering.numbers import stray_numbers
from rag.answering.replies import CITES_SHAPE, Claim, said_of
from rag.domain.flashcard import CardKind
from rag.language.as_data import as_data
from rag.language.loose_json import objects_in, text_of
from rag.language.ports import Counted, Finding, LanguageModel
from rag.language.prompts import prompt
from rag.language.shapes import TEXT, array_of, object_of
from rag.questions.covering import CHARACTERS, covering_hits
from rag.questions.ground import Ground
from rag.retrieval.names import names_of
from rag.studying.card_rules import Drafted
from rag.studying.model_filling import TITLE_CHARS

MOST = 16
"""Cards that are asked for."""
MAX_FRONT, MAX_BACK = 220, 400
WORTH = 0.95
_CARD = object_of(dict.fromkeys(("kind", "front", "back"), TEXT) | {"cites": CITES_SHAPE})
SHAPE = object_of({"cards": array_of(_CARD)}, title="cards")


class CardWriter:
    """Asks one model once for cards on one paper. ``counted`` is told what was found in its words."""

    def __init__(
        self,
        model: LanguageModel,
        *,
        shelf: Bookshelf,
        counted: Counted,
        characters: int = CHARACTERS,
        make_id: Callable[[], str] = new_id,
    ) -> None:
        self.name = model.name
        self.prompt = ""
        self._model = model
        self._shelf = shelf
        self._counted = counted
        self._characters = characters
        self._make_id = make_id

    def cards(self, ground: Ground) -> list[Drafted]:
        """Return the cards that hold. Raises ModelFailed."""
        passages = given(covering_hits(ground, self._characters), make_id=self._make_id)
        title = as_data(ground.paper.title, TITLE_CHARS)
        asked = prompt("cards", SHAPE, title=title, passages=passages, most=MOST)
        entries = objects_in(self._model.reply(asked).text, "front")
        names = (ground.paper.title, *names_of(ground.paper))
        checker = Checker(passages, self._shelf, question=" ".join(names), secret=asked.system)
        made = list(_cards(entries[:MOST], checker, names))
        findings: Counter[Finding] = checker.findings + Counter({Finding.KEPT: len(made)})
        findings[Finding.UNREADABLE] += not entries
        self._counted(findings)
        self.prompt = asked.label
        return made


def _cards(entries: Sequence[Mapping[str, Any]], checker: Checker, names: Sequence[str]) -> Iterator[Drafted]:
    for entry in entries:
        front, back = cleaned(text_of(entry.get("front"))).removesuffix("."), cleaned(text_of(entry.get("back")))
        read = _read(back, entry.get("cites")) if _is_question(front) and len(back) <= MAX_BACK else None
        if read is None:
            checker.findings += Counter({Finding.SENTENCES: 1, Finding.UNREADABLE: 1})
            continue
        checked = checker.check(read)
        if checked is None:
            continue
        fault = _fault(front, checked, names)
        if fault is not None:
            checker.findings[fault] += 1
            continue
        checker.findings[Finding.WEAK] += checked.weak
        kind = text_of(entry.get("kind")).casefold()
        yield Drafted(
            kind=CardKind(kind) if kind in set(CardKind) else CardKind.CONCEPT,
            front=front,
            back=checked.text,
            evidence=checked.evidence,
            worth=WORTH - 0.3 * checked.weak,
            weak=checked.weak,
        )


def _read(back: str, cites: object) -> Claim | None:
    """Return a back with what it cites, read as tolerantly as a sentence of an answer; None for nothing."""
    claims = said_of({"sentences": [{"text": back or "-", "cites": cites}]}).claims
    return Claim(back, claims[0].cites) if claims and back else None


def _is_question(front: str) -> bool:
    return front.endswith("?") and len(front) <= MAX_FRONT and len(front.split()) >= 3


def _fault(front: str, checked: Checked, names: Sequence[str]) -> Finding | None:
    """Return what is wrong with a front: links, or numbers that are neither quoted nor part of a name."""
    quotes = tuple(one.found.quote.text for one in checked.evidence)
    labels = [one.passage.label or "" for one in checked.evidence]
    if stray_links(front, quotes):
        return Finding.LINK
    return Finding.NUMBER if stray_numbers(front, quotes, names=(*names, *labels), places=labels) else None
