"""Weekly posts as a group meets them: the slot, the queue, the reminder and its event, the questions at their time."""

from __future__ import annotations

from datetime import datetime, timedelta

from discord import Permissions

from rag.domain.agenda import PostState
from tests.bot.asked import pressed, refused
from tests.bot.conftest import Start
from tests.bot.drawing import Draw
from tests.bot.prepared import GROUP, OTHERS, RESIDUAL_ID, RESIDUAL_TITLE, SHIFT_ID, SHIFT_TITLE
from tests.bot.scheduled import (
    HOUR,
    MEETS_AT,
    QUICK,
    GroupClock,
    _made_questions,
    clock,
    meet_weekly,
    notices_in,
    openings_in,
    poll,
    row,
    use,
)
from tests.loopback.discord import Guild, LoopbackDiscord, Member, labels_of

__all__ = ["_made_questions", "clock"]


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
