"""Answers and hits as the JSON objects that other tools rely on (``ask --json``, ``search --json``)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rag.domain.answer import Answer, Citation
from rag.domain.codelink import CodeLink
from rag.domain.note import NoteHit
from rag.domain.passage import Hit


def answer_as_json(answer: Answer) -> dict[str, Any]:
    """Return the object of ``ask --json``."""
    took = {name: round(answer.took_ms.get(name, 0.0), 1) for name in ("retrieve", "answer", "total")}
    return {
        "question": answer.question,
        "outcome": answer.outcome.value,
        "text": "\n".join([answer.text, *map(_code_line, answer.code_links)]),  # the object has no field for links
        "citations": [citation_as_json(citation) for citation in answer.citations],
        "notes": [_note(hit) for hit in answer.notes],
        "nearest": [hit_as_json(hit) for hit in answer.nearest],
        "notices": list(answer.notices),
        "took_ms": took,
        "writer": answer.writer,
        "prompt": answer.prompt,
        "sentences": [
            {"text": one.text, "citations": list(one.citations), "weak": one.weak} for one in answer.sentences
        ],
    }


def citation_as_json(citation: Citation) -> dict[str, Any]:
    """Return a citation; the evidence of questions, of proposals and of checks has the same shape."""
    return {
        "number": citation.number,
        "paper_id": citation.paper.paper_id,
        "title": citation.paper.title,
        "page": citation.quote.page,
        "section": " > ".join(citation.passage.section),
        "kind": citation.passage.kind.value,
        "quote": citation.quote.text,
        "verified": True,  # a citation cannot exist otherwise: rag.answering.gate, rag.questions.gate
        "url": citation.url,
        "score": round(citation.score, 4),
    }


def hit_as_json(hit: Hit) -> dict[str, Any]:
    """Return one hit of ``search --json``; the passages offered as nearest have the same shape."""
    return {
        "rank": hit.rank,
        "score": round(hit.score, 4),
        "paper_id": hit.paper.paper_id,
        "title": hit.paper.title,
        "page": hit.passage.first_page,
        "last_page": hit.passage.last_page,
        "section": " > ".join(hit.passage.section),
        "kind": hit.passage.kind.value,
        "text": hit.passage.text,
    }


def _code_line(link: CodeLink) -> str:
    official = {True: "official, ", False: "unofficial, ", None: ""}[link.official]
    return f"- {link.url} ({official}{link.source.value}, {link.found_at:%Y-%m-%d})"


def _note(hit: NoteHit) -> dict[str, Any]:
    return {
        "discussion": hit.discussion.title,
        "ordinal": hit.discussion.ordinal,
        "item": hit.note.item,
        "question": hit.note.question,
        "answer": list(hit.note.answer),
        "paper_id": hit.discussion.paper_id,
        "otherwise": asdict(hit.otherwise) if hit.otherwise is not None else None,
    }
