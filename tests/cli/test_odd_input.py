"""What a hostile or careless world hands to the command line: odd files, odd names, odd terminals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest

from rag.cli.harmless import harmless, harmless_json
from rag.errors import StorageFailed
from rag.wording import sentence_for
from tests.cli.runner import Run
from tests.made import RESIDUAL, paper_pdf

pytestmark = pytest.mark.usefixtures("words_only")


def written(folder: Path, name: str, data: bytes) -> str:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    return str(folder / name)


def test_a_removal_that_nobody_confirms_changes_nothing_and_says_so(
    seminar: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert seminar("add", written(tmp_path, "a.pdf", paper_pdf()))[0] == 0
    monkeypatch.setattr("sys.stdin", StringIO())
    code, out, err = seminar("remove", "Normalising")
    assert (code, out.strip()) == (130, "")
    assert err.endswith("[y/N]:\nStopped; nothing was changed.\n")
    assert "Normalising" in seminar("list")[1]


def test_a_pipe_is_refused_instead_of_read_for_ever(seminar: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.pdf")
    code, out, err = seminar("add", str(tmp_path / "fifo.pdf"))
    assert (code, out) == (1, "")
    assert err == "failed     fifo.pdf cannot be read: it is not an ordinary file.\n"


def test_a_folder_gives_its_files_and_not_its_pipes_folders_and_loops(seminar: Run, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    written(folder, "-a 'b' ✓.pdf", paper_pdf())
    os.mkfifo(folder / "fifo.pdf")
    (folder / "folder.pdf").mkdir()
    (folder / "loop.pdf").symlink_to("loop.pdf")
    code, out, _ = seminar("add", str(folder), "--json")
    assert code == 0
    assert [paper["status"] for paper in json.loads(out)["papers"]] == ["added"]


def test_an_empty_name_is_no_folder(seminar: Run, tmp_path: Path) -> None:
    written(tmp_path, "here.pdf", paper_pdf())  # tests run in this folder, and Path("") is it
    code, _, err = seminar("add", "")
    assert code == 1
    assert "nothing was written" in err


def test_of_several_files_the_one_that_failed_is_named(seminar: Run, tmp_path: Path) -> None:
    inputs = [written(tmp_path, name, b"<!doctype html><p>x") for name in ("one.pdf", "two.pdf")]
    assert [line.split()[1] for line in seminar("add", *inputs)[2].splitlines()] == ["one.pdf", "two.pdf"]


def test_ctrl_c_is_a_sentence_and_the_add_goes_on_later(tmp_path: Path) -> None:
    given = written(tmp_path, "a.pdf", paper_pdf("Plain", RESIDUAL, pages=300))
    surroundings = os.environ | {"SEMINAR_ASK_CODE_LINKS_ONLINE": "false", "SEMINAR_EMBEDDER": "none"}
    data = tmp_path / "d"
    # A shell lets what it runs in the background ignore Ctrl-C, and its children with it: this one hears it again.
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from rag.cli import main; main()"
    command = [sys.executable, "-c", heard, "--data-dir", str(data)]
    process = subprocess.Popen(
        [*command, "add", given],
        env=surroundings,
        cwd=Path(__file__).parents[2],
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for((data / "seminar.lock").exists)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, len(err.splitlines())) == (130, 1)
    assert err.startswith("Stopped")
    subprocess.run([*command, "add", given], env=surroundings, cwd=Path(__file__).parents[2], check=True)
    shown = subprocess.run(
        [*command, "list", "--json"], env=surroundings, cwd=Path(__file__).parents[2], check=True, capture_output=True
    )
    assert len(json.loads(shown.stdout)["papers"]) == 1


LOST = """
import signal, time, weakref
from rag.cli.ctrl_c import heard

signal.signal(signal.SIGINT, signal.default_int_handler)
with heard():
    class Thing: ...
    thing = Thing()
    watched = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGINT))
    del thing
    time.sleep(20)
    print("went on")
"""


def test_a_ctrl_c_that_python_would_lose_still_stops() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LOST], cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=30
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "Stopped.\n")


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait for what another process does; fail after half a minute."""
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_file_name_that_is_no_utf_8_is_added(seminar: Run, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.md")).write_bytes(b"We define a gizmo as a clever device.\n")
    assert seminar("add", str(folder))[0] == 0
    assert len(json.loads(seminar("list", "--json")[1])["papers"]) == 1
    assert seminar("list")[0] == 0


def test_a_full_disk_is_told_from_a_file_that_is_called_full() -> None:
    assert "disk is full" in sentence_for(StorageFailed("database or disk is full"))
    assert "disk is full" in sentence_for(StorageFailed("No space left on device"))
    assert "permissions" in sentence_for(StorageFailed("fullerenes.pdf: Permission denied"))


def test_markup_and_escapes_of_a_title_are_shown_and_not_obeyed(seminar: Run, tmp_path: Path) -> None:
    given = written(tmp_path, "a.pdf", paper_pdf("Plain", RESIDUAL))
    title = "[red]Red[/red] \x1b[31mescape\x1b[0m \x9b2J \u202egnp"
    assert seminar("add", given, "--title", title, "--alias", "odd")[0] == 0
    for words in (("list",), ("show", "odd"), ("ask", "what is a residual block"), ("search", "residual block")):
        _, out, _ = seminar(*words)
        assert "[red]Red[/red] ␛[31mescape" in out
        assert not set(out) & set("\x1b\x9b\u202e")
        _, out, _ = seminar(*words, "--json") if words[0] != "list" else seminar("list", "--json")
        assert not set(out) & set("\x1b\x9b\u202e")
        assert "\x9b2J \u202egnp" in json.dumps(json.loads(out), ensure_ascii=False)
    assert "\x1b" not in seminar("show", "\x1b[31m")[2]


def test_bytes_that_are_no_text_are_refused_in_a_sentence(seminar: Run) -> None:
    for words in (("ask", "what \udcff"), ("--guild", "\udcff", "list"), ("show", "\udcff")):
        code, _, err = seminar(*words)
        assert code == 1
        assert "not expect" not in err


def test_an_add_with_notes_is_one_object_also_when_the_notes_fail(seminar: Run, tmp_path: Path) -> None:
    given = written(tmp_path, "a.pdf", paper_pdf("Plain", RESIDUAL))
    bad = written(tmp_path, "n.md", b"milk, eggs")
    code, out, _ = seminar("add", given, "--notes", bad, "--json")
    assert code == 1
    assert json.loads(out)["papers"][0]["status"] == "added"
    assert json.loads(out)["notes"]["error"].startswith("n.md cannot be read: ")
    good = written(tmp_path, "g.md", b"## Discussion 1 Plain - 2015\n1. Why\n- so\n")
    code, out, _ = seminar("add", given, "--notes", good, "--json")
    assert code == 0
    assert json.loads(out)["notes"]["counts"]["items"] == 1


def test_wrong_usage_is_an_object_too_where_json_is_asked_for(seminar: Run) -> None:
    for words in (("ask", "--json", "--frob"), ("search", "-k", "0", "x", "--json"), ("add", "--json")):
        code, out, _ = seminar(*words)
        assert code == 2
        assert set(json.loads(out)) == {"error"}


def test_a_batch_goes_on_after_lines_that_are_nothing(seminar: Run, tmp_path: Path) -> None:
    seminar("add", written(tmp_path, "a.pdf", paper_pdf("Plain", RESIDUAL)))
    lines = [
        '\ufeff{"id": 1, "question": "what is a residual block"}',
        "   ",
        "no JSON",
        "[1]",
        "[" * 50_000,
        '{"id": 2, "question": null}',
        '{"id": 3, "question": "a residual block", "paper": 5}',
        '{"question": "a residual\u2028block", "more": true}\r',
    ]
    code, out, _ = seminar("search", "--batch", written(tmp_path, "b.jsonl", "\n".join(lines).encode()))
    answers = [json.loads(line) for line in out.split("\n")[:-1]]
    assert code == 1
    assert [answer["id"] for answer in answers] == [1, None, None, None, 2, 3, None]
    assert ["error" in answer for answer in answers] == [False, True, True, True, True, True, False]
    assert answers[1]["error"] == "Line 3 cannot be read: it is not JSON."


def test_an_answer_can_be_printed_where_only_ascii_can_be(tmp_path: Path) -> None:
    given = written(tmp_path, "a.pdf", paper_pdf("Plain – ünïcode", RESIDUAL))
    surroundings = os.environ | {
        "SEMINAR_ASK_CODE_LINKS_ONLINE": "false",
        "SEMINAR_EMBEDDER": "none",
        "PYTHONIOENCODING": "ascii",
        "LC_ALL": "C",
    }

    def printed(*words: str) -> bytes:
        command = [sys.executable, "-c", "from rag.cli import main; main()", "--data-dir", str(tmp_path / "d"), *words]
        done = subprocess.run(command, env=surroundings, cwd=Path(__file__).parents[2], capture_output=True, check=True)
        assert b"Traceback" not in done.stderr
        return done.stdout

    assert b"added" in printed("add", given)
    assert b"?We define a residual block" in printed("ask", "what is a residual block")
    assert "“We define" in json.loads(printed("ask", "what is a residual block", "--json"))["text"]


def test_what_json_cannot_be_written_as_is_escaped_and_reads_back_the_same() -> None:
    ascii_only = TextIOWrapper(BytesIO(), encoding="ascii")
    text = json.dumps({"a": "é 😀 \u202e \x9b"}, ensure_ascii=False)
    escaped = harmless_json(text, ascii_only)
    assert escaped.isascii()
    assert json.loads(escaped) == json.loads(text)


def test_tabs_and_lines_stay() -> None:
    assert harmless("a\tb\nc\rd\x00") == "a\tb\nc␍d␀"


def test_a_settings_file_that_is_no_text_is_named(seminar: Run, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00")
    code, _, err = seminar("list")
    assert code == 1
    assert ".env" in err


def test_names_and_ties_are_told_as_objects(seminar: Run, tmp_path: Path) -> None:
    seminar("add", written(tmp_path, "a.pdf", paper_pdf("Plain", RESIDUAL)))
    notes = written(tmp_path, "n.md", b"## Discussion 1 Another - 2015\n1. Why\n- so\n")
    seminar("notes", "import", notes, "--no-search-arxiv")
    named = json.loads(seminar("alias", "plain", "one", "two", "--json")[1])
    assert (named["aliases"], named["new"]) == (["one", "two"], ["one", "two"])
    again = json.loads(seminar("alias", "plain", "two", "three", "--json")[1])
    assert (again["aliases"], again["new"], again["gone"]) == (["two", "three"], ["three"], ["one"])
    assert "new: four\nno longer: three\n" in seminar("alias", "plain", "two", "four")[1]
    assert json.loads(seminar("notes", "tie", "1", "two", "--json")[1])["paper_id"] == named["paper_id"]


def test_search_by_words_alone_is_said_to_tools_too(seminar: Run, tmp_path: Path) -> None:
    seminar("add", written(tmp_path, "a.pdf", paper_pdf("Plain", RESIDUAL)))
    for command in ("ask", "search"):
        [notice] = json.loads(seminar(command, "what is a residual block", "--json")[1])["notices"]
        assert "by words only" in notice
        assert notice in seminar(command, "what is a residual block")[2]
