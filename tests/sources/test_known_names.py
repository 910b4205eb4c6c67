"""The names the field uses for its famous papers."""

from __future__ import annotations

from collections import Counter

import pytest

from rag.domain.paper import name_form
from rag.sources.known_names import _table, known_names, known_papers, paper_aliases


@pytest.mark.parametrize(
    ("arxiv_id", "title", "typed"),
    [
        ("1512.03385", "", "ResNet"),
        ("1502.03167", "", "BN"),
        ("1502.03167", "", "batch norm"),
        ("2010.11929", "", "ViT"),
        ("2103.14030", "", "swin"),
        (None, "Wasserstein Generative Adversarial Networks", "WGAN"),
        (None, "ImageNet Classification with Deep Convolutional Neural Networks", "AlexNet"),
        (None, "You Only Look Once: Unified, Real-Time Object Detection", "yolo v1"),
        ("1509.06461", "", "DDQN"),
        ("1312.5602", "", "dqn"),
    ],
)
def test_famous_papers_have_the_names_people_type(arxiv_id: str | None, title: str, typed: str) -> None:
    assert name_form(typed) in {name_form(name) for name in paper_aliases(title, arxiv_id=arxiv_id)}


def test_other_papers_have_no_known_names() -> None:
    assert known_names("2999.00001", "Nothing of note") == ()
    assert known_names(None, "") == ()


def test_a_name_leads_to_the_paper_that_could_be_added() -> None:
    assert known_papers("YOLACT") == (("1904.02689", "YOLACT: Real-time Instance Segmentation"),)
    assert known_papers("no such name") == ()


def test_no_two_famous_papers_share_a_name_or_an_id() -> None:
    names = Counter(form for row in _table() for form in {name_form(name) for name in row.names})
    ids = Counter(row.arxiv_id for row in _table() if row.arxiv_id)
    assert not [key for key, count in (*names.items(), *ids.items()) if count > 1]
