"""What a group discussed before: the paper itself, and concepts that are truly the same."""

from __future__ import annotations

import pytest

from rag.discussion.finding import heading_of
from rag.domain.paper import Paper
from rag.sessions.before import concept_of
from rag.sessions.naming import names_for_notes, year_of
from rag.sessions.sessions import Sessions
from rag.study import Study
from tests.sessions.conftest import GROUP, NOTES

USED = """# Normalising Again

## Abstract
Internal covariate shift slows training. We reduce internal covariate shift.

## 1 Introduction
Dropout is mentioned once here. The loss function is minimised.

## 2 Method
We measure internal covariate shift in every layer. The loss function stays.

## 3 Results
Internal covariate shift falls; the loss function falls too. A table is shown.
"""


@pytest.mark.parametrize(
    ("question", "concept"),
    [
        ("What is receptive field ", "receptive field"),
        ("What is vanishing/exploding gradient.", "vanishing/exploding gradient"),
        ("1x1 convolution layer", "1x1 convolution layer"),
        ("What is internal covariate shift mean", "internal covariate shift"),
        ("What is computional budget mean", ""),
        ("what's a GAN?", "gan"),
        ("Skipping connection", "skipping connection"),
        ("Figure 4 what happen", ""),
        ("What is equation l = F2(F1(u,theta1),theta2)", ""),
        ("Why do use many mini-batch", ""),
        ("GoogLeNet vs AlexNet ", ""),
        ("What is this paper try to convey ?", ""),
        ("12", ""),
        ("", ""),
    ],
)
def test_a_concept_is_what_a_question_is_about_as_a_whole(question: str, concept: str) -> None:
    assert concept_of(question) == concept


def test_what_was_discussed_before_is_told(sessions: Sessions, paper: Paper, study: Study) -> None:
    study.import_notes(GROUP, NOTES.encode(), search_arxiv=False)
    session = sessions.open(GROUP, paper)
    before = sessions.before(GROUP, session)
    assert [heading_of(discussion) for discussion in before.discussions] == ["Discussion 1 Shortcuts - 2015"]
    assert before.left_open == ("Why ?",)


def test_a_concept_of_another_papers_session_is_told_only_where_this_paper_is_about_it(
    sessions: Sessions, study: Study
) -> None:
    study.import_notes(GROUP, NOTES.encode(), search_arxiv=False)
    (study.directory.path / "again.md").write_text(USED)
    (added,) = study.add([str(study.directory.path / "again.md")], guild=GROUP)
    assert added.error is None
    session = sessions.open(GROUP, study.paper(GROUP, added.paper_id))
    related = sessions.before(GROUP, session).related
    assert [(one.concept, heading_of(one.discussion)) for one in related][:1] == [
        ("internal covariate shift", "Discussion 5a Old Things - 2014")
    ]
    assert "dropout" not in [one.concept for one in related]


def test_notes_are_named_as_the_group_names_the_paper_else_as_the_paper_writes_its_short_name(
    paper: Paper, study: Study
) -> None:
    from dataclasses import replace

    resnet = replace(paper, title="Deep Residual Learning", aliases=("resnet", "deep residual learning"))
    texts = ("A resnet is not a ResNet.", "ResNet wins; RESNET too. ResNet!")
    assert names_for_notes(resnet, (), texts)[0] == "ResNet"
    assert names_for_notes(replace(resnet, aliases=("bn", "dqn")), (), texts)[0] == "DQN"
    assert names_for_notes(replace(resnet, aliases=("alexnet",)), (), texts)[0] == "AlexNet"
    assert names_for_notes(replace(resnet, aliases=()), (), texts)[0] == "Deep Residual Learning"
    study.import_notes(GROUP, b"## Discussion 1 The ResNet Thing - 2015\n1. What\n- it\n", search_arxiv=False)
    assert names_for_notes(resnet, study.discussions(GROUP), texts)[0] == "The ResNet Thing"
    assert year_of(resnet, study.discussions(GROUP)) == 2015
    assert year_of(resnet, ()) is None
