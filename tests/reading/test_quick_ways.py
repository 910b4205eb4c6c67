"""The quick ways of reading find what the plain ones do: each is held against the slow, obvious way."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

import pymupdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading import mending
from rag.reading.drawings import clustered
from rag.reading.layout import _gutter
from rag.reading.mending import joined, plain
from rag.reading.printed import Fragment, Rect, Sheet, Span, main_size
from rag.reading.strokes import addresses_of, strokes_of

numbers = st.floats(0, 600, width=16)
rects = st.tuples(numbers, numbers, numbers, numbers).map(
    lambda r: Rect(min(r[0], r[2]), min(r[1], r[3]), max(r[0], r[2]), max(r[1], r[3]))
)


@pytest.fixture(params=[0, 90, 180, 270])
def page(request: pytest.FixtureRequest) -> Iterator[pymupdf.Page]:
    document = pymupdf.open()
    page = document.new_page(width=500, height=700)
    page.insert_text((60, 60), "Words are no strokes.")
    page.draw_line((50, 100), (300, 100), width=2)
    page.draw_rect(pymupdf.Rect(60, 150, 200, 260), fill=(0, 0.4, 0.8))
    page.draw_bezier((100, 300), (150, 350), (200, 250), (260, 300))
    grey = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 8, 8), 0)
    grey.clear_with(90)
    page.insert_image(pymupdf.Rect(300, 400, 420, 480), pixmap=grey)
    page.set_rotation(request.param)
    document = pymupdf.open(stream=document.tobytes(), filetype="pdf")
    yield document[0]
    document.close()


def test_strokes_are_those_that_pymupdf_lists_less_its_text(page: pymupdf.Page) -> None:
    logged = [(kind, pymupdf.Rect(box) * page.rotation_matrix) for kind, box in page.get_bboxlog()]
    expected = [(kind, Rect(*box)) for kind, box in logged if not kind.endswith("text")]
    before = page.rotation
    assert [kind for kind, _ in expected] == ["stroke-path", "fill-path", "stroke-path", "stroke-path", "fill-image"]
    found = strokes_of(pymupdf, page)
    assert [(kind, _rounded(rect)) for kind, rect in found] == [(kind, _rounded(rect)) for kind, rect in expected]
    assert page.rotation == before


def test_addresses_are_those_of_the_links_to_the_web_in_order() -> None:
    document = pymupdf.open()
    for _ in range(2):
        document.new_page()
    links: tuple[dict[str, object], ...] = (
        {"kind": pymupdf.LINK_URI, "uri": "https://github.com/a/b?c=d#e"},
        {"kind": pymupdf.LINK_GOTO, "page": 1, "to": pymupdf.Point(10, 10)},
        {"kind": pymupdf.LINK_URI, "uri": "mailto:somebody@example.org"},
        {"kind": pymupdf.LINK_URI, "uri": "HTTP://example.org/%20x"},
        {"kind": pymupdf.LINK_LAUNCH, "file": "other.pdf"},
    )
    for at, link in enumerate(links):
        document[0].insert_link({"from": pymupdf.Rect(50, 50 + 20 * at, 150, 65 + 20 * at), **link})
    document = pymupdf.open(stream=document.tobytes(), filetype="pdf")
    page = document[0]
    listed = [str(link["uri"]) for link in page.get_links() if link.get("uri")]
    assert addresses_of(pymupdf, page) == tuple(
        uri for uri in listed if uri.lower().startswith(("http://", "https://"))
    )
    assert addresses_of(pymupdf, page) == ("https://github.com/a/b?c=d#e", "HTTP://example.org/%20x")


@given(st.lists(st.tuples(st.sampled_from((5.0, 7.02, 9.96, 9.98, 12.0)), st.sampled_from(("", " ", "ab", "x" * 9)))))
def test_the_size_of_most_characters_is_that_of_a_plain_count(printed: list[tuple[float, str]]) -> None:
    spans = tuple(Span(text, "Times", size, False, False, False, Rect(0, 0, 1, 1)) for size, text in printed)
    counted: Counter[float] = Counter()
    for size, text in printed:
        counted[round(size, 1)] += len(text.strip())
    most = counted.most_common(1)[0][0] if counted else 0.0
    larger = (size for size, count in counted.items() if size > most and 3 * count > counted.total())
    assert main_size(spans) == max(larger, default=most)


@given(rects, rects)
def test_joined_rectangles_are_the_smallest_around_both(one: Rect, other: Rect) -> None:
    corners = min(one.x0, other.x0), min(one.y0, other.y0), max(one.x1, other.x1), max(one.y1, other.y1)
    assert one.joined(other) == Rect(*corners)


@given(st.lists(rects, max_size=24))
def test_the_gap_between_columns_is_where_the_fewest_long_lines_cross(lines: list[Rect]) -> None:
    fragments = [Fragment((), "long enough a text", rect, 10.0) for rect in lines]
    long = [r for r in lines if r.width > 0.22 * 600]
    clear: dict[int, list[float]] = {}
    for step in range(81):
        x = 600 * (0.4 + 0.0025 * step)
        if sum(r.x1 <= x for r in long) >= 4 and sum(r.x0 >= x for r in long) >= 4:
            clear.setdefault(sum(r.x0 < x < r.x1 for r in long), []).append(x)
    places = clear[min(clear)] if clear else []
    middle = (places[(len(places) - 1) // 2] + places[len(places) // 2]) / 2 if places else None
    found = _gutter(fragments, Sheet(1, 600.0, 800.0))
    assert found == middle or (found is not None and middle is not None and math.isclose(found, middle))


@given(st.lists(rects, max_size=12))
def test_pictures_hold_all_strokes_that_lie_together(strokes: list[Rect]) -> None:
    small = [rect for rect in strokes if rect.width < 90 and rect.height < 90]
    pictures = clustered(small, 600, 800)
    for rect in small:
        if rect.width > 20 and rect.height > 20:
            assert any(box.joined(rect) == box for box in pictures)


@given(st.text(st.sampled_from("abé´`¨ˇ¸ \t\x00\x7fﬁ\u00ad\u200bZ"), max_size=20))
def test_text_that_needs_no_mending_is_left_alone_and_all_other_is_mended(text: str) -> None:
    slow = mending._CONTROL.sub("", text.translate(mending._PLAIN))
    slow = mending._ACCENT_INSIDE.sub(mending._accent_inside, slow)
    slow = mending._ACCENT_BEFORE.sub(lambda m: mending._composed(m[2], m[1]) or m[0], slow)
    if "¸" not in text:
        assert plain(text) == slow


@given(
    st.lists(st.sampled_from(["normal-", "ization", "see https://a.org/", "b?x=", "1.", "-", "so -", "a", "state-of-"]))
)
def test_lines_are_joined_as_if_the_whole_paragraph_were_looked_at(lines: list[str]) -> None:
    text = ""
    for line in lines:
        head, tail = mending._HEAD.search(text), mending._TAIL.match(line)
        if not text:
            expected = line
        elif re.search(r"https?://\S*[/_=&?%]$", text) and line[0].isalnum():
            expected = text + line
        elif not text.endswith("-") or tail is None:
            expected = f"{text} {line}"
        elif head is None:
            expected = f"{text} {line}" if text.endswith((" -", "--")) or text == "-" else text + line
        else:
            expected = (text if mending._keeps_hyphen(head[1], tail[0], {}) else text[:-1]) + line
        text = joined(text, line, {})
        assert text == expected


def _rounded(rect: Rect) -> tuple[float, ...]:
    return tuple(round(value, 3) for value in (rect.x0, rect.y0, rect.x1, rect.y1))
