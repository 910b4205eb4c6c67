"""What was asked of an add, as it is written down in its job: a killed process must understand it again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rag.domain.paper import SourceKind
from rag.intake.results import NO_OPTIONS, AddOptions


@dataclass(frozen=True, slots=True)
class Upload:
    """A document that somebody sent, waiting in the upload folder as ``file``."""

    file: str
    sha256: str
    kind: SourceKind


@dataclass(frozen=True, slots=True)
class Given:
    """One thing to add. ``text`` is what the person wrote, or the name of the file they sent.

    ``folder`` is where relative paths begin; None follows no path: what strangers write never reaches the disk.
    """

    text: str
    folder: Path | None = None
    upload: Upload | None = None


@dataclass(frozen=True, slots=True)
class AddRequest:
    """One add. ``origin`` is the door's own word for where to report; nothing here reads it."""

    given: Given
    options: AddOptions = NO_OPTIONS
    origin: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return what a job keeps."""
        upload, folder = self.given.upload, self.given.folder
        return {
            "given": self.given.text,
            "folder": None if folder is None else str(folder),
            "upload": None if upload is None else asdict(upload),
            "options": asdict(self.options),
            "origin": self.origin,
        }

    @classmethod
    def of_job(cls, kept: dict[str, Any]) -> AddRequest:
        """Return the request of a job. Jobs of the first version, all from the command line, name no folder."""
        upload, folder, options = kept.get("upload"), kept.get("folder", ""), kept["options"]
        given = Given(
            text=kept["given"],
            folder=None if folder is None else Path(folder),
            upload=None if upload is None else Upload(upload["file"], upload["sha256"], SourceKind(upload["kind"])),
        )
        named = AddOptions(options["arxiv_id"], options["title"], tuple(options["aliases"]))
        return cls(given, named, kept.get("origin", ""))
