"""Which discussion a person means."""

from __future__ import annotations

import pytest

from rag.discussion.finding import find_discussion, heading_of, suggest_discussions
from rag.domain.note import Discussion
from rag.errors import NotFound

TITLES = [("1", "AlexNet", 2012), ("5", "ResNet", 2015), ("5", "Batch Norm", 2015), ("", "Mask R-CNN", None)]
DISCUSSIONS = [
    Discussion(position, ordinal, title, year, ()) for position, (ordinal, title, year) in enumerate(TITLES, 1)
]


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("3", "Batch Norm"),
        (" 1 ", "AlexNet"),
        ("resnet", "ResNet"),
        ("batch", "Batch Norm"),
        ("mask cnn", "Mask R-CNN"),
    ],
)
def test_a_discussion_is_found_by_its_place_or_its_words(typed: str, title: str) -> None:
    assert find_discussion(typed, DISCUSSIONS).title == title


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("5", ()),  # an ordinal that stands twice, and no place
        ("0", ()),
        ("2015", ()),
        ("Discussion 5", ("Discussion 5 ResNet - 2015", "Discussion 5 Batch Norm - 2015")),
        ("resnett", ("Discussion 5 ResNet - 2015",)),
        ("zzzz", ()),
        ("", ()),
    ],
)
def test_what_names_no_discussion_or_several_is_answered_with_near_ones(typed: str, near: tuple[str, ...]) -> None:
    with pytest.raises(NotFound) as caught:
        find_discussion(typed, DISCUSSIONS)
    assert caught.value.near[: len(near)] == near


def test_a_whole_title_is_preferred_to_the_beginning_of_another() -> None:
    longer = [*DISCUSSIONS, Discussion(5, "6", "ResNet in ResNet", 2016, ())]
    assert find_discussion("resnet", longer).position == 2


def test_suggestions_are_the_newest_first_and_follow_what_was_typed() -> None:
    assert [d.position for d in suggest_discussions("", DISCUSSIONS, 3)] == [4, 3, 2]
    assert [d.position for d in suggest_discussions("5 2015", DISCUSSIONS, 25)] == [3, 2]
    assert suggest_discussions("zz", DISCUSSIONS, 25) == ()


def test_a_heading_without_number_or_year_is_still_one() -> None:
    assert heading_of(DISCUSSIONS[3]) == "Discussion Mask R-CNN"
