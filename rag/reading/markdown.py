"""Documents in Markdown, by structure, without pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rag.domain.reading import Reading
from rag.errors import BadDocument
from rag.reading.gathering import Gathering, squeezed

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MAX_MARKDOWN_BYTES = 2 * 1024 * 1024


def read_markdown(text: str | bytes) -> Reading:
    """Read a document. Its blocks' text is what quotes are checked against; there are no pages.

    The first top heading is the title. Raises BadDocument when it is too large or says nothing.
    """
    if len(text) > MAX_MARKDOWN_BYTES:
        size, most = len(text) / 1024**2, MAX_MARKDOWN_BYTES // 1024**2
        reason = f"it has {size:.1f} MB of Markdown, and at most {most} MB are read"
        raise BadDocument("the file", reason, "Add its parts.")
    source = text if isinstance(text, str) else _decoded(text)
    tokens = _parser().parse(_FRONT_MATTER.sub("", source.replace("\x00", ""), count=1))
    walk = _Walk(Gathering())
    walk.read(tokens)
    if not walk.to.chars:
        raise BadDocument("the file", "it holds no text")
    return walk.to.reading(walk.title)


_FRONT_MATTER = re.compile(r"\A\ufeff?(?:---[ \t]*\n(?:[^\n]*\n){0,200}?(?:---|\.\.\.)[ \t]*(?:\n|\Z))?")
_MAX_NESTING = 50  # of quotes and lists; deeper text is read as a plain paragraph


def _decoded(data: bytes) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    from rag.reading.texmath import keep_formulas

    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING}).enable(["table", "strikethrough"])
    keep_formulas(parser)
    return parser


class _Walk:
    """Reads markdown-it's flat list of tokens into a gathering."""

    def __init__(self, to: Gathering) -> None:
        self.to = to
        self.title = ""
        self._heading: int | None = None
        self._row: list[str] | None = None
        self._rows: list[list[str]] = []

    def read(self, tokens: list[Token]) -> None:
        for token in tokens:
            if token.type in ("heading_open", "heading_close"):
                self._heading = int(token.tag[1]) if token.nesting == 1 else None
            elif token.type in ("tr_open", "tr_close", "table_close"):
                self._table(token.type)
            elif token.type == "inline":
                self._inline(token)
            elif token.type in ("fence", "code_block"):
                self._listing(token)
            elif token.type == "math_block":
                self.to.equation(token.content)
            elif token.type == "html_block":
                self._html(token.content)

    def _table(self, step: str) -> None:
        if step == "tr_open":
            self._row = []
        elif step == "tr_close" and self._row is not None:
            self._rows.append(self._row)
            self._row = None
        else:
            self.to.table(self._rows)
            self._rows = []

    def _inline(self, token: Token) -> None:
        words: list[str] = []
        pictures: list[str] = []
        for child in token.children or []:
            if child.type == "link_open":
                self.to.link(str(child.attrGet("href") or ""))
            elif child.type == "image":
                pictures.append("".join(map(_word, child.children or [])))
            else:
                words.append(_word(child))
        self._take("".join(words))
        for alt in pictures:
            self.to.caption(alt)

    def _take(self, text: str) -> None:
        if self._row is not None:
            self._row.append(text)
        elif self._heading == 1 and not self.title:
            self.title = squeezed(text)
        elif self._heading is not None:
            self.to.heading(self._heading, text)
        else:
            self.to.paragraph(text)

    def _listing(self, token: Token) -> None:
        if token.info.strip() == "math":
            self.to.equation(token.content)
        else:
            self.to.code(token.content)

    def _html(self, markup: str) -> None:

        from rag.reading.htmlblocks import HtmlBlocks
        from rag.reading.shallow import soup_of
        from rag.reading.unseen import drop_unseen

        soup = soup_of(markup)
        self.to.warnings += [w for w in drop_unseen(soup) if w not in self.to.warnings]
        HtmlBlocks(self.to).read(soup)


def _word(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak") or (token.type == "html_inline" and token.content.startswith("<br")):
        return " "
    if token.type == "math_inline":
        return token.markup + token.content + token.markup
    return token.content if token.type in ("text", "code_inline") else ""
