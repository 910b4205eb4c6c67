"""Adds as the person who asked for them sees them: how far each is, then what came of all."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from typing import Any

import discord

from bot.adding import Adding, Results
from bot.errors import DISCORD_ERRORS
from bot.render.papers import added_reply, progress_text
from bot.render.reply import Tone, said
from bot.replying import deliver, show
from bot.stages import stages_of
from rag.intake.results import AddResult, Step

Interaction = discord.Interaction[Any]

LONG = "This takes long. I go on, and tell you here in a message of its own when it is done."


async def show_adds(
    adding: Adding,
    interaction: Interaction,
    given: Sequence[str],
    queue: Awaitable[Sequence[int]],
    *,
    ask_command: str,
    patience_s: float,
) -> None:
    """Show how far each paper is, then what came of all; what takes longer than ``patience_s`` is told by ``adding``.

    ``given`` are the names of what is added, in the order in which ``queue`` writes it down.
    """
    steps: dict[int, Step] = {}
    queued: Results = {}
    stages = stages_of(interaction)

    def say(_result: object = None) -> None:
        stages.say(progress_text([(name, _state(job)) for job, name in zip(queued, given, strict=True)]))

    def heard(step: Step) -> None:
        steps[step.job_id] = step
        say()

    def _state(job: int) -> Step | AddResult | None:
        return queued[job].result() if queued[job].done() else steps.get(job)

    async with adding.watched(queue, heard) as results:
        queued |= results
        async with stages:
            for result in results.values():
                result.add_done_callback(say)
            say()
            _done, late = await asyncio.wait(results.values(), timeout=patience_s)
        if late:
            with contextlib.suppress(*DISCORD_ERRORS):  # it may have been deleted: the adds go on
                await show(interaction, said(LONG, Tone.NOTICE))
            return
        came = [replace(result.result(), given=name) for result, name in zip(results.values(), given, strict=True)]
        async with adding.telling(results):
            await deliver(interaction, added_reply(came, ask_command=ask_command), header=f"<@{interaction.user.id}>")
