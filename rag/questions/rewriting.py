"""From a sentence of a paper to a question that it answers: what is asked for is cut out, what is named stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rag.questions import properties, reasons, statements
from rag.questions.phrasing import Rewritten

_LEAD = re.compile(
    r"^(?:(?:However|Moreover|Furthermore|In addition|Additionally|Finally|Thus|Therefore|Hence|Also|Note that"
    r"|Similarly|Consequently|Importantly|Notably|Specifically|In practice|In particular|In general|Generally"
    r"|Empirically|First|Second|Third|Next|Interestingly|Indeed|Overall|Formally|Crucially|Instead|Instead of that"
    r"|In our experiments|In th(?:is|e) (?:paper|work|article)|In contrast|Besides|As a result|Perhaps surprisingly"
    r"|Surprisingly|By default|Unless otherwise (?:noted|specified)|For simplicity),?\s+)+"
)


def rewritten(sentence: str) -> Iterator[Rewritten]:
    """Yield the questions that a cleaned sentence answers; many sentences give none."""
    plain = _LEAD.sub("", sentence.rstrip("."))
    if plain[:1].islower():
        plain = plain[:1].upper() + plain[1:]
    for rule in _RULES:
        for one in rule(plain):
            if one is not None:
                yield one


_RULES: tuple[Callable[[str], Iterator[Rewritten | None]], ...] = (
    reasons.why,
    reasons.instead,
    reasons.means,
    reasons.to_do,
    reasons.passive,
    reasons.comparison,
    statements.effect,
    statements.attribute,
    statements.finding,
    statements.number,
    statements.which,
    statements.when,
    statements.used_for,
    statements.on_data,
    properties.possible,
    properties.place,
    properties.having,
    properties.relation,
    properties.task,
    properties.kind_of,
    properties.consequence,
    properties.serving_as,
    properties.kept,
)
