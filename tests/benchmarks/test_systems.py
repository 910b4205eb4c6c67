"""Peers run in environments of their own: how they are named, in which order they come, what their recipes are."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from rag.bench.rounds import Job, play
from rag.bench.running import run
from rag.bench.systems import System, peers, seminar, surroundings
from rag.errors import NotFound, Refused
from rag.samples import primer_pdf

SMALL_PEER = Path(__file__).with_name("small_peer.py")
PEERS = Path(__file__).parents[2] / "rag/bench/peers"


def small(name: str) -> System:
    return System(name, sys.executable, (sys.executable, str(SMALL_PEER)), ())


def test_rounds_go_forwards_and_backwards_so_that_none_is_always_first(tmp_path: Path) -> None:
    heard: list[tuple[str, int, int]] = []
    job = Job((primer_pdf(),), ("one", "two", "three"))
    found = play(
        [small("a"), small("b")],
        job,
        rounds=3,
        folder=tmp_path,
        progress=lambda what, done, total: heard.append((what, done, total)),
    )
    assert [what for what, _, _ in heard] == [
        "round 1: a", "round 1: b", "round 2: b", "round 2: a", "round 3: a", "round 3: b",
    ]  # fmt: skip
    assert [(done, total) for _, done, total in heard] == [(n, 6) for n in range(6)]
    assert {name: len(samples) for name, samples in found.items()} == {"a": 3, "b": 3}
    for one in found["a"]:
        assert one.asked_s == one.searched_s == (0.002, 0.002)  # the first of three was the cold one
        assert one.cold_s > 0
        assert one.passages == 7


def test_peers_are_known_by_name_or_by_the_path_of_a_recipe() -> None:
    here = sys.executable
    assert [one.name for one in peers([f"langchain={here}", f"paper-qa={here}", f"{SMALL_PEER}={here}"])] == [
        "LangChain recipe", "paper-qa, chunks of 1,000", "paper-qa, its default 5,000", "small_peer",
    ]  # fmt: skip


@pytest.mark.parametrize("given", ["langchain", "=python", f"nobody={sys.executable}"])
def test_a_peer_that_cannot_be_is_refused_before_anything_is_measured(given: str) -> None:
    with pytest.raises(Refused):
        peers([given])


def test_a_python_that_is_not_there_is_named() -> None:
    with pytest.raises(NotFound) as told:
        peers(["langchain=nowhere/bin/python"])
    assert told.value.name == "nowhere/bin/python"


@pytest.mark.parametrize("recipe", sorted(PEERS.glob("*.py")), ids=lambda path: path.name)
def test_a_recipe_is_sound_python_that_imports_nothing_of_ours(recipe: Path) -> None:
    source = recipe.read_text()
    compile(source, recipe.name, "exec")
    assert "from rag" not in source
    assert "import rag" not in source


def test_every_peer_says_what_its_environment_needs() -> None:
    for recipe in ("langchain_recipe.py", "paper_qa_recipe.py"):
        lines = (PEERS / recipe.replace("_recipe.py", "_requirements.txt")).read_text().splitlines()
        pinned = [line for line in lines if line and not line.startswith("#")]
        assert pinned
        assert all("==" in line for line in pinned)


def test_the_size_of_an_environment_is_what_the_program_needs_and_no_tool_beside_it(tmp_path: Path) -> None:
    ours = seminar().about(tmp_path)
    script = [sys.executable, str(PEERS / "environment.py")]
    with_tests = run([*script, "seminar", "pytest", "ruff-not-there"], environment=surroundings(), folder=tmp_path)
    assert ours["versions"]["seminar"]
    assert "pytest" not in ours["versions"]
    told = with_tests.lines[-1].told
    assert "pytest" in told["versions"]
    assert "ruff-not-there" not in told["versions"]
    assert ours["weights"] == told["weights"] != ""
    assert ours["bytes"] > 200_000_000
