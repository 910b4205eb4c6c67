"""Documents of the project's own for the demonstration: a primer to read and notes of a past discussion."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def primer_pdf() -> Path:
    """Return "Normalisation and Residual Learning: A Four-Page Primer", set by ``docs/primer``."""
    return Path(str(files(__name__) / "primer.pdf"))


def sample_notes() -> Path:
    """Return notes in the layout that ``seminar notes import`` reads."""
    return Path(str(files(__name__) / "notes.md"))
