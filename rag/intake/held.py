"""Notes files between being shown and being kept: they wait for a day, so that a restart loses none."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rag.errors import BadDocument, Refused
from rag.intake.notebook import Notebook, NotesImported
from rag.intake.ownership import DataDirectory
from rag.intake.uploads import shown_name
from rag.store.library import Library

log = logging.getLogger(__name__)

WAITS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Held:
    """A file that waits: by ``sha256`` it is decided on. ``imported`` is what keeping it would do."""

    name: str
    sha256: str
    imported: NotesImported


class HeldNotes:
    """Files that people sent and have not decided on. ``clock`` gives aware UTC.

    ``keep`` may ask arXiv and changes notes and vectors: call it where adds are carried out.
    """

    def __init__(
        self, *, library: Library, notebook: Notebook, directory: DataDirectory, clock: Callable[[], datetime]
    ) -> None:
        self._library = library
        self._notebook = notebook
        self._directory = directory
        self._clock = clock

    def hold(self, guild: str, name: str, content: bytes) -> Held:
        """Say what an import would do, and hold the file. Raises BadDocument, and then nothing is held."""
        name = shown_name(name)
        try:
            imported = self._notebook.preview(guild, content)
        except BadDocument as error:
            raise replace(error, what=name) from error
        sha256 = hashlib.sha256(content).hexdigest()
        self._library.hold_notes(guild, sha256, content, now=self._clock())
        return Held(name, sha256, imported)

    def keep(self, guild: str, sha256: str, *, search_arxiv: bool = True) -> NotesImported:
        """Import a held file of this guild. Raises Refused where it was decided on, in the meantime too."""
        self.forget_old()
        content = self._library.held_notes(guild, sha256)
        if content is None:
            raise _decided()
        with self._directory.owned("import notes"):
            imported = self._notebook.keep_held(guild, sha256, content, search_arxiv=search_arxiv)
        if imported is None:
            raise _decided()
        return imported

    def drop(self, guild: str, sha256: str) -> None:
        """Forget a held file of this guild. Raises Refused where it was decided on."""
        if not self._library.drop_held_notes(guild, sha256):
            raise _decided()

    def forget_old(self) -> int:
        """Forget the files that nobody decided on in time, and return how many."""
        return self._library.drop_notes_held_before(self._clock() - WAITS)


def _decided() -> Refused:
    reason = "it was decided on already, or it waited for more than a day"
    return Refused(what="This import", reason=reason, advice="Send the file again if you still want it.")
