from __future__ import annotations

from rag.reading.stamp import find_stamp, is_stamp


def test_a_stamp_gives_id_and_version() -> None:
    assert find_stamp(["A title", "arXiv:1502.03167v3  [cs.LG]  2 Mar 2015"]) == "1502.03167v3"


def test_a_stamp_from_before_2007_is_read() -> None:
    assert find_stamp(["arXiv:hep-th/9901001v2 1 Jan 1999"]) == "hep-th/9901001v2"
    assert find_stamp(["arXiv:math.GT/0309136v1 8 Sep 2003"]) == "math.GT/0309136v1"


def test_a_cited_id_is_no_stamp() -> None:
    assert find_stamp(["see arXiv:1502.03167v3 [cs.LG] for more", "arXiv preprint arXiv:1412.6980, 2014."]) is None
    assert find_stamp(["arXiv:1412.6980, 2014."]) is None


def test_a_line_that_is_only_a_stamp_is_told_from_text() -> None:
    assert is_stamp("arXiv:1706.03762v7 [cs.CL] 2 Aug 2023")
    assert not is_stamp("We use arXiv:1706.03762v7 [cs.CL]")
