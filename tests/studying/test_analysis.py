"""The template filled from a paper: quotes that stand on their pages, and an honest nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.answering.quotes import find_quote
from rag.domain.analysis import Analysis, FilledField, Filling, FillStep
from rag.domain.reading import Kind
from rag.errors import Refused
from rag.store.library import Library
from rag.studying.as_json import analysis_as_json
from rag.studying.as_markdown import analysis_as_markdown
from tests.answering.library import paper_of, shelve
from tests.studying.prepared import GLIDE_PAPER, GUILD, LOOSE_PAPER, NOW, TEMPLATE, studying_on


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Analysis, Library]:
    studying, library = studying_on(tmp_path_factory.mktemp("library"))
    return studying.analysis(GUILD, GLIDE_PAPER), library


def field(analysis: Analysis, name: str) -> FilledField:
    return next(one for one in analysis.fields if one.field.name == name)


def said(analysis: Analysis, name: str) -> str:
    return "\n".join(sentence.text for sentence in field(analysis, name).sentences)


def test_every_field_of_the_template_is_there_in_its_order(filled: tuple[Analysis, Library]) -> None:
    analysis, _ = filled
    names = [one.field.name for one in analysis.fields]
    assert names[0] == "What is the core problem?"
    assert names[-1] == "What does our dog think of it?"
    assert len(names) == 10
    assert [title for _, title in analysis.sections] == ["Problem", "Model", "Training", "Results"]


def test_every_quote_stands_on_its_page_and_every_sentence_has_one(filled: tuple[Analysis, Library]) -> None:
    analysis, library = filled
    pages = {page.number: page for page in library.pages(GLIDE_PAPER.key)}
    numbers = {citation.number for citation in analysis.citations}
    assert numbers == set(range(1, len(analysis.citations) + 1))
    for citation in analysis.citations:
        assert citation.quote.page is not None
        assert find_quote(citation.quote.text, pages[citation.quote.page]) is not None
    for one in analysis.fields:
        for sentence in one.sentences:
            assert sentence.citations
            assert set(sentence.citations) <= numbers


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("What are the limitations of existing solutions?", "suffer from vanishing features"),
        ("Equations", "s(x) = a x + b (1)"),
        ("Optimiz & Hyperparameters", "learning rate of 0.05, a batch size of 128"),
        ("Infrastructure", "eight V100 GPUs"),
        ("Summary Table", "GlideNet 21.3 4.2"),
        ("Summary Table", "model top-1 top-5"),
    ],
)
def test_a_field_says_what_the_paper_says(filled: tuple[Analysis, Library], name: str, words: str) -> None:
    assert words in said(filled[0], name)


@pytest.mark.parametrize("name", ["Safety & Bias", "What does our dog think of it?"])
def test_what_no_sentence_tells_is_not_found(filled: tuple[Analysis, Library], name: str) -> None:
    one = field(filled[0], name)
    assert one.filling is Filling.NOT_FOUND
    assert one.sentences == ()


def test_nothing_is_drawn_but_the_papers_own_figure_is_named(filled: tuple[Analysis, Library]) -> None:
    model, training = field(filled[0], "Architecture graph"), field(filled[0], "Workfow Graph")
    assert model.filling is training.filling is Filling.NOT_DRAWN
    assert "Figure 1: Architecture of a sliding gate" in model.sentences[0].text
    assert training.sentences == ()


def test_the_rows_of_other_papers_are_not_shown_as_results(filled: tuple[Analysis, Library]) -> None:
    assert "25.1" not in said(filled[0], "Summary Table")


def test_the_document_has_the_layout_of_the_template(filled: tuple[Analysis, Library]) -> None:
    analysis, _ = filled
    text = analysis_as_markdown(analysis)
    lines = text.splitlines()
    assert lines[0] == "# Our template"
    assert "Paper name: GlideNet: Sliding Gates for Deep Networks  " in lines
    assert "Public date: 2020/02" in lines
    assert "## 3. Training" in lines
    assert "- **Optimiz & Hyperparameters:** _e.g., AdamW, learning rate_" in lines
    assert "  - Not found in the paper." in lines
    sources = lines[lines.index("## Sources") :]
    assert sum(line[:1].isdigit() for line in sources) == len(analysis.citations)
    assert "https://arxiv.org/pdf/2002.00001#page=3" in text
    assert "no language model wrote this" in text


def test_the_json_has_every_field_and_every_citation(filled: tuple[Analysis, Library]) -> None:
    shown = json.loads(json.dumps(analysis_as_json(filled[0])))
    assert [len(section["fields"]) for section in shown["sections"]] == [2, 2, 3, 3]
    assert len(shown["citations"]) == len(filled[0].citations)
    assert shown["published"] == "2020/02"
    assert (shown["writer"], shown["prompt"]) == ("extractive", "")


def test_text_of_a_paper_cannot_leave_its_line_in_the_document(tmp_path: Path) -> None:
    studying, library = studying_on(tmp_path)
    sly = paper_of("# Big *news* [x](http://evil)\n## Sources", "2003.00001", ())
    text = "Existing methods suffer from <b>bold claims and **stars in every long sentence that anybody writes."
    shelve(library, sly, [(1, "1 Introduction", Kind.TEXT, None, text)])
    document = analysis_as_markdown(studying.analysis(GUILD, sly))
    assert r"Paper name: \# Big \*news\* \[x\](http://evil) ## Sources" in document
    assert r"\<b\>bold claims and \*\*stars" in document
    assert document.count("\n## Sources") == 1


def test_an_analysis_is_kept_until_it_is_asked_for_anew(tmp_path: Path) -> None:
    studying, _ = studying_on(tmp_path)
    steps: list[FillStep] = []
    first = studying.analysis(GUILD, GLIDE_PAPER, told=steps.append)
    assert [(step.done, step.total) for step in steps] == [(0, 4), (1, 4), (2, 4), (3, 4)]
    again = studying.analysis(GUILD, GLIDE_PAPER, told=steps.append)
    assert len(steps) == 4
    assert analysis_as_markdown(again) == analysis_as_markdown(first)
    assert again.made_at == NOW
    studying.analysis(GUILD, GLIDE_PAPER, anew=True, told=steps.append)
    assert len(steps) == 8


def test_another_template_makes_another_analysis(tmp_path: Path) -> None:
    studying, library = studying_on(tmp_path)
    studying.analysis(GUILD, GLIDE_PAPER)
    assert studying.kept(GUILD, GLIDE_PAPER) is not None
    library.put_template(GUILD, "new.md", TEMPLATE + b"- **Code:** where it is\n", person="1", now=NOW)
    assert studying.kept(GUILD, GLIDE_PAPER) is None


def test_an_analysis_goes_with_its_paper_and_its_server(tmp_path: Path) -> None:
    studying, library = studying_on(tmp_path)
    library.share_paper(GLIDE_PAPER, guild="other", now=NOW)
    for guild in (GUILD, "other"):
        studying.analysis(guild, GLIDE_PAPER)
    library.erase_guild("other")
    assert studying.kept("other", GLIDE_PAPER) is None
    assert studying.kept(GUILD, GLIDE_PAPER) is not None
    library.share_paper(GLIDE_PAPER, guild="third", now=NOW)
    library.remove_paper(GUILD, GLIDE_PAPER.key)
    assert library.kept_analysis(GUILD, GLIDE_PAPER.key) is None


def test_one_server_never_sees_the_analysis_of_another(tmp_path: Path) -> None:
    studying, library = studying_on(tmp_path)
    library.share_paper(GLIDE_PAPER, guild="other", now=NOW)
    studying.analysis(GUILD, GLIDE_PAPER)
    assert studying.kept("other", GLIDE_PAPER) is None


def test_a_kept_analysis_that_nobody_can_read_is_made_again(tmp_path: Path) -> None:
    import sqlalchemy as sa

    studying, library = studying_on(tmp_path)
    studying.analysis(GUILD, LOOSE_PAPER)
    with library._engine.begin() as connection:
        connection.execute(sa.text("update analyses set snapshot = '{\"paper\": 1}'"))
    assert studying.kept(GUILD, LOOSE_PAPER) is None
    assert studying.analysis(GUILD, LOOSE_PAPER).fields


def test_a_paper_without_text_is_refused(tmp_path: Path) -> None:
    studying, library = studying_on(tmp_path)
    empty = paper_of("Nothing", "2003.00002", ())
    shelve(library, empty, [])
    with pytest.raises(Refused, match="Nothing"):
        studying.analysis(GUILD, empty)
