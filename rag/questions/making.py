"""One question set in the making: what the paper conveys, what was left open, and the best of what was proposed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from rag.answering.extractive import short_name
from rag.domain.answer import Citation
from rag.domain.note import Discussion
from rag.domain.question import Origin, Question, QuestionSet
from rag.domain.template import Template, TemplateField
from rag.index.ports import Embedder
from rag.questions.choosing import Choosing, Placed, placed
from rag.questions.extractive import expected_of
from rag.questions.fields import FieldMap
from rag.questions.gate import Admitted, QuestionGate
from rag.questions.ground import Ground
from rag.questions.group_notes import asked_of, open_notes
from rag.questions.likeness import Likeness
from rag.questions.proposal import PURPOSE, WRITTEN, Claim, Proposal, Proposer
from rag.questions.topics import Topic, topics_in

OPEN_SHARE, FOLLOW_UP_SHARE = 6, 3
"""Of a set, at most one in six questions are the group's open notes, one in three follow-ups."""
MAX_TRIED = 6
"""Open notes, and fields of a template's own, that the paper is asked."""
MAX_CITED = 2
_TITLE = 120

Ask = Callable[[str], tuple[Citation, ...]]


class Making:
    """Makes one set of one paper. ``written`` are a model's proposals: they come before those of the proposer."""

    def __init__(
        self,
        *,
        ground: Ground,
        template: Template,
        gate: QuestionGate,
        likeness: Likeness,
        embedder: Embedder | None,
        ask: Ask,
        discussions: Sequence[Discussion],
        proposer: Proposer,
        written: Sequence[Proposal] = (),
    ) -> None:
        self._ground = ground
        self._template = template
        self._gate = gate
        self._likeness = likeness
        self._fields = FieldMap(template, embedder)
        self._ask = ask
        self._discussions = discussions
        self._proposer = proposer
        self._written = written

    def made(self, *, n: int, follow_ups: Sequence[Question]) -> QuestionSet:
        """Return the set."""
        opening = self._purpose()
        others = [question for question in follow_ups if _folded(question.text) != _folded(opening.text)]
        left = [self._followed_up(question) for question in others[: max(1, n // FOLLOW_UP_SHARE)]][: n - 1]
        asked = {_folded(one.text) for one in (opening, *left)}
        waiting = self._open_notes(min(n // OPEN_SHARE, n - 1 - len(left)), asked)
        fixed = [opening, *left, *waiting]
        proposed = [*self._written, *self._proposer.propose(self._ground), *self._of_own_fields()]
        questions = placed(self._gate.admitted(proposed), self._fields, self._ground)
        choosing = Choosing(
            likeness=self._likeness, fields=self._fields, n=n, taken=[self._as_admitted(one) for one in fixed]
        )
        choosing.chosen([one for one in questions if one.admitted.proposal.prompt], general=False)
        chosen = choosing.chosen(questions)
        asked_before = self._asked_before(follow_ups)
        again = [replace(one, origin=asked_before.get(_folded(one.text), one.origin)) for one in map(_question, chosen)]
        together = [opening, *left, *again, *waiting]
        by_model = [one for one in again if one.prompt]
        notices: tuple[str, ...] = ()
        if len(together) < n:
            count = f"{len(together)} question{'s' if len(together) > 1 else ''}"
            notices = (f"{count}: I found no more that are new.",)
        return QuestionSet(
            paper=self._ground.paper,
            questions=tuple(replace(one, number=number) for number, one in enumerate(together, 1)),
            silent=self._silent({one.field.name for one in questions if one.field is not None}),
            template_sha256=self._template.sha256,
            writer=next((one.writer for one in by_model), self._proposer.name),
            prompt=next((one.prompt for one in by_model), ""),
            notices=notices,
        )

    def _purpose(self) -> Question:
        cited = self._ask("What is this paper about?")
        field = self._fields.field_for((Topic.PROBLEM, Topic.IDEA, Topic.CONTRIBUTION))
        title = self._ground.paper.title
        head = title.partition(":")[0].strip() or title
        text = f"What does the paper “{head if len(head) <= _TITLE else short_name(self._ground.paper)}” try to convey?"
        return self._asked(text, cited, field, Origin.TEMPLATE)

    def _followed_up(self, question: Question) -> Question:
        claims = [Claim(one.quote.text, one.quote.page, one.quote.page, optional=True) for one in question.evidence]
        return replace(question, origin=Origin.FOLLOW_UP, evidence=self._gate.cited(claims))

    def _asked_before(self, follow_ups: Sequence[Question]) -> dict[str, Origin]:
        """Return the questions that were left open, in the notes or in the last session, however proposed."""
        noted = open_notes(self._discussions, self._ground.paper.key)
        written = [text for note in noted for text in (note.question, asked_of(note.question, self._article))]
        return dict.fromkeys(map(_folded, written), Origin.OPEN_NOTE) | dict.fromkeys(
            (_folded(question.text) for question in follow_ups), Origin.FOLLOW_UP
        )

    def _open_notes(self, most: int, asked: set[str]) -> list[Question]:
        """Return the group's open questions that the paper speaks to, in the order of the notes, none that is asked."""
        found: list[Question] = []
        if most <= 0:
            return found
        for note in open_notes(self._discussions, self._ground.paper.key)[:MAX_TRIED]:
            text = asked_of(note.question, self._article)
            cited = self._ask(note.question) if _folded(text) not in asked else ()
            if cited:
                asked.add(_folded(text))
                field = self._fields.field_for(topics_in(f"{note.question} {cited[0].quote.text}", "", ()))
                found.append(self._asked(text, cited, field, Origin.OPEN_NOTE, note.question))
            if len(found) == most:
                break
        return found

    def _article(self, term: str) -> str | None:
        known = term.casefold() in self._ground.text.casefold()
        return self._ground.article(term) if known else None

    def _asked(
        self, text: str, cited: Sequence[Citation], field: TemplateField | None, origin: Origin, about: str = ""
    ) -> Question:
        evidence = tuple(replace(one, number=number) for number, one in enumerate(cited[:MAX_CITED], 1))
        expected = expected_of([one.quote.text for one in evidence], together=True)
        return Question(0, text, field.name if field else "", origin, evidence, expected, about)

    def _of_own_fields(self) -> list[Proposal]:
        """Return questions for the fields that ask for something of the template's own, where the paper answers."""
        found = []
        for field in [field for field in self._fields.fields if not self._fields.topics(field)][:MAX_TRIED]:
            text = field.name if field.name.endswith("?") else f"What does the paper say about {_inside(field.name)}?"
            cited = self._ask(f"{field.name} {field.hint}".strip())[:MAX_CITED]
            if cited:
                claims = tuple(Claim(one.quote.text, one.quote.page, one.quote.page) for one in cited)
                found.append(Proposal(text, "own-field", (), claims, worth=0.6, field=field.name))
        return found

    def _as_admitted(self, question: Question) -> Admitted:
        (phrased,) = self._likeness.phrased([question.text])
        kind = PURPOSE if question.origin is Origin.TEMPLATE else WRITTEN
        return Admitted(Proposal(question.text, kind, (), ()), question.evidence, question.expected, phrased)

    def _silent(self, served: AbstractSet[str]) -> tuple[str, ...]:
        """Return the fields that no question serves and of which no sentence of the paper says anything."""
        return tuple(
            field.name
            for field in self._fields.fields
            if field.name not in served and not any(map(self._ground.speaks_of, self._fields.topics(field)))
        )


def _question(one: Placed) -> Question:
    proposal = one.admitted.proposal
    return Question(
        number=0,
        text=proposal.text,
        field=one.field.name if one.field is not None else "",
        origin=proposal.origin,
        evidence=one.admitted.citations,
        expected=one.admitted.expected,
        about=proposal.about,
        writer=proposal.writer,
        prompt=proposal.prompt,
    )


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _inside(name: str) -> str:
    """Return a field's name as it stands inside a sentence."""
    first = name.split(" ", 1)[0]
    return name if any(sign.isupper() for sign in first[1:]) else name[:1].lower() + name[1:]
