"""A citation's picture through the study: of the PDF that was read, for the guild that holds the paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest

from rag.answering.pictures import worth_drawing
from rag.domain.answer import Answer, Citation
from rag.domain.reading import Kind
from rag.errors import BadDocument, NotFound
from rag.reading.pixels import AMBER, YELLOW
from rag.store.snapshots import answer_text, answer_value, slim
from rag.study import Study
from rag.wording import sentence_for
from tests.made import paper_pdf
from tests.reading.pages import Sheet, finished, prose

OURS, THEIRS = "guild-1", "guild-2"
QUESTION = "what is internal covariate shift"


@pytest.fixture
def study(study_for: Callable[..., Study]) -> Study:
    return study_for()


def cited(study: Study, tmp_path: Path, content: bytes, *, name: str = "paper.pdf", ask: str = QUESTION) -> Answer:
    path = tmp_path / name
    path.write_bytes(content)
    (result,) = study.add([str(path)], guild=OURS)
    answer = study.ask(ask, guild=OURS, paper=result.paper_id)
    assert answer.citations
    return answer


def colours(png: bytes) -> set[tuple[int, ...]]:
    pixmap = pymupdf.Pixmap(png)
    samples = pixmap.samples
    return {tuple(samples[at : at + 3]) for at in range(0, len(samples), 3)}


def test_a_citation_is_shown_on_its_page_with_its_words_marked(study: Study, tmp_path: Path) -> None:
    (citation, *_) = cited(study, tmp_path, paper_pdf()).citations
    picture = study.picture(citation, guild=OURS)
    assert picture.page == citation.quote.page == 2
    assert 900 <= picture.width <= 1400
    assert YELLOW in colours(picture.png)
    assert AMBER not in colours(picture.png)


def test_a_formula_is_framed_and_its_sentence_marked(study: Study, tmp_path: Path) -> None:
    document = pymupdf.open()
    sheet = Sheet(document)
    sheet.paragraph(prose(12) + " We then define the residual output of the block in this way:", width=480)
    sheet.line("y = f(x) + x", x=240, gap=10)
    sheet.page.insert_text((518, sheet.y - 12), "(1)", fontsize=10, fontname="tiro")
    sheet.y += 10
    sheet.paragraph("where y is the output of the residual block that we build. " + prose(12), width=480, indent=0)
    answer = cited(study, tmp_path, finished(document), ask="equation 1")
    (citation, *_) = [c for c in answer.citations if c.passage.kind is Kind.EQUATION]
    picture = study.picture(citation, guild=OURS)
    assert {AMBER, YELLOW} <= colours(picture.png)
    amber = [y for y, row in enumerate(rows(picture.png)) if bytes(AMBER) in row]
    assert max(amber) - min(amber) < 0.5 * picture.height  # the formula, not the paragraphs around it


def rows(png: bytes) -> list[bytes]:
    pixmap = pymupdf.Pixmap(png)
    return [pixmap.samples[y * pixmap.stride : (y + 1) * pixmap.stride] for y in range(pixmap.height)]


def test_a_table_is_framed_as_a_whole(study: Study, tmp_path: Path) -> None:
    document = pymupdf.open()
    sheet = Sheet(document)
    sheet.paragraph(prose(12), width=480)
    sheet.line("Table 1: Error rates of small networks on three sets of pictures.", gap=10)
    sheet.rule(x1=400)
    for row in (("network", "first", "second", "third"), *((f"net {n}", "1.2", "3.4", "5.6") for n in range(5))):
        for column, cell in enumerate(row):
            sheet.page.insert_text((54 + 90 * column, sheet.y), cell, fontsize=10, fontname="tiro")
        sheet.y += 12
    sheet.rule(x1=400)
    sheet.paragraph(prose(12, seed=3), width=480)
    answer = cited(study, tmp_path, finished(document), ask="table 1")
    (citation, *_) = [c for c in answer.citations if c.passage.kind is Kind.TABLE]
    picture = study.picture(citation, guild=OURS)
    assert AMBER in colours(picture.png)
    assert YELLOW not in colours(picture.png)
    amber = [y for y, row in enumerate(rows(picture.png)) if bytes(AMBER) in row]
    assert max(amber) - min(amber) > 0.4 * picture.height


FIGURE = "Figure 1: What is learned settles over time."


def figure_pdf() -> bytes:
    """A paper with a figure, a table that takes several passages, an algorithm and a formula."""
    document = pymupdf.open()
    sheet = Sheet(document)
    sheet.heading("1 Method")
    sheet.paragraph(prose(6) + " What Figure 1 shows is seen in Table 1, too.", width=480)
    sheet.page.draw_rect((150, sheet.y + 10, 400, sheet.y + 130), color=(0, 0, 1), width=2)
    sheet.y += 150
    sheet.line(FIGURE, x=160)
    sheet.y += 14
    sheet.paragraph(prose(4, seed=2) + " We then define the residual output of the block in this way:", width=480)
    sheet.line("y = f(x) + x", x=240, gap=10)
    sheet.page.insert_text((518, sheet.y - 12), "(1)", fontsize=10, fontname="tiro")
    sheet.y += 10
    sheet.paragraph("where y is the output of the residual block that we build. " + prose(6), width=480, indent=0)
    sheet = Sheet(document)
    sheet.paragraph(prose(6, seed=3), width=480)
    sheet.line("Table 1: Error rates of small networks on three sets of pictures.", gap=10)
    sheet.rule(x1=400)
    for row in (("network", "first", "second", "third"), *((f"net {n}", "1.2", "3.4", "5.6") for n in range(40))):
        for column, cell in enumerate(row):
            sheet.page.insert_text((54 + 90 * column, sheet.y), cell, fontsize=8, fontname="tiro")
        sheet.y += 10
    sheet.rule(x1=400)
    sheet.paragraph(prose(6, seed=4), width=480)
    return finished(document)


@pytest.mark.parametrize("item", ["figure 1", "table 1", "equation 1"])
def test_a_kept_answer_shows_the_same_picture_as_a_fresh_one(item: str, study: Study, tmp_path: Path) -> None:
    answer = cited(study, tmp_path, figure_pdf(), ask=item)
    kept = answer_value(answer_text(slim(answer)))
    (fresh, *_), (again, *_) = worth_drawing(answer), worth_drawing(kept)
    assert again.passage.boxes == ()
    assert study.picture(again, guild=OURS) == study.picture(fresh, guild=OURS)


def test_a_figure_is_shown_whole(study: Study, tmp_path: Path) -> None:
    (citation,) = worth_drawing(cited(study, tmp_path, figure_pdf(), ask="what is in figure 1?"))
    assert citation.quote.text == FIGURE
    picture = study.picture(citation, guild=OURS)
    blue = [y for y, row in enumerate(rows(picture.png)) if b"\x00\x00\xff" in row]
    amber = [y for y, row in enumerate(rows(picture.png)) if bytes(AMBER) in row]
    assert min(amber) < min(blue)
    assert max(blue) < max(amber)
    assert max(blue) - min(blue) > 0.4 * picture.height


def test_a_table_of_several_passages_is_framed_as_one(study: Study, tmp_path: Path) -> None:
    (citation,) = worth_drawing(cited(study, tmp_path, figure_pdf(), ask="table 1"))
    assert "net 39" not in citation.passage.text, "it is the first of several"
    picture = study.picture(citation, guild=OURS)
    amber = [y for y, row in enumerate(rows(picture.png)) if bytes(AMBER) in row]
    assert max(amber) - min(amber) > 0.8 * picture.height


def test_a_text_that_mentions_an_item_is_not_drawn_for_it(study: Study, tmp_path: Path) -> None:
    answer = cited(study, tmp_path, figure_pdf(), ask="figure 1")
    only_text = replace(answer, citations=tuple(c for c in answer.citations if c.passage.kind is Kind.TEXT))
    assert len(only_text.citations) < len(answer.citations)
    assert worth_drawing(only_text) == ()


def test_a_figure_that_was_not_asked_for_is_not_drawn(study: Study, tmp_path: Path) -> None:
    answer = cited(study, tmp_path, figure_pdf(), ask="figure 1")
    assert worth_drawing(replace(answer, question="what is learned?")) == ()


def test_what_was_asked_for_is_drawn_once_and_first(study: Study, tmp_path: Path) -> None:
    answer = cited(study, tmp_path, figure_pdf(), ask="figure 1")
    (formula,) = worth_drawing(cited(study, tmp_path, figure_pdf(), ask="equation 1"))
    before = replace(formula, number=8, quote=replace(formula.quote, text="We then define the residual output."))
    question = "is Fig. 1 of resnet what we want?"
    drawn = worth_drawing(replace(answer, question=question, citations=(before, formula, *answer.citations)))
    assert drawn == (answer.citations[0], formula), "of two quotes around a formula, the one with the formula itself"


def test_a_guild_that_does_not_hold_the_paper_sees_nothing(study: Study, tmp_path: Path) -> None:
    (citation, *_) = cited(study, tmp_path, paper_pdf()).citations
    with pytest.raises(NotFound) as refusal:
        study.picture(citation, guild=THEIRS)
    assert refusal.value.what == "picture"
    study.remove(OURS, citation.paper.paper_id)
    with pytest.raises(NotFound):
        study.picture(citation, guild=OURS)


def kept_files(study: Study) -> list[Path]:
    return [path for path in study.directory.path.rglob("*.pdf") if path.is_file()]


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), lambda path: path.write_bytes(paper_pdf("Another"))])
def test_a_pdf_that_is_gone_or_another_shows_nothing(
    harm: Callable[[Path], object], study: Study, tmp_path: Path
) -> None:
    (citation, *_) = cited(study, tmp_path, paper_pdf()).citations
    (path,) = kept_files(study)
    harm(path)
    with pytest.raises(NotFound) as refusal:
        study.picture(citation, guild=OURS)
    assert "not kept here, or it was never one. Add its arXiv id or the PDF again" in sentence_for(refusal.value)


def test_a_source_without_pages_shows_nothing(study: Study, tmp_path: Path) -> None:
    text = "# Shift\n\n## Method\n\nWe define internal covariate shift as the change of the inputs of a layer.\n" * 2
    (citation, *_) = cited(study, tmp_path, text.encode(), name="paper.md").citations
    with pytest.raises(NotFound):
        study.picture(citation, guild=OURS)


def test_a_page_that_cannot_be_drawn_is_refused_by_the_papers_name(study: Study, tmp_path: Path) -> None:
    (citation, *_) = cited(study, tmp_path, paper_pdf()).citations
    beyond = replace(citation, quote=replace(citation.quote, page=9, boxes=tuple(on_page(citation, 9))))
    with pytest.raises(BadDocument) as refusal:
        study.picture(beyond, guild=OURS)
    assert refusal.value.what == citation.paper.title


def on_page(citation: Citation, page: int) -> list[object]:
    return [replace(box, page=page) for box in citation.quote.boxes]
