"""Errors as one plain sentence each: what happened and what to do. Both doors use these words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from rag import errors
from rag.domain.stage import Stage, StageKind

MOST_CHOICES = 6

WEAKLY_SUPPORTED = (
    "Weakly supported: the quote is on its page, but it may not say all that the sentence says. Read the quote."
)
"""What stands under an answer in which a sentence is marked so."""


def sentence_for(error: BaseException) -> str:
    """Return the sentence for an expected error, found by its class or the nearest ancestor that has one."""
    for kind in type(error).__mro__:
        words = _WORDS.get(kind)
        if words is not None:
            return words(error)
    return "Something went wrong that Seminar did not expect; --debug shows it."


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: "1 page", "12 pages"."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def stage_words(stage: Stage) -> str:
    """Return what people read while a question is at this stage."""
    if stage.kind is StageKind.SEARCH:
        return f"Searching {counted(stage.count, 'paper')} …"
    if stage.kind is StageKind.READ:
        return f"Reading {counted(stage.count, 'passage')} …"
    return "Writing …"


def begins_with(given: str, sentence: str) -> bool:
    """Whether a sentence names first what it is about: whoever lists failures by what was given need not name it.

    >>> begins_with("big.pdf", "big.pdf cannot be read: it is empty.")
    True
    """
    return bool(given) and sentence.startswith((f"{given} ", f"“{given}” "))


def server_called(guild: str, name: str) -> str:
    """Return a server's name with its id; the id alone where no name is known."""
    return f"{name} ({guild})" if name else guild


def _not_found(error: errors.NotFound) -> str:
    near = f" Did you mean {_list(error.near)}?" if error.near else ""
    if error.what == "paper":
        advice = near or " See what is there in the list of papers, or add it by its arXiv id."
        return f"There is no paper called “{error.name}” here.{advice}"
    if error.what == "time zone":
        return f"There is no time zone “{error.name}”.{near or ' Write it as Europe/Berlin or America/New_York.'}"
    if error.what == "picture":
        why = "its PDF is not kept here, or it was never one"
        return f"No page of “{error.name}” can be shown: {why}. Add its arXiv id or the PDF again to see its lines."
    if error.what == "answer":
        return "This answer is kept no more: it was erased, or a paper that it shows was removed. Ask again."
    if error.what == "server" and not near:
        return f"There is no server “{error.name}” here. `seminar status` lists those that are known."
    return f"There is no {error.what} “{error.name}”.{near}"


def _refused(error: errors.Refused) -> str:
    return f"{error.what} was refused: {error.reason}.{_advice(error)}"


def _document(error: errors.BadDocument) -> str:
    return f"{error.what} cannot be read: {error.reason}.{_advice(error)}"


def _identifier(error: errors.BadIdentifier) -> str:
    return f"“{error.what}” is not something to add: {error.reason}.{_advice(error)}"


def _question(error: errors.BadQuestion) -> str:
    return f"The question was not asked: {error.reason}.{_advice(error)}"


def _model_failed(error: errors.ModelFailed) -> str:
    advice = "Try again in a minute." if error.passing else "`seminar doctor` tells more."
    return f"The language model {error.model} gave no usable answer: {error.reason}. {advice}"


def _session_open(error: errors.SessionIsOpen) -> str:
    return (
        f"A session on “{error.what}” is open already: number {error.session_id}. "
        "Go on there, or close it before you open another."
    )


def _session_closed(error: errors.SessionClosed) -> str:
    return f"The session on “{error.what}” is closed. Reopen it (number {error.session_id}) to go on."


def _nobody_answered(_error: errors.NobodyAnswered) -> str:
    return (
        "Nobody has answered yet. `--keep-questions` keeps them in the notes as open questions; `--no-notes` writes "
        "nothing."
    )


def _no_session(error: errors.NoSession) -> str:
    return (
        f"No session is {error.name}. Open one with `seminar session open PAPER`, or name a closed one with "
        "`--session 1`."
    )


def _several_sessions(error: errors.SeveralSessions) -> str:
    named = [f"{number} {title}" for number, title in error.choices[:MOST_CHOICES]]
    more = f", and {len(error.choices) - MOST_CHOICES} more" if len(error.choices) > MOST_CHOICES else ""
    first = error.choices[0][0]
    return f"Several sessions are {error.name}: {', '.join(named)}{more}. Say which: `--session {first}`."


def _ambiguous(error: errors.Ambiguous) -> str:
    named = [f"{title} ({choice})" for choice, title in error.choices]
    if len(named) > MOST_CHOICES:
        named = [*named[: MOST_CHOICES - 1], f"{len(named) - MOST_CHOICES + 1} more"]
    handle = "number in brackets" if error.what == "discussion" else "id"
    return f"“{error.name}” fits several {error.what}s: {_list(named)}. Use the {handle} of the one you mean."


def _several_servers(error: errors.SeveralServers) -> str:
    named = ", ".join(server_called(guild, name) for guild, name in error.choices)
    return f"{len(error.choices)} servers are known: {named}. Name one with --guild or SEMINAR_GUILD."


def _unreachable(error: errors.Unreachable) -> str:
    wait = f" It asks to wait {error.retry_after_s:.0f} seconds." if error.retry_after_s else ""
    return f"{error.service} could not be reached: {error.reason}.{wait} Nothing was changed; try again later."


def _busy(error: errors.LibraryBusy) -> str:
    return (
        f"Another Seminar (the bot, or a command) is using this library, so it could not {error.action}. "
        "Stop it, or wait until it is done."
    )


def _stale(error: errors.StaleIndex) -> str:
    return f"The index was made with {error.built_with}, the settings name {error.wanted}: run `seminar reindex`."


def _broken(error: errors.IndexBroken) -> str:
    return f"The vector index is damaged ({error.reason}); no text is lost: run `seminar reindex`."


def _storage(error: errors.StorageFailed) -> str:
    if _FULL_DISK.search(error.reason):
        return "The disk is full: free some space and try again. The library is unchanged."
    if _DAMAGED.search(error.reason):
        return (
            f"The library's database is damaged ({error.reason}). Put a backup of its folder back, or move seminar.db "
            "away and add the papers again."
        )
    return f"The library could not be read or written: {error.reason}. Check the disk and the folder's permissions."


_DAMAGED = re.compile(r"image is malformed|is not a database", re.IGNORECASE)
_FULL_DISK = re.compile(r"disk (is )?full|no space left|disk quota exceeded", re.IGNORECASE)


def _advice(error: errors.Refused) -> str:
    return f" {error.advice}" if error.advice else ""


def _list(names: Any) -> str:
    """Join names for people: "a, b or c"."""
    names = list(names)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


_WORDS: dict[type, Callable[[Any], str]] = {
    errors.NotFound: _not_found,
    errors.Refused: _refused,
    errors.BadDocument: _document,
    errors.BadIdentifier: _identifier,
    errors.BadQuestion: _question,
    errors.SessionIsOpen: _session_open,
    errors.SessionClosed: _session_closed,
    errors.NobodyAnswered: _nobody_answered,
    errors.NoSession: _no_session,
    errors.SeveralSessions: _several_sessions,
    errors.EmptyAnswer: lambda _error: "Your answer is empty.",
    errors.Ambiguous: _ambiguous,
    errors.SeveralServers: _several_servers,
    errors.Unreachable: _unreachable,
    errors.ModelFailed: _model_failed,
    errors.LibraryBusy: _busy,
    errors.StaleIndex: _stale,
    errors.IndexBroken: _broken,
    errors.StorageFailed: _storage,
    errors.Recorded: lambda error: error.sentence,
    UnicodeEncodeError: lambda _error: "What was typed is not valid UTF-8 text: type it anew.",
}
