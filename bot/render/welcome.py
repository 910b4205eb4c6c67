"""The first words in a server, and the panel of its settings."""

from __future__ import annotations

from bot.render.reply import Reply, Text, Tone


def welcome_reply(*, add: str, ask: str, settings: str, help_: str, adopted: bool) -> Reply:
    """Return the welcome with the three first steps. ``adopted``: a library made on the command line came along."""
    found = "I brought the papers and notes that were added on the command line.\n" if adopted else ""
    text = (
        "**I read papers with your group.** I answer from the papers that you add, and every citation I show "
        f"was found on its page.\n{found}"
        f"1. Add a paper: {add} with an arXiv id, such as 1502.03167.\n"
        f"2. Ask: {ask} what is internal covariate shift.\n"
        f"3. Say who may add papers, and where I may answer: {settings}.\n"
        f"-# {help_} shows every command."
    )
    return Reply((Text(text),), Tone.NOTICE)
