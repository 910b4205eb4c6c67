"""The proposer that asks a language model. What it proposes is checked here and at the gate, sentence by sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rag.answering.bookshelf import Bookshelf
from rag.answering.checking import Checker
from rag.answering.cleaning import cleaned, stray_links
from rag.answering.given import LONGEST, Given, given, new_id
from rag.answering.numbers import stray_numbers
from rag.answering.replies import CITES_SHAPE, Cite, Claim, id_in
from rag.answering.support import strange_letters
from rag.answering.wording import content_words, is_there, stems_of
from rag.domain.template import TemplateField
from rag.language.as_data import as_data
from rag.language.loose_json import list_of, objects_in, text_of
from rag.language.ports import Counted, Finding, LanguageModel
from rag.language.prompts import prompt
from rag.language.shapes import TEXT, array_of, object_of
from rag.questions.covering import CHARACTERS, covering_hits
from rag.questions.english import is_one_question
from rag.questions.gate import MIN_QUOTE
from rag.questions.ground import Ground
from rag.questions.proposal import WRITTEN, Proposal
from rag.questions.proposal import Claim as Evidence
from rag.questions.topics import topics_in
from rag.retrieval.names import names_of

MOST, MORE = 20, 5
"""Questions that are asked for: some more than wanted, since some fall."""
WORTH = 0.9
MAX_CITES = 2
SAYS_SOMETHING = 10
"""Words of a quote that is an answer by itself."""
MAX_QUESTION, MAX_ABOUT = 300, 60
FIELD_CHARS, HINT_CHARS, TITLE_CHARS, SECTION_CHARS = 80, 120, 200, 80

_QUESTION = object_of(dict.fromkeys(("text", "field", "about", "expected"), TEXT) | {"cites": CITES_SHAPE})
SHAPE = object_of({"questions": array_of(_QUESTION)}, title="questions")


class ModelProposer:
    """Asks one model once for questions on one paper, for a set of ``n`` that follows a template's ``fields``.

    ``counted`` is told what was found in its words.
    """

    def __init__(
        self,
        model: LanguageModel,
        *,
        shelf: Bookshelf,
        fields: Sequence[TemplateField],
        n: int,
        counted: Counted,
        characters: int = CHARACTERS,
        make_id: Callable[[], str] = new_id,
    ) -> None:
        self.name = model.name
        self._model = model
        self._shelf = shelf
        self._fields = {_folded(field.name): field for field in fields}
        self._most = min(MOST, n + MORE)
        self._counted = counted
        self._characters = characters
        self._make_id = make_id

    def propose(self, ground: Ground) -> list[Proposal]:
        """Return the questions whose words and quotes hold so far; the gate looks again. Raises ModelFailed."""
        passages = given(covering_hits(ground, self._characters), make_id=self._make_id)
        asked = prompt(
            "questions",
            SHAPE,
            title=as_data(ground.paper.title, TITLE_CHARS),
            fields=[
                {"name": as_data(field.name, FIELD_CHARS), "hint": as_data(field.hint, HINT_CHARS)}
                for field in self._fields.values()
            ],
            passages=[{"block": _block(one)} for one in passages],
            most=self._most,
        )
        said = objects_in(self._model.reply(asked).text, "cites")
        findings: Counter[Finding] = Counter({Finding.UNREADABLE: 1} if not said else {})
        found = []
        for entry in said[:MOST]:
            findings[Finding.SENTENCES] += 1
            one = self._proposal(entry, ground, passages, asked.system, findings)
            if isinstance(one, Finding):
                findings[one] += 1
            else:
                findings[Finding.KEPT] += 1
                found.append(Proposal(**one, writer=self.name, prompt=asked.label))
        self._counted(findings)
        return found

    def _proposal(
        self,
        entry: Mapping[str, Any],
        ground: Ground,
        passages: Sequence[Given],
        secret: str,
        findings: Counter[Finding],
    ) -> dict[str, Any] | Finding:
        """Return what a question is made of, or why it falls."""
        text = cleaned(text_of(entry.get("text"))).removesuffix(".")
        known = {one.id: one for one in passages}
        cites = [cite for cite in _cites(entry.get("cites")) if len(cite.quote) >= MIN_QUOTE]
        named = [cite for cite in cites if cite.id in known]
        if not text or len(text) > MAX_QUESTION or not is_one_question(text) or strange_letters(text, (ground.text,)):
            return Finding.UNREADABLE
        if not named:
            return Finding.UNKNOWN_ID if cites else Finding.UNCITED
        named = [cite for cite in named if self._shelf.near(cite.quote, known[cite.id].passage) is not None]
        if not named:
            return Finding.MISQUOTE
        own = [known[cite.id] for cite in named]
        texts = [one.passage.text for one in own]
        names = (*names_of(ground.paper), *(one.passage.label or "" for one in own))
        if stray_links(text, texts):
            return Finding.LINK
        labels = [label.replace("Eq.", "eq") for label in ground.items]
        if stray_numbers(text, texts, names=names, places=[*labels, *(p for one in own for p in one.places)]):
            return Finding.NUMBER
        if not _is_of(text, " ".join(texts), names):
            return Finding.UNCITED
        expected = self._expected(entry, named, passages, text, secret, findings)
        if expected is None:
            return Finding.WEAK
        field = self._fields.get(_folded(text_of(entry.get("field"))))
        about = " ".join(text_of(entry.get("about")).split())[:MAX_ABOUT]
        return {
            "text": text,
            "kind": WRITTEN,
            "topics": topics_in(f"{text} {named[0].quote}", " / ".join(own[0].passage.section), ()),
            "claims": tuple(
                Evidence(cite.quote, one.passage.first_page, one.passage.last_page)
                for cite, one in zip(named, own, strict=True)
            ),
            "about": about if about and about.casefold() in text.casefold() else "",
            "expected": expected,
            "worth": WORTH,
            "field": field.name if field is not None else "",
        }

    def _expected(
        self,
        entry: Mapping[str, Any],
        cites: Sequence[Cite],
        passages: Sequence[Given],
        question: str,
        secret: str,
        findings: Counter[Finding],
    ) -> str | None:
        """Return the expected answer where it passes what sentences of answers pass; "" where the quotes say more than
        it does; None where neither says enough.
        """
        written = text_of(entry.get("expected"))
        checker = Checker(passages, self._shelf, question=question, secret=secret)
        checked = checker.check(Claim(written, tuple(cites))) if written else None
        del checker.findings[Finding.SENTENCES]  # one with its question, which is counted
        findings += checker.findings
        if checked is not None and not checked.weak:
            return checked.text
        says_enough = any(len(cite.quote.split()) >= SAYS_SOMETHING for cite in cites)
        return "" if says_enough and (checked is not None or not written) else None


def _block(one: Given) -> str:
    """Return a passage between its markers; all are of one paper, so that its name is not said with each."""
    passage = one.passage
    first, last = passage.first_page, passage.last_page
    page = "" if first is None else f" page {first}" if last in (None, first) else f" pages {first}–{last}"
    section = as_data(" › ".join(passage.section), SECTION_CHARS)
    places = ", ".join(part for part in (page.strip(), as_data(passage.label or "", SECTION_CHARS), section) if part)
    return f"<passage {one.id} ({places})>\n{as_data(passage.text, LONGEST)}\n</passage {one.id}>"


def _cites(value: object) -> list[Cite]:
    cites = [one for one in list_of(value) if isinstance(one, dict)][:MAX_CITES]
    return [Cite(id_in(text_of(one.get("id"))), _as_printed(text_of(one.get("quote")))) for one in cites]


def _as_printed(quote: str) -> str:
    """Return a quote without the bars that part a table's cells in a prompt: no page has them."""
    return " ".join(quote.replace(" | ", " ").split())


def _is_of(question: str, text: str, names: Sequence[str]) -> bool:
    """Whether the passages that a question cites have one of its words that is not just the paper's name."""
    named = {word for name in names for word in content_words(name)}
    there = stems_of(text)
    return any(is_there(word, there) for word in content_words(question) if word not in named)


def _folded(name: str) -> str:
    return " ".join(name.casefold().split()).strip(" .:?")
