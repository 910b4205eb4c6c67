"""What people are told of the language model: which one writes, where it is, and what it is sent."""

from __future__ import annotations

from bot.render.escaping import plain_line
from rag.answering.given import MOST
from rag.language.reach import Reach


def model_line(reach: Reach | None, *, use: bool = True) -> str:
    """Return which model writes here."""
    if reach is None:
        return "none is set up" if use else "none is set up, and none is to be used"
    name = plain_line(reach.name)
    return f"{name}, {_where(reach)}" if use else f"{name} is not used"


def model_advice(reach: Reach | None, *, use: bool) -> str:
    """Return what the switch does."""
    if reach is None:
        return "Answers are quotes from the papers. This switch counts when whoever runs me sets a model up."
    if not use:
        return "Answers are quotes from the papers, and nothing is sent to a model."
    return "It writes answers, and I check every sentence. For that it is sent questions and passages: see /privacy."


def about_line(reach: Reach | None) -> str:
    """Return who writes the answers."""
    if reach is None:
        return "Answers are quotes: no language model is used."
    return (
        f"Where a server allows it, answers are written by the language model {plain_line(reach.name)}, and the "
        "program checks every sentence before it is shown."
    )


def privacy_lines(reach: Reach | None) -> str:
    """Return who hears questions."""
    if reach is None:
        return (
            "- Nobody else hears your questions: they are answered on the machine that runs me, without a language "
            "model. Its logs name servers, papers and who changed settings; they hold no questions.\n"
        )
    return (
        f"- A language model writes for me: {plain_line(reach.name)}, {_where(reach)}. {_sent(reach)}\n"
        "- My logs name servers, papers and who changed settings; they hold no questions.\n"
    )


def _where(reach: Reach) -> str:
    if reach.near:
        return "on the machine or in the network of whoever runs me"
    return f"at {plain_line(reach.host)}"


def _sent(reach: Reach) -> str:
    terms = "" if reach.near else " What its makers keep of that, their terms say."
    return (
        f"It is sent your question, the questions before it in its thread, and up to {MOST} passages of this server's "
        "papers. It is sent passages of a paper when questions, cards or an analysis are made of it, and notes of your "
        "group when they are set beside a paper. It is not told who you are or which server this is."
        f"{terms} Organisers can switch it off in /settings; then nothing is sent."
    )
