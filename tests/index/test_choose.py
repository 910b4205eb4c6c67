"""One setting chooses the embedder, one the reranker."""

from __future__ import annotations

import importlib.util
import logging
import re
from pathlib import Path

import pytest

from rag.errors import Refused
from rag.index.choose import embedder_from, reranker_from
from rag.index.minilm import MiniLmEmbedder
from rag.index.sentence_transformers import CrossEncoderReranker, SentenceTransformerEmbedder, safe_name
from rag.index.weights import GRAPH, TOKENIZER, WEIGHTS


@pytest.fixture
def no_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("rag.index.weights.PACKAGE", "no_such_package_anywhere")


def test_none_is_search_by_words_only() -> None:
    assert embedder_from("none") is None
    assert reranker_from("none") is None


def test_missing_weights_are_search_by_words_only_and_logged(
    no_weights: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert embedder_from("minilm") is None
    assert "lexical search only" in caplog.text


def test_weights_may_lie_elsewhere(tmp_path: Path, no_weights: None) -> None:
    (tmp_path / TOKENIZER).touch()
    (tmp_path / GRAPH).touch()

    embedder = embedder_from("minilm", weights=tmp_path, threads=1)

    assert isinstance(embedder, MiniLmEmbedder)
    assert (embedder.folder, embedder.threads) == (tmp_path, 1)


def test_a_folder_without_the_model_is_missing_weights_too(
    tmp_path: Path, no_weights: None, caplog: pytest.LogCaptureFixture
) -> None:
    assert embedder_from("minilm", weights=tmp_path) is None
    assert "lexical search only" in caplog.text


def test_any_other_model_is_named_after_a_colon() -> None:
    embedder = embedder_from(" sentence-transformers: BAAI/bge-small-en-v1.5 ")
    reranker = reranker_from("cross-encoder:cross-encoder/ms-marco-MiniLM-L6-v2")

    assert isinstance(embedder, SentenceTransformerEmbedder)
    assert embedder.model == "BAAI/bge-small-en-v1.5"
    assert isinstance(reranker, CrossEncoderReranker)
    assert reranker.model == "cross-encoder/ms-marco-MiniLM-L6-v2"


def test_minilm_is_int8_unless_float32_is_asked_for(tmp_path: Path) -> None:
    for name in (TOKENIZER, WEIGHTS):
        (tmp_path / name).touch()
    usual, exact = (embedder_from(setting, weights=tmp_path) for setting in ("minilm", "minilm-float32"))

    assert usual is not None
    assert exact is not None
    assert (usual.name, exact.name) == ("minilm-l6-v2-int8", "minilm-l6-v2")


def test_chromas_weights_are_float32_whatever_is_asked_for(tmp_path: Path) -> None:
    for name in (TOKENIZER, GRAPH):
        (tmp_path / name).touch()

    for setting in ("minilm", "minilm-float32"):
        embedder = embedder_from(setting, weights=tmp_path)
        assert embedder is not None
        assert embedder.name == "minilm-l6-v2"


@pytest.mark.parametrize(
    "setting", ["", "word2vec", "minilm:large", "minilm-float32:x", "sentence-transformers", "sentence-transformers:"]
)
def test_other_words_are_refused(setting: str) -> None:
    with pytest.raises(Refused):
        embedder_from(setting)


@pytest.mark.parametrize("setting", ["", "yes", "cross-encoder", "cross-encoder: ", "none:x"])
def test_other_words_for_a_reranker_are_refused(setting: str) -> None:
    with pytest.raises(Refused):
        reranker_from(setting)


@pytest.mark.parametrize("model", ["BAAI/bge-small-en-v1.5", "../models/моя модель/", "a--b", "/", "x" * 300])
def test_names_fit_collections_and_hold_no_separator(model: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9._-]{3,80}", safe_name(model))
    assert "--" not in safe_name(model)


def test_two_models_never_share_a_name() -> None:
    assert safe_name("one/minilm") != safe_name("two/minilm")


@pytest.mark.skipif(importlib.util.find_spec("sentence_transformers") is not None, reason="the extra is installed")
def test_without_the_extra_the_way_to_get_it_is_named() -> None:
    embedder, reranker = embedder_from("sentence-transformers:any/model"), reranker_from("cross-encoder:any/model")
    assert embedder is not None
    assert reranker is not None

    for use in (lambda: embedder.embed(["x"]), lambda: embedder.dimension, lambda: reranker.score("x", ["y"])):
        with pytest.raises(Refused) as refused:
            use()
        assert "pip install 'seminar[sentence-transformers]'" in refused.value.advice
