"""Captions, tables, equations, theorems and references are found by what they are."""

from __future__ import annotations

from rag.domain.reading import Block, Kind, Reading
from rag.reading.assemble import assemble
from rag.reading.pdfpages import extract
from rag.reading.printed import Rect, Word
from rag.reading.tables import table_lines
from tests.reading.pages import LEFT, Sheet, finished, paper, prose


def read(content: bytes) -> Reading:
    return assemble(extract(content, most_pages=50))


def only(reading: Reading, kind: Kind) -> Block:
    (block,) = (block for block in reading.blocks if block.kind is kind)
    return block


def numbered_equation() -> Reading:
    document, (sheet,) = paper()
    sheet.heading("1 Method")
    sheet.paragraph(prose(6) + " The loss of the model is then defined by the sum", width=480)
    sheet.y += 10
    sheet.page.insert_text((230, sheet.y), "L = a + b", fontsize=10, fontname="tiit")
    sheet.page.insert_text((521, sheet.y), "(3)", fontsize=10, fontname="tiro")
    sheet.y += 24
    sheet.paragraph("where b is a weight. " + prose(6), width=480, indent=0)
    return read(finished(document))


def test_a_numbered_equation_has_its_label_and_the_sentences_around_it() -> None:
    block = only(numbered_equation(), Kind.EQUATION)
    assert block.label == "Eq. 3"
    assert block.text == "The loss of the model is then defined by the sum L = a + b (3) where b is a weight."


def test_an_equation_stays_out_of_the_paragraphs() -> None:
    reading = numbered_equation()
    assert not any("L = a" in block.text for block in reading.blocks if block.kind is Kind.TEXT)


def test_a_number_in_brackets_at_a_line_end_is_no_equation() -> None:
    document, (sheet,) = paper()
    sheet.justified(
        [
            "as we have shown above in the text of the first part of the work in equation number (3)",
            "the sum is small.",
        ],
        width=480,
    )
    sheet.paragraph(prose(8), width=480)
    assert not any(block.kind is Kind.EQUATION for block in read(finished(document)).blocks)


def test_a_table_is_rebuilt_from_its_words() -> None:
    document, (sheet,) = paper()
    sheet.paragraph(prose(8), width=480)
    sheet.line("Table 2: Errors of two networks on the validation set.", size=9, gap=14)
    sheet.y += 10
    sheet.rule(x0=150, x1=430)
    for cells in (("model", "top-1", "top-5"), ("plain net", "27.94", "9.1"), ("residual net", "25.03", "7.5")):
        for x, cell in zip((160, 280, 370), cells, strict=True):
            sheet.page.insert_text((x, sheet.y), cell, fontsize=9, fontname="tiro")
        sheet.y += 12
        if cells[0] == "model":
            sheet.y += 4
            sheet.rule(x0=150, x1=430)
            sheet.y += 2
    sheet.y += 4
    sheet.rule(x0=150, x1=430)
    sheet.y += 20
    sheet.paragraph(prose(8, seed=4), width=480)
    reading = read(finished(document))
    table = only(reading, Kind.TABLE)
    assert table.label == "Table 2"
    assert table.text.splitlines() == [
        "Table 2: Errors of two networks on the validation set.",
        "model | top-1 | top-5",
        "plain net | 27.94 | 9.1",
        "residual net | 25.03 | 7.5",
    ]
    assert not any("27.94" in block.text for block in reading.blocks if block.kind is Kind.TEXT)


def test_an_empty_cell_keeps_its_column() -> None:
    def word(text: str, x: float, y: float) -> Word:
        return Word(text, Rect(x, y, x + 20, y + 10))

    words = [word(text, x, 10.0 * row) for row in range(3) for text, x in (("a", 0), ("b", 100), ("c", 200))]
    words += [word("d", 0, 40), word("e", 200, 40)]
    assert table_lines(words, Rect(0, 0, 300, 100))[-1] == "d |  | e"


def test_a_theorem_keeps_its_statement_and_not_its_proof() -> None:
    document, (sheet,) = paper()
    sheet.paragraph(prose(8), width=480)
    sheet.y += 8
    sheet.page.insert_text((LEFT, sheet.y), "Theorem 1.", fontsize=10, fontname="tibo")
    sheet.page.insert_text(
        (110, sheet.y), "Every bounded sequence has a limit point that the method finds.", fontsize=10, fontname="tiit"
    )
    sheet.y += 24
    sheet.paragraph("Proof. " + prose(6), width=480)
    theorem = only(read(finished(document)), Kind.THEOREM)
    assert theorem.label == "Theorem 1"
    assert theorem.text == "Theorem 1. Every bounded sequence has a limit point that the method finds."


def test_a_mention_of_a_theorem_is_no_theorem() -> None:
    document, (sheet,) = paper()
    sheet.paragraph("Theorem 1 shows that the method works in all cases. " + prose(8), width=480)
    assert not any(block.kind is Kind.THEOREM for block in read(finished(document)).blocks)


def test_a_mention_of_a_figure_at_a_line_start_is_no_caption() -> None:
    document, (sheet,) = paper()
    lines = [
        "we show the result of the first experiment with all of its steps and of the others in",
        "Figure 2. This is a sentence of the same paragraph that goes on to the edge of the page",
        "and ends here.",
    ]
    sheet.justified(lines, width=480)
    sheet.paragraph(prose(8), width=480)
    assert not any(block.kind is Kind.CAPTION for block in read(finished(document)).blocks)


def test_references_are_kept_apart_and_appendices_are_text() -> None:
    document, (one, two) = paper(pages=2)
    one.heading("1 Introduction")
    one.paragraph(prose(12), width=480)
    one.heading("References")
    one.line("[1] A. Author. A paper about the first thing that was ever found. In")
    one.line("Proceedings of a meeting, 2015.", x=LEFT + 14)
    one.line("[2] B. Writer. Another paper. Journal of Things, 2016.")
    one.line("[3] C. Thinker. A third paper. Journal of Things, 2017.")
    two.heading("A Proofs")
    two.paragraph("Appendix text begins. " + prose(8), width=480)
    reading = read(finished(document))
    assert reading.references == (
        "[1] A. Author. A paper about the first thing that was ever found. In Proceedings of a meeting, 2015.",
        "[2] B. Writer. Another paper. Journal of Things, 2016.",
        "[3] C. Thinker. A third paper. Journal of Things, 2017.",
    )
    assert not any("Thinker" in block.text for block in reading.blocks)
    assert reading.blocks[-1].text.startswith("Appendix text begins.")
    assert reading.blocks[-1].section == ("A Proofs",)


def test_subsections_stand_below_their_section() -> None:
    document, (sheet,) = paper()
    for name in ("3 Experiments", "3.1 Data", "3.2 Results"):
        sheet.heading(name)
        sheet.paragraph(f"Under {name.split()[1]}. " + prose(6), width=480)
    reading = read(finished(document))
    assert [block.section for block in reading.blocks if block.text.startswith("Under Results")] == [
        ("3 Experiments", "3.2 Results")
    ]


def test_steps_of_a_listing_are_no_headings() -> None:
    document, (sheet,) = paper()
    sheet.heading("3 Method")
    sheet.paragraph(prose(8), width=480)
    sheet.line("1 Initialise", font="tibo", gap=10)
    sheet.line("2 end for", font="tibo")
    sheet.paragraph(prose(8, seed=2), width=480)
    assert [section.title for section in read(finished(document)).sections] == ["Method"]


def cells(sheet: Sheet, row: tuple[str, ...], *, x: tuple[float, ...] = (150, 260, 350, 430)) -> None:
    for text, at in zip(row, x, strict=True):
        sheet.page.insert_text((at, sheet.y), text, fontsize=9)
    sheet.y += 11


def test_a_table_has_the_row_of_names_above_its_first_rule_and_the_rows_below_its_last() -> None:
    document, (sheet,) = paper()
    sheet.heading("1 Results")
    sheet.paragraph(prose(6), width=500, indent=0)
    sheet.y += 10
    cells(sheet, ("Model", "AP", "Recall", "Speed"))
    sheet.rule(x0=140, x1=480)
    cells(sheet, ("One", "24.6", "44.3", "12"))
    cells(sheet, ("Two", "29.2", "49.5", "11"))
    sheet.rule(x0=140, x1=480)
    cells(sheet, ("Ours", "33.1", "54.9", "10"))
    sheet.y += 8
    sheet.line("Table 1: What each of the models finds.", x=180)
    sheet.y += 14
    sheet.paragraph(prose(9, seed=4), width=500, indent=0)
    lines = only(read(finished(document)), Kind.TABLE).text.split("\n")[1:]
    assert lines[0] == "Model | AP | Recall | Speed"
    assert lines[-1] == "Ours | 33.1 | 54.9 | 10"
    assert len(lines) == 4


def test_rows_of_cells_between_rules_are_no_text_though_no_caption_names_them() -> None:
    document, (sheet,) = paper()
    sheet.heading("1 Results")
    sheet.paragraph(prose(6), width=500, indent=0)
    sheet.y += 10
    sheet.rule(x0=54, x1=554)
    for row in (
        ("Model", "Steps to match", "Best accuracy", "Time"),
        ("Inception", "31.0", "72.2", "3"),
        ("Ours", "2.1", "73.0", "1"),
    ):
        for text, at in zip(row, (60, 200, 350, 480), strict=True):
            sheet.page.insert_text((at, sheet.y), text, fontsize=10, fontname="tiro")
        sheet.y += 12
    sheet.rule(x0=54, x1=554)
    sheet.y += 10
    sheet.paragraph("The text goes on. " + prose(6, seed=4), width=500, indent=0)
    reading = read(finished(document))
    assert not any("Steps to match" in block.text for block in reading.blocks)
    assert "Steps to match" in reading.pages[0].text
