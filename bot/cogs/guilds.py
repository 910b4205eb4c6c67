"""Servers come and go: the welcome, the goodbye, and what is erased when its time is over."""

from __future__ import annotations

import logging
from datetime import timedelta

import discord
from discord.ext import commands

from bot.app import SeminarBot
from bot.render.welcome import welcome_reply
from bot.replying import post

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
        for guild in sorted(self._bot.guilds, key=lambda guild: guild.id):
            await self._join(guild)
        self._desk.servers.settled.set()
        here = {str(guild.id) for guild in self._bot.guilds}
        for server in await self._desk.lanes.look(self._desk.study.servers.present):
            if server.guild not in here:
                await self._desk.servers.left(server.guild)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Greet a server."""
        await self._join(guild)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Remember when a server was left: it is erased later, unless we are asked back."""
        if not guild.unavailable:
            await self._desk.servers.left(str(guild.id))
            log.info("left server %s", guild.id)

    async def _join(self, guild: discord.Guild) -> None:
        joined = await self._desk.servers.joined(str(guild.id), guild.name)
        if joined.first_time:
            log.info("joined server %s; adopted the local library: %s", guild.id, joined.adopted)
            await self._welcome(guild, adopted=joined.adopted)

    async def _welcome(self, guild: discord.Guild, *, adopted: bool) -> None:
        mention = self._bot.mention_of
        reply = welcome_reply(
            add=mention("paper add"),
            ask=mention("ask"),
            settings=mention("settings"),
            help_=mention("help"),
            adopted=adopted,
        )
        for place in await self._places(guild):
            try:
                await post(place, reply)
            except discord.HTTPException as error:
                log.info("no welcome in server %s: %r", guild.id, error)
            else:
                return

    async def _places(self, guild: discord.Guild) -> list[discord.abc.Messageable]:
        """Return where a welcome may stand: the system channel, else with whoever installed the bot, the owner."""
        places: list[discord.abc.Messageable] = []
        if guild.system_channel is not None and guild.system_channel.permissions_for(guild.me).send_messages:
            places.append(guild.system_channel)
        if guild.owner_id is not None:
            places.append(await self._bot.create_dm(discord.Object(guild.owner_id)))
        return places

    async def _tidy(self) -> None:
        study, core = self._desk.study, self._desk.core_settings
        for guild in await self._desk.lanes.ingest(study.servers.erase_left):
            log.info("erased what was kept of server %s", guild)
        before = self._desk.clock() - timedelta(days=core.keep_answers_days)
        forgotten = await self._desk.lanes.ingest(study.answers.forget_older_than, before)
        log.info("forgot %d old answers", forgotten)
