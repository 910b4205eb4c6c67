"""Which numbers of a sentence its quotes hold."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rag.answering.numbers import stray_number_words, stray_numbers


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("It has 152 layers.", "a net of 152 layers"),
        ("It has 152 layers.", "a 152-layer net"),
        ("It saw 1,000 images.", "on 1000 images"),
        ("It saw 10000 images.", "on 10 000 images"),
        ("The momentum is 0.9.", "momentum of .9"),
        ("The momentum is .9.", "momentum of 0.90"),
        ("It reaches 76%.", "76 % of them"),
        ("Es erreicht 0,9.", "momentum of 0.9"),
        ("It has 2 parts.", "two parts"),
        ("It saw 1.2 million images.", "1.2M images"),
        ("It saw 90k images.", "90,000 images"),
        ("It has x₂ and 10⁻³.", "x2 and 10−3"),
        ("It uses 3×3 kernels.", "kernels of 3 x 3"),
        ("Between 3 and 5.", "3–5 of them"),
        ("CIFAR-10 is used.", "on CIFAR10"),
        ("The top-5 error.", "top 5 error"),
        ("طبقات ٣", "3 layers"),
        ("GPT2-XL is used.", "GPT2-XL (1.5B)"),
        ("Es sah 1.000 Bilder.", "on 1000 images"),
    ],
)
def test_a_number_is_the_same_however_it_is_written(sentence: str, quote: str) -> None:
    assert stray_numbers(sentence, ["nothing", quote]) == ()


@pytest.mark.parametrize(
    ("sentence", "quote", "stray"),
    [
        ("It has 152 layers.", "a net of 15 layers", ("152",)),
        ("12 and 312.", "312 of them", ("12",)),
        ("It saw 1.2 images.", "1.2 million images", ("1.2",)),
        ("GPT-3 wins.", "GPT-2 in Table 3", ("GPT-3",)),
        ("ResNet-152 wins.", "152 layers", ("ResNet-152",)),
        ("ResNet-15 wins.", "ResNet-152", ("ResNet-15",)),
        ("28.4 and 41.8.", "28.4 BLEU", ("41.8",)),
        ("Table 3 shows it.", "as Table 2 shows", ("3",)),
        ("10–20 epochs.", "for 10 epochs", ("10-20",)),
        (f"{'9' * 41} layers.", f"{'9' * 41} layers", ("9" * 41,)),
    ],
)
def test_a_number_that_no_quote_holds_is_named(sentence: str, quote: str, stray: tuple[str, ...]) -> None:
    assert stray_numbers(sentence, [quote]) == stray


def test_names_come_from_where_names_come_from_and_bare_numbers_do_not() -> None:
    assert stray_numbers("ResNet-152 uses 3x3.", ["it does"], names=["What is ResNet-152?", "3x3 nets"]) == ()
    assert stray_numbers("It has 152 layers.", ["it does"], names=["Why 152 layers?"]) == ("152",)


@pytest.mark.parametrize("said", ["Table 2", "(p. 5)", "on page 5", "Section 4.1", "Eq. 3", "Equation (3)"])
def test_a_citation_may_be_called_by_its_own_place(said: str) -> None:
    places = ["page 5", "Table 2", "section 4.1", "eq 3"]
    assert stray_numbers(f"It is {said}.", ["it does"], places=places) == ()
    assert stray_numbers(f"It is {said}.", ["it does"], places=["page 6", "Figure 2"]) != ()


@pytest.mark.parametrize(
    ("sentence", "quote", "stray"),
    [
        ("It has thirty-four layers.", "34 layers", ()),
        ("Two stages share them.", "both stages share them", ()),
        ("It has two million of them.", "2,000,000 of them", ()),
        ("It has twelve of them.", "a dozen, so 12", ()),
        ("One can train it once.", "it is trained", ()),
        ("It has ninety layers.", "34 layers", ("ninety",)),
        ("It is Twice as fast and has six layers.", "N = 6 layers", ("Twice",)),
        ("Someone often tends to it.", "it does", ()),
    ],
)
def test_numbers_in_words_are_held_against_the_quotes_too(sentence: str, quote: str, stray: tuple[str, ...]) -> None:
    assert stray_number_words(sentence, [quote]) == stray


numbers = st.decimals(min_value=0, max_value=10**7, places=2).map(lambda d: d.normalize())
styles = st.sampled_from(["{:f}", "{:,f}", "({:f})", "{:f}%", "x={:f},", "about {:,f}."])


@given(numbers, styles, styles)
def test_a_number_of_a_quote_may_be_written_in_any_style(number: object, mine: str, theirs: str) -> None:
    assert stray_numbers(f"It is {mine.format(number)}", [f"we have {theirs.format(number)}"]) == ()


@given(numbers, numbers, styles, styles)
def test_another_number_is_never_taken_for_it(one: object, other: object, mine: str, theirs: str) -> None:
    assume(one != other)
    assert stray_numbers(f"It is {mine.format(one)}", [f"we have {theirs.format(other)}"]) != ()


@given(st.text(max_size=120), st.text(max_size=120))
def test_any_texts_can_be_compared(sentence: str, quote: str) -> None:
    assert isinstance(stray_numbers(sentence, [quote]), tuple)
