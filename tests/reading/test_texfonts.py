"""Signs of TeX's fonts that a file names wrongly are read as they are drawn, in those fonts only."""

from __future__ import annotations

import pymupdf
import pytest

from rag.answering.quotes import find_quote
from rag.reading.pdf import read_pdf
from rag.reading.texfonts import as_drawn
from tests.reading.pages import finished, paper, prose


@pytest.mark.parametrize(
    ("named", "font", "drawn"),
    [
        ("↵✏✓⇣", "CMMI10", "αϵθζ"),
        ("⇢⌧⇠⇡⌘⌫", "ABCDEF+CMMI7", "ρτξπην"),
        ("⇤⇥\uf8ff⇠⇡", "CMSY10", "∗×≤∼≈"),
        ("2rpk1!", "CMSY10", "∈∇√∥∞→"),
        ('⇣⌘✓◆X"#p', "CMEX10", "()()∑[]√"),
        ("b", "CMEX10", ""),  # a wide hat over the next letter
        ("⇥⌃", "CMR10", "ΘΣ"),
    ],
)
def test_wrong_names_are_mended(named: str, font: str, drawn: str) -> None:
    assert as_drawn(named, font) == drawn


@pytest.mark.parametrize(
    ("text", "font"),
    [
        ("✓✗", "Dingbats"),
        ("✓", "MSAM10"),
        ("↵ 2 rpk", "NimbusRomNo9L-Regu"),
        ("⌘", "CMTT10"),
        ("αβ θ, . < / >", "CMMI10"),
        ("{|} ∈∇−·×≤ LXN", "CMSY10"),
        ("2 and the rest (1)", "CMR10"),
        ("2 r", "CMSYNTAX"),
    ],
)
def test_signs_that_are_meant_stay(text: str, font: str) -> None:
    assert as_drawn(text, font) == text


def test_page_block_and_quote_hold_the_sign_that_is_drawn() -> None:
    document, (sheet,) = paper()
    sheet.paragraph(prose(6), width=480)
    sheet.line("We take every step")
    after = 54 + pymupdf.get_text_length("We take every step ", fontname="tiro", fontsize=10)
    sheet.page.insert_text((after, sheet.y - 12), "2", fontname="heit", fontsize=10)
    sheet.page.insert_text((after + 8, sheet.y - 12), "S of the set, as the steps are few.", fontname="tiro")
    sheet.paragraph(prose(6, seed=2), width=480)
    (italic,) = (x for x in range(1, document.xref_length()) if "Helvetica-Oblique" in document.xref_object(x))
    document.xref_set_key(italic, "BaseFont", "/CMSY10")
    reading = read_pdf(finished(document))
    said = "We take every step ∈ S of the set, as the steps are few."
    assert said in reading.pages[0].text
    assert any(said in block.text for block in reading.blocks)
    found = find_quote(said, reading.pages[0])
    assert found is not None
    assert found.text == said
