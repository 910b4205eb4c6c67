"""A deck as files: Markdown to read, and tab-separated text that Anki imports."""

from __future__ import annotations

import html
import re

from rag.domain.answer import EXTRACTIVE, Citation
from rag.domain.flashcard import CardKind, Deck, Flashcard
from rag.studying.as_markdown import plain

_TITLES = {
    CardKind.CONCEPT: "Concepts",
    CardKind.EQUATION: "Equations",
    CardKind.NUMBER: "Numbers and settings",
    CardKind.REASON: "Reasons and findings",
}


def deck_as_markdown(deck: Deck) -> str:
    """Return a deck as a document: fronts as questions, each with its back, page and quote below."""
    lines = [f"# Cards: {plain(deck.paper.title)}", ""]
    for kind in CardKind:
        cards = [card for card in deck.cards if card.kind is kind]
        if cards:
            lines += [f"## {_TITLES[kind]}", "", *(line for card in cards for line in _lines(card))]
    return "\n".join([*lines, f"_{plain(made_by(deck))}_", ""])


def deck_as_anki(deck: Deck) -> str:
    """Return a deck as the text that Anki's *File → Import* takes: GUID, front, back with its source, tags.

    A card keeps its GUID, so importing a deck again updates it and doubles nothing. The headers are Anki's
    (https://docs.ankiweb.net/importing/text-files.html#file-headers).
    """
    name = " ".join(deck.called.split()).replace("::", ":") or deck.paper.paper_id
    header = [
        "#separator:tab",
        "#html:true",
        "#guid column:1",
        "#notetype:Basic",
        f"#deck:Seminar::{name}",
        "#tags column:4",
        "#columns:GUID\tFront\tBack\tTags",
    ]
    tags = f"seminar {_tag(deck.called or deck.paper.paper_id)}"
    rows = ["\t".join((card.guid, _front(card, deck), _back(card), f"{tags} {card.kind.value}")) for card in deck.cards]
    return "\n".join([*header, *rows, ""])


def made_by(deck: Deck) -> str:
    """Return who wrote the cards, and what was checked."""
    if deck.writer == EXTRACTIVE:
        return "Made of the paper’s own sentences; no language model wrote this. Every quote stands on its page."
    by = f"Written by {deck.writer} ({deck.prompt}) and checked, or made of the paper’s own sentences"
    return f"{by}: every quote stands on its page."


def place_of(citation: Citation) -> str:
    """Return where a quote stands, in words."""
    if citation.quote.page is not None:
        return f"page {citation.quote.page}"
    return citation.passage.section[-1] if citation.passage.section else "text"


def _lines(card: Flashcard) -> list[str]:
    weak = " (weakly supported)" if card.weak else ""
    lines = [f"- **{plain(card.front)}**", f"  - {plain(card.back)}{weak}"]
    return [*lines, *(f"  - _{plain(place_of(c))}_{_quoted(card, c)}" for c in card.citations)]


def _quoted(card: Flashcard, citation: Citation) -> str:
    same = _letters(citation.quote.text) == _letters(card.back)
    return "" if same else f": “{plain(citation.quote.text)}”"


def _front(card: Flashcard, deck: Deck) -> str:
    named = deck.called and deck.called.casefold() not in card.front.casefold()
    return _html(card.front) + (f"<br><small>{_html(deck.called)}</small>" if named else "")


def _back(card: Flashcard) -> str:
    weak = "<br><small>(weakly supported: read the quote)</small>" if card.weak else ""
    sources = "".join(f"<br><small>{_source(card, citation)}</small>" for citation in card.citations)
    return f"{_html(card.back)}{weak}{sources}"


def _source(card: Flashcard, citation: Citation) -> str:
    where = f"{_html(citation.paper.title)}, {_html(place_of(citation))}"
    if citation.url:
        where = f'<a href="{html.escape(citation.url)}">{where}</a>'
    return where if _letters(citation.quote.text) == _letters(card.back) else f"{where}: “{_html(citation.quote.text)}”"


def _html(text: str) -> str:
    """Return a text of others as HTML on one line, without a sign that ends a field or begins a template."""
    line = html.escape(" ".join(text.split()))
    return line.replace("{{", "{&#8203;{").replace("[sound:", "[&#8203;sound:")


def _tag(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name).strip("-").casefold() or "paper"


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
