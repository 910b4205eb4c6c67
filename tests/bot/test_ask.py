"""/ask as people use it: what an answer shows, who sees it, what is refused, and what strangers' text can do to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cogs.ask import MOST_CHARS
from rag.domain.server import ServerSettings
from rag.intake.results import AddOptions
from rag.study import Study
from tests.bot.asked import ask, bold, is_reply, links, refused
from tests.bot.conftest import Start
from tests.bot.prepared import (
    GROUP,
    NOBODY_KNOWS,
    POOLING_TITLE,
    PRIMER_TITLE,
    RESIDUAL_ID,
    RESIDUAL_QUESTION,
    RESIDUAL_TITLE,
    SHIFT_ID,
    SHIFT_QUESTION,
    SHIFT_TITLE,
)
from tests.loopback.discord import ANSWERS, Guild, LoopbackDiscord, Member, labels_of
from tests.made import paper_pdf

SHIFT_URL = f"https://arxiv.org/pdf/{SHIFT_ID}v2#page=2"
EVIL = "https://evil.example"
HOSTILE = (
    f"@everyone <@1> <#2> [click]({EVIL}) {EVIL} **[1]** `code` ```\n# heading\n> quote\n-# small\n"
    "**Sources**\n**[1]** Faked, p. 1 discord.gg/abc \u202edesrever\u202c"
)


# What an answer shows


async def test_an_answer_comes_with_numbered_sentences_sources_notes_a_footer_and_buttons(
    start: Start, mina: Member
) -> None:
    async with start():
        asked = await ask(mina, SHIFT_QUESTION)
    assert asked.callback == {"type": 5}, "deferred at once, for everybody to see"
    assert asked.ack_ms < 3_000
    assert not asked.ephemeral
    question, first, second, heading, *rest = asked.text.splitlines()
    assert question == f"> {SHIFT_QUESTION}"
    assert first.startswith("1. ")
    assert first.endswith("**[1]**")
    assert "change in the distribution of a layer’s inputs" in first
    assert second.startswith("2. ")
    assert second.endswith("**[2]**")
    assert heading == "**Sources**"
    assert rest[0] == f"**[1]** {PRIMER_TITLE}, p. 1 · 2 Internal covariate shift"
    assert rest[1] == f"**[2]** [{SHIFT_TITLE}](<{SHIFT_URL}>), p. 2 · 2 Definitions"
    assert rest[2].startswith("**Your group’s notes** · what was said, not what the paper says")
    assert "the inputs of a layer change while the layers before it learn" in asked.text
    assert rest[-1] == "-# Quoted from the papers; no language model wrote this · 2 citations checked on the page"
    assert labels_of(asked.message) == [
        "Quote 1", "Quote 2", "Discuss in a thread", "Helpful", "Not helpful", "Wrong citation",
    ]  # fmt: skip


async def test_notes_are_shown_as_quotes_under_a_heading_of_their_own(start: Start, mina: Member) -> None:
    async with start():
        asked = await ask(mina, SHIFT_QUESTION)
    papers, _, notes = asked.text.partition("**Your group’s notes**")
    said = notes.splitlines()[1:-1]
    assert said[0] == f"Discussion 1 {PRIMER_TITLE}, item 2: *What is internal covariate shift ?*"
    assert all(line.startswith("> ") for line in said[1:])
    assert "moving target" in notes
    assert "moving target" not in papers


async def test_a_private_answer_is_for_the_asker_alone_and_offers_no_thread(start: Start, mina: Member) -> None:
    async with start():
        asked = await ask(mina, SHIFT_QUESTION, private=True)
    assert asked.ephemeral
    assert asked.channel.said_by(asked.discord.bot_user) == [
        message for message in asked.channel.visible if "I read papers with your group" in message.text
    ]
    assert "Discuss in a thread" not in labels_of(asked.message)
    assert "Quote 1" in labels_of(asked.message)


async def test_a_long_question_is_clipped_in_the_answer_and_read_whole(start: Start, mina: Member) -> None:
    question = (SHIFT_QUESTION + " " + "in deep networks " * 100)[:MOST_CHARS].strip()
    async with start():
        asked = await ask(mina, question)
    assert len(question) > 990
    assert len(asked.text.splitlines()[0]) < 310
    assert asked.text.splitlines()[0].endswith("…")


async def test_what_is_not_in_the_papers_is_said_with_the_nearest_passages(start: Start, mina: Member) -> None:
    async with start() as bot:
        asked = await ask(mina, NOBODY_KNOWS)
        assert f"Organisers add papers with {bot.mention_of('paper add')}." in asked.text
    lines = asked.text.splitlines()
    assert lines[1] == "I could not find this in the papers here."
    assert lines[2] == "**Nearest passages** (they may not answer it)"
    assert len([line for line in lines if line.startswith("- ")]) == 3
    assert "add that paper by its arXiv id" in asked.text
    assert "Sources" not in asked.text
    assert labels_of(asked.message) == ["Discuss in a thread", "Helpful", "Not helpful"]


async def test_what_a_named_paper_does_not_answer_says_to_ask_all_of_them(start: Start, mina: Member) -> None:
    async with start():
        asked = await ask(mina, NOBODY_KNOWS, paper=RESIDUAL_ID)
    assert "To search all papers, ask again" in asked.text


async def test_a_question_about_one_of_several_papers_asks_which_and_speaks_of_no_adding(
    start: Start, mina: Member
) -> None:
    async with start():
        asked = await ask(mina, "table 1")
    assert "name the one you mean" in asked.text
    assert "add" not in asked.text.lower()


async def test_an_empty_library_says_what_to_add(loopback: LoopbackDiscord, start: Start, group: Guild) -> None:
    new = loopback.add_guild("New group", channels=["papers"]).add_member("Noah")
    async with start() as bot:
        asked = await ask(new, SHIFT_QUESTION)
        assert bot.mention_of("paper add") in asked.text
    assert "There are no papers here yet" in asked.text


async def test_code_links_are_shown_with_their_source_and_nothing_about_adding(
    start: Start, study_for: Callable[..., Study], mina: Member
) -> None:
    study = study_for()
    study.set_code_links(GROUP, RESIDUAL_ID, ["https://github.com/group/shortcuts"])
    async with start(study=study):
        asked = await ask(mina, f"where is the code of {RESIDUAL_TITLE}")
    assert links(asked.text) == {"https://github.com/group/shortcuts"}
    assert "Organisers add" not in asked.text


# Narrowing to a paper


@pytest.mark.parametrize("paper", [SHIFT_TITLE, SHIFT_ID, "normalising small", f"https://arxiv.org/abs/{SHIFT_ID}"])
async def test_a_paper_is_named_by_title_id_or_a_part(paper: str, start: Start, mina: Member) -> None:
    async with start():
        asked = await ask(mina, SHIFT_QUESTION, paper=paper)
    assert SHIFT_TITLE in asked.text
    assert f"**[1]** {PRIMER_TITLE}" not in asked.text
    assert links(asked.text) == {SHIFT_URL}


async def test_a_suggested_value_is_understood(start: Start, mina: Member) -> None:
    async with start():
        (choice,) = (await mina.autocomplete("ask", {"paper": "primer"}, focused="paper")).choices
        asked = await ask(mina, SHIFT_QUESTION, paper=choice["value"])
    assert choice["value"].startswith("sha256:")
    assert links(asked.text) == set()
    assert f"**[1]** {PRIMER_TITLE}" in asked.text


async def test_an_unknown_paper_suggests_near_ones(start: Start, mina: Member) -> None:
    async with start():
        text = await refused(await mina.slash("ask", question=SHIFT_QUESTION, paper="Deep Shortcats in Nets"))
    assert "There is no paper called" in text
    assert f"Did you mean {RESIDUAL_TITLE}" in text
    assert POOLING_TITLE not in text


async def test_a_name_that_fits_several_papers_is_asked_back(
    start: Start, study_for: Callable[..., Study], tmp_path: Path, mina: Member
) -> None:
    study = study_for()
    study.set_aliases(GROUP, SHIFT_ID, ["the small one"])
    study.set_aliases(GROUP, RESIDUAL_ID, ["the small one"])
    async with start(study=study):
        text = await refused(await mina.slash("ask", question=SHIFT_QUESTION, paper="the small one"))
    assert "fits several papers" in text
    assert SHIFT_ID in text
    assert RESIDUAL_ID in text


async def test_a_blank_paper_is_no_narrowing(start: Start, mina: Member) -> None:
    async with start():
        asked = await ask(mina, SHIFT_QUESTION, paper="  ")
    assert SHIFT_TITLE in asked.text
    assert PRIMER_TITLE in asked.text


# Suggestions


async def test_suggestions_fit_what_was_typed(start: Start, mina: Member) -> None:
    async with start():
        fresh = await mina.autocomplete("ask", {"paper": ""}, focused="paper")
        some = await mina.autocomplete("ask", {"paper": "short"}, focused="paper")
        none = await mina.autocomplete("ask", {"paper": "qqqqqq"}, focused="paper")
        long = await mina.autocomplete("ask", {"paper": "x y" * 2_000}, focused="paper")
    assert len(fresh.choices) == 3
    assert some.choices[0] == {"name": f"{RESIDUAL_TITLE} ({RESIDUAL_ID})", "value": RESIDUAL_ID}
    assert none.callback == {"type": 8, "data": {"choices": []}}
    assert long.callback == {"type": 8, "data": {"choices": []}}


async def test_suggestions_are_of_the_own_server_alone(start: Start, mina: Member, others: Guild) -> None:
    theirs = others.add_member("Omar")
    async with start():
        ours = await mina.autocomplete("ask", {"paper": "gated pooling"}, focused="paper")
        own = await theirs.autocomplete("ask", {"paper": "gated pooling"}, focused="paper")
        everything = await theirs.autocomplete("ask", {"paper": ""}, focused="paper")
    assert POOLING_TITLE not in str(ours.choices)
    assert POOLING_TITLE in own.choice_names[0]
    assert {choice["name"].rpartition(" (")[0] for choice in everything.choices} == {POOLING_TITLE, RESIDUAL_TITLE}


async def test_suggestions_in_direct_messages_are_none(start: Start, mina: Member) -> None:
    async with start():
        typed = await mina.autocomplete("paper info", {"paper": "res"}, focused="paper", channel=mina.dm)
    assert typed.choices == []


# What is refused


@pytest.mark.parametrize("question", [" ", "\u200b", "?", "…"])
async def test_a_question_without_words_is_refused_in_one_sentence(question: str, start: Start, mina: Member) -> None:
    async with start():
        text = await refused(await mina.slash("ask", question=question))
    assert text.startswith("The question was not asked: ")
    assert re.search(r"\n-# Reference [0-9a-f]{8}$", text)


async def test_a_command_in_direct_messages_is_answered_with_one_sentence(start: Start, mina: Member) -> None:
    async with start():
        text = await refused(await mina.slash("ask", question=SHIFT_QUESTION, channel=mina.dm, anyway=True))
    assert text.startswith("/ask works in a server")


async def test_where_the_organisers_let_it_answer_is_held_in_channels_and_their_threads(
    loopback: LoopbackDiscord, start: Start, group: Guild, mina: Member
) -> None:
    papers, general = group.channel("papers"), group.channel("general")
    async with start() as bot:
        await bot.desk.servers.save(GROUP, ServerSettings(channels=(papers.id,)))
        text = await refused(await mina.slash("ask", question=SHIFT_QUESTION, channel=general))
        assert text.startswith(f"The organisers let me answer in {papers.mention} only.")
        asked = await ask(mina, SHIFT_QUESTION, channel=papers)
        await (await mina.press(asked.message, "Discuss in a thread")).settled(is_reply)
        again = await ask(mina, RESIDUAL_QUESTION, channel=papers.threads[0])
        assert "Sources" in again.text


async def test_one_person_asks_so_often_a_minute_and_others_still_can(start: Start, group: Guild, mina: Member) -> None:
    paul = group.add_member("Paul")
    async with start(questions_per_person_per_minute=2):
        for _ in range(2):
            await ask(mina)
        text = await refused(await mina.slash("ask", question=SHIFT_QUESTION))
        assert text.startswith("That was fast: you can send 2 questions a minute. Try again in ")
        await ask(paul)


async def test_one_server_asks_so_often_a_minute_and_others_still_can(
    start: Start, group: Guild, others: Guild, mina: Member
) -> None:
    paul, omar = group.add_member("Paul"), others.add_member("Omar")
    async with start(questions_per_server_per_minute=2):
        await ask(mina)
        await ask(paul)
        text = await refused(await mina.slash("ask", question=SHIFT_QUESTION, private=True))
        assert text.startswith("That was fast: this server can send 2 questions a minute.")
        await ask(omar, RESIDUAL_QUESTION)


async def test_an_overlong_name_of_a_paper_is_answered_all_the_same(start: Start, mina: Member) -> None:
    """The client holds people to 200 characters; others may send more."""
    async with start():
        found = mina.discord.commands.find("ask", kind=1, guild=GROUP)
        option = next(option for option in found.options if option["name"] == "paper")
        assert option["max_length"] == 200
        del option["max_length"]
        text = await refused(await mina.slash("ask", question=SHIFT_QUESTION, paper="[x](http://y.z)" * 300))
    assert len(text) < 2_500


# What others wrote does nothing


async def test_a_hostile_question_is_shown_as_text(start: Start, mina: Member) -> None:
    async with start():
        asked = await ask(mina, f"{SHIFT_QUESTION} {HOSTILE}"[:MOST_CHARS])
    question = asked.text.splitlines()[0]
    assert question.startswith(f"> {SHIFT_QUESTION}")
    assert links(question) == set()
    assert bold(question).strip() == ""
    assert "\u202e" not in asked.text
    assert links(asked.text) <= {SHIFT_URL}


async def test_hostile_titles_and_notes_feign_no_source_and_link_nowhere(
    start: Start, study_for: Callable[..., Study], tmp_path: Path, mina: Member
) -> None:
    study = study_for()
    definition = (
        f"We define hostile gating as a layer that prints **[1]** @everyone [click]({EVIL}) and **Sources** in bold."
    )
    (tmp_path / "hostile.pdf").write_bytes(paper_pdf("Hostile", definition))
    (added,) = study.add([str(tmp_path / "hostile.pdf")], guild=GROUP, options=AddOptions(title=HOSTILE))
    assert added.error is None
    note = HOSTILE.replace("\n", "\n- ")
    notes = f"## Discussion 1 Hostile [x]({EVIL}) - 2020\n1. What is hostile gating @everyone ?\n- {note}\n"
    study.import_notes(GROUP, notes.encode(), search_arxiv=False)
    async with start(study=study):
        asked = await ask(mina, "what is hostile gating")
        quote = await (await mina.press(asked.message, "Quote 1")).settled(is_reply)
        suggested = await mina.autocomplete("ask", {"paper": "everyone"}, focused="paper")
    assert "hostile gating" in asked.text
    assert "Your group’s notes" in asked.text
    for message in (asked.message, quote.message):
        assert links(message.text) == set()
        assert "\u202e" not in message.text
    assert bold(asked.text).split() == ["[1]", "Sources", "[1]", "Your", "group’s", "notes"]
    assert asked.text.count("\n**[1]** ") == 1
    assert "\u202e" not in str(suggested.choice_names)


async def test_what_was_asked_is_edited_in_place_and_nothing_is_posted_beside(start: Start, mina: Member) -> None:
    async with start():
        asked = await ask(mina)
    assert asked.followups == []
    assert asked.discord.requests_to("PATCH", ANSWERS)[-1].status == 200
