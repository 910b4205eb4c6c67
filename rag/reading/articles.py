"""Read HTML and Markdown behind the same fence as PDFs: a few megabytes of tags cost minutes and gigabytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rag.domain.reading import Reading
from rag.reading.fence import Fence

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ReadHtml:
    """Read a web page that was fetched from an address, "" when it was not."""

    content: bytes
    url: str

    def carried_out(self, _told: Progress) -> Reading:
        """Return the article, in the worker."""
        from rag.reading.html import read_html

        return read_html(self.content, self.url)


@dataclass(frozen=True, slots=True)
class ReadMarkdown:
    """Read a document in Markdown."""

    content: bytes

    def carried_out(self, _told: Progress) -> Reading:
        """Return the document, in the worker."""
        from rag.reading.markdown import read_markdown

        return read_markdown(self.content)


class ArticleReader:
    """Reads articles without pages in the worker of a fence; threads may share it, one reads at a time."""

    def __init__(self, fence: Fence) -> None:
        self._fence = fence

    def html(self, content: bytes, url: str = "") -> Reading:
        """Return what :func:`rag.reading.html.read_html` reads. Raises BadDocument, also for what costs too much."""
        return self._fence.ask(ReadHtml(content, url))

    def markdown(self, content: bytes) -> Reading:
        """Return what :func:`rag.reading.markdown.read_markdown` reads. Raises BadDocument, as :meth:`html` does."""
        return self._fence.ask(ReadMarkdown(content))
