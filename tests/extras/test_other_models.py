"""Any sentence-transformers model and any cross-encoder can take the default's place by one setting."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from rag.answering.judges import judge_from
from rag.errors import BadModel
from rag.index.choose import embedder_from, reranker_from
from rag.index.exact import ExactIndex
from rag.index.ports import Embedder, Reranker, Vectored
from rag.index.sentence_transformers import Entailment
from tests.language.fakes import ScriptedModel

pytest.importorskip("sentence_transformers", reason="the extra is not installed")
pytestmark = pytest.mark.extras
LONGEST = 16


@pytest.fixture(scope="module", autouse=True)
def _offline(tmp_path_factory: pytest.TempPathFactory) -> object:
    patch = pytest.MonkeyPatch()
    patch.setenv("HF_HUB_OFFLINE", "1")
    patch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)  # read once, at its import
    yield
    patch.undo()


def bert(folder: Path, *, scores: bool = False, labels: int = 1) -> Path:
    """Save a BERT of random weights and a vocabulary of letters."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizerFast

    torch.manual_seed(0)
    folder.mkdir()
    letters = [chr(c) for c in range(ord("a"), ord("z") + 1)]
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{c}" for c in letters), "batch", "shift"]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    config = BertConfig(
        vocab_size=len(words), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=64, num_labels=labels,
    )  # fmt: skip
    (BertForSequenceClassification(config) if scores else BertModel(config)).save_pretrained(folder)
    BertTokenizerFast(vocab=str(folder / "vocab.txt"), model_max_length=LONGEST).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer

    place = tmp_path_factory.mktemp("bi-encoder")
    words = Transformer(str(bert(place / "bert")), max_seq_length=LONGEST)
    SentenceTransformer(modules=[words, Pooling(32, "cls")], device="cpu").save(str(place / "Tiny model"))
    return place / "Tiny model"


@pytest.fixture(scope="module")
def embedder(folder: Path) -> Embedder:
    chosen = embedder_from(f"sentence-transformers:{folder}")
    assert chosen is not None
    return chosen


@pytest.fixture(scope="module")
def reranker(tmp_path_factory: pytest.TempPathFactory) -> Reranker:
    chosen = reranker_from(f"cross-encoder:{bert(tmp_path_factory.mktemp('cross-encoder') / 'tiny', scores=True)}")
    assert chosen is not None
    return chosen


def test_another_model_has_its_own_name_dimension_and_length(embedder: Embedder) -> None:
    assert re.fullmatch(r"Tiny-model-[0-9a-f]{8}", embedder.name)
    assert embedder.dimension == 32
    assert embedder.max_tokens == LONGEST
    assert embedder.count("batch shift") == 4
    assert embedder.count("batch " * 100) == 102
    assert embedder.count("lone \ud835 surrogate") > 2


def test_its_rows_have_length_one_and_keep_the_order(embedder: Embedder) -> None:
    texts = ["batch", "", "shift " * 50, "\ud835", *(f"{'ab' * i} batch" for i in range(300))]
    told: list[int] = []

    vectors = embedder.embed(texts, told.append)

    assert vectors.shape == (304, 32)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(304), abs=1e-5)
    assert sum(told) == 304
    assert vectors[280] == pytest.approx(embedder.embed([texts[280]])[0], abs=1e-5)
    assert embedder.embed([]).shape == (0, 32)


def test_its_vectors_serve_a_search(embedder: Embedder) -> None:
    index = ExactIndex()
    texts = ["batch", "shift", "a b c d e f g"]
    rows = zip(texts, embedder.embed(texts), strict=True)
    index.upsert([Vectored(id=text, owner="a", kind="text", vector=vector) for text, vector in rows])

    assert index.nearest(embedder.embed(["shift"])[0], owners=["a"], limit=1)[0][0] == "shift"


def test_a_cross_encoder_scores_each_pair(reranker: Reranker) -> None:
    texts = ["batch", "shift", "", "a " * 200, "\ud835"]

    scores = reranker.score("what is a shift", texts)

    assert len(scores) == 5
    assert all(type(score) is float for score in scores)
    assert len(set(scores)) > 1
    assert scores[::-1] == pytest.approx(reranker.score("what is a shift", texts[::-1]), abs=1e-5)
    assert reranker.score("x", []) == []


def test_a_classifier_is_no_reranker(tmp_path: Path) -> None:
    chosen = reranker_from(f"cross-encoder:{bert(tmp_path / 'three', scores=True, labels=3)}")
    assert chosen is not None

    with pytest.raises(BadModel, match="3 scores"):
        chosen.score("x", ["y"])


def nli(folder: Path, *labels: str) -> Path:
    """Save a classifier of pairs whose labels have these names."""
    import json

    made = bert(folder, scores=True, labels=len(labels))
    config = json.loads((made / "config.json").read_text())
    config["id2label"] = {str(n): name for n, name in enumerate(labels)}
    config["label2id"] = {name: n for n, name in enumerate(labels)}
    (made / "config.json").write_text(json.dumps(config))
    return made


PAIRS = [("batch shift", "shift"), ("a b c", "d e"), ("", "x"), ("\ud835", "a")]


def test_a_classifier_of_pairs_says_how_likely_one_follows_from_the_other(tmp_path: Path) -> None:
    marks = [
        Entailment(str(nli(tmp_path / name, *labels))).follows(PAIRS)
        for name, labels in [("one", ("contradiction", "entailment", "neutral")), ("two", ("ENTAILMENT", "no", "so"))]
    ]
    assert all(0 < mark < 1 for row in marks for mark in row)
    assert [len(row) for row in marks] == [4, 4]
    assert marks[0] != pytest.approx(marks[1])  # another label of the same weights
    judge = judge_from(f"cross-encoder:{tmp_path / 'one'}")(ScriptedModel(""))
    assert judge is not None
    assert list(judge.supports([("shift", ("batch shift",))])) == pytest.approx(marks[0][:1], abs=1e-5)
    assert Entailment("nobody").follows([]) == []


def test_a_model_with_one_score_gives_it_as_a_share(tmp_path: Path) -> None:
    marks = Entailment(str(bert(tmp_path / "single", scores=True))).follows(PAIRS)
    assert all(0 <= mark <= 1 for mark in marks)


def test_labels_without_entailment_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadModel, match="entailment"):
        Entailment(str(nli(tmp_path / "odd", "good", "bad", "odd"))).follows(PAIRS)
    with pytest.raises(BadModel):
        Entailment("nobody/nothing-of-this-name").follows(PAIRS)


@pytest.mark.parametrize("model", ["nobody/nothing-of-this-name", "not even a name"])
def test_a_model_that_is_not_there_is_refused(model: str) -> None:
    embedder, reranker = embedder_from(f"sentence-transformers:{model}"), reranker_from(f"cross-encoder:{model}")
    assert embedder is not None
    assert reranker is not None

    for use in (lambda: embedder.embed(["x"]), lambda: reranker.score("x", ["y"])):
        with pytest.raises(BadModel) as refused:
            use()
        assert refused.value.what == model


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    embedder = embedder_from(f"sentence-transformers:{tmp_path}")
    assert embedder is not None

    with pytest.raises(BadModel):
        embedder.embed(["x"])
