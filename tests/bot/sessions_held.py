"""What the tests of sessions share: a session is opened, its thread found, a question answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.app import SeminarBot
from rag.domain.session import Session
from tests.bot.asked import is_reply
from tests.bot.conftest import Start
from tests.bot.prepared import GROUP, RESIDUAL_ID
from tests.conftest import NOW
from tests.loopback.discord import Channel, Exchange, Guild, LoopbackDiscord, Member, Message, labels_of
from tests.sessions.conftest import ask_made_questions

"""Sessions as a group holds them: /discussion, the thread, answers, what is saved, closing; and what breaks."""
QUESTIONS = 3
QUICK: dict[str, object] = {"embedder": "none"}


@pytest.fixture(autouse=True)
def _made_questions(monkeypatch: pytest.MonkeyPatch, loopback: LoopbackDiscord) -> None:
    """Three questions on any paper: what is tried here is how they are asked. Discord's clock is not before ours."""
    ask_made_questions(monkeypatch)
    behind = NOW - datetime.now(UTC)
    loopback.clock.pass_time(seconds=max(behind, timedelta()).total_seconds())


@pytest.fixture
async def bot(start: Start, group: Guild) -> AsyncIterator[SeminarBot]:
    assert group.has_bot
    async with start(core=QUICK) as bot:
        yield bot


async def discussed(person: Member, paper: str = RESIDUAL_ID, **more: object) -> Exchange:
    """Use /discussion and wait for what it says."""
    return await (await person.slash("discussion", paper=paper, **more)).settled(is_reply, timeout=20.0)


def session_of(bot: SeminarBot, guild: str = GROUP) -> Session:
    """The newest session."""
    return bot.desk.study.sessions.list(guild)[0]


def thread_of(bot: SeminarBot, group: Guild) -> Channel:
    """The thread of the newest session."""
    thread = session_of(bot).thread
    assert thread is not None
    return next(channel for channel in group.threads if channel.id == thread)


def questions_in(thread: Channel) -> list[Message]:
    return [message for message in thread.visible if any(":say:" in b["custom_id"] for b in message.buttons)]


def openings_in(channel: Channel) -> list[Message]:
    return [message for message in channel.visible if "Close the session" in labels_of(message)]


def question(thread: Channel, number: int) -> Message:
    return next(m for m in questions_in(thread) if m.text.startswith(f"**{number}.**"))


async def answered(person: Member, message: Message, text: str) -> Exchange:
    """Press Answer, fill the form in, and wait until it is kept."""
    form = await (await person.press(message, "Answer")).acknowledged()
    assert form.modal is not None
    return await (await person.submit(form.modal, {"In your own words": text})).settled(is_reply)


async def until_asked(loopback: LoopbackDiscord, bot: SeminarBot) -> Session:
    def asked() -> bool:
        return all(one.message for one in session_of(bot).questions)

    await loopback.until(asked, 15.0)
    return session_of(bot)
