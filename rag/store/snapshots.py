"""Whole values as JSON text and back, for what is kept as it was rather than looked up.

A text that lacks a field gives the field's default, and one that has too many loses them: both were written by another
version. Reading raises pydantic.ValidationError (a ValueError) for a text that is no such value at all.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from pydantic import TypeAdapter

from rag.domain.analysis import Analysis
from rag.domain.answer import Answer
from rag.domain.note import NoteHit
from rag.domain.paper import Paper
from rag.domain.passage import Passage
from rag.domain.question import Question
from rag.domain.server import ServerSettings


def answer_text(answer: Answer) -> str:
    """Return an answer as JSON, slim."""
    return _answers().dump_json(slim(answer)).decode()


def answer_value(text: str) -> Answer:
    """Return the answer of a text."""
    return _answers().validate_json(text)


def settings_text(settings: ServerSettings) -> str:
    """Return a server's settings as JSON."""
    return _settings().dump_json(settings).decode()


def settings_value(text: str) -> ServerSettings:
    """Return the settings of a text."""
    return _settings().validate_json(text)


def question_text(question: Question) -> str:
    """Return a question of a session as JSON; of its evidence, what a message or a picture shows."""
    evidence = tuple(replace(c, paper=_card(c.paper), passage=_spot(c.passage)) for c in question.evidence)
    return _questions().dump_json(replace(question, evidence=evidence)).decode()


def question_value(text: str) -> Question:
    """Return the question of a text."""
    return _questions().validate_json(text)


def analysis_text(analysis: Analysis) -> str:
    """Return an analysis as JSON; of its citations, what is shown."""
    citations = tuple(replace(c, paper=_card(c.paper), passage=_spot(c.passage)) for c in analysis.citations)
    return _analyses().dump_json(replace(analysis, paper=_card(analysis.paper), citations=citations)).decode()


def analysis_value(text: str) -> Analysis:
    """Return the analysis of a text."""
    return _analyses().validate_json(text)


def slim(answer: Answer) -> Answer:
    """Return an answer without what no page of it shows: abstracts, boxes of passages, the rest of a discussion.

    The boxes of quotes stay: a picture of the quoted lines is made from them.
    """
    return replace(
        answer,
        citations=tuple(replace(c, paper=_card(c.paper), passage=_spot(c.passage)) for c in answer.citations),
        nearest=tuple(replace(hit, paper=_card(hit.paper), passage=_spot(hit.passage)) for hit in answer.nearest),
        notes=tuple(_said(hit) for hit in answer.notes),
    )


@cache
def _answers() -> TypeAdapter[Answer]:
    return TypeAdapter(Answer)  # 0.1 s, so not while importing


@cache
def _settings() -> TypeAdapter[ServerSettings]:
    return TypeAdapter(ServerSettings)


@cache
def _analyses() -> TypeAdapter[Analysis]:
    return TypeAdapter(Analysis)


@cache
def _questions() -> TypeAdapter[Question]:
    return TypeAdapter(Question)


def _card(paper: Paper) -> Paper:
    return replace(paper, abstract="", unread_pages=(), warnings=())


def _spot(passage: Passage) -> Passage:
    return replace(passage, boxes=())


def _said(hit: NoteHit) -> NoteHit:
    discussion = replace(hit.discussion, notes=(), heading="", trailer="")
    return replace(hit, discussion=discussion, note=replace(hit.note, raw=""))
