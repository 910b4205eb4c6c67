"""What people read in Discord when a session refuses something: with commands to use there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.render.escaping import clip, plain_line
from rag.errors import NobodyAnswered, NoSession, SessionClosed, SeveralSessions
from rag.wording import MOST_CHOICES

TITLE_CHARS = 80


def _none(error: NoSession) -> str:
    return f"No session is {error.name} here." + (" Open one with /discussion." if error.name == "open" else "")


def _several(error: SeveralSessions) -> str:
    named = [f"{number} {plain_line(clip(title, TITLE_CHARS))}" for number, title in error.choices[:MOST_CHOICES]]
    more = f", and {len(error.choices) - MOST_CHOICES} more" if len(error.choices) > MOST_CHOICES else ""
    command = "close" if error.name == "open" else "reopen"
    say = f"/session {command} session: {error.choices[0][0]}"
    return f"Several sessions are {error.name}: {', '.join(named)}{more}. Say which: {say}."


SESSION_WORDS: dict[type, Callable[[Any], str]] = {
    NoSession: _none,
    SeveralSessions: _several,
    SessionClosed: lambda error: (
        f"This session is closed already. To go on: /session reopen session: {error.session_id}."
    ),
    NobodyAnswered: lambda _: "Nobody has answered. Use /session close again, and say what the notes shall hold.",
}
