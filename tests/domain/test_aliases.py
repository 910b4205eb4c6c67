"""A paper gets the names it gives itself and the field gives it, and no others."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.domain.aliases import derive_aliases, initials, title_head
from rag.domain.paper import name_form


@pytest.mark.parametrize(
    ("title", "abstract", "file_name", "expected"),
    [
        ("YOLOv4: Optimal Speed and Accuracy of Object Detection", "", "", {"yolov4"}),
        ("Swin Transformer: Hierarchical Vision Transformer using Shifted Windows", "", "", {"swin transformer"}),
        ("Mask R-CNN", "", "1703.06870-maskrcnn-cvf.pdf", {"mask r-cnn"}),
        (
            "Graph Attention Networks",
            "We use graph attention networks (GATs).",
            "",
            {"graph attention networks", "gat"},
        ),
        ("Going Deep into Many More Layers", "One incarnation is called GoogLeNet, which is deep.", "", {"googlenet"}),
        (
            "Wasserstein Things and Adversarial Networks in Depth",
            "We introduce a method named WGAN, at last.",
            "",
            {"wgan"},
        ),
        ("Looking Only a Single Time for Objects", "We present YOLO, a new approach.", "", {"yolo"}),
        (
            "Deep Recurrent Q-Learning for Partially Observable MDPs",
            "We add recurrency to a Deep Q-Network (DQN). The resulting Deep Recurrent Q-Network (DRQN) does well.",
            "",
            {"drqn"},
        ),
        (
            "Temporal Fusion Transformers for Interpretable Multi-horizon Time Series Forecasting",
            "In this paper, we introduce the Temporal Fusion Transformer (TFT) for long short-term memories (LSTMs).",
            "",
            {"tft"},
        ),
        (
            "Wide and Dense Connections in Many Layers",
            "We introduce the Dense Convolutional Network (DenseNet), which connects each layer.",
            "",
            {"densenet"},
        ),
        ("Deep Residual Learning for Image Recognition", "", "1512.03385-resnet.pdf", {"resnet"}),
        ("A Study of Many Things in the World", "", "nips2012-alexnet.pdf", {"alexnet"}),
        ("A Study of Many Things in the World", "", "1701.07875v3_wgan-icml2017.PDF", {"wgan"}),
        ("Wasserstein Generative Adversarial Networks", "With WGAN, unlike GAN, we see.", "", {"wgan"}),
    ],
)
def test_a_paper_is_called_what_it_calls_itself(title: str, abstract: str, file_name: str, expected: set[str]) -> None:
    assert set(derive_aliases(title, abstract, None, file_name)) == expected


@pytest.mark.parametrize(
    ("title", "abstract", "file_name"),
    [
        ("Attention Is All You Need", "", "paper.pdf"),
        (
            "A Study of Many Things in the World",
            "BERT and BERT again; we use a convolutional neural network (CNN).",
            "",
        ),
        ("A Study of Many Things in the World", "We build on generative adversarial networks (GANs) here.", ""),
        ("A Study of Many Things in the World", "We propose Attention, as such.", "main.pdf"),
        ("A Study of Many Things in the World", "", "1512.03385v1.pdf"),
        ("A Study of Many Things in the World", "", "d41d8cd98f00b204.pdf"),
        ("A Study of Many Things in the World", "", "../../etc/a-very-long-file-name-of-many-words.pdf"),
        ("Deep Learning", "", "Deep_Learning.pdf"),
        ("", "", ""),
    ],
)
def test_mentions_and_common_words_are_no_names(title: str, abstract: str, file_name: str) -> None:
    assert not set(derive_aliases(title, abstract, None, file_name)) - {"attention is all you need"}


def test_the_head_of_a_title_ends_at_its_colon_and_not_at_a_hyphen() -> None:
    assert title_head("Adam: A Method") == "Adam"
    assert title_head("Mask R-CNN") == "Mask R-CNN"
    assert title_head("YOLO - fast") == "YOLO"


def test_initials_skip_small_words() -> None:
    assert initials("Deep Recurrent Q-Learning for Partially Observable MDPs") == "drqlpom"


@given(st.text(max_size=80), st.text(max_size=300), st.text(max_size=40))
@example("", "", "가")  # one sign, but several letters in its form
def test_any_text_gives_usable_names_or_none(title: str, abstract: str, file_name: str) -> None:
    names = derive_aliases(title, abstract, None, file_name)
    assert len({name_form(name) for name in names}) == len(names)
    assert all(2 <= len(name) <= 40 and "\n" not in name for name in names)
