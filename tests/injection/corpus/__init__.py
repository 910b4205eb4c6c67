"""Attacks on a language model through what it reads: each with the place it stands in, and what one that obeys says.

Some were seen in the wild: instructions to reviewers in white letters (arXiv, July 2025), pictures whose address
carries a conversation away (Markdown exfiltration), instructions in Unicode's tag characters ("ASCII smuggling"),
roles of chat templates in documents. The others follow from what Seminar promises: no ping, no citation that is not
on its page, no other server's text, no link that is not in the sources.
"""

from __future__ import annotations

from tests.injection.corpus.attack import HIDDEN, Attack, Where
from tests.injection.corpus.forms import FORMS
from tests.injection.corpus.letters import LETTERS
from tests.injection.corpus.orders import ORDERS
from tests.injection.corpus.places import PLACES

__all__ = ["ATTACKS", "HIDDEN", "Attack", "Where"]

ATTACKS: tuple[Attack, ...] = (*ORDERS, *FORMS, *PLACES, *LETTERS)
