"""Answers and settings as text and back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.as_json import answer_as_json
from rag.answering.asking import Answerer
from rag.domain.answer import Answer, Citation, Outcome
from rag.domain.codelink import CodeLink, CodeLinkReport, CodeLinkSource
from rag.domain.note import Discussion, Note, NoteHit
from rag.domain.server import ServerSettings, WeeklySlot
from rag.store.library import Library
from rag.store.snapshots import answer_text, answer_value, settings_text, settings_value, slim
from tests.answering.library import FIRM_PAPER, GUILD, LOOSE_PAPER, NOW, FixedNotes, small_library

NOTE = Note(1, "1", "What drifts", ("the signal", "**not** @everyone"), raw="1. What drifts\n- the signal\n")
OTHERS = (NOTE, Note(2, "2", "Something that nobody asked about here", raw="2. Something …\n"))
MEETING = Discussion(3, "5", "Firm Gating", 2020, OTHERS, "## Discussion 5", "\n\n", FIRM_PAPER.key, "2001.00001")


@pytest.fixture
def asker(tmp_path: Path) -> Answerer:
    asker = small_library(tmp_path, note_search=FixedNotes(NoteHit(MEETING, NOTE, 0.75)))
    link = CodeLink(LOOSE_PAPER.key, "https://github.com/example/loose", CodeLinkSource.DUMP, None, NOW)
    Library.open(tmp_path / "library.db").save_code_links(LOOSE_PAPER.key, CodeLinkReport((link,), checked_at=NOW))
    return asker


@pytest.mark.parametrize(
    ("question", "outcome"),
    [
        ("what is signal drift", Outcome.QUOTED),
        ("what is signl drift", Outcome.QUOTED),
        ("what is equation 1 in firmgate", Outcome.QUOTED),
        ("FirmGate vs LooseNet", Outcome.QUOTED),
        ("where is the code of LooseNet", Outcome.NOT_FOUND),
        ("how is a network deployed on a mobile phone?", Outcome.NOT_FOUND),
    ],
)
def test_a_real_answer_comes_back_with_everything_that_is_shown(
    asker: Answerer, question: str, outcome: Outcome
) -> None:
    answer = asker.ask(question, guild=GUILD)
    assert answer.outcome is outcome
    assert answer.citations or answer.code_links or answer.nearest
    kept = answer_value(answer_text(answer))
    assert kept == slim(answer)
    assert answer_as_json(kept) == answer_as_json(answer)
    assert shown_of(kept.citations) == shown_of(answer.citations)
    assert kept.code_links == answer.code_links
    assert answer_text(kept) == answer_text(answer)


def shown_of(citations: tuple[Citation, ...]) -> list[object]:
    return [(c.quote, c.url, c.paper.authors, c.paper.sha256, c.passage.label, c.passage.text) for c in citations]


def test_what_no_page_shows_is_left_out(asker: Answerer) -> None:
    answer = asker.ask("what is signal drift", guild=GUILD)
    heavy = replace(answer.citations[0], paper=replace(answer.citations[0].paper, abstract="An abstract. " * 200))
    text = answer_text(replace(answer, citations=(heavy,)))
    assert "An abstract." not in text
    assert "nobody asked about" not in text
    assert answer.citations[0].quote.boxes
    assert answer_value(text).citations[0].quote.boxes == answer.citations[0].quote.boxes


def test_an_answer_kept_before_a_field_was_invented_still_loads(asker: Answerer) -> None:
    answer = asker.ask("what is signal drift", guild=GUILD)
    older = json.loads(answer_text(answer))
    for name in ("writer", "took_ms", "notices", "nearest", "code_links", "notes"):
        del older[name]
    del older["citations"][0]["paper"]["aliases"]
    older["a field of long ago"] = {"nobody": "knows it"}
    kept = answer_value(json.dumps(older))
    assert kept.text == answer.text
    assert (kept.writer, kept.took_ms, kept.notes) == ("extractive", {}, ())
    assert kept.citations[0].quote == answer.citations[0].quote


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", '{"question": 1}', '{"question": "q", "outcome": "magic"'])
def test_what_is_no_answer_is_told_from_one(text: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        answer_value(text)


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(question=words, text=words, notices=st.lists(words, max_size=3), ms=st.floats(0, 1e9, allow_nan=False))
def test_any_text_survives(question: str, text: str, notices: list[str], ms: float) -> None:
    answer = Answer(question, Outcome.NOT_FOUND, text, notices=tuple(notices), took_ms={question: ms})
    assert answer_value(answer_text(answer)) == answer


def test_settings_come_back_and_older_ones_get_defaults() -> None:
    full = ServerSettings("123", ("1", "2"), WeeklySlot(3, "19:30", "Europe/Berlin", "77"), use_model=False)
    assert settings_value(settings_text(full)) == full
    assert settings_value("{}") == ServerSettings()
    assert settings_value('{"channels": ["5"], "gone": 1}') == ServerSettings(channels=("5",))
