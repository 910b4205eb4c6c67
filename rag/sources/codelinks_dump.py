"""The archived Papers-with-Code links file, row by row: JSON, JSON lines, gzip of either, or Parquet.

A dump of 300,000 rows passes through in a few megabytes. Field names are the published ones (``paper_arxiv_id``,
``paper_url``, ``paper_title``, ``repo_url``, ``is_official``); the data is CC BY-SA 4.0 and frozen since July 2025.
"""

from __future__ import annotations

import gzip
import logging
import os
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

from rag.errors import BadDocument, NotFound, Refused
from rag.sources.codelinks_printed import repository_url

log = logging.getLogger(__name__)

MAX_ROW_BYTES = 1_000_000
MAX_DUMP_BYTES = 4_000_000_000  # unpacked; the published file has about 150 MB
PARQUET_BATCH_ROWS = 2_000
_HOPELESS_AFTER = 20_000  # rows without one usable: another of the published files
_MAX_TITLE = 500


class DumpLink(NamedTuple):
    """One usable row, in the order the store takes it."""

    arxiv_id: str | None  # base id
    slug: str | None  # of paperswithcode.com/paper/<slug>
    title: str
    repo_url: str
    official: bool | None


class Dump:
    """The rows of a file, read when iterated. ``rows`` and ``skipped`` count as the iteration goes on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.rows = 0
        self.skipped = 0

    def __iter__(self) -> Iterator[DumpLink]:
        """Yield usable rows. Raises BadDocument where the file breaks off, naming how far it was read."""
        self.rows = self.skipped = 0
        for row in _rows_of(self._path, self):
            self.rows += 1
            link = _link(row)
            if link is not None:
                yield link
                continue
            self.skipped += 1
            if self.skipped == self.rows == _HOPELESS_AFTER:
                break
        if self.skipped == self.rows:
            raise self.refusal(f"none of its {self.rows:,} rows names a paper and a repository")
        log.info("read %d links from a dump, %d rows skipped", self.rows - self.skipped, self.skipped)

    def refusal(self, reason: str) -> BadDocument:
        """Return the error for this file."""
        advice = "Use the links-between-papers-and-code file (.json, .json.gz or .parquet); nothing was imported."
        return BadDocument(self._path.name, reason, advice)

    def broken(self, reason: str) -> BadDocument:
        """Return the error for a file that stops being readable."""
        return self.refusal(f"{reason} after {self.rows:,} rows")


def read_dump(path: Path) -> Dump:
    """Open a links dump; its kind is told by its first bytes, not its name. Raises NotFound and BadDocument.

    Raises Refused for Parquet without the ``parquet`` extra, when iterated.
    """
    if not path.exists():
        raise NotFound("file", str(path))
    dump = Dump(path)
    if not path.is_file():
        raise dump.refusal("it is not a file")
    if path.stat().st_size == 0:
        raise dump.refusal("it is empty")
    if not os.access(path, os.R_OK):
        raise dump.refusal("we may not read it")
    return dump


def _rows_of(path: Path, dump: Dump) -> Iterator[object]:
    with path.open("rb") as file:
        start = file.read(4)
    if start == b"PAR1":
        return _parquet_rows(path, dump)
    return _json_rows(path, dump, packed=start[:2] == b"\x1f\x8b")


def _json_rows(path: Path, dump: Dump, *, packed: bool) -> Iterator[object]:
    import ijson

    with gzip.open(path, "rb") if packed else path.open("rb") as file:
        try:
            bounded = _Bounded(file, dump)
            first = bounded.first_sign()
            if first not in (b"[", b"{"):
                raise dump.refusal("it is neither JSON nor Parquet")
            rows = ijson.items(bounded, "item") if first == b"[" else ijson.items(bounded, "", multiple_values=True)
            for row in rows:
                bounded.row_done()
                yield row
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise dump.broken("its gzip data breaks off") from error
        except (ijson.JSONError, UnicodeDecodeError) as error:
            raise dump.broken("its JSON breaks off") from error


def _parquet_rows(path: Path, dump: Dump) -> Iterator[object]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        advice = "Install it with: pip install 'seminar[parquet]', or import the .json.gz file."
        raise Refused(path.name, "reading Parquet needs an optional part", advice) from error
    try:
        with pq.ParquetFile(path) as file:
            columns = [name for name in _FIELDS if name in file.schema_arrow.names]
            if "repo_url" not in columns:
                raise dump.refusal("it has no column repo_url")
            for batch in file.iter_batches(batch_size=PARQUET_BATCH_ROWS, columns=columns):
                yield from batch.to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise dump.broken("its Parquet data is damaged") from error


class _Readable(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


class _Bounded:
    """A stream that gives up on rows and files too large to be what they should be."""

    def __init__(self, file: _Readable, dump: Dump) -> None:
        self._file = file
        self._dump = dump
        self._row = 0
        self._all = 0
        self._held = b""

    def first_sign(self) -> bytes:
        """Return the first byte that is no blank and no byte order mark, leaving it to be read."""
        self._held = self._file.read(4096).removeprefix(b"\xef\xbb\xbf")
        return self._held.lstrip()[:1]

    def read(self, size: int = 65_536) -> bytes:
        if size == 0:  # ijson asks for nothing to learn the type
            return b""
        held, self._held = self._held, b""
        content = held or self._file.read(size)
        self._row += len(content)
        self._all += len(content)
        if self._row > MAX_ROW_BYTES:
            raise self._dump.broken("it holds a row that is too large")
        if self._all > MAX_DUMP_BYTES:
            raise self._dump.broken("it is too large")
        return content

    def row_done(self) -> None:
        self._row = 0


_FIELDS = ("paper_arxiv_id", "paper_url", "paper_url_abs", "paper_title", "repo_url", "is_official")
_ARXIV_ID = re.compile(r"(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?", re.ASCII)
_SLUG = re.compile(r"https?://(?:www\.)?paperswithcode\.com/paper/(?P<slug>[a-z0-9][a-z0-9_-]{0,200})/?", re.ASCII)
_ABS = re.compile(r"https?://(?:www\.|export\.)?arxiv\.org/abs/", re.ASCII)


def _link(row: object) -> DumpLink | None:
    """Check one row; None for one without a repository, or without anything that names its paper."""
    if not isinstance(row, Mapping):
        return None
    address = row.get("repo_url")
    repository = repository_url(address) if isinstance(address, str) else None
    printed = row.get("paper_title")
    title = " ".join(printed.split())[:_MAX_TITLE] if isinstance(printed, str) else ""
    arxiv_id = _matched(_ARXIV_ID, row.get("paper_arxiv_id"), "id") or _from_abs(row.get("paper_url_abs"))
    slug = _matched(_SLUG, row.get("paper_url"), "slug")
    if repository is None or not (arxiv_id or slug or title):
        return None
    official = row.get("is_official")
    return DumpLink(arxiv_id, slug, title, repository, official if isinstance(official, bool) else None)


def _from_abs(url: object) -> str | None:
    return _matched(_ARXIV_ID, _ABS.sub("", url), "id") if isinstance(url, str) else None


def _matched(pattern: re.Pattern[str], value: object, group: str) -> str | None:
    match = pattern.fullmatch(value.strip()) if isinstance(value, str) and len(value) <= 300 else None
    return match[group] if match else None
