"""Answers made by hand, for trying messages without Discord, and what stands in a reply."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.render.answers import answer_reply
from bot.render.reply import Button, Menu, Reply, Row, Text
from rag.domain.answer import Answer, Citation, Outcome, Quote, Sentence
from rag.domain.paper import Paper, SourceKind
from rag.domain.passage import Hit, Passage
from rag.domain.reading import Kind
from rag.domain.record import Delivery, KeptAnswer

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
ADD = "</paper add:1>"
BATCHNORM = Paper(
    "arxiv:1502.03167", "1502.03167", "Batch Normalization", SourceKind.ARXIV, "0" * 64, NOW, 3, arxiv_id="1502.03167"
)
UPLOAD = Paper("guild:1:0", "sha256:000000000000", "Lecture notes", SourceKind.PDF, "1" * 64, NOW)
PAGELESS = Paper(
    "guild:1:1", "sha256:000000000001", "A page of the web", SourceKind.HTML, "2" * 64, NOW,
    source_url="https://example.org/page",
)  # fmt: skip


def passage(paper: Paper, page: int | None = 2, text: str = "Some text.", kind: Kind = Kind.TEXT) -> Passage:
    return Passage("p", paper.key, 0, kind, text, ("3 Method", "3.1 Details"), None, page, page)


def citation(number: int, paper: Paper = BATCHNORM, page: int | None = 2, text: str = "We define it.") -> Citation:
    return Citation(number, paper, passage(paper, page, text), Quote(text, page), 1.0)


def answered(count: int = 1, **changes: Any) -> Answer:
    citations = tuple(citation(number) for number in range(1, count + 1))
    sentences = tuple(Sentence(f"Sentence {c.number}.", (c.number,)) for c in citations)
    return replace(Answer("what is it?", Outcome.QUOTED, "…", sentences, citations), **changes)


def kept(answer: Answer, **changes: Any) -> KeptAnswer:
    whole = KeptAnswer(7, "1", "2", "3", False, NOW, None, None, None, Delivery.WAITING, answer)
    return replace(whole, **changes)


def shown(answer: Answer, **changes: Any) -> Reply:
    return answer_reply(kept(answer, **changes), add_command=ADD)


def text_of(reply: Reply) -> str:
    return "\n".join(block.markdown for block in reply.blocks if isinstance(block, Text))


def buttons_of(reply: Reply) -> list[Button]:
    items = [item for block in reply.blocks if isinstance(block, Row) for item in block.items]
    return [item for item in items if isinstance(item, Button)]


def menu_of(reply: Reply) -> Menu:
    (menu,) = [item for block in reply.blocks if isinstance(block, Row) for item in block.items]
    assert isinstance(menu, Menu)
    return menu


def not_found(text: str, **changes: Any) -> Answer:
    return Answer("what is it?", Outcome.NOT_FOUND, text, **changes)


NEAREST = tuple(Hit(n, 1.0, passage(paper), paper) for n, paper in enumerate((BATCHNORM, UPLOAD), 1))
