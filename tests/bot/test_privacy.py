"""What is kept of people, and who hears of it, is what /privacy says; logs hold no question; /forget-me erases all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.adding import Origin
from rag.settings import Settings
from rag.study import Study
from rag.wiring import build
from tests.bot.arxived import RESNET, Gate, arxiv, group, mina, on, tom
from tests.bot.conftest import Start
from tests.conftest import NOW
from tests.loopback.arxiv import LoopbackArxiv
from tests.loopback.discord import Guild, LoopbackDiscord, Member, labels_of
from tests.made import SHIFT, paper_pdf

__all__ = ["arxiv", "group", "mina", "tom"]

QUICK = {"embedder": "none"}


def all_text(study: Study) -> str:
    """Return every text of the database: what is erased must not be in it."""
    with study.library._reading() as connection:
        return "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]


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
