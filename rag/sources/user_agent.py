"""The name under which we ask servers."""

from __future__ import annotations

import re

from rag import __version__


def user_agent(contact: str = "") -> str:
    """Name us to servers as arXiv asks, with a way to reach whoever runs this copy.

    >>> user_agent("mailto:a@b.org")
    'Seminar/0.1.0 (+mailto:a@b.org)'
    """
    contact = re.sub(r"[^\x21-\x7e]|[()\\]", "", contact)
    return f"Seminar/{__version__}" + (f" (+{contact})" if contact else "")
