"""Walks an article's elements and gathers its headings, paragraphs, captions, tables and formulas."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from bs4.element import NavigableString, Script, Tag

from rag.domain.reading import Kind
from rag.reading.gathering import Gathering, squeezed

if TYPE_CHECKING:
    from bs4.element import PageElement


class HtmlBlocks:
    """Reads one article into a gathering. ``base`` completes relative links; a heading equal to ``title`` is no
    section. Walks with its own stack, so no depth of nesting is too deep.
    """

    def __init__(self, gathering: Gathering, *, base: str = "", title: str = "") -> None:
        self._to = gathering
        self._base = base
        self._title = title
        self._words: list[str] = []
        self._notes: list[str] = []
        self._kinds: list[Kind | None] = [None]

    def read(self, article: Tag) -> None:
        """Gather the article in reading order."""
        steps: list[Iterator[PageElement] | Callable[[], None]] = [iter(list(article.children))]
        while steps:
            step = steps[-1]
            if callable(step):
                step()
                steps.pop()
                continue
            element = next(step, None)
            if element is None:
                steps.pop()
            elif isinstance(element, Tag):
                steps += self._enter(element)
            elif isinstance(element, NavigableString):
                self._words.append(str(element))
        self._flush()

    def _enter(self, tag: Tag) -> list[Iterator[PageElement] | Callable[[], None]]:
        """Take an element whole, or return what is left to do: its children, and the end of its paragraph."""
        if tag.name == "a":
            self._link(tag)
        if self._taken_inline(tag) or self._taken_whole(tag):
            return []
        children = iter(list(tag.children))
        if _is_abstract(tag):
            self._flush()
            self._kinds.append(Kind.ABSTRACT)
            return [self._leave_abstract, children]
        if tag.name in _BLOCKS:
            self._flush()
            return [self._flush, children]
        return [children]

    def _taken_inline(self, tag: Tag) -> bool:
        classes = _classes(tag)
        if tag.name == "br":
            self._words.append("\n")
        elif tag.name in ("d-footnote", "dt-fn") or "ltx_note" in classes:
            content = tag.select_one(".ltx_note_content") or tag
            self._notes.append(re.sub(r"^\s*\d+\s+", "", text_of(content)))
        elif _is_formula(tag) and not _is_display(tag):
            self._words.append(f" {formula_of(tag)} " if tag.name == "script" else formula_of(tag))
        else:
            return tag.name in ("img", "d-cite", "dt-cite") or not classes.isdisjoint(_SKIPPED)
        return True

    def _taken_whole(self, tag: Tag) -> bool:
        classes = _classes(tag)
        if _is_formula(tag) or not classes.isdisjoint(_EQUATIONS):
            self._flush()
            self._equation(tag)
        elif re.fullmatch(r"h[1-6]", tag.name):
            self._heading(tag)
        elif tag.name == "figure" or "ltx_figure" in classes or "ltx_table" in classes:
            return self._figure(tag)
        elif tag.name in ("figcaption", "caption", "dt-caption"):
            self._flush()
            self._to.caption(text_of(tag))
        elif tag.name == "table" and _is_real_table(tag):
            self._table(tag, "")
        elif tag.name == "pre":
            self._flush()
            self._to.code(tag.get_text())
        elif "ltx_theorem" in classes:
            self._flush()
            self._links_of(tag)
            self._to.theorem(text_of(tag))
        elif _is_reference_list(tag):
            self._references(tag)
        else:
            return False
        return True

    def _heading(self, tag: Tag) -> None:
        self._flush()
        text = text_of(tag)
        if text != self._title and "ltx_title_document" not in _classes(tag):
            self._to.heading(int(tag.name[1]), text)

    def _figure(self, figure: Tag) -> bool:
        """Take a figure or table with its caption; False for one made of several, which are taken each."""
        if figure.find("figure") is not None and figure.find("table") is None:
            return False
        self._flush()
        self._links_of(figure)
        found = [text_of(caption) for caption in figure.select("figcaption, .ltx_caption, dt-caption")]
        caption = " ".join(dict.fromkeys(text for text in found if text))
        tables = [table for table in figure.find_all("table") if _is_real_table(table)]
        for table in tables:
            self._table(table, caption)
            caption = ""
        listing = figure.find("pre")
        if isinstance(listing, Tag):
            self._to.code(listing.get_text())
        if not tables and not caption:
            caption = " ".join(str(image.get("alt") or "") for image in figure.find_all("img"))
        self._to.caption(caption)
        return True

    def _table(self, table: Tag, caption: str) -> None:
        self._flush()
        self._links_of(table)
        own = table.find("caption")
        rows = [[text_of(cell) for cell in row.find_all(["td", "th"])] for row in table.find_all("tr")]
        self._to.table(rows, caption or (text_of(own) if isinstance(own, Tag) else ""))

    def _equation(self, tag: Tag) -> None:
        rows = tag.select(".ltx_eqn_row, .ltx_equation") or [tag]
        for row in rows:
            number = row.select_one(".ltx_tag_equation, .ltx_eqn_eqno")
            formulas = [formula_of(math) for math in row.find_all(_is_formula)] or [formula_of(row)]
            self._to.equation(" ".join(formulas), text_of(number) if number is not None else "")

    def _references(self, tag: Tag) -> None:
        self._flush()
        self._links_of(tag)
        entries = tag.select("li, .ltx_bibitem, dd") or tag.select("p") or [tag]
        for entry in entries:
            self._to.reference(text_of(entry))

    def _link(self, tag: Tag) -> None:
        address = str(tag.get("href") or "")
        if address and not address.startswith("#"):
            try:
                self._to.link(urljoin(self._base, address))
            except ValueError:  # "http://[" is no address
                return

    def _links_of(self, tag: Tag) -> None:
        for link in tag.find_all("a"):
            self._link(link)

    def _leave_abstract(self) -> None:
        self._flush()
        self._kinds.pop()

    def _flush(self) -> None:
        """End the paragraph; its footnotes come after it."""
        text, notes = "".join(self._words), self._notes
        self._words, self._notes = [], []
        if squeezed(text):
            self._to.paragraph(text, self._kinds[-1])
        for note in notes:
            self._to.paragraph(note)


_BLOCKS = frozenset(
    "p div section article main header li ul ol dl dt dd blockquote table tbody thead tr td th center address details "  # noqa: SIM905
    "summary hr fieldset form body d-article dt-article d-appendix d-byline d-title d-abstract d-bibliography".split()
)
_SKIPPED = frozenset({"ltx_authors", "ltx_dates", "ltx_ERROR", "ltx_classification", "MathJax_Preview", "MathJax"})
_EQUATIONS = frozenset({"ltx_equation", "ltx_equationgroup"})
_FORMULAS = frozenset({"math", "d-math", "dt-math"})
_REFERENCE_LISTS = frozenset({"ltx_bibliography", "ltx_biblist", "references", "bibliography", "reference-list"})


def text_of(tag: Tag) -> str:
    """Return an element's text on one line, formulas written as TeX."""
    words: list[str] = []
    done_until: set[int] = set()
    for element in tag.descendants:
        parent = element.parent
        if parent is not None and id(parent) in done_until:
            if isinstance(element, Tag):
                done_until.add(id(element))
        elif isinstance(element, Tag):
            if _is_formula(element):
                words.append(formula_of(element))
                done_until.add(id(element))
            elif element.name in _BLOCKS or element.name == "br":
                words.append(" ")
        elif type(element) is NavigableString:
            words.append(str(element))
    return squeezed("".join(words))


def formula_of(tag: Tag) -> str:
    """Return a formula as TeX where the page has it, else as its letters."""
    stated = tag.get("alttext")
    if isinstance(stated, str) and stated.strip():
        return squeezed(stated)
    note = tag.find("annotation", attrs={"encoding": re.compile("tex", re.I)})
    letters = note.get_text() if note is not None else tag.get_text(types=(NavigableString, Script))
    return re.sub(r"^\\(?:display|text)style\s*", "", squeezed(letters))


def _classes(tag: Tag) -> frozenset[str]:
    named = tag.get("class")
    return frozenset(named) if isinstance(named, list) else frozenset()


def _is_formula(tag: Tag) -> bool:
    if tag.name == "script":
        return str(tag.get("type", "")).startswith("math/tex")
    return tag.name in _FORMULAS


def _is_display(tag: Tag) -> bool:
    if tag.name == "script":
        return "display" in str(tag.get("type", ""))
    return tag.get("display") == "block" or tag.get("mode") == "display" or tag.has_attr("block")


def _is_abstract(tag: Tag) -> bool:
    return (
        tag.name == "d-abstract"
        or tag.get("id") == "abstract"
        or not _classes(tag).isdisjoint({"ltx_abstract", "abstract"})
    )


def _is_reference_list(tag: Tag) -> bool:
    if tag.name in ("d-citation-list", "d-bibliography") or tag.get("role") == "doc-bibliography":
        return True
    if tag.name not in ("ol", "ul", "div", "section"):
        return False
    named = tag.get("id")
    return not (_classes(tag) | {str(named).casefold()}).isdisjoint(_REFERENCE_LISTS)


def _is_real_table(table: Tag) -> bool:
    """Whether it holds rows and columns, not the layout of a page or a formula."""
    if table.get("role") in ("presentation", "none") or table.find(["table", "h1", "h2", "h3", "ul", "ol"]) is not None:
        return False
    if not _classes(table).isdisjoint(_EQUATIONS):
        return False
    rows = table.find_all("tr", limit=3)
    return len(rows) > 1 and any(len(row.find_all(["td", "th"], limit=2)) > 1 for row in rows)
