"""What the buttons under an answer show, without Discord: a quote, all sources, a menu of citations or of answers."""

from __future__ import annotations

import pytest

from bot.render.answers import alt_text, quote_reply, recent_reply, sources_reply, which_citation_reply
from bot.render.fitting import fitted
from bot.render.reply import Picture, Reply, Row
from rag.domain.paper import Paper
from rag.domain.picture import QuotePicture
from tests.bot.answers_made import BATCHNORM, PAGELESS, UPLOAD, answered, buttons_of, citation, kept, menu_of, text_of


def test_a_quote_has_a_picture_or_the_reason_why_not() -> None:
    picture = QuotePicture(b"png", 10, 10, 2)
    with_picture = quote_reply(citation(1), picture)
    assert [block for block in with_picture.blocks if isinstance(block, Picture)] == [
        Picture("quote-1.png", b"png", "Page 2 of Batch Normalization, the cited lines marked: We define it.")
    ]
    without = text_of(quote_reply(citation(1), None, why_no_picture="The *PDF* is gone."))
    assert "-# The \\*PDF\\* is gone." in without
    assert "The" not in text_of(quote_reply(citation(1), None)).replace("The text", "")


@pytest.mark.parametrize(
    ("paper", "page", "labels"),
    [(BATCHNORM, 2, ["Open page 2"]), (PAGELESS, None, ["Open the article"]), (UPLOAD, 2, [])],
)
def test_a_quote_opens_where_it_stands(paper: Paper, page: int | None, labels: list[str]) -> None:
    assert [button.label for button in buttons_of(quote_reply(citation(1, paper, page), None))] == labels


def test_an_alt_text_says_what_is_seen_and_is_not_endless() -> None:
    assert alt_text(citation(1, PAGELESS, None)) == "From A page of the web, the cited lines marked: We define it."
    assert len(alt_text(citation(1, text="word " * 1_000))) <= 1_000


def test_all_sources_are_quoted_under_their_paper() -> None:
    text = text_of(sources_reply(answered(5)))
    assert text.count("> We define it.") == 5
    assert text.count("Batch Normalization") == 1


def test_a_wrong_citation_is_picked_by_its_number() -> None:
    menu = menu_of(which_citation_reply(kept(answered(30))))
    assert (menu.action, menu.arguments) == ("wrong", ("7",))
    assert [choice.value for choice in menu.choices] == [str(n) for n in range(1, 26)]
    assert menu.choices[0].label == "[1] Batch Normalization"


def test_ones_answers_are_listed_by_their_questions() -> None:
    listed = recent_reply([kept(answered(question="first\nquestion " + "x" * 300)), kept(answered(), answer_id=8)])
    (message,) = fitted(listed)
    choices = menu_of(Reply(tuple(block for block in message.blocks if isinstance(block, Row)))).choices
    assert [choice.value for choice in choices] == ["7", "8"]
    assert choices[0].label.startswith("first question xxx")
    assert len(choices[0].label) <= 100
    assert choices[0].description == "21 Nov 2026 09:30 UTC"
    assert not any(isinstance(block, Row) for block in recent_reply([]).blocks)
