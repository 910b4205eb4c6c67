"""What the bot adds to the command line. Discord is imported only inside."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.settings import BotSettings
    from rag.cli.door import Door


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command("run")(run)
    app.command("sync")(sync)
    app.command("healthcheck")(healthcheck)


def run(context: typer.Context) -> int:
    """Run the Discord bot; the token is in DISCORD_TOKEN.

    Settings come from the environment or .env (deploy/example.env lists them); deploy/RUNBOOK.md leads through it.
    """
    from bot.running import run as run_bot

    door: Door = context.obj
    settings = _settings(context)
    run_bot(settings, door.settings)
    return 0


def sync(
    context: typer.Context,
    guild: Annotated[str, typer.Option("--server", help="Only for this server, at once; for trying things out.")] = "",
) -> int:
    """Send the commands to Discord, also when they have not changed."""
    import asyncio

    from bot.running import send_commands

    door: Door = context.obj
    sent = asyncio.run(send_commands(_settings(context), door.settings, server=guild))
    print(f"Sent {sent} commands to Discord.")
    return 0


def healthcheck(context: typer.Context) -> int:
    """Say whether a bot on this machine can answer (SEMINAR_HEALTH_PORT)."""
    from bot.health import ask_readiness

    port = _settings(context).health_port
    if not port:
        print("Set SEMINAR_HEALTH_PORT, for the bot and for this command, to have its health checked.", file=sys.stderr)
        return 2
    ready, found = ask_readiness(port)
    print(found)
    return 0 if ready else 1


def _settings(context: typer.Context) -> BotSettings:
    from bot.logs import set_up_logs
    from bot.settings import read_bot_settings

    settings = read_bot_settings()
    debug = context.parent is not None and context.parent.params.get("debug")
    level = "debug" if debug else settings.log_level
    secret = settings.discord_token.get_secret_value().strip()
    door: Door = context.obj
    core = door.settings
    keys = [each.get_secret_value().strip() for each in (core.llm_key, core.openai_api_key, core.anthropic_api_key)]
    set_up_logs(as_json=settings.log_format == "json", level=level, secret=secret, keys=keys)
    return settings
