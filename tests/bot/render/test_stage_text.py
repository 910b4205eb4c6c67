"""What people read while a question is answered: only what the answer will say, and nothing that does anything."""

from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.render.limits import CONTENT_CHARS
from bot.render.sentences import sentence_lines
from bot.render.stages import stage_text
from rag.answering.gate import marked
from rag.domain.answer import Sentence
from rag.domain.stage import Stage, StageKind
from tests.bot.asked import bold, links
from tests.bot.render.discord_markdown import seen

FIRST = Sentence("A block adds *its input* to what it computes.", (1, 2))
SECOND = Sentence("So it is easy to learn [3].", (2,), weak=True)


def writing(*sentences: Sentence) -> str:
    return stage_text(Stage(StageKind.WRITE, 3, marked(sentences)))


@pytest.mark.parametrize(
    ("stage", "text"),
    [
        (Stage(StageKind.SEARCH, 1), "Searching 1 paper …"),
        (Stage(StageKind.READ, 1_200), "Reading 1,200 passages …"),
        (Stage(StageKind.WRITE, 3), "Writing …"),
        (Stage(StageKind.WRITE, 3, " \n"), "Writing …"),
    ],
)
def test_stages_say_what_is_done(stage: Stage, text: str) -> None:
    assert stage_text(stage) == text


def test_sentences_are_shown_as_the_answer_will_show_them() -> None:
    *lines, end = writing(FIRST, SECOND).splitlines()
    assert lines == sentence_lines((FIRST, SECOND))
    assert lines[0] == r"1. A block adds \*its input\* to what it computes. **[1][2]**"
    assert lines[1].endswith(r"\[3]. **[2]** *(weakly supported)*")
    assert end == "-# Writing … 2 sentences so far, each checked before you see it"


def test_one_sentence_is_not_numbered() -> None:
    assert writing(FIRST).startswith("A block adds")


def test_a_line_that_the_gate_did_not_write_is_shown_as_it_is() -> None:
    assert stage_text(Stage(StageKind.WRITE, 3, "No *marks* here")).startswith("No \\*marks\\* here\n-# Writing")


def test_nothing_in_a_sentence_pings_links_or_stands_out() -> None:
    trick = "@everyone <@1> <#2> [click](https://evil.example) https://evil.example # heading **bold** discord.gg/abc"
    text = writing(Sentence(trick, (1,)))
    assert "@everyone" not in text
    assert "<@1>" not in text.replace("\\<", "")
    assert links(text) == set()
    assert bold(text).split() == ["[1]"]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"]), max_size=400), st.booleans()), max_size=15))
def test_what_is_shown_is_the_beginning_of_the_answer_and_fits_in_a_message(
    written: list[tuple[str, bool]],
) -> None:
    sentences = [Sentence(" ".join(text.split()) or "x", (n,), weak) for n, (text, weak) in enumerate(written, 1)]
    for so_far in accumulate([one] for one in sentences):
        text = writing(*so_far)
        assert len(text) <= CONTENT_CHARS
        shown = [seen(line) for line in text.splitlines()[:-1] if line != "…"]
        assert shown == [seen(line) for line in sentence_lines(so_far)[: len(shown)]]
