"""The words of a guild's papers, counted once, and again only where papers went or were read anew."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.store.library import Library
from tests.index.test_lexical import add
from tests.retrieval.small_library import NOW


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    opened = Library.open(tmp_path / "seminar.db")
    yield opened
    opened.close()


def counted_anew(library: Library, tmp_path: Path, guild: str) -> dict[str, int]:
    fresh = Library.open(tmp_path / "seminar.db")
    words = dict(fresh.word_frequencies(guild))
    fresh.close()
    return words


def test_words_kept_are_those_that_would_be_counted_anew(library: Library, tmp_path: Path) -> None:
    def assert_true() -> None:
        for guild in ("ours", "theirs"):
            assert library.word_frequencies(guild) == counted_anew(library, tmp_path, guild)

    assert library.word_frequencies("ours") == {}
    first = add(library, 1, said=["alpha beta", "beta"])
    assert library.word_frequencies("ours") == {"alpha": 1, "beta": 2}
    second = add(library, 2)
    secret = add(library, 3, guild="theirs", said=["secret"])
    assert_true()
    assert "secret" not in library.word_frequencies("ours")
    library.share_paper(secret, guild="ours", now=NOW)
    assert_true()
    add(library, 2, said=["another text"])
    assert_true()
    assert "another" in library.word_frequencies("ours")
    library.remove_paper("ours", second.key)
    assert_true()
    assert "another" not in library.word_frequencies("ours")
    library.remove_paper("ours", first.key)
    add(library, 1, said=["gamma delta", "delta"])  # as many passages, another text
    assert_true()


def test_a_library_that_stays_the_same_is_not_counted_again(library: Library) -> None:
    add(library, 1)
    words = library.word_frequencies("ours")
    assert library.word_frequencies("ours") is words
    library.save_discussions("ours", [])  # notes change the library, and no paper
    assert library.word_frequencies("ours") is words
    add(library, 2)
    assert library.word_frequencies("ours") is not words
