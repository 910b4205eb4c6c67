"""A library whose words are held in memory answers as a small one does, and goes on doing so as papers come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from rag.domain.passage import Scope
from rag.index.lexical import WordIndex
from rag.retrieval.retriever import Retriever
from rag.store.library import Library
from rag.study import Study
from tests.retrieval import small_library as small

QUESTIONS = (
    "what is internal covariate shift",
    "how does Mask R-CNN predict masks",
    "rpn",
    "growthrate of denseNet",
    "difference between dqn and double dqn",
)


class Unasked(Library):
    """A real library in which nobody may search by words."""

    def match_passages(self, words: Sequence[str], *, scope: Scope, limit: int) -> list[tuple[str, float]]:
        raise AssertionError("SQLite was asked")


def test_hits_and_scores_are_the_same_and_sqlite_is_not_asked(tmp_path: Path) -> None:
    library, index = small.built(tmp_path)
    unasked = Unasked.open(tmp_path / "seminar.db")
    plain = Retriever(library=library, embedder=small.BagOfWords(), index=index)
    held = Retriever(library=unasked, embedder=small.BagOfWords(), index=index, words=WordIndex(unasked, held_from=1))
    held.warm()
    for question in QUESTIONS:
        for scope in (Scope("ours"), Scope("ours", (small.MASK.key, small.DQN.key)), Scope("others")):
            assert held.search(question, scope) == plain.search(question, scope)
    library.close()
    unasked.close()


def test_a_study_holds_its_words_once_it_is_warm_and_papers_that_are_added_with_them(
    study_for: Callable[..., Study], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[WordIndex] = []

    class Small(WordIndex):
        def __init__(self, library: Library) -> None:
            super().__init__(library, held_from=1)
            made.append(self)

    monkeypatch.setattr("rag.wiring.WordIndex", Small)
    study = study_for(embedder="none")
    for name in ("first", "second"):
        (tmp_path / f"{name}.md").write_text(f"# On {name} things\n\nThe {name} thing is larger than all others.\n")
    study.add([str(tmp_path / "first.md")], guild="g")
    assert made[0].held_passages() == 0  # a process that only adds builds nothing
    study.warm()
    assert made[0].held_passages() == study.library.passage_count() > 0
    study.add([str(tmp_path / "second.md")], guild="g")
    assert made[0].held_passages() == study.library.passage_count()
    assert study.search("the second thing", guild="g").hits[0].passage.text.startswith("The second")
