"""Discord's Markdown by lines: headings, subtext, quotes and lists, which begin at the beginning of a line only."""

from __future__ import annotations

import re

from .inline import Found, inline, joined, next_token
from .tokens import Kind, Token

_LINE_BEGINS = re.compile(r"^$|\n *$")
_HEADING = re.compile(r" *(#{1,3})\s+([^\n]+?)#*\s*(?:\n|$)")
_SUBTEXT = re.compile(r" *-# +((?!-#)[^\n]+?) *(?:\n|$)")
_QUOTED_LINES = re.compile(r" *>(?!>>) +[^\n]*(?:\n *>(?!>>) +[^\n]*)*\n?")
_QUOTED_REST = re.compile(r" *>>> +(.*)", re.DOTALL)
_ITEM = re.compile(r"( *)([*-]|\d+\.) +(?=\S)")
_DEEPEST_LIST = 11


def parse(source: str, *, quoted: bool = False, depth: int = 0) -> tuple[Token, ...]:
    """What a message says; ``quoted`` within a quote, where no other may begin; ``depth`` counts lists around it."""
    tokens: list[Token] = []
    before = ""  # what was read last: it tells whether a line begins here
    while source:
        found = _block(source, before, quoted=quoted, depth=depth) if _LINE_BEGINS.search(before) else None
        length, new = found or next_token(source)
        tokens += new
        before, source = source[:length], source[length:]
    return joined(tokens)


def _block(source: str, before: str, *, quoted: bool, depth: int) -> Found | None:
    if not before or before.endswith("\n"):  # a heading may be indented itself, but nothing else may stand before it
        if found := _HEADING.match(source):
            return found.end(), (Token(Kind.HEADING, inner=inline(found[2].strip()), detail=str(len(found[1]))),)
        if found := _SUBTEXT.match(source):
            return found.end(), (Token(Kind.SUBTEXT, inner=inline(found[1].strip())),)
    return (None if quoted else _quote(source)) or (_list(source, depth) if depth < _DEEPEST_LIST else None)


def _quote(source: str) -> Found | None:
    if rest := _QUOTED_REST.match(source):
        return rest.end(), (Token(Kind.QUOTE, inner=parse(rest[1], quoted=True)),)
    if lines := _QUOTED_LINES.match(source):
        content = re.sub(r"^ *> ?", "", lines.group(), flags=re.MULTILINE)
        return lines.end(), (Token(Kind.QUOTE, inner=parse(content, quoted=True)),)
    return None


def _list(source: str, depth: int) -> Found | None:
    """A list goes on while lines are indented or begin with a mark as far in as the first."""
    first = _ITEM.match(source)
    if not first:
        return None
    indent, mark = first.groups()
    items: list[list[str]] = []
    length = 0
    for line in source.splitlines(keepends=True):
        item = _ITEM.match(line)
        if item and item[1] == indent:
            items.append([line[item.end() :]])
        elif items and line.startswith(" "):
            items[-1].append(line)
        else:
            break
        length += len(line)
    tokens = tuple(_item(lines, len(first.group()), depth) for lines in items)
    return length, (Token(Kind.LIST, inner=tokens, detail="" if mark in "*-" else mark[:-1]),)


def _item(lines: list[str], indent: int, depth: int) -> Token:
    """What hangs below an item is read as it stands without the item's own indent, so that a list in it is found."""
    below = [re.sub(rf"^ {{1,{indent}}}", "", line) for line in lines[1:]]
    return Token(Kind.ITEM, inner=parse("".join([lines[0], *below]).rstrip(), depth=depth + 1))
