"""Texts that come without a PDF become readings."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.domain.reading import Kind
from rag.evaluation.page_texts import is_heading, reading_of_pages, reading_of_paragraphs

PAGE = r"""A Title

1 Introduction
The map is
$$y = x$$
where x is the input.

3.2 Our Method
See the numbers below.
Table 4: Errors by depth.
\begin{tabular}{cc}
depth & error \\
20 & 8.75 \\
\end{tabular}
Figure 2: A block.
[3] Some One. A title. In Proceedings of Something, 2015.
"""


def test_a_page_becomes_sections_paragraphs_tables_and_captions() -> None:
    reading = reading_of_pages(["", PAGE], title="A Title")
    assert [(s.number, s.title, s.depth, s.page) for s in reading.sections] == [
        ("1", "Introduction", 1, 2),
        ("3.2", "Our Method", 2, 2),
    ]
    kinds = [(b.kind, b.label) for b in reading.blocks]
    assert kinds == [
        (Kind.TEXT, None),
        (Kind.TEXT, None),
        (Kind.TEXT, None),
        (Kind.TABLE, "Table 4"),
        (Kind.CAPTION, "Figure 2"),
    ]
    assert reading.blocks[1].text == "The map is $$y = x$$ where x is the input."
    assert "8.75" in reading.blocks[3].text
    assert len(reading.references) == 1
    assert all(b.pieces[0].page == 2 for b in reading.blocks)
    assert (reading.page_count, [p.number for p in reading.pages]) == (2, [1, 2])


def test_a_caption_below_its_table_names_it() -> None:
    page = "\\begin{tabular}{c}\n1 \\\\\n\\end{tabular}\nTable 1: One."
    (table,) = reading_of_pages([page], title="").blocks
    assert (table.kind, table.label) == (Kind.TABLE, "Table 1")


def test_paragraphs_without_pages_keep_their_section_path() -> None:
    reading = reading_of_paragraphs(["Methods", "We did it.", "Methods ::: Data", "We took some."], title="T")
    assert [b.section for b in reading.blocks] == [("Methods",), ("Methods", "Data")]
    assert reading.pages == ()
    assert reading.page_count is None


def test_headings_are_told_from_sentences() -> None:
    assert is_heading("Related Work")
    assert is_heading("Methodology ::: Corpus-based Approach")
    assert not is_heading("We did it.")
    assert not is_heading("[leftmargin=4mm]")
    assert not is_heading("")


@given(st.lists(st.text(max_size=200), max_size=3))
def test_any_text_is_kept_on_its_page(texts: list[str]) -> None:
    reading = reading_of_pages(texts, title="")
    assert [page.text for page in reading.pages] == texts
    for block in reading.blocks:
        assert block.pieces[0].end == len(block.text)
