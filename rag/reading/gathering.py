"""Collects what a document without pages says, in order, into a Reading. For HTML and Markdown."""

from __future__ import annotations

import re

from rag.domain.reading import Block, Kind, Piece, Reading, Section
from rag.errors import BadDocument
from rag.reading.sentences import sentences

MAX_CHARS = 2_000_000  # of text taken from one document, about 300,000 words; what follows is left out and reported
MAX_LINKS = 2_000
MAX_DEPTH = 8  # of headings


class Gathering:
    """A document on its way to being a Reading. Text is given in reading order and squeezed to single spaces."""

    def __init__(self) -> None:
        self.warnings: list[str] = []
        self._blocks: list[Block] = []
        self._sections: list[Section] = []
        self._references: list[str] = []
        self._links: dict[str, None] = {}
        self._path: list[tuple[int, str]] = []  # levels and names of the open headings
        self._references_level: int | None = None
        self._kind = Kind.TEXT
        self._chars = 0

    @property
    def chars(self) -> int:
        """How much text has been taken."""
        return self._chars

    def heading(self, level: int, text: str) -> None:
        """Open a section; ``level`` as in the source, 1 to 6. Closes those of the same level and below."""
        title = squeezed(text)[:300]
        if not title:
            return
        while (self._path and self._path[-1][0] >= level) or len(self._path) >= MAX_DEPTH:
            self._path.pop()
        if self._references_level is None or level <= self._references_level:
            self._references_level = level if _REFERENCES.fullmatch(title) else None
        self._kind = Kind.ABSTRACT if title.casefold() in ("abstract", "summary") else Kind.TEXT
        number = _NUMBER.match(title)
        self._path.append((level, title))
        name = title[number.end() :] if number else title
        self._sections.append(Section(len(self._path), number["number"] if number else "", name, None))

    def paragraph(self, text: str, kind: Kind | None = None) -> None:
        """Take a paragraph or list item; in the references section it is one reference."""
        if self._references_level is not None:
            self.reference(text)
        elif _DISPLAY_MATH.fullmatch(text.strip()):
            self.equation(text.strip())
        else:
            self._add(kind or self._kind, squeezed(text))

    def reference(self, text: str) -> None:
        """Take one entry of the list of references."""
        entry = squeezed(text)
        if entry and self._room(len(entry)):
            self._references.append(entry)

    def code(self, text: str) -> None:
        """Take a program listing, its lines kept."""
        self._add(Kind.TEXT, "\n".join(line.rstrip() for line in text.splitlines() if line.strip()))

    def caption(self, text: str) -> None:
        """Take a figure's caption or the words that stand for a picture."""
        self._add(Kind.CAPTION, squeezed(text), _label(text))

    def table(self, rows: list[list[str]], caption: str = "") -> None:
        """Take a table: its caption on the first line, then a line a row, cells set apart by bars."""
        lines = [" | ".join(squeezed(cell) for cell in row) for row in rows]
        kept = [line for line in lines if line.strip(" |")]
        if kept or caption.strip():
            title = squeezed(caption)
            self._add(Kind.TABLE, "\n".join([title, *kept] if title else kept), _label(title))

    def theorem(self, text: str) -> None:
        """Take a theorem, lemma or definition as a whole."""
        self._add(Kind.THEOREM, squeezed(text), _label(text))

    def equation(self, formula: str, number: str = "") -> None:
        """Take a displayed formula; ``number`` as printed: "(3)". A TeX tag counts as one."""
        tag = _TAG.search(formula)
        name = (tag["number"] if tag else number).strip(" ()")
        text = squeezed(_TAG.sub(" ", formula)).strip()
        for opened, closed in (("$$", "$$"), ("\\[", "\\]")):
            text = text.removeprefix(opened).removesuffix(closed).strip()
        if text:
            self._add(Kind.EQUATION, f"{text} ({name})" if name else text, f"Eq. {name}" if name else None)

    def link(self, url: str) -> None:
        """Note a web address; others are no links."""
        if _WEB.match(url) and len(url) <= 2_000 and len(self._links) < MAX_LINKS:
            self._links.setdefault(url)

    def reading(self, title: str) -> Reading:
        """Return all that was taken. Raises BadDocument when no text is among it that could be quoted."""
        if not self._blocks:
            long = f"its text is one paragraph of more than {MAX_CHARS:,} characters"
            reason = "it holds nothing but references" if self._references else long
            raise BadDocument("the document", reason, "Add the paper's PDF.")
        if self._chars >= MAX_CHARS:
            self.warnings.append(f"Only the first {MAX_CHARS:,} characters were read.")
        for block in self._blocks:
            for url in _PRINTED_URL.findall(block.text):
                self.link(url.rstrip(".,;:!?'\"”’)]}>"))
        return Reading(
            pages=(),
            blocks=tuple(_with_sentences_around(self._blocks)),
            sections=tuple(self._sections),
            references=tuple(self._references),
            title=squeezed(title)[:500],
            links=tuple(self._links),
            warnings=tuple(self.warnings),
        )

    def _add(self, kind: Kind, text: str, label: str | None = None) -> None:
        if text and self._room(len(text)):
            section = tuple(name for _, name in self._path)
            self._blocks.append(_block(kind, text, section, label))

    def _room(self, length: int) -> bool:
        self._chars = min(MAX_CHARS, self._chars + length)
        return self._chars < MAX_CHARS


def squeezed(text: str) -> str:
    """Return the text with single spaces, without control and zero-width characters and soft hyphens."""
    return " ".join(_UNSEEN.sub("", text).split())


_UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x7f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
_NUMBER = re.compile(r"(?P<number>\d+(?:\.\d+)*|[A-Z](?:\.\d+)+|[A-Z](?=[.:]))[.:)]?\s+(?=\S)")
_REFERENCES = re.compile(r"(?:[\dA-Z]+\.?\s+)?(?:references|bibliography|works cited|literature(?: cited)?)\.?", re.I)
_LABEL = re.compile(
    r"(?P<word>Figure|Fig|Table|Tab|Algorithm|Listing|Theorem|Lemma|Proposition|Corollary|Definition|Remark|Assumption|"
    r"Example)\.?\s*(?P<number>[A-Z]{0,2}\.?\d+(?:\.\d+)*[a-z]?)\b",
    re.I,
)
_SHORT_FORMS = {"fig": "Figure", "tab": "Table"}
_DISPLAY_MATH = re.compile(r"\$\$[^$]+\$\$|\\\[(?:(?!\\\]).)+\\\]", re.S)
_TAG = re.compile(r"\\tag\*?\{\s*(?P<number>[^{}]{1,20})\}")
_WEB = re.compile(r"https?://[^\s/]", re.I)
_PRINTED_URL = re.compile(r"https?://[^\s<>\"“”|\\^`{}]+", re.I)


def _label(text: str) -> str | None:
    match = _LABEL.match(text.strip())
    if match is None:
        return None
    word = match["word"].casefold()
    return f"{_SHORT_FORMS.get(word, word.capitalize())} {match['number']}"


def _block(kind: Kind, text: str, section: tuple[str, ...], label: str | None) -> Block:
    return Block(kind, text, section, (Piece(None, 0, len(text)),), label)


def _with_sentences_around(blocks: list[Block]) -> list[Block]:
    """Give each formula the sentence before it and the one after, which say what its letters mean."""
    around = [None, *blocks[:-1]], [*blocks[1:], None]
    return [
        _explained(block, before, after) if block.kind is Kind.EQUATION else block
        for before, block, after in zip(around[0], blocks, around[1], strict=True)
    ]


def _explained(block: Block, before: Block | None, after: Block | None) -> Block:
    said = [block.text]
    if before is not None and before.section == block.section and before.kind in (Kind.TEXT, Kind.ABSTRACT):
        last = sentences(before.text)[-1]
        said.insert(0, before.text[last.start : last.end])
    if after is not None and after.section == block.section and after.kind in (Kind.TEXT, Kind.ABSTRACT):
        first = sentences(after.text)[0]
        said.append(after.text[first.start : first.end])
    return _block(block.kind, " ".join(said), block.section, block.label)
