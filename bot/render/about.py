"""What the bot says about itself: help from its own commands, its licence, what it keeps, how it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.render.escaping import clip, masked_link, plain_line, timestamp
from bot.render.models import about_line, privacy_lines, status_line
from bot.render.reply import Block, Button, Reply, Row, Rule, Style, Text, Tone
from bot.render.signs import one_line
from rag import __version__
from rag.domain.opinion import Disliked
from rag.domain.record import Forgotten
from rag.health import Status
from rag.language.reach import Reach
from rag.record.opinions import LATELY
from rag.wording import begins_with, counted

LICENCE_URL = "https://www.gnu.org/licenses/agpl-3.0.html"
ERROR_CHARS = 200
GIVEN_CHARS = 80
QUESTION_CHARS = 120
MOST_DISLIKED = 5
_TECHNICAL = ("library", "queue", "index", "embedder", "reranker", "writer", "model", "checked", "schema", "disk")
_TOKENS = "a token is about three quarters of an English word, read or written"


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """One command as help shows it. ``mention`` is what people can click."""

    mention: str
    promise: str
    example: str = ""
    organisers: bool = False


def help_reply(commands: Sequence[CommandHelp]) -> Reply:
    """Return every command with an example; those for organisers apart."""
    everyone = "\n".join(_command(command) for command in commands if not command.organisers)
    organisers = "\n".join(_command(command) for command in commands if command.organisers)
    more = (
        "You can also mention me with a question, or use *Apps → Ask about this* on any message. "
        "Mention me in a reply to an answer, or in its thread, and I go on from there. In a session's thread, "
        "*Apps → Save as answer* keeps a message as an answer."
    )
    blocks = [Text(f"**Seminar reads papers with you**\n{everyone}"), Text(more)]
    if organisers:
        blocks.append(Text(f"**For organisers**\n{organisers}"))
    return Reply(tuple(blocks), Tone.NOTICE)


def about_reply(source_url: str, model: Reach | None = None) -> Reply:
    """Return what this is, its licence and where its source is."""
    text = (
        f"**Seminar {__version__}** answers questions from the papers that this server added. Every citation it shows "
        "was found on its page by the program. What your group said in discussions stands apart from what papers say.\n"
        f"{about_line(model)}\n"
        "Free software under the GNU Affero General Public License, version 3 or later. You have a right to its source"
        + ("." if source_url else ": ask whoever runs this bot for it.")
        + "\n-# Thank you to arXiv for use of its open access interoperability. Text search by all-MiniLM-L6-v2."
    )
    links = [Button("Licence", url=LICENCE_URL)]
    if source_url:
        links.append(Button("Source", url=source_url))
    return Reply((Text(text), Row(tuple(links))), Tone.NOTICE)


def privacy_reply(
    *,
    keep_answers_days: int,
    keep_left_server_days: int,
    online_links: bool,
    forget: str,
    model: Reach | None = None,
) -> Reply:
    """Return what is kept, for how long, who else hears of it, and how to have it erased."""
    links = (
        "- The arXiv id of an added paper goes to Papers with Code and Hugging Face, to find its code.\n"
        if online_links
        else ""
    )
    text = (
        "**What I keep**\n"
        f"- Your questions, my answers and your ratings, with your Discord id, for {keep_answers_days} days.\n"
        "- The papers, files and notes that this server added, and its settings. No other server sees them.\n"
        "- Who added a paper, until I have told them what came of it; who queued one to be read, while it waits.\n"
        "- In a session: your answers with your name, and what you marked as unclear, as long as I am in this "
        "server. Its notes hold what was answered, without names, and stay when your name goes.\n"
        "- Who changed one of this server's notes, and when; its members see it in /notes history.\n"
        f"- When I am removed from a server: all that is its own for {keep_left_server_days} days, then it is erased.\n"
        "**What I read**\n"
        "- Commands, messages that mention me or reply to me, and those that you use *Ask about this* or "
        "*Save as answer* on (of somebody else, I ask them first). "
        "I cannot read others.\n"
        "**Who else hears of it**\n"
        "- Organisers see, in /status, questions asked in channels whose answers were rated not helpful or wrongly "
        "cited: never private ones, and never who rated.\n"
        f"{privacy_lines(model)}"
        "- arXiv hears the ids of papers that are added, the words of /paper search, and headings of imported notes "
        "that fit no paper here. A site hears when its address is added.\n"
        f"{links}"
        f"**Erase it**: {forget} erases what I keep about you, in every server, at once."
    )
    return Reply((Text(text),), Tone.NOTICE)


def forget_question() -> Reply:
    """Return the question before everything about a person is erased."""
    text = (
        "Erase all your questions, my answers to them, your ratings and what you said in sessions, in every server? "
        "This cannot be undone."
    )
    buttons = (Button("Erase it all", "forget", ("yes",), style=Style.DANGER), Button("Keep it", "forget", ("no",)))
    return Reply((Text(text), Row(buttons)), Tone.NOTICE)


def forgotten_reply(forgotten: Forgotten | None) -> Reply:
    """Return what was erased; None: nothing, the person changed their mind."""
    if forgotten is None:
        return Reply((Text("Nothing was erased."),), Tone.NOTICE)
    erased = f"{counted(forgotten.answers, 'answer')} and {counted(forgotten.ratings, 'rating')}"
    if forgotten.said:
        erased += f", and {counted(forgotten.said, 'answer')} that you gave in sessions"
    left = "Messages that I posted in channels stay there until somebody deletes them."
    return Reply((Text(f"Erased {erased}. {left}"),), Tone.NOTICE)


def status_reply(
    status: Status, *, models_loaded: bool, latency_ms: int | None, organiser: bool, disliked: Sequence[Disliked] = ()
) -> Reply:
    """Return how this server's library is, in plain words; for an organiser, also how the bot is, and what went wrong.

    ``disliked``: public answers, newest first.
    """
    blocks: list[Block] = [Text("\n".join(f"**{name}** · {said}" for name, said in _here(status, models_loaded)))]
    if not organiser:
        return Reply(tuple(blocks), Tone.NOTICE)
    if disliked:
        listed = "\n".join(_disliked(one, status.guild) for one in disliked[:MOST_DISLIKED])
        blocks += [Rule(), Text(f"**What was not helpful** · questions of channels that you can see\n{listed}")]
    technical = [(name, plain_line(said)) for name, said in status.lines() if name in _TECHNICAL]
    technical = [(name, f"{said} ({_TOKENS})" if name == "model" else said) for name, said in technical]
    technical.append(("models", "loaded" if models_loaded else "loading"))
    if latency_ms is not None:
        technical.append(("Discord", f"{latency_ms} ms away"))
    lines = "\n".join(f"-# {name} · {said}" for name, said in technical)
    blocks += [Rule(), Text(f"**How I am** · for organisers\n{lines}")]
    if status.last_errors:
        failed = "\n".join(map(_failure, status.last_errors))
        blocks += [Rule(), Text(f"**What went wrong last**\n{failed}")]
    return Reply(tuple(blocks), Tone.NOTICE)


def _here(status: Status, models_loaded: bool) -> Iterator[tuple[str, str]]:
    """Return what is this server's, as everybody understands it."""
    queued, running = status.queue["queued"], status.queue["running"]
    waiting = f", {queued:,} waiting to be read" if queued else ""
    yield "Papers", f"{counted(status.papers, 'paper')}{waiting}{f', {running:,} being read now' if running else ''}"
    found = "on" if models_loaded else "getting ready"
    yield "Search by meaning", found if status.by_meaning else "off, I look for your words only"
    if status.model is not None and status.model.name:
        yield "Language model", status_line(status.model)
    still = f"{counted(status.open_questions, 'question')} still open"
    yield "Notes", f"{counted(status.discussions, 'discussion')}, {still}"
    yield "Answers", f"{status.answers_lately:,} in the last {LATELY.days} days"
    yield "Ratings", status.rated


def _disliked(one: Disliked, guild: str) -> str:
    question = clip(one_line(one.question), QUESTION_CHARS) or "…"
    ids = (guild, one.channel, one.message)
    if all(id_.isdecimal() for id_ in ids):
        asked = masked_link(question, f"https://discord.com/channels/{'/'.join(ids)}")
    else:
        asked = plain_line(question)
    said = [f"not helpful for {one.not_helpful}"] if one.not_helpful else []
    if one.wrong:
        said.append(f"wrong source {', '.join(map(str, one.wrong))}")
    where = f" in <#{one.channel}>" if one.channel.isdecimal() else ""
    return f"- {asked} · {', '.join(said)}{where}, {timestamp(one.asked_at, 'd')}"


def _failure(failure: dict[str, str]) -> str:
    when = timestamp(datetime.fromisoformat(failure["at"]), "R")
    given = plain_line(clip(one_line(failure["input"]), GIVEN_CHARS))
    named = when if begins_with(failure["input"], failure["error"]) else f"{given}, {when}"
    return f"- {named}: {plain_line(clip(failure['error'], ERROR_CHARS))}"


def _command(command: CommandHelp) -> str:
    example = f" · `{command.example}`" if command.example else ""
    return f"{command.mention} {plain_line(command.promise)}{example}"
