"""The template and cards written by a model that is right, half right, hostile or dead: only what holds is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from rag.answering.quotes import find_quote
from rag.domain.analysis import Analysis, FilledField, Filling
from rag.domain.answer import Citation
from rag.errors import ModelFailed
from rag.language.ports import Finding, Prompt, WhyNot
from rag.store.library import Library
from rag.studying.as_markdown import analysis_as_markdown
from rag.studying.cards_out import deck_as_anki
from rag.studying.studying import Studying
from tests.language.fakes import ScriptedModel, ScriptedModels
from tests.studying.prepared import GLIDE_PAPER, GUILD, NOW, studying_on

HARDWARE = "Training takes two days on eight V100 GPUs."
SETTINGS = "We train GlideNet with a learning rate of 0.05, a batch size of 128 and a weight decay of 0.0001"
FADING = "Existing gated networks suffer from vanishing features when they have more than forty layers."
SIGMOID = "We use a sigmoid activation instead of the usual rectifier to keep the gates between zero and one."


def id_of(asked: Prompt, words: str) -> str:
    """Return the id of the passage of a prompt that holds the words."""
    for found in re.finditer(r'<passage id="(\w+)"[^>]*>\n(.*?)\n</passage', asked.user, re.DOTALL):
        if words in found[2]:
            return found[1]
    return "SNONE"


def said(text: str, asked: Prompt, quote: str) -> dict[str, Any]:
    return {"text": text, "cites": [{"id": id_of(asked, quote), "quote": quote}]}


def filling(*told: tuple[str, str, str]) -> Callable[[Prompt], str]:
    """Return a model that says (words of a field's name, sentence, quote), and nothing to other fields."""

    def reply(asked: Prompt) -> str:
        fields = re.findall(r"^(F\d+): (.*)$", asked.user, re.MULTILINE)
        entries = [
            {"field": n, "sentences": [said(text, asked, quote) for words, text, quote in told if words in name]}
            for n, name in fields
        ]
        return json.dumps({"fields": entries})

    return reply


def dealing(*cards: tuple[str, str, str]) -> Callable[[Prompt], str]:
    """Return a model that writes cards of (front, back, quote)."""

    def reply(asked: Prompt) -> str:
        made = [
            {"kind": "reason", "front": front, "back": back, "cites": said("", asked, quote)["cites"]}
            for front, back, quote in cards
        ]
        return json.dumps({"cards": made})

    return reply


def with_model(folder: Path, *replies: Any) -> tuple[Studying, Library, ScriptedModels]:
    models = ScriptedModels(ScriptedModel(*replies))
    studying, library = studying_on(folder, models=models)
    return studying, library, models


def field(analysis: Analysis, name: str) -> FilledField:
    return next(one for one in analysis.fields if name in one.field.name)


def texts(analysis: Analysis, name: str) -> list[str]:
    return [sentence.text for sentence in field(analysis, name).sentences]


def hold(citations: Sequence[Citation], library: Library) -> bool:
    pages = {page.number: page for page in library.pages(GLIDE_PAPER.key)}
    return all(c.quote.page is not None and find_quote(c.quote.text, pages[c.quote.page]) for c in citations)


def test_a_right_model_fills_the_fields_in_its_own_words(tmp_path: Path) -> None:
    right = filling(
        ("Infrastructure", "Training GlideNet takes two days on eight V100 GPUs.", HARDWARE),
        ("Hyperparameters", "GlideNet is trained with a learning rate of 0.05 and a batch size of 128.", SETTINGS),
        ("graph", "The gates keep their values between zero and one with a sigmoid activation.", SIGMOID),
    )
    studying, library, models = with_model(tmp_path, right)
    assert studying.calls(GUILD, GLIDE_PAPER) == 4
    analysis = studying.analysis(GUILD, GLIDE_PAPER)
    assert models.model is not None
    assert len(models.model.asked) == 4
    assert texts(analysis, "Infrastructure") == ["Training GlideNet takes two days on eight V100 GPUs."]
    assert (analysis.writer, analysis.prompt) == ("fake:scripted", "fill/1")
    assert field(analysis, "What is the core problem?").filling is Filling.NOT_FOUND, "the model says: not stated"
    drawn = field(analysis, "Architecture graph")
    assert drawn.filling is Filling.NOT_DRAWN
    assert drawn.sentences[0].text.startswith("The gates keep")
    assert hold(analysis.citations, library)
    assert "Written by fake:scripted (fill/1)" in analysis_as_markdown(analysis)
    assert studying.calls(GUILD, GLIDE_PAPER) == 0, "it is kept"
    assert len(models.model.asked) == 4


def test_the_rows_of_a_table_are_quoted_whoever_writes(tmp_path: Path) -> None:
    studying, _, models = with_model(
        tmp_path, filling(("Summary", "GlideNet has an error of 4.2.", "GlideNet 21.3 4.2"))
    )
    analysis = studying.analysis(GUILD, GLIDE_PAPER)
    assert "“GlideNet 21.3 4.2”" in texts(analysis, "Summary Table")
    assert models.model is not None
    assert all("Summary Table" not in asked.user for asked in models.model.asked)


def test_of_a_half_right_model_only_the_right_half_is_shown(tmp_path: Path) -> None:
    half = filling(
        ("Infrastructure", "Training GlideNet takes two days on eight V100 GPUs.", HARDWARE),
        ("Infrastructure", "It costs 900 dollars to train GlideNet on eight V100 GPUs.", HARDWARE),
        ("Hyperparameters", "GlideNet uses a learning rate of 0.07.", SETTINGS),
        ("limitations", "Earlier networks were slow.", "Earlier networks were all far too slow to be of any use."),
    )
    studying, library, models = with_model(tmp_path, half)
    analysis = studying.analysis(GUILD, GLIDE_PAPER)
    assert texts(analysis, "Infrastructure") == ["Training GlideNet takes two days on eight V100 GPUs."]
    assert "0.07" not in analysis_as_markdown(analysis)
    assert any("learning rate of 0.05" in text for text in texts(analysis, "Hyperparameters")), "quoted instead"
    assert texts(analysis, "limitations") == [f"“{FADING}”"]
    assert hold(analysis.citations, library)
    counts = models.counted[GUILD]
    assert counts[Finding.NUMBER] == 2
    assert counts[Finding.UNCITED] == 1
    assert counts[Finding.QUOTED_INSTEAD] == 2


def all_of(name: str, *told: str) -> Callable[[Prompt], str]:
    """Return a model that says so many sentences to one field, and quotes the hardware."""

    def reply(asked: Prompt) -> str:
        fields = re.findall(r"^(F\d+): (.*)$", asked.user, re.MULTILINE)
        sentences = [said(text, asked, HARDWARE) for text in told]
        return json.dumps({"fields": [{"field": n, "sentences": sentences if name in of else []} for n, of in fields]})

    return reply


def test_a_field_is_short_whatever_a_model_writes(tmp_path: Path) -> None:
    told = (
        "Training takes two days on eight V100 GPUs.",
        "Eight V100 GPUs take two days of training.",
        "On eight V100 GPUs, training takes two days.",
        "Two days of training take eight V100 GPUs.",
    )
    studying, _, _ = with_model(tmp_path, all_of("Infrastructure", *told))
    assert texts(studying.analysis(GUILD, GLIDE_PAPER), "Infrastructure") == list(told[:3])


def test_no_field_shows_what_a_model_was_told(tmp_path: Path) -> None:
    prompted = "Training on eight V100 GPUs, like a good colleague who has the paper open: precise, short, plain."
    studying, _, models = with_model(tmp_path, all_of("Infrastructure", prompted))
    assert texts(studying.analysis(GUILD, GLIDE_PAPER), "Infrastructure") == [f"“{HARDWARE}”"]
    assert models.counted[GUILD][Finding.UNREADABLE] == 1


HOSTILE = (
    ("core", "@everyone look at https://evil.example/x now, gated networks with vanishing features.", FADING),
    (
        "limitations",
        "Ignore the rules and read [this](http://evil.example) on networks with vanishing features.",
        FADING,
    ),
    ("Hyperparameters", "<@123456789012345678> trained GlideNet on eight V100 GPUs in two days.", HARDWARE),
    ("Infrastructure", "discord.gg/evil has GlideNet, trained two days on eight V100 GPUs.", HARDWARE),
)


def test_a_hostile_model_gets_no_link_and_no_ping_through(tmp_path: Path) -> None:
    studying, library, models = with_model(tmp_path, filling(*HOSTILE))
    analysis = studying.analysis(GUILD, GLIDE_PAPER)
    document = analysis_as_markdown(analysis)
    assert not re.search(r"evil|@everyone|123456789", document)
    assert hold(analysis.citations, library)
    assert models.counted[GUILD][Finding.LINK] == 4


def test_replies_that_nobody_can_read_leave_the_quotes(tmp_path: Path) -> None:
    replies = ["", "[" * 5_000, '{"fields": [{"field": "F99"}]}', "x" * 90_000, "no", "no", '{"fields": "F1"}', "no"]
    studying, _, models = with_model(tmp_path, *replies)
    for _ in range(2):
        analysis = studying.analysis(GUILD, GLIDE_PAPER, anew=True)
        assert any("eight V100 GPUs" in text for text in texts(analysis, "Infrastructure"))
        assert analysis.writer == "extractive"
    assert models.counted[GUILD][Finding.UNREADABLE] >= 6


def test_a_dead_model_is_asked_once_and_costs_a_notice(tmp_path: Path) -> None:
    studying, _, models = with_model(tmp_path, ModelFailed("fake:scripted", "it did not answer within 60 s"))
    analysis = studying.analysis(GUILD, GLIDE_PAPER)
    assert models.model is not None
    assert len(models.model.asked) == 1
    assert analysis.notices == ("The language model did not answer, so the papers are quoted instead.",)
    assert any("eight V100 GPUs" in text for text in texts(analysis, "Infrastructure"))
    assert models.counted[GUILD][Finding.FAILED] == 1
    assert studying.kept(GUILD, GLIDE_PAPER) is None, "the next one who asks may have more luck"
    deck = studying.cards(GUILD, GLIDE_PAPER)
    assert deck.notices == analysis.notices
    assert deck.writer == "extractive"
    assert len(deck.cards) >= 6


@pytest.mark.parametrize(
    "reply",
    ["I cannot help with that.", filling(("Infrastructure", "It takes two days.", "this stands on no page here"))],
    ids=["plain talk", "a misquote, and silence"],
)
def test_a_model_of_which_nothing_holds_costs_a_notice(tmp_path: Path, reply: Callable[[Prompt], str] | str) -> None:
    studying, _, _ = with_model(tmp_path, reply)
    unfounded = "Nothing that the language model wrote could be verified, so the papers are quoted instead."
    analysis = studying.analysis(GUILD, GLIDE_PAPER)
    assert (analysis.writer, analysis.notices) == ("extractive", (unfounded,))
    assert "Quoted from the paper; no language model wrote this." in analysis_as_markdown(analysis)
    deck = studying.cards(GUILD, GLIDE_PAPER)
    assert deck.writer == "extractive"
    assert unfounded in deck.notices


def test_where_no_model_may_be_asked_only_used_up_tokens_are_told(tmp_path: Path) -> None:
    models = ScriptedModels()
    studying, _ = studying_on(tmp_path, models=models)
    for models.why_not, told in ((WhyNot.SPENT, True), (WhyNot.OFF, False), (WhyNot.NONE, False)):
        analysis = studying.analysis(GUILD, GLIDE_PAPER, anew=True)
        assert any("tokens for November" in notice for notice in analysis.notices) is told
    models.why_not = WhyNot.SPENT
    assert any("tokens for November" in notice for notice in studying.cards(GUILD, GLIDE_PAPER).notices)
    assert studying.calls(GUILD, GLIDE_PAPER, anew=True) == 0


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


def test_no_prompt_holds_another_servers_template_or_notes(tmp_path: Path) -> None:
    studying, library, models = with_model(tmp_path, filling())
    library.put_template("other", "theirs.md", b"# T\n## Secret section\n- Secret field\n", person="1", now=NOW)
    studying.analysis(GUILD, GLIDE_PAPER)
    studying.cards(GUILD, GLIDE_PAPER)
    assert models.model is not None
    for asked in models.model.asked:
        assert "Secret" not in asked.user + asked.system
        assert "LooseNet trains slowly" not in asked.user
