"""Repositories printed in a paper: URLs brought to one form, and whether the words around call the code the paper's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from rag.domain.reading import Page
from rag.sources.codelinks import FoundLink

MAX_URL = 500
"""Characters; longer is no repository anybody printed."""


def repository_url(url: str) -> str | None:
    """Return the address of the repository a URL leads into, or None when it leads to none we know.

    https, no "www.", no ".git", no branch, file or query, no punctuation from the sentence around it.

    >>> repository_url("http://www.github.com/facebookresearch/Detectron/tree/master/docs).")
    'https://github.com/facebookresearch/Detectron'
    """
    text = url.strip().strip("<>()[]{}\"'“”‘’").rstrip(".,;:)]}>\"'”’*")
    if not text or len(text) > MAX_URL or not text.isascii():
        return None
    text = re.sub(r"^git\+|^(?=[\w-]+(?:\.[\w-]+)+/)", "", text)
    text = re.sub(r"^git@([\w.]+):", r"https://\1/", text)
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        plain = parts.scheme in {"http", "https", "git"} and parts.username is None and parts.port in {None, 80, 443}
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:  # a port that is no number, a broken IPv6 address
        return None
    path = [part for part in parts.path.split("/") if part]
    kept = _HOSTS[host](path) if plain and host in _HOSTS else None
    if kept is None or not all(_NAME.fullmatch(part) and part.strip(".") for part in kept):
        return None
    return f"https://{host}/{'/'.join(kept)}"


def printed_links(links: Iterable[str], pages: Sequence[Page] = ()) -> tuple[FoundLink, ...]:
    """Return the repositories among a paper's printed links, in order, without repeats.

    ``official`` is True where the words around say so ("our code is available at") or it stands on page 1 and nothing
    says whose else it is; None otherwise, and always without ``pages``.
    """
    found: dict[str, FoundLink] = {}
    for link in links:
        url = repository_url(link)
        if url is None or len(found) >= _MAX_PRINTED:
            continue
        official = True if _is_claimed(url, pages) else None
        known = found.get(url.casefold())
        if known is None or (official and not known.official):
            found[url.casefold()] = FoundLink(url, official)
    return tuple(link for link in found.values() if not _is_cut(link.url, found.values(), pages))


_MAX_PRINTED = 30  # repositories of one paper
_NAME = re.compile(r"[A-Za-z0-9_.~-]{1,100}")
_GITHUB_PAGES = frozenset(
    {"about", "apps", "collections", "contact", "customer-stories", "enterprise", "events", "explore", "features"}
    | {"issues", "login", "marketplace", "notifications", "orgs", "pricing", "search", "security", "settings", "site"}
    | {"sponsors", "stars", "topics", "trending", "users"}
)
_HUGGING_FACE_PAGES = frozenset(
    {"api", "blog", "chat", "collections", "docs", "enterprise", "join", "learn", "login", "models", "papers", "posts"}
    | {"pricing", "settings", "tasks", "organizations"}
)
# A footnote's number may touch its first word ("1Our code").
_CLAIMS = re.compile(
    r"(?<![a-z])(?:code|implementations?|source|models?|project page|repository)\b[^.]{0,90}"
    r"\b(?:available|accessible|released?|found|at|here|open[- ]?sourced?|from)\b"
    r"|(?<![a-z])(?:we|our)\b[^.]{0,80}\b(?:code|implementations?|repository|release|open[- ]?source)\b"
    r"|(?<![a-z])(?:code|project page|github(?: url| repository| page)?)\s*:",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\[online\]|\baccessed\b|\bretrieved\b|\btheir\b|\bbased on\b|\bbuil[dt] (?:up)?on\b|\badapted\b|\bbaselines?\b"
    r"|(?<!code )\bwe (?:use|used|adopt|follow|modify)\b|\busing the\b|\bprovided by\b"
    r"|(?<!our )\b(?:code|implementation) (?:of|from|by)\b",
    re.IGNORECASE,
)


def _is_claimed(url: str, pages: Sequence[Page]) -> bool:
    """Look at the words before each place where the URL stands, as far as its sentence goes."""
    for page in pages:
        for match in _as_printed(url).finditer(page.text):
            before = " ".join(page.text[max(0, match.start() - 240) : match.start()].split())
            sentence = re.split(r"[.!?]\s+(?=[A-Z\[])", before)[-1]
            if _OTHERS.search(sentence):
                continue
            if page.number == 1 or _CLAIMS.search(sentence):
                return True
    return False


def _is_cut(url: str, links: Iterable[FoundLink], pages: Sequence[Page]) -> bool:
    """Tell whether a URL is only ever printed as the first line of a longer one ("long" of "long_tail")."""
    longer = [link.url for link in links if link.url.casefold().startswith(url.casefold()) and len(link.url) > len(url)]
    places = sum(len(_as_printed(url).findall(page.text)) for page in pages) if longer else 0
    covered = sum(len(_as_printed(other).findall(page.text)) for other in longer for page in pages)
    return bool(longer) and (places <= covered if places else url.endswith(("-", "_")))


@lru_cache(maxsize=64)
def _as_printed(url: str) -> re.Pattern[str]:
    """Match a URL over line ends; TeX prints an underscore as a rule, which is no character."""
    signs = (r"[_\s]" if c == "_" else re.escape(c) for c in url.removeprefix("https://"))
    return re.compile(r"\s*".join(signs), re.IGNORECASE)


def _owner_and_name(path: list[str]) -> list[str] | None:
    if len(path) < 2 or path[0].lower() in _GITHUB_PAGES:
        return None
    return [path[0], path[1].removesuffix(".git")]


def _gitlab(path: list[str]) -> list[str] | None:
    """Groups nest; what stands after "-" (or an old "tree", "blob") is inside the repository."""
    end = next((n for n, part in enumerate(path) if part in {"-", "tree", "blob", "raw", "issues"}), len(path))
    kept = path[:end]
    return [*kept[:-1], kept[-1].removesuffix(".git")] if 2 <= len(kept) <= 6 and kept[0] != "explore" else None


def _hugging_face(path: list[str]) -> list[str] | None:
    if path[:1] in (["datasets"], ["spaces"]):
        return path[:3] if len(path) >= 3 else None
    return path[:2] if len(path) >= 2 and path[0].lower() not in _HUGGING_FACE_PAGES else None


def _google_code(path: list[str]) -> list[str] | None:
    """The site is closed; its archive keeps the projects that papers before 2016 print."""
    path = path[1:] if path[:1] == ["archive"] else path
    return ["archive", "p", path[1]] if path[:1] == ["p"] and len(path) >= 2 else None


_HOSTS = {
    "github.com": _owner_and_name,
    "bitbucket.org": _owner_and_name,
    "codeberg.org": _owner_and_name,
    "gitee.com": _owner_and_name,
    "gitlab.com": _gitlab,
    "huggingface.co": _hugging_face,
    "code.google.com": _google_code,
}
