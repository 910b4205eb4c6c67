"""Files that people attach, fetched from Discord."""

from __future__ import annotations

import discord

from bot.errors import DISCORD_ERRORS
from rag.domain.sizes import MB
from rag.errors import BadDocument, Unreachable
from rag.intake.uploads import shown_name


async def fetched(file: discord.Attachment, *, most_mb: int, advice: str) -> bytes:
    """Return what is in a file. Raises BadDocument for one that is too large, before it is fetched, and Unreachable."""
    if file.size > most_mb * MB:
        reason = f"it has {file.size / MB:.1f} MB and at most {most_mb} MB are taken"
        raise BadDocument(what=shown_name(file.filename), reason=reason, advice=advice)
    try:
        return await file.read()
    except DISCORD_ERRORS as error:
        raise Unreachable(service="Discord", reason=f"it does not give {shown_name(file.filename)}") from error
