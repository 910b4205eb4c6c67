"""The sentence splitter never halves a scientific sentence and keeps every character."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.sentences import sentences

CASES = [
    # plain
    "We train a network.|It works.",
    "One.",
    "no stop at all",
    "Is it deep?|Yes.",
    "It works!|We were surprised.",
    "First line\nsecond line.|Third.",
    # abbreviations that never end a sentence
    "Ioffe et al. [5] reduce it.|We follow.",
    "He et al. (2016) add shortcuts.|They help.",
    "As in Ba et al. 2016 we average.|Then we scale.",
    "This follows Ioffe et al. We differ in one point.".replace(" We", "|We"),
    "Saturating units, e.g. Sigmoid units, are slow.|ReLU is not.",
    "Units (i.e. Neurons) saturate.|They stop learning.",
    "Gradients w.r.t. W are small.|Gradients w.r.t. b are not.",
    "Compare cf. Table 2 for details.|Next.",
    "We plot SGD vs. Adam on MNIST.|Adam wins.",
    "The mean and variance (resp. Scale and shift) are kept.|Both help.",
    "It takes approx. 5 days.|Then it stops.",
    "Samples are i.i.d. The batch is small.".replace(" The", "|The"),
    "Noise is i.i.d. Gaussian in each layer.|It is small.",
    # numbered things
    "See Fig. 3 for details.|See Eq. (2) too.",
    "By Eq. 4 and Sec. III it holds.|See App. A for more.",
    "Results of Tab. 1 and Figs. 2 and 3 agree.|Good.",
    "The model is no. 5 in the list.|It is fast.",
    "The answer is no.|We show why.",
    "See vol. 3, pp. 4-5 of it.|It is old.",
    "Fig.3 shows it.|We agree.",
    "Since Sec. 2.1. We move on.".replace(" We", "|We"),
    # initials and names
    "J. Smith and K. He wrote it.|We read it.",
    "Written by J. S. Bach in time.|It sounds.",
    "We write the matrix as A. The inverse exists.".replace(" The", "|The"),
    "The U.S. Government funds it.|It is public.",
    "It holds for every k. Batch sizes differ.".replace(" Batch", "|Batch"),
    # numbers
    "Accuracy is 4.82 percent.|Error is .5 lower.",
    "The error was 0. 5 percent in the scan.|Odd.",
    "It was published in 2015.|Ten labs copied it.",
    "We use version 2.3.1 of it.|It runs.",
    "1. Introduction is short.|Then it grows.",
    "Figure 2. The residual block.|The shortcut is the identity.",
    "Theorem 1. Every norm is continuous.|The proof is short.",
    # citations and footnotes
    "We use ImageNet [5].|We crop images.",
    "It was shown before.[41] We repeat it.".replace(" We", "|We"),
    "It was shown before [41].|Others doubt it.",
    "This is well known.3 We repeat it here.".replace(" We", "|We"),
    "This is well known.¹ We repeat it here.".replace(" We", "|We"),
    # ellipses
    "Layers 1, 2, ..., n are frozen.|Others learn.",
    "We stack layers x1 . . . xn in order.|Then pool.",
    "And so on...|We stop here.",
    "And so on … until it ends.|Then we stop.",
    # quotes and brackets after the stop
    'He said "it works."|We agreed.',
    "(It did not converge.)|We tried again.",
    "They ask “why?” and go on.|We do not.",
    "We call this “shift.”|It is bad.",
    "It fails (see below).|We fix it.",
    "It works. (Mostly.) Then it stops.".replace(". (", ".|(").replace(") T", ")|T"),
    # symbols
    "We add a bias. x is the input.".replace(". x", ".|x"),
    "Weights decay slowly. α is the rate.".replace(". α", ".|α"),
    "We cluster them. k-means is enough.".replace(". k", ".|k"),
    "We report precision. mAP is averaged.".replace(". m", ".|m"),
    "relu is fast to compute. it does not saturate.".replace(". it", ".|it"),
    "why use relu? it is fast.".replace("? it", "?|it"),
    # other
    "See arxiv.org/abs/1502.03167 for it.|It is there.",
    "Paragraph one ends\n\nParagraph two begins",
    "这是一句话。|这是另一句。",
    "Really?!|Yes.",
]


@pytest.mark.parametrize("case", CASES)
def test_each_case_is_split_at_its_bars(case):
    text = case.replace("|", " ") if "。" not in case else case.replace("|", "")
    expected = [part for half in case.split("|") for part in half.split("\n\n")]
    assert [text[s.start : s.end] for s in sentences(text)] == expected


@given(st.text(alphabet=st.sampled_from(list("abAZx.?!… \n\t()[]\"'1029,;:。é")), max_size=300) | st.text(max_size=300))
def test_spans_are_ordered_apart_and_cover_all_that_is_not_space(text):
    spans = sentences(text)
    previous = 0
    for span in spans:
        assert previous <= span.start < span.end <= len(text)
        assert not text[previous : span.start].strip()
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        previous = span.end
    assert not text[previous:].strip()


@pytest.mark.parametrize(
    "unit",
    [".", ". ", "?", "a. ", "A.", "1.", '."', "\n", " ", "\n \n", "(", "[5].", "[1,", "et al. ", "…", "x", ".\n"],
)
def test_a_hundred_kilobytes_of_anything_take_linear_time(unit):
    text = (unit * 100_000)[:100_000]
    begin = time.thread_time()
    sentences(text)
    assert time.thread_time() - begin < 2.0
