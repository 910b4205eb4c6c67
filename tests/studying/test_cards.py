"""Cards: each can be read alone, is answered in the paper's words, and has a quote that stands on its page."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest

from rag.answering.quotes import find_quote
from rag.domain.flashcard import CardKind, Deck
from rag.domain.reading import Kind
from rag.store.library import Library
from rag.studying.as_json import deck_as_json
from rag.studying.cards_out import deck_as_anki, deck_as_markdown
from tests.answering.library import Paragraph, paper_of, shelve
from tests.studying.prepared import GLIDE_PAPER, GUILD, TABLE, studying_on

MORE: tuple[Paragraph, ...] = (
    TABLE,
    (
        2,
        "2 Method",
        Kind.TEXT,
        None,
        "We define feature fading as the loss of small features between two layers of a deep gated network.",
    ),
    (
        2,
        "2 Method",
        Kind.EQUATION,
        "Eq. 2",
        "The broken average is computed over all gates of a layer as: m = (2) k where k counts the gates.",
    ),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Deck, Library]:
    studying, library = studying_on(tmp_path_factory.mktemp("library"), extra=MORE)
    return studying.cards(GUILD, GLIDE_PAPER), library


def backs(deck: Deck, kind: CardKind) -> dict[str, str]:
    return {card.front: card.back for card in deck.cards if card.kind is kind}


def test_every_card_has_quotes_that_stand_on_their_pages(made: tuple[Deck, Library]) -> None:
    deck, library = made
    pages = {page.number: page for page in library.pages(GLIDE_PAPER.key)}
    assert len(deck.cards) >= 6
    for card in deck.cards:
        assert card.citations
        for citation in card.citations:
            assert citation.quote.page is not None
            assert find_quote(citation.quote.text, pages[citation.quote.page]) is not None


def test_terms_are_asked_for_and_answered_in_the_papers_words(made: tuple[Deck, Library]) -> None:
    concepts = backs(made[0], CardKind.CONCEPT)
    assert concepts["What do the authors mean by “feature fading”?"].startswith("We define feature fading as the loss")


def test_a_formula_is_asked_for_by_what_leads_to_it(made: tuple[Deck, Library]) -> None:
    equations = backs(made[0], CardKind.EQUATION)
    assert equations == {
        "Write down Eq. 1: “For every channel we compute the sliding gate as: …”": (
            "s(x) = a x + b (1) where a is the filter and b is its bias."
        )
    }, "a formula whose fraction the text has taken apart makes no card"


def test_a_results_number_leaves_a_gap(made: tuple[Deck, Library]) -> None:
    numbers = backs(made[0], CardKind.NUMBER)
    asked = next(front for front, back in numbers.items() if back == "4.2%")
    assert "top-5 error of ____ on the ImageNet validation set" in asked


def test_no_two_cards_ask_for_the_same_quote(made: tuple[Deck, Library]) -> None:
    first = [card.citations[0].quote.text for card in made[0].cards]
    assert len(set(first)) == len(first)
    assert len({card.front for card in made[0].cards}) == len(first)


def test_the_front_of_a_card_can_be_read_without_the_paper(made: tuple[Deck, Library]) -> None:
    for card in made[0].cards:
        assert not re.search(r"\b(?:Table|Figure) \d", card.front), card.front
        assert not re.match(r"This|It |They", card.back), card.back


def test_a_deck_is_as_long_as_was_asked(made: tuple[Deck, Library], tmp_path: Path) -> None:
    studying, _ = studying_on(tmp_path, extra=MORE)
    assert len(studying.cards(GUILD, GLIDE_PAPER, most=3).cards) == 3
    short = studying.cards(GUILD, GLIDE_PAPER)
    assert (len(short.cards) < 10) is bool(short.notices)


def test_anki_gets_a_line_for_each_card_and_the_same_ids_again(made: tuple[Deck, Library], tmp_path: Path) -> None:
    deck, _ = made
    lines = deck_as_anki(deck).rstrip("\n").split("\n")
    headers = [line for line in lines if line.startswith("#")]
    assert {"#separator:tab", "#html:true", "#guid column:1", "#tags column:4"} <= set(headers)
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    assert [len(row) for row in rows] == [4] * len(deck.cards)
    guids = [row[0] for row in rows]
    assert len(set(guids)) == len(guids)
    assert all(re.fullmatch(r"[0-9a-f]{16}", guid) for guid in guids)
    assert 'href="https://arxiv.org/pdf/2002.00001#page=' in rows[0][2]
    studying, _ = studying_on(tmp_path, extra=MORE)
    again = deck_as_anki(studying.cards(GUILD, GLIDE_PAPER)).rstrip("\n").split("\n")
    assert again == lines


def test_text_of_a_paper_is_no_html_and_no_field_in_anki(tmp_path: Path) -> None:
    studying, library = studying_on(tmp_path)
    sly = paper_of('Sly "Nets": <script>alert(1)</script>\tand {{c1::more}}', "2003.00003", ())
    text = "We define slyness as the share of <img src=x> marks and [sound:boo.mp3] words that a page holds in it."
    shelve(library, sly, [(1, "1 Introduction", Kind.TEXT, None, text)])
    deck = studying.cards(GUILD, sly)
    assert [card.front for card in deck.cards] == ["What do the authors mean by “slyness”?"]
    (row,) = [line for line in deck_as_anki(deck).split("\n") if line and not line.startswith("#")]
    assert len(row.split("\t")) == 4
    assert "<script" not in row
    assert "<img" not in row
    assert "{{c1" not in row
    assert "[sound:" not in row
    assert "&lt;img src=x&gt; marks" in row
    assert html.unescape(row).count("slyness") >= 2


def test_the_document_and_the_json_have_every_card(made: tuple[Deck, Library]) -> None:
    deck, _ = made
    document = deck_as_markdown(deck)
    assert document.startswith("# Cards: GlideNet")
    assert document.count("\n- **") == len(deck.cards)
    shown = json.loads(json.dumps(deck_as_json(deck)))
    assert [card["guid"] for card in shown["cards"]] == [card.guid for card in deck.cards]
    assert all(one["verified"] for card in shown["cards"] for one in card["citations"])
