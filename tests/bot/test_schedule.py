"""Weekly posts as a group meets them: at their time, once, whatever dies, is forbidden or deleted; queue and votes."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from discord import Permissions

from bot.app import SeminarBot
from bot.cogs.schedule import ScheduleCog
from bot.hosting import SessionHost
from rag.domain.agenda import IsoWeek, Posting, PostKind, PostState
from rag.domain.session import Session
from rag.study import Study
from tests.bot.asked import is_reply, pressed, refused
from tests.bot.conftest import Start
from tests.bot.drawing import Draw
from tests.bot.prepared import GROUP, OTHERS, RESIDUAL_ID, RESIDUAL_TITLE, SHIFT_ID, SHIFT_TITLE
from tests.conftest import NOW
from tests.loopback.discord import Channel, Exchange, Guild, LoopbackDiscord, Member, Message, labels_of, polls
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


async def test_a_week_from_the_slot_to_the_questions(
    loopback: LoopbackDiscord, start: Start, clock: GroupClock, group: Guild, mina: Member, omar: Member,
    draw: Draw,
) -> None:  # fmt: skip
    papers = group.channel("papers")
    names = {mina.id: "Mina", omar.id: "Omar", papers.id: "papers"}
    async with start(core=QUICK, clock=clock) as bot:
        set_ = await meet_weekly(omar, papers)
        assert "The weekly slot is set" in set_.text
        assert f"<t:{int(MEETS_AT.timestamp())}:F>" in set_.text
        added = [await use(omar, "queue add", paper=paper) for paper in (RESIDUAL_ID, "primer", SHIFT_TITLE)]
        assert "Queued at place 3" in added[2].text
        moved = await use(omar, "queue move", paper="Shortcuts", position=2)
        assert "Moved to place 2" in moved.text
        listed = await use(mina, "queue list")
        assert listed.ephemeral
        assert [line.split("\\.")[0] for line in listed.text.splitlines()[1:]] == ["1", "2", "3"]
        removed = await use(omar, "queue remove", paper="primer")
        assert "stays in the library" in removed.text
        clock.set(MEETS_AT - 24 * HOUR)
        await poll(bot)
        (reminder,) = notices_in(papers)
        assert RESIDUAL_TITLE in reminder.text
        assert f"<t:{int(MEETS_AT.timestamp())}:R>" in reminder.text
        shown = await pressed(mina, reminder, "Show the reading queue")
        assert shown.ephemeral
        assert RESIDUAL_TITLE in shown.text
        show = await use(mina, "show")
        assert show.ephemeral
        assert openings_in(papers) == []
        clock.set(MEETS_AT)
        await poll(bot)
        (opening,) = openings_in(papers)
        assert RESIDUAL_TITLE in opening.text
        assert opening.thread is not None
        assert len([m for m in opening.thread.visible if "Answer" in labels_of(m)]) == 3
        assert [entry.paper_id for entry in bot.desk.study.agenda.queue.of(GROUP)] == [SHIFT_ID]
        posted = row(bot.desk.study)
        assert posted is not None
        assert (posted.state, posted.message) == (PostState.DONE, opening.id)
        for hours in (1, 20, 47, 72):
            clock.set(MEETS_AT + hours * HOUR)
            await poll(bot)
        assert len(openings_in(papers)) == len(notices_in(papers)) == 1
        changed = await use(omar, "set", day=7, time="02:30", zone="Europe/Berlin", channel=papers)
        assert "the clocks skip that time" in changed.text
        draw("schedule-set", names, set_.message, listed.message, show.message, changed.message)
        draw("schedule-week", names, reminder, opening)
    assert loopback.violations == []


async def test_a_slot_that_is_changed_after_the_post_says_that_the_week_had_its_own(
    start: Start, clock: GroupClock, group: Guild, omar: Member
) -> None:
    papers = group.channel("papers")
    async with start(core=QUICK, clock=clock) as bot:
        await meet_weekly(omar, papers)
        await use(omar, "queue add", paper=RESIDUAL_ID)
        clock.set(MEETS_AT)
        await poll(bot)
        changed = await use(omar, "set", day=5, time="20:00", zone="Europe/Berlin", channel=papers)
        assert "is posted already, and a week has one" in changed.text
        clock.set(MEETS_AT + 26 * HOUR)
        await poll(bot)
        assert len(openings_in(papers)) == 1


@pytest.mark.parametrize("forum", [False, True])
async def test_a_post_that_was_sent_when_the_bot_was_killed_is_known_again_and_not_sent_twice(
    loopback: LoopbackDiscord, start: Start, clock: GroupClock, group: Guild, omar: Member, forum: bool
) -> None:
    papers = group.add_forum("meetings") if forum else group.channel("papers")
    async with start(core=QUICK, clock=clock) as bot:
        await meet_weekly(omar, papers, reminder_hours=0)
        await use(omar, "queue add", paper=RESIDUAL_ID)
    clock.set(MEETS_AT)
    path = rf"/channels/{papers.id}/{'threads' if forum else 'messages'}"
    loopback.faults.lose_answer("POST", path, times=9)
    killed: list[str] = []
    async with start(core=QUICK, clock=clock) as bot:  # it polls when it starts
        loopback.faults.after("POST", path, lambda: killed.append(""), times=1)
        await loopback.until(lambda: killed, 15.0)
        waiting = row(bot.desk.study)
        assert waiting is not None
        assert (waiting.state, waiting.message) == (PostState.CLAIMED, None)
        assert waiting.sending_since is not None
    loopback.faults.over()
    for message in papers.said_by(loopback.bot_user):
        message.json["nonce"] = None  # an hour later Discord does not know it any more
    sent = len(group.threads) if forum else len(openings_in(papers))
    clock.set(MEETS_AT + HOUR)
    async with start(core=QUICK, clock=clock) as bot:
        await poll(bot)
        await loopback.until(lambda: (found := row(bot.desk.study)) and found.state is PostState.DONE, 15.0)
        assert (len(group.threads) if forum else len(openings_in(papers))) == sent == 1
        assert bot.desk.study.agenda.queue.of(GROUP) == ()
        (session,) = bot.desk.study.sessions.list(GROUP)
        assert all(one.message for one in session.questions)


async def test_a_notice_that_was_sent_when_the_bot_was_killed_is_known_again(
    loopback: LoopbackDiscord, start: Start, clock: GroupClock, group: Guild, omar: Member
) -> None:
    papers = group.channel("papers")
    async with start(core=QUICK, clock=clock) as bot:
        await meet_weekly(omar, papers)
        await use(omar, "queue add", paper=RESIDUAL_ID)
    clock.set(MEETS_AT - 20 * HOUR)
    path, killed = rf"/channels/{papers.id}/messages", []
    loopback.faults.lose_answer("POST", path, times=9)
    async with start(core=QUICK, clock=clock):
        loopback.faults.after("POST", path, lambda: killed.append(""), times=1)
        await loopback.until(lambda: killed, 15.0)
    loopback.faults.over()
    notices_in(papers)[0].json["nonce"] = None
    clock.set(MEETS_AT - 19 * HOUR)
    async with start(core=QUICK, clock=clock) as bot:
        await poll(bot)
        reminder = row(bot.desk.study, PostKind.REMINDER)
        assert reminder is not None
        assert (reminder.state, reminder.message) == (PostState.DONE, notices_in(papers)[0].id)
        assert len(notices_in(papers)) == 1


async def test_a_reconnect_posts_nothing_again(
    loopback: LoopbackDiscord, start: Start, clock: GroupClock, group: Guild, omar: Member
) -> None:
    papers = group.channel("papers")
    async with start(core=QUICK, clock=clock) as bot:
        await meet_weekly(omar, papers)
        await use(omar, "queue add", paper=RESIDUAL_ID)
        clock.set(MEETS_AT)
        loopback.faults.after("POST", rf"/channels/{papers.id}/messages", loopback.gateway.drop)
        await poll(bot)
        await loopback.ready()
        await poll(bot)
        assert len(openings_in(papers)) == 1


async def test_two_bots_that_poll_beside_each_other_post_once(
    loopback: LoopbackDiscord, start: Start, clock: GroupClock, group: Guild, omar: Member
) -> None:
    """An old process that is still shutting down: it has the same library, and a claimant's name of its own."""
    from bot.poster import Poster
    from rag.wiring import build

    papers = group.channel("papers")
    async with start(core=QUICK, clock=clock) as bot:
        await meet_weekly(omar, papers)
        await use(omar, "queue add", paper=RESIDUAL_ID)
        await use(omar, "queue add", paper=SHIFT_ID)
        cog = bot.get_cog("ScheduleCog")
        assert isinstance(cog, ScheduleCog)
        other = build(bot.desk.core_settings, clock=clock)
        old = Poster(bot.desk, bot, cog.poster._host, commands=cog._commands)
        old._posts = other.agenda.posts
        clock.set(MEETS_AT)
        await asyncio.gather(old.poll(), cog.poster.poll(), old.poll())
        other.close()
        assert len(openings_in(papers)) == 1
        assert [entry.paper_id for entry in bot.desk.study.agenda.queue.of(GROUP)] == [SHIFT_ID]


async def test_a_channel_that_is_forbidden_is_told_once_and_gets_its_post_when_it_is_open(
    loopback: LoopbackDiscord, start: Start, clock: GroupClock, group: Guild, omar: Member, draw: Draw
) -> None:
    papers, general = group.channel("papers"), group.channel("general")
    async with start(core=QUICK, clock=clock) as bot:
        await meet_weekly(omar, papers, reminder_hours=0)
        await use(omar, "queue add", paper=RESIDUAL_ID)
        papers.deny(loopback.bot_user, send_messages=True)
        group._tell("CHANNEL_UPDATE", papers.json())
        clock.set(MEETS_AT)
        await poll(bot)
        clock.set(MEETS_AT + HOUR)
        await poll(bot)
        (trouble,) = notices_in(general)
        assert "Send Messages" in trouble.text
        assert "nothing is lost" in trouble.text
        assert bot.desk.study.agenda.queue.of(GROUP)[0].paper_id == RESIDUAL_ID
        papers.allow(loopback.bot_user, send_messages=True)
        group._tell("CHANNEL_UPDATE", papers.json())
        clock.set(MEETS_AT + 5 * HOUR)
        await poll(bot)
        assert len(openings_in(papers)) == 1
        assert len(notices_in(general)) == 1
        draw("schedule-trouble", {papers.id: "papers"}, trouble)


async def test_a_channel_that_is_deleted_is_told_and_another_one_gets_the_post_at_once(
    start: Start, clock: GroupClock, group: Guild, omar: Member
) -> None:
    papers, general = group.channel("papers"), group.channel("general")
    async with start(core=QUICK, clock=clock) as bot:
        await meet_weekly(omar, papers, reminder_hours=0)
        await use(omar, "queue add", paper=RESIDUAL_ID)
        group.remove_channel(papers)
        clock.set(MEETS_AT)
        await poll(bot)
        (trouble,) = notices_in(general)
        assert "the channel was deleted" in trouble.text
        await meet_weekly(omar, general, reminder_hours=0)
        await poll(bot)
        (opening,) = openings_in(general)
        assert opening.thread is not None


async def test_downtime_beyond_the_window_is_said_once_and_loses_no_paper(
    start: Start, clock: GroupClock, group: Guild, omar: Member, draw: Draw
) -> None:
    papers = group.channel("papers")
    async with start(core=QUICK, clock=clock):
        await meet_weekly(omar, papers, reminder_hours=0)
        await use(omar, "queue add", paper=RESIDUAL_ID)
    clock.set(MEETS_AT + 49 * HOUR)
    async with start(core=QUICK, clock=clock) as bot:
        await poll(bot)
        await poll(bot)
        (skipped,) = notices_in(papers)
        assert "because I was not running" in skipped.text
        assert "Add a paper" not in skipped.text  # one waits
        assert openings_in(papers) == []
        assert bot.desk.study.agenda.queue.of(GROUP)[0].paper_id == RESIDUAL_ID
        draw("schedule-skipped", {}, skipped)


async def test_an_empty_queue_asks_organisers_and_takes_the_paper_with_open_questions(
    start: Start, clock: GroupClock, group: Guild, omar: Member, draw: Draw
) -> None:
    papers = group.channel("papers")
    async with start(core=QUICK, clock=clock) as bot:
        await meet_weekly(omar, papers)
        study = bot.desk.study
        left = next(d for d, _note in study.open_notes(GROUP) if d.paper_key)
        paper = next(p for p in study.papers(GROUP) if p.key == left.paper_key)
        clock.set(MEETS_AT - 20 * HOUR)
        await poll(bot)
        (asked,) = notices_in(papers)
        assert "The reading queue is empty" in asked.text
        assert paper.title in asked.text
        clock.set(MEETS_AT)
        await poll(bot)
        (opening,) = openings_in(papers)
        assert paper.title in opening.text
        assert len(notices_in(papers)) == 1
        draw("schedule-empty", {}, asked)


async def test_a_week_without_a_paper_says_so_and_where_a_session_goes_on(
    start: Start, clock: GroupClock, group: Guild, others: Guild
) -> None:
    papers, boss = others.channel("papers"), others.add_member("Boss", permissions=Permissions(manage_guild=True))
    async with start(core=QUICK, clock=clock) as bot:
        await meet_weekly(boss, papers, reminder_hours=0)
        await use(boss, "queue add", paper=RESIDUAL_ID)
        clock.set(MEETS_AT)
        await poll(bot)
        (opening,) = openings_in(papers)
        assert opening.thread is not None
        assert notices_in(papers) == []
        clock.set(MEETS_AT + timedelta(days=7))
        await poll(bot)
        (skipped,) = notices_in(papers)
        assert "because no paper waits in the queue, and none has open questions" in skipped.text
        assert f"go on in <#{opening.thread.id}>" in skipped.text
        assert len(openings_in(papers)) == 1


async def test_an_event_is_made_once_or_the_reminder_says_why_not(
    loopback: LoopbackDiscord, start: Start, clock: GroupClock, group: Guild, omar: Member, draw: Draw
) -> None:
    papers = group.channel("papers")
    async with start(core=QUICK, clock=clock) as bot:
        said = await refused(
            await omar.slash("schedule set", day=4, time="19:30", zone="Europe/Berlin", channel=papers, event=True)
        )
        assert "Create Events" in said
        group.bot_role.permissions |= Permissions(create_events=True)
        group._tell("GUILD_ROLE_UPDATE", {"guild_id": group.id, "role": group.bot_role.json()})
        await meet_weekly(omar, papers, event=True)
        await use(omar, "queue add", paper=RESIDUAL_ID)
        clock.set(MEETS_AT - 24 * HOUR)
        await poll(bot)
        await poll(bot)
        (event,) = group.events
        assert event["name"] == f"We read: {RESIDUAL_TITLE}"
        (reminder,) = notices_in(papers)
        assert "/events/" not in reminder.text
        assert labels_of(reminder) == ["Show the reading queue", "Open the event"]
        assert f"/events/{GROUP}/{event['id']}" in str(reminder.json)
        moved = await use(omar, "set", day=5, time="20:00", zone="Europe/Berlin", channel=papers, event=True)
        assert "The weekly slot **changed**: it was Thursdays 19:30 (Europe/Berlin)" in moved.text
        await poll(bot)
        await poll(bot)
        (event,) = group.events
        assert datetime.fromisoformat(event["scheduled_start_time"]) == MEETS_AT + 24.5 * HOUR
        await meet_weekly(omar, papers, event=True)
        await poll(bot)
        assert datetime.fromisoformat(event["scheduled_start_time"]) == MEETS_AT
        group.bot_role.permissions = Permissions.none()
        group._tell("GUILD_ROLE_UPDATE", {"guild_id": group.id, "role": group.bot_role.json()})
        clock.set(MEETS_AT)
        await poll(bot)
        await use(omar, "queue add", paper=SHIFT_ID)
        clock.set(MEETS_AT + timedelta(days=6))
        await poll(bot)
        assert "no server event for it, because I lack the permission Create Events" in notices_in(papers)[-1].text
        assert len(group.events) == 1
        draw("schedule-event", {}, reminder, notices_in(papers)[-1])


async def test_an_event_of_a_week_in_which_nobody_meets_any_more_is_taken_back(
    start: Start, clock: GroupClock, group: Guild, omar: Member
) -> None:
    papers = group.channel("papers")
    group.bot_role.permissions |= Permissions(create_events=True)
    async with start(core=QUICK, clock=clock) as bot:
        await meet_weekly(omar, papers, event=True)
        await use(omar, "queue add", paper=RESIDUAL_ID)
        clock.set(MEETS_AT - 24 * HOUR)
        await poll(bot)
        assert len(group.events) == 1
        await use(omar, "set", day=1, time="20:00", zone="Europe/Berlin", channel=papers, event=True)
        await poll(bot)
        assert group.events == []
        clock.set(MEETS_AT + timedelta(days=3, hours=6))
        await poll(bot)
        assert len(group.events) == 1


async def test_a_vote_moves_the_winner_to_the_front_once(
    loopback: LoopbackDiscord, start: Start, clock: GroupClock, group: Guild, mina: Member, omar: Member,
    draw: Draw,
) -> None:  # fmt: skip
    general = group.channel("general")
    async with start(core=QUICK, clock=clock) as bot:
        assert "fewer than two papers" in await refused(await omar.slash("schedule vote", hours=24))
        for paper in (SHIFT_ID, RESIDUAL_ID, "primer"):
            await use(omar, "queue add", paper=paper)
        begun = await use(omar, "vote", hours=24)
        assert begun.ephemeral
        (poll_,) = [m for m in general.visible if m.json.get("poll")]
        assert [a["poll_media"]["text"] for a in poll_.json["poll"]["answers"]][:2] == [SHIFT_TITLE, RESIDUAL_TITLE]
        assert "another one is open" in await refused(await omar.slash("schedule vote", hours=24))
        for person in (mina, omar):
            polls.vote(poll_, person, RESIDUAL_TITLE)
    clock.set(NOW + 25 * HOUR)
    polls.finish(poll_)
    async with start(core=QUICK, clock=clock) as bot:
        await poll(bot)
        await poll(bot)
        assert bot.desk.study.agenda.queue.of(GROUP)[0].paper_id == RESIDUAL_ID
        told = [m for m in general.visible if "has won the vote" in m.text]
        assert len(told) == 1
        assert bot.desk.study.agenda.votes.to_count() == ()
        draw("schedule-vote", {}, begun.message, told[0])
    assert loopback.violations == []


async def test_a_vote_whose_process_died_before_it_noted_the_poll_is_counted_all_the_same(
    loopback: LoopbackDiscord, start: Start, clock: GroupClock, group: Guild, mina: Member, omar: Member
) -> None:
    general = group.channel("general")
    async with start(core=QUICK, clock=clock) as bot:
        for paper in (SHIFT_ID, RESIDUAL_ID):
            await use(omar, "queue add", paper=paper)
        await use(omar, "vote", hours=1)
        with bot.desk.study.library._writing() as connection:
            connection.exec_driver_sql("update votes set message = null")
        (poll_,) = [m for m in general.visible if m.json.get("poll")]
        polls.vote(poll_, mina, RESIDUAL_TITLE)
        polls.finish(poll_)
        clock.set(NOW + 2 * HOUR)
        await poll(bot)
        assert bot.desk.study.agenda.queue.of(GROUP)[0].paper_id == RESIDUAL_ID


async def test_a_tie_goes_to_the_paper_that_waits_longer_and_no_votes_change_nothing(
    start: Start, clock: GroupClock, group: Guild, mina: Member, omar: Member
) -> None:
    general = group.channel("general")
    async with start(core=QUICK, clock=clock) as bot:
        for paper in ("primer", SHIFT_ID, RESIDUAL_ID):
            await use(omar, "queue add", paper=paper)
        await use(omar, "vote", hours=1)
        (poll_,) = [m for m in general.visible if m.json.get("poll")]
        polls.vote(poll_, mina, RESIDUAL_TITLE)
        polls.vote(poll_, omar, SHIFT_TITLE)
        polls.finish(poll_)
        clock.set(NOW + 2 * HOUR)
        await poll(bot)
        order = [entry.paper_id for entry in bot.desk.study.agenda.queue.of(GROUP)]
        assert order[0] == SHIFT_ID
        await use(omar, "vote", hours=1)
        polls.finish(next(m for m in general.visible if m.json.get("poll") and m is not poll_))
        clock.set(NOW + 4 * HOUR)
        await poll(bot)
        assert [entry.paper_id for entry in bot.desk.study.agenda.queue.of(GROUP)] == order


async def test_the_agenda_of_one_server_is_nothing_to_another(
    start: Start, clock: GroupClock, group: Guild, others: Guild, omar: Member
) -> None:
    papers = group.channel("papers")
    boss = others.add_member("Boss", permissions=Permissions(manage_guild=True))
    async with start(core=QUICK, clock=clock) as bot:
        await meet_weekly(omar, papers)
        await use(omar, "queue add", paper=SHIFT_ID)
        listed = await use(boss, "queue list")
        assert "The reading queue is empty" in listed.text
        assert "no queued paper" in (await refused(await boss.slash("schedule queue remove", paper=SHIFT_ID))).lower()
        assert "no weekly slot is set" in (await use(boss, "show")).text.lower()
        clock.set(MEETS_AT)
        await poll(bot)
        assert len(openings_in(papers)) == 1
        assert [c.said_by(bot_user) for c in others.channels.values() if (bot_user := others.discord.bot_user)][1] == []
        assert row(bot.desk.study, guild=OTHERS) is None


async def test_what_is_typed_wrong_is_said_and_changes_nothing(
    start: Start, clock: GroupClock, group: Guild, omar: Member
) -> None:
    async with start(core=QUICK, clock=clock) as bot:
        wrong_zone = await refused(await omar.slash("schedule set", day=4, time="19:30", zone="Berlin"))
        assert "Did you mean Europe/Berlin" in wrong_zone
        wrong_time = await refused(await omar.slash("schedule set", day=4, time="25:00", zone="Europe/Berlin"))
        assert "no time of day" in wrong_time
        assert "no paper called" in (await refused(await omar.slash("schedule queue add", paper="zzzzqqq"))).lower()
        await use(omar, "queue add", paper=SHIFT_ID)
        assert "in the queue already" in await refused(await omar.slash("schedule queue add", paper=SHIFT_TITLE))
        forbidden = group.channel("papers")
        forbidden.deny(group.discord.bot_user, send_messages=True)
        group._tell("CHANNEL_UPDATE", forbidden.json())
        lacking = await omar.slash("schedule set", day=4, time="19:30", zone="Europe/Berlin", channel=forbidden)
        assert "Send Messages" in await refused(lacking)
        assert bot.desk.servers.settings(GROUP).weekly is None
        zones = await omar.autocomplete("schedule set", {"zone": "berl"}, focused="zone")
        assert zones.choices[0]["value"] == "Europe/Berlin"
        queued = await omar.autocomplete("schedule queue remove", {"paper": "small"}, focused="paper")
        assert [choice["value"] for choice in queued.choices] == [SHIFT_ID]


async def test_an_id_that_is_new_is_added_by_itself_and_is_ready_then(
    loopback: LoopbackDiscord, start: Start, clock: GroupClock, group: Guild, omar: Member
) -> None:
    async with start(core=QUICK, clock=clock) as bot:
        queued = await use(omar, "queue add", paper="1512.03385")
        assert "not in the library yet" in queued.text
        general = group.channel("general")
        await loopback.until(lambda: any("1512.03385" in m.text and m.exchange is None for m in general.visible), 15.0)
        assert [entry.ready for entry in bot.desk.study.agenda.queue.of(GROUP)] == [False]
        assert bot.desk.study.agenda.reading(GROUP) is None or not bot.desk.study.agenda.reading(GROUP).queued  # type: ignore[union-attr]


async def discussed(person: Member, channel: Channel, paper: str = RESIDUAL_ID) -> Exchange:
    return await (await person.slash("discussion", paper=paper, channel=channel)).settled(is_reply, timeout=20.0)


async def test_a_discussion_typed_while_the_weekly_post_goes_out_does_not_open_it_twice(
    start: Start, clock: GroupClock, group: Guild, mina: Member, omar: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers, general = group.channel("papers"), group.channel("general")
    real, typed = SessionHost.send_opening, []

    async def slow(self: SessionHost, channel: str, session: Session, *, nonce: str = "") -> str:
        if not typed:
            typed.append(await mina.slash("discussion", paper=RESIDUAL_ID, channel=general))
            await asyncio.sleep(0.2)
        return await real(self, channel, session, nonce=nonce)

    monkeypatch.setattr(SessionHost, "send_opening", slow)
    async with start(core=QUICK, clock=clock) as bot:
        await meet_weekly(omar, papers, reminder_hours=0)
        await use(omar, "queue add", paper=RESIDUAL_ID)
        clock.set(MEETS_AT)
        await poll(bot)
        assert "is being posted right now" in await refused(typed[0])
        (opening,) = openings_in(papers)
        assert opening.thread is not None
        assert openings_in(general) == []
        (session,) = bot.desk.study.sessions.list(GROUP)
        assert (session.message, session.channel) == (opening.id, papers.id)


async def test_two_people_who_open_one_paper_in_two_channels_open_it_once(
    start: Start, clock: GroupClock, group: Guild, mina: Member, omar: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers, general = group.channel("papers"), group.channel("general")
    real, other = SessionHost.send_opening, []

    async def slow(self: SessionHost, channel: str, session: Session, *, nonce: str = "") -> str:
        sent = await real(self, channel, session, nonce=nonce)
        if not other:
            other.append(await omar.slash("discussion", paper=RESIDUAL_ID, channel=general))
            await asyncio.sleep(0.2)
        return sent

    monkeypatch.setattr(SessionHost, "send_opening", slow)
    async with start(core=QUICK, clock=clock):
        await discussed(mina, papers)
        second = await other[0].settled(is_reply, timeout=20.0)
        (opening,) = openings_in(papers)
        assert opening.thread is not None
        assert opening.thread.id in second.text
        assert openings_in(general) == []


async def test_a_week_whose_paper_people_opened_themselves_before_the_meeting_is_that_sessions(
    start: Start, clock: GroupClock, group: Guild, mina: Member, omar: Member
) -> None:
    papers = group.channel("papers")
    async with start(core=QUICK, clock=clock) as bot:
        await meet_weekly(omar, papers, reminder_hours=0)
        for paper in (RESIDUAL_ID, SHIFT_ID):
            await use(omar, "queue add", paper=paper)
        clock.set(MEETS_AT - timedelta(minutes=5))
        await discussed(mina, papers)
        clock.set(MEETS_AT)
        await poll(bot)
        (opening,) = openings_in(papers)
        posted = row(bot.desk.study)
        assert posted is not None
        assert (posted.state, posted.message) == (PostState.DONE, opening.id)
        assert [entry.paper_id for entry in bot.desk.study.agenda.queue.of(GROUP)] == [SHIFT_ID]


async def test_a_queued_paper_that_was_discussed_by_hand_is_not_posted_again(
    start: Start, clock: GroupClock, group: Guild, mina: Member, omar: Member
) -> None:
    papers = group.channel("papers")
    async with start(core=QUICK, clock=clock) as bot:
        for paper in (RESIDUAL_ID, SHIFT_ID, "primer"):
            await use(omar, "queue add", paper=paper)
        sessions, queue = bot.desk.study.sessions, bot.desk.study.agenda.queue
        await discussed(mina, papers, SHIFT_ID)
        assert queue.of(GROUP)[0].paper_id == RESIDUAL_ID
        assert len(queue.of(GROUP)) == 2
        await discussed(mina, papers)
        assert queue.of(GROUP)[0].paper_id == RESIDUAL_ID
        (session, _other) = sessions.list(GROUP)
        for asked in session.questions:
            sessions.answer(GROUP, session.session_id, asked.question.number, person="1", name="m", text="all said")
        sessions.close(GROUP, session.session_id)
        assert len(queue.of(GROUP)) == 1
        await use(omar, "queue add", paper=RESIDUAL_ID)  # people may want it again
        assert queue.of(GROUP)[1].paper_id == RESIDUAL_ID


async def test_a_step_that_never_ends_is_put_off_and_holds_nobody_up(
    start: Start, clock: GroupClock, group: Guild, omar: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers, real = group.channel("papers"), SessionHost.complete

    async def stuck(_self: SessionHost, _session: Session) -> Session:
        await asyncio.Event().wait()
        raise AssertionError

    async with start(core=QUICK, clock=clock) as bot:
        await meet_weekly(omar, papers, reminder_hours=0)
        await use(omar, "queue add", paper=RESIDUAL_ID)
        monkeypatch.setattr(SessionHost, "complete", stuck)
        monkeypatch.setattr("bot.poster.STEP_S", 0.5)
        clock.set(MEETS_AT)
        async with asyncio.timeout(20):
            await poll(bot)
        waiting = row(bot.desk.study)
        assert waiting is not None
        assert (waiting.state, waiting.claimant) == (PostState.POSTED, "")
        monkeypatch.setattr(SessionHost, "complete", real)
        monkeypatch.setattr("bot.poster.STEP_S", 15.0)
        clock.set(MEETS_AT + HOUR)
        await poll(bot)
        posted = row(bot.desk.study)
        assert posted is not None
        assert posted.state is PostState.DONE
        assert len(openings_in(papers)) == 1
