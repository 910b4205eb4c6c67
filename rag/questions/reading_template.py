"""A group's analysis template, read by structure: headings are sections, what is listed under them are fields.

Spelling does not matter, nor whether fields are bullets, numbers, bold lines or rows of a table: people edit these.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING

from rag.domain.template import Template, TemplateField, TemplateSection
from rag.errors import BadDocument

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

MAX_BYTES = 64 * 1024
MAX_FIELDS = 100
MAX_NAME, MAX_HINT = 160, 300
"""Characters; what is longer is cut at a word."""
MAX_PARTS = 12
_MAX_NESTING = 20

_OWN = "template.md"
_NUMBERED = re.compile(r"\s*(?:(?P<number>\d{1,3}(?:\.\d{1,3})*|[A-Z]|[IVX]{1,4})[.):]\s+|(?P<bare>\d{1,3})\s+)(?=\S)")
_LETTER = re.compile(r"[^\W\d_]")
_SPLIT = re.compile(r":\s+|:$|\s+[–—]\s+|\s+(?=\((?:e\.\s?g|i\.\s?e|for example|such as)\b)", re.IGNORECASE)


def own_template() -> Template:
    """Return the template that Seminar brings along."""
    return read_template(own_file())


def own_file() -> bytes:
    """Return the file of the template that Seminar brings along."""
    return files("prompts").joinpath(_OWN).read_bytes()


def read_template(content: bytes) -> Template:
    """Read a Markdown file. Raises BadDocument when it is too large, no text, or has no field or too many."""
    if len(content) > MAX_BYTES:
        reason = f"it has {len(content) // 1024} kB, and a template has at most {MAX_BYTES // 1024} kB"
        raise BadDocument("The template", reason, "Keep the sections and their fields, and leave the rest out.")
    headings = _outline(_tree(_text(content)))
    sections = _sections(headings)
    count = sum(len(section.fields) for section in sections)
    if not count:
        reason = "it has no fields"
        raise BadDocument("The template", reason, "Write a heading, and below it one line “- what to find out” each.")
    if count > MAX_FIELDS:
        raise BadDocument("The template", f"it has {count} fields, and the limit is {MAX_FIELDS}", "Make it shorter.")
    return Template(_title(headings, sections), sections, hashlib.sha256(content).hexdigest())


def _text(content: bytes) -> str:
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadDocument("The template", "it is no text in UTF-8", "Save it as plain Markdown.") from error
    return "".join(sign if sign.isprintable() or sign in "\n\t" else " " for sign in text.replace("\r\n", "\n"))


def _tree(text: str) -> SyntaxTreeNode:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

    return SyntaxTreeNode(MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING}).enable("table").parse(text))


@dataclass(slots=True)
class _Entry:
    """A line that may be a field: its bold beginning, its whole text, what is listed below it."""

    bold: str
    text: str
    below: list[_Entry] = field(default_factory=list)


@dataclass(slots=True)
class _Heading:
    """A heading with the entries below it. ``said`` are its bold lines, which count where nothing is listed."""

    level: int
    text: str
    listed: list[_Entry] = field(default_factory=list)
    said: list[_Entry] = field(default_factory=list)


def _outline(tree: SyntaxTreeNode) -> list[_Heading]:
    """Return the headings; the first holds what stands before any."""
    headings = [_Heading(0, "")]
    for node in tree.children:
        if node.type == "heading":
            headings.append(_Heading(int(node.tag[1:]), _plain(node)))
        elif node.type in ("bullet_list", "ordered_list"):
            headings[-1].listed += _entries(node)
        elif node.type == "table":
            headings[-1].listed += _rows(node)
        elif node.type == "paragraph":
            headings[-1].said += _bold_lines(node)
    return headings


def _entries(lists: SyntaxTreeNode) -> list[_Entry]:
    entries: list[_Entry] = []
    for item in lists.children:
        entry = _Entry("", "")
        for node in item.children:
            if node.type in ("bullet_list", "ordered_list"):
                entry.below += _entries(node)
            elif node.type in ("paragraph", "heading"):
                if not entry.text and node.children:
                    entry.bold = _bold(node.children[0].children)
                entry.text = f"{entry.text} {_plain(node)}".strip()
        entries += [entry] if _LETTER.search(entry.text) else entry.below
    return entries


def _rows(table: SyntaxTreeNode) -> Iterator[_Entry]:
    """Yield the rows below a table's head: the first cell names the field."""
    for body in (part for part in table.children if part.type == "tbody"):
        for row in body.children:
            cells = [_plain(cell) for cell in row.children]
            if cells and _LETTER.search(cells[0]):
                yield _Entry(cells[0], " ".join(cells))


def _bold_lines(paragraph: SyntaxTreeNode) -> Iterator[_Entry]:
    """Yield the lines of a paragraph that begin bold, each with the text after it."""
    lines: list[list[SyntaxTreeNode]] = [[]]
    for inline in paragraph.children:
        for node in inline.children:
            if node.type in ("softbreak", "hardbreak"):
                lines.append([])
            elif lines[-1] or node.type != "text" or node.content.strip():
                lines[-1].append(node)
    for line in lines:
        bold = _bold(line)
        if _LETTER.search(bold):
            yield _Entry(bold, _joined(line))


def _bold(nodes: Sequence[SyntaxTreeNode]) -> str:
    """Return the bold beginning of a line, "" when it begins otherwise."""
    first = next((node for node in nodes if node.type != "text" or node.content.strip()), None)
    return _plain(first) if first is not None and first.type == "strong" else ""


def _plain(node: SyntaxTreeNode) -> str:
    return " ".join(_joined([node]).split())


def _joined(nodes: Sequence[SyntaxTreeNode]) -> str:
    said = (
        _joined(node.children) if node.children else " " if node.type in ("softbreak", "hardbreak") else node.content
        for node in nodes
        if node.type != "image"
    )
    return " ".join("".join(said).split()) if len(nodes) != 1 else "".join(said)


def _sections(headings: Sequence[_Heading]) -> tuple[TemplateSection, ...]:
    """Return the headings that have fields; where nothing stands below any, the deepest headings are the fields."""
    held = [(one, one.listed or one.said) for one in headings]
    if not any(entries for _, entries in held):
        held = _of_headings(headings)
    if len([one for one, entries in held if entries]) == 1 and not held[0][0].text:
        held = _of_lists(held[0][1]) or held
    sections = []
    for heading, entries in held:
        number, title = _number_and_title(heading.text)
        fields = tuple(_field(title, place, entry) for place, entry in enumerate(entries, 1))
        if fields:
            sections.append(TemplateSection(number, title, fields))
    return tuple(sections)


def _of_headings(headings: Sequence[_Heading]) -> list[tuple[_Heading, list[_Entry]]]:
    deepest = max(one.level for one in headings)
    held: list[tuple[_Heading, list[_Entry]]] = [(headings[0], [])]
    for one in headings[1:]:
        if one.level < deepest:
            held.append((one, []))
        elif held[-1][0].level and _LETTER.search(one.text):
            held[-1][1].append(_Entry(_number_and_title(one.text)[1], _number_and_title(one.text)[1]))
    return held


def _of_lists(entries: Sequence[_Entry]) -> list[tuple[_Heading, list[_Entry]]]:
    """Return a file without headings, whose list has lists below it: the outer lines are the sections."""
    if not all(entry.below for entry in entries):
        return []
    return [(_Heading(1, entry.text.rstrip(": ")), entry.below) for entry in entries]


def _number_and_title(heading: str) -> tuple[str, str]:
    numbered = _NUMBERED.match(heading)
    number = (numbered["number"] or numbered["bare"]) if numbered else ""
    return number, _cut(heading[numbered.end() :] if numbered else heading, MAX_NAME).rstrip(": ")


def _field(section: str, place: int, entry: _Entry) -> TemplateField:
    name, hint = (entry.bold, entry.text.removeprefix(entry.bold)) if entry.bold else _split(entry.text)
    parts = tuple(_cut(text, MAX_HINT) for text in _texts(entry.below))[:MAX_PARTS]
    return TemplateField(section, place, _cut(name.strip(" :"), MAX_NAME), _cut(_bare(hint), MAX_HINT), parts)


def _split(text: str) -> tuple[str, str]:
    """Split a plain line at its colon, dash or "(e.g.": name, hint."""
    place = _SPLIT.search(text)
    name = text[: place.start()] if place else text
    return (name, text[place.end() :]) if place and _LETTER.search(name) else (text, "")


def _bare(hint: str) -> str:
    """Return a hint without the colon before it and the brackets around it, closed or not."""
    hint = hint.strip(" :–—\t")
    if hint.startswith("(") and hint.find(")") in (-1, len(hint) - 1):
        hint = hint.strip("()").strip()
    return hint


def _texts(entries: Sequence[_Entry]) -> Iterator[str]:
    for entry in entries:
        yield entry.text
        yield from _texts(entry.below)


def _cut(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 2].rsplit(" ", 1)[0].rstrip(" ,;:-") + " …"


def _title(headings: Sequence[_Heading], sections: Sequence[TemplateSection]) -> str:
    """Return the first heading, when it heads the file and is not one of its sections."""
    first = headings[1].text if len(headings) > 1 else ""
    return "" if any(_number_and_title(first)[1] == section.title for section in sections) else _cut(first, MAX_NAME)
