"""What each server has set, in memory: no command waits for the database before it answers Discord."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.lanes import Lanes
from rag.domain.server import ServerSettings
from rag.record.servers import Joined, Servers


class KnownServers:
    """The servers the bot is in. Reads are instant; changes are written first."""

    def __init__(self, *, servers: Servers, lanes: Lanes) -> None:
        self._servers = servers
        self._lanes = lanes
        self._settings: dict[str, ServerSettings] = {}
        self._in_order: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._changing = asyncio.Lock()
        self.settled = asyncio.Event()
        """Set once every server we are in is noted: until then, the first may still adopt what was local."""

    @contextmanager
    def settling(self) -> Iterator[None]:
        """Note servers in the block; whatever went wrong there, people wait for its end with their questions."""
        try:
            yield
        finally:
            self.settled.set()

    def settings(self, guild: str) -> ServerSettings:
        """Return what a server has set; the defaults for one that set nothing."""
        return self._settings.get(guild, ServerSettings())

    async def load(self) -> None:
        """Read the settings of all servers, once, before the gateway opens."""
        for server in await self._lanes.look(self._servers.present):
            self._settings[server.guild] = server.settings

    async def save(self, guild: str, settings: ServerSettings) -> None:
        """Keep what a server's admin has set."""
        await self._lanes.look(self._servers.save_settings, guild, settings)
        self._settings[guild] = settings

    async def change(self, guild: str, change: Callable[[ServerSettings], ServerSettings]) -> ServerSettings:
        """Change what is set, one after the other, so that of two people neither loses what the other set.

        Returns what was set before.
        """
        async with self._changing:
            before = self.settings(guild)
            await self.save(guild, change(before))
        return before

    async def joined(self, guild: str, name: str) -> Joined:
        """Note that the bot is in a server; its settings of an earlier stay come back."""
        async with self._in_order[guild]:
            joined = await self._lanes.ingest(self._servers.joined, guild, name)
            kept = (await self._lanes.look(self._servers.server, guild)).settings
            self._settings.setdefault(guild, kept)  # what an admin set in the meantime is newer
        return joined

    async def left(self, guild: str) -> None:
        """Note that the bot has left a server; what it holds is erased later.

        A join before it that still waits for a paper to be read is written down first.
        """
        async with self._in_order[guild]:
            await self._lanes.look(self._servers.left, guild)
            self._settings.pop(guild, None)
