"""Tokens as the HTML that MuPDF sets: classes are explained in theme.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from itertools import groupby

from .blocks import parse
from .inline import inline
from .times import shown_time
from .tokens import BLOCKS, Kind, Token

_TAGS = {
    Kind.BOLD: ("<b>", "</b>"),
    Kind.ITALIC: ("<i>", "</i>"),
    Kind.UNDERLINE: ("<u>", "</u>"),
    Kind.STRIKE: ("<s>", "</s>"),
    Kind.SPOILER: ('<span class="spoiler">', "</span>"),
    Kind.LINK: ('<span class="link">', "</span>"),
    Kind.QUOTE: ("<blockquote>", "</blockquote>"),
    Kind.SUBTEXT: ('<div class="subtext">', "</div>"),
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks: the names that stand for ids, and the moment they look at it."""

    names: Mapping[str, str] = field(default_factory=dict)
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)


def markup(markdown: str, reader: Reader | None = None) -> str:
    """What a member sees of a message's text."""
    return _flow(parse(markdown.strip()), reader or Reader())


def line_markup(markdown: str, reader: Reader | None = None) -> str:
    """The same where Discord lets no block begin, as in an embed's title."""
    return _line(inline(markdown), reader or Reader())


def plain_markup(text: str) -> str:
    """Text that Discord takes as it is: a name, a button's label."""
    return _words(text)


def _flow(tokens: Iterable[Token], reader: Reader) -> str:
    parts: list[str] = []
    for is_block, group in groupby(tokens, key=lambda token: token.kind in BLOCKS):
        if is_block:
            parts += [_block(token, reader) for token in group]
        else:
            parts.append(_paragraph(_line(group, reader), after_fence=bool(parts) and parts[-1].endswith("</pre>")))
    return "".join(parts)


def _paragraph(line: str, *, after_fence: bool) -> str:
    """A line break just before a block, or just after a fence, breaks nothing; an empty line is as high as another."""
    if after_fence and line.startswith("\n"):
        line = line[1:]
    if not line:
        return ""
    lines = line.removesuffix("\n").split("\n")
    return f"<p>{'<br/>'.join(part if part.strip() else '&#160;' for part in lines)}</p>"


def _block(token: Token, reader: Reader) -> str:
    if token.kind is Kind.HEADING:
        return f"<h{token.detail}>{_line(token.inner, reader)}</h{token.detail}>"
    if token.kind is Kind.FENCE:
        return f"<pre>{_words(token.text)}</pre>"
    if token.kind is Kind.LIST:
        kind = f'ol start="{token.detail}"' if token.detail else "ul"
        items = "".join(f"<li>{_flow(item.inner, reader)}</li>" for item in token.inner)
        return f"<{kind}>{items}</{kind[:2]}>"
    before, after = _TAGS[token.kind]
    return before + (_flow(token.inner, reader) or "<p>&#160;</p>") + after


def _line(tokens: Iterable[Token], reader: Reader) -> str:
    return "".join(_span(token, reader) for token in tokens)


def _span(token: Token, reader: Reader) -> str:
    if token.kind is Kind.TEXT:
        return _words(token.text)
    if token.kind is Kind.CODE:
        return f"<code>{_words(token.text)}</code>"
    if token.kind is Kind.TIME:
        shown = shown_time(int(token.text), token.detail, reader.now)
        written = f"<t:{token.text}{':' * bool(token.detail)}{token.detail}>"
        return f'<span class="time">{escape(shown)}</span>' if shown else escape(written)
    if token.kind in BLOCKS:  # a fence within bold
        return _block(token, reader)
    if token.kind in _TAGS:
        before, after = _TAGS[token.kind]
        return before + _line(token.inner, reader) + after
    return _mention(token, reader)


def _mention(token: Token, reader: Reader) -> str:
    name = reader.names.get(token.text)
    shown = {
        Kind.USER: f"@{name or 'unknown-user'}",
        Kind.ROLE: f"@{name or 'deleted-role'}",
        Kind.CHANNEL: f"#{name or 'unknown'}",
        Kind.COMMAND: f"/{token.text}",
        Kind.EVERYONE: token.text,
    }[token.kind]
    return f'<span class="mention">\u200a{_words(shown)}\u200a</span>'


def _words(text: str) -> str:
    return escape(text, quote=False).replace("  ", " &#160;")
