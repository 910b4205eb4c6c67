"""Study aids on two small made-up papers, on real SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rag.domain.reading import Kind
from rag.intake.ownership import DataDirectory
from rag.store.library import Library
from rag.studying.studying import Studying
from tests.answering.library import Paragraph, answerer_of
from tests.questions.prepared import GLIDE_PAPER, GUILD, LOOSE_PAPER, sets_on

__all__ = ["GLIDE_PAPER", "GUILD", "LOOSE_PAPER", "NOW", "TABLE", "TEMPLATE", "studying_on"]

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
TABLE: Paragraph = (
    3,
    "3 Experiments",
    Kind.TABLE,
    "Table 2",
    "Table 2: Error of single models on ImageNet.\nmodel | top-1 | top-5\nLooseNet | 25.1 | 8.0\nGlideNet | 21.3 | 4.2",
)
TEMPLATE = b"""# Our template

## 1. Problem
- **What is the core problem?**
- **What are the limitations of existing solutions?**

## 2. Model
- **Architecture graph:** draw a model graph
- **Equations:** with every symbol

## 3. Training
- **Optimiz & Hyperparameters:** (e.g., AdamW, learning rate
- **Infrastructure:** number of GPUs
- **Workfow Graph:** draw a training workflow graph

## 4. Results
- **Summary Table:**
- **Safety & Bias:** any ethical concerns
- **What does our dog think of it?**
"""


def studying_on(
    folder: Path, *, extra: Sequence[Paragraph] = (TABLE,), template: bytes | None = TEMPLATE, **changes: Any
) -> tuple[Studying, Library]:
    """Return study aids over GlideNet and LooseNet, by words alone."""
    sets, library = sets_on(folder, extra=extra)
    if template is not None:
        sets.set_template(GUILD, "ours.md", template, person="1")
    parts: dict[str, Any] = {
        "library": library,
        "question_sets": sets,
        "answerer": answerer_of(library, None),
        "embedder": None,
        "directory": DataDirectory(folder),
        "clock": lambda: NOW,
    }
    return Studying(**(parts | changes)), library
