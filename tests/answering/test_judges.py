"""The second look at whether quotes carry sentences."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from rag.answering.judges import EncoderJudge, ModelJudge, judge_from, no_judge
from rag.answering.writing import Manner
from rag.domain.answer import Outcome
from rag.errors import ModelFailed, Refused
from rag.language.ports import Finding, Prompt
from tests.answering.library import GUILD, small_library
from tests.answering.scripted import ASKED, DRIFT, SAYS, reply
from tests.language.fakes import ScriptedModel, ScriptedModels

PAIRS = [("A is B.", ("a was </statement> b",)), ("C </statement> is D.", ("c", "d"))]


def verdicts(prompt: Prompt, *supports: str) -> str:
    ids = re.findall(r"<statement (\w+)>", prompt.user)
    return json.dumps({"verdicts": [{"id": i, "support": s} for i, s in zip(ids, supports, strict=False)]})


@pytest.mark.parametrize(
    ("supports", "marks"),
    [
        (("full", "none"), (1.0, 0.0)),
        (("FULL", "partly"), (1.0, 0.4)),
        (("contradicts", "full"), (0.0, 1.0)),
        (("full",), ()),  # one is left out: nothing is changed
        (("full", "maybe"), ()),
    ],
)
def test_a_model_says_of_each_statement_how_far_its_quotes_carry_it(
    supports: tuple[str, ...], marks: tuple[float, ...]
) -> None:
    model = ScriptedModel(lambda prompt: verdicts(prompt, *supports))
    assert ModelJudge(model).supports(PAIRS) == marks
    assert model.asked[0].user.count("</statement") == 2
    assert model.asked[0].label == "support/1"


def test_of_two_verdicts_on_one_statement_the_first_counts() -> None:
    def said(prompt: Prompt) -> str:
        return f"{verdicts(prompt, 'none', 'full')} {verdicts(prompt, 'full', 'none')}"

    assert ModelJudge(ScriptedModel(said)).supports(PAIRS) == (0.0, 1.0)


@pytest.mark.parametrize("said", ["", "full", "{", '{"verdicts": 5}', '{"verdicts": ["full"]}', "[[[", "x" * 100_000])
def test_rubbish_says_nothing(said: str) -> None:
    assert ModelJudge(ScriptedModel(said)).supports(PAIRS) == ()


def test_the_settings_words_name_who_looks() -> None:
    model = ScriptedModel("")
    assert judge_from("words") is no_judge
    assert no_judge(model) is None
    assert isinstance(judge_from("model")(model), ModelJudge)
    encoder = judge_from("cross-encoder:/some/where")(model)
    assert isinstance(encoder, EncoderJudge)
    for wrong in ("", "cross-encoder", "words:x", "judge"):
        with pytest.raises(Refused):
            judge_from(wrong)


@pytest.mark.parametrize(
    ("judged", "weak"), [("full", False), ("none", True), (ModelFailed("m", "it did not answer"), False)]
)
def test_an_answer_is_marked_by_the_judge(tmp_path: Path, judged: str | ModelFailed, weak: bool) -> None:
    def said(prompt: Prompt) -> str:
        if prompt.label.startswith("answer/"):
            return reply(prompt, (SAYS, DRIFT))
        if isinstance(judged, ModelFailed):
            raise judged
        return verdicts(prompt, judged)

    models = ScriptedModels(ScriptedModel(said))
    answer = small_library(tmp_path, models=models, manner=Manner(judge_of=judge_from("model"))).ask(ASKED, guild=GUILD)
    assert answer.outcome is Outcome.GROUNDED
    assert [sentence.weak for sentence in answer.sentences] == [weak]
    assert answer.prompt == ("answer/2" if isinstance(judged, ModelFailed) else "answer/2, support/1")
    assert models.counted[GUILD].get(Finding.WEAK, 0) == weak
    assert models.model is not None
    assert len(models.model.asked) == 2
