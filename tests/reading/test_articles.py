"""HTML and Markdown are read in the worker: what they cost is bounded there, and it reads what is read here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.errors import BadDocument
from rag.intake.results import AddResult, AddStatus
from rag.reading.articles import ArticleReader
from rag.reading.html import MAX_HTML_BYTES, read_html
from rag.reading.markdown import MAX_MARKDOWN_BYTES, read_markdown
from rag.reading.pdf import Limits, PdfReader
from rag.study import Study
from tests.reading.pages import plain_paper

MB = 1024 * 1024
PAGE = (
    b"<html><head><title>On Shift</title></head><body><nav>Menu</nav><article><h1>On Shift</h1>"
    b"<p>Internal covariate shift slows the training of deep networks down.</p><h2>1 Method</h2>"
    b'<p>We fix it, see <a href="/code">the code</a>.</p><table><tr><th>net<th>error<tr><td>a<td>3</table>'
    b"</article></body></html>"
)
NOTES = b"# On Shift\n\nWe *fix* it: $x_1$.\n\n## 1 Method\n\n- one\n- two\n\n| net | error |\n|---|--:|\n| a | 3 |\n"
# An article in front, so that what follows is no page without text; each takes minutes or gigabytes if it is let.
HEAVY = {
    "paragraphs": PAGE + b"<p>" * (7 * MB // 3),
    "marks": PAGE + b"<i>a</i>" * (7 * MB // 8),
}


@pytest.fixture(scope="module")
def pdf() -> Iterator[PdfReader]:
    with PdfReader(Limits(memory_bytes=600 * MB, cpu_s=2, wall_s=60.0)) as reader:
        yield reader


@pytest.fixture(scope="module")
def articles(pdf: PdfReader) -> ArticleReader:
    return ArticleReader(pdf.fence)


def test_the_worker_reads_what_is_read_here(articles: ArticleReader) -> None:
    assert articles.html(PAGE, "https://example.org/") == read_html(PAGE, "https://example.org/")
    assert articles.markdown(NOTES) == read_markdown(NOTES)


@pytest.mark.parametrize("page", HEAVY.values(), ids=HEAVY)
def test_a_page_of_nothing_but_tags_is_given_up_and_the_next_document_read(
    page: bytes, pdf: PdfReader, articles: ArticleReader
) -> None:
    began = time.monotonic()
    with pytest.raises(BadDocument, match=r"computing|memory"):
        articles.html(page)
    assert time.monotonic() - began < 30
    assert pdf.read(plain_paper()).page_count == 1


def test_markdown_that_never_ends_its_links_is_given_up(articles: ArticleReader) -> None:
    with pytest.raises(BadDocument, match="computing"):
        articles.markdown(b"# T\n\n" + b"[" * 300_000)


def test_what_is_too_large_is_refused_with_both_sizes(articles: ArticleReader) -> None:
    with pytest.raises(BadDocument, match=r"9\.0 MB of HTML, and at most 8 MB"):
        articles.html(b"<p>" + b"x" * (MAX_HTML_BYTES + MB))
    with pytest.raises(BadDocument, match=r"3\.0 MB of Markdown, and at most 2 MB"):
        articles.markdown(b"x" * (MAX_MARKDOWN_BYTES + MB))


@pytest.mark.parametrize("stranger", [True, False], ids=["sent", "by command"])
def test_an_article_that_costs_too_much_fails_its_add_by_its_name_whoever_adds_it(
    study_for: Callable[..., Study], tmp_path: Path, stranger: bool
) -> None:
    study = study_for(embedder="none", reading_timeout_s=1.0)
    content = b"# T\n\n" + b"[" * 300_000
    if stranger:
        ended: list[AddResult] = []
        study.enqueue_upload("heavy.md", content, guild="g")
        study.carry_out(finished=lambda _job, _origin, result: ended.append(result))
        [result] = ended
    else:
        path = tmp_path / "heavy.md"
        path.write_bytes(content)
        [result] = study.add([str(path)], guild="g")
    assert result.status is AddStatus.FAILED
    assert isinstance(result.error, BadDocument)
    assert result.error.what == "heavy.md"
    assert "longer than 1 s" in result.error.reason
