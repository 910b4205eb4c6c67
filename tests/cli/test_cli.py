"""The command line as people and tools use it: exit codes, JSON shapes, sentences instead of tracebacks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import NOTES
from tests.cli.runner import Run, parsed
from tests.made import paper_pdf


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys\nfrom rag.cli.app import run\nassert run(['--help']) == 0\n"
        "heavy = {'pymupdf', 'chromadb', 'onnxruntime', 'sqlalchemy', 'numpy', 'pydantic', 'torch', 'arxiv'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "ask" in done.stdout


def test_ask_prints_the_promised_object(filled: Run) -> None:
    code, out, _ = filled("ask", "what is internal covariate shift", "--json")
    answer = parsed(out)
    assert code == 0
    assert set(answer) >= {"question", "outcome", "text", "citations", "notes", "nearest", "took_ms", "writer"}
    assert answer["outcome"] == "quoted"
    first = answer["citations"][0]
    assert set(first) == {
        "number", "paper_id", "title", "page", "section", "kind", "quote", "verified", "url", "score",
    }  # fmt: skip
    assert (first["paper_id"], first["page"], first["verified"]) == ("1502.03167", 2, True)
    assert first["url"] == "https://arxiv.org/pdf/1502.03167v3#page=2"
    assert "change in the distribution" in first["quote"]
    assert set(answer["took_ms"]) == {"retrieve", "answer", "total"}


def test_the_groups_note_is_shown_apart(filled: Run) -> None:
    _, out, _ = filled("ask", "what is internal covariate shift", "--json")
    [note] = parsed(out)["notes"][:1]
    assert set(note) == {"discussion", "ordinal", "item", "question", "answer", "paper_id", "otherwise"}
    assert (note["ordinal"], note["item"], note["answer"]) == ("1", 1, ["change of distribution"])
    _, page, _ = filled("ask", "what is internal covariate shift")
    assert page.index("Sources") < page.index("Your group's notes")


def test_an_abstention_has_no_citations_and_exit_code_1(filled: Run) -> None:
    code, out, _ = filled("ask", "what is the capital of France", "--json")
    answer = parsed(out)
    assert code == 1
    assert (answer["outcome"], answer["citations"]) == ("not_found", [])
    assert answer["nearest"]
    assert set(answer["nearest"][0]) == {
        "rank", "score", "paper_id", "title", "page", "last_page", "section", "kind", "text",
    }  # fmt: skip


def test_search_prints_ranked_hits(filled: Run) -> None:
    code, out, _ = filled("search", "residual block shortcut", "-k", "3", "--json")
    result = parsed(out)
    assert code == 0
    assert set(result) >= {"query", "hits", "took_ms"}
    assert [hit["rank"] for hit in result["hits"]] == list(range(1, len(result["hits"]) + 1))
    assert result["hits"][0]["title"] == "Second: Shortcuts"
    assert len(result["hits"]) <= 3


def test_list_and_status_and_show_print_what_is_held(filled: Run) -> None:
    papers = parsed(filled("list", "--json")[1])["papers"]
    assert {paper["title"] for paper in papers} == {"Normalising Small Networks", "Second: Shortcuts"}
    status = parsed(filled("status", "--json")[1])
    assert (status["papers"], status["discussions"], status["notes"]) == (2, 1, 2)
    assert set(status) >= {"models", "index", "last_errors"}
    card = parsed(filled("show", "second", "--json")[1])
    assert card["code_links"][0]["url"] == "https://github.com/example/second"
    assert "https://github.com/example/second" in filled("show", "second")[1]


def test_a_paper_without_code_says_none_known_and_when(filled: Run) -> None:
    assert "none known on 20" in filled("show", "1502.03167")[1]


def test_code_is_found_by_asking_and_a_persons_link_wins(filled: Run) -> None:
    code, out, _ = filled("codelinks", "set", "second", "https://github.com/us/ours", "--json")
    assert code == 0
    assert parsed(out)["code_links"][0]["source"] == "person"
    _, page, _ = filled("ask", "is there code for second shortcuts", "--paper", "second")
    assert "https://github.com/us/ours" in page


def test_what_is_stored_of_a_paper_is_an_answer_and_what_is_not_stored_is_none(filled: Run) -> None:
    code, page, _ = filled("ask", "how many pages does the second paper have?", "--paper", "second")
    assert code == 0
    assert "pages. (counted in the PDF, here since" in page
    code, page, _ = filled("ask", "where was it published", "--paper", "second")
    assert code == 1
    assert "No journal or conference is stored for" in page


def test_a_batch_answers_each_line_and_echoes_its_id(filled: Run, tmp_path: Path) -> None:
    lines = [
        {"id": "q1", "question": "what is a residual block"},
        {"id": "q2", "question": "what is internal covariate shift", "paper": "1502.03167"},
        {"id": "q3", "question": "what", "paper": "no such paper"},
    ]
    file = tmp_path / "batch.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines))
    code, out, _ = filled("ask", "--batch", str(file))
    answers = [json.loads(line) for line in out.splitlines()]
    assert [answer["id"] for answer in answers] == ["q1", "q2", "q3"]
    assert [answer.get("outcome") for answer in answers] == ["quoted", "quoted", None]
    assert "no paper called" in answers[2]["error"]
    assert code == 1
    found = [json.loads(line) for line in filled("search", "--batch", str(file))[1].splitlines()]
    assert [line["id"] for line in found] == ["q1", "q2", "q3"]


def test_notes_go_out_as_they_came_in(filled: Run, tmp_path: Path) -> None:
    target = tmp_path / "out.md"
    assert filled("notes", "export", str(target))[0] == 0
    assert target.read_text() == NOTES
    assert filled("notes", "export")[1] == filled("notes", "export", "-")[1] == NOTES
    counts = parsed(filled("notes", "list", "--json")[1])["counts"]
    assert counts == {"discussions": 1, "items": 2, "answered": 1, "open": 1, "no_question": 0, "blank": 0}


def test_a_failed_add_is_one_sentence_an_exit_code_and_a_full_list(seminar: Run, tmp_path: Path) -> None:
    (tmp_path / "page.pdf").write_bytes(b"<!doctype html><html>are you human?</html>")
    (tmp_path / "good.pdf").write_bytes(paper_pdf())
    code, out, err = seminar("add", str(tmp_path / "page.pdf"), str(tmp_path / "good.pdf"), "--json")
    bad, good = parsed(out)["papers"]
    assert code == 1
    assert (bad["status"], good["status"]) == ("failed", "added")
    assert set(good) >= {"paper_id", "version", "title", "status", "pages", "passages", "took_ms", "warnings", "error"}
    assert bad["error"].count("\n") == 0
    assert "Traceback" not in out + err


@pytest.mark.parametrize(
    "words",
    [
        ("ask", ""),
        ("ask", "x" * 5_000),
        ("ask", "what is this", "--paper", "nothing like it"),
        ("show", "no such paper"),
        ("remove", "no such paper", "--yes"),
        ("notes", "import", "no-such-file.md"),
        ("add", "1513.99999"),
        ("add", "no-such-file.pdf"),
        ("codelinks", "import", "no-such-file.json"),
        ("codelinks", "set", "second", "javascript:alert(1)"),
        ("eval", "no-such-file.jsonl"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_exit_code_1(filled: Run, words: tuple[str, ...]) -> None:
    code, out, err = filled(*words)
    assert code == 1
    assert len([line for line in err.splitlines() if line.strip()]) == 1
    assert "Traceback" not in out + err
    assert len(err) < 1_000


@pytest.mark.parametrize("words", [("frobnicate",), ("ask", "--no-such-option"), ("search", "-k", "0", "x"), ("add",)])
def test_wrong_usage_is_exit_code_2(seminar: Run, words: tuple[str, ...]) -> None:
    code, _, err = seminar(*words)
    assert code == 2
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "question",
    [
        "R-CNN",
        "c++",
        '"',
        "AND OR NOT",
        "text:*",
        "'); drop table papers; --",
        "¿qué es la normalización?",
        "什么是批归一化",
    ],
)
def test_no_question_breaks_the_search(filled: Run, question: str) -> None:
    code, out, err = filled("ask", "--json", "--", question)
    assert code in (0, 1)
    shown = parsed(out)
    assert shown.get("question") == question or shown["error"].startswith("The question was not asked")
    assert "Traceback" not in err
    assert len(parsed(filled("list", "--json")[1])["papers"]) == 2


def test_debug_shows_the_traceback_that_is_hidden_otherwise(seminar: Run) -> None:
    assert "Traceback" in seminar("show", "nothing", "--debug")[2]
    assert "Traceback" not in seminar("show", "nothing")[2]


def test_a_wrong_setting_is_named(seminar: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEMINAR_MAX_PDF_PAGES", "many")
    code, _, err = seminar("list")
    assert code == 1
    assert "SEMINAR_MAX_PDF_PAGES" in err


def test_global_options_may_stand_anywhere(seminar: Run, tmp_path: Path) -> None:
    assert seminar("list", "--data-dir", str(tmp_path / "other"), "--guild", "g7", "--json")[0] == 0
    assert (tmp_path / "other").is_dir()


def test_a_group_measures_its_own_questions_on_its_own_library(filled: Run, tmp_path: Path) -> None:
    lines = [
        {"id": "1", "question": "what is internal covariate shift", "paper": "1502.03167", "gold_pages": [2]},
        {"id": "2", "question": "what is the capital of France", "answerable": False},
    ]
    file = tmp_path / "ours.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines))
    code, out, _ = filled("eval", str(file), "--json")
    assert code in (0, 1)
    [measured] = parsed(out)["sets"]
    assert measured["questions"] == 2


def test_the_demo_answers_from_the_primer_without_a_network(seminar: Run) -> None:
    code, out, _ = seminar("demo")
    assert code == 0
    assert "p. " in out
    assert "Sources" in out
    assert "Your group's notes" in out
    assert "Go on" in out
