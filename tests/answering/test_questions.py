"""What the group's own kinds of questions ask for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.questions import Asks, understand, unit_of


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("what is internal covariate shift", "internal covariate shift"),
        ("What is an auxiliary classifier?", "auxiliary classifier"),
        ("what does bag of freebies mean", "bag of freebies"),
        ("What is computional budget mean", "computional budget"),
        ("define the receptive field in this paper", "receptive field"),
        ("RPN", "RPN"),
        ("RPN?", "RPN"),
        ("k", "k"),
        ("Adam is", "Adam"),
        ("1x1 convolution layer", "1x1 convolution layer"),
        ("whats whitening", "whitening"),
        ("How is the Earth-Mover distance defined?", "Earth-Mover distance"),
        ("detectgpt what is perturbation discrepancy", "perturbation discrepancy"),
        ("resnet paper what is identity mapping", "identity mapping"),
    ],
)
def test_a_term_is_asked_for_its_definition(question: str, subject: str) -> None:
    asked = understand(question)
    assert (asked.kind, asked.subject) == (Asks.DEFINITION, subject)


@pytest.mark.parametrize(
    "question",
    [
        "what is equation 1",
        "Explaining Figure 2 Residual learning",
        "Table 4",
        "fig. 3b please",
        "Theorem 1",
        "Explain equation 2 comparing to 1",
        "why nested loop in equation (1)",
    ],
)
def test_a_numbered_item_is_asked_for_itself(question: str) -> None:
    assert understand(question).kind is Asks.ITEM


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("what is this paper try to convey ?", Asks.PURPOSE),
        ("What is the main contribution of the paper?", Asks.PURPOSE),
        ("what does the vit paper propose", Asks.PURPOSE),
        ("Why Residual block have same dimension", Asks.WHY),
        ("masked attention why", Asks.WHY),
        ("how many layer in GoogLeNet ?", Asks.NUMBER),
        ("How fast as it inference time", Asks.NUMBER),
        ("which datasets were used for training BERT?", Asks.LIST),
        ("is there code for resnet", Asks.CODE),
        ("BERT github", Asks.CODE),
        ("where can I find the official implementation of ViT", Asks.CODE),
        ("does batch norm need dropout", Asks.YES_NO),
        ("how ViT handle images of high resolution", Asks.HOW),
        ("GoogLeNet vs AlexNet", Asks.COMPARISON),
        ("DenseNet comparing with ResNet", Asks.COMPARISON),
        ("ROIAlign is better than ROIPool", Asks.COMPARISON),
        ("distilbert how small/fast than bert", Asks.COMPARISON),
        ("GAT is inductive or transductive?", Asks.YES_NO),
        ("what is fisher information used for", Asks.WHY),
        ("what is the role of momentum", Asks.WHY),
        ("what datasets are used for training", Asks.LIST),
    ],
)
def test_the_kind_is_read_from_broken_english(question: str, kind: Asks) -> None:
    assert understand(question).kind is kind


@pytest.mark.parametrize(
    "question", ["what is code switching", "how does Codex write programs", "what is an error correcting code"]
)
def test_not_everything_with_the_word_code_asks_for_links(question: str) -> None:
    assert understand(question).kind is not Asks.CODE


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("GoogLeNet vs AlexNet", ("GoogLeNet", "AlexNet")),
        ("What the difference FC and Convolution", ("FC", "Convolution")),
        ("difference between SGD and Adam", ("SGD", "Adam")),
        ("How does DDQN differ from DQN?", ("DDQN", "DQN")),
        ("compare YOLO with Fast R-CNN", ("YOLO", "Fast R-CNN")),
    ],
)
def test_a_comparison_has_two_sides(question: str, sides: tuple[str, str]) -> None:
    assert understand(question).sides == sides


def test_words_that_only_ask_name_nothing() -> None:
    assert understand("please explain what is the meaning of the term momentum").words == ("momentum",)
    assert understand("what is k").words == ("k",)


@given(st.text(max_size=300))
def test_any_text_is_understood_as_something(question: str) -> None:
    assert understand(question).kind in Asks


@pytest.mark.parametrize(
    ("question", "kind", "sought"),
    [
        ("which optimizer is used to train it", Asks.WHICH, "optimizer"),
        ("what activation function does it use?", Asks.WHICH, "activation function"),
        ("how many attention heads does it have", Asks.NUMBER, "attention heads"),
        ("how many percent of tokens is masked", Asks.NUMBER, "tokens"),
        ("what is growth rate k in this net", Asks.DEFINITION, ""),
        ("yolov4 which backbone and neck", Asks.WHICH, "backbone and neck"),
        ("how much smaller is the small one than the big one", Asks.NUMBER, "smaller"),
    ],
)
def test_what_is_counted_or_chosen_is_known(question: str, kind: Asks, sought: str) -> None:
    asked = understand(question)
    assert (asked.kind, asked.sought) == (kind, sought)


def test_an_amount_is_asked_for_in_a_unit() -> None:
    assert unit_of("how long does it train") == "time"
    assert unit_of("how many percent is masked") == "share"
    assert unit_of("how many heads") == ""
