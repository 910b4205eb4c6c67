"""When the group meets: the weekly slot, and a simulation of its posts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.cli import reading_queue
from rag.cli.door import Door, print_json

if TYPE_CHECKING:
    from datetime import date, datetime

    from rag.agenda.agenda import Ahead
    from rag.agenda.simulation import Sent
    from rag.domain.server import WeeklySlot

group = typer.Typer(help="When the group meets, and what it reads next.", no_args_is_help=True, rich_markup_mode=None)
group.add_typer(reading_queue.group, name="queue")

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MOST_YEARS = 20


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.add_typer(group, name="schedule")


@group.command("show")
def show(context: typer.Context, as_json: AsJson = False) -> None:
    """Show when the group meets, and what is read next."""
    door: Door = context.obj
    ahead = door.study.agenda.ahead(door.guild)
    if as_json:
        print_json(_ahead_as_json(ahead))
    else:
        _print_ahead(door, ahead)


@group.command("set")
def set_slot(
    context: typer.Context,
    day: Annotated[str, typer.Argument(help="monday … sunday, or 1 … 7.")],
    time: Annotated[str, typer.Argument(help="On the group's clock: 19:30.")],
    zone: Annotated[str, typer.Argument(help="The group's clock: Europe/Berlin.")],
    channel: Annotated[str, typer.Option(help="The id of the Discord channel; else the one that is set.")] = "",
    reminder_hours: Annotated[int, typer.Option(help="Remind so long before; 0 for no reminder.")] = 24,
    event: Annotated[bool, typer.Option("--event", help="Also put each meeting among the server's events.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say when the group meets: the question set of the queue's first paper is posted then."""
    from rag.errors import Refused
    from rag.record.slots import weekly_slot

    door: Door = context.obj
    before = door.study.servers.server(door.guild).settings.weekly
    place = channel.strip() or (before.channel if before else "")
    if place and not place.isdecimal():
        advice = "Copy it in Discord: Settings, Advanced, Developer Mode; then right-click the channel."
        raise Refused(f"The channel “{place}”", "that is not the number of a channel", advice)
    slot = weekly_slot(day=_day(day), time=time, zone=zone, channel=place, reminder_hours=reminder_hours, event=event)
    with door.study.directory.owned("set the weekly slot"):  # a running bot keeps the settings in memory
        door.study.agenda.set_slot(door.guild, slot)
    show(context, as_json)
    if not place and not as_json:
        door.err.print("No channel is set, so the bot has nowhere to post: use --channel.", style="yellow")


@group.command("clear")
def clear(context: typer.Context, as_json: AsJson = False) -> None:
    """Forget when the group meets: nothing is posted any more. The queue stays."""
    door: Door = context.obj
    with door.study.directory.owned("clear the weekly slot"):
        door.study.agenda.set_slot(door.guild, None)
    show(context, as_json)


@group.command("simulate")
def simulate(
    context: typer.Context,
    begin: Annotated[str, typer.Option("--from", help="The first day: 2027-01-01.")],
    end: Annotated[str, typer.Option("--to", help="The last day: 2027-12-31.")],
    zone: Annotated[str, typer.Option(help="The group's clock: Europe/Berlin; else the one that is set.")] = "",
    day: Annotated[str, typer.Option(help="monday … sunday, or 1 … 7; else the one that is set.")] = "",
    time: Annotated[str, typer.Option(help="On that clock: 19:30; else the one that is set.")] = "",
    reminder_hours: Annotated[int | None, typer.Option(help="Remind so long before; 0 for no reminder.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print when posts would be sent, with the weeks in which clocks change. Nothing is sent or kept."""
    from datetime import timedelta
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from rag.agenda.simulation import simulate as simulated

    door: Door = context.obj
    slot = _slot_for(door, day=day, time=time, zone=zone, reminder_hours=reminder_hours)
    first, last = _days(begin, end)
    window = timedelta(hours=door.settings.late_post_hours)
    starts, stops = _midnight(first, slot), _midnight(last + timedelta(days=1), slot)
    with TemporaryDirectory() as folder:
        sent = simulated(Path(folder) / "simulation.db", slot, begin=starts, end=stops, window=window)
    if as_json:
        shown = {"day": DAYS[slot.day - 1], "time": slot.time, "zone": slot.zone}
        print_json(shown | {"posts": [_sent_as_json(each, slot) for each in sent]})
    else:
        _print_sent(door, sent, slot)


def _slot_for(door: Door, *, day: str, time: str, zone: str, reminder_hours: int | None) -> WeeklySlot:
    """Return what was typed, and for the rest what is set, else Wednesday at 19:30 without a reminder."""
    from rag.record.slots import weekly_slot

    typed = bool(day and time and zone)
    known = None if typed else door.study.servers.server(door.guild).settings.weekly
    if known is None and not zone:
        raise typer.BadParameter("No weekly slot is set: name a --zone, and a --day and --time.")
    return weekly_slot(
        day=_day(day) if day else known.day if known else 3,
        time=time or (known.time if known else "19:30"),
        zone=zone or (known.zone if known else ""),
        channel=known.channel if known else "",
        reminder_hours=reminder_hours if reminder_hours is not None else known.reminder_hours if known else 0,
    )


def _day(typed: str) -> int:
    """Return the number of a day, of which the beginning is enough."""
    wanted = typed.strip().casefold()
    if wanted.isdecimal():
        return int(wanted)
    found = [number for number, name in enumerate(DAYS, 1) if len(wanted) > 1 and name.startswith(wanted)]
    if len(found) != 1:
        raise typer.BadParameter(f"“{typed}” is no day: write {', '.join(DAYS)}, or 1 for Monday to 7 for Sunday.")
    return found[0]


def _days(begin: str, end: str) -> tuple[date, date]:
    from datetime import date

    try:
        first, last = date.fromisoformat(begin.strip()), date.fromisoformat(end.strip())
    except ValueError as error:
        raise typer.BadParameter("Write the days as 2027-01-01.") from error
    if last < first:
        raise typer.BadParameter(f"--to ({end}) comes before --from ({begin}).")
    if not (first.year >= 1972 and last.year <= 2100 and last.year - first.year <= MOST_YEARS):
        raise typer.BadParameter(f"Name years from 1972 to 2100, and at most {MOST_YEARS} of them.")
    return first, last


def _midnight(day: date, slot: WeeklySlot) -> datetime:
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(slot.zone)).astimezone(UTC)


def _sent_as_json(sent: Sent, slot: WeeklySlot) -> dict[str, Any]:
    from rag.record.slots import clock_change, in_zone

    return {
        "week": str(sent.week),
        "kind": sent.kind.value,
        "local": in_zone(sent.at, slot.zone).isoformat(),
        "utc": sent.at.isoformat(),
        "clock_change": clock_change(slot, sent.week),
    }


def _print_sent(door: Door, sent: tuple[Sent, ...], slot: WeeklySlot) -> None:
    from rag.record.slots import clock_change, in_zone

    said = {
        "gap": f"{slot.time} does not exist on this day: the clocks go forward",
        "fold": f"{slot.time} comes twice on this day: the first",
        "week": "the clocks change in this week",
        "": "",
    }
    door.out.print(f"{DAYS[slot.day - 1].capitalize()}s at {slot.time} ({slot.zone})", markup=False)
    for each in sent:
        local = f"{in_zone(each.at, slot.zone):%a %Y-%m-%d %H:%M %z}"
        line = f"{each.week}  {each.kind.value:<11} {local}  {each.at:%Y-%m-%d %H:%M} UTC"
        note = said[clock_change(slot, each.week)]
        door.out.print(f"{line}  {note}".rstrip(), markup=False)
    from rag.wording import counted

    door.out.print(f"{counted(len(sent), 'post')}.")


def _print_ahead(door: Door, ahead: Ahead) -> None:
    from rag.record.slots import in_zone

    slot = ahead.slot
    if slot is None:
        door.out.print("No weekly slot is set: seminar schedule set thursday 19:30 Europe/Berlin --channel ID")
    else:
        where = f" in the channel {slot.channel}" if slot.channel else ""
        door.out.print(f"{DAYS[slot.day - 1].capitalize()}s at {slot.time} ({slot.zone}){where}", markup=False)
        for name, moment in (("next meeting", ahead.meets_at), ("next post", ahead.posts_at)):
            if moment is not None:
                line = f"{name:<14}{in_zone(moment, slot.zone):%a %Y-%m-%d %H:%M %z}  {moment:%Y-%m-%d %H:%M} UTC"
                door.out.print(line, markup=False)
        if ahead.odd is not None:
            change, moment = ahead.odd
            why = "does not exist on this day" if change == "gap" else "comes twice on this day; this is the first"
            local = f"{in_zone(moment, slot.zone):%a %Y-%m-%d %H:%M %z}"
            door.out.print(f"{'clock change':<14}{local}: {slot.time} {why}", markup=False)
        if ahead.sent is not None:
            door.out.print(f"{'this week':<14}{ahead.sent.state.value}: one question set a week", markup=False)
        if ahead.paused is not None:
            door.out.print(f"{'not posted':<14}because {ahead.paused.reason}", markup=False, style="yellow")
        reminder = f"{slot.reminder_hours} hours before" if slot.reminder_hours else "none"
        door.out.print(f"{'reminder':<14}{reminder}", markup=False)
        door.out.print(f"{'event':<14}{'yes' if slot.event else 'no'}", markup=False)
    reading = ahead.reading
    if reading is not None:
        why = "first in the queue" if reading.queued else "has open questions; nothing is queued"
        door.out.print(f"{'next paper':<14}{reading.title} ({reading.paper_id}): {why}", markup=False)
    else:
        door.out.print("No paper is queued: seminar schedule queue add PAPER")


def _ahead_as_json(ahead: Ahead) -> dict[str, Any]:
    slot, reading = ahead.slot, ahead.reading
    return {
        "slot": None
        if slot is None
        else {
            "day": DAYS[slot.day - 1],
            "time": slot.time,
            "zone": slot.zone,
            "channel": slot.channel,
            "reminder_hours": slot.reminder_hours,
            "event": slot.event,
        },
        "meets_at": ahead.meets_at.isoformat() if ahead.meets_at else None,
        "posts_at": ahead.posts_at.isoformat() if ahead.posts_at else None,
        "this_week": ahead.sent.state.value if ahead.sent else None,
        "not_posted_because": ahead.paused.reason if ahead.paused else None,
        "next_paper": {"paper_id": reading.paper_id, "title": reading.title, "queued": reading.queued}
        if reading
        else None,
        "queue": [reading_queue.entry_as_json(entry) for entry in ahead.queue],
    }
