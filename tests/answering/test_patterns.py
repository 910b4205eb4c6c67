"""The marks by which an answer is known: instances, counts, shares, captions and tables."""

from __future__ import annotations

import pytest

from rag.answering.candidates import candidates
from rag.answering.patterns import counts, has_number, instance_of, share_of
from rag.answering.wording import stem, words_in
from rag.domain.passage import Hit, Passage
from rag.domain.reading import Kind
from tests.answering.library import FIRM_PAPER


def flaw_of(text: str) -> float:
    """Return the flaw of a text that is one sentence; 1 when it cannot be quoted."""
    passage = Passage("p", FIRM_PAPER.key, 0, Kind.TEXT, text, first_page=1, last_page=1)
    return next((c.flaw for c in candidates([Hit(1, 1.0, passage, FIRM_PAPER)])), 1.0)


def instance(text: str, noun: str) -> float:
    return instance_of(text, words_in(text), stem(noun))


def test_a_sentence_that_names_one_of_a_kind_beats_one_that_speaks_of_the_kind() -> None:
    named = instance("We used the Swift optimizer with a momentum of 0.9.", "optimizer")
    spoken_of = instance("Every optimizer has to choose a step.", "optimizer")
    assert named > spoken_of > instance("The step is small.", "optimizer") == 0


def test_a_number_before_a_noun_is_no_name_of_it_but_one_after_a_name_is() -> None:
    assert instance("It runs on two 8 GPU boards", "gpu") < instance("It runs on the GTX 580 GPU boards", "gpu")


def test_doing_it_answers_with_which_tool() -> None:
    assert instance("We tokenize the corpus with the Pairwise algorithm.", "tokenizer") > 0.3


@pytest.mark.parametrize("text", ["The top-5 error is reported.", "We train on Set-300M today.", "See Table 4 for it."])
def test_a_number_inside_a_name_counts_nothing(text: str) -> None:
    assert not has_number(text)


def test_a_stated_count_beats_a_mentioned_one() -> None:
    stated, mentioned = "We use 8 heads in all layers.", "We give two such examples of heads above."
    assert counts(stated, words_in(stated), "head") > counts(mentioned, words_in(mentioned), "head")


def test_the_first_two_of_something_are_no_count_of_it() -> None:
    counted, ordered = "The set comprises 53453 tokens.", "It looks at the first two tokens of the buffer."
    assert not has_number(ordered)
    assert counts(counted, words_in(counted), "token") == 1


def test_a_share_is_of_what_it_names() -> None:
    assert share_of("We mask 15% of all input tokens at random.", "token")
    assert not share_of("We replace a token 80% of the time.", "token")


def test_a_sentence_with_settings_can_be_quoted_and_a_row_of_a_table_cannot() -> None:
    assert flaw_of("We used the Swift optimizer [20] with β1 = 0.9, β2 = 0.98 and ϵ = 10−9.") < 0.5
    assert flaw_of("ResNet 110 1.7 6.61 27.22 2.01 Wide 16 11.0 4.81") == 1.0


def test_we_and_any_verb_make_a_sentence() -> None:
    assert flaw_of("In this work we employ eight parallel layers, or heads.") == 0


def test_a_caption_is_a_poor_sentence() -> None:
    assert flaw_of("Table 2: The network is better than all others by far.") > flaw_of("The network is better by far.")
