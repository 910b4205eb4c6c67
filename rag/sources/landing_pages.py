"""Where the paper is, for pages that only show it: people copy the address that their browser stands at."""

from __future__ import annotations

import re

# (page, document): sites whose page and PDF differ by a rule. Patterns match the whole address.
_RULES = tuple(
    (re.compile(pattern, re.IGNORECASE), document)
    for pattern, document in (
        (r"https?://(?:www\.)?github\.com/([^/?#]+/[^/?#]+)/(?:blob|raw)/([^?#]+)(?:\?[^#]*)?",
         r"https://raw.githubusercontent.com/\1/\2"),
        (r"https?://(?:www\.)?openreview\.net/(?:forum|attachment)\?(?:[^#]*&)?id=([\w-]+)[^#]*",
         r"https://openreview.net/pdf?id=\1"),
        (r"https?://(?:www\.)?aclanthology\.org/([A-Z][0-9]{2}-[0-9]{4}|[0-9]{4}\.[\w-]+\.[0-9]+)/?",
         r"https://aclanthology.org/\1.pdf"),
        (r"https?://openaccess\.thecvf\.com/(.+)/html/([^/?#]+)\.html", r"https://openaccess.thecvf.com/\1/papers/\2.pdf"),
    )
)  # fmt: skip


def document_address(url: str) -> str:
    """Return the address of the document that a page shows; any other address as it is.

    >>> document_address("https://openreview.net/forum?id=YicbFdNTTy")
    'https://openreview.net/pdf?id=YicbFdNTTy'
    """
    for page, document in _RULES:
        if (found := page.fullmatch(url)) is not None:
            return found.expand(document)
    return url
