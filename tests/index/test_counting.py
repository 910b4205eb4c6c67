"""Counting word pieces by remembered words is exactly counting what the tokenizer makes of the whole text."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.index import counting
from rag.index.counting import WordPieces
from rag.index.minilm import MiniLmEmbedder

WORDS = (
    *(
        "Attention",
        "naïve",
        "Veličković",
        "[SEP]",
        "[MASK]",
        "don't",
        "x_i",
        "∑",
        "注意力",
        "e\u0301a",
        "\u0301",
        "\x1c",
    ),
    *("a\x85b", "\u2028", "\t", "\x00", "\ufffd", "\u200b", "9.81", "##ing", "a" * 150, "İ", "Σς", "\ud800", "ﬁ"),
)
texts = st.lists(st.sampled_from(WORDS) | st.text(max_size=6), max_size=12).flatmap(
    lambda words: st.sampled_from([" ", "\n", "  ", " \n\n", "\t", "\u00a0", ""]).map(lambda gap: gap.join(words))
)


@pytest.fixture(scope="module")
def minilm() -> MiniLmEmbedder:
    found = MiniLmEmbedder.found()
    if found is None:
        pytest.skip("no weights of all-MiniLM-L6-v2 on this machine")
    return found


@given(texts)
@example("")
@example(" ")
@example("\n leading and trailing \n")
@example("the [CLS] of [SEP] a [UNK] [PAD]paper")
def test_a_text_has_as_many_tokens_as_its_tokenizer_makes_of_it(minilm: MiniLmEmbedder, text: str) -> None:
    assert minilm.count(text) == len(minilm._words().encode(text.encode("utf-8", "replace").decode()).ids)


def test_a_text_longer_than_the_model_reads_is_counted_to_its_end(minilm: MiniLmEmbedder) -> None:
    assert minilm.count("covariate shift " * 1_000) > 2_000


def test_a_word_is_cut_into_pieces_once() -> None:
    asked: list[str] = []

    def lengths(words: Sequence[str]) -> list[int]:
        asked.extend(words)
        return [len(word) for word in words]

    pieces = WordPieces(lengths)
    assert [pieces.of("ab abc\nab"), pieces.of("abc d"), pieces.of("ab d abc")] == [7, 4, 6]
    assert asked == ["ab", "abc", "d"]


def test_what_is_remembered_is_bounded_and_right_after_it_was_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "_MOST_WORDS", 3)
    pieces = WordPieces(lambda words: [len(word) for word in words])
    for start in range(0, 100, 5):
        words = [str(number) for number in range(start, start + 5)]
        assert pieces.of(" ".join(words)) == sum(map(len, words))
        assert len(pieces._known) <= 3 + 6


def test_endless_words_are_counted_and_not_kept() -> None:
    pieces = WordPieces(lambda words: [len(word) for word in words])
    assert pieces.of("x" * 10_000 + " y") == 10_001
    assert max(map(len, pieces._known)) == 1


def test_a_long_texts_words_are_learnt_at_once_as_far_as_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "_MOST_WORDS", 20)
    monkeypatch.setattr(counting, "_LEARNT_AT_ONCE", 8)
    asked: list[int] = []

    def lengths(words: Sequence[str]) -> list[int]:
        asked.append(len(words))
        return [len(word) for word in words]

    pieces = WordPieces(lengths)
    pieces.learn("a b\na " + "x" * 100)
    assert asked == [2], "neither twice nor endless ones"
    assert (pieces.of("b a\nb"), asked) == (3, [2])
    pieces.learn(" ".join(f"w{n}" for n in range(500)))
    assert asked == [2, 8, 8, 1], "as far as there is room"
    pieces.learn("more")
    assert len(asked) == 4
    assert (pieces.of("w1 w499"), len(asked)) == (6, 5)
