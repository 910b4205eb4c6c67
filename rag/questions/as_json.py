"""A question set as the JSON object that other tools rely on (``questions --json``)."""

from __future__ import annotations

from typing import Any

from rag.answering.as_json import citation_as_json
from rag.domain.question import Question, QuestionSet
from rag.domain.template import Template


def set_as_json(made: QuestionSet, template: Template) -> dict[str, Any]:
    """Return the object of ``questions --json``; ``template`` is the one that the set follows."""
    return {
        "paper_id": made.paper.paper_id,
        "title": made.paper.title,
        "questions": [question_as_json(question) for question in made.questions],
        "silent": list(made.silent),
        "notices": list(made.notices),
        "writer": made.writer,
        "prompt": made.prompt,
        "template": {"title": template.title, "sha256": made.template_sha256},
    }


def template_as_json(template: Template) -> dict[str, Any]:
    """Return the object of ``template --json``."""
    sections = [
        {
            "number": section.number,
            "title": section.title,
            "fields": [{"name": f.name, "hint": f.hint, "parts": list(f.parts)} for f in section.fields],
        }
        for section in template.sections
    ]
    return {"title": template.title, "sha256": template.sha256, "sections": sections}


def question_as_json(question: Question) -> dict[str, Any]:
    """Return one question with its evidence, as sets and sessions have it."""
    return {
        "number": question.number,
        "text": question.text,
        "field": question.field,
        "origin": question.origin.value,
        "evidence": [citation_as_json(one) for one in question.evidence],
        "expected": question.expected,
        "writer": question.writer,
        "prompt": question.prompt,
    }
