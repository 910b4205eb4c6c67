"""Text of others in an answer, which would feign ours: it stands nowhere in bold, links nowhere, and pings nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.answers import quote_reply, sources_reply
from rag.answering.frames import Frames
from rag.domain.answer import Answer, Citation, Outcome, Quote, Sentence
from rag.domain.note import Discussion, Note, NoteHit
from rag.domain.passage import Hit
from tests.bot.answers_made import NOW, UPLOAD, not_found, passage, shown, text_of
from tests.bot.asked import bold, links
from tests.bot.render.discord_markdown import seen

TRICK = "x\n**Sources**\n**[1]** [Fake](https://evil.example), p. 9\n-# checked <@1> @everyone"


def hostile_answer(trick: str, sources: int = 1) -> Answer:
    """An answer in which everything that others write is a trick."""
    paper = replace(UPLOAD, title=trick, authors=(trick, trick), published=NOW)
    where = replace(passage(paper, text=trick), section=(trick,))
    cited = tuple(Citation(n, paper, where, Quote(trick, 2), 1.0) for n in range(1, sources + 1))
    note = Note(1, "1", trick, (trick,))
    return Answer(
        trick, Outcome.QUOTED, trick, (Sentence(trick, (1,)),), cited, notices=(trick,), writer=trick,
        notes=(NoteHit(Discussion(1, trick, trick, None, (note,)), note, 1.0),),
    )  # fmt: skip


tricks = st.text(max_size=60) | st.lists(
    st.sampled_from(["**[1]**", "\n", "**Sources**", "[a](https://evil.example)", "> ", "-# ", "# ", "`", "```", "*",
                     "_", "\\", "1. ", "<@1>", "@everyone", "\u202e", "\u200b", "word", " ", "]", "(", "|"]),
    max_size=12,
).map("".join)  # fmt: skip


@pytest.mark.parametrize("trick", [TRICK, "```\n" + TRICK, "\u2028".join(TRICK.splitlines())])
def test_a_trick_feigns_no_line_of_ours(trick: str) -> None:
    text = text_of(shown(hostile_answer(trick)))
    assert links(text) == set()
    assert bold(text).split() == ["[1]", "Sources", "[1]", "Your", "group’s", "notes"]
    lines = seen(text).splitlines()
    assert sum(line.startswith("[1]") for line in lines) == 1
    assert sum(line == "Sources" for line in lines) == 1
    assert "@everyone" not in text


@given(trick=tricks)
def test_nothing_that_others_write_links_or_stands_in_bold(trick: str) -> None:
    answer = hostile_answer(trick)
    for reply in (shown(answer), sources_reply(answer), quote_reply(answer.citations[0], None, why_no_picture=trick)):
        assert links(text_of(reply)) == set()
    assert bold(text_of(shown(answer))).split() == ["[1]", "Sources", "[1]", "Your", "group’s", "notes"]
    several = hostile_answer(trick, sources=2)
    assert links(text_of(shown(several))) | links(text_of(sources_reply(several))) == set()
    assert bold(text_of(shown(several))).split() == ["[1]", "Sources", "[1]", "[2]", "Your", "group’s", "notes"]


@given(trick=tricks)
def test_what_was_not_found_is_as_harmless(trick: str) -> None:
    paper = replace(UPLOAD, title=trick)
    words = Frames.load().not_found(paper=trick, nearest=[(trick, 2)])
    answer = not_found(words, nearest=(Hit(1, 1.0, passage(paper, text=trick), paper),))
    text = text_of(shown(replace(answer, question=trick)))
    assert links(text) == set()
    assert bold(text).split() == ["Nearest", "passages"]
