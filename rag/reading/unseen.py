"""What an HTML page holds but does not show, or shows beside the article: taken out before anything is read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag


def drop_unseen(soup: BeautifulSoup) -> list[str]:
    """Remove scripts, page furniture and hidden elements in place; return warnings that say what was removed."""
    from bs4 import Comment, Declaration, Doctype, ProcessingInstruction

    hiding = _hiding_names(soup)
    for comment in soup.find_all(
        string=lambda s: isinstance(s, (Comment, Declaration, Doctype, ProcessingInstruction))
    ):
        comment.extract()
    dropped: list[Tag] = []
    inside: set[int] = set()  # ids of elements that go and of all within them
    hidden = beside = 0
    for tag in soup.find_all():
        if id(tag.parent) in inside:
            inside.add(id(tag))
            continue
        if tag.name in ("html", "body") or not (reason := _reason(tag, hiding)):
            continue
        dropped.append(tag)
        inside.add(id(tag))
        said = bool(tag.get_text(strip=True))
        hidden += said and reason == "hidden" and not _is_twin_of_formula(tag)
        beside += said and reason == "beside"
    for tag in dropped:
        tag.extract()
    warnings = []
    if hidden:
        warnings.append(f"Text that the page hides from its readers was left out ({_places(hidden)}).")
    if beside:
        warnings.append(f"Menus, side notes and footers were left out ({_places(beside)}).")
    return warnings


_CODE = frozenset("script style template noscript iframe object embed svg canvas audio video select textarea".split())  # noqa: SIM905
_CONTROLS = frozenset({"button", "input", "dialog"})
_BESIDE = frozenset({"nav", "aside", "footer", "d-contents"})
_BESIDE_ROLES = frozenset({"navigation", "complementary", "contentinfo", "banner", "search", "dialog", "menu"})
_BESIDE_CLASSES = frozenset(
    {"ltx_page_footer", "ltx_page_logo", "ltx_pagination", "mw-editsection", "headerlink", "ltx_TOC", "toc", "navbox"}
)
_HIDING = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|font-size:0(?![.\d])|text-indent:-\d{3,}"
    r"|(?:left|top|right|bottom):-\d{4,}|clip:rect\([01](?:px)?[, ][01]|font-size:(?:0?\.\d+|1(?:\.\d+)?)(?:px|pt)"
)
_FADED = re.compile(r"(?:^|;)opacity:0(?:\.0\d*)?(?![.\d])")  # in style sheets it is the start of a fading-in
_SIMPLE_RULE = re.compile(
    r"(?:^|(?<=[};,]))\s*(?P<names>[.#][\w-]+(?:\s*,\s*[.#][\w-]+)*)\s*\{(?P<body>[^{}]{0,2000})\}"
)
_MAX_STYLE = 200_000  # characters of style sheets looked through


def _hiding_names(soup: BeautifulSoup) -> frozenset[str]:
    """Return ".class" and "#id" names that the page's own style sheet hides outside of media queries."""
    names: set[str] = set()
    for style in soup.find_all("style"):
        sheet = re.sub(r"/\*[^*]*\*+(?:[^/*][^*]*\*+)*/", "", style.get_text()[:_MAX_STYLE])
        for rule in _SIMPLE_RULE.finditer(_without_conditions(sheet)):
            if _HIDING.search(_tight(rule["body"])):
                names.update(name.strip() for name in rule["names"].split(","))
    return frozenset(names)


def _without_conditions(sheet: str) -> str:
    """Return the rules outside of ``@media`` and its like: what is hidden in print is not hidden."""
    kept: list[str] = []
    depth, since, conditional = 0, 0, False
    for brace in re.finditer(r"[{}]", sheet):
        if brace[0] == "{":
            if depth == 0:
                conditional = "@" in sheet[since : brace.start()]
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                if not conditional:
                    kept.append(sheet[since : brace.end()])
                since = brace.end()
    return "".join(kept)


def _tight(style: str) -> str:
    return re.sub(r"\s*([:;,])\s*|\s+", r"\1", style.casefold()) if len(style) < 5_000 else ""


def _classes(tag: Tag) -> list[str]:
    named = tag.get("class")
    return list(named) if isinstance(named, list) else []


def _reason(tag: Tag, hiding: frozenset[str]) -> str:
    """Return why an element is left out, "" if it is not."""
    if _is_code(tag) or (tag.name in _CONTROLS and not tag.find("h1")):
        return "code"
    if _is_hidden(tag, hiding):
        return "hidden"
    return "beside" if _is_beside(tag) else ""


def _is_code(tag: Tag) -> bool:
    if tag.name == "script" and str(tag.get("type", "")).startswith("math/tex"):
        return False
    return tag.name in _CODE


def _is_hidden(tag: Tag, hiding: frozenset[str]) -> bool:
    if tag.name == "math":
        return False
    if tag.has_attr("hidden") or str(tag.get("aria-hidden", "")).casefold() == "true":
        return True
    style = _tight(str(tag.get("style", "")))
    if style and (_HIDING.search(style) or _FADED.search(style)):
        return True
    return bool(hiding) and (f"#{tag.get('id')}" in hiding or any(f".{name}" in hiding for name in _classes(tag)))


def _is_twin_of_formula(tag: Tag) -> bool:
    """Whether it is the drawn half of a formula, whose other half is kept (KaTeX, MathJax)."""
    return any(name.startswith(("katex", "MathJax", "mjx", "MJX")) for name in _classes(tag))


def _is_beside(tag: Tag) -> bool:
    if tag.name in _BESIDE or str(tag.get("role", "")).casefold() in _BESIDE_ROLES:
        return True
    return not _BESIDE_CLASSES.isdisjoint(_classes(tag))


def _places(count: int) -> str:
    return "1 place" if count == 1 else f"{count} places"
