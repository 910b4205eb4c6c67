"""What a follow-up says when it is read with the questions before it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.followup import REMEMBERED, Turn, in_context, names_nothing
from rag.answering.questions import understand
from rag.answering.subjects import MAX_WORDS, subject_of
from rag.retrieval.words import word_set

NAMES = re.compile(r"\b(?:resnet|densenet|adam|loosenet|vit|dqn|ddqn|transformer)\b", re.IGNORECASE)


def turn(question: str, *, answered: bool = True) -> Turn:
    return Turn(question, tuple(NAMES.findall(question)), answered)


def read(*questions: str) -> str:
    *before, last = (turn(question) for question in questions)
    return in_context(last, before)


@pytest.mark.parametrize(
    ("before", "question", "meant"),
    [
        ("what is dropout", "why does it help?", "why does dropout help"),
        ("what is internal covariate shift", "How is it reduced?", "How is internal covariate shift reduced"),
        ("what is mode collapse", "how can we avoid that", "how can we avoid mode collapse"),
        ("what is mode collapse", "does ResNet have this problem?", "does ResNet have mode collapse"),
        ("what is dropout", "how is this method evaluated", "how is dropout evaluated"),
        ("what is batch normalization", "and its drawbacks?", "batch normalization's drawbacks"),
        ("what are residual blocks", "why are they used?", "why are residual blocks used"),
        ("how many layers does resnet have", "why does it work?", "why does resnet work"),
        ("what is the growth rate in densenet", "why is it small?", "why is growth rate small"),
        ("what is the role of the target network", "how often is it updated?", "how often is target network updated"),
        ("what optimizer is used in the transformer", "what BLEU does it get?", "what BLEU does transformer get"),
        ("What problem do deep networks have", "is it solved?", "is deep networks solved"),
        ("what is dropout", "on ImageNet, how does it perform?", "on ImageNet, how does dropout perform"),
        ("what is dropout", "If the batch is small, does it help?", "If the batch is small, does dropout help"),
    ],
)
def test_a_pronoun_stands_for_what_was_asked_about(before: str, question: str, meant: str) -> None:
    assert read(before, question) == meant


@pytest.mark.parametrize(
    ("before", "question", "meant"),
    [
        ("DDQN vs DQN", "which one is faster?", "which of DDQN and DQN is faster"),
        ("DDQN vs DQN", "why is the former better?", "why is DDQN better than DQN"),
        ("DDQN vs DQN", "how is the latter trained?", "how is DQN trained"),
        ("difference between SGD and Adam", "do both converge?", "do SGD and Adam converge"),
        ("what is attention", "vs convolution?", "attention vs convolution"),
        ("what is attention", "compared to convolution?", "attention compared to convolution"),
        (
            "what is batch normalization",
            "how does that compare with layer norm?",
            "how does batch normalization compare with layer norm",
        ),
        (
            "what is attention",
            "what is the difference to convolution?",
            "what is the difference between attention and convolution",
        ),
    ],
)
def test_a_comparison_gets_its_other_side(before: str, question: str, meant: str) -> None:
    assert read(before, question) == meant


@pytest.mark.parametrize(
    ("before", "question", "meant"),
    [
        ("what accuracy does it get on CIFAR-10?", "and on ImageNet?", "what accuracy does it get on ImageNet"),
        ("what accuracy does it get on CIFAR-10?", "on ImageNet?", "what accuracy does it get on ImageNet"),
        ("which optimizer is used", "and for ImageNet?", "which optimizer is used for ImageNet"),
        ("what batch size is used", "and the learning rate?", "what learning rate is used"),
        ("what is whitening", "and dropout?", "what is dropout"),
        ("what is the discriminator", "and the generator?", "what is the generator"),
        ("how does the discriminator work", "and the generator?", "how does the generator work"),
        ("what is dropout", "what about the learning rate", "what about the learning rate with dropout"),
        (
            "why does batch norm help training",
            "what about small batches",
            "why does batch norm help training with small batches",
        ),
        (
            "why is bias correction needed",
            "what about the learning rate",
            "what about the learning rate with bias correction",
        ),
        ("what error is reached on ImageNet", "what about CIFAR-10?", "what error is reached on CIFAR-10"),
        ("how many heads are there", "and the dropout rate?", "what dropout rate are there"),
        ("how many layers does resnet have", "and densenet?", "how many layers does densenet have"),
        ("what is the growth rate in densenet", "and in resnet?", "what is the growth rate in resnet"),
        ("what is a bottleneck layer", "in resnet?", "what is a bottleneck layer in resnet"),
    ],
)
def test_a_question_of_few_words_exchanges_a_part_of_the_one_before(before: str, question: str, meant: str) -> None:
    assert read(before, question) == meant


@pytest.mark.parametrize(
    ("before", "question", "meant"),
    [
        ("what is dropout", "what are the advantages?", "what are the advantages of dropout"),
        ("what is dropout", "give an example", "give an example of dropout"),
        ("what is the growth rate", "what value is used?", "what value is used for growth rate"),
        ("does batch norm need dropout", "why?", "why does batch norm need dropout"),
        ("does batch norm need dropout", "why is that?", "why does batch norm need dropout"),
        ("where is batch norm placed in resnet", "why there?", "why is batch norm placed in resnet"),
        ("what is dropout", "why?", "why dropout"),
        ("what is dropout", "how does that work", "how does dropout work"),
    ],
)
def test_what_is_left_unsaid_is_added(before: str, question: str, meant: str) -> None:
    assert read(before, question) == meant


@pytest.mark.parametrize(
    "question",
    [
        "which page?",
        "What page is that on?",
        "where does it say that?",
        "source?",
        "tell me more",
        "explain in more detail",
        "in simple words",
        "can you explain it",
        "can you explain simpler",
        "explain it in a simpler way please",
        "make it shorter",
        "explain like i'm five",
        "are you sure?",
        "?",
        "and?",
    ],
)
def test_asking_where_or_once_more_asks_the_same_again(question: str) -> None:
    assert read("what is internal covariate shift", question) == "what is internal covariate shift"


@pytest.mark.parametrize(
    "question",
    [
        "table 2",
        "explain figure 3",
        "what does section 3.2 say",
        "is there code?",
        "what is this paper about",
        "what is the growth rate of densenet?",
        "and how many parameters does resnet have",
        "how does dropout change the learning rate",
        "is it possible to use Adam",
        "what is dropout and why does it help",
        "does the paper say that dropout is needed?",
        "the layer that reads the pixels",
        "which optimizer do they use?",
        "why did the authors choose 0.5?",
        "how many boxes per cell?",
        "resnet",
        "learning rate",
        "does Adam use its own momentum",
        "thanks!",
        "batch normalization 是什么",
        "它为什么有用？",
    ],
)
def test_a_question_with_a_subject_of_its_own_borrows_nothing(question: str) -> None:
    assert read("what is batch normalization", question) == question


def test_the_name_of_a_paper_alone_answers_which_paper_was_meant() -> None:
    asked = turn("what is the loss function", answered=False)
    assert in_context(turn("resnet"), [asked]) == "what is the loss function in resnet"


def test_a_thread_keeps_its_subject_over_several_questions() -> None:
    thread = ("what is the degradation problem", "how do they solve it?", "is it caused by overfitting?")
    assert read(*thread) == "is degradation problem caused by overfitting"
    assert read(*thread, "which page?") == "is degradation problem caused by overfitting"
    thread = ("what is a shifted window", "what is the advantage?", "why is it fast?")
    assert read(*thread) == "why is shifted window fast"


def test_a_table_looked_at_is_not_what_a_thread_is_about() -> None:
    thread = ("what is dropout", "table 2")
    assert read(*thread, "what about the learning rate") == "what about the learning rate with dropout"
    assert read(*thread, "what does it show?") == "what does Table 2 show"


@pytest.mark.parametrize("vague", ["can you explain simpler for me", "is it better", "does it converge", "slower?"])
def test_no_adjective_or_verb_is_what_a_thread_is_about(vague: str) -> None:
    assert subject_of(understand(vague)) == ""
    assert read("what is dropout", vague, "what is its limitation?") == "what is dropout's limitation"


def test_a_new_subject_takes_the_place_of_the_old() -> None:
    assert read("what is dropout", "what is mode collapse", "why does it happen?") == "why does mode collapse happen"


def test_the_first_question_and_one_after_nothing_are_as_typed() -> None:
    assert in_context(turn("why does it help?"), ()) == "why does it help?"
    assert read("", "why does it help?") == "why does it help?"
    assert read("what is this paper about", "why does it help?") == "why does it help?"


def test_only_the_last_questions_are_looked_back_at() -> None:
    same = ["which page?"] * REMEMBERED
    assert read("what is dropout", *same, "why does it help?") != "why does dropout help"


def test_what_grows_too_long_is_asked_as_typed() -> None:
    assert read("does it help " + "very " * 380 + "much", "in " + "small " * 30 + "nets").startswith("in small")


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("why does batch norm help training", "batch norm"),
        ("how are residual blocks trained", "residual blocks"),
        ("how are masked language models trained", "masked language models"),
        ("how many percent of tokens are masked", "tokens"),
        ("what problem do deep networks have", "deep networks"),
        ("why is the cost function convex", "cost function convex"),
        ("what is the top-5 error of resnet", "top-5 error"),
        ("how many layers does resnet have", "resnet"),
        ("what is equation 1", "Equation 1"),
        ("what is this paper about", ""),
    ],
)
def test_the_subject_of_a_question(question: str, subject: str) -> None:
    assert subject_of(understand(question), turn(question).names) == subject


def test_a_question_may_name_nothing_to_look_for() -> None:
    assert names_nothing("why does it work?")
    assert not names_nothing("does it work on ImageNet?")


@given(st.lists(st.text(max_size=120), min_size=1, max_size=4))
def test_any_thread_gives_a_question(questions: list[str]) -> None:
    assert isinstance(read(*questions), str)
    assert len(subject_of(understand(questions[0])).split()) <= MAX_WORDS


WORDS = sorted(
    word_set("what is it why does that help and on the about resnet dropout page more which one they ? , compare with")
)


@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join), min_size=2, max_size=4))
def test_borrowing_never_grows_out_of_hand(questions: list[str]) -> None:
    assert len(read(*questions)) <= sum(map(len, questions)) + 60
