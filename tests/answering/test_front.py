"""What a first page says of its paper: the title, the names under it, the stamp, where it appeared."""

from __future__ import annotations

from rag.answering.front import front_of
from rag.domain.reading import Box, Line, Page

TITLE = "Firm Gating: Training without Drift"


def page_of(*rows: str | tuple[str, float, float]) -> Page:
    """A first page of rows, each under the one before; a tuple gives the row's left side and its top."""
    lines, texts, start = [], [], 0
    for at, row in enumerate(rows):
        text, x, y = row if isinstance(row, tuple) else (row, 50.0, 20.0 * at)
        lines.append(Line(start, start + len(text), Box(1, x, y, x + 200, y + 10)))
        texts.append(text)
        start += len(text) + 1
    return Page(1, "\n".join(texts), tuple(lines))


def test_the_names_between_title_and_abstract_are_found_without_their_addresses() -> None:
    page = page_of(
        "Published as a conference paper at ICLR 2021",
        "FIRM GATING:",
        "TRAINING WITHOUT DRIFT",
        "Mina Okafor and Jun Sato",
        "Institute of Gates",
        "{mina, jun}@gates.example",
        "Ada Byron",
        "ada@gates.example",
        "Abstract",
        "We propose firm gating.",
        "arXiv:2001.00001v2 [cs.LG] 4 Feb 2020",
    )
    front = front_of(page, TITLE)
    assert front.title == "FIRM GATING:\nTRAINING WITHOUT DRIFT"
    assert front.names == ("Mina Okafor and Jun Sato\nInstitute of Gates", "Ada Byron")
    assert front.stamp == "arXiv:2001.00001v2 [cs.LG] 4 Feb 2020"
    assert front.appeared == ("Published as a conference paper at ICLR 2021",)


def test_a_name_in_the_second_column_is_found_beside_the_first() -> None:
    page = page_of(
        (TITLE, 50, 0),
        ("Mina Okafor", 50, 20),
        ("Abstract", 50, 60),
        ("We propose firm gating.", 50, 80),
        ("Jun Sato", 300, 20),
        ("Networks drift when they are trained.", 300, 80),
    )
    assert front_of(page, TITLE).names == ("Mina Okafor", "Jun Sato")


def test_prose_before_the_abstract_names_nobody() -> None:
    page = page_of(TITLE, "Mina Okafor", "Warning: this paper may contain content that is upsetting", "Abstract", "We.")
    assert front_of(page, TITLE).names == ("Mina Okafor",)


def test_a_long_list_of_names_is_cut_and_says_so() -> None:
    page = page_of(TITLE, *["Mina Okafor Jun Sato Ada Byron"] * 20, "Abstract", "We.")
    front = front_of(page, TITLE)
    assert front.cut == front.names
    assert 60 < len(front.names[0].split()) <= 70


def test_where_it_appeared_may_run_over_two_lines_of_a_footnote() -> None:
    page = page_of(
        TITLE,
        "Abstract",
        "We propose firm gating.",
        "Proceedings of the 34 th International Conference on Gates and",
        "Locks, Sydney, Australia, 2017. Copyright 2017",
        "by the author(s).",
    )
    appeared = ("Proceedings of the 34 th International Conference on Gates and\nLocks, Sydney, Australia, 2017",)
    assert front_of(page, TITLE).appeared == appeared


def test_a_page_without_the_title_names_nobody() -> None:
    front = front_of(page_of("A cover page", "Mina Okafor", "Abstract", "We."), TITLE)
    assert (front.title, front.names) == ("", ())
    assert front_of(Page(1, ""), TITLE).title == ""
