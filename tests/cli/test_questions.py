"""Question sets and templates from the command line."""

from __future__ import annotations

from pathlib import Path

from tests.cli.runner import Run, parsed
from tests.made import SHIFT, paper_pdf


def test_a_question_set_is_printed_and_given_as_the_object_that_tools_rely_on(seminar: Run, tmp_path: Path) -> None:
    pdf = tmp_path / "small.pdf"
    because = "We normalise the inputs of every layer because their distribution changes while earlier layers learn."
    pdf.write_bytes(paper_pdf(definition=f"{SHIFT} {because}"))  # three questions, none of them on a filler
    assert seminar("add", str(pdf))[0] == 0
    code, out, _ = seminar("questions", "Normalising", "--n", "3", "--json")
    assert code == 0
    made = parsed(out)
    assert set(made) == {"paper_id", "title", "questions", "silent", "notices", "template", "writer", "prompt"}
    assert made["title"] == "Normalising Small Networks"
    assert made["notices"] == []
    for question in made["questions"]:
        keys = {"number", "text", "field", "origin", "evidence", "expected", "writer", "prompt"}
        assert (set(question), question["writer"]) == (keys, "extractive")
        assert question["origin"] == "template"
        assert all(set(one) >= {"paper_id", "page", "quote", "url"} and one["verified"] for one in question["evidence"])
    assert "internal covariate shift" in " ".join(question["text"] for question in made["questions"])
    code, out, _ = seminar("questions", "Normalising", "--n", "3")
    assert code == 0
    assert " 1. What does the paper “Normalising Small Networks” try to convey?" in out
    assert "Expected:" not in out
    assert "Expected: We define internal covariate shift" in seminar("questions", "Normalising", "--answers")[1]
    assert seminar("questions", "nothing like it")[0] == 1
    code, _, err = seminar("questions", " ")
    assert (code, "Say which paper." in err) == (2, True)


def test_the_template_is_shown_set_and_cleared(seminar: Run, tmp_path: Path) -> None:
    assert "Reading a paper together" in seminar("template")[1]
    ours = tmp_path / "ours.md"
    ours.write_text("# Ours\n## Parts\n- **Gates:** which ones\n", encoding="utf-8")
    code, out, _ = seminar("template", "--set", str(ours))
    assert (code, out) == (0, "Set. Question sets follow it now: 1 section, 1 field.\n")
    assert "- Gates: which ones" in seminar("template")[1]
    held = parsed(seminar("template", "--json")[1])
    gates = {"name": "Gates", "hint": "which ones", "parts": []}
    assert held["sections"] == [{"number": "", "title": "Parts", "fields": [gates]}]
    ours.write_text("nothing", encoding="utf-8")
    code, _, err = seminar("template", "--set", str(ours))
    assert code == 1
    assert err.startswith("The template cannot be read: it has no fields. Write a heading, and below it one line")
    assert parsed(seminar("template", "--json")[1]) == held
    assert "Reading a paper together" in seminar("template", "--clear")[1]
