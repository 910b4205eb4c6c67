"""Text of strangers costs as much time as it is long, whatever it is made of: four times the text, four times the time.

Times are this thread's on the processor and are compared with one another: a slow or busy machine changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from bot.cogs.conversation import without_mention
from bot.papers_typed import typed_ids
from bot.render.escaping import clip, masked_link, plain, plain_line
from bot.render.fitting import document, fitted
from bot.render.notes import discussion_reply, list_reply
from bot.render.reply import said
from bot.render.signs import visible
from bot.render.splitting import split
from bot.render.tables import mono_table
from rag.domain.note import Discussion, Note

pytestmark = pytest.mark.alone

CHARS = 16_000
AT_MOST = 8.0
"""Times the time for four times the text: linear work takes 4, work that grows with the square 16."""
QUICK_S = 0.02
"""What is done so soon is not measured: a square of 16,000 takes several times that."""

UNITS = [
    " ", " \n", "\t", "\u00a0", "\n> ", "_a", "**a", "`a", "[a](", "<t:1", ":a", "\n1. ", "\\", "http://", "漢",
    "a\u0300", "\u200dé", "discord.",
]  # fmt: skip


def shown(text: str) -> object:
    """Notes whose heading, question and answer are all of this."""
    note = Note(1, "1", text, (text, "short"))
    discussion = Discussion(1, "3", text, 2015, (note,))
    return (
        fitted(discussion_reply(discussion, None)),
        fitted(list_reply([discussion], {}, 0, import_command="/notes import")),
    )


WORK: dict[str, Callable[[str], object]] = {
    "visible": visible,
    "plain": plain,
    "clip": lambda text: clip(text, len(text) - 9),
    "a label": lambda text: masked_link(text, "https://arxiv.org/abs/1"),
    "an address": lambda text: masked_link("paper", f"https://arxiv.org/{text}"),
    "a table": lambda text: mono_table([[text, "1"], ["1", plain_line(text)]], ["paper", "pages"]),
    "messages": lambda text: (split(text, 4_000), fitted(said(plain(text)))),
    "a file": document,
    "notes": shown,
    "a mention": lambda text: without_mention(text, 1),
    "ids": typed_ids,
}


@pytest.mark.parametrize("work", WORK)
def test_four_times_the_text_takes_four_times_the_time(work: str) -> None:
    slow = []
    for unit in UNITS:
        short = f"é{unit * (CHARS // 4 // len(unit))}x"
        long = f"é{unit * (CHARS // len(unit))}x"
        took = seconds(WORK[work], long)
        if took > QUICK_S and took > AT_MOST * seconds(WORK[work], short):
            took = seconds(WORK[work], long, rounds=5)  # a machine that does other work slows some rounds
            if took > AT_MOST * seconds(WORK[work], short, rounds=5):
                slow.append((unit, took))
    assert slow == []


def test_the_measure_tells_a_square_from_a_line() -> None:
    """Else the test above says nothing: what it is to find out is here."""

    def square(text: str) -> int:
        return sum(text[n:].count("x") for n in range(0, len(text), 10))

    short, long = "é" * (CHARS // 4), "é" * CHARS
    assert seconds(square, long) > AT_MOST * seconds(square, short)


def seconds(work: Callable[[str], object], text: str, *, rounds: int = 2) -> float:
    """Return the least time of all rounds."""
    took = []
    for _ in range(rounds):
        start = time.thread_time()
        work(text)
        took.append(time.thread_time() - start)
    return min(took)
