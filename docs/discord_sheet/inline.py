r"""Discord's Markdown within a line: what is bold, what is code, what only looks like it.

The order of the rules is the desktop client's: an escape before all, then links, then the styles (the longest
match of bold, italic and underline wins), strikes, code, mentions, spoilers, and text for the rest. A backslash takes
the meaning of any sign but not of a letter, a digit or a space; within code and within a link's label it means itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .links import angled_link, bare_link, masked_link
from .tokens import Kind, Token

Found = tuple[int, tuple[Token, ...]]
"""How many characters a rule took, and what they mean."""

_UNIT = r"(?:\\.|[^\\])"
_BOLD = re.compile(rf"\*\*({_UNIT}+?)\*\*(?!\*)", re.DOTALL)
_UNDERLINE = re.compile(rf"__({_UNIT}+?)__(?!_)", re.DOTALL)
_ITALIC_STAR = re.compile(r"\*(?=\S)((?:\*\*|\\.|\s+(?:\\.|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)", re.DOTALL)
_ITALIC_LINE = re.compile(r"_((?:__|\\.|[^\\_])+?)_(?!\w)", re.DOTALL | re.ASCII)
_STRIKE = re.compile(r"~~(.+?)~~(?!_)", re.DOTALL)
_SPOILER = re.compile(r"\|\|(.+?)\|\|", re.DOTALL)
_CODE = re.compile(r"(`+)(.*?[^`])\1(?!`)", re.DOTALL)
_FENCE = re.compile(r"```(?:([\w+\-.#]+)\n)?\n*([^\n].*?)\n*```", re.DOTALL | re.ASCII)
_ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")
_SHRUG = "¯\\_(ツ)_/¯"
_MENTIONS = (
    (Kind.USER, re.compile(r"<@!?(\d+)>")),
    (Kind.ROLE, re.compile(r"<@&(\d+)>")),
    (Kind.CHANNEL, re.compile(r"<#(\d+)>")),
    (Kind.COMMAND, re.compile(r"</((?:[-\w]{1,32})(?: [-\w]{1,32}){0,2}):\d+>")),
    (Kind.EVERYONE, re.compile(r"(@everyone|@here)")),
    (Kind.TIME, re.compile(r"<t:(-?\d{1,17})(?::([tTdDfFR]))?>")),
    (Kind.TEXT, re.compile(r"<a?(:\w+:)\d+>")),  # a server's own emoji: its name must do
)
_SHORTCODE = re.compile(r":([\w+-]+):", re.ASCII)
_EMOJI = {
    "+1": "👍", "-1": "👎", "100": "💯", "bulb": "💡", "eyes": "👀", "fire": "🔥", "heart": "❤", "key": "🔑", "o": "⭕",
    "ok": "🆗", "smile": "😄", "star": "⭐", "tada": "🎉", "thumbsup": "👍", "v": "✌", "warning": "⚠", "x": "❌",
}  # fmt: skip
"""A few of the thousands of names that become pictures: enough to see that a text is not safe from it."""

_IN_LABELS = {Kind.TEXT, Kind.BOLD, Kind.ITALIC, Kind.UNDERLINE, Kind.STRIKE, Kind.SPOILER, Kind.CODE, Kind.TIME}
_TEXT_ENDS = re.compile(r"[^0-9A-Za-z\s\u00c0-\U0010ffff]|\n|\w+:\S|[0-9]+\.", re.ASCII)


def inline(source: str, *, escapes: bool = True) -> tuple[Token, ...]:
    """What ``source`` means where no block can begin; without ``escapes`` a backslash means itself."""
    tokens: list[Token] = []
    while source:
        length, found = next_token(source, escapes=escapes)
        tokens += found
        source = source[length:]
    return joined(tokens)


def next_token(source: str, *, escapes: bool = True) -> Found:
    """What ``source``, which is not empty, begins with."""
    found = (
        _fence(source)
        or (_escape(source) if escapes else None)
        or _link(source)
        or _style(source, escapes)
        or _around(Kind.STRIKE, _STRIKE.match(source), escapes)
        or _code(source)
        or _mention(source)
        or _around(Kind.SPOILER, _SPOILER.match(source), escapes)
    )
    if found:
        return found
    ends = _TEXT_ENDS.search(source, 1)
    length = ends.start() if ends else len(source)
    return length, (Token(Kind.TEXT, source[:length]),)


def joined(tokens: list[Token]) -> tuple[Token, ...]:
    """The same with neighbouring texts made one."""
    result: list[Token] = []
    for token in tokens:
        if result and token.kind is result[-1].kind is Kind.TEXT:
            result[-1] = Token(Kind.TEXT, result[-1].text + token.text)
        else:
            result.append(token)
    return tuple(result)


def _fence(source: str) -> Found | None:
    found = _FENCE.match(source)
    return (found.end(), (Token(Kind.FENCE, found[2], detail=found[1] or ""),)) if found else None


def _escape(source: str) -> Found | None:
    if source.startswith(_SHRUG):
        return len(_SHRUG), (Token(Kind.TEXT, _SHRUG),)
    found = _ESCAPED.match(source)
    return (2, (Token(Kind.TEXT, found[1]),)) if found else None


def _link(source: str) -> Found | None:
    if angled := angled_link(source):
        return angled[0], (_leads(angled[1]),)
    if bare := bare_link(source):
        return len(bare), (_leads(bare),)
    masked = masked_link(source) if source[0] == "[" else None
    if masked is None:
        return None
    label = inline(masked.label, escapes=False)
    if not masked.honest or not all(token.kind in _IN_LABELS for token in _all(label)):
        return masked.length, (Token(Kind.TEXT, source[: masked.length]),)  # Discord prints it as it was written
    return masked.length, (Token(Kind.LINK, inner=label, detail=masked.address),)


def _leads(address: str) -> Token:
    return Token(Kind.LINK, inner=(Token(Kind.TEXT, address),), detail=address)


def _all(tokens: tuple[Token, ...]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all(token.inner)


def _style(source: str, escapes: bool) -> Found | None:
    tried = (
        (Kind.ITALIC, _ITALIC_STAR.match(source) or _ITALIC_LINE.match(source)),
        (Kind.BOLD, _BOLD.match(source)),
        (Kind.UNDERLINE, _UNDERLINE.match(source)),
    )
    found = [(match.end(), kind, match[1]) for kind, match in tried if match]
    if not found:
        return None
    length, kind, content = max(found, key=lambda style: style[0])  # the first of equals, as the client does
    return length, (Token(kind, inner=inline(content, escapes=escapes)),)


def _around(kind: Kind, found: re.Match[str] | None, escapes: bool) -> Found | None:
    return (found.end(), (Token(kind, inner=inline(found[1], escapes=escapes)),)) if found else None


def _code(source: str) -> Found | None:
    found = _CODE.match(source)
    if not found:
        return None
    content = re.sub(r"^ (?= *`)|(?<=`) $", "", found[2])  # the space that keeps a backtick apart
    return found.end(), (Token(Kind.CODE, content),)


def _mention(source: str) -> Found | None:
    shortcode = _SHORTCODE.match(source)
    if shortcode and shortcode[1] in _EMOJI:
        return shortcode.end(), (Token(Kind.TEXT, _EMOJI[shortcode[1]]),)
    for kind, pattern in _MENTIONS:
        if found := pattern.match(source):
            style = found[2] or "" if kind is Kind.TIME else ""
            return found.end(), (Token(kind, found[1], detail=style),)
    return None
