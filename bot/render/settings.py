"""The panel of a server's settings: what is set, what just changed, and how to change it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.render.escaping import timestamp
from bot.render.limits import MENU_CHOICES
from bot.render.models import model_advice, model_line
from bot.render.reply import Block, Button, Menu, MenuKind, Reply, Row, Rule, Text, Tone
from bot.render.template import template_line, template_section
from rag.domain.server import ServerSettings, WeeklySlot
from rag.domain.template import TemplateInUse
from rag.language.reach import Reach
from rag.record.slots import next_meeting

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST_CHANNELS = MENU_CHOICES


@dataclass(frozen=True, slots=True)
class Panel:
    """What a panel shows. ``gone`` are the ids of roles and channels that were deleted; ``before``: what was set;
    ``model``: the one that is set up, for all servers.
    """

    settings: ServerSettings
    now: datetime
    template: TemplateInUse
    gone: frozenset[str] = field(default_factory=frozenset)
    before: ServerSettings | None = None
    template_before: TemplateInUse | None = None
    model: Reach | None = None


def settings_reply(panel: Panel) -> Reply:
    """Return the panel; every press and pick on it changes one thing at once."""
    blocks: list[Block] = [Text("**Settings of this server**\n-# Only you see this. A change holds at once.")]
    if panel.before is not None:
        blocks.append(Text(_changes(panel, panel.before)))
    for section in (
        _organisers(panel),
        _channels(panel),
        _weekly(panel),
        template_section(panel.template),
        _model(panel),
    ):
        blocks += [Rule(), *section]
    return Reply(tuple(blocks), Tone.NOTICE)


def _organisers(panel: Panel) -> list[Block]:
    role = panel.settings.organiser_role
    text = (
        f"**Organisers** · {_role(panel, role)}\n"
        "-# They add, rename and remove papers, import notes and write into them, and keep the schedule and its queue. "
        "Members with Manage Server always can."
    )
    menu = _menu(MenuKind.ROLE, "set_role", "Pick the organisers’ role", [role] if role else [], panel)
    clear = [Row((Button("No organiser role", "clear_role"),))] if role else []
    return [Text(text), Row((menu,)), *clear]


def _channels(panel: Panel) -> list[Block]:
    channels = panel.settings.channels
    text = (
        f"**Channels where I answer** · {_places(panel, channels)}\n"
        "-# Threads count as their channel. /settings and /status work everywhere."
    )
    placeholder = f"Pick up to {MOST_CHANNELS} channels"
    menu = _menu(MenuKind.CHANNEL, "set_channels", placeholder, channels, panel, most=MOST_CHANNELS)
    clear = [Row((Button("Answer everywhere", "clear_channels"),))] if channels else []
    return [Text(text), Row((menu,)), *clear]


def _weekly(panel: Panel) -> list[Block]:
    slot = panel.settings.weekly
    lines = [f"**Weekly slot** · {_slot(panel, slot)}"]
    buttons = [Button("Set the weekly slot…", "type_slot")]
    menu: list[Block] = []
    if slot is not None:
        lines.append(f"Next: {timestamp(next_meeting(slot, panel.now), 'F')}")
        placeholder = "Pick the channel of the weekly slot"
        menu = [Row((_menu(MenuKind.CHANNEL, "set_slot_channel", placeholder, [slot.channel], panel),))]
        buttons.append(Button("No weekly slot", "clear_slot"))
    lines.append("-# I post the questions on the next paper of the reading queue then; /schedule has more.")
    return [Text("\n".join(lines)), *menu, Row(tuple(buttons))]


def _model(panel: Panel) -> list[Block]:
    use = panel.settings.use_model
    text = f"**Language model** · {model_line(panel.model, use=use)}\n-# {model_advice(panel.model, use=use)}"
    label, wanted = ("Do not use a model", "off") if use else ("Use a model", "on")
    return [Text(text), Row((Button(label, "use_model", (wanted,)),))]


def _changes(panel: Panel, before: ServerSettings) -> str:
    """Return what a press changed, old and new."""
    now = panel.settings
    shown = (
        ("Organisers", _role(panel, before.organiser_role), _role(panel, now.organiser_role)),
        ("Channels where I answer", _places(panel, before.channels), _places(panel, now.channels)),
        ("Weekly slot", _slot(panel, before.weekly), _slot(panel, now.weekly)),
        ("Question template", template_line(panel.template_before or panel.template), template_line(panel.template)),
        ("Language model", _use(before.use_model), _use(now.use_model)),
    )
    changed = [f"Changed **{name}**: {old} → {new}" for name, old, new in shown if old != new]
    return "\n".join(changed) or "Nothing changed: it was set so already."


def _menu(kind: MenuKind, action: str, placeholder: str, chosen: Sequence[str], panel: Panel, *, most: int = 1) -> Menu:
    """Return a menu that begins with what is set; Discord refuses one that begins with what was deleted."""
    there = tuple(id_ for id_ in chosen if id_ not in panel.gone)
    return Menu(action, placeholder=placeholder, kind=kind, most=most, chosen=there)


def _role(panel: Panel, role: str | None) -> str:
    if role is None:
        return "members with Manage Server only"
    return "a role (deleted)" if role in panel.gone else f"<@&{role}>"


def _places(panel: Panel, channels: Sequence[str]) -> str:
    return ", ".join(_place(panel, channel) for channel in channels) or "everywhere"


def _place(panel: Panel, channel: str) -> str:
    return "a channel (deleted)" if channel in panel.gone else f"<#{channel}>"


def _slot(panel: Panel, slot: WeeklySlot | None) -> str:
    if slot is None:
        return "not set"
    return f"{DAYS[slot.day - 1]}s at {slot.time} ({slot.zone}) in {_place(panel, slot.channel)}"


def _use(use_model: bool) -> str:
    return "used where there is one" if use_model else "not used"
