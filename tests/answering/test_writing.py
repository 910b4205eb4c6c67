"""Answers that a language model writes, right, half right, hostile or not at all: what is shown is verified."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rag.answering import checking
from rag.answering.asking import WARMING, Answerer
from rag.answering.bookshelf import Bookshelf
from rag.answering.replies import REFUSAL
from rag.answering.writing import Manner
from rag.domain.answer import Answer, Outcome
from rag.domain.codelink import CodeLink, CodeLinkSource
from rag.errors import ModelFailed
from rag.index.exact import ExactIndex
from rag.language.access import GuildModels
from rag.language.ports import Finding, Prompt, WhyNot
from rag.store.library import Library
from rag.store.snapshots import answer_text, answer_value, slim
from tests.answering.library import FIRM_PAPER, GUILD, NOW
from tests.answering.scripted import ASKED, DRIFT, LABEL, SAYS, half_right, hostile, reply, right
from tests.language.fakes import NO_MORE, ScriptedModel, ScriptedModels


def verified(answer: Answer, library: Library) -> bool:
    shelf = Bookshelf(library)
    return all(shelf.holds(c.quote, c.passage) and c.passage.paper_key == c.paper.key for c in answer.citations)


@pytest.mark.parametrize(
    ("said", "kept", "sure"),
    [(right, 2, 2), (half_right, 2, 2), (hostile, 1, 0)],
)
def test_what_is_shown_is_verified_however_the_model_is(
    shelf: tuple[Library, ExactIndex],
    asker: Callable[..., Answerer],
    said: Callable[[Prompt], str],
    kept: int,
    sure: int,
) -> None:
    answer = asker(said).ask(ASKED, guild=GUILD)
    assert (answer.outcome, answer.writer, answer.prompt) == (Outcome.GROUNDED, "fake:scripted", LABEL)
    assert verified(answer, shelf[0])
    assert len(answer.sentences) == kept
    assert sum(not sentence.weak for sentence in answer.sentences) == sure
    assert "evil" not in answer.text
    assert "@" not in answer.text
    assert all(sentence.citations for sentence in answer.sentences)


def test_what_fell_is_counted_for_the_guild_that_asked(asker: Callable[..., Answerer]) -> None:
    models = ScriptedModels(ScriptedModel(half_right))
    asker(models=models).ask(ASKED, guild=GUILD)
    assert models.counted == {
        GUILD: {
            Finding.SENTENCES: 5,
            Finding.KEPT: 2,
            Finding.MISQUOTE: 1,
            Finding.UNCITED: 2,
            Finding.NUMBER: 1,
        }
    }


def test_no_sentence_repeats_what_the_model_was_told(asker: Callable[..., Answerer]) -> None:
    def telling(prompt: Prompt) -> str:
        (rule,) = re.findall(r"a quote is copied [\w ]+", prompt.system, re.IGNORECASE)
        return reply(prompt, (f"Signal drift: {rule.strip()}.", DRIFT), (SAYS, DRIFT))

    models = ScriptedModels(ScriptedModel(telling))
    answer = asker(models=models).ask(ASKED, guild=GUILD)
    assert [sentence.text for sentence in answer.sentences] == [SAYS]
    assert models.counted[GUILD] == {Finding.SENTENCES: 2, Finding.KEPT: 1, Finding.UNREADABLE: 1}


def test_a_reply_that_cannot_be_read_is_counted_as_such(asker: Callable[..., Answerer]) -> None:
    models = ScriptedModels(ScriptedModel("I think that drift is bad."))
    asker(models=models).ask(ASKED, guild=GUILD)
    assert models.counted[GUILD] == {Finding.UNREADABLE: 1, Finding.QUOTED_INSTEAD: 1}


@pytest.mark.parametrize(
    "said", ["", "I think that drift is bad.", "{", '{"sentences": []}', "x" * 100_000, '{"sentences": [{"text": "']
)
def test_a_reply_without_anything_that_holds_gives_the_papers_words(
    shelf: tuple[Library, ExactIndex], asker: Callable[..., Answerer], said: str
) -> None:
    models = ScriptedModels(ScriptedModel(said))
    answer = asker(models=models).ask(ASKED, guild=GUILD)
    assert (answer.outcome, answer.writer, answer.prompt) == (Outcome.QUOTED, "extractive", "")
    assert DRIFT in answer.text
    assert any("language model" in notice and "quoted instead" in notice for notice in answer.notices)
    assert models.counted[GUILD][Finding.QUOTED_INSTEAD] == 1


def test_half_an_answer_says_so(asker: Callable[..., Answerer]) -> None:
    answer = asker(lambda prompt: right(prompt).replace('"refused"', '"complete": false, "refused"')).ask(
        ASKED, guild=GUILD
    )
    assert answer.outcome is Outcome.GROUNDED
    assert answer.notices == ("The passages that were found answer only a part of this question.",)


def test_a_dead_model_costs_a_notice(asker: Callable[..., Answerer]) -> None:
    models = ScriptedModels(ScriptedModel(ModelFailed("fake:scripted", "it did not answer within 60 s")))
    answer = asker(models=models).ask(ASKED, guild=GUILD)
    assert (answer.outcome, answer.writer) == (Outcome.QUOTED, "extractive")
    assert answer.notices == ("The language model did not answer, so the papers are quoted instead.",)
    assert models.counted == {GUILD: {Finding.FAILED: 1, Finding.QUOTED_INSTEAD: 1}}


@pytest.mark.parametrize(
    ("why_not", "why"),
    [
        (WhyNot.SPENT, "This server’s model tokens for November are used up, so the papers are quoted instead."),
        (WhyNot.OFF, "The language model was switched off meanwhile, so the papers are quoted instead."),
    ],
)
def test_what_ends_a_model_meanwhile_is_said_and_no_failure_of_it(
    asker: Callable[..., Answerer], why_not: WhyNot, why: str
) -> None:
    models = ScriptedModels(ScriptedModel(NO_MORE[why_not]))
    answer = asker(models=models, now=lambda: datetime(2026, 11, 3, tzinfo=UTC)).ask(ASKED, guild=GUILD)
    assert (answer.outcome, answer.notices) == (Outcome.QUOTED, (why,))
    assert models.counted == {GUILD: {Finding.QUOTED_INSTEAD: 1}}


def test_a_failure_that_spends_the_month_is_a_failure(asker: Callable[..., Answerer], tmp_path: Path) -> None:
    library = Library.open(tmp_path / "seminar.db")
    library.join_server(GUILD, "Group", now=NOW)
    late = ScriptedModel(ModelFailed("fake:scripted", "it did not answer within 60 s", tokens=500))
    models = GuildModels(model=late, library=library, clock=lambda: NOW, monthly_tokens=400)
    answer = asker(models=models).ask(ASKED, guild=GUILD)
    assert models.of(GUILD).why_not is WhyNot.SPENT
    assert answer.notices == ("The language model did not answer, so the papers are quoted instead.",)
    assert models.month(GUILD).findings == {"failed": 1, "quoted_instead": 1}
    library.close()


@pytest.mark.parametrize(
    ("why", "notices"),
    [
        (WhyNot.NONE, ()),
        (WhyNot.OFF, ()),
        (WhyNot.SPENT, ("This server’s model tokens for November are used up, so the papers are quoted instead.",)),
    ],
)
def test_a_model_that_may_not_be_asked_is_missed_only_when_its_tokens_are_used_up(
    asker: Callable[..., Answerer], why: WhyNot, notices: tuple[str, ...]
) -> None:
    models = ScriptedModels(None, why)
    answer = asker(models=models, now=lambda: datetime(2026, 11, 3, tzinfo=UTC)).ask(ASKED, guild=GUILD)
    assert (answer.outcome, answer.notices, models.counted) == (Outcome.QUOTED, notices, {})


@pytest.mark.parametrize("said", [REFUSAL, json.dumps({"sentences": [], "refused": True})])
def test_a_model_that_refuses_is_believed(asker: Callable[..., Answerer], said: str) -> None:
    models = ScriptedModels(ScriptedModel(said))
    answer = asker(models=models).ask(ASKED, guild=GUILD)
    assert (answer.outcome, answer.citations, answer.sentences) == (Outcome.NOT_FOUND, (), ())
    assert answer.nearest
    assert (answer.writer, answer.prompt) == ("fake:scripted", LABEL)
    assert models.counted == {GUILD: {Finding.REFUSED: 1}}


def test_what_stands_beside_a_refusal_is_not_shown_and_not_counted_as_kept(asker: Callable[..., Answerer]) -> None:
    models = ScriptedModels(ScriptedModel(lambda prompt: reply(prompt, (SAYS, DRIFT), refused=True)))
    answer = asker(models=models).ask(ASKED, guild=GUILD)
    assert (answer.outcome, answer.sentences) == (Outcome.NOT_FOUND, ())
    assert models.counted == {GUILD: {Finding.SENTENCES: 1, Finding.REFUSED: 1}}


def test_a_refusal_is_no_better_draft_for_what_stands_beside_it(asker: Callable[..., Answerer]) -> None:
    more = ("It is worst in the first layers of drift.", "It is worst in the first layers")
    said = (
        lambda prompt: reply(prompt, (SAYS, DRIFT), more, refused=True),
        lambda prompt: reply(prompt, (SAYS, DRIFT)),
    )
    answer = asker(*said, manner=Manner(drafts=2)).ask(ASKED, guild=GUILD)
    assert (answer.outcome, [one.text for one in answer.sentences]) == (Outcome.GROUNDED, [SAYS])


@pytest.mark.parametrize(
    "question",
    ["what is the capital of France", "banana", "what dropout rate does HardNet-7 use", "who wrote LooseNet"],
)
def test_nobody_is_asked_when_there_is_nothing_to_answer_from(asker: Callable[..., Answerer], question: str) -> None:
    model = ScriptedModel(right)
    asker(models=ScriptedModels(model)).ask(question, guild=GUILD)
    assert model.asked == []


def test_warming_and_questions_for_quotes_ask_nobody(asker: Callable[..., Answerer]) -> None:
    model = ScriptedModel(right)
    answerer = asker(models=ScriptedModels(model))
    answerer.warm([GUILD])
    assert answerer.ask(ASKED, guild=GUILD, quoting=True).outcome is Outcome.QUOTED
    assert answerer.ask(WARMING, guild="others").outcome is Outcome.NOT_FOUND
    assert model.asked == []


def test_addresses_of_code_are_quoted_not_written(
    shelf: tuple[Library, ExactIndex], asker: Callable[..., Answerer]
) -> None:
    model = ScriptedModel(right)
    link = CodeLink(FIRM_PAPER.key, "https://github.com/example/firm", CodeLinkSource.HUGGING_FACE, True, NOW)
    shelf[0].set_code_links(GUILD, FIRM_PAPER.key, [link])
    answer = asker(models=ScriptedModels(model)).ask("is there code for firmgate", guild=GUILD)
    assert (answer.outcome, answer.writer) == (Outcome.QUOTED, "extractive")
    assert model.asked == []


def test_who_copies_a_page_has_not_said_what_carries_a_sentence(
    asker: Callable[..., Answerer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "MAX_QUOTE", len(DRIFT) - 1)
    models = ScriptedModels(ScriptedModel(right))
    answer = asker(models=models).ask(ASKED, guild=GUILD)
    assert DRIFT not in [citation.quote.text for citation in answer.citations]
    assert models.counted[GUILD][Finding.MISQUOTE] == 1


def test_an_answer_by_a_model_is_kept_whole(asker: Callable[..., Answerer]) -> None:
    answer = asker(hostile).ask(ASKED, guild=GUILD)
    kept = answer_value(answer_text(answer))
    assert kept == slim(answer)
    assert (kept.prompt, kept.sentences[0].weak) == (LABEL, True)


def test_an_answer_kept_before_models_wrote_still_loads() -> None:
    older = json.loads((Path(__file__).parent / "answer_before_models.json").read_text())
    assert "prompt" not in older
    kept = answer_value(json.dumps(older))
    assert (kept.writer, kept.prompt, kept.outcome) == ("extractive", "", Outcome.QUOTED)
    assert [sentence.weak for sentence in kept.sentences] == [False] * len(kept.sentences)
