"""What can go wrong, as facts. The sentences for people are made in :mod:`rag.wording`.

SeminarError
├── NotFound            a paper, note or file that is not there
│   └── NoSession       no session was named, and none is open (or closed)
├── Refused             input that we will not take
│   ├── BadIdentifier   not an arXiv id, URL or file we know
│   ├── BadDocument     a PDF, HTML, Markdown or notes file that cannot be read
│   ├── BadModel        model files that are damaged or of another model
│   ├── BadQuestion     empty or over-long
│   ├── SessionIsOpen   a paper that the group discusses right now
│   ├── SessionClosed   a session that takes no answers any more
│   ├── EmptyAnswer     an answer in which nothing is said
│   └── NobodyAnswered  a session without an answer, whose notes would be empty
├── Ambiguous           a name that fits several papers, discussions or servers
│   └── SeveralSessions no session was named, and several are open (or closed)
├── SeveralServers      no server was named, and several are known
├── Unreachable         network, rate limit, server errors (worth another try)
├── ModelFailed         a language model that did not answer usably
├── LibraryBusy         another process owns the data directory
├── StaleIndex          the index was made with another embedder
├── IndexBroken         the vector index cannot be read (it can be rebuilt)
├── StorageFailed       disk full, no permission, damaged database
└── Recorded            what went wrong in an earlier process, of which only the sentence was kept
"""

from __future__ import annotations

from dataclasses import dataclass


class SeminarError(Exception):
    """Base of every expected failure. Subclasses are dataclasses whose fields are the facts.

    Compared by identity (``eq=False``): an exception has to stay hashable.
    """

    def __str__(self) -> str:
        """Show the facts, for logs; sentences for people are made in :mod:`rag.wording`."""
        return repr(self)


@dataclass(eq=False)
class NotFound(SeminarError):
    """``what`` ("paper", "file", "arXiv id") named ``name`` is not there; ``near`` are similar names."""

    what: str
    name: str
    near: tuple[str, ...] = ()


@dataclass(eq=False)
class NoSession(NotFound):
    """No session was named, and none is ``name``: "open" or "closed"."""


@dataclass(eq=False)
class Refused(SeminarError):
    """Input we will not take. ``what`` was refused because of ``reason`` (a clause that fits after "because")."""

    what: str
    reason: str
    advice: str = ""  # a sentence: what to do instead


@dataclass(eq=False)
class BadIdentifier(Refused):
    """Not an arXiv id, URL or path of any known form."""


@dataclass(eq=False)
class BadDocument(Refused):
    """A document that cannot be read: encrypted, not a PDF, no text layer, too large, a bomb."""


@dataclass(eq=False)
class BadModel(Refused):
    """Model files that are missing, damaged or of another model. ``what`` is their path."""


@dataclass(eq=False)
class BadQuestion(Refused):
    """A question that is empty, over-long, or only thanks or greets."""


@dataclass(eq=False)
class SessionIsOpen(Refused):
    """A session on ``what`` is open: one paper has one at a time. ``thread`` is where, "" for nowhere yet."""

    session_id: int = 0
    thread: str = ""


@dataclass(eq=False)
class SessionClosed(Refused):
    """The session on ``what`` was closed. ``session_id`` reopens it."""

    session_id: int = 0


@dataclass(eq=False)
class EmptyAnswer(Refused):
    """An answer of which nothing could be written down."""


@dataclass(eq=False)
class NobodyAnswered(Refused):
    """No question of the session on ``what`` has an answer: somebody has to say whether notes shall be written."""

    session_id: int = 0


@dataclass(eq=False)
class Ambiguous(SeminarError):
    """``name`` fits several papers (or ``what``: "discussion", "server"); ``choices`` are (id, title)."""

    name: str
    choices: tuple[tuple[str, str], ...]
    what: str = "paper"


@dataclass(eq=False)
class SeveralSessions(Ambiguous):
    """No session was named, and several are ``name``: "open" or "closed"."""


@dataclass(eq=False)
class SeveralServers(SeminarError):
    """No server was named and several are known; ``choices`` are (id, name), the name perhaps empty."""

    choices: tuple[tuple[str, str], ...]


@dataclass(eq=False)
class Unreachable(SeminarError):
    """``service`` ("arXiv") did not answer usably: ``reason``. ``retry_after_s`` when it said so."""

    service: str
    reason: str
    retry_after_s: float | None = None


@dataclass(eq=False)
class ModelFailed(SeminarError):
    """The language model ``model`` ("openai:gpt-4.1-mini") gave no usable answer: ``reason``, a clause for people.

    ``passing``: another try may help (time-outs, rate limits, server errors); a wrong key or name does not pass.
    ``tokens``: what was likely spent in vain, an estimate. ``asked``: False where it was left alone, so that it was no
    call. ``why_not``: "spent" or "off" (:class:`rag.language.ports.WhyNot`) where it may not be asked any more, so that
    nothing is wrong with it; else "".
    """

    model: str
    reason: str
    passing: bool = True
    tokens: int = 0
    asked: bool = True
    why_not: str = ""


@dataclass(eq=False)
class LibraryBusy(SeminarError):
    """Another process owns the data directory and ``action`` has to be done by it or after it."""

    action: str


@dataclass(eq=False)
class StaleIndex(SeminarError):
    """The index holds vectors of ``built_with``; the settings name ``wanted``."""

    built_with: str
    wanted: str


@dataclass(eq=False)
class IndexBroken(SeminarError):
    """The vector index at ``path`` cannot be read: ``reason``. Nothing is lost: reindexing makes it anew from SQL."""

    path: str
    reason: str


@dataclass(eq=False)
class StorageFailed(SeminarError):
    """The disk or the database refused: ``reason``."""

    reason: str


@dataclass(eq=False)
class Recorded(SeminarError):
    """What went wrong earlier, perhaps in another process: the ``sentence`` that was written down then."""

    sentence: str
