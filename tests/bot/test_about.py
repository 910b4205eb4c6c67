"""What the bot says about itself is true: help from its own tree, licence and source, what it keeps, how it is."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from discord import Permissions, app_commands

from bot.adding import Origin
from bot.app import SeminarBot
from rag import __version__
from rag.domain.answer import Answer, Outcome
from rag.domain.record import Verdict
from rag.settings import Settings
from rag.study import Study
from rag.wiring import build
from tests.bot.arxived import RESNET, Gate, arxiv, group, mina, on, tom
from tests.bot.asked import links
from tests.bot.conftest import Start
from tests.conftest import NOW
from tests.loopback.arxiv import LoopbackArxiv
from tests.loopback.discord import Channel, Exchange, Guild, LoopbackDiscord, Member, buttons_of, labels_of
from tests.loopback.discord.world import PRIVATE_THREAD, PUBLIC_THREAD
from tests.made import SHIFT, paper_pdf

__all__ = ["arxiv", "group", "mina", "tom"]

QUICK = {"embedder": "none"}


def all_text(study: Study) -> str:
    """Return every text of the database: what is erased must not be in it."""
    with study.library._reading() as connection:
        return "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]


async def whole(helped: Exchange) -> str:
    """All of /help: it goes on in a second message, whose last line is of an organiser's command."""
    await helped.discord.until(lambda: any("/settings" in message.text for message in helped.messages))
    return "\n".join(message.text for message in helped.messages)


async def whole_help(helped: Exchange) -> str:
    """Wait for the last message of the help, and return its whole text."""

    def text() -> str:
        return "\n".join(message.text for message in helped.messages)

    await helped.discord.until(lambda: "For organisers" in text() and "/settings:" in text())
    return text()


async def test_help_names_every_command_of_the_tree_with_its_promise(start: Start, tom: Member) -> None:
    async with start(core=QUICK) as bot:
        helped = await tom.slash("help")
        await helped.settled("Seminar reads papers with you")
        await whole_help(helped)
        assert helped.ephemeral
        text = await whole(helped)
        commands = [c for c in bot.tree.walk_commands() if isinstance(c, app_commands.Command)]
        for command in commands:
            assert re.search(rf"</{command.qualified_name}:\d+> {re.escape(command.description[:30])}", text)
        assert len(re.findall(r"</[^:]+:\d+>", text)) == len(commands)
        assert "Ask about this" in text


async def test_help_shows_an_example_wherever_something_is_typed_and_it_is_one(start: Start, tom: Member) -> None:
    async with start(core=QUICK) as bot:
        for command in bot.tree.walk_commands():
            if not isinstance(command, app_commands.Command) or not command.parameters:
                continue
            example = str(command.extras.get("example", ""))
            assert example.startswith(f"/{command.qualified_name} "), command.qualified_name
            named = set(re.findall(r"(\w+):(?= )", example))
            assert named
            assert named <= {parameter.name for parameter in command.parameters}
            assert {parameter.name for parameter in command.parameters if parameter.required} <= named


async def test_help_sets_apart_what_is_for_organisers(start: Start, tom: Member) -> None:
    async with start(core=QUICK) as bot:
        everybody, _, organisers = (await whole(await tom.slash("help"))).partition("**For organisers**")
        for command in ("paper add", "paper alias", "paper remove", "notes import", "notes tie", "settings"):
            assert bot.mention_of(command) in organisers
            assert bot.mention_of(command) not in everybody
        for command in ("ask", "paper list", "paper search", "notes show", "privacy"):
            assert bot.mention_of(command) in everybody


async def test_every_command_and_every_option_says_what_it_is(start: Start, group: Guild) -> None:
    async with start(core=QUICK) as bot:
        for command in bot.tree.walk_commands():
            assert len(command.description) > 10
            if isinstance(command, app_commands.Command):
                assert all(p.description not in ("", "…") for p in command.parameters), command.qualified_name


async def test_about_names_the_licence_and_where_the_source_is(start: Start, tom: Member) -> None:
    async with start(core=QUICK, source_url="https://example.org/our-seminar"):
        about = await (await tom.slash("about")).settled(f"Seminar {__version__}")
        assert about.ephemeral
        assert "GNU Affero General Public License, version 3 or later" in about.text
        links = {button["label"]: button["url"] for button in buttons_of(about.message)}
        assert links["Source"] == "https://example.org/our-seminar"
        assert links["Licence"].startswith("https://www.gnu.org/")


async def test_without_an_address_of_the_source_about_says_whom_to_ask(start: Start, tom: Member) -> None:
    async with start(core=QUICK):
        about = await (await tom.slash("about")).settled("ask whoever runs this bot for it")
        assert labels_of(about.message) == ["Licence"]


async def test_privacy_tells_the_numbers_that_are_set(start: Start, tom: Member) -> None:
    core = QUICK | {"keep_answers_days": 77, "keep_left_server_days": 13, "ask_code_links_online": True}
    async with start(core=core) as bot:
        told = await (await tom.slash("privacy")).settled("What I keep")
        assert told.ephemeral
        assert "for 77 days" in told.text
        assert "for 13 days" in told.text
        assert "Hugging Face" in told.text
        assert bot.mention_of("forget-me") in told.text


async def test_privacy_names_everybody_who_hears_of_anything(
    start: Start, arxiv: LoopbackArxiv, mina: Member, tom: Member
) -> None:
    """arXiv is the one; what it was asked is what privacy says."""
    async with start(core=on(arxiv)) as bot:
        told = await (await tom.slash("privacy")).settled("What I keep")
        assert "Organisers see, in /status, questions asked in channels" in told.text
        assert "arXiv hears the ids of papers that are added, the words of /paper search, and headings" in told.text
        await (await mina.slash("paper add", ids=RESNET)).settled("added")
        await (await tom.slash("paper search", words="ordinary paper 7")).settled("Ordinary paper 7")
        notes = b"## Discussion 1 Ordinary paper 8 - 2015\n1. Why hubris?\n- Because.\n"
        await bot.desk.lanes.ingest(bot.desk.study.import_notes, tom.guild.id, notes)
        await (await tom.slash("ask", question="why hubris")).settled()
    asked = " ".join(str(seen.query) for seen in arxiv.requests)
    for heard in (RESNET, "ordinary", "8"):
        assert heard in asked
    assert "hubris" not in asked


async def test_privacy_names_no_service_that_is_not_asked(start: Start, tom: Member) -> None:
    async with start(core=QUICK):
        told = await (await tom.slash("privacy")).settled("What I keep")
        assert "Hugging Face" not in told.text


async def test_answers_are_kept_for_as_long_as_privacy_says(
    start: Start, settings_for: Callable[..., Settings], group: Guild, tom: Member
) -> None:
    times = iter([NOW - timedelta(days=78), NOW - timedelta(days=76)])
    for time in times:
        study = build(settings_for(**QUICK), clock=lambda time=time: time)  # type: ignore[misc]
        answer = study.ask("what is internal covariate shift", guild=group.id)
        study.answers.keep(answer, guild=group.id, asker=tom.id, channel="1")
        study.close()
    async with start(core=QUICK | {"keep_answers_days": 77}) as bot:
        recent = bot.desk.study.answers.recent
        await group.discord.until(lambda: len(recent(group.id, tom.id)) == 1, 10.0)
        assert recent(group.id, tom.id)[0].answer_id == 2


async def test_logs_hold_no_question_and_no_name_of_who_asked(
    start: Start, mina: Member, tom: Member, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    async with start(core=QUICK) as bot:
        await (await mina.slash("paper add", file=("small.pdf", paper_pdf(definition=SHIFT)))).settled("added")
        asked = await tom.slash("ask", question="what is internal covariate shift, and does hubris matter")
        await asked.settled()
        other = await tom.slash("ask", question="why hubris", paper="no such paper")
        await bot.desk.servers.settled.wait()
        await tom.discord.until(lambda: other.followups, 10.0)
        private = await tom.slash("ask", question="hubris " * 3, private=True)
        await private.settled()
    ours = [record for record in caplog.records if record.name.startswith(("bot", "rag"))]
    assert ours
    assert "hubris" not in "\n".join(record.getMessage() for record in ours)


async def test_an_error_of_the_database_shows_no_question(start: Start, group: Guild) -> None:
    async with start(core=QUICK) as bot:
        from sqlalchemy import text

        def failing() -> None:
            with bot.desk.study.library._reading() as connection:
                connection.execute(text("select * from nowhere where question = :question"), {"question": "hubris"})

        with pytest.raises(Exception, match="nowhere") as failed:
            await bot.desk.lanes.look(failing)
        assert "hubris" not in str(failed.value)


async def test_forget_me_asks_first_and_can_be_thought_better_of(start: Start, group: Guild, tom: Member) -> None:
    async with start(core=QUICK) as bot:
        await (await tom.slash("ask", question="what is a residual block")).settled()
        asked = await (await tom.slash("forget-me")).settled("This cannot be undone.")
        assert asked.ephemeral
        kept = await (await tom.press(asked.message, "Keep it")).settled("Nothing was erased.")
        assert labels_of(kept.message) == []
        assert len(bot.desk.study.answers.recent(group.id, tom.id)) == 1


async def test_forget_me_erases_all_of_one_person_everywhere_and_nothing_of_others(
    start: Start, loopback: LoopbackDiscord, arxiv: LoopbackArxiv, group: Guild, mina: Member, tom: Member
) -> None:
    others = loopback.add_guild("Others")
    async with start(core=on(arxiv)) as bot:
        study = bot.desk.study
        await (await mina.slash("paper add", ids=RESNET)).settled("added")
        await (await mina.slash("ask", question="what is a residual block")).settled("Sources")
        for person in (tom, others.add_member(tom)):
            await (await person.slash("ask", question="tell me about hubris")).settled()
        rated = await (await mina.slash("ask", question="what is a shortcut connection")).settled()
        await (await tom.press(rated.message, "Helpful")).settled("Noted as helpful")
        gate = Gate(arxiv, "2001.00001")
        origin = str(Origin(group.channel("papers").id, tom.id))
        study.enqueue(["2001.00001"], guild=group.id, origin=origin)  # as Tom, when he was an organiser
        await loopback.until(gate.reached.is_set, 15.0)
        assert tom.id in all_text(study)
        asked = await (await tom.slash("forget-me")).settled("This cannot be undone.")
        await (await tom.press(asked.message, "Erase it all")).settled("Erased 2 answers and 1 rating.")
        assert tom.id not in all_text(study)
        assert "hubris" not in all_text(study)
        assert len(study.answers.recent(group.id, mina.id)) == 2
        assert study.answers.ratings(group.id, 4) == {}
        gate.open()
        await loopback.until(lambda: len(study.papers(group.id)) == 2, 10.0)
        await (await tom.slash("answers")).settled("You have no kept answers")


async def test_forget_me_works_in_direct_messages_and_after_a_restart(start: Start, group: Guild, tom: Member) -> None:
    async with start(core=QUICK):
        await (await tom.slash("ask", question="what is a residual block")).settled()
        asked = await (await tom.slash("forget-me", channel=tom.dm)).settled("This cannot be undone.")
    async with start(core=QUICK) as bot:
        await (await tom.press(asked.message, "Erase it all")).settled("Erased 1 answer and 0 ratings.")
        assert bot.desk.study.answers.recent(group.id, tom.id) == ()
        again = await (await tom.slash("forget-me", channel=tom.dm)).settled()
        await (await tom.press(again.message, "Erase it all")).settled("Erased 0 answers and 0 ratings.")


async def test_no_trace_of_who_added_a_paper_stays(
    start: Start, loopback: LoopbackDiscord, arxiv: LoopbackArxiv, mina: Member
) -> None:
    async with start(core=on(arxiv)) as bot:
        await (await mina.slash("paper add", ids=f"{RESNET} nonsense")).settled("added")
        await loopback.until(lambda: not bot.desk.study.untold_adds())  # noted as told when it was
        assert mina.id not in all_text(bot.desk.study)


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
