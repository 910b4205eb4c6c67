"""What every command is given: the study, the lanes to it, and what the bot keeps in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.lanes import Lanes
from bot.rates import Rates
from bot.servers import KnownServers
from bot.settings import BotSettings
from bot.views.press import Actions
from rag.settings import Settings
from rag.study import Study


@dataclass(frozen=True, slots=True)
class Desk:
    """The surroundings of a cog. ``clock`` gives aware UTC."""

    study: Study
    lanes: Lanes
    settings: BotSettings
    core_settings: Settings
    servers: KnownServers
    actions: Actions
    rates: Rates
    clock: Callable[[], datetime]
