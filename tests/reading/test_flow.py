"""Text flows on around what stands in its way, and a page's text is in the order in which it is read."""

from __future__ import annotations

import textwrap

import pymupdf

from rag.domain.reading import Kind, Reading
from rag.reading.assemble import assemble
from rag.reading.pdfpages import extract
from tests.reading.pages import LEFT, RIGHT, Sheet, finished, paper, prose, titled

WORDS_OF_A_FIGURE = ("Birds", "Cats", "Dogs", "Elks", "Foxes", "Geese", "Hares", "Ibises", "Jays", "Kites")


def read(content: bytes) -> Reading:
    return assemble(extract(content, most_pages=50))


def texts(reading: Reading, kind: Kind = Kind.TEXT) -> list[str]:
    return [block.text for block in reading.blocks if block.kind is kind]


def on_page(sentence: str, reading: Reading, page: int = 1) -> bool:
    return sentence in " ".join(reading.pages[page - 1].text.split())


def narrow(sheet: Sheet, text: str, *, width: float) -> None:
    sheet.paragraph(text, width=width, indent=0)


def test_a_sentence_that_runs_over_columns_is_in_one_piece_on_the_page() -> None:
    document, (sheet,) = paper()
    sheet.heading("1 Introduction")
    sheet.paragraph(prose(30), indent=0)
    sheet.justified(
        ["The broken sentence of the left column goes on to", "the foot of this column and then finds itself"]
    )
    sheet.page.insert_text((LEFT, 730), "1", fontsize=6)
    sheet.page.insert_text((LEFT + 4, 733), "A footnote stands below the column and says little.", fontsize=8)
    sheet.y = 72
    sheet.paragraph("at the head of the next one. " + prose(24, seed=3), x=RIGHT, indent=0)
    reading = read(finished(document))
    sentence = "goes on to the foot of this column and then finds itself at the head of the next one."
    assert any(sentence in text for text in texts(reading))
    assert on_page(sentence, reading)
    assert "A footnote stands below" in reading.pages[0].text


def test_a_small_abstract_over_both_columns_is_not_taken_for_footnotes() -> None:
    document, (sheet,) = paper()
    titled(sheet)
    sheet.heading("Abstract", x=280)
    for line in textwrap.wrap("Our abstract is set small. " + prose(6), 130):
        sheet.line(line, size=8.5)
    sheet.y += 12
    top = sheet.y
    for x in (LEFT, RIGHT):
        sheet.y = top
        sheet.paragraph(prose(24, seed=int(x)), x=x, indent=0)
    assert any("Our abstract is set small." in block.text for block in read(finished(document)).blocks)


def test_text_beside_a_figure_is_read_without_the_words_of_the_figure() -> None:
    document, (sheet,) = paper()
    sheet.heading("1 Introduction")
    sheet.paragraph(prose(12), width=500, indent=0)
    top = sheet.y
    narrow(sheet, "We begin beside a figure. " + prose(14, seed=2) + " We end beside it.", width=300)
    for number, word in enumerate(WORDS_OF_A_FIGURE):
        sheet.page.insert_text((440, top + 4 + number * 9.5), word, fontsize=6)
    sheet.paragraph(prose(12, seed=4), width=500, indent=0)
    reading = read(finished(document))
    beside = next(text for text in texts(reading) if "We begin beside a figure." in text)
    assert "We end beside it." in beside
    assert not any(word in beside for word in WORDS_OF_A_FIGURE)
    assert all(word in reading.pages[0].text for word in WORDS_OF_A_FIGURE)


def test_a_run_in_heading_is_no_part_of_the_first_sentence() -> None:
    document, (sheet,) = paper()
    sheet.heading("1 Experiments")
    sheet.paragraph(prose(6), width=480)
    sheet.page.insert_text((LEFT, sheet.y + 6), "Settings", fontsize=10, fontname="tibo")
    sheet.y += 6
    width = pymupdf.get_text_length("Settings", fontname="tibo", fontsize=10)
    rest = "For image classification we train on all of the images that"
    sheet.line(rest, x=LEFT + width + 10)
    sheet.paragraph("are given to us. " + prose(3), width=480, indent=0)
    reading = read(finished(document))
    assert any(text.startswith("Settings\n\nFor image classification we train on all") for text in texts(reading))


def test_a_run_in_heading_that_fills_its_row_is_no_part_of_the_first_sentence() -> None:
    document, (sheet,) = paper()
    heading = "Inexpensive computation for rearranged configurations"
    width = pymupdf.get_text_length(heading, fontname="tibo", fontsize=10)
    sheet.heading("1 Experiments")
    sheet.paragraph(prose(6), width=width)
    sheet.line(heading, font="tibo", gap=6)
    sheet.paragraph("An issue with all of them is that they wait. " + prose(6), width=width, indent=0)
    assert any(text.startswith(f"{heading}\n\nAn issue with") for text in texts(read(finished(document))))


def test_a_bold_word_within_a_sentence_is_no_run_in_heading() -> None:
    document, (sheet,) = paper()
    sheet.heading("1 Experiments")
    sheet.page.insert_text((LEFT, sheet.y), "Attention", fontsize=10, fontname="tibo")
    width = pymupdf.get_text_length("Attention ", fontname="tibo", fontsize=10)
    sheet.line("Networks of this kind learn where to look in a picture", x=LEFT + width)
    sheet.paragraph("that nobody has seen. " + prose(6), indent=0)
    assert not any("\n\n" in text for text in texts(read(finished(document))))


def test_a_paragraph_goes_on_after_the_words_of_a_figure_on_the_next_page() -> None:
    document, (first, second) = paper(pages=2)
    last = "Instead of a single number we measure how well each one of the models knows and tells arbitrary"
    width = pymupdf.get_text_length(last, fontname="tiro", fontsize=10)
    first.heading("1 Introduction")
    first.paragraph(prose(40), width=width, indent=0)
    first.line(last)
    second.paragraph("One of the reasons is hard to find. " + prose(3), x=90, width=400, size=9.6, indent=0)
    second.line("(D) they had never looked for a line", x=90, size=9.6)
    second.line("Figure 1: An example of a question.", x=150, gap=14)
    second.y += 14
    second.paragraph("text that is found in the world. " + prose(9, seed=5), width=width, indent=0)
    reading = read(finished(document))
    assert any(
        "the models knows and tells arbitrary text that is found in the world." in text for text in texts(reading)
    )


def small_capitals(sheet: Sheet, text: str, *, width: float) -> None:
    """Write a line whose words begin with a capital of 10 points and go on in capitals of 8."""
    words = text.split()
    first = [pymupdf.get_text_length(word[0], fontname="tiro", fontsize=10) for word in words]
    rest = [pymupdf.get_text_length(word[1:], fontname="tiro", fontsize=8) for word in words]
    space = (width - sum(first) - sum(rest)) / (len(words) - 1)
    at = LEFT
    for word, one, other in zip(words, first, rest, strict=True):
        sheet.page.insert_text((at, sheet.y), word[0], fontsize=10, fontname="tiro")
        sheet.page.insert_text((at + one, sheet.y), word[1:], fontsize=8, fontname="tiro")
        at += one + other + space
    sheet.y += 12


def test_a_line_in_small_capitals_belongs_to_its_paragraph() -> None:
    document, (sheet,) = paper()
    sheet.heading("1 Introduction")
    sheet.paragraph(prose(8), indent=0)
    sheet.justified(["There are two tasks in this suite that are hard:", "nothing"])
    sheet.y -= 12
    sheet.page.add_redact_annot(pymupdf.Rect(LEFT - 2, sheet.y - 9, LEFT + 60, sheet.y + 3))
    sheet.page.apply_redactions()
    small_capitals(sheet, "COUNTING AND REPEATING COPIES OF THE", width=243)
    sheet.justified(["words that were given before the question was", "asked at all."])
    sheet.paragraph(prose(6, seed=3))
    assert any(
        "hard: COUNTING AND REPEATING COPIES OF THE words that" in text for text in texts(read(finished(document)))
    )


def test_remarks_that_a_reader_typed_into_the_file_are_left_out() -> None:
    document, (sheet,) = paper()
    sheet.heading("1 Introduction")
    sheet.paragraph(prose(10), width=400, indent=0)
    sheet.page.add_freetext_annot(pymupdf.Rect(470, 90, 600, 120), "Is this always so?", fontsize=9)
    text = read(finished(document)).pages[0].text
    assert "Is this always so?" not in text
    assert "Introduction" in text


def test_a_number_that_ends_a_hyphenated_name_is_no_item_of_a_list() -> None:
    document, (sheet,) = paper()
    sheet.heading("1 Introduction")
    sheet.justified(["We use these models because (with the exception of GPT-", "3) they are open to all of us."])
    sheet.paragraph(prose(6))
    assert any("the exception of GPT-3) they are open to all" in text for text in texts(read(finished(document))))


def test_a_bold_line_in_an_example_is_no_heading() -> None:
    document, (sheet,) = paper()
    for number, title in enumerate(("Introduction", "Method", "Results"), 1):
        sheet.heading(f"{number} {title}")
        sheet.paragraph(prose(5), width=480, indent=0)
    sheet.line("Where do birds go in winter", x=234, font="tibo", gap=14)
    sheet.y += 8
    sheet.paragraph(prose(5), width=480, indent=0)
    assert [section.title for section in read(finished(document)).sections] == ["Introduction", "Method", "Results"]
