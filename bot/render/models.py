"""What people are told of the language model: which one writes, where it is, and what it is sent."""

from __future__ import annotations

from bot.render.escaping import plain_line
from rag.answering.given import MOST
from rag.language.ports import WhyNot
from rag.language.reach import Reach
from rag.language.report import ModelUse


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


def status_line(use: ModelUse) -> str:
    """Return which model writes for a server, and how much of its month is left, in plain words."""
    name = plain_line(use.name)
    if use.why_not is WhyNot.OFF:
        return f"{name}, switched off in this server: answers are quotes"
    if use.why_not is WhyNot.SPENT:
        return f"{name}; what it may cost this month is used up: answers are quotes until the month ends"
    if not use.budget:
        return name
    return f"{name}, {min(use.month.tokens / use.budget, 1):.0%} of this month’s budget used"


def about_line(reach: Reach | None) -> str:
    """Return who writes the answers."""
    if reach is None:
        return "Answers are quotes: no language model is used."
    return (
        f"Where a server allows it, answers are written by the language model {plain_line(reach.name)}, and the "
        "program checks every sentence before it is shown."
    )


def privacy_lines(reach: Reach | None) -> str:
    """Return who hears questions, what they are sent, and what they are not."""
    if reach is None:
        return (
            "- Nobody else hears your questions: they are answered on the machine that runs me, without a language "
            "model. Its logs name servers, papers and who changed settings; they hold no questions.\n"
        )
    terms = "" if reach.near else " What is kept of that there, the provider's terms say."
    return (
        f"- I ask a language model: {plain_line(reach.name)}, {_where(reach)}.{terms}\n"
        "- For an answer it is sent your question, the last questions of its thread, "
        f"up to {MOST} passages of this server's papers, and the notes that are shown beside the answer.\n"
        "- For questions, cards and an analysis of a paper it is sent passages of that paper and your group's "
        "template; for notes that are filled or checked, these notes and passages.\n"
        "- It is not told who you are or which server this is. Organisers can switch it off in /settings: then "
        "nothing is sent to it.\n"
        "- My logs name servers, papers and who changed settings; they hold no questions.\n"
    )


def _where(reach: Reach) -> str:
    if reach.near:
        return "on the machine or in the network of whoever runs me"
    return f"at {plain_line(reach.host)}"
