"""The demonstration's own documents are there, are what their source says, and answer its question."""

from __future__ import annotations

import re

import pymupdf
import pytest

from docs.primer.make_primer import SOURCE, make_primer
from docs.primer.typesetting import broken, words_of
from rag.reading.markdown import read_markdown
from rag.samples import primer_pdf, sample_notes

DEFINITION = (
    "Internal covariate shift is the change in the distribution of a layer’s inputs that happens during training"
)


@pytest.fixture(scope="module")
def pages():
    with pymupdf.open(primer_pdf()) as document:
        return [" ".join(page.get_text(flags=0).replace("-\n", "").split()) for page in document]


def test_the_primer_has_four_pages_with_their_numbers(pages):
    assert len(pages) == 4
    assert [re.match(r"\d", page)[0] for page in pages] == ["1", "2", "3", "4"]


def test_the_primer_defines_internal_covariate_shift_on_its_first_page(pages):
    assert DEFINITION in pages[0]
    assert not any(DEFINITION in page for page in pages[1:])


def test_the_primer_holds_what_a_paper_holds(pages):
    everything = " ".join(pages)
    assert [n for n in range(1, 10) if f"({n})" in everything] == list(range(1, 10))
    for item in ("Abstract", "Figure 1:", "Table 1:", "Proposition 1", "References", "[18]", "AGPL-3.0-or-later"):
        assert item in everything


def test_the_primer_is_set_from_its_source_to_the_same_words(tmp_path, pages):
    make_primer(tmp_path / "again.pdf")
    with pymupdf.open(tmp_path / "again.pdf") as document:
        assert [" ".join(page.get_text(flags=0).replace("-\n", "").split()) for page in document] == pages


def test_setting_the_primer_twice_gives_the_same_bytes(tmp_path):
    make_primer(tmp_path / "one.pdf")
    make_primer(tmp_path / "two.pdf")
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


def test_every_word_of_the_source_is_printed(pages):
    printed = re.sub(r"[\W\d_]+", "", "".join(pages).replace("-", ""))
    reading = read_markdown(SOURCE.read_text(encoding="utf-8"))
    for block in reading.blocks:
        plain = re.sub(r"\$[^$]+\$|\\\S+", " ", block.text)
        for word in re.findall(r"[A-Za-z]{4,}", plain):
            assert word in printed, word


def test_no_line_of_the_primer_leaves_its_column():
    with pymupdf.open(primer_pdf()) as document:
        for page in document:
            for x0, _, x1, *_ in page.get_text("words"):
                assert x0 >= 51
                assert x1 <= page.rect.width - 51


def test_all_fonts_are_embedded():
    with pymupdf.open(primer_pdf()) as document:
        for page in range(4):
            assert all(font[1] != "n/a" for font in document.get_page_fonts(page))


def test_lines_are_broken_to_the_measure_and_keep_every_word():
    words = words_of("Some *italic* and **bold** normalisation with $x_i$ in it, " * 8, 10)
    lines = broken(words, 120, 10)
    assert sum(len(line.words) for line in lines) == len(words)
    for line in lines:
        x, word = line.words[-1]
        assert x + word.width <= 120.01
    for line in lines[:-1]:
        x, word = line.words[-1]
        assert x + word.width == pytest.approx(120)


def test_the_sample_notes_have_the_groups_layout():
    text = sample_notes().read_text(encoding="utf-8")
    assert re.findall(r"^## Discussion (\d) .+$", text, re.M) == ["1", "2", "3"]
    assert len(re.findall(r"^\d+\. \S", text, re.M)) == 16
    assert text.count("\n-\n") == 1
