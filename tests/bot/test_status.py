"""How the bot is, told by /status: organisers see what went wrong, nobody sees anything of another server."""

from __future__ import annotations

import asyncio
import re

from discord import Permissions

from bot.app import SeminarBot
from rag.domain.answer import Answer, Outcome
from rag.domain.record import Verdict
from tests.bot.arxived import RESNET, Gate, arxiv, group, mina, on, tom
from tests.bot.asked import links
from tests.bot.conftest import Start
from tests.loopback.arxiv import LoopbackArxiv
from tests.loopback.discord import Channel, Guild, LoopbackDiscord, Member
from tests.loopback.discord.world import PRIVATE_THREAD, PUBLIC_THREAD

__all__ = ["arxiv", "group", "mina", "tom"]

QUICK = {"embedder": "none"}


async def test_status_says_in_plain_words_what_is_here(
    start: Start, loopback: LoopbackDiscord, arxiv: LoopbackArxiv, group: Guild, mina: Member, tom: Member
) -> None:
    async with start(core=on(arxiv)) as bot:
        await (await mina.slash("paper add", ids=f"{RESNET} **nonsense**")).settled("added")
        notes = b"## Discussion 1 X - 2015\n1. What?\n- That.\n2. Why?\n"
        await bot.desk.lanes.ingest(bot.desk.study.import_notes, group.id, notes, search_arxiv=False)
        rated = await (await mina.slash("ask", question="what is a shortcut connection")).settled("Sources")
        await (await tom.press(rated.message, "Helpful")).settled("Noted as helpful")
        gate = Gate(arxiv, "2001.00001")
        added = await mina.slash("paper add", ids="2001.00001 2001.00002")
        await loopback.until(gate.reached.is_set)
        status = await (await tom.slash("status")).settled("Papers")
        gate.open()
        assert status.ephemeral
        assert status.text.splitlines() == [
            "**Papers** · 1 paper, 1 waiting to be read, 1 being read now",
            "**Search by meaning** · off, I look for your words only",
            "**Notes** · 1 discussion, 1 question still open",
            "**Answers** · 1 in the last 7 days",
            "**Ratings** · 1 helpful, 0 not helpful",
        ]
        await added.settled("added")


async def test_status_tells_organisers_how_the_bot_is_and_what_went_wrong(
    start: Start, arxiv: LoopbackArxiv, group: Guild, mina: Member
) -> None:
    async with start(core=on(arxiv)):
        await (await mina.slash("paper add", ids=f"{RESNET} **nonsense**")).settled("added")
        status = await (await mina.slash("status")).settled("for organisers")
        assert status.ephemeral
        assert "**Papers** · 1 paper\n" in status.text
        assert "not helpful**" not in status.text
        for technical in (
            "library · 1 paper, ",
            "index · lexical only",
            "embedder · ",
            "schema · 0",
            "models · loaded",
        ):
            assert f"\n-# {technical}" in status.text
        assert re.search(r"\n-# disk · [\d,]+ MB free\n", status.text)
        assert re.search(r"\n-# Discord · \d+ ms away", status.text)
        assert re.search(r"\\\*\\\*nonsense\\\*\\\*, <t:\d+:R>: .*is not something to add", status.text)
        assert group.id not in status.text


async def test_status_says_whether_meaning_is_searched(loopback: LoopbackDiscord, start: Start, tom: Member) -> None:
    async with start() as bot:
        await loopback.until(bot.warmed.is_set, 20.0)
        await (await tom.slash("status")).settled("**Search by meaning** · on\n")


def disliked(bot: SeminarBot, question: str, channel: Channel, *, private: bool = False) -> int:
    """Keep an answer that somebody found not helpful."""
    assert channel.guild is not None
    guild, book = channel.guild.id, bot.desk.study.answers
    answer = Answer(question, Outcome.NOT_FOUND, "nothing")
    answer_id = book.keep(answer, guild=guild, asker="asker", channel=channel.id, private=private)
    book.rate(guild, answer_id, person="rater", verdict=Verdict.NOT_HELPFUL)
    return answer_id


def thread(group: Guild, kind: int) -> Channel:
    """Open a thread in #papers."""
    papers = group.channel("papers")
    opened = Channel(group.discord.new_id(), kind, f"thread {kind}", group, parent=papers, owner=group.owner.user)
    group.threads.append(opened)
    group.discord.channels[opened.id] = opened
    return opened


async def test_organisers_see_which_public_answers_were_not_helpful_and_members_do_not(
    start: Start, group: Guild, mina: Member, tom: Member
) -> None:
    async with start(core=QUICK):
        asked = await (await tom.slash("ask", question="why hubris, **@everyone** [x](http://evil)?")).settled()
        await (await tom.press(asked.message, "Not helpful")).settled("Noted as not helpful")
        hidden = await (await tom.slash("ask", question="a secret", private=True)).settled()
        await (await tom.press(hidden.message, "Not helpful")).settled("Noted as not helpful")
        for_mina = await (await mina.slash("status")).settled("for organisers")
        for_tom = await (await tom.slash("status")).settled("Ratings")
    _, _, listed = for_mina.text.partition("**What was not helpful**")
    assert "why hubris" in listed
    assert re.search(r" · not helpful for 1 in <#\d+>, <t:\d+:d>\n", listed)
    assert "@everyone" not in listed
    assert not any(link.startswith("http://evil") for link in links(for_mina.text))
    assert "secret" not in for_mina.text
    assert tom.id not in listed
    assert "2 not helpful" in for_tom.text
    assert "hubris" not in for_tom.text


async def test_what_was_not_helpful_is_told_of_channels_that_the_organiser_can_see(
    start: Start, group: Guild, mina: Member
) -> None:
    board = group.add_channel("board")
    board.deny(group.everyone, view_channel=True)
    board.allow(group.bot_role, view_channel=True)
    gone = group.add_channel("gone")
    private, public = thread(group, PRIVATE_THREAD), thread(group, PUBLIC_THREAD)
    async with start(core=QUICK) as bot:
        disliked(bot, "asked by the board", board)
        disliked(bot, "asked where nothing is", gone)
        disliked(bot, "asked among few", private)
        disliked(bot, "question 9", public)
        for number in range(5, 9):
            disliked(bot, f"question {number}", group.channel("papers"))
        group.remove_channel(gone)
        await group.discord.until(lambda: bot.get_channel(int(gone.id)) is None)
        status = await (await mina.slash("status")).settled("for organisers")
    assert re.findall(r"question \d", status.text) == [f"question {n}" for n in (8, 7, 6, 5, 9)]
    assert "board" not in status.text
    assert "nothing is" not in status.text
    assert "among few" not in status.text
    assert not {"asker", "rater"} & set(re.findall(r"\w+", status.text))


async def test_what_was_not_helpful_is_linked_where_the_message_is_known(
    start: Start, group: Guild, mina: Member
) -> None:
    async with start(core=QUICK) as bot:
        papers = group.channel("papers")
        answer_id = disliked(bot, "why?", papers)
        bot.desk.study.answers.shown(group.id, answer_id, ["900000000000000002", "900000000000000001"])
        status = await (await mina.slash("status")).settled("for organisers")
    assert links(status.text) == {f"https://discord.com/channels/{group.id}/{papers.id}/900000000000000001"}


async def test_status_of_one_server_shows_nothing_of_another(
    start: Start, loopback: LoopbackDiscord, arxiv: LoopbackArxiv, mina: Member
) -> None:
    others = loopback.add_guild("Others")
    zoe = others.add_member("Zoe", permissions=Permissions(manage_guild=True))
    async with start(core=on(arxiv)) as bot:
        await (await mina.slash("paper add", ids=f"{RESNET} secret-nonsense")).settled("added")
        notes = b"## Discussion 1 X - 2015\n1. What?\n- That.\n2. Why?\n"
        await asyncio.to_thread(bot.desk.study.import_notes, mina.guild.id, notes, search_arxiv=False)
        rated = await (await mina.slash("ask", question="tell me the secret")).settled("find this")
        await (await mina.press(rated.message, "Not helpful")).settled("Noted as not helpful")
        gate = Gate(arxiv, "2001.00001")
        added = await mina.slash("paper add", ids="2001.00001 2001.00002")
        await loopback.until(gate.reached.is_set)
        status = await (await zoe.slash("status")).settled("for organisers")
        gate.open()
        assert status.text.splitlines()[:5] == [
            "**Papers** · 0 papers",
            "**Search by meaning** · off, I look for your words only",
            "**Notes** · 0 discussions, 0 questions still open",
            "**Answers** · 0 in the last 7 days",
            "**Ratings** · 0 helpful, 0 not helpful",
        ]
        assert "library · 0 papers, 0 passages" in status.text
        assert "queue · 0 waiting, 0 running" in status.text
        assert ", 0 vectors" in status.text
        assert "went wrong" not in status.text
        assert "not helpful**" not in status.text
        assert "secret" not in status.text
        await added.settled("added")
