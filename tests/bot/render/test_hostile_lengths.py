"""Text of strangers costs as much time as it is long, whatever it is made of: four times the text, four times the time.

Times are this thread's on the processor and are compared with one another: a slow or busy machine changes nothing.
"""

from __future__ import annotations

import math
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

CHARS = 32_000
"""A quarter of it is also more than one message: what fits one takes a shorter way, which is no measure of this one."""
AT_MOST = 8.0
"""Times the time for four times the text: linear work takes 4, work that grows with the square 16."""
QUICK_S = 0.02
"""What is done so soon is not measured: a square of 32,000 takes many times that."""
ROUNDS = 12
"""At most so many: one that another program disturbed says nothing, so the least times of all are compared."""

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
        if grows_faster(WORK[work], short, long):
            slow.append(unit)
    assert slow == []


def test_the_measure_tells_a_square_from_a_line() -> None:
    """Else the test above says nothing: what it is to find out is here."""

    def square(text: str) -> int:
        return sum(text[n:].count("x") for n in range(0, len(text), 2))

    assert grows_faster(square, "é" * (CHARS // 4), "é" * CHARS)


def grows_faster(work: Callable[[str], object], short: str, long: str) -> bool:
    """Say whether the long text takes too many times the time of the short one in all rounds, taken in turn."""
    least_short = least_long = math.inf
    for _ in range(ROUNDS):
        least_long = min(least_long, seconds(work, long))
        if least_long <= QUICK_S:
            return False
        least_short = min(least_short, seconds(work, short))
        if least_long <= AT_MOST * least_short:
            return False
    return True


def seconds(work: Callable[[str], object], text: str) -> float:
    start = time.thread_time()
    work(text)
    return time.thread_time() - start
