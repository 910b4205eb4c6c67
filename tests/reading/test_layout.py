"""What a reader sees on a page, in the order in which it is read."""

from __future__ import annotations

from rag.domain.reading import Kind, Reading
from rag.reading.assemble import assemble
from rag.reading.pdfpages import extract
from tests.reading.pages import LEFT, RIGHT, finished, paper, plain_paper, prose, two_column_paper


def read(content: bytes) -> Reading:
    return assemble(extract(content, most_pages=50))


def texts(reading: Reading, kind: Kind = Kind.TEXT) -> list[str]:
    return [block.text for block in reading.blocks if block.kind is kind]


def test_the_left_column_is_read_before_the_right() -> None:
    reading = read(two_column_paper())
    page = reading.pages[0].text
    assert page.index("Left text begins here") < page.index("Right text begins here")
    left = next(text for text in texts(reading) if text.startswith("Left text"))
    assert "Right text" not in left
    assert left.count(".") == 21  # the lines of the right column are not woven in


def test_title_and_abstract_are_told_from_the_text() -> None:
    reading = read(two_column_paper())
    assert reading.title == "A Title Worth Reading"
    assert texts(reading, Kind.ABSTRACT)[0].startswith("The abstract begins here.")
    assert not any("Ada Author" in block.text for block in reading.blocks)
    assert "Ada Author, Bo Writer" in reading.pages[0].text


def test_sections_carry_number_title_and_page() -> None:
    reading = read(two_column_paper())
    assert [(s.depth, s.number, s.title, s.page) for s in reading.sections] == [
        (1, "", "Abstract", 1),
        (1, "1", "Introduction", 1),
        (1, "2", "Method", 1),
    ]
    right = next(block for block in reading.blocks if block.text.startswith("Right text"))
    assert right.section == ("2 Method",)


def test_lines_give_the_place_of_their_text() -> None:
    page = read(two_column_paper()).pages[0]
    for line in page.lines:
        assert "\n" not in page.text[line.start : line.end]
        assert line.box.page == 1
    first = next(line for line in page.lines if "Right text" in page.text[line.start : line.end])
    assert first.box.x0 >= RIGHT - 1
    assert "\n".join(page.text[line.start : line.end] for line in page.lines) == page.text


def test_a_full_width_figure_divides_the_columns_into_bands() -> None:
    document, (sheet,) = paper()
    for x, name in ((LEFT, "Upper left."), (RIGHT, "Upper right.")):
        sheet.y = 72
        sheet.paragraph(f"{name} " + prose(8, seed=len(name)), x=x)
    sheet.y += 30
    sheet.line(
        "Figure 1: A caption that runs over the whole width of the page, as wide figures have it below them.", size=9
    )
    lower = sheet.y + 30
    for x, name in ((LEFT, "Lower left."), (RIGHT, "Lower right.")):
        sheet.y = lower
        sheet.paragraph(f"{name} " + prose(8, seed=len(name)), x=x)
    page = read(finished(document)).pages[0].text
    order = [page.index(mark) for mark in ("Upper left", "Upper right", "Figure 1", "Lower left", "Lower right")]
    assert order == sorted(order)


def test_a_hyphenated_word_is_mended_in_the_block_and_kept_on_the_page() -> None:
    document, (sheet,) = paper()
    sheet.heading("1 Introduction")
    sheet.justified(
        ["We say normalization of the inputs here, and then normali-", "zation again in the second line."], width=480
    )
    sheet.y += 10
    sheet.paragraph(prose(8), width=480)
    reading = read(finished(document))
    assert "then normalization again" in " ".join(texts(reading))
    assert "normali-\nzation" in reading.pages[0].text


def test_a_sentence_over_a_page_break_is_one_block_with_two_pieces() -> None:
    document, (one, two) = paper(pages=2)
    one.heading("1 Introduction")
    one.justified(
        ["This sentence begins on the first page of the paper and it", "goes on and on over the foot of"], width=260
    )
    two.justified(["the page until it ends. Here is another sentence that is", "short."], width=260)
    two.y += 20
    two.paragraph(prose(6), width=260)
    reading = read(finished(document))
    block = next(block for block in reading.blocks if block.text.startswith("This sentence"))
    assert "over the foot of the page until it ends." in block.text
    assert [piece.page for piece in block.pieces] == [1, 2]
    first, second = block.pieces
    assert block.text[first.start : first.end].rstrip().endswith("over the foot of")
    assert block.text[second.start : second.end].startswith("the page until")
    assert {box.page for box in second.boxes} == {2}


def test_pieces_cover_every_block_in_order() -> None:
    for block in read(two_column_paper()).blocks:
        at = 0
        for piece in block.pieces:
            assert block.text[at : piece.start].strip() == ""
            assert piece.boxes
            at = piece.end
        assert at == len(block.text)


def test_running_heads_and_page_numbers_stay_out_of_the_blocks() -> None:
    document, sheets = paper(pages=4)
    for number, sheet in enumerate(sheets, start=1):
        sheet.page.insert_text((54, 40), "Author and Writer: A Running Head", fontsize=9)
        sheet.page.insert_text((300, 770), str(number), fontsize=9)
        sheet.paragraph(prose(12, seed=number), width=480)
    reading = read(finished(document))
    assert not any("Running Head" in block.text for block in reading.blocks)
    assert "Running Head" in reading.pages[2].text
    assert reading.pages[2].text.splitlines()[-1] == "3"


def test_a_stamp_in_the_margin_is_read_and_kept_out() -> None:
    document, (sheet,) = paper()
    sheet.page.insert_text((30, 600), "arXiv:1502.03167v3  [cs.LG]  2 Mar 2015", fontsize=20, rotate=90)
    sheet.paragraph(prose(12), width=480)
    reading = read(finished(document))
    assert reading.arxiv_stamp == "1502.03167v3"
    assert not any("arXiv" in block.text for block in reading.blocks)


def test_line_numbers_of_a_review_copy_are_not_woven_into_the_lines() -> None:
    document, (sheet,) = paper()
    sheet.heading("1 Introduction", x=80)
    sheet.paragraph("Numbered text begins. " + prose(20), x=80, width=450)
    for number in range(40):
        sheet.page.insert_text((50, 60 + 12 * number), f"{number:03d}", fontsize=7)
    reading = read(finished(document))
    assert not any(word.isdigit() for text in texts(reading) for word in text.split())
    assert "017" in reading.pages[0].text


def test_footnotes_follow_the_text_of_their_page() -> None:
    document, (one, two) = paper(pages=2)
    one.paragraph(prose(10), width=480)
    two.paragraph("Second page text. " + prose(10), width=480)
    two.y = 700
    two.page.insert_text((64, 700), "1", fontsize=6, fontname="tiro")
    two.page.insert_text((67, 703), "This footnote stands at the foot of the second page.", fontsize=8, fontname="tiro")
    reading = read(finished(document))
    assert reading.blocks[-1].text.endswith("foot of the second page.")
    assert "footnote" not in " ".join(block.text for block in reading.blocks[:-1])


def test_small_capitals_become_proper_case_in_title_and_headings() -> None:
    document, (sheet,) = paper()
    x = 150.0
    for letters, size in (("A", 17), ("DAM", 13.6), (" ", 17), ("M", 17), ("ETHOD", 13.6)):
        sheet.page.insert_text((x, 72), letters, fontsize=size, fontname="tiro")
        import pymupdf

        x += pymupdf.get_text_length(letters, fontname="tiro", fontsize=size)
    sheet.y = 110
    sheet.heading("1 Introduction")
    sheet.paragraph(prose(12), width=480)
    assert read(finished(document)).title == "Adam Method"


def test_words_inside_a_figure_are_no_text() -> None:
    document, (sheet,) = paper()
    sheet.paragraph(prose(10), width=480)
    top = sheet.y + 10
    sheet.page.draw_rect((150, top, 450, top + 120), width=1)
    sheet.page.draw_rect((170, top + 20, 260, top + 60), width=1)
    sheet.page.insert_text((180, top + 45), "conv block", fontsize=10)
    sheet.y = top + 140
    sheet.line("Figure 1: One block of the network.", x=200, size=9)
    sheet.y += 20
    sheet.paragraph(prose(10, seed=3), width=480)
    reading = read(finished(document))
    assert not any("conv block" in block.text for block in reading.blocks)
    assert "conv block" in reading.pages[0].text
    caption = next(block for block in reading.blocks if block.kind is Kind.CAPTION)
    assert (caption.label, caption.text) == ("Figure 1", "Figure 1: One block of the network.")


def test_links_are_read_from_annotations_and_from_print() -> None:
    import pymupdf

    document, (sheet,) = paper()
    sheet.paragraph(prose(10), width=480)
    sheet.line("Code is at https://github.com/example/first, and more at www.example.org/second.", gap=10)
    sheet.page.insert_link(
        {"kind": pymupdf.LINK_URI, "from": pymupdf.Rect(54, 72, 100, 84), "uri": "https://example.com/attached"}
    )
    assert read(finished(document)).links == (
        "https://example.com/attached",
        "https://github.com/example/first",
        "https://www.example.org/second",
    )


def test_a_link_broken_over_lines_is_mended() -> None:
    document, (sheet,) = paper()
    sheet.paragraph(prose(10), width=480)
    sheet.line("The code of all experiments is available here: https://github.com/example/", gap=10)
    sheet.line("broken-link and nothing else follows.")
    assert "https://github.com/example/broken-link" in read(finished(document)).links


def test_a_paper_in_one_column_reads_from_top_to_bottom() -> None:
    reading = read(plain_paper(2))
    assert [page.number for page in reading.pages] == [1, 2]
    assert reading.page_count == 2
    assert reading.unread_pages == ()
    assert reading.warnings == ()
