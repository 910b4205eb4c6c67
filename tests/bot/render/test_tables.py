"""Tables in code blocks: aligned, narrow, and nothing in a cell ends the block."""

from __future__ import annotations

import doctest

from hypothesis import given
from hypothesis import strategies as st

import bot.render.tables
from bot.render.tables import mono_table
from tests.bot.render.discord_markdown import styles

cells = st.text(st.characters() | st.sampled_from("` \n|*"), max_size=40)
tables = st.integers(1, 5).flatmap(
    lambda columns: st.lists(st.lists(cells, min_size=columns, max_size=columns), min_size=1, max_size=6)
)


@given(tables, st.integers(30, 80))
def test_a_table_is_one_code_block_within_its_width(rows: list[list[str]], width: int) -> None:
    table = mono_table(rows[1:], rows[0], width)
    assert styles(table) == {"code:"}
    opening, *lines, closing = table.split("\n")
    assert (opening, closing) == ("```", "```")
    assert len(lines) == len(rows) + 1
    assert all(len(line) <= width for line in lines)


def test_the_widest_column_gives_first() -> None:
    title = "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift"
    table = mono_table(
        [[title, "2015", "11"], ["Attention Is All You Need", "2017", "15"]], ["paper", "year", "pages"], 44
    )
    assert table.split("\n") == [
        "```",
        "paper                            year  pages",
        "───────────────────────────────  ────  ─────",
        "Batch Normalization: Accelerat…  2015     11",
        "Attention Is All You Need        2017     15",
        "```",
    ]


def test_wide_signs_take_two_cells_and_accents_none() -> None:
    table = mono_table([["日本語の論文", "a"], ["cafe\u0301", "b"]], ["title", "x"], 12)
    assert table.split("\n")[3:5] == ["日本語の…  a", "cafe\u0301       b"]


def test_a_table_without_rows_is_its_header() -> None:
    assert mono_table([], ["paper", "pages"]) == "```\npaper  pages\n─────  ─────\n```"


def test_the_examples_are_true() -> None:
    assert doctest.testmod(bot.render.tables).attempted
    assert doctest.testmod(bot.render.tables).failed == 0
