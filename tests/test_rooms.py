"""The rooms of a study: built when first entered, once, and not before."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from rag.rooms import Built, Rooms
from rag.study import Study
from tests.made import paper_pdf

UNENTERED = {
    "rag.agenda", "rag.discussion", "rag.intake.intake", "rag.intake.notebook", "rag.intake.queue", "rag.questions",
    "rag.reading.pdf", "rag.revision", "rag.sessions", "rag.sources.web", "rag.studying",
}  # fmt: skip
"""What a question has no use for."""
UNUSED = {
    "alembic", "chromadb", "discord", "filelock", "fitz", "httpx", "httpx2", "langchain", "langchain_core",
    "multiprocessing", "onnx", "pymupdf", "rapidfuzz", "sentence_transformers", "torch", "transformers",
}  # fmt: skip
ASKED = "import sys; from bot.__main__ import main; main(sys.argv[1:])"


def loaded_by(code: str, *arguments: str) -> tuple[set[str], str]:
    """Run Python; return the modules that it ended with, and what it said."""
    code = f"import atexit, sys; atexit.register(lambda: print('\\n', *sys.modules)); {code}"
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    said, _, names = done.stdout.rpartition("\n ")
    return set(names.split()), said


def within(loaded: set[str], named: set[str]) -> set[str]:
    """Return which of the modules or packages are loaded."""
    return {name for name in named for one in loaded if one == name or one.startswith(f"{name}.")}


def test_a_question_on_the_command_line_enters_no_room_that_it_has_no_use_for(
    study_for: Callable[..., Study], tmp_path: Path
) -> None:
    study = study_for()
    (tmp_path / "a.pdf").write_bytes(paper_pdf())
    study.add([str(tmp_path / "a.pdf")], guild="local")
    study.close()
    loaded, said = loaded_by(ASKED, "--data-dir", str(tmp_path / "data"), "ask", "what is internal covariate shift")
    assert "We define internal covariate shift" in said
    assert "rag.answering.asking" in loaded
    assert within(loaded, UNENTERED | UNUSED) == set()


def test_a_command_looks_for_no_garbage_while_it_loads_nor_at_its_end(tmp_path: Path) -> None:
    """Only counted, never timed: the modules are kept out of every sweep, and sweeping goes on for what comes after."""
    code = (
        "import atexit, gc\n"
        "atexit.register(lambda: print(len(gc.get_objects()), gc.get_freeze_count(), gc.isenabled()))\n"
        "swept = []\n"
        "gc.callbacks.append(lambda phase, about: swept.append(about['generation']) if phase == 'start' else None)\n"
        "atexit.register(lambda: print(swept.count(0), swept.count(2)))\n" + ASKED
    )
    command = [sys.executable, "-c", code, "--data-dir", str(tmp_path), "list", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    *_, sweeps, left = done.stdout.strip().splitlines()
    unfrozen, frozen, enabled = left.split()
    assert (int(unfrozen), enabled) == (0, "True")
    assert int(frozen) > 20_000
    young, all_of_them = map(int, sweeps.split())
    assert (young < 100, all_of_them) == (True, 0), "196 and 1 without"


def test_a_room_is_built_once_whatever_threads_enter_it(study_for: Callable[..., Study]) -> None:
    study = study_for(embedder="none")
    met: list[object] = []
    together = threading.Barrier(8)

    def enter() -> None:
        together.wait(30)
        met.append(study.sessions)

    threads = [threading.Thread(target=enter) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(met) == 8
    assert len({id(one) for one in met}) == 1


def test_a_furnished_study_builds_nothing_later(study_for: Callable[..., Study]) -> None:
    study = study_for(embedder="none")
    rooms = {name for name, attribute in vars(Rooms).items() if isinstance(attribute, Built)}
    assert rooms & set(vars(study)) == set()
    study.furnish()
    assert rooms <= set(vars(study))


def test_a_study_that_was_not_entered_closes(study_for: Callable[..., Study]) -> None:
    study_for(embedder="none").close()
