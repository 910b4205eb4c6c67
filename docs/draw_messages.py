"""Draw Discord messages as a member sees them, from the JSON that the loopback Discord keeps.

Run as ``.venv/bin/python docs/draw_messages.py transcript.json out.png``. A transcript is a list of
``{"message": {…}, "files": {"page.png": base64}, "used": "/ask …", "by": "Mina"}``; all but the message may be left
out. Who are mentioned by id are named in the message's ``mentions``, or in ``names`` of a transcript that is an object
``{"names": {id: name}, "messages": [...]}``. Nothing is fetched: a picture that is not given is drawn as its
description.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

if __package__:  # imported by a test
    from .discord_sheet.messages import Entry, lay_out, read_entry
    from .discord_sheet.theme import WIDTH
else:
    from discord_sheet.messages import Entry, lay_out, read_entry
    from discord_sheet.theme import WIDTH

NOTHING: Mapping[str, bytes] = {}
NOBODY: Mapping[str, str] = {}


def draw(
    messages: Sequence[Mapping[str, object]],
    *,
    width_px: int = 1440,
    attachments: Mapping[str, bytes] = NOTHING,
    names: Mapping[str, str] = NOBODY,
) -> bytes:
    """A PNG of messages below each other. A command's use is drawn from ``interaction_metadata``.

    ``attachments`` are the files by name for all messages; ``names`` stand for the ids of people, roles and channels.
    """
    return draw_entries([Entry(message, attachments) for message in messages], width_px=width_px, names=names)


def draw_entries(entries: Sequence[Entry], *, width_px: int = 1440, names: Mapping[str, str] = NOBODY) -> bytes:
    """The same for messages that each have files of their own and may say which command they answer."""
    with lay_out(entries, names) as sheet:
        scale = width_px / WIDTH
        whole_pixels = (0, 0, WIDTH, int(sheet[0].rect.height * scale) / scale)
        png: bytes = sheet[0].get_pixmap(matrix=(scale, 0, 0, scale, 0, 0), clip=whole_pixels).tobytes("png")
    return png


def main() -> None:
    """Read a transcript, write a picture."""
    if len(sys.argv) != 3:
        sys.exit("Say which transcript and which picture: draw_messages.py transcript.json out.png")
    written = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    if isinstance(written, list):
        written = {"messages": written}
    entries = [read_entry(entry) for entry in written["messages"]]
    Path(sys.argv[2]).write_bytes(draw_entries(entries, names=written.get("names", NOBODY)))
    print(f"{len(entries)} messages drawn in {sys.argv[2]}")


if __name__ == "__main__":
    main()
