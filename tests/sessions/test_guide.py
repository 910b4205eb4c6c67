"""The reading guide: a paper's body in order, its appendices counted."""

from __future__ import annotations

import re

import pytest

from rag.domain.paper import Paper, SourceKind
from rag.domain.reading import Section
from rag.sessions.guide import reading_guide
from tests.conftest import NOW

PAPER = Paper("key", "2401.00001", "A paper", SourceKind.ARXIV, "0" * 64, NOW, arxiv_id="2401.00001")


@pytest.mark.parametrize(
    ("sections", "parts", "folded"),
    [
        ("Abstract/1 Introduction/2 Method/References/Appendix/A Attention/B More", ["1 Introduction", "2 Method"], 2),
        (
            "Abstract/Introduction/DRQN/References/Appendix A More",
            ["Abstract", "Introduction", "DRQN"],
            1,
        ),
        ("I Introduction/II Method/VI Limitations/References", ["I Introduction", "II Method", "VI Limitations"], 0),
        ("1 Introduction/2 Method/A1. Details/A2. More/References", ["1 Introduction", "2 Method"], 2),
        ("1 Introduction/References/Attention Visualizations", ["1 Introduction"], 1),
    ],
)
def test_the_guide_names_a_papers_body_and_counts_its_appendices(sections: str, parts: list[str], folded: int) -> None:
    """As headings stand in the group's papers."""
    headings = [re.match(r"(?:(\d+|[IV]+|[A-Z]) )?(.+)", line) for line in sections.split("/")]
    held = [Section(1, found[1] or "", found[2], None) for found in headings if found]
    guide = reading_guide(PAPER, held, (), ())
    assert ([part.name for part in guide.parts], guide.folded) == (parts, folded)
