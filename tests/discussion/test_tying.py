"""A heading is tied to the paper it names; where names only resemble each other, people are asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rag.discussion.notes_in import decode_notes, parse_notes
from rag.discussion.tying import Tied, Undecided, Untied, tie
from rag.domain.note import Discussion
from rag.domain.paper import Paper, SourceKind
from rag.errors import Unreachable
from rag.sources.known_names import paper_aliases

STUDY = {
    "alexnet": (None, "ImageNet Classification with Deep Convolutional Neural Networks"),
    "googlenet": ("1409.4842", "Going Deeper with Convolutions"),
    "resnet": ("1512.03385", "Deep Residual Learning for Image Recognition"),
    "batchnorm": ("1502.03167", "Batch Normalization: Accelerating Deep Network Training by Reducing Covariate Shift"),
    "adam": ("1412.6980", "Adam: A Method for Stochastic Optimization"),
    "densenet": ("1608.06993", "Densely Connected Convolutional Networks"),
    "yolov1": (None, "You Only Look Once: Unified, Real-Time Object Detection"),
    "yolov4": ("2004.10934", "YOLOv4: Optimal Speed and Accuracy of Object Detection"),
    "maskrcnn": (None, "Mask R-CNN"),
    "gan": ("1406.2661", "Generative Adversarial Nets"),
    "cgan": ("1411.1784", "Conditional Generative Adversarial Nets"),
    "wgan": (None, "Wasserstein Generative Adversarial Networks"),
    "transformer": ("1706.03762", "Attention Is All You Need"),
    "bert": ("1810.04805", "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding"),
    "tft": ("1912.09363", "Temporal Fusion Transformers for Interpretable Multi-horizon Time Series Forecasting"),
    "gat": ("1710.10903", "Graph Attention Networks"),
    "vit": ("2010.11929", "An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale"),
    "swin": ("2103.14030", "Swin Transformer: Hierarchical Vision Transformer using Shifted Windows"),
    "dqn": ("1312.5602", "Playing Atari with Deep Reinforcement Learning"),
    "drqn": ("1507.06527", "Deep Recurrent Q-Learning for Partially Observable MDPs"),
    "ddqn": ("1509.06461", "Deep Reinforcement Learning with Double Q-learning"),
}
SEED = Path(__file__).parents[2].parent / "shared" / "seeds" / "001_df484a9212ffd2af.txt"


@dataclass(frozen=True)
class Record:
    base_id: str
    title: str


def paper(key: str, title: str, arxiv_id: str | None = None, **more: object) -> Paper:
    facts: dict[str, object] = {
        "paper_id": arxiv_id or f"sha256:{key}",
        "source": SourceKind.PDF,
        "sha256": key,
        "added_at": datetime(2026, 1, 1, tzinfo=UTC),
        "aliases": paper_aliases(title, arxiv_id=arxiv_id),
    }
    return Paper(key=key, title=title, arxiv_id=arxiv_id, **(facts | more))  # type: ignore[arg-type]


def library(*without: str) -> list[Paper]:
    return [paper(key, title, arxiv_id) for key, (arxiv_id, title) in STUDY.items() if key not in without]


def named(title: str) -> Discussion:
    return Discussion(1, "1", title, None, ())


def test_the_groups_headings_are_tied_to_their_papers_and_the_three_missing_ones_are_not() -> None:
    if not SEED.exists():
        pytest.skip("the group's notes are not on this machine")
    ties = {d.title: tie(d, library()) for d in parse_notes(decode_notes(SEED.read_bytes())).discussions}
    tied = [t.paper_key for t in ties.values() if isinstance(t, Tied)]
    assert tied == list(STUDY)
    assert [title for title, t in ties.items() if not isinstance(t, Tied)] == ["YOLOR", "YOLACT", "controlGAN"]


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("AlexNet", "alexnet"),
        ("Mask RCNN", "maskrcnn"),
        ("mask-rcnn", "maskrcnn"),
        ("yolo v4", "yolov4"),
        ("Swin", "swin"),
        ("ResNet 2015", "resnet"),
        ("ResNet (He et al.)", "resnet"),
        ("Residual networks (ResNet)", "resnet"),
        ("the GANs paper", "gan"),
        ("Batch Normalisation", "batchnorm"),
        ("Batch Normlization", "batchnorm"),
        ("Swin Tranformer", "swin"),
        ("Double DQN", "ddqn"),
        ("An Image is Worth 16x16 Words", "vit"),
        ("Densely Connected Convolutional Networks", "densenet"),
        ("Temporal Fusion Transformers", "tft"),
    ],
)
def test_a_name_in_many_hands_is_tied(heading: str, key: str) -> None:
    tied = tie(named(heading), library())
    assert isinstance(tied, Tied)
    assert tied.paper_key == key


@pytest.mark.parametrize(
    ("heading", "missing"),
    [
        ("DDQN", "ddqn"),
        ("DRQN", "drqn"),
        ("DQN", "dqn"),
        ("YOLOv4", "yolov4"),
        ("YOLOv1", "yolov1"),
        ("GAN", "gan"),
        ("cGAN", "cgan"),
        ("WGAN", "wgan"),
        ("GAT", "gat"),
        ("ViT", "vit"),
    ],
)
def test_a_missing_paper_is_never_replaced_by_one_of_a_similar_name(heading: str, missing: str) -> None:
    assert isinstance(tie(named(heading), library(missing)), Untied)


@pytest.mark.parametrize(
    "heading", ["controlGAN", "YOLOv5", "YOLOR", "ResNeXt", "DistilBERT", "Faster R-CNN", "", "42"]
)
def test_neighbours_in_name_stay_untied(heading: str) -> None:
    assert isinstance(tie(named(heading), library()), Untied)


def test_famous_papers_that_are_missing_are_suggested_without_a_network() -> None:
    assert tie(named("controlGAN"), library()) == Untied(
        (("1708.00598", "Controllable Generative Adversarial Network"),)
    )


def test_a_slip_in_a_coined_name_is_asked_about() -> None:
    assert tie(named("Transfomer"), library()) == Undecided((("1706.03762", "Attention Is All You Need"),))


def test_common_words_and_initials_are_asked_about() -> None:
    assert isinstance(tie(named("Deep Reinforcement Learning"), library()), Undecided)
    other = paper("x", "Zebra Quantised Models", aliases=())
    assert tie(named("ZQM"), [other]) == Undecided((("sha256:x", "Zebra Quantised Models"),))


def test_two_papers_of_one_name_are_asked_about() -> None:
    papers = [paper("a", "One", aliases=("foonet",)), paper("b", "Two", aliases=("FooNet",))]
    assert tie(named("FooNet"), papers) == Undecided((("sha256:a", "One"), ("sha256:b", "Two")))


def test_of_two_copies_the_readable_one_is_meant() -> None:
    damaged = paper("a", "Adam: A Method", "1412.6980", unread_pages=(3,))
    healthy = paper("b", "Adam: A Method", "1412.6980", paper_id="sha256:b")
    for papers in ([damaged, healthy], [healthy, damaged]):
        assert tie(named("Adam"), papers) == Tied("b", "sha256:b")


def test_of_the_search_only_a_close_title_counts() -> None:
    asked: list[str] = []

    def search(title: str) -> Sequence[Record]:
        asked.append(title)
        return [
            Record("2401.00001", "FooNet: Bars for Everyone"),
            Record("2401.00002", "A Survey of FooNet"),
            Record("2401.00003", "BarNet: Foos"),
        ]

    assert tie(named("FooNet - 2024"), library(), search) == Untied((("2401.00001", "FooNet: Bars for Everyone"),))
    assert asked == ["FooNet"]
    tied = tie(named("FooNet"), [*library(), paper("foo", "Printed otherwise", "2401.00001")], search)
    assert tied == Tied("foo", "2401.00001")


def test_a_search_that_fails_leaves_the_discussion_untied() -> None:
    def search(title: str) -> Sequence[Record]:
        raise Unreachable("arXiv", "timed out")

    assert tie(named("FooNet"), library(), search) == Untied()


def test_the_order_of_the_library_does_not_matter() -> None:
    for heading in ("GAN", "Deep Reinforcement Learning", "Transfomer", "Batch Normalisation"):
        assert tie(named(heading), library()) == tie(named(heading), library()[::-1])
