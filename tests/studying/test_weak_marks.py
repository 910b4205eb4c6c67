"""What its quote hardly carries is marked wherever it is shown: in messages, documents, Anki and JSON."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.render.reply import Reply, Text
from bot.render.studying import analysis_reply, cards_reply
from rag.language.ports import Finding
from rag.studying.as_json import analysis_as_json, deck_as_json
from rag.studying.as_markdown import analysis_as_markdown, said_in
from rag.studying.cards_out import deck_as_anki, deck_as_markdown
from tests.studying.prepared import GLIDE_PAPER, GUILD
from tests.studying.scripted import CELEBRATED, CROPPED, HARDWARE, IMAGES, dealing, filling, with_model

MARK = "(weakly supported"


def markdown(reply: Reply) -> str:
    return "\n".join(block.markdown for block in reply.blocks if isinstance(block, Text))


def test_a_field_that_its_quote_hardly_carries_is_marked_wherever_it_is_shown(tmp_path: Path) -> None:
    studying, _, models = with_model(tmp_path, filling(("Infrastructure", CELEBRATED, HARDWARE)))
    analysis = studying.analysis(GUILD, GLIDE_PAPER)
    (one,) = [one for one in analysis.fields if CELEBRATED in [sentence.text for sentence in one.sentences]]
    message = markdown(analysis_reply(replace(analysis, fields=(one,)), anew_command="/analyze"))
    shown = (analysis_as_markdown(analysis), "\n".join(said_in(one, analysis)), message)
    assert [text.count(MARK) for text in shown] == [1, 1, 1]
    fields = [told for section in analysis_as_json(analysis)["sections"] for told in section["fields"]]
    assert [said["weak"] for told in fields for said in told["sentences"] if said["text"] == CELEBRATED] == [True]
    assert models.counted[GUILD][Finding.WEAK] == 1


def test_a_card_that_its_quote_hardly_carries_is_marked_wherever_it_is_shown(tmp_path: Path) -> None:
    front = "How are images prepared for GlideNet?"
    studying, _, models = with_model(tmp_path, dealing((front, CROPPED, IMAGES)))
    deck = studying.cards(GUILD, GLIDE_PAPER)
    one = replace(deck, cards=tuple(card for card in deck.cards if card.front == front))
    shown = (deck_as_markdown(deck), deck_as_anki(deck), markdown(cards_reply(one)))
    assert [text.count(MARK) for text in shown] == [1, 1, 1]
    assert [card["weak"] for card in deck_as_json(deck)["cards"] if card["front"] == front] == [True]
    assert models.counted[GUILD][Finding.WEAK] == 1
