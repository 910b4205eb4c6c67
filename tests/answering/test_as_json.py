"""Answers as other tools read them."""

from __future__ import annotations

import json
from pathlib import Path

from rag.answering.as_json import answer_as_json, hit_as_json
from rag.domain.note import Discussion, Note, NoteHit
from tests.answering.library import FIRM_PAPER, GUILD, FixedNotes, small_library


def test_an_answer_has_the_fields_that_were_promised(tmp_path: Path) -> None:
    note = Note(4, "4", "what is signal drift", ("it moves", "slowly"))
    hit = NoteHit(Discussion(1, "1", "Firm Gating", 2020, (note,), paper_id="2001.00001"), note, 0.9)
    answer = small_library(tmp_path, note_search=FixedNotes(hit)).ask("what is signal drift", guild=GUILD)
    shown = json.loads(json.dumps(answer_as_json(answer)))
    fields = ["question", "outcome", "text", "citations", "notes", "nearest", "notices", "took_ms", "writer"]
    assert list(shown) == [*fields, "prompt", "sentences"]
    assert shown["prompt"] == ""
    assert [(one["citations"], one["weak"]) for one in shown["sentences"]] == [([1], False), ([2], False)]
    assert (shown["outcome"], shown["writer"]) == ("quoted", "extractive")
    assert set(shown["took_ms"]) == {"retrieve", "answer", "total"}
    first = shown["citations"][0]
    assert list(first) == [
        "number",
        "paper_id",
        "title",
        "page",
        "section",
        "kind",
        "quote",
        "verified",
        "url",
        "score",
    ]
    assert (first["number"], first["paper_id"], first["page"], first["verified"]) == (1, "2001.00001", 1, True)
    assert first["url"] == "https://arxiv.org/pdf/2001.00001#page=1"
    assert shown["notes"] == [
        {
            "discussion": "Firm Gating",
            "ordinal": "1",
            "item": 4,
            "question": "what is signal drift",
            "answer": ["it moves", "slowly"],
            "paper_id": "2001.00001",
            "otherwise": None,
        }
    ]


def test_nearest_passages_are_hits(tmp_path: Path) -> None:
    answer = small_library(tmp_path).ask("how is a network deployed on a mobile phone?", guild=GUILD)
    shown = answer_as_json(answer)
    assert shown["outcome"] == "not_found"
    assert shown["citations"] == []
    assert shown["nearest"] == [hit_as_json(hit) for hit in answer.nearest]
    fields = ["rank", "score", "paper_id", "title", "page", "last_page", "section", "kind", "text"]
    assert list(shown["nearest"][0]) == fields
    assert {hit["paper_id"] for hit in shown["nearest"]} <= {FIRM_PAPER.paper_id, "2001.00002"}
