"""What the tests of the schedule share: a weekly slot, a clock that is moved, and the minute that then passes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.app import SeminarBot
from bot.cogs.schedule import ScheduleCog
from rag.domain.agenda import IsoWeek, Posting, PostKind
from rag.study import Study
from tests.bot.asked import is_reply
from tests.bot.prepared import GROUP
from tests.conftest import NOW
from tests.loopback.discord import Channel, Exchange, LoopbackDiscord, Member, Message, labels_of
from tests.record.groups import Clock
from tests.sessions.conftest import ask_made_questions

QUICK: dict[str, object] = {"embedder": "none"}
WEEK = IsoWeek(2026, 48)
MEETS_AT = datetime(2026, 11, 26, 18, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


class GroupClock(Clock):
    """The clock of bot and library; Discord's goes with it."""

    def __init__(self, loopback: LoopbackDiscord) -> None:
        super().__init__()
        self._loopback = loopback
        self.set(NOW)

    def set(self, moment: datetime) -> None:
        self.now = moment
        self._loopback.clock.pass_time(seconds=(moment - self._loopback.clock.now()).total_seconds())


@pytest.fixture(autouse=True)
def _made_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    ask_made_questions(monkeypatch)


@pytest.fixture
def clock(loopback: LoopbackDiscord) -> GroupClock:
    return GroupClock(loopback)


async def use(person: Member, command: str, **options: Any) -> Exchange:
    used = await person.slash(f"schedule {command}", **options)
    return await used.settled(is_reply, timeout=15.0)


async def meet_weekly(person: Member, channel: Channel, **more: Any) -> Exchange:
    return await use(person, "set", day=4, time="19:30", zone="Europe/Berlin", channel=channel, **more)


async def poll(bot: SeminarBot) -> None:
    """Let the minute pass in which something is due."""
    cog = bot.get_cog("ScheduleCog")
    assert isinstance(cog, ScheduleCog)
    await cog.poster.poll()
    await cog.poster.poll()
    await cog.voting.count_ended()


def row(study: Study, kind: PostKind = PostKind.QUESTIONS, guild: str = GROUP) -> Posting | None:
    return study.agenda.post_of(guild, WEEK, kind)


def openings_in(channel: Channel) -> list[Message]:
    return [message for message in channel.visible if "Close the session" in labels_of(message)]


def notices_in(channel: Channel) -> list[Message]:
    return [message for message in channel.visible if labels_of(message)[:1] == ["Show the reading queue"]]
