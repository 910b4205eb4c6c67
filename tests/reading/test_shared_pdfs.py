"""Real papers, where they are at hand. Nothing of them is kept here but their numbers and titles."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rag.domain.reading import Kind, Reading
from rag.reading.assemble import assemble
from rag.reading.pdfpages import extract
from rag.reading.sentences import sentences

PDFS = Path(__file__).parents[2].parent / "shared" / "pdfs"

pytestmark = pytest.mark.skipif(not PDFS.is_dir(), reason="the shared PDFs are not at hand")


def read(name: str) -> Reading:
    return assemble(extract(PDFS / name, most_pages=400))


def bare(text: str) -> str:
    return re.sub(r"[\s-]+", "", text)


def labels(reading: Reading, kind: Kind) -> list[str | None]:
    return [block.label for block in reading.blocks if block.kind is kind]


def test_batch_normalization_is_read_in_the_order_of_its_columns() -> None:
    reading = read("1502.03167-batchnorm.pdf")
    assert reading.title.startswith("Batch Normalization: Accelerating")
    assert reading.arxiv_stamp == "1502.03167v3"
    definition = next(block for block in reading.blocks if block.text.startswith("We define Internal Covariate Shift"))
    assert definition.section == ("2 Towards Reducing Internal Covariate Shift",)
    assert definition.pieces[0].page == 2
    assert [s.number for s in reading.sections if s.depth == 1 and s.number] == ["1", "2", "3", "4", "5"]
    assert len(reading.references) == 24


def test_adversarial_nets_have_their_numbered_equations_and_statements() -> None:
    reading = read("1406.2661-gan.pdf")
    assert labels(reading, Kind.EQUATION) == [f"Eq. {number}" for number in range(1, 7)]
    assert labels(reading, Kind.THEOREM) == ["Algorithm 1", "Proposition 1", "Theorem 1", "Proposition 2"]


def test_residual_learning_has_its_tables_and_figures() -> None:
    reading = read("1512.03385-resnet.pdf")
    captions = set(labels(reading, Kind.CAPTION))
    assert {f"Figure {number}" for number in range(1, 8)} <= captions
    assert {f"Table {number}" for number in range(1, 15)} <= captions
    table = next(block for block in reading.blocks if (block.kind, block.label) == (Kind.TABLE, "Table 7"))
    assert "ResNet-101 | 76.4 | 73.8" in table.text


@pytest.mark.parametrize(
    ("name", "unread"), [("edge-adam-damaged-xref.pdf", (2, 3, 4)), ("edge-cgan-damaged-xref.pdf", (2, 3))]
)
def test_the_damaged_papers_say_which_pages_could_not_be_read(name: str, unread: tuple[int, ...]) -> None:
    reading = read(name)
    assert reading.unread_pages == unread
    assert reading.blocks
    assert any("could not be read" in warning for warning in reading.warnings)


def test_nearly_every_sentence_of_the_text_stands_on_its_page_as_it_is_read() -> None:
    found = []
    for name in ("1706.03762-transformer.pdf", "1703.06870-maskrcnn-cvf.pdf", "1910.01108-distilbert.pdf"):
        reading = read(name)
        pages = [bare(page.text) for page in reading.pages]
        for block in (block for block in reading.blocks if block.kind is Kind.TEXT and len(block.pieces) == 1):
            for span in sentences(block.text):
                page = block.pieces[0].page
                found.append(page is not None and bare(block.text[span.start : span.end]) in pages[page - 1])
    assert sum(found) >= 0.995 * len(found) > 300


@pytest.mark.slow
def test_every_other_paper_gives_a_title_sections_references_and_whole_pieces() -> None:
    for path in sorted(PDFS.glob("*.pdf"))[::2]:  # half of them: reading all takes a third of this room's time
        reading = read(path.name)
        assert reading.title, path.name
        assert len(reading.sections) >= 5, path.name
        assert len(reading.references) >= 10, path.name
        for page in reading.pages:
            assert "\n".join(page.text[line.start : line.end] for line in page.lines) == page.text
        for block in reading.blocks:
            assert block.pieces[0].start == 0
            assert block.pieces[-1].end == len(block.text)
