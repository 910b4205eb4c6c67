"""The ranges of attention, measured anew on a few texts."""

from __future__ import annotations

import pytest

from rag.index import ranges
from rag.index.ranges import RANGES, measured
from rag.index.skeleton import LAYERS
from tests.index.test_minilm import pytestmark as needs_weights
from tests.index.test_minilm import sentences


def test_every_layer_has_a_range_in_which_zero_lies() -> None:
    assert set(RANGES) == {"attention.self", "attention.output.dense"}
    for of_layers in RANGES.values():
        assert len(of_layers) == LAYERS
        assert all(0 < each.zero < 255 and each.step > 0 for each in of_layers)


@needs_weights
def test_other_texts_have_about_the_ranges_that_stand_in_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """The committed ones are of the shared papers; these few sentences fill them by more than half."""
    pytest.importorskip("onnx", reason="a development dependency")
    monkeypatch.setattr(ranges, "SAMPLED", 40_000)
    monkeypatch.setattr(ranges, "SHORTEST", 8)
    found = measured([*sentences(40), "too short"])
    assert set(found) == set(RANGES)
    for name, of_layers in found.items():
        assert len(of_layers) == LAYERS
        for here, there in zip(of_layers, RANGES[name], strict=True):
            assert 0.6 < here.step / there.step < 1.6
            assert abs(here.zero - there.zero) < 60
