"""What a question asks for: words to look for, text to embed, papers and numbered things it names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rag.retrieval.catalogue import Catalogue
from rag.retrieval.glossary import acronyms_in
from rag.retrieval.items import Item, items_in
from rag.retrieval.mentions import Mention, asked_of, is_comparison
from rag.retrieval.words import (
    STOP_WORDS,
    content_words,
    joined_words,
    mostly_non_latin,
    plain,
    search_words,
    spelled_out,
    symbols,
    tokens,
    with_greek,
)

TERSE = 3
"""Content words up to which a question is a bare term, as more than half of the group's own are (features.md, R4)."""

LongForms = Callable[[Sequence[str]], Mapping[str, str]]
# Acronyms as typed -> the long forms that the papers in scope define, by folded acronym.


@dataclass(frozen=True, slots=True)
class Understood:
    """A question, taken apart.

    ``words`` go to the lexical search, ``text`` to the embedder, ``topic`` is what texts are read for: ``words`` and
    ``topic`` leave out the names of papers when something else is asked, since a paper's name stands all over it and
    says nothing about where. ``repaired`` is the question with typing errors mended, None when there are none.
    """

    words: tuple[str, ...]
    text: str
    topic: str = ""
    repaired: str | None = None
    mentions: tuple[Mention, ...] = ()
    items: tuple[Item, ...] = ()
    symbols: tuple[str, ...] = ()
    comparison: bool = False
    placed: bool = False  # the papers named are those asked of, others only name a thing
    foreign: bool = False


def understand(question: str, catalogue: Catalogue, long_forms: LongForms) -> Understood:
    """Take a question apart with what the guild's papers say: their words, names and acronyms."""
    text = " ".join(plain(question).split())
    mentions = catalogue.names.mentions(text, catalogue.speller.knows)
    mended = _mended(text, catalogue, mentions)
    if mended != text:
        seen = {m.paper.key for m in mentions}
        again = catalogue.names.mentions(mended, catalogue.speller.knows)
        mentions = (*mentions, *(m for m in again if m.paper.key not in seen))
    all_named = len(mentions)
    mentions = asked_of(mentions, mended)
    words = content_words(mended)
    terse = len(words) <= TERSE
    longs = long_forms(acronyms_in(_unjoined(mended), terse=True)) if terse else {}  # of many words they drown the rest
    asked = [w for w in words if name_free(w, mentions)]
    comparison = len(mentions) > 1 and (is_comparison(mended) or not asked)
    joined = joined_words(mended)
    parts = {part.casefold() for word in joined for part in word.split("-") if len(part) <= 2}
    single = [w for w in search_words(mended) if w.casefold() not in parts]
    typed = [*joined, *spelled_out(with_greek(single)), *content_words(text), *_spread(longs.values())]
    about = [w for w in typed if name_free(w, mentions)]
    return Understood(
        words=_distinct([*typed, *_aliases(mentions)] if comparison or not asked else about),
        text=_with_long_forms(mended, longs),
        topic=mended if comparison or not asked else _without_names(mended, mentions),
        repaired=mended if mended != text else None,
        mentions=mentions,
        items=items_in(mended),
        symbols=symbols(words) if terse else (),
        comparison=comparison,
        placed=len(mentions) < all_named,
        foreign=mostly_non_latin(question),
    )


def name_free(word: str, mentions: Iterable[Mention]) -> bool:
    """Return whether a word is no part of a mention."""
    folded = word.casefold()
    return not any(folded in (token.text.casefold() for token in tokens(m.text)) for m in mentions)


def _without_names(text: str, mentions: Iterable[Mention]) -> str:
    """Return the text without the names of papers, exact or misspelt."""
    for mention in mentions:
        text = text.replace(mention.text, " ") if mention.text else text
    return " ".join(text.split())


def _mended(text: str, catalogue: Catalogue, mentions: Sequence[Mention]) -> str:
    """Return the text with unknown words replaced by those meant; names of papers stay as they are."""
    parts: list[str] = []
    end = 0
    for token in tokens(text):
        named = any(m.start <= token.start < m.end for m in mentions)
        acronym = sum(c.isupper() for c in token.text) > 1
        if named or acronym or token.text.casefold() in STOP_WORDS:
            continue
        meant = catalogue.speller.mend(token.text)
        if meant:
            parts += [text[end : token.start], " ".join(meant)]
            end = token.end
    return "".join([*parts, text[end:]])


def _unjoined(text: str) -> list[str]:
    """Return the words that no hyphen joins to another: "R-CNN" is not about CNNs in general."""
    return [t.text for t in tokens(text) if "-" not in (text[t.start - 1 : t.start], text[t.end : t.end + 1])]


def _with_long_forms(text: str, longs: Mapping[str, str]) -> str:
    """Return the text with each acronym followed by what it stands for: embedders know words, not every acronym."""
    end, parts = 0, []
    for token in tokens(text):
        long = longs.get(token.text.casefold()) or longs.get(token.text.casefold().removesuffix("s"))
        if long and long not in text.casefold():
            parts += [text[end : token.end], f" ({long})"]
            end = token.end
    return "".join([*parts, text[end:]])


def _aliases(mentions: Iterable[Mention]) -> list[str]:
    return _spread(alias for m in mentions for alias in m.paper.aliases)


def _spread(names: Iterable[str]) -> list[str]:
    return [word for name in names for word in content_words(name)]


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple({word.casefold(): word for word in words}.values())
