"""Files that are whole or not there: written beside their name and renamed."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from pathlib import Path

from rag.errors import StorageFailed

STALE_S = 3600.0
"""A file of that age that nothing names belongs to a process that died."""


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read; under its name there is never half of it. Raises StorageFailed."""
    part: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sweep(path.parent, "*.part")
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            part = Path(file.name)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise StorageFailed(f"{path.name} cannot be kept: {error.strerror or error}") from error
    finally:
        if part is not None:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)


def sweep(folder: Path, pattern: str, *, but: frozenset[str] = frozenset()) -> None:
    """Remove what killed processes left behind: files that fit the pattern, are old and not among the names kept."""
    for file in folder.glob(pattern):
        with contextlib.suppress(OSError):
            if file.name not in but and time.time() - file.stat().st_mtime > STALE_S:
                file.unlink()
