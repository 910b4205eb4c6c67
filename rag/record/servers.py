"""The servers: joined, left, set up; the first takes over what the command line brought, a left one is erased."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches

from rag.domain.paper import Paper
from rag.domain.server import Server, ServerSettings
from rag.errors import Ambiguous, IndexBroken, LibraryBusy, NotFound, SeveralServers, StaleIndex, StorageFailed
from rag.intake.indexing import NOTES, Indexing
from rag.intake.ownership import DataDirectory
from rag.store.library import Library

log = logging.getLogger(__name__)

LOCAL = "local"
"""The guild that the command line acts for while no server is known."""

NEAR = 3
_ADOPTER = "server that adopts the local library"
_DONE = "done"


@dataclass(frozen=True, slots=True)
class Joined:
    """What a join was: the server's first, and whether papers or notes of the command line became its own."""

    first_time: bool
    adopted: bool


class Servers:
    """What is known of each server. ``clock`` gives aware UTC.

    ``joined``, ``erase`` and ``erase_left`` may change papers and vectors: call them where adds are carried out.
    """

    def __init__(
        self,
        *,
        library: Library,
        indexing: Indexing,
        directory: DataDirectory,
        clock: Callable[[], datetime],
        keep_left: timedelta,
        forget_files: Callable[[Sequence[Paper]], None] = lambda _papers: None,
    ) -> None:
        """``keep_left``: how long a server that was left stays. ``forget_files`` removes the files of papers gone."""
        self._library = library
        self._indexing = indexing
        self._directory = directory
        self._clock = clock
        self._keep_left = keep_left
        self._forget_files = forget_files

    def server(self, guild: str) -> Server:
        """Return what is known of a server; of an unknown one, the settings that every server begins with."""
        return self._library.server(guild) or Server(guild, "", None, None, ServerSettings())

    def present(self) -> tuple[Server, ...]:
        """Return the servers that the bot is in."""
        return tuple(server for server in self._library.servers() if server.joined_at and not server.left_at)

    def known(self) -> tuple[Server, ...]:
        """Return the servers that the bot is in or that have papers or notes, and ``local`` last while it has any."""
        having = self._library.guilds()
        present = {server.guild: server for server in self.present()}
        others = [self.server(guild) for guild in having if guild not in present and guild != LOCAL]
        local = [self.server(LOCAL)] if LOCAL in having else []
        return (*present.values(), *others, *local)

    def acting_for(self, named: str | None = None) -> str:
        """Return the guild that is meant: by its id or name; nothing named, the only server known, else ``local``.

        What is in ``local`` beside one server is nobody's yet, and new papers are that server's. Raises SeveralServers
        where several are known, NotFound for a name that none of them has, Ambiguous where two share it.
        """
        known = self.known()
        if named and named.strip():
            return _named(named, known)
        servers = [server for server in known if server.guild != LOCAL]
        if len(servers) > 1:
            raise SeveralServers(tuple((server.guild, server.name) for server in known))
        return servers[0].guild if servers else LOCAL

    def joined(self, guild: str, name: str) -> Joined:
        """Note that the bot is in a server; harmless to repeat, as at every start.

        The very first server adopts the library of the command line. Where another process holds the library just
        then, it does so at its next call.
        """
        if not self._library.fact(_ADOPTER):
            self._library.set_fact(_ADOPTER, guild)
        first_time = self._library.join_server(guild, name, now=self._clock())
        return Joined(first_time=first_time, adopted=self._adopt_local(guild))

    def left(self, guild: str) -> None:
        """Note that the bot is out of a server. What the server has stays until ``erase_left``."""
        self._library.leave_server(guild, now=self._clock())

    def save_settings(self, guild: str, settings: ServerSettings) -> None:
        """Keep what a server's organisers set."""
        self._library.save_server_settings(guild, settings)

    def erase_left(self) -> tuple[str, ...]:
        """Erase the servers that were left too long ago, and return them."""
        since = self._clock() - self._keep_left
        gone = [server.guild for server in self._library.servers() if server.left_at and server.left_at < since]
        for guild in gone:
            self.erase(guild)
        return tuple(gone)

    def erase(self, guild: str) -> None:
        """Erase all that a server has: its papers (those of others stay theirs), notes, answers, jobs, settings.

        What is cut off is done again by ``erase_left``: that the server was left goes with all else in SQL, after the
        vectors. Files go last, as only then nobody reads them.
        """
        with self._directory.owned("erase a server"):
            gone = self._library.papers_only_in(guild)
            self._forget_vectors(guild, (paper.key for paper in gone))
            if self._library.fact(_ADOPTER) == guild:
                self._library.set_fact(_ADOPTER, "")
            self._library.erase_guild(guild)
            self._forget_files(gone)
        log.info("erased server %s and %d papers that nobody else holds", guild, len(gone))

    def _adopt_local(self, guild: str) -> bool:
        if self._library.fact(_ADOPTER) != guild:
            return False
        try:
            with self._directory.owned("adopt the local library"):
                anything = LOCAL in self._library.guilds()
                second_copies = self._library.hand_over(LOCAL, to=guild)
                self._forget_vectors(LOCAL, second_copies)
                self._put_notes(guild)
                self._library.set_fact(_ADOPTER, _DONE)
        except LibraryBusy:
            log.info("server %s adopts the local library later: another process holds it", guild)
            return False
        return anything

    def _put_notes(self, guild: str) -> None:
        """Make the vectors of the notes anew: their ids tell whose they are. A broken index is rebuilt from SQL."""
        try:
            self._indexing.put_notes(guild)
        except (IndexBroken, StaleIndex, StorageFailed) as error:
            log.warning("the notes of %s are found by words only until the next reindex: %s", guild, error)

    def _forget_vectors(self, guild: str, paper_keys: Iterable[str]) -> None:
        """Remove vectors of notes and papers: left-over ones are found by nobody, so that is no failure."""
        try:
            for key in paper_keys:
                self._indexing.forget(key)
            self._indexing.forget(guild, NOTES)
        except (IndexBroken, StorageFailed) as error:
            log.warning("the vectors of %s stay until the next reindex: %s", guild, error.reason)


def _named(named: str, known: Sequence[Server]) -> str:
    """Read an id or a name. An id may be of a server that is still to come; so may any word before one is known."""
    wanted = " ".join(named.split())
    if named == LOCAL or named in (server.guild for server in known):
        return named
    found = [server for server in known if server.name and _folded(server.name) == _folded(wanted)]
    if len(found) > 1:
        raise Ambiguous(wanted, tuple((server.guild, server.name) for server in found), what="server")
    if found:
        return found[0].guild
    if named.isdecimal() or not any(server.joined_at for server in known):
        return named
    names = {_folded(server.name): server for server in known if server.name}
    near = get_close_matches(_folded(wanted), names, NEAR)
    raise NotFound("server", wanted, tuple(names[name].name for name in near))


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
