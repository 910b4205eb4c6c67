"""The template and cards written by a model that is right, half right, hostile or dead: only what holds is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.domain.analysis import Analysis, FilledField, Filling
from rag.errors import ModelFailed
from rag.language.ports import Finding, Prompt, WhyNot
from rag.studying.as_markdown import analysis_as_markdown
from tests.language.fakes import NO_MORE, ScriptedModels
from tests.studying.prepared import GLIDE_PAPER, GUILD, NOW, studying_on
from tests.studying.scripted import FADING, HARDWARE, SETTINGS, SIGMOID, SPENT, filling, hold, said, with_model


def field(analysis: Analysis, name: str) -> FilledField:
    return next(one for one in analysis.fields if name in one.field.name)


def texts(analysis: Analysis, name: str) -> list[str]:
    return [sentence.text for sentence in field(analysis, name).sentences]


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


def all_of(name: str, *told: str, quote: str = HARDWARE) -> Callable[[Prompt], str]:
    """Return a model that says so many sentences to one field, all with one quote."""

    def reply(asked: Prompt) -> str:
        fields = re.findall(r"^(F\d+): (.*)$", asked.user, re.MULTILINE)
        sentences = [said(text, asked, quote) for text in told]
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


def test_a_drawing_may_take_six_steps(tmp_path: Path) -> None:
    told = [f"A sigmoid activation keeps the gates between zero and one{', the gates' * n}." for n in range(7)]
    studying, _, _ = with_model(tmp_path, all_of("graph", *told, quote=SIGMOID))
    assert texts(studying.analysis(GUILD, GLIDE_PAPER), "Architecture graph") == told[:6]


def test_of_two_entries_to_one_field_the_first_counts(tmp_path: Path) -> None:
    one, other = "Training takes two days on eight V100 GPUs.", "Eight V100 GPUs take two days of training."

    def reply(asked: Prompt) -> str:
        sentences = ([said(text, asked, HARDWARE)] for text in (one, other))
        return json.dumps({"fields": [{"field": f"F{n}", "sentences": told} for told in sentences for n in (1, 2)]})

    studying, _, _ = with_model(tmp_path, reply)
    shown = {sentence.text for one in studying.analysis(GUILD, GLIDE_PAPER).fields for sentence in one.sentences}
    assert one in shown
    assert other not in shown


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
    assert deck.notices == ("The language model did not answer, so the cards are made of the paper’s own sentences.",)
    assert deck.writer == "extractive"
    assert len(deck.cards) >= 6


@pytest.mark.parametrize(
    "reply",
    ["I cannot help with that.", filling(("Infrastructure", "It takes two days.", "this stands on no page here"))],
    ids=["plain talk", "a misquote, and silence"],
)
def test_a_model_of_which_nothing_holds_costs_a_notice(tmp_path: Path, reply: Callable[[Prompt], str] | str) -> None:
    studying, _, _ = with_model(tmp_path, reply)
    unfounded = "Nothing that the language model wrote could be verified, so"
    analysis = studying.analysis(GUILD, GLIDE_PAPER)
    assert (analysis.writer, analysis.notices) == ("extractive", (f"{unfounded} the papers are quoted instead.",))
    assert "Quoted from the paper; no language model wrote this." in analysis_as_markdown(analysis)
    deck = studying.cards(GUILD, GLIDE_PAPER)
    assert deck.writer == "extractive"
    assert f"{unfounded} the cards are made of the paper’s own sentences." in deck.notices


def test_where_no_model_may_be_asked_only_used_up_tokens_are_told(tmp_path: Path) -> None:
    models = ScriptedModels()
    studying, _ = studying_on(tmp_path, models=models)
    for models.why_not, told in ((WhyNot.SPENT, True), (WhyNot.OFF, False), (WhyNot.NONE, False)):
        analysis = studying.analysis(GUILD, GLIDE_PAPER, anew=True)
        assert any("tokens for November" in notice for notice in analysis.notices) is told
    models.why_not = WhyNot.SPENT
    assert any("tokens for November" in notice for notice in studying.cards(GUILD, GLIDE_PAPER).notices)
    assert studying.calls(GUILD, GLIDE_PAPER, anew=True) == 0


@pytest.mark.parametrize(
    ("why_not", "why"),
    [(WhyNot.SPENT, f"{SPENT} are used up"), (WhyNot.OFF, "The language model was switched off meanwhile")],
)
def test_what_ended_a_model_on_the_way_is_said_and_no_failure_of_it(tmp_path: Path, why_not: WhyNot, why: str) -> None:
    studying, _, models = with_model(tmp_path, NO_MORE[why_not])
    for made in (studying.analysis, studying.cards):
        (notice,) = made(GUILD, GLIDE_PAPER).notices
        assert notice.startswith(f"{why}, so the ")
    assert models.counted == {GUILD: {Finding.QUOTED_INSTEAD: 2}}
    assert studying.kept(GUILD, GLIDE_PAPER) is None


def test_no_prompt_holds_another_servers_template_or_notes(tmp_path: Path) -> None:
    studying, library, models = with_model(tmp_path, filling())
    library.put_template("other", "theirs.md", b"# T\n## Secret section\n- Secret field\n", person="1", now=NOW)
    studying.analysis(GUILD, GLIDE_PAPER)
    studying.cards(GUILD, GLIDE_PAPER)
    assert models.model is not None
    for asked in models.model.asked:
        assert "Secret" not in asked.user + asked.system
        assert "LooseNet trains slowly" not in asked.user
