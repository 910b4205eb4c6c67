"""Libraries drawn from real sentences: the same each time, however they were grown, and seen by the right guilds."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from rag.bench.drawn import (
    EVERYBODY,
    PASSAGES_A_PAPER,
    TRUTH_IDS,
    TRUTH_VECTORS,
    Material,
    draw,
    guild_of,
    main,
)
from rag.bench.running import run
from rag.bench.systems import surroundings
from rag.samples import primer_pdf
from rag.settings import read_settings
from rag.wiring import build

CHROMA_RECIPE = Path(__file__).parents[2] / "rag/bench/peers/chroma_recipe.py"
SCOPES = ["everything", "one guild of five", "one paper of a guild"]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real library: the primer."""
    folder = tmp_path_factory.mktemp("source") / "data"
    study = build(read_settings(data_dir=folder))
    study.add([str(primer_pdf())], guild="local")
    study.close()
    return folder


def material(papers: int) -> list[Material]:
    made = np.random.default_rng(1)
    found = []
    for paper in range(papers):
        vectors = made.standard_normal((8, 16)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        found.append(Material(tuple(((), f"Sentence {n} of paper {paper}.") for n in range(9)), vectors))
    return found


def test_a_paper_is_drawn_the_same_each_time_and_no_two_are_alike() -> None:
    one, again, other = draw(3, material(4)), draw(3, material(4)), draw(4, material(4))
    assert one[:2] == again[:2]
    assert [row.id for row in one[2]] == [row.id for row in again[2]]
    assert all(np.array_equal(a.vector, b.vector) for a, b in zip(one[2], again[2], strict=True))
    assert one[0].key != other[0].key
    assert [p.text for p in one[1]] != [p.text for p in other[1]]


def test_a_drawn_vector_has_length_one_and_stays_near_real_ones() -> None:
    papers = material(3)
    real = np.concatenate([each.vectors for each in papers])
    _, _, rows = draw(0, papers)
    for row in rows:
        assert np.linalg.norm(row.vector) == pytest.approx(1.0, abs=1e-5)
        assert 0.3 < (real @ row.vector).max() < 1.0


def test_a_library_grown_in_steps_is_the_one_drawn_at_once(source: Path, tmp_path: Path) -> None:
    steps, once = tmp_path / "steps", tmp_path / "once"
    main(str(source), str(steps), str(PASSAGES_A_PAPER))
    main(str(source), str(steps), str(6 * PASSAGES_A_PAPER + 20))
    main(str(source), str(once), str(6 * PASSAGES_A_PAPER))
    assert (steps / TRUTH_IDS).read_text() == (once / TRUTH_IDS).read_text()
    assert np.array_equal(np.load(steps / TRUTH_VECTORS), np.load(once / TRUTH_VECTORS))
    study = build(read_settings(data_dir=steps))
    try:
        assert study.library.passage_count() == 6 * PASSAGES_A_PAPER
        assert len(study.papers(EVERYBODY)) == 6
        assert [len(study.papers(guild_of(n))) for n in range(5)] == [2, 1, 1, 1, 1]
        paper = study.papers(guild_of(0))[0]
        quote = study.library.passages_of(paper.key)[0]
        assert quote.text in study.library.pages(paper.key)[0].text
    finally:
        study.close()


def test_chroma_alone_searches_the_same_scopes_of_the_same_vectors(source: Path, tmp_path: Path) -> None:
    drawn, asked = tmp_path / "drawn", tmp_path / "questions.txt"
    main(str(source), str(drawn), str(6 * PASSAGES_A_PAPER))
    asked.write_text("what is internal covariate shift\nwhat is a residual block\n")
    environment = surroundings()
    measuring = [sys.executable, "-m", "rag.bench.sizes", str(drawn), str(asked)]
    ours = run(measuring, environment=environment, folder=tmp_path)
    recipe = [sys.executable, str(CHROMA_RECIPE), "search", str(tmp_path / "store"), str(drawn)]
    theirs = run(recipe, environment=environment, folder=tmp_path)
    for told in (ours, theirs):
        assert [line.told["scope"] for line in told.events("recall")] == SCOPES
        assert [line.told["scope"] for line in told.events("asked")] == [scope for scope in SCOPES for _ in range(2)]
        assert all(line.told["recall"] >= 0.9 for line in told.events("recall"))  # eight bits may swap the last two
