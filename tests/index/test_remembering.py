"""Vectors of the texts asked about last: the same vectors, and no text embedded twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from rag.index.ports import Vectors
from rag.index.remembering import RememberingEmbedder


class Counting:
    """An embedder that tells what it was given; a text's vector is its letters' places."""

    name = "counting"
    dimension = 3
    max_tokens = 16

    def __init__(self) -> None:
        self.given: list[str] = []

    def count(self, text: str) -> int:
        return len(text.split())

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        self.given += texts
        if progress is not None and texts:
            progress(len(texts))
        rows = [[len(text), sum(map(ord, text)) % 97, 1] for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), 3)


@pytest.fixture
def counting() -> Counting:
    return Counting()


def test_no_text_is_embedded_twice(counting: Counting) -> None:
    remembering = RememberingEmbedder(counting)
    remembering.embed(["a", "b"])
    remembering.embed(["b", "c", "c"])
    assert counting.given == ["a", "b", "c"]


def test_vectors_are_the_others_in_the_order_asked_for(counting: Counting) -> None:
    remembering = RememberingEmbedder(counting)
    texts = ["one", "two", "one", "", "three \ud800"]
    remembering.embed(texts[2:4])
    for _ in range(2):
        assert (remembering.embed(texts) == Counting().embed(texts)).all()
    assert (remembering.name, remembering.dimension, remembering.max_tokens) == ("counting", 3, 16)
    assert remembering.count("two words") == 2
    assert remembering.embed([]).shape == (0, 3)


def test_a_vector_that_a_caller_changes_is_not_remembered_so(counting: Counting) -> None:
    remembering = RememberingEmbedder(counting)
    first = remembering.embed(["a"])
    first *= 0
    assert (remembering.embed(["a"]) == Counting().embed(["a"])).all()
    again = remembering.embed(["a"])
    again *= 0
    assert (remembering.embed(["a"]) == Counting().embed(["a"])).all()


def test_what_was_asked_about_longest_ago_is_forgotten_first(counting: Counting) -> None:
    remembering = RememberingEmbedder(counting, kept=2)
    for text in ("a", "b", "a", "c"):
        remembering.embed([text])
    counting.given.clear()
    remembering.embed(["a", "c", "b"])
    assert counting.given == ["b"]


def test_progress_counts_every_text_once(counting: Counting) -> None:
    remembering = RememberingEmbedder(counting)
    remembering.embed(["a"])
    done: list[int] = []
    remembering.embed(["a", "b", "b", "c"], done.append)
    assert sum(done) == 4


def test_threads_may_share_it(counting: Counting) -> None:
    remembering = RememberingEmbedder(counting, kept=8)
    texts = [f"text {n}" for n in range(16)]
    wanted, wrong = Counting().embed(texts), []

    def ask() -> None:
        for _ in range(50):
            if not (remembering.embed(texts) == wanted).all():
                wrong.append(1)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert wrong == []
