"""Servers with some of everything, and what is left of them."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

from rag.domain.answer import Outcome
from rag.domain.record import Verdict
from rag.domain.server import ServerSettings, WeeklySlot
from rag.index.chroma import ChromaStore
from rag.intake.indexing import NOTES, PASSAGES, Indexing
from rag.record.servers import Servers
from rag.study import Study
from tests.conftest import NOW
from tests.made import RESIDUAL, paper_pdf

FIRST, SECOND = "111000111", "222000222"
SETTINGS = ServerSettings("5", ("6", "7"), WeeklySlot(3, "19:30", "Europe/Berlin", "7"), use_model=False)
DISCUSSION = (
    b"## Discussion 1 Residual Nets - 2015\n1. What is a shortcut\n- the input is added to the output\n2. Why\n"
)
OTHER_DISCUSSION = b"## Discussion 9 Dropout - 2014\n1. What is dropped\n- random units\n"


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def servers_of(study: Study, clock: Clock, indexing: Indexing | None = None) -> Servers:
    return Servers(
        library=study.library,
        indexing=indexing or study.indexing,
        directory=study.directory,
        clock=clock,
        keep_left=timedelta(days=30),
    )


def written(folder: Path, name: str, data: bytes) -> str:
    (folder / name).write_bytes(data)
    return str(folder / name)


def fill(study: Study, guild: str, folder: Path) -> str:
    """Give a guild some of everything; return the id of its upload."""
    upload = written(folder, "residual.pdf", paper_pdf("Residual Nets", RESIDUAL))
    added, shared, failed = study.add([upload, "1502.03167", "2513.99999"], guild=guild)
    assert (added.error, shared.error) == (None, None)
    assert failed.error is not None
    study.set_aliases(guild, "1502.03167", ["bn", "batchnorm"])
    study.set_code_links(guild, added.paper_id, ["https://github.com/us/ours"])
    study.import_notes(guild, DISCUSSION, search_arxiv=False)
    study.tie_discussion(guild, 1, added.paper_id)
    answer = study.ask("what is a residual block", guild=guild)
    assert answer.outcome is Outcome.QUOTED
    kept = study.answers.keep(answer, guild=guild, asker="42", channel="7")
    study.answers.rate(guild, kept, person="43", verdict=Verdict.HELPFUL)
    study.answers.open_thread(guild, kept, "700")
    return added.paper_id


def everything_written(study: Study) -> str:
    """The whole database as text, tables of the full-text search included."""
    with sqlite3.connect(study.directory.path / "seminar.db") as connection:
        rows = "\n".join(connection.iterdump())
    connection.close()
    return rows


def note_owners(study: Study, owner: str) -> list[str]:
    """The ids of the notes that are found for an owner in the vector index."""
    index, embedder = study.indexing.serving(NOTES), study.indexing.embedder
    assert index is not None
    assert embedder is not None
    return sorted(id_ for id_, _ in index.nearest(embedder.embed(["shortcut"])[0], owners=[owner], limit=50))


def vector_count(study: Study, purpose: str = PASSAGES) -> int:
    index = study.indexing.serving(purpose)
    assert index is not None
    return index.count()


class Killed(BaseException):
    """As a kill: nothing after it is run."""


def dying(study: Study, kind: type[Indexing]) -> Indexing:
    return kind(
        library=study.library,
        embedder=study.indexing.embedder,
        collections=ChromaStore(study.directory.path / "chroma"),
    )
