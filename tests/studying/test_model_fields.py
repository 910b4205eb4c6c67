"""What a model is asked to one section of a template, and how its reply is read."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from rag.domain.analysis import FilledField, Filling
from rag.domain.paper import Paper
from rag.domain.reading import Kind
from rag.language.ports import Prompt
from rag.studying.studying import Studying
from tests.language.fakes import ScriptedModel, ScriptedModels
from tests.studying.prepared import GLIDE_PAPER, GUILD, studying_on
from tests.studying.scripted import HARDWARE, filling, with_model

IN_OWN_WORDS = "Eight V100 GPUs take two days of training."


def named(studying: Studying, words: str) -> FilledField:
    return next(one for one in studying.analysis(GUILD, GLIDE_PAPER).fields if words in one.field.name)


def asked_of(folder: Path, template: str, *, paper: Paper = GLIDE_PAPER) -> list[Prompt]:
    """Return what a model is asked when a paper is laid into a template."""
    model = ScriptedModel("{}")
    studying, _ = studying_on(folder, template=template.encode(), models=ScriptedModels(model))
    studying.analysis(GUILD, paper)
    return model.asked


@pytest.mark.parametrize("form", [r"F\1", r"F \1", r"f\1", r"Field F\1: Infrastructure"])
def test_a_field_is_known_however_its_number_is_written(tmp_path: Path, form: str) -> None:
    def reply(asked: Prompt) -> str:
        told = filling(("Infrastructure", IN_OWN_WORDS, HARDWARE))(asked)
        return re.sub(r'(?<="field": ")F(\d+)', form, told)

    studying, _, _ = with_model(tmp_path, reply)
    assert [sentence.text for sentence in named(studying, "Infrastructure").sentences] == [IN_OWN_WORDS]


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("What is the core problem?", Filling.NOT_FOUND),
        ("Infrastructure", Filling.NOT_FOUND),
        ("Architecture graph", Filling.NOT_DRAWN),
    ],
)
def test_no_sentences_in_any_form_are_an_empty_field(tmp_path: Path, words: str, left: Filling) -> None:
    studying, _, _ = with_model(tmp_path, lambda asked: filling()(asked).replace("[]", "null"))
    field = named(studying, words)
    assert (field.filling, field.sentences) == (left, ())


@pytest.mark.parametrize("of", ["**Setup on CIFAR-10:** number of GPUs", "**Setup:** number of GPUs on CIFAR-10"])
def test_a_sentence_may_name_what_its_field_or_the_hint_to_it_names(tmp_path: Path, of: str) -> None:
    text = "On CIFAR-10, training takes two days on eight V100 GPUs."
    models = ScriptedModels(ScriptedModel(filling(("Setup", text, HARDWARE))))
    studying, _ = studying_on(tmp_path, template=f"# T\n## S\n- {of}\n".encode(), models=models)
    assert [sentence.text for sentence in named(studying, "Setup").sentences] == [text]


def test_titles_names_and_hints_are_told_in_short(tmp_path: Path) -> None:
    template = f"# T\n## {'s' * 150}\n- **Infrastructure {'n' * 140}:** number of GPUs {'h' * 250}\n"
    (asked,) = asked_of(tmp_path, template, paper=replace(GLIDE_PAPER, title="t" * 300))
    assert f"The paper: {'t' * 200}\n" in asked.user
    assert f"The section: {'s' * 100}\n" in asked.user
    assert f"F1: Infrastructure {'n' * 85} (number of GPUs {'h' * 185})" in asked.user


def test_the_parts_of_a_field_are_told_with_its_hint(tmp_path: Path) -> None:
    (asked,) = asked_of(tmp_path, "# T\n## S\n- **Training:** how\n  - which GPUs\n  - how long\n")
    assert "(how; which GPUs; how long)" in asked.user


def test_nobody_is_asked_what_no_passage_speaks_of(tmp_path: Path) -> None:
    assert asked_of(tmp_path, "# T\n## S\n- zzz qqq\n") == []


def test_a_section_is_written_from_fourteen_passages_first_those_that_would_be_quoted_instead(tmp_path: Path) -> None:
    things = ("learning rate", "batch size", "GPUs", "gates", "filters", "error", "memory", "epochs", "limitations")
    template = "# T\n## S\n" + "".join(f"- What is the {one}?\n" for one in things)
    extra = [
        (
            3,
            f"{n} More",
            Kind.TEXT,
            None,
            f"GlideNet number {n} has a {one} of {n} and trains on V100 GPUs for {n} days.",
        )
        for n, one in enumerate(things * 4)
    ]
    model = ScriptedModel("{}")
    studying, _ = studying_on(tmp_path, template=template.encode(), extra=extra, models=ScriptedModels(model))
    quoted = [one.quote.text for one in studying.analysis(GUILD, GLIDE_PAPER).citations]
    (asked,) = model.asked
    assert asked.user.count("<passage id=") == 14
    assert HARDWARE in quoted
    assert [quote for quote in quoted if quote not in asked.user] == []
