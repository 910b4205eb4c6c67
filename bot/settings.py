"""Every setting of the bot, beside those of the core: ``DISCORD_TOKEN``, and ``SEMINAR_*`` for the rest."""

from __future__ import annotations

from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from rag.errors import Refused


class BotSettings(BaseSettings):
    """What an organiser may set. Only the token is needed."""

    model_config = SettingsConfigDict(
        env_prefix="SEMINAR_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
    )

    discord_token: SecretStr = Field(
        default=SecretStr(""), validation_alias=AliasChoices("discord_token", "DISCORD_TOKEN", "SEMINAR_DISCORD_TOKEN")
    )
    """The bot's token, a secret. https://discord.com/developers/applications, your application, Bot, Reset Token."""
    discord_api_url: str = ""
    """Empty: Discord's own. For a proxy, and for tests."""
    discord_gateway_url: str = ""

    ask_threads: int | None = Field(default=None, ge=1, le=32)
    """Questions answered at the same time; the others wait in line. None: see :func:`bot.lanes.ask_threads`."""
    questions_per_person_per_minute: int = Field(default=6, ge=1)
    questions_per_server_per_minute: int = Field(default=60, ge=1)
    adds_per_server_per_hour: int = Field(default=60, ge=1)
    """Papers, not commands."""
    source_url: str = ""
    """Where the source of this copy is: the licence gives everybody who uses it the right to have it."""
    page_pictures: bool = True
    """Show quotes as a picture of their lines on the page. Off where a publisher's terms forbid it."""

    stop_within_s: float = Field(default=12.0, ge=0.5, le=600)
    """How long running work may take to end when the bot is stopped. Systems kill after 20 to 30 s."""
    log_format: Literal["text", "json"] = "text"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    health_port: int = Field(default=0, ge=0, le=65_535)
    """Where ``/healthz`` and ``/readyz`` answer, on this machine only; 0 for nowhere."""


def read_bot_settings(**given: object) -> BotSettings:
    """Return the settings, with what was given by hand first. Raises Refused that names the wrong setting."""
    try:
        return BotSettings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "SEMINAR_" + "_".join(str(part) for part in first["loc"]).upper()
        raise Refused(what=f"the setting {name}", reason=first["msg"][0].lower() + first["msg"][1:]) from error
