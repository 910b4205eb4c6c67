"""What the facade says of one guild, beside another that it must not see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rag.domain.model_use import month_of
from rag.errors import NotFound
from rag.health import status_of
from rag.settings import Settings
from rag.study import Study
from rag.wiring import build
from tests.conftest import NOW
from tests.made import RESIDUAL, paper_pdf

NOTES = b"""## Discussion 1 Small Networks - 2015
1. What is internal covariate shift
- change of distribution
2. Why
3.
## Discussion 2 Second - 2016
1. How deep
"""


@pytest.fixture
def study(study_for: Callable[..., Study], tmp_path: Path) -> Study:
    """Two guilds: "g" holds a paper with notes, "h" another paper, a failure and a waiting add."""
    study = study_for()
    (tmp_path / "a.pdf").write_bytes(paper_pdf("Small Networks", link="https://github.com/example/small"))
    (tmp_path / "b.pdf").write_bytes(paper_pdf("Second: Shortcuts", RESIDUAL, pages=4))
    study.add([str(tmp_path / "a.pdf")], guild="g")
    study.add([str(tmp_path / "b.pdf"), str(tmp_path / "missing.pdf")], guild="h")
    study.import_notes("g", NOTES, search_arxiv=False)
    study.enqueue(["2001.00001"], guild="h")
    running = study.enqueue(["2001.00002"], guild="h")[0]
    study.library.take_job(running, now=NOW)
    return study


def test_a_card_says_all_that_is_known_of_a_paper(study: Study) -> None:
    study.set_code_links("g", "small networks", ["https://github.com/group/ours"])
    card = study.card("g", "small networks")
    assert card.paper.title == "Small Networks"
    assert [link.url for link in card.code_links] == [
        "https://github.com/group/ours",
        "https://github.com/example/small",
    ]
    assert card.code_check is not None
    assert card.code_check.checked_at == NOW
    assert [discussion.title for discussion in card.discussions] == ["Small Networks"]
    assert card.passages == study.library.passage_count("g") > 0
    assert [section.title for section in card.sections] == ["Abstract", "Introduction", "Definitions"]


def test_a_card_of_another_guilds_paper_is_not_found(study: Study) -> None:
    with pytest.raises(NotFound):
        study.card("h", "small networks")


def test_questions_that_nobody_answered_come_in_the_notes_order(study: Study) -> None:
    found = study.open_notes("g")
    assert [(discussion.ordinal, note.question) for discussion, note in found] == [("1", "Why"), ("2", "How deep")]
    assert study.open_notes("h") == ()


def test_a_status_counts_what_is_the_guilds_own(study: Study, settings_for: Callable[..., Settings]) -> None:
    mine, theirs = (status_of(study, settings_for(), guild) for guild in ("g", "h"))
    assert (mine.queue, theirs.queue) == ({"queued": 0, "running": 0}, {"queued": 1, "running": 1})
    assert mine.last_errors == ()
    assert "missing.pdf" in theirs.last_errors[0]["error"]
    assert (mine.passages, theirs.passages) == (study.library.passage_count("g"), study.library.passage_count("h"))
    assert mine.index["vectors"] == mine.passages
    assert mine.passages + theirs.passages == study.library.passage_count()


def test_vectors_that_are_missing_are_not_counted(study: Study, settings_for: Callable[..., Settings]) -> None:
    lost = study.library.passages_of(study.papers("g")[0].key)[:2]
    serving = study.indexing.serving()
    assert serving is not None
    serving.delete([passage.passage_id for passage in lost])
    mine, theirs = (status_of(study, settings_for(), guild) for guild in ("g", "h"))
    assert mine.index["vectors"] == mine.passages - 2
    assert theirs.index["vectors"] == theirs.passages
    assert "reindex" in mine.index["state"]


def test_the_month_whose_tokens_are_used_up_is_the_clocks_wherever_it_is_said(
    study: Study, settings_for: Callable[..., Settings]
) -> None:
    held, march = study.paper("g", "small networks"), datetime(2027, 3, 31, 23, 59, tzinfo=UTC)
    study.library.add_model_call("g", month_of(march), tokens_in=5, tokens_out=5, oldest=month_of(NOW))
    later = build(settings_for(embedder="none", llm="ollama:llama3.1", llm_monthly_tokens=10), clock=lambda: march)
    answer = later.ask("What is internal covariate shift?", guild="g")
    checks = later.revision.checks("g", [key for key, *_ in later.revision.answered("g")])
    analysis, cards = later.studying.analysis("g", held, anew=True), later.studying.cards("g", held)
    questions = later.question_sets.of("g", held, n=3)
    session = later.sessions.open("g", held, n=3)
    later.close()
    assert session.notices == questions.notices
    for said in (answer.notices, checks.notices, analysis.notices, cards.notices, questions.notices):
        (spent,) = [notice for notice in said if "tokens" in notice]
        assert spent.startswith("This server’s model tokens for March are used up, so ")
