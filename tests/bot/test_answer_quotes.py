"""The quotes and sources of an answer: the words, where they stand, and a picture of the page."""

from __future__ import annotations

import shutil
from pathlib import Path

import pymupdf
import pytest

from bot.app import SeminarBot
from tests.bot.asked import ask, links, pressed
from tests.bot.conftest import Start
from tests.bot.prepared import FOUR_SOURCES, PRIMER_TITLE, SHIFT_ID, SHIFT_TITLE
from tests.bot.pressing import bot
from tests.loopback.discord import Member, buttons_of, labels_of, pictures_of

__all__ = ["bot"]


async def test_a_quote_is_shown_to_whoever_pressed_with_its_lines_on_the_page(bot: SeminarBot, mina: Member) -> None:
    asked = await ask(mina, paper=SHIFT_ID)
    quote = await pressed(mina, asked.message, "Quote 1")
    assert quote.ephemeral
    lines = quote.text.splitlines()
    assert lines[0].startswith(f"**[1]** [{SHIFT_TITLE}](<https://arxiv.org/pdf/{SHIFT_ID}v2#page=2>), p. 2")
    assert lines[1].startswith("> We define internal covariate shift as the change in the distribution")
    assert lines[-1] == "-# Seminar found this text on the page before it showed you the answer."
    (picture,) = pictures_of(quote.message)
    assert picture["description"].startswith(f"Page 2 of {SHIFT_TITLE}, the cited lines marked: We define internal")
    assert quote.message.files["quote-1.png"].startswith(b"\x89PNG")
    (link,) = buttons_of(quote.message)
    assert (link["label"], link["url"]) == ("Open page 2", f"https://arxiv.org/pdf/{SHIFT_ID}v2#page=2")
    assert asked.message.labels[0] == "Quote 1", "the answer stays as it was"


async def test_a_quote_of_a_document_without_an_address_has_no_link(bot: SeminarBot, mina: Member) -> None:
    quote = await pressed(mina, (await ask(mina)).message, "Quote 1")
    assert PRIMER_TITLE in quote.text
    assert links(quote.text) == set()
    assert buttons_of(quote.message) == []
    assert len(pictures_of(quote.message)) == 1


async def test_a_quote_says_why_there_is_no_picture(bot: SeminarBot, mina: Member, tmp_path: Path) -> None:
    asked = await ask(mina)
    shutil.rmtree(tmp_path / "data" / "papers")
    quote = await pressed(mina, asked.message, "Quote 1")
    assert pictures_of(quote.message) == []
    assert "-# There is no picture: the PDF is not kept here" in quote.text
    assert "Add its arXiv id or the PDF again" in quote.text
    assert "> Internal covariate shift is the change" in quote.text


async def test_pictures_can_be_switched_off(start: Start, mina: Member) -> None:
    async with start(page_pictures=False):
        quote = await pressed(mina, (await ask(mina)).message, "Quote 1")
        formula = await ask(mina, "equation 8", paper="primer")
    assert pictures_of(quote.message) == []
    assert "picture" not in quote.text
    assert pictures_of(formula.message) == []


async def test_a_formula_is_shown_as_it_stands_on_the_page(bot: SeminarBot, mina: Member) -> None:
    asked = await ask(mina, "equation 8", paper="primer")
    pictures = pictures_of(asked.message)
    assert 1 <= len(pictures) <= 2
    assert pictures[0]["description"].startswith("Page ")
    assert asked.message.files


@pytest.mark.parametrize("item", ["figure 1", "Table 1 of the primer"])
async def test_what_is_asked_for_by_its_number_is_shown_in_the_answer(item: str, bot: SeminarBot, mina: Member) -> None:
    asked = await ask(mina, item, paper="primer")
    (picture, *_) = pictures_of(asked.message)
    noun, number, *_ = item.split()
    assert f"{noun.capitalize()} {number}" in picture["description"]
    (file, *_) = asked.message.files.values()
    drawn = pymupdf.Pixmap(file)
    assert drawn.height > 0.3 * drawn.width, "the item as a whole, not its caption"


async def test_more_sources_are_all_there(bot: SeminarBot, mina: Member) -> None:
    asked = await ask(mina, FOUR_SOURCES)
    assert asked.text.count("\n**[3]**") == 1
    assert "\n**[4]**" not in asked.text
    assert labels_of(asked.message)[:5] == [
        "Quote 1", "Quote 2", "Quote 3", "More sources (1)", "Discuss in a thread",
    ]  # fmt: skip
    sources = await pressed(mina, asked.message, "More sources (1)")
    assert sources.ephemeral
    assert sources.text.startswith(f"**All sources** of “{FOUR_SOURCES}”")
    assert sources.text.count(PRIMER_TITLE.partition(":")[0]) == 1
    assert all(f"**[{number}]** p. " in sources.text for number in (1, 2, 3, 4))
