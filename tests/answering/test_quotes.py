"""A quote is found where it stands, whatever a PDF did to its signs, and nowhere else."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rag.answering.form import form_of
from rag.answering.quotes import approximate, find_in_text, find_quote, verify
from rag.domain.reading import Box, Line, Page


def page_of(text: str, number: int = 1) -> Page:
    lines, start = [], 0
    for i, line in enumerate(text.split("\n")):
        lines.append(Line(start, start + len(line), Box(number, 50, 10 * i, 300, 10 * i + 9)))
        start += len(line) + 1
    return Page(number, text, tuple(lines))


PRINTED = page_of(
    "3 Normalization via Mini-Batch Statistics\n"
    "We deﬁne Internal Covariate Shift as the change in the dis-\n"
    "tribution of network activations due to the change in net-\n"
    "work parameters during training. It is a state-of-the-\n"
    "art “trick” – or so they say.",
    number=2,
)


def test_a_quote_is_found_through_ligatures_and_line_ends() -> None:
    quote = find_quote("We define Internal Covariate Shift as the change in the distribution of network", PRINTED)
    assert quote is not None
    assert quote.text == "We define Internal Covariate Shift as the change in the distribution of network"
    assert quote.page == 2


def test_its_boxes_are_those_of_the_lines_it_covers() -> None:
    quote = find_quote("the distribution of network activations due", PRINTED)
    assert quote is not None
    assert [box.y0 for box in quote.boxes] == [10, 20]


@pytest.mark.parametrize(
    "quote",
    ["a state-of-the-art", "a state-of-the- art", "a state-of-the-\nart", "a state‐of‐the‑art", "a state-of-theart"],
)
def test_a_hyphen_at_a_line_end_is_found_kept_or_mended(quote: str) -> None:
    assert find_quote(quote, PRINTED) is not None


def test_a_line_end_hyphen_is_shown_as_the_mended_text_has_it() -> None:
    kept, joined = find_quote("state-of-the-art", PRINTED), find_quote("state-of-theart", PRINTED)
    assert kept is not None
    assert joined is not None
    assert (kept.text, joined.text) == ("state-of-the-art", "state-of-theart")


def test_quotation_marks_and_dashes_have_many_shapes() -> None:
    quote = find_quote('art "trick" - or so they say', PRINTED)
    assert quote is None  # "art" is the second half of a word that is printed over two lines
    quote = find_quote('"trick" - or so they say.', PRINTED)
    assert quote is not None
    assert quote.text == "“trick” – or so they say."


@pytest.mark.parametrize(
    "quote",
    [
        "We define External Covariate Shift",
        "we define Internal Covariate Shift",
        "define Internal Covariate Shif",
        "ne Internal Covariate Shift",
        "work parameters during training",
        "a stateofthe-art",
        "inthe distribution",
        "the dis tribution of network",
        "",
        "  \n - ",
    ],
)
def test_a_changed_or_cut_word_is_not_found(quote: str) -> None:
    assert find_quote(quote, PRINTED) is None


@pytest.mark.parametrize("quote", ["F2(F1(u, Θ1), Θ2)", "F 2 (F 1 (u,Θ 1 ),Θ2 )"])
def test_space_around_signs_is_layout(quote: str) -> None:
    assert find_quote(quote, page_of("loss ℓ = F2(F1(u, Θ1),\nΘ2) here")) is not None


def test_numbers_are_not_glued_together() -> None:
    assert find_quote("layers 12 deep", page_of("layers 1 2 deep")) is None


def test_a_web_address_over_a_line_end_is_one() -> None:
    page = page_of("Code is at https://github.com/\nowner/name and/\nor elsewhere.")
    for asked in ("https://github.com/ owner/name and/ or", "https://github.com/owner/name and/or"):
        quote = find_quote(asked, page)
        assert quote is not None
        assert quote.text == "https://github.com/owner/name and/ or"


def test_a_soft_hyphen_is_no_sign() -> None:
    quote = find_quote("normalization layer", page_of("the normal\u00adiza\u00ad\ntion layer works"))
    assert quote is not None
    assert quote.text == "normalization layer"


def test_letters_with_accents_are_one_however_they_are_written() -> None:
    assert find_quote("Veli\u010dkovi\u0107", page_of("Petar Velic\u030ckovic\u0301 et al.")) is not None


def test_the_page_is_the_quotes_own() -> None:
    first, second = page_of("The passage begins here and goes on.", 3), page_of("It ends here, with the fact.", 4)
    found = verify("It ends here, with the fact.", [first, second])
    assert found is not None
    assert (found.quote.page, found.cut_before, found.cut_after) == (4, False, False)


def test_a_sentence_over_a_page_break_gives_its_longer_part_with_an_ellipsis() -> None:
    first = page_of("Intro. We find that deeper networks", 3)
    second = page_of("are harder to train because their gradients vanish on the way down. Then more.", 4)
    whole = "We find that deeper networks are harder to train because their gradients vanish on the way down."
    found = verify(whole, [first, second])
    assert found is not None
    assert found.quote.page == 4
    assert found.shown == "… are harder to train because their gradients vanish on the way down."


def test_half_sentences_that_are_too_short_are_not_quoted() -> None:
    assert (
        verify("We find that it works well today.", [page_of("We find that it", 1), page_of("works well today.", 2)])
        is None
    )


def test_a_sentence_that_stands_nowhere_is_not_quoted() -> None:
    assert verify("Paris is the capital of France, and has been for a very long time indeed.", [PRINTED]) is None


def test_without_pages_a_quote_is_found_in_its_section() -> None:
    quote = find_in_text("momentum works", ["nothing here", "Why momentum  works well."])
    assert quote is not None
    assert (quote.text, quote.page, quote.boxes) == ("momentum works", None, ())


def test_a_model_may_leave_out_a_word_at_the_end_but_not_in_the_middle() -> None:
    almost = "We define Internal Covariate Shift as the change in the distribution of network stuff"
    quote = approximate(almost, PRINTED)
    assert quote is not None
    assert quote.text == "We define Internal Covariate Shift as the change in the distribution of network"
    assert approximate(almost.replace("the change in", "every change of"), PRINTED) is None


MARKED = page_of(
    "We adopt batch normalization (BN) [16] right after each\n"
    "convolution and before activation [12, 9]. It has small gradients4.\n"
    "Each value lies in [0, 1] and the error is 5."
)


@pytest.mark.parametrize(
    ("quote", "shown"),
    [
        (
            "We adopt batch normalization (BN) right after each convolution and before activation",
            "We adopt batch normalization (BN) [16] right after each convolution and before activation",
        ),
        (
            "right after each convolution and before activation. It has small gradients4. Each value lies",
            "right after each convolution and before activation [12, 9]. It has small gradients4. Each value lies",
        ),
        (
            "before activation. It has small gradients. Each value",
            "before activation [12, 9]. It has small gradients4. Each value",
        ),
    ],
)
def test_a_model_may_leave_out_the_marks_of_references_which_are_shown(quote: str, shown: str) -> None:
    found = approximate(quote, MARKED)
    assert found is not None
    assert found.text == shown
    assert find_quote(found.text, MARKED) == found


@pytest.mark.parametrize(
    "quote",
    [
        "We adopt batch normalization (BN) [17] right after each convolution",
        "We adopt batch normalization (BN) right after every convolution [16]",
        "lies in [0, 2] and the error",
        "Each value lies in [1, 1] and the error is 5",
        "It has small gradients7. Each value lies",
        "We adopt batch (BN) right after each convolution",
    ],
)
def test_nothing_else_may_be_left_out_and_no_mark_be_made_up(quote: str) -> None:
    assert approximate(quote, MARKED) is None


def test_a_short_quote_proves_nothing() -> None:
    assert approximate("the change", PRINTED) is None


def test_text_that_looks_like_a_pattern_is_text() -> None:
    assert find_quote("f(x) = (a+b)*[c] $1 \\d", page_of("where f(x) = (a+b)*[c] $1 \\d holds")) is not None


def test_a_hostile_quote_takes_no_time() -> None:
    began = time.thread_time()
    find_quote("a" * 5_000 + "b", page_of("a" * 50_000))
    approximate("a- " * 2_000 + "b", page_of("a" * 50_000))
    assert time.thread_time() - began < 2


words = st.text(alphabet="abcdefghijklmnopqrstuvwxyzABCEFG", min_size=1, max_size=9)
tokens = st.one_of(
    words, st.sampled_from(["12", "3.5%", "(x)", "E[x],", "=", "ﬁne", "co-adapt", "“so”", "naïve", "β1", "it’s"])
)


@st.composite
def reflowed(draw: st.DrawFn) -> tuple[str, str, int, int]:
    """A page, and a stretch of it between word boundaries, with other line ends, spaces and signs."""
    page_tokens = draw(st.lists(tokens, min_size=3, max_size=40))
    seps = [draw(st.sampled_from([" ", " ", "\n", "  "])) for _ in page_tokens]
    printed = [_broken(draw, token) for token in page_tokens]
    starts, text = [], ""
    for token, sep in zip(printed, seps, strict=True):
        starts.append(len(text))
        text += token + sep
    first = draw(st.integers(0, len(page_tokens) - 1))
    last = draw(st.integers(first, len(page_tokens) - 1))
    quote = ""
    for token in page_tokens[first : last + 1]:
        quote += _broken(draw, token.replace("ﬁ", "fi").replace("“", '"').replace("”", '"').replace("’", "'"))
        quote += draw(st.sampled_from([" ", "\n", "\t ", "\u00a0"]))
    return text, quote, starts[first], starts[last] + len(printed[last])


def _broken(draw: st.DrawFn, token: str) -> str:
    if token.isascii() and token.isalpha() and len(token) > 3 and draw(st.booleans()):
        at = draw(st.integers(2, len(token) - 2))
        return token[:at] + draw(st.sampled_from(["-\n", "\u00ad", "\u00ad\n", "\u200b"])) + token[at:]
    return token


@given(reflowed())
@settings(max_examples=300)
def test_any_stretch_of_a_page_is_found_however_it_is_reflowed(case: tuple[str, str, int, int]) -> None:
    text, quote, start, end = case
    found = find_quote(quote, page_of(text))
    assert found is not None
    same = form_of(found.text).letters
    assert same == form_of(quote).letters == form_of(text[start:end]).letters
    assert "\n" not in found.text
    assert not re.search(r"\s\s", found.text)


@given(reflowed(), st.randoms(use_true_random=False))
@settings(max_examples=300)
def test_a_changed_word_is_never_found(case: tuple[str, str, int, int], chance: object) -> None:
    text, quote, _, _ = case
    pieces = quote.split()
    pieces[chance.randrange(len(pieces))] = "zyx"  # type: ignore[attr-defined]
    assume("zyx" not in form_of(text).letters)
    assert find_quote(" ".join(pieces), page_of(text)) is None
