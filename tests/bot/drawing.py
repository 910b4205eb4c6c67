"""Messages as pictures, where ``--draw FOLDER`` asks for them: for people to look at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest

from docs.discord_sheet.messages import Entry
from docs.draw_messages import draw_entries
from tests.loopback.discord import Message

Shown = Message | tuple[Message, str, str]
"""A message, or with the command that was used and by whom."""


class Draw(Protocol):
    """Draws messages below each other, under a name. ``names`` are those of mentioned ids."""

    def __call__(self, name: str, names: Mapping[str, str], *shown: Shown, width_px: int = 1440) -> None: ...


@pytest.fixture
def draw(request: pytest.FixtureRequest) -> Draw:
    """Draw messages to a picture where ``--draw`` says; nothing without it."""
    folder: str | None = request.config.getoption("--draw")

    def drawn(name: str, names: Mapping[str, str], *shown: Shown, width_px: int = 1440) -> None:
        if folder is not None:
            each = [one if isinstance(one, tuple) else (one, "", "") for one in shown]
            entries = [Entry(message.json, message.files, used=used, by=by) for message, used, by in each]
            (Path(folder) / f"{name}.png").write_bytes(draw_entries(entries, names=names, width_px=width_px))

    return drawn
