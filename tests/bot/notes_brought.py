"""What the tests of notes share: a file of notes, and the ways it comes into a library."""

from __future__ import annotations

from bot.app import SeminarBot
from tests.loopback.discord import Exchange, Guild, Member

NOTES = b"""## Discussion 1 AlexNet - 2012
1. What is this paper try to convey ?
- bigger is better
2. Why ReLU

## Discussion 5 ResNet - 2015
1. What is a shortcut
- the input is added to the output
2. Why does it help
"""


async def previewed(person: Member, content: bytes = NOTES, name: str = "notes.md") -> Exchange:
    """Bring a file, and wait until its counts are shown."""
    return await (await person.slash("notes import", file=(name, content))).settled("Keep these notes?")


async def kept(person: Member, content: bytes = NOTES) -> Exchange:
    """Import a file and wait until all of it is over."""
    preview = await previewed(person, content)
    pressed = await person.press(preview.message, "Keep these notes")
    await pressed.followed_up()
    return await pressed.settled("are kept")


async def brought(bot: SeminarBot, group: Guild, notes: bytes) -> None:
    """Put notes into a library, in the lane where everything is that changes it."""
    await bot.lanes.ingest(bot.desk.study.import_notes, group.id, notes, search_arxiv=False)
