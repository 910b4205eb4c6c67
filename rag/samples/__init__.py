"""Documents of the project's own for the demonstration: a primer to read and notes of a past discussion."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def primer_pdf() -> Path:
    """Return "Normalisation and Residual Learning: A Four-Page Primer", set from ``primer.md`` by make_primer."""
    return Path(str(files(__name__) / "primer.pdf"))


def primer_source() -> Path:
    """Return the primer's text."""
    return Path(str(files(__name__) / "primer.md"))


def sample_notes() -> Path:
    """Return notes in the layout that ``seminar notes import`` reads."""
    return Path(str(files(__name__) / "notes.md"))
