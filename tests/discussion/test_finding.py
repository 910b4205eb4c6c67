"""Which discussion a person means."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.discussion.finding import find_discussion, heading_of, suggest_discussions
from rag.domain.note import Discussion
from rag.errors import Ambiguous, NotFound
from rag.wording import sentence_for

TITLES = [("1", "AlexNet", 2012), ("5", "ResNet", 2015), ("5", "Batch Norm", 2015), ("", "Mask R-CNN", None)]
DISCUSSIONS = [
    Discussion(position, ordinal, title, year, ()) for position, (ordinal, title, year) in enumerate(TITLES, 1)
]


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("#3", "Batch Norm"),
        (" 1 ", "AlexNet"),
        ("01", "AlexNet"),
        ("discussion 1", "AlexNet"),
        ("Discussion  1 AlexNet", "AlexNet"),
        ("Discussion 5 Batch Norm - 2015", "Batch Norm"),
        ("5 batch", "Batch Norm"),
        ("resnet", "ResNet"),
        ("batch", "Batch Norm"),
        ("mask cnn", "Mask R-CNN"),
        ("2012", "AlexNet"),
    ],
)
def test_a_discussion_is_found_by_its_number_its_words_or_its_place(typed: str, title: str) -> None:
    assert find_discussion(typed, DISCUSSIONS).title == title


GROUPS = [
    Discussion(position, ordinal, title, 2016 + position, ())
    for position, (ordinal, title) in enumerate(
        [("1", "AlexNet"), ("2", "GoogLeNet"), ("4", "ResNet"), ("5", "DenseNet"), ("6", "GAN"), ("6", "Mask R-CNN")]
        + [("10", "YOLOv1"), ("7", "YOLOR"), ("11", "7 Wonders")],
        1,
    )
]
"""Numbered as groups number: some left out, one twice, one late."""


@pytest.mark.parametrize(
    "typed", ["7", "#8", "Discussion 7", "discussion 7 yolor", "Discussion 7 YOLOR - 2024", "discussion 7 yo", "yolor"]
)
def test_the_groups_own_number_goes_before_the_place(typed: str) -> None:
    """A 7 once opened the seventh, which was YOLOv1."""
    assert find_discussion(typed, GROUPS).title == "YOLOR"


@pytest.mark.parametrize("typed", ["3", "8", "Discussion 9", "0", "#0", "#10", "#", "9" * 200, "#" + "9" * 99])
def test_a_number_that_the_group_left_out_opens_nothing(typed: str) -> None:
    with pytest.raises(NotFound):
        find_discussion(typed, GROUPS)


@pytest.mark.parametrize("typed", ["5", "Discussion 5", "2015", "discussion 5 2015"])
def test_where_several_fit_it_asks_which(typed: str) -> None:
    with pytest.raises(Ambiguous) as caught:
        find_discussion(typed, DISCUSSIONS)
    assert caught.value.choices == (("#2", "Discussion 5 ResNet - 2015"), ("#3", "Discussion 5 Batch Norm - 2015"))
    assert sentence_for(caught.value) == (
        f"“{typed}” fits several discussions: Discussion 5 ResNet - 2015 (#2) or Discussion 5 Batch Norm - 2015 (#3). "
        "Use the number in brackets of the one you mean."
    )


def test_of_very_many_that_fit_the_first_are_named() -> None:
    many = [Discussion(position, "", f"Net {position}", None, ()) for position in range(1, 31)]
    with pytest.raises(Ambiguous) as caught:
        find_discussion("net", many)
    assert "Discussion Net 5 (#5) or 25 more. Use" in sentence_for(caught.value)


@pytest.mark.parametrize(
    ("typed", "near"), [("resnett", ("Discussion 5 ResNet - 2015",)), ("zzzz", ()), ("", ()), ("4", ()), ("201", ())]
)
def test_what_names_no_discussion_is_answered_with_near_ones(typed: str, near: tuple[str, ...]) -> None:
    with pytest.raises(NotFound) as caught:
        find_discussion(typed, DISCUSSIONS)
    assert caught.value.near[: len(near)] == near


@given(st.text(alphabet="#discussion 0123457.-YOLOR\u0665\u00b2"))
def test_whatever_is_typed_gives_one_or_says_why_not(typed: str) -> None:
    with contextlib.suppress(NotFound, Ambiguous):
        assert find_discussion(typed, GROUPS) in GROUPS


def test_a_whole_title_is_preferred_to_the_beginning_of_another() -> None:
    longer = [*DISCUSSIONS, Discussion(5, "6", "ResNet in ResNet", 2016, ())]
    assert find_discussion("resnet", longer).position == 2


def test_suggestions_are_the_newest_first_and_follow_what_was_typed() -> None:
    assert [d.position for d in suggest_discussions("", DISCUSSIONS, 3)] == [4, 3, 2]
    assert [d.position for d in suggest_discussions("5 2015", DISCUSSIONS, 25)] == [3, 2]
    assert [d.position for d in suggest_discussions("7", GROUPS, 25)] == [8, 9, 1]
    assert suggest_discussions("zz", DISCUSSIONS, 25) == ()


def test_a_heading_without_number_or_year_is_still_one() -> None:
    assert heading_of(DISCUSSIONS[3]) == "Discussion Mask R-CNN"
