"""One input on its way in: what is fetched and read for it, each once, though it may be begun before its turn."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError
from typing import Any, TypeVar

from rag.domain.reading import Reading
from rag.errors import SeminarError
from rag.intake.documents import Answers, Document, Documents
from rag.intake.given import Given, Upload
from rag.intake.results import AddOptions, Progress, Step, silent
from rag.intake.timing import Timer
from rag.sources.arxiv_feed import ArxivRecord
from rag.sources.arxiv_ids import ArxivRef
from rag.sources.identifiers import LocalDocument, WebDocument

_Got = TypeVar("_Got")


class Errand:
    """Fetches and reads for one add, and keeps what came of it: asked again, it says the same, failures included.

    One thread at a time may use it. It writes nothing but PDFs of arXiv to their folder.
    """

    def __init__(
        self, given: Given, *, guild: str, options: AddOptions, documents: Documents, answers: Answers
    ) -> None:
        self.given, self.guild, self.options = given, guild, options
        self.timer = Timer()
        self.at: Step | None = None  # the last step that was told
        self._documents = documents
        self._answers = answers
        self._heard: Progress = silent
        self._given_up = False
        self._kept: dict[str, Any] = {}

    def told_to(self, progress: Progress) -> None:
        """Tell each step from now on."""
        self._heard = progress

    def give_up(self) -> None:
        """End what another thread does for it at its next step, with CancelledError."""
        self._given_up = True

    def tell(self, stage: str, done: int = 0, total: int = 0) -> None:
        """Tell how far a stage is. Raises CancelledError when the errand was given up."""
        if self._given_up:
            raise CancelledError
        self.at = Step(self.given.text, stage, done, total)
        self._heard(self.at)

    def source(self) -> ArxivRef | LocalDocument | WebDocument | Upload:
        """Say what the input is."""
        self.tell("fetch")
        return self._once("source", lambda: self._documents.identify(self.given))

    def record(self, ref: ArxivRef) -> ArxivRecord:
        """Return arXiv's record of a paper. Raises NotFound, BadIdentifier, Unreachable."""
        with self.timer.stage("fetch"):
            return self._once(f"record {ref}", lambda: self._documents.record(ref, self._answers))

    def pdf(self, ref: ArxivRef) -> Document:
        """Fetch a paper's PDF from arXiv."""
        with self.timer.stage("fetch"):
            return self._once(f"pdf {ref}", lambda: self._documents.pdf(ref, self._fetching))

    def load(self, source: LocalDocument | WebDocument | Upload) -> Document:
        """Return the bytes of a file, of a public address, or of what somebody sent."""
        with self.timer.stage("fetch"):
            return self._once("load", lambda: self._documents.load(self.given, source, self._fetching))

    def read(self, document: Document) -> Reading:
        """Return what a document says. Raises BadDocument."""
        self.tell("read")
        with self.timer.stage("read"):
            return self._once(
                f"read {document.kind} {document.sha256}",
                lambda: self._documents.read(document, lambda done, total: self.tell("read", done, total)),
            )

    def _fetching(self, done: int, total: int) -> None:
        self.tell("fetch", done, total)

    def _once(self, what: str, get: Callable[[], _Got]) -> _Got:
        if what not in self._kept:
            try:
                self._kept[what] = get()
            except SeminarError as error:
                self._kept[what] = error
        got = self._kept[what]
        if isinstance(got, SeminarError):
            raise got
        return got  # type: ignore[no-any-return]  # what was got under this name
