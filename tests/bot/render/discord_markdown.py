"""What Discord's client makes of Markdown, as far as its rules are known: each sign with what it is shown as.

The rules are those of its desktop client, found by others through trial (LyricLy/parse-discord on GitHub tells them),
written anew here, and on the strict side: what could be read as something is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

Shown = list[tuple[str, frozenset[str]]]
"""Signs in their order, each with its styles: "bold", "link:https://…", "quote", "code:python", …"""

_ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
_BLOCK_CODE = re.compile(r"```(?:([a-zA-Z_\-+.0-9]*)\n)?(.*?[^\n].*?)```", re.DOTALL)
_HEADING = re.compile(r"(#{1,3})\s+(?!#)([^\n]+)\n?")
_SUBTEXT = re.compile(r"-# +(?!-#)([^\n]+)\n?")
_QUOTES = re.compile(r"(?:> [^\n]*(?:\n *(?=> )|\n|\Z))+")
_LONG_QUOTE = re.compile(r">>> (.*)", re.DOTALL)
_LIST_ITEM = re.compile(r"(?:[*+-]|\d+\.) +([^\n]*)\n?")
_MARKED = (
    ("bold", re.compile(r"\*\*((?:\\.|[^\\])+?)\*\*(?!\*)", re.DOTALL)),
    ("underline", re.compile(r"__((?:\\.|[^\\])+?)__(?!_)", re.DOTALL)),
    ("italics", re.compile(r"\*(?!\s)((?:\\.|\*\*|[^*\\])+?)(?<!\s) {0,2}\*(?!\*)", re.DOTALL)),
    ("italics", re.compile(r"_((?:\\.|__|[^_\\])+?)_(?![a-zA-Z0-9_])", re.DOTALL)),
    ("strike", re.compile(r"~~(.+?)~~(?!_)", re.DOTALL)),
    ("spoiler", re.compile(r"\|\|(.+?)\|\|", re.DOTALL)),
)
_CODE = re.compile(r"(?P<ticks>`+)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)", re.DOTALL)
_THINGS = re.compile(
    r"<t:-?\d+(?::[tTdDfFR])?>|<a?:\w+:\d+>|<@[!&]?\d+>|<#\d+>|</[^<>\n]+:\d+>|<id:\w+(?::\d+)?>"
    r"|<[^\s<>@]+@[^\s<>]+>|<\+\d+>|@everyone|@here|:[\w+~-]+:"
    r"|(?:discord\.gg|discord(?:app)?\.com/invite)/\w",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?|steam|discord)://[^\s<]+[^<.,:;\"'\]\s]|<[^: >]+:/[^ >]+>", re.IGNORECASE)
_MASKED = re.compile(
    r"\[(?P<label>(?:\[[^\]]*\]|[^\[\]]|\](?=[^\[]*\]))*)\]"
    r"\(\s*<?(?P<url>(?:\([^)]*\)|[^\s\\]|\\.)*?)>?(?:\s+['\"].*?['\"])?\s*\)",
    re.DOTALL,
)


@dataclass(frozen=True)
class _Place:
    """Where a text stands: styles around it, and whether quotes and lists may still begin."""

    styles: frozenset[str] = frozenset()
    before: str = ""  # what stands before it on its line
    quotes: bool = True
    label: bool = False

    def within(self, style: str, *, before: str = "") -> _Place:
        return replace(self, styles=self.styles | {style}, before=before)


def shown(markdown: str) -> Shown:
    """Return what a person sees."""
    return _read(markdown, _Place())


def seen(markdown: str) -> str:
    """Return the letters that a person sees, whatever they look like."""
    return "".join(sign for sign, _ in shown(markdown))


def styles(markdown: str) -> set[str]:
    """Return everything that is shown otherwise than as text."""
    return {style for _, each in shown(markdown) for style in each}


def _read(text: str, place: _Place) -> Shown:
    found: Shown = []
    at = 0
    while at < len(text):
        step = _block(text, at, place) or _inline(text, at, place)
        if step is None:
            found.append((text[at], place.styles))
            at += 1
        else:
            part, at = step
            found += part
    return found


def _line_before(text: str, at: int, place: _Place) -> str:
    line = text.rfind("\n", 0, at) + 1
    return text[line:at] if line else place.before + text[:at]


def _block(text: str, at: int, place: _Place) -> tuple[Shown, int] | None:
    if place.label:
        return None
    before = _line_before(text, at, place)
    if before.strip(" "):
        return None
    if not before and (match := _HEADING.match(text, at)):
        return _read(match[2], place.within(f"heading {len(match[1])}", before="x")), match.end()
    if not before and (match := _SUBTEXT.match(text, at)):
        return _read(match[1], place.within("subtext", before="x")), match.end()
    if place.quotes and (match := _LONG_QUOTE.match(text, at)):
        return _read(match[1], replace(place.within("quote"), quotes=False)), match.end()
    if place.quotes and (match := _QUOTES.match(text, at)):
        inner = "\n".join(line.lstrip(" ").removeprefix("> ") for line in match[0].split("\n"))
        return _read(inner, replace(place.within("quote"), quotes=False)), match.end()
    if match := _LIST_ITEM.match(text, at):
        return [*_read(match[1], place.within("list")), ("\n", place.styles)], match.end()
    return None


def _inline(text: str, at: int, place: _Place) -> tuple[Shown, int] | None:
    if not place.label:
        if match := _ESCAPE.match(text, at):
            return [(match[1], place.styles)], match.end()
        if match := _BLOCK_CODE.match(text, at):
            style = place.styles | {f"code:{match[1] or ''}"}
            return [(sign, style) for sign in match[2].strip("\n")], match.end()
        if (match := _MASKED.match(text, at)) and (link := _masked(match, place)):
            return link, match.end()
    marked = [(match.end(), style, match) for style, rule in _MARKED if (match := rule.match(text, at))]
    if marked:
        end, style, match = max(marked, key=lambda each: each[0])
        return _read(match[1], place.within(style, before=_line_before(text, at, place))), end
    if match := _CODE.match(text, at):
        return [(sign, place.styles | {"code"}) for sign in match["code"]], match.end()
    if match := _THINGS.match(text, at):
        return [(sign, place.styles | {f"thing:{match[0]}"}) for sign in match[0]], match.end()
    if not place.label and (match := _ADDRESS.match(text, at)):
        address = match[0].strip("<>")
        return [(sign, place.styles | {f"link:{address}"}) for sign in address], match.end()
    return None


def _masked(match: re.Match[str], place: _Place) -> Shown | None:
    label = match["label"]
    if not label.strip() or not re.match(r"https?://", match["url"]):
        return None
    if any(style.startswith(("link:", "thing:")) for style in styles(label)):
        return None  # Discord shows such a link as it was typed
    return _read(label, replace(place.within(f"link:{match['url']}"), label=True))
