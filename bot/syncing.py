"""Commands are sent to Discord only when they changed: it counts how often."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import Any

import discord
from discord import app_commands

from bot.lanes import Lanes
from rag.store.library import Library

log = logging.getLogger(__name__)


class CommandSync:
    """Keeps the hash of what Discord has, and the ids it gave, in the library's facts."""

    def __init__(self, *, library: Library, lanes: Lanes) -> None:
        self._library = library
        self._lanes = lanes

    async def sync(
        self, tree: app_commands.CommandTree[Any], *, application: int, force: bool = False
    ) -> dict[str, int]:
        """Send the commands if they differ from what Discord has; return each command's id, for mentions."""
        fact = f"discord_commands:{application}"
        fresh = fingerprint(tree)
        kept = await self._lanes.look(self._library.fact, fact)
        known = json.loads(kept) if kept else {}
        if known.get("hash") == fresh and not force:
            log.info("the commands are as Discord has them")
            return dict(known["ids"])
        ids = {command.name: command.id for command in await tree.sync()}
        await self._lanes.look(self._library.set_fact, fact, json.dumps({"hash": fresh, "ids": ids}))
        log.info("sent %d commands to Discord", len(ids))
        return ids


def fingerprint(tree: app_commands.CommandTree[Any]) -> str:
    """Return a hash of the commands as Discord gets them."""
    payload = sorted(json.dumps(command.to_dict(tree), sort_keys=True) for command in tree.get_commands())
    return hashlib.sha256("\n".join([discord.__version__, *payload]).encode()).hexdigest()
