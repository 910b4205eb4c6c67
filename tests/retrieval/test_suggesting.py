"""Papers suggested while a name is typed: which, in which order, and that nothing typed does harm."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.domain.paper import Paper
from rag.domain.reading import Reading
from rag.retrieval.suggesting import Suggestions
from rag.store.library import Library
from tests.retrieval import small_library as small

EMPTY = Reading((), (), ())
HELD = (
    small.paper("1502.03167", "Batch Normalization: Accelerating Deep Network Training", "batchnorm", "BN"),
    small.paper("1512.03385", "Deep Residual Learning for Image Recognition", "resnet"),
    small.paper("1608.06993", "Densely Connected Convolutional Networks", "densenet"),
    small.paper("1703.06870", "Mask R-CNN"),
    small.paper("1411.1784", "Conditional Generative Adversarial Nets", "cGAN"),
    small.paper("sha256:0af1c2d3e4f5", "Über das Lernen", owner="ours"),
)


def shelve(library: Library, held: Paper, minutes: int, *, guild: str = "ours") -> None:
    added = replace(held, added_at=small.NOW + timedelta(minutes=minutes))
    library.save_paper(added, guild=guild, reading=EMPTY, passages=())


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = Library.open(tmp_path_factory.mktemp("suggesting") / "library.db")
    for n, held in enumerate(HELD):
        shelve(library, held, n)
    return library


@pytest.fixture
def suggestions(library: Library) -> Suggestions:
    return Suggestions(library)


def ids(suggestions: Suggestions, typed: str, **given: int) -> list[str]:
    return [paper.paper_id for paper in suggestions.of("ours", typed, **given)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("1512", "1512.03385"),
        ("1512.03385", "1512.03385"),
        ("https://arxiv.org/abs/1512.03385v2", "1512.03385"),
        ("sha256:0af1", "sha256:0af1c2d3e4f5"),
        ("0af1", "sha256:0af1c2d3e4f5"),
        ("resn", "1512.03385"),
        ("ResNet", "1512.03385"),
        ("resent", "1512.03385"),
        ("resen", "1512.03385"),
        ("deep res", "1512.03385"),
        ("image recog", "1512.03385"),
        ("learning residual", "1512.03385"),
        ("residaul lerning", "1512.03385"),
        ("mask rcnn", "1703.06870"),
        ("r-cnn", "1703.06870"),
        ("bn", "1502.03167"),
        ("batch normalisation", "1502.03167"),
        ("ubER da", "sha256:0af1c2d3e4f5"),
        ("the conditional", "1411.1784"),
    ],
)
def test_what_is_typed_finds_its_paper(suggestions: Suggestions, typed: str, first: str) -> None:
    assert ids(suggestions, typed)[0] == first


def test_a_whole_name_stands_before_a_beginning_and_that_before_letters_within(suggestions: Suggestions) -> None:
    assert ids(suggestions, "densenet") == ["1608.06993"]
    assert ids(suggestions, "dense") == ["1608.06993"]
    assert ids(suggestions, "de")[0] == "1608.06993"  # of two beginnings the newer
    assert ids(suggestions, "de")[1] == "1512.03385"
    assert ids(suggestions, "nets")[0] == "1411.1784"
    assert ids(suggestions, "gan") == ["1411.1784"]


def test_nothing_typed_gives_the_newest(suggestions: Suggestions) -> None:
    newest = [paper.paper_id for paper in reversed(HELD)]
    assert ids(suggestions, "") == ids(suggestions, "  ") == newest
    assert ids(suggestions, "", limit=2) == newest[:2]


@pytest.mark.parametrize(
    "typed", ["quantum chromodynamics", "🙂", "\x00\x01", "…", "zzzz", "9999", "深度学习", "x" * 2_000]
)
def test_what_fits_nothing_gives_nothing(suggestions: Suggestions, typed: str) -> None:
    assert ids(suggestions, typed) == []


def test_a_pasted_text_is_known_by_its_beginning(suggestions: Suggestions) -> None:
    assert ids(suggestions, f"Mask R-CNN{' ' * 200}{'and so on ' * 200}") == ["1703.06870"]


def test_another_guild_is_suggested_its_own(library: Library) -> None:
    assert Suggestions(library).of("theirs", "") == ()
    assert Suggestions(library).of("theirs", "resnet") == ()


def test_a_paper_that_comes_or_goes_is_noticed(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "library.db")
    suggestions = Suggestions(library)
    assert suggestions.of("ours", "") == ()
    shelve(library, HELD[1], 0)
    assert ids(suggestions, "") == ["1512.03385"]
    library.set_aliases("ours", HELD[1].key, ["shortcuts"])
    assert ids(suggestions, "shortc") == ["1512.03385"]
    library.remove_paper("ours", HELD[1].key)
    assert ids(suggestions, "shortc") == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.text(max_size=60), st.integers(1, 25))
def test_any_text_suggests_papers_once_each_and_no_more_than_asked_for(
    suggestions: Suggestions, typed: str, limit: int
) -> None:
    suggested = ids(suggestions, typed, limit=limit)
    assert len(suggested) == len(set(suggested)) <= limit
