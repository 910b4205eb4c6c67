"""Measures of question sets can be bad: they count what is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.domain.question import QuestionSet
from rag.domain.reading import Page
from rag.domain.template import Template
from rag.questions.measures import is_particular, measured, overlap, stands_on, table, terms_of
from rag.store.library import Library
from tests.answering.library import BagOfStems
from tests.questions.prepared import GLIDE_PAPER, GUILD, sets_on

Seen = tuple[QuestionSet, Template, Library]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    sets, library = sets_on(tmp_path_factory.mktemp("measured"), embedder=BagOfStems())
    return sets.of(GUILD, GLIDE_PAPER), sets.template(GUILD), library


def test_a_sound_set_measures_well(seen: Seen) -> None:
    made, template, library = seen
    row = measured(
        made,
        template=template,
        pages=library.pages(GLIDE_PAPER.key),
        elsewhere=dict.fromkeys(terms_of("the network layer training loss"), 9),
        others=9,
        embedder=BagOfStems(),
        seconds=0.5,
    )
    assert row.is_verified
    assert row.near_duplicates == 0
    assert row.particular >= 9
    assert "| GlideNet: Sliding Gates for Deep Networks | 12 |" in table([row])
    assert "| **all 1** | 12 |" in table([row])


def test_moved_quotes_copied_questions_and_filler_are_counted(seen: Seen) -> None:
    made, template, library = seen
    one = made.questions[1]
    moved = replace(
        one, evidence=tuple(replace(e, quote=replace(e.quote, page=1)) for e in one.evidence if e.quote.page != 1)
    )
    filler = replace(one, text="What are the results?", evidence=())
    spoiled = replace(made, questions=(one, one, replace(moved, text="Why?"), filler))
    row = measured(
        spoiled,
        template=template,
        pages=library.pages(GLIDE_PAPER.key)[1:],
        elsewhere={"results": 9},
        others=9,
        embedder=BagOfStems(),
        seconds=0.1,
    )
    assert row.found < row.quotes or row.quotes == 0
    assert row.near_duplicates == 1
    assert row.particular <= 2
    assert overlap([made, replace(made, paper=replace(made.paper, key="other"))]) == (2 * 12, 24)


def test_a_quote_is_looked_for_on_the_page_it_names_alone() -> None:
    pages = [Page(1, "sliding ga-\ntes over layers"), Page(2, "nothing of the kind")]
    assert stands_on("Sliding gates over layers", 1, pages)
    assert not stands_on("Sliding gates over layers", 2, pages)
    assert not stands_on("sliding windows", 1, pages)
    assert not stands_on("", 1, pages)


@pytest.mark.parametrize(
    ("question", "yes"),
    [
        ("What do the authors conclude from Table 2?", True),
        ("What does feature fading mean?", True),
        ("What does the network learn?", False),
        ("Which quantum bottle is meant?", False),  # not of this paper at all
    ],
)
def test_a_question_is_particular_by_what_few_other_papers_hold(question: str, yes: bool) -> None:
    own = terms_of("feature fading in a network that does learn")
    assert is_particular(question, own, {"network": 8, "feature": 8, "learn": 9}, 10) is yes
