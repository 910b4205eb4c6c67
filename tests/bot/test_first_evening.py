"""A study group's first evening with the bot, from the invitation to a follow-up question: what the README shows.

With ``--draw FOLDER`` the messages are drawn there as members see them, as the README shows them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from discord import Permissions

from rag import samples
from rag.discussion.notes_in import parse_notes
from tests.bot.conftest import Start
from tests.bot.drawing import Draw
from tests.conftest import NOW
from tests.loopback.arxiv import LoopbackArxiv
from tests.loopback.discord import Guild, LoopbackDiscord, Member, labels_of, pictures_of, text_of
from tests.made import paper_pdf

TITLE = "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift"
QUESTION = "what is internal covariate shift"
SHARED = Path(__file__).parents[2] / "../shared/pdfs/1502.03167-batchnorm.pdf"


@pytest.fixture
def arxiv() -> Iterator[LoopbackArxiv]:
    """Serve the paper that the README adds: the real one where it is at hand, else one made for tests."""
    with LoopbackArxiv() as served:
        pdf = SHARED.read_bytes() if SHARED.exists() else paper_pdf(TITLE, pages=3)
        authors = ("Sergey Ioffe", "Christian Szegedy")
        served.add_paper("1502.03167", version=3, title=TITLE, authors=authors, pdf=pdf)
        yield served


@pytest.fixture
def group(loopback: LoopbackDiscord) -> Guild:
    return loopback.add_guild("Deep learning study group", channels=["papers"])


async def test_a_groups_first_evening(
    loopback: LoopbackDiscord, start: Start, arxiv: LoopbackArxiv, group: Guild, draw: Draw
) -> None:
    """Add, ask, look at the page, discuss, go on asking; and the primer's quote, as a picture of its lines."""
    mina = group.add_member("Mina", permissions=Permissions(manage_guild=True))
    core = {"arxiv_api_url": arxiv.api, "arxiv_pdf_url": arxiv.pdf_address.rsplit("/", 1)[0]}
    async with start(core=core) as bot:
        names = {mina.id: "Mina", str(bot.application_id): "Seminar"}

        added = await mina.slash("paper add", ids="1502.03167")
        await added.settled("added")
        await keep_notes(mina)
        asked = await mina.slash("ask", question=QUESTION)
        await asked.settled("Sources")
        assert added.ack_ms < 3_000
        assert asked.ack_ms < 3_000
        assert "shift" in asked.text
        assert "Your group’s notes" in asked.text
        assert {"Quote 1", "Discuss in a thread", "Helpful", "Wrong citation"} <= set(labels_of(asked.message))
        draw("discord-ask", names, (added.message, "/paper add", "Mina"), (asked.message, "/ask", "Mina"))

        quote = await mina.press(asked.message, "Quote 1")
        await quote.settled("found this text on the page")
        assert quote.ephemeral
        assert len(pictures_of(quote.message)) == 1

        opened = await mina.press(asked.message, "Discuss in a thread")
        await opened.settled("Let us talk")
        thread = group.channel(QUESTION)
        [welcome] = thread.messages.values()
        await mina.says(thread, "and why does it slow training down?", reply_to=welcome)
        await loopback.until(lambda: len(thread.messages) >= 3)
        assert "Batch Normalization" in text_of(list(thread.messages.values())[-1])


async def test_a_quote_is_shown_on_its_page(loopback: LoopbackDiscord, start: Start, group: Guild, draw: Draw) -> None:
    """The project's own primer stands in the README's picture: no paper of others is handed on with the source."""
    mina = group.add_member("Mina", permissions=Permissions(manage_guild=True))
    async with start() as bot:
        added = await mina.slash("paper add", file=("primer.pdf", samples.primer_pdf().read_bytes()))
        await added.settled("added")
        asked = await mina.slash("ask", question=QUESTION)
        await asked.settled("Sources")
        quote = await mina.press(asked.message, "Quote 1")
        await quote.settled("found this text on the page")
        [picture] = pictures_of(quote.message)
        assert picture["description"].startswith("Page 1 of")
        draw("discord-quote", {mina.id: "Mina", str(bot.application_id): "Seminar"}, (quote.message, "", ""))


async def keep_notes(organiser: Member) -> None:
    """Import the sample notes as an organiser does."""
    imported = await organiser.slash("notes import", file=("notes.md", samples.sample_notes().read_bytes()))
    await imported.settled("Keep these notes")
    kept = await organiser.press(imported.message, "Keep these notes")
    await kept.acknowledged()
    await imported.discord.until(lambda: kept.message is not None and "kept" in kept.text.lower())


async def test_a_group_goes_through_a_paper(loopback: LoopbackDiscord, start: Start, group: Guild, draw: Draw) -> None:
    """A session with the questions that Seminar makes of the primer, closed into notes that read back to the same."""
    loopback.clock.pass_time(seconds=max(NOW - datetime.now(UTC), timedelta()).total_seconds())
    mina = group.add_member("Mina", permissions=Permissions(manage_guild=True))
    async with start() as bot:
        added = await mina.slash("paper add", file=("primer.pdf", samples.primer_pdf().read_bytes()))
        await added.settled("added")
        await keep_notes(mina)
        opened = await mina.slash("discussion", paper="primer")
        await opened.settled("Let us discuss", timeout=20.0)
        assert opened.ack_ms < 3_000
        (thread,) = group.threads
        opening = next(m for m in group.channel("papers").visible if m.thread is thread)
        questions = [m for m in thread.visible if "Answer" in labels_of(m)]
        assert len(questions) >= 5
        assert all("Evidence" in labels_of(message) for message in questions)
        assert "try to convey" in questions[0].text
        names = {mina.id: "Mina", str(bot.application_id): "Seminar"}
        pointing = [m for m in questions if any(item in m.text for item in ("Equation", "Table", "Figure"))]
        some = (opening, questions[0], *pointing[:2])
        draw("discord-session", names, *((message, "", "") for message in some))

        form = await (await mina.press(questions[0], "Answer")).acknowledged()
        assert form.modal is not None
        kept = await mina.submit(form.modal, {"In your own words": "normalise, and add the input"})
        await kept.settled("Saved for question 1")
        closed = await mina.slash("session close", channel=thread)
        await closed.settled("is closed")
        ((_name, file),) = closed.message.files.items()
        (noted,) = parse_notes(file.decode()).discussions
        assert noted.notes[0].answer == ("normalise, and add the input",)
        exported = parse_notes(bot.desk.study.export_notes(group.id)).discussions
        assert exported[-1].notes == noted.notes
        assert len(noted.notes) == len(questions)
