"""The edges of what a model may propose: how many, how long, quoted how, and told how much."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rag.domain.reading import Kind
from rag.index.exact import ExactIndex
from rag.language.ports import Finding, Prompt
from tests.answering.library import BagOfStems, paper_of, shelve
from tests.language.fakes import ScriptedModel, ScriptedModels
from tests.questions.prepared import GUILD, sets_on
from tests.questions.scripted import (
    MEMORY,
    MODULE,
    RIGHT,
    SIGMOID,
    Made,
    by_model,
    made_of,
    of_model,
    quoting,
    says,
)


def test_twenty_questions_are_asked_for_and_read_at_most(made: Made) -> None:
    made_of(made, says(*[RIGHT] * 21), n=25)
    assert made[2].model is not None
    assert "Write 20 questions" in made[2].model.asked[0].user
    assert made[2].counted[GUILD][Finding.SENTENCES] == 20


@pytest.mark.parametrize(("length", "finding"), [(300, Finding.KEPT), (301, Finding.UNREADABLE)])
def test_a_question_has_three_hundred_signs_at_most(made: Made, length: int, finding: Finding) -> None:
    start, end = "Why would a rectifier be a ", " choice for the gates?"
    text = start + "x" * (length - len(start + end)) + end
    made_of(made, says(RIGHT, text=text))
    assert made[2].counted[GUILD] == {Finding.SENTENCES: 1, finding: 1}


@pytest.mark.parametrize(
    ("about", "kept"),
    [(RIGHT["text"].rstrip("?"), RIGHT["text"][:60]), ("Rectifier", "Rectifier")],
    ids=["sixty signs at most", "in capitals or small"],
)
def test_what_a_question_is_about_is_short_and_read_as_it_is_meant(made: Made, about: str, kept: str) -> None:
    (question,) = by_model(made_of(made, says(RIGHT, about=about)))
    assert question.about == kept


def test_a_field_is_known_however_its_name_is_written(made: Made) -> None:
    name = made[0].template(GUILD).fields[-1].name
    (question,) = by_model(made_of(made, says(RIGHT, field=f" {name.upper()}: ")))
    assert question.field == name


def test_a_full_stop_behind_a_question_mark_is_taken_away(made: Made) -> None:
    assert of_model(made_of(made, says(RIGHT, text=RIGHT["text"] + "."))) == [RIGHT["text"]]


def test_two_quotes_are_read_of_a_question(made: Made) -> None:
    (question,) = by_model(made_of(made, says(RIGHT, cites=quoting(SIGMOID, MODULE, MEMORY))))
    assert [one.quote.text for one in question.evidence] == [SIGMOID, MODULE]


@pytest.mark.parametrize("changes", [{"cites": quoting("We use a")}, {"text": "Why is GlideNet so?"}])
def test_neither_a_scrap_of_a_quote_nor_the_papers_name_makes_a_question_of_it(
    made: Made, changes: dict[str, object]
) -> None:
    made_of(made, says(RIGHT | {"cites": quoting(MEMORY)}, **changes))
    assert made[2].counted[GUILD] == {Finding.SENTENCES: 1, Finding.UNCITED: 1}


@pytest.mark.parametrize(("words", "finding"), [(10, Finding.KEPT), (9, Finding.WEAK)])
def test_a_quote_of_ten_words_is_an_answer_by_itself(made: Made, words: int, finding: Finding) -> None:
    quote = " ".join(SIGMOID.split()[:words])
    made_of(made, says(RIGHT, expected="", cites=quoting(quote)))
    assert made[2].counted[GUILD] == {Finding.SENTENCES: 1, finding: 1}


def test_what_is_wrong_with_an_expected_answer_is_counted(made: Made) -> None:
    made_of(made, says(RIGHT, expected="A sigmoid keeps 64 gates between zero and one."))
    assert made[2].counted[GUILD] == {Finding.SENTENCES: 1, Finding.NUMBER: 1, Finding.WEAK: 1}


def test_an_expected_answer_may_name_what_its_question_names(made: Made) -> None:
    text = "Why would GlideNet, with its low top-5 error, train twice as fast as LooseNet?"
    expected = "With its top-5 error, GlideNet trains twice as fast as LooseNet."
    cites = quoting("the ImageNet validation set and trains twice as fast as LooseNet")
    (question,) = by_model(made_of(made, says(RIGHT, text=text, expected=expected, cites=cites)))
    assert question.expected == expected


def test_no_expected_answer_is_what_a_model_was_told(made: Made) -> None:
    told = "A sigmoid keeps the gates between zero and one: what you know of this paper from elsewhere does not count."
    assert of_model(made_of(made, says(RIGHT, expected=told))) == []


def test_a_question_may_name_the_page_of_its_quote_and_no_other(made: Made) -> None:
    of = {"expected": "", "cites": quoting("Our model struggles with very narrow layers, where sliding gates overlap.")}
    texts = [f"Why would narrow layers on page {page} be a struggle for sliding gates?" for page in (4, 7)]
    assert [of_model(made_of(made, says(RIGHT | of, text=text))) for text in texts] == [texts[:1], []]


def test_a_quote_may_have_the_bars_that_part_cells_in_a_prompt(made: Made) -> None:
    def barred(asked: Prompt) -> str:
        return says(RIGHT)(asked).replace("activation instead", "activation | instead")

    assert of_model(made_of(made, barred)) == [RIGHT["text"]]


def test_names_places_and_hints_are_told_in_short(tmp_path: Path) -> None:
    models = ScriptedModels(ScriptedModel(""))
    sets, library = sets_on(tmp_path, embedder=BagOfStems(), models=models)
    sets.set_template(GUILD, "t.md", f"# T\n## S\n- {'n' * 150}: {'h' * 250}\n".encode(), person="1")
    paper = paper_of("t" * 300, "2003.00002", ())
    shelve(library, paper, [(1, "s" * 120, Kind.CAPTION, "l" * 120, "A caption of gates in order.")], ExactIndex())
    sets.of(GUILD, paper)
    library.close()
    assert models.model is not None
    (asked,) = models.model.asked
    assert {sign: max(map(len, re.findall(f"{sign}+", asked.user))) for sign in "tnhls"} == {
        "t": 200, "n": 80, "h": 120, "l": 80, "s": 80,
    }  # fmt: skip
    assert "(page 1, lll" in asked.user
