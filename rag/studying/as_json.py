"""An analysis and a deck of cards as the JSON objects that other tools rely on."""

from __future__ import annotations

from typing import Any

from rag.answering.as_json import citation_as_json
from rag.domain.analysis import Analysis, FilledField
from rag.domain.flashcard import Deck
from rag.studying.as_markdown import month_of


def analysis_as_json(analysis: Analysis) -> dict[str, Any]:
    """Return the object of ``analysis --json``."""
    return {
        "paper_id": analysis.paper.paper_id,
        "title": analysis.paper.title,
        "published": month_of(analysis.paper) or None,
        "template": {"title": analysis.template_title, "sha256": analysis.template_sha256},
        "sections": [
            {"number": number, "title": title, "fields": [_field(one) for one in analysis.of_section(title)]}
            for number, title in analysis.sections
        ],
        "citations": [citation_as_json(one) for one in analysis.citations],
        "writer": analysis.writer,
        "prompt": analysis.prompt,
        "made_at": analysis.made_at.isoformat(),
        "notices": list(analysis.notices),
    }


def deck_as_json(deck: Deck) -> dict[str, Any]:
    """Return the object of ``cards --json``."""
    return {
        "paper_id": deck.paper.paper_id,
        "title": deck.paper.title,
        "cards": [
            {
                "guid": card.guid,
                "kind": card.kind.value,
                "front": card.front,
                "back": card.back,
                "weak": card.weak,
                "citations": [citation_as_json(one) for one in card.citations],
            }
            for card in deck.cards
        ],
        "writer": deck.writer,
        "prompt": deck.prompt,
        "notices": list(deck.notices),
    }


def _field(one: FilledField) -> dict[str, Any]:
    return {
        "name": one.field.name,
        "filling": one.filling.value,
        "sentences": [
            {"text": sentence.text, "citations": list(sentence.citations), "weak": sentence.weak}
            for sentence in one.sentences
        ],
    }
