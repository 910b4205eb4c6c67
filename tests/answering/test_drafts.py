"""Answers while they are written, and the best of several drafts: nothing unchecked is ever told."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count, pairwise

from rag.answering.asking import Answerer
from rag.answering.writing import Manner
from rag.domain.stage import Stage, StageKind
from rag.errors import ModelFailed
from rag.language.ports import Finding, Prompt, WhyNot
from tests.answering.library import GUILD
from tests.answering.scripted import ASKED, DRIFT, SAYS, half_right, passages_of, reply, right
from tests.language.fakes import NO_MORE, ScriptedModel, ScriptedModels


def test_what_is_told_while_it_is_written_only_grows_by_checked_sentences(asker: Callable[..., Answerer]) -> None:
    stages: list[Stage] = []
    ticks = count()
    answerer = asker(half_right, clock=lambda: next(ticks) * 0.3)
    answer = answerer.ask(ASKED, guild=GUILD, told=stages.append)
    texts = [stage.text for stage in stages if stage.kind is StageKind.WRITE]
    assert texts[0] == ""
    assert len(texts) == 3
    assert all(later.startswith(earlier) for earlier, later in pairwise(texts))
    assert texts[-1] == answer.text


def test_of_marked_text_that_grows_no_half_quote_is_taken_for_a_whole_one(asker: Callable[..., Answerer]) -> None:
    def marked(prompt: Prompt) -> str:
        first = next(name for name, text in passages_of(prompt).items() if DRIFT in text)
        return f'{SAYS} [{first}: "{DRIFT}"]'

    ticks = count()
    answer = asker(marked, clock=lambda: float(next(ticks))).ask(ASKED, guild=GUILD)
    assert [citation.quote.text for citation in answer.citations] == [DRIFT]


def test_a_growing_reply_is_looked_at_twice_a_second(asker: Callable[..., Answerer]) -> None:
    stages: list[Stage] = []
    asker(half_right, clock=lambda: 5.0).ask(ASKED, guild=GUILD, told=stages.append)
    assert [stage.text for stage in stages if stage.kind is StageKind.WRITE] == [""]


def poor(prompt: Prompt) -> str:
    return reply(prompt, (SAYS, DRIFT), ("Drift cures 12 illnesses.", DRIFT))


def sure(prompt: Prompt) -> str:
    return reply(prompt, (SAYS, DRIFT))


def feeble(prompt: Prompt) -> str:
    return reply(prompt, ("Drift ist eine Änderung und nicht gut.", DRIFT), ("Das ist auch der Mittelwert.", DRIFT))


def test_of_several_drafts_the_best_supported_one_is_shown(asker: Callable[..., Answerer]) -> None:
    for said in [(poor, right), (right, poor), (ModelFailed("m", "x"), right), (right, ModelFailed("m", "x"))]:
        models = ScriptedModels(ScriptedModel(*said))
        answer = asker(models=models, manner=Manner(drafts=2)).ask(ASKED, guild=GUILD)
        assert (answer.writer, len(answer.sentences)) == ("fake:scripted", 2), said
        assert models.model is not None
        assert len(models.model.asked) == 2
    fewest_dropped = asker(poor, lambda prompt: reply(prompt, (SAYS, DRIFT)), manner=Manner(drafts=2)).ask(
        ASKED, guild=GUILD
    )
    assert len(fewest_dropped.sentences) == 1
    for weak in ((feeble, sure), (sure, feeble)):
        answer = asker(*weak, manner=Manner(drafts=2)).ask(ASKED, guild=GUILD)
        assert [one.weak for one in answer.sentences] == [False], "two weak sentences are worth less than a sure one"


def test_of_several_drafts_none_is_shown_before_it_is_chosen(asker: Callable[..., Answerer]) -> None:
    stages: list[Stage] = []
    ticks = count()
    asker(right, manner=Manner(drafts=2), clock=lambda: next(ticks) * 0.3).ask(ASKED, guild=GUILD, told=stages.append)
    assert [stage.text for stage in stages if stage.kind is StageKind.WRITE] == [""]


def test_no_further_draft_is_begun_when_the_month_is_spent(
    asker: Callable[..., Answerer],
) -> None:
    models = ScriptedModels(ScriptedModel(right, NO_MORE[WhyNot.SPENT]))
    answer = asker(models=models, manner=Manner(drafts=5)).ask(ASKED, guild=GUILD)
    assert (answer.writer, models.counted[GUILD].get(Finding.FAILED, 0)) == ("fake:scripted", 0)
    assert models.model is not None
    assert len(models.model.asked) == 2


def test_no_further_draft_is_begun_when_time_is_up(asker: Callable[..., Answerer]) -> None:
    ticks = count()
    models = ScriptedModels(ScriptedModel(right))
    asker(models=models, manner=Manner(drafts=5), clock=lambda: next(ticks) * 40.0).ask(ASKED, guild=GUILD)
    assert models.model is not None
    assert len(models.model.asked) == 1
