"""Cards that a model writes: few, short, and only those that hold."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from rag.domain.flashcard import CardKind, Deck, Flashcard
from rag.language.ports import Finding, Prompt
from rag.studying.cards_out import deck_as_anki, made_by
from tests.studying.prepared import GLIDE_PAPER, GUILD
from tests.studying.scripted import CELEBRATED, CROPPED, HARDWARE, IMAGES, SETTINGS, SIGMOID, dealing, hold, with_model

FRONT = "How long does GlideNet train?"


def card(front: str = FRONT, back: str = HARDWARE) -> tuple[str, str, str]:
    return front, back, HARDWARE


def asking(length: int) -> str:
    start, end = "How long does training that is so l", "ng take?"
    return start + "o" * (length - len(start + end)) + end


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
        ([card(asking(220))], 1),
        ([card(asking(221))], 0),
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


def of_model(deck: Deck, *backs: str) -> list[Flashcard]:
    return [card for card in deck.cards if card.back in backs]


def test_sixteen_cards_are_asked_for_under_the_papers_title_in_short(tmp_path: Path) -> None:
    studying, _, models = with_model(tmp_path, dealing(card()))
    studying.cards(GUILD, replace(GLIDE_PAPER, title="t" * 300))
    assert models.model is not None
    (asked,) = models.model.asked
    assert "Write 16 cards" in asked.user
    assert f"The paper: {'t' * 200}\n" in asked.user


def test_of_two_cards_with_one_quote_the_one_that_it_carries_is_dealt(tmp_path: Path) -> None:
    studying, _, _ = with_model(tmp_path, dealing(card(back=CELEBRATED), card("How many days does GlideNet train?")))
    assert [one.back for one in of_model(studying.cards(GUILD, GLIDE_PAPER), CELEBRATED, HARDWARE)] == [HARDWARE]


@pytest.mark.parametrize(
    ("said", "kind"), [("reason", CardKind.REASON), ("Number", CardKind.NUMBER), ("riddle", CardKind.CONCEPT)]
)
def test_a_card_is_of_the_kind_that_the_model_says_if_there_is_one(tmp_path: Path, said: str, kind: CardKind) -> None:
    def reply(asked: Prompt) -> str:
        return dealing(("How are images prepared for GlideNet?", CROPPED, IMAGES))(asked).replace("reason", said)

    studying, _, _ = with_model(tmp_path, reply)
    assert [one.kind for one in of_model(studying.cards(GUILD, GLIDE_PAPER), CROPPED)] == [kind]


def test_a_back_may_name_the_paper_without_a_mark(tmp_path: Path) -> None:
    back = "GlideNet’s training takes two days on eight V100 GPUs."
    studying, _, _ = with_model(tmp_path, dealing(card(back=back)))
    assert [one.weak for one in of_model(studying.cards(GUILD, GLIDE_PAPER), back)] == [False]


@pytest.mark.parametrize(
    ("written", "finding"),
    [
        (card(f"{FRONT}."), Finding.KEPT),
        (
            (
                "What does Eq. 1 compute for every channel?",
                "For every channel it computes the sliding gate.",
                "For every channel we compute the sliding gate as",
            ),
            Finding.KEPT,
        ),
        (card("Why sigmoid?"), Finding.UNREADABLE),
        (card(back=""), Finding.UNREADABLE),
        (
            card(back=f"{HARDWARE} A back of one sentence that answers exactly that, in the paper's own terms."),
            Finding.UNREADABLE,
        ),
        (card("How long does GlideNet train, as https://evil.example says?"), Finding.LINK),
        (card("How long does GlideNet train on 900 GPUs?"), Finding.NUMBER),
    ],
    ids=["a full stop", "the label of its quote", "two words", "no back", "what it was told", "a link", "a number"],
)
def test_every_card_that_is_read_is_counted_once(
    tmp_path: Path, written: tuple[str, str, str], finding: Finding
) -> None:
    studying, _, models = with_model(tmp_path, dealing(written))
    studying.cards(GUILD, GLIDE_PAPER)
    assert models.counted[GUILD] == {Finding.SENTENCES: 1, finding: 1}


def test_a_reply_without_a_card_is_counted_as_unreadable(tmp_path: Path) -> None:
    studying, _, models = with_model(tmp_path, "I cannot help with that.")
    studying.cards(GUILD, GLIDE_PAPER)
    assert models.counted[GUILD] == {Finding.UNREADABLE: 1}


@pytest.mark.parametrize(("most", "kept"), [(20, True), (1, False)], ids=["room for both", "room for an equation"])
def test_a_deck_says_that_some_cards_are_a_models_only_where_some_are(tmp_path: Path, most: int, kept: bool) -> None:
    good = ("Why does GlideNet use a sigmoid activation?", "A sigmoid keeps the gates between zero and one.", SIGMOID)
    studying, _, _ = with_model(tmp_path, dealing(good))
    made = made_by(studying.cards(GUILD, GLIDE_PAPER, most=most))
    assert ("Written by fake:scripted (cards/1) and checked, or made of" in made) is kept
    assert ("no language model wrote this" in made) is not kept
