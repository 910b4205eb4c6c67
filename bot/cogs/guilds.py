"""Servers come and go: the welcome, the goodbye, and what is erased when its time is over."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from functools import partial

import discord
from discord.ext import commands

from bot.app import SeminarBot
from bot.render.welcome import welcome_reply
from bot.replying import post_in_one
from rag.record.servers import Joined
from rag.wording import counted

log = logging.getLogger(__name__)

_DAY_S = 24 * 3600.0


class GuildsCog(commands.Cog):
    """Which servers the bot is in."""

    def __init__(self, bot: SeminarBot) -> None:
        self._bot = bot
        self._desk = bot.desk

    async def cog_load(self) -> None:
        """Tidy up once a day."""
        self._bot.keep_doing(self._tidy, "tidy", every_s=_DAY_S)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Note which servers we are in: some came or went while we were away."""
        guilds = sorted(self._bot.guilds, key=lambda guild: guild.id)
        here = [guild for guild in guilds if not guild.unavailable]  # in an outage they have no name, and tell its end
        with self._desk.servers.settling():
            noted = [(guild, await self._note(guild)) for guild in here]
        for guild, joined in noted:
            await self._greet(guild, joined)
        for server in await self._desk.lanes.look(self._desk.study.servers.present):
            if self._bot.get_guild(int(server.guild)) is None:  # asked now: others may have let us in since
                await self._leave(server.guild)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Greet a server."""
        await self._greet(guild, await self._note(guild))

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        """Greet a server that let us in while we were away and was in an outage when we came."""
        if self._desk.servers.settled.is_set():
            await self._greet(guild, await self._note(guild))

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Remember when a server was left; an outage is no leaving, and Discord tells it otherwise."""
        await self._leave(str(guild.id))

    async def _note(self, guild: discord.Guild) -> Joined:
        joined = await self._desk.servers.joined(str(guild.id), guild.name)
        if self._bot.get_guild(guild.id) is None:  # we were put out again while the join waited
            await self._leave(str(guild.id))
            return replace(joined, first_time=False)
        if joined.first_time:
            log.info("joined server %s; adopted the local library: %s", guild.id, joined.adopted)
        return joined

    async def _leave(self, guild: str) -> None:
        """It is erased later, unless we are asked back."""
        await self._desk.servers.left(guild)
        log.info("left server %s", guild)

    async def _greet(self, guild: discord.Guild, joined: Joined) -> None:
        """Welcome a server that is new to us, where somebody sees it."""
        if not joined.first_time:
            return
        mention = self._bot.mention_of
        reply = welcome_reply(
            add=mention("paper add"),
            ask=mention("ask"),
            settings=mention("settings"),
            help_=mention("help"),
            adopted=joined.adopted,
        )
        if not await post_in_one((partial(_system_channel, guild), partial(self._owner, guild)), reply):
            log.info("no welcome in server %s", guild.id)

    async def _owner(self, guild: discord.Guild) -> discord.abc.Messageable | None:
        """Return the direct messages with whoever most likely let us in."""
        return None if guild.owner_id is None else await self._bot.create_dm(discord.Object(guild.owner_id))

    async def _tidy(self) -> None:
        study, core = self._desk.study, self._desk.core_settings
        for guild in await self._desk.lanes.ingest(study.servers.erase_left):
            log.info("erased what was kept of server %s", guild)
        before = self._desk.clock() - timedelta(days=core.keep_answers_days)
        forgotten = await self._desk.lanes.ingest(study.answers.forget_older_than, before)
        if forgotten:
            log.info("forgot %s", counted(forgotten, "old answer"))


async def _system_channel(guild: discord.Guild) -> discord.abc.Messageable | None:
    """Return the channel in which Discord greets people, if we may write there."""
    channel = guild.system_channel
    may = channel.permissions_for(guild.me) if channel is not None else discord.Permissions.none()
    return channel if may.view_channel and may.send_messages else None
