"""Which sentences may be quoted at all, and how definitions, reasons and numbers are known."""

from __future__ import annotations

import pytest

from rag.answering.candidates import MAX_WORDS, candidates, opening
from rag.answering.patterns import CLAIM, FINDING, STRONG_REASON, counts, definingness, has_number
from rag.answering.wording import Rarity, content_words, is_there, places_of, share_covered, stem, stems_of, words_in
from rag.domain.passage import Hit, Passage
from rag.domain.reading import Kind
from tests.answering.library import FIRM_PAPER


def hit_of(text: str, kind: Kind = Kind.TEXT) -> Hit:
    return Hit(1, 1.0, Passage("p", FIRM_PAPER.key, 0, kind, text, first_page=1, last_page=1), FIRM_PAPER)


@pytest.mark.parametrize(
    "text",
    [
        "[12] K. He, X. Zhang, S. Ren, and J. Sun. Deep residual learning for image recognition. In CVPR, 2016.",
        "0.91 0.87 12.4 | 33.1 x y z 7 8 9",
        "Network architecture details",
        "Contact: someone@example.org for more information about the models of this paper.",
    ],
)
def test_references_tables_and_headings_are_not_quoted(text: str) -> None:
    assert [c.text for c in candidates([hit_of(text)]) if c.flaw < 0.5] == []


def test_code_links_are_never_text_of_the_paper() -> None:
    assert candidates([hit_of("The code of this paper is available at https://github.com/a/b.", Kind.CODE)]) == []


def test_a_sentence_that_leans_on_the_one_before_brings_it_along() -> None:
    found = candidates(
        [hit_of("We normalize every layer of the network. This makes the training of deep models stable.")]
    )
    assert found[1].lead == "We normalize every layer of the network."


@pytest.mark.parametrize(
    "conclusion",
    [
        "Therefore we spread the net across two boards.",
        "To counteract this effect, we scale the sums of the gate.",
        "Hence the sums are scaled by the width of the gate.",
    ],
)
def test_a_conclusion_brings_its_reason_along(conclusion: str) -> None:
    reason = "The sums of a wide gate grow too large for one board."
    found = candidates([hit_of(f"{reason} {conclusion}")])
    assert found[1].lead == reason


def test_it_that_stands_for_nothing_leans_on_nothing() -> None:
    found = candidates(
        [hit_of("We train on many images of gates. It turns out that these are enough for the wide network.")]
    )
    assert (found[1].lead, found[1].flaw) == ("", 0)


@pytest.mark.parametrize(
    "text",
    [
        "Next we investigate the wide gates of the network.",
        "In this subsection, we provide some more details regarding the gates.",
        "We start by detailing the gates of the network.",
        "Is a wide gate of the network better because it waits?",
    ],
)
def test_a_sentence_that_announces_reads_worse_than_one_that_says(text: str) -> None:
    says = "We investigate and find that wide gates are slow."
    (announced,), (said,) = candidates([hit_of(text)]), candidates([hit_of(says)])
    assert announced.flaw > said.flaw == 0


def test_a_long_sentence_is_cut_before_a_clause_and_stays_verbatim() -> None:
    long = (
        "We train the whole network on many images, "
        + "and we repeat this with another set of images, " * 12
        + "which works."
    )
    (cut,) = candidates([hit_of(long)])
    assert cut.cut
    assert long.startswith(cut.text)
    assert len(cut.text.split()) <= MAX_WORDS


def test_a_sentence_without_an_end_is_shown_as_cut() -> None:
    (broken,) = candidates([hit_of("The deeper network does better on all of them, but it comes at")])
    assert broken.cut


def test_a_caption_opens_with_its_first_sentences() -> None:
    caption = "Figure 1: A gate. Left: closed. Right: open. " + "It has many parts that follow each other. " * 12
    assert opening(hit_of(caption, Kind.CAPTION)).text.startswith("Figure 1: A gate. Left: closed. Right: open. It has")


@pytest.mark.parametrize(
    ("term", "best", "worse"),
    [
        ("drift", "We define drift as the change of the mean.", "We want to reduce drift in every layer."),
        ("drift", "The change of the mean is called drift.", "Drift is harmful."),
        ("growth rate", "We refer to k as the growth rate of the network.", "The growth rate is 32 in all networks."),
        ("k", "We refer to the hyperparameter k as the growth rate.", "Very narrow layers have k = 12."),
        ("RPN", "The first stage is called a Region Proposal Network (RPN).", "Results with RPN are better."),
        (
            "whitening",
            "Inputs are whitened – i.e., transformed to zero mean.",
            "We could consider whitening at every step.",
        ),
        (
            "bag of freebies",
            "We call methods that only change training as “bag of freebies.”",
            "The last bag of freebies is a loss.",
        ),
        (
            "gate network",
            "A gate network is a layer that waits.",
            "All inputs make use of separate gate networks as denoted by different colors in the figure.",
        ),
        (
            "Firm Gating",
            "We do this via Firm Gating (FG), a scheme wherein every layer waits for the one below.",
            "To solve this, Smith et al. (2018) introduced Firm Gating (FG).",
        ),
        (
            "classifier",
            "A classifier is a function that maps inputs to labels.",
            "The structure, including the classifier, is as follows:",
        ),
    ],
)
def test_a_defining_sentence_is_told_from_a_mentioning_one(term: str, best: str, worse: str) -> None:
    assert definingness([term], best, words_in(best)) > definingness([term], worse, words_in(worse))


def test_to_shorten_a_term_is_not_to_define_it() -> None:
    shortened = "The data were made via Firm Gating (FG)."
    by_name = definingness(["Firm Gating", "FG"], shortened, words_in(shortened))
    assert by_name < definingness(["FG", "Firm Gating"], shortened, words_in(shortened))


def test_a_sentence_without_the_term_defines_nothing() -> None:
    sentence = "We define momentum as a running mean."
    assert definingness(["drift"], sentence, words_in(sentence)) == 0


@pytest.mark.parametrize(("sentence", "holds"), [
    ("The network has 22 layers.", True), ("It runs at 45 fps.", True), ("Five layers follow.", True),
    ("See Table 4 and Figure 2.", False), ("As shown before [12].", False), ("It was proposed in 2015.", False),
])  # fmt: skip
def test_numbers_of_tables_citations_and_years_answer_no_how_many(sentence: str, holds: bool) -> None:
    assert has_number(sentence) is holds


def test_a_number_beside_the_thing_counted_counts_most() -> None:
    near, far = (
        "We employ h = 8 parallel attention layers, or heads.",
        "The heads are trained for 12 hours on many images.",
    )
    assert counts(near, words_in(near), stem("heads")) > counts(far, words_in(far), stem("heads")) > 0


def test_reasons_and_claims_are_known_by_their_words() -> None:
    assert STRONG_REASON.search("It is slow because every layer waits.")
    assert STRONG_REASON.search("We scale the sums to counteract this effect.")
    assert FINDING.search("The small differences indicate that gates are not essential.")
    assert not FINDING.search("We insert gates between all layers of the network.")
    assert CLAIM.search("In this paper we present a gate.")
    assert not CLAIM.search("The gate has two parameters.")


@pytest.mark.parametrize(("one", "other"), [
    ("normalization", "normalize"), ("layers", "layer"), ("training", "trained"), ("convolutional", "convolution"),
    ("batches", "batch"), ("similarity", "similarities"),
])  # fmt: skip
def test_forms_of_a_word_meet(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(("word", "text", "there"), [
    ("sqrt", "the square root of the width", True), ("sqrt", "the square of it", False),
    ("conv", "a 3×3 convolution", True), ("1x1", "with 1×1 kernels", True), ("γ", "scale γ and shift", True),
    ("gamma", "scale γ and shift", True), ("r-cnn", "Mask R-CNN runs", True), ("self-play", "self play", True),
    ("network-in-network", "a network within the network", False), ("cat", "category", False),
])  # fmt: skip
def test_a_word_is_found_as_papers_print_it(word: str, text: str, there: bool) -> None:
    assert is_there(word, stems_of(text)) is there


def test_rare_words_weigh_more() -> None:
    rarity = Rarity({"network": 90, "drift": 3}, 100)
    assert share_covered(["network", "drift"], stems_of("drift"), rarity) > 0.7
    assert rarity.knows("networks")
    assert not rarity.knows("banana")


def test_a_single_letter_keeps_its_case() -> None:
    assert places_of("k", words_in("K layers with k maps")) == [(14, 15)]


def test_a_question_of_function_words_keeps_its_letters() -> None:
    assert content_words("what is a") == ("a",)
