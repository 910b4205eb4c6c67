"""What readers made of the answers, from the command line: numbers, the public ones that were not helpful, no names."""

from __future__ import annotations

import pytest

from rag.domain.answer import Answer, Outcome
from rag.domain.record import Verdict
from tests.cli.runner import Run, parsed
from tests.cli.test_several_servers import StudyFor

GROUP, OTHERS = "111000111", "222000222"


@pytest.fixture
def rated(study_for: StudyFor) -> None:
    """Answers of two servers: public ones and a private one, rated by people 81 to 83."""
    study = study_for(embedder="none")
    for guild, question, private in (
        (GROUP, "why\n[bold]hubris[/bold]", False),
        (GROUP, "a secret", True),
        (OTHERS, "of others", False),
    ):
        answer = Answer(question, Outcome.NOT_FOUND, "nothing")
        answer_id = study.answers.keep(answer, guild=guild, asker="80", channel="70", private=private)
        study.answers.rate(guild, answer_id, person="81", verdict=Verdict.NOT_HELPFUL)
        study.answers.rate(guild, answer_id, person="82", verdict=Verdict.HELPFUL)
        study.library.rate_answer(guild, answer_id, person="83", verdict=Verdict.WRONG_CITATION, citation=2)


@pytest.mark.usefixtures("rated")
def test_answers_are_counted_with_their_ratings(seminar: Run) -> None:
    code, out, _ = seminar("--guild", GROUP, "answers", "--json")
    assert code == 0
    counts = parsed(out)
    assert counts["guild"] == GROUP
    assert counts["ratings"] == {"helpful": 2, "not_helpful": 2, "wrong_citation": 2}
    assert "rated 2 helpful, 2 not helpful, 2 with a wrong citation" in seminar("--guild", GROUP, "answers")[1]


@pytest.mark.usefixtures("rated")
def test_what_was_not_helpful_is_listed_without_what_is_private_and_without_names(seminar: Run) -> None:
    code, out, _ = seminar("--guild", GROUP, "answers", "--not-helpful", "--json")
    assert code == 0
    [one] = parsed(out)["answers"]
    assert (one["question"], one["not_helpful"], one["wrong"]) == ("why\n[bold]hubris[/bold]", 1, [2])
    assert not {"asker", "person"} & set(one)
    code, out, _ = seminar("--guild", GROUP, "answers", "--not-helpful")
    assert code == 0
    assert "why [bold]hubris[/bold]  (not helpful for 1, wrong source 2)\n" in out
    assert "secret" not in out
    assert "others" not in out


def test_without_answers_it_says_so(seminar: Run) -> None:
    assert "No public answer was rated not helpful." in seminar("answers", "--not-helpful")[1]
    assert parsed(seminar("answers", "--not-helpful", "--json")[1])["answers"] == []
    assert parsed(seminar("answers", "--json")[1])["last_7_days"] == 0
