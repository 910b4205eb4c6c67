"""One section of a template filled by a language model: one prompt a section, every sentence checked by program."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from rag.answering.bookshelf import Bookshelf
from rag.answering.checking import Checked, Checker, draft_of
from rag.answering.given import Given, fitting, given, new_id
from rag.answering.ports import Draft
from rag.answering.replies import ANSWER_SHAPE, said_of
from rag.domain.analysis import Filling
from rag.domain.paper import Paper
from rag.domain.passage import Hit
from rag.domain.template import TemplateField
from rag.language.as_data import as_data
from rag.language.loose_json import objects_in, text_of
from rag.language.ports import Counted, Finding, LanguageModel
from rag.language.prompts import prompt
from rag.language.shapes import TEXT, Shape, array_of, object_of
from rag.questions.covering import CHARACTERS
from rag.studying.assembling import Written, quoted
from rag.studying.filling import Sought

MOST_PASSAGES = 14
"""Of one section's prompt."""
MOST_SENTENCES, MOST_STEPS = 3, 6
"""Of a field, and of one that asks for a drawing."""
NAME_CHARS, HINT_CHARS, TITLE_CHARS = 100, 200, 200
_FIELD = re.compile(r"F\s?(\d{1,3})", re.IGNORECASE)
_SENTENCES: Shape = ANSWER_SHAPE["properties"]["sentences"]
SHAPE = object_of({"fields": array_of(object_of({"field": TEXT, "sentences": _SENTENCES}))}, title="fields")


class SectionWriter:
    """Asks one model for sections of one paper. ``counted`` is told what was found in its words."""

    def __init__(
        self,
        model: LanguageModel,
        *,
        paper: Paper,
        shelf: Bookshelf,
        counted: Counted,
        characters: int = CHARACTERS,
        make_id: Callable[[], str] = new_id,
    ) -> None:
        self.name = model.name
        self._model = model
        self._paper = paper
        self._shelf = shelf
        self._counted = counted
        self._characters = characters
        self._make_id = make_id

    def written(self, section: str, sought: Sequence[Sought], near: Sequence[Hit]) -> tuple[Written, ...]:
        """Return the fields of a section in the model's words where they hold, else quoted; nothing where the model
        says that the passages are silent. Raises ModelFailed.
        """
        hits = [Hit(1, one.score, one.passage, self._paper) for found in sought for one in found.evidence]
        passages = given(
            fitting([*hits, *near], most=MOST_PASSAGES, characters=self._characters), make_id=self._make_id
        )
        if not passages:
            return tuple(map(quoted, sought))
        asked = prompt(
            "fill",
            SHAPE,
            title=as_data(self._paper.title, TITLE_CHARS),
            section=as_data(section, NAME_CHARS),
            passages=passages,
            fields=[_named(n, one.field) for n, one in enumerate(sought, 1)],
        )
        said = _by_field(self._model.reply(asked).text)
        findings: Counter[Finding] = Counter() if said else Counter({Finding.UNREADABLE: 1})
        made = []
        for n, one in enumerate(sought, 1):
            made.append(self._field(one, said.get(n), passages, asked.system, asked.label, findings))
        self._counted(findings)
        return tuple(made)

    def _field(
        self,
        one: Sought,
        sentences: object,
        passages: Sequence[Given],
        secret: str,
        label: str,
        findings: Counter[Finding],
    ) -> Written:
        draws = one.filling is Filling.NOT_DRAWN
        if sentences is None:  # it was left out of the reply
            return quoted(one)
        named = f"{self._paper.title} {one.field.name} {one.field.hint}"
        checker = Checker(passages, self._shelf, question=named, secret=secret)
        claims = said_of({"sentences": sentences}).claims
        if not claims:
            return Written(one.field, one.filling if draws else Filling.NOT_FOUND, Draft((), prompt=label))
        checker.take(claims[: MOST_STEPS if draws else MOST_SENTENCES])
        kept: list[Checked] = checker.sentences
        findings.update(checker.counted())
        if not kept:
            findings[Finding.QUOTED_INSTEAD] += 1
            return quoted(one)
        return Written(one.field, Filling.NOT_DRAWN if draws else Filling.SAID, draft_of(kept, prompt=label))


def _by_field(text: str) -> dict[int, object]:
    """Return what a reply says to each field, by its 1-based number; of two to one field the first."""
    found: dict[int, object] = {}
    for entry in objects_in(text, "field"):
        number = _FIELD.search(text_of(entry.get("field")))
        if number is not None:
            found.setdefault(int(number[1]), entry.get("sentences") or [])
    return found


def _named(number: int, field: TemplateField) -> dict[str, str]:
    hint = "; ".join(filter(None, (field.hint, *field.parts)))
    return {"id": f"F{number}", "name": as_data(field.name, NAME_CHARS), "hint": as_data(hint, HINT_CHARS)}
