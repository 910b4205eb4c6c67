"""Answers of the notes beside their papers: what counts as said, and what only looks like it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.domain.revision import Grade
from rag.revision.signs import objection, said
from rag.study import Study
from tests.revision.conftest import GROUP, SAYS

Key = Callable[[int], str]
DEFINITION = SAYS.split(". ")[0] + "."


def test_an_answer_that_the_paper_gives_is_supported_by_its_sentence(study: Study, key: Key) -> None:
    check = study.revision.check(GROUP, key(4))
    assert check.grade is Grade.SUPPORTED
    assert [(c.quote.text, c.quote.page) for c in check.evidence] == [(DEFINITION, 2)]


def test_a_wrong_definition_is_not_supported_and_stands_beside_the_papers_own(study: Study, key: Key) -> None:
    check = study.revision.check(GROUP, key(3))
    assert check.grade is Grade.NOT_FOUND
    assert check.evidence[0].quote.text == DEFINITION
    assert check.evidence[0].quote.page == 2


@pytest.mark.parametrize(
    ("item", "why"),
    [(5, "says “inference”, not “training”"), (6, "which way round"), (7, "says it or denies it"), (8, "number 2.5")],
)
def test_the_same_words_in_another_sense_are_no_support(study: Study, key: Key, item: int, why: str) -> None:
    check = study.revision.check(GROUP, key(item))
    assert (check.grade, why in check.reason) == (Grade.NOT_FOUND, True), check.reason


def test_an_accepted_quote_is_supported(study: Study, key: Key) -> None:
    study.revision.accept(GROUP, study.revision.proposal(GROUP, key(2)), person="7")
    assert study.revision.check(GROUP, key(2)).grade is Grade.SUPPORTED


def test_an_answer_of_two_lines_needs_both(study: Study, key: Key) -> None:
    study.revision.edit(GROUP, key(4), answer="change of the distribution of activations\nwhales", person="7")
    check = study.revision.check(GROUP, key(4))
    assert (check.grade, check.reason) == (Grade.NOT_FOUND, "I found 1 of its 2 lines")


def test_an_answer_found_in_part_says_which_line_and_shows_its_sentence_first(study: Study, key: Key) -> None:
    study.revision.edit(GROUP, key(4), answer="whales\nchange of the distribution of activations", person="7")
    check = study.revision.check(GROUP, key(4))
    assert (check.partly, check.found, check.evidence[0].quote.text) == (True, (1,), DEFINITION)


def test_an_answer_with_a_name_that_the_paper_does_not_know_is_found_in_part(study: Study, key: Key) -> None:
    study.revision.edit(GROUP, key(4), answer="change of the distribution of activations. PCA", person="7")
    check = study.revision.check(GROUP, key(4))
    assert (check.grade, check.partly) == (Grade.NOT_FOUND, True)
    assert (check.reason, check.evidence[0].quote.text) == ("the paper does not name PCA", DEFINITION)


def test_the_counts_of_a_discussion_are_those_of_its_checks(study: Study, key: Key) -> None:
    study.revision.edit(GROUP, key(4), answer="change of the distribution of activations\nwhales", person="7")
    counts = study.revision.counts(GROUP, 1)
    assert (counts.found, counts.partly, counts.not_found) == (0, 1, 6)


def test_a_discussion_without_a_paper_says_so(study: Study) -> None:
    found = {d.title: k for k, (d, n) in study.library.note_ids(GROUP).items()}
    study.revision.edit(GROUP, found["Nothing Known"], answer="it depends", person="7")
    check = study.revision.check(GROUP, study.revision.answered(GROUP)[-1][0])
    assert (check.grade, check.evidence) == (Grade.NOT_FOUND, ())
    assert "tied to no paper" in check.reason


@pytest.mark.parametrize(
    ("note", "sentence"),
    [
        ("16 GPU of RTX", "We used 16 cores."),
        ("stride 2", "We use a stride of 1."),
        ("it reduces the error", "It does not reduce the error."),
        ("no latent variable", "It has latent variables, and it is not possible to do without data."),
        ("A is better than B", "B, better known as A, is old."),
        ("fewer parameters", "It has more parameters."),
        ("concatenation of x", "The sum of x and y."),
    ],
)
def test_signs_tell_texts_apart_that_share_their_words(note: str, sentence: str) -> None:
    assert objection(said(note), said(sentence))


@pytest.mark.parametrize(
    ("note", "sentence"),
    [
        ("45 fps", "The network runs at 45 fps on a GPU."),
        ("no latent variable", "The model has no latent variables at all."),
        ("9 instead of 24", "Fast YOLO has fewer layers (9 instead of 24)."),
        ("1x1 convolution", "A 1 × 1 convolution follows."),
    ],
)
def test_signs_let_pass_what_says_the_same(note: str, sentence: str) -> None:
    assert objection(said(note), said(sentence)) == ""
