"""Commands: one file per noun that people type."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from discord.ext import commands

    from bot.app import SeminarBot


def cogs_for(bot: SeminarBot) -> list[commands.Cog]:
    """Return every cog, made for this bot."""
    from bot.adding import Adding
    from bot.asking import Asking
    from bot.cogs.about import AboutCog
    from bot.cogs.answering import AnsweringCog
    from bot.cogs.answers import AnswersCog
    from bot.cogs.ask import AskCog
    from bot.cogs.conversation import ConversationCog
    from bot.cogs.discussion import DiscussionCog
    from bot.cogs.guilds import GuildsCog
    from bot.cogs.notes import NotesCog
    from bot.cogs.paper import PaperCog
    from bot.cogs.saving import SavingCog
    from bot.cogs.schedule import ScheduleCog
    from bot.cogs.session import SessionCog
    from bot.cogs.settings import SettingsCog
    from bot.hosting import SessionHost

    asking = Asking(bot.desk, mention_of=bot.mention_of, warmed=bot.warmed)
    adding = Adding(bot.desk, channel=bot.get_partial_messageable, mention_of=bot.mention_of, stopping=bot.stopping)
    host = SessionHost(bot.desk, bot)
    bot.keep_doing(adding.carry_out, "adds", every_s=0.0)
    return [
        AskCog(bot, asking),
        AnswersCog(bot),
        ConversationCog(bot, asking),
        PaperCog(bot, adding),
        NotesCog(bot),
        DiscussionCog(bot, host, adding),
        AnsweringCog(bot, host),
        SavingCog(bot, host),
        SessionCog(bot, host),
        ScheduleCog(bot, host),
        SettingsCog(bot),
        AboutCog(bot),
        GuildsCog(bot),
    ]
