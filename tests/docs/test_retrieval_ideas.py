"""The ideas that were tried for ranking run again, and those kept are what is served."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from docs.make_retrieval_experiments import Asked, Tried, fitted, folds_of, learned, line
from docs.retrieval_ideas import FEATURES, IDEAS, Case, Idea, kept
from rag.domain.passage import Scope
from rag.evaluation.judging import Gold
from tests.retrieval import small_library as small

QUESTIONS = {
    "what is the growth rate?": ("growth rate k", small.DENSENET),
    "how are the shortcut connections of the identity mapping added to outputs of stacked layers": ("Shortcut", None),
    "which table shows accuracy": ("Table 4", small.BATCH_NORM),
}


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    library, index = small.built(tmp_path_factory.mktemp("library"))
    tried = Tried(library=library, embedder=small.BagOfWords(), index=index)
    ids = [p.passage_id for paper in small.ALL for p in library.passages_of(paper.key)]
    tried.vectors = tried.bare = index.vectors(ids)
    yield tried
    library.close()


@pytest.fixture(scope="module")
def asked(tried: Tried) -> list[Asked]:
    found = []
    for question, (text, paper) in QUESTIONS.items():
        passages = [p for held in small.ALL for p in tried.library.passages_of(held.key)]
        gold = Gold({p.passage_id: frozenset({0}) for p in passages if text in p.text}, pieces=1, missing=0)
        scope = Scope("ours", (paper.key,) if paper else None)
        found.append(Asked(question, scope, gold, paper.key if paper else "any", tried))
    return found


def case_of(asked: Asked) -> Case:
    asked.quality(None)
    assert asked.case is not None
    return asked.case


def test_the_kept_ideas_together_are_what_is_served(asked: list[Asked], tried: Tried):
    for one in asked:
        orders = []
        for idea in (None, kept):
            one.quality(None)
            tried.idea, tried.case = idea, one.case
            orders.append([(h.passage.passage_id, h.score) for h in tried.search(one.query, one.scope, 10).hits])
        assert orders[0] == orders[1]


@pytest.mark.parametrize("name", IDEAS)
def test_every_idea_scores_every_candidate(name: str, asked: list[Asked]):
    idea: Idea = IDEAS[name][0]

    for one in asked:
        case = case_of(one)
        assert set(idea(case)) == set(case.found.passages)


def test_weights_are_learned_the_same_each_time(asked: list[Asked]):
    weights = fitted([case_of(one) for one in asked], [one.gold for one in asked])

    assert len(weights) == len(FEATURES)
    assert weights == fitted([case_of(one) for one in asked], [one.gold for one in asked])


def test_folds_keep_a_paper_together_and_leave_none_out(asked: list[Asked]):
    folds = folds_of(asked)

    assert sorted(paper for fold in folds for paper in fold) == sorted({one.paper for one in asked})
    found, weights = learned({"qasper": asked}, topics_only=False)
    assert len(found["qasper"]) == len(asked)
    assert len(weights) == len(FEATURES)


def test_a_clear_difference_is_bold():
    sets = ("ohr-bench", "ohr-bench-unscoped", "qasper", "uda-pages", "study")
    before = {name: [0.1, 0.2, 0.3] for name in sets}
    after = before | {"qasper": [0.2, 0.3, 0.4]}

    assert line("x", after, before, "no") == "| x | +0.0000 | +0.0000 | **+0.1000** | +0.0000 | +0.0000 | no |"
