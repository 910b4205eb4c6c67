"""What is shown around a quote, where its words begin and end, and what a caption describes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.reading.depicted import Line, closed, depicted, ruled
from rag.reading.marker import Glyph, marked
from rag.reading.pixels import AMBER, YELLOW, Pixels, stacked
from rag.reading.printed import Rect
from rag.reading.views import views

PAGE = Rect(0, 0, 612, 792)
LEFT = [Rect(54, 72 + 12 * n, 297, 82 + 12 * n) for n in range(50)]
RIGHT = [Rect(315, 72 + 12 * n, 558, 82 + 12 * n) for n in range(50)]
WIDE = Rect(54, 40, 558, 50)
CAPTION = Rect(60, 300, 290, 310)


def test_a_view_is_as_wide_as_its_column_and_shows_three_lines_around() -> None:
    (view,) = views([LEFT[20], LEFT[21]], [*LEFT, *RIGHT], PAGE)
    assert view.x0 < 54
    assert 297 < view.x1 < 315
    assert [line for line in LEFT if view.holds(line, 0)] == LEFT[17:25]


def test_a_view_cuts_no_line_in_two() -> None:
    (view,) = views([LEFT[20]], [*LEFT, *RIGHT], PAGE)
    assert not [line for line in LEFT if line.y0 < view.y0 < line.y1 or line.y0 < view.y1 < line.y1]


def test_a_view_ends_before_a_line_that_is_wider_than_its_column() -> None:
    title = Rect(54, 60, 558, 70)
    (view,) = views([LEFT[3]], [title, *LEFT, *RIGHT], PAGE)
    assert view.y0 >= title.y1
    assert view.x1 < 315


def test_a_short_line_alone_is_shown_with_what_stands_near() -> None:
    (view,) = views([Rect(280, 100, 330, 110)], [WIDE, Rect(54, 125, 558, 135)], PAGE)
    assert view.width > 500


def test_lines_in_both_columns_at_one_height_make_one_view() -> None:
    (view,) = views([LEFT[5], RIGHT[4]], [*LEFT, *RIGHT], PAGE)
    assert view.x0 < 54
    assert view.x1 > 558


def test_places_far_apart_make_views_of_one_width_in_reading_order() -> None:
    first, second = views([LEFT[49], RIGHT[0]], [*LEFT, *RIGHT], PAGE)
    assert first.x0 < 100 < 300 < second.x0
    assert first.width == pytest.approx(second.width)


def test_the_tiny_words_of_a_figure_do_not_make_lines_small() -> None:
    labels = [Rect(320 + 3 * n, 500, 322 + 3 * n, 501.5) for n in range(80)]
    (view,) = views([LEFT[20]], [*LEFT, *labels], PAGE)
    assert [line for line in LEFT if view.holds(line, 0)] == LEFT[17:24]


rects = st.tuples(*[st.floats(-50, 900)] * 4).map(
    lambda r: Rect(min(r[0], r[2]), min(r[1], r[3]), max(r[0], r[2]), max(r[1], r[3]))
)


@given(st.lists(rects, min_size=1, max_size=8), st.lists(rects, max_size=30))
def test_every_view_lies_on_the_page_and_all_have_one_width(subjects: list[Rect], lines: list[Rect]) -> None:
    shown = views(subjects, lines, PAGE)
    assert 1 <= len(shown) <= 3
    for view in shown:
        assert view.x0 >= PAGE.x0 - 0.01
        assert view.x1 <= PAGE.x1 + 0.01
        assert view.width == pytest.approx(shown[0].width)
        assert view.width >= 200


@given(rects, rects, rects)
def test_nothing_drawn_reaches_out_of_the_picture(marked_area: Rect, framed: Rect, view: Rect) -> None:
    pixels = Pixels(40, 30, bytearray(b"\xff" * 3600), x=20, y=10, scale=1.5)
    pixels.frame(framed)
    pixels.mark([marked_area, framed])
    assert len(pixels.samples) == 3600
    assert {tuple(pixels.samples[at : at + 3]) for at in range(0, 3600, 3)} <= {
        (255, 255, 255), YELLOW, AMBER, tuple(a * b // 255 for a, b in zip(AMBER, YELLOW, strict=True)),
    }  # fmt: skip
    cut = pixels.cut(view, framed)
    assert len(cut.samples) == 3 * cut.width * cut.height
    assert len(stacked([cut, cut]).samples) > 2 * len(cut.samples)


def test_marks_that_overlap_are_no_darker() -> None:
    pixels = Pixels(10, 4, bytearray(b"\xff" * 120))
    pixels.mark([Rect(0, 0, 6, 3), Rect(2, 1, 9, 4), Rect(1, 1, 3, 2)])
    assert {tuple(pixels.samples[at : at + 3]) for at in range(0, 120, 3)} == {(255, 255, 255), YELLOW}


def glyphs(text: str, *, x: float = 54.0, y: float = 75.0) -> list[Glyph]:
    return [Glyph(letter, x + 5 * n, x + 5 * n + 5, y) for n, letter in enumerate(text)]


def test_marks_begin_and_end_with_the_words() -> None:
    row = glyphs("Before it. The quote (here). After")
    (stroke,) = marked([LEFT[0]], "The quote (here).", row)
    assert (stroke.x0, stroke.x1) == (row[11].x0, row[27].x1)


def test_marks_take_opening_and_closing_signs_along() -> None:
    row = glyphs("so “The quote” is")
    (stroke,) = marked([LEFT[0]], "The quote", row)
    assert (stroke.x0, stroke.x1) == (row[3].x0, row[12].x1 + 5)


def test_hyphens_ligatures_and_accents_do_not_hide_the_words() -> None:
    first, second = glyphs("Old. E\ufb03cient Veliˇcko-"), glyphs("vi´c nets. New", y=87)
    above, below = marked([LEFT[0], LEFT[1]], "Efficient Veličković nets.", [*first, *second])
    assert above.x0 == first[5].x0
    assert below.x1 == second[9].x1


def test_lines_whose_letters_do_not_tell_stay_whole() -> None:
    assert marked([LEFT[0], LEFT[1]], "quite other words", glyphs("The printed words")) == [LEFT[0], LEFT[1]]
    assert marked([LEFT[0]], "∑ ∏", glyphs("∑ ∏")) == [LEFT[0]]
    assert marked([], "words", []) == []


def prose_at(y: float) -> Line:
    return Rect(54, y, 297, y + 10), 9


def test_a_figure_is_the_picture_above_its_caption() -> None:
    above, below = Rect(80, 150, 270, 290), Rect(80, 320, 270, 400)
    assert depicted(CAPTION, [below, above], [], PAGE) == above


def test_parts_of_a_figure_and_the_words_at_its_axes_are_taken_along() -> None:
    parts = [Rect(60, 150, 160, 280), Rect(180, 150, 290, 280), Rect(60, 60, 290, 120)]
    label = Rect(100, 284, 140, 292)
    assert depicted(CAPTION, parts, [(label, 2)], PAGE) == Rect(60, 60, 290, 292)


def test_a_figure_in_the_other_column_and_one_beyond_running_text_are_not_the_captions() -> None:
    own, other, far = Rect(60, 200, 290, 290), Rect(320, 200, 550, 290), Rect(60, 100, 290, 170)
    assert depicted(CAPTION, [own, other, far], [prose_at(180)], PAGE) == own
    assert depicted(CAPTION, [other], [], PAGE) is None
    assert depicted(CAPTION, [far], [prose_at(180)], PAGE) is None


def test_an_image_that_is_cut_off_ends_at_its_caption() -> None:
    assert depicted(CAPTION, [Rect(60, 150, 290, 450)], [], PAGE) == Rect(60, 150, 290, 300)


def rules(*ys: float) -> list[Rect]:
    return [Rect(70, y, 280, y + 0.5) for y in ys]


def test_a_table_lies_between_rules_of_one_width() -> None:
    assert ruled(CAPTION, rules(150, 165, 290), []) == Rect(70, 150, 280, 290.5)
    assert ruled(CAPTION, [*rules(150, 290), Rect(54, 100, 297, 100.5)], []) == Rect(70, 150, 280, 290.5)


def test_a_table_holds_no_running_text() -> None:
    assert ruled(CAPTION, rules(50, 200, 290), [prose_at(120)]) == Rect(70, 200, 280, 290.5)


def test_rules_on_both_sides_leave_open_which_table_is_meant() -> None:
    assert ruled(CAPTION, rules(200, 290, 320, 400), []) is None
    assert ruled(CAPTION, rules(200, 290, 320, 400), [], above_only=True) == Rect(70, 200, 280, 290.5)
    assert ruled(CAPTION, rules(100, 150), []) is None


def test_a_table_is_closed_by_the_long_rules_at_its_edges() -> None:
    rows = Rect(75, 170, 275, 280)
    short, far = Rect(100, 166, 140, 166.5), Rect(70, 300, 280, 300.5)
    assert closed(rows, [short, *rules(165, 200, 284), far]) == Rect(70, 165, 280, 284.5)
