"""Cards that a model writes: few, short, and only those that hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rag.language.ports import Finding
from rag.studying.cards_out import deck_as_anki
from tests.studying.prepared import GLIDE_PAPER, GUILD
from tests.studying.scripted import HARDWARE, SETTINGS, SIGMOID, dealing, hold, with_model


def card(front: str, back: str = "Training takes two days on eight V100 GPUs.") -> tuple[str, str, str]:
    return front, back, HARDWARE


@pytest.mark.parametrize(
    ("cards", "kept"),
    [
        (
            [
                card(
                    f"How long does training number {'i' * n} take?", f"Two days{', two days' * n}, on eight V100 GPUs."
                )
                for n in range(1, 19)
            ],
            16,
        ),
        ([card(f"How long does {'very ' * 36}long training take?")], 1),
        ([card(f"How long does {'very ' * 40}long training take?")], 0),
        ([card("How long is it?", "Training takes two days on eight V100 GPUs. " * 9)], 1),
        ([card("How long is it?", "Training takes two days on eight V100 GPUs. " * 10)], 0),
    ],
    ids=["sixteen at most", "a front", "a long front", "a back", "a long back"],
)
def test_cards_are_few_and_short(tmp_path: Path, cards: list[tuple[str, str, str]], kept: int) -> None:
    studying, _, models = with_model(tmp_path, dealing(*cards))
    studying.cards(GUILD, GLIDE_PAPER)
    assert models.counted[GUILD].get(Finding.KEPT, 0) == kept


def test_a_models_cards_are_checked_and_come_first(tmp_path: Path) -> None:
    cards = dealing(
        ("Why does GlideNet use a sigmoid activation?", "A sigmoid keeps the gates between zero and one.", SIGMOID),
        ("How long does GlideNet train on 900 GPUs?", "Training takes two days on eight V100 GPUs.", HARDWARE),
        ("What does GlideNet cost?", "Training costs 900 dollars.", HARDWARE),
        ("Is https://evil.example/x good?", "It is trained with a batch size of 128.", SETTINGS),
        (
            "What suffers from vanishing features?",
            "Gated networks of over 40 layers.",
            "a quote that stands nowhere at all",
        ),
        ("The training of GlideNet", "Eight V100 GPUs take two days of training.", HARDWARE),
    )
    studying, library, models = with_model(tmp_path, cards)
    deck = studying.cards(GUILD, GLIDE_PAPER)
    fronts = [card.front for card in deck.cards]
    assert "Why does GlideNet use a sigmoid activation?" in fronts
    assert "Why do the authors use a sigmoid activation instead of the usual rectifier?" not in fronts, "the same quote"
    assert (deck.writer, deck.prompt) == ("fake:scripted", "cards/1")
    assert not re.search(r"evil|900|The training of GlideNet", deck_as_anki(deck))
    assert models.counted[GUILD][Finding.UNREADABLE] == 1, "what asks nothing"
    assert models.counted[GUILD][Finding.LINK] == 1
    assert hold([citation for card in deck.cards for citation in card.citations], library)
    assert models.counted[GUILD][Finding.KEPT] == 1
    assert len(deck.cards) > 6, "what rules make fills the deck"
