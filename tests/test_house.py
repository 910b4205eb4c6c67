"""The walls of the house, held by a test: who may import whom, and what stands nowhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = (
    "cli", "health", "wiring", "study", "evaluation", "intake", "discussion", "answering", "retrieval", "index",
    "reading", "sources", "store", "domain",
)  # fmt: skip
"""From top to bottom: a room imports rooms below it only."""

FOR_ALL = {"errors", "wording", "settings", "samples", "rag"}
"""Not rooms: errors are raised anywhere, wording is used at the edges, samples are documents."""

PORTS = {"rag.index.ports"}
MAX_LINES, MAX_FUNCTION_LINES = 300, 50


def modules() -> list[Path]:
    return sorted((ROOT / "rag").rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else parts[0]


def test_the_core_knows_nothing_of_discord() -> None:
    guilty = {
        str(path): name for path in modules() for name in imports(path) if name.split(".")[0] in ("discord", "bot")
    }
    assert guilty == {}


def test_a_room_imports_only_rooms_below_it() -> None:
    guilty = []
    for path in modules():
        here = room_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
        if here not in ROOMS:
            continue
        for name in imports(path):
            there = room_of(name)
            if name.split(".")[0] != "rag" or there in FOR_ALL or name in PORTS or there == here:
                continue
            if ROOMS.index(there) < ROOMS.index(here):
                guilty.append(f"{path.relative_to(ROOT)} imports {name}")
    assert guilty == []


def test_the_domain_imports_the_standard_library_only() -> None:
    import sys

    outside = {
        f"{path.name}: {name}"
        for path in (ROOT / "rag/domain").glob("*.py")
        for name in imports(path)
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("rag.domain")
    }
    assert outside == set()


def test_only_the_edge_keeps_every_error_it_catches() -> None:
    guilty = set()
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else "everything"
                passes_on = isinstance(node.body[-1], ast.Raise)
                if caught in ("Exception", "BaseException", "everything") and not passes_on:
                    guilty.add(str(path.relative_to(ROOT)))
    assert guilty == {"rag/cli/app.py"}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_holds_one_idea_and_a_function_fits_a_screen(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= MAX_LINES
    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and node.end_lineno is not None
        if node.end_lineno - node.lineno >= MAX_FUNCTION_LINES and "migrations" not in path.parts
    }
    assert long == {}
