"""Who may ask the model, what it costs them, and what is kept of that."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rag.domain.model_use import ModelMonth, month_of
from rag.domain.note import Discussion
from rag.domain.server import ServerSettings
from rag.errors import ModelFailed, StorageFailed
from rag.language.access import GuildModels
from rag.language.metered import Metered
from rag.language.ports import Finding, Prompt, WhyNot
from rag.language.report import ModelUse, use_of
from rag.language.resting import FAILURES, Rested
from rag.store.library import Library
from rag.store.schema import migrate, open_engine
from tests.language.fakes import ScriptedModel

PROMPT = Prompt("words/1", "s" * 400, "u" * 400)  # 200 tokens to the fake
SAID = "w" * 80  # 20 tokens


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library.open(tmp_path / "seminar.db")
    for guild in ("g", "gone quiet", "late", "other"):
        library.join_server(guild, "Group", now=Clock()())
    yield library
    library.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def models(library: Library, clock: Clock, *, most: int = 1_000, model: ScriptedModel | None = None) -> GuildModels:
    return GuildModels(model=model or ScriptedModel(SAID), library=library, clock=clock, monthly_tokens=most)


def ask(models: GuildModels, guild: str) -> None:
    model = models.of(guild).model
    assert model is not None
    model.reply(PROMPT)


def test_without_a_model_there_is_none_for_anybody(library: Library, clock: Clock) -> None:
    none = GuildModels(model=None, library=library, clock=clock, monthly_tokens=1_000)
    assert (none.name, none.of("g").model, none.of("g").why_not) == ("", None, WhyNot.NONE)


def test_every_call_is_counted_for_the_guild_that_made_it(library: Library, clock: Clock) -> None:
    use = models(library, clock)
    ask(use, "g")
    ask(use, "g")
    assert use.month("g") == ModelMonth("2026-11", calls=2, tokens_in=400, tokens_out=40)
    assert use.month("other") == ModelMonth("2026-11")


def test_a_call_that_failed_is_counted_with_what_it_likely_cost(library: Library, clock: Clock) -> None:
    failed = ModelFailed("fake:scripted", "it did not answer within 60 s", tokens=333)
    use = models(library, clock, model=ScriptedModel(failed))
    with pytest.raises(ModelFailed):
        ask(use, "g")
    assert use.month("g") == ModelMonth("2026-11", calls=1, tokens_in=333)


def test_a_model_that_is_left_alone_costs_no_call(library: Library, clock: Clock) -> None:
    down = ScriptedModel(ModelFailed("fake:scripted", "nobody listens at its address"))
    use = GuildModels(model=Rested(down), library=library, clock=clock, monthly_tokens=1_000)
    for _ in range(FAILURES + 3):
        with pytest.raises(ModelFailed):
            ask(use, "g")
    assert use.month("g").calls == len(down.asked) == FAILURES


def test_a_month_that_is_spent_ends_at_its_end(library: Library, clock: Clock) -> None:
    use = models(library, clock, most=400)
    ask(use, "g")
    assert use.of("g").model is not None
    ask(use, "g")  # begun within it
    assert (use.of("g").model, use.of("g").why_not) == (None, WhyNot.SPENT)
    assert use.of("other").why_not is None
    clock.now = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)
    assert use.of("g").why_not is WhyNot.SPENT
    clock.now += timedelta(seconds=1)
    assert use.of("g").why_not is None


def test_who_holds_a_model_for_several_calls_makes_none_beyond_the_month_or_after_it_is_off(
    library: Library, clock: Clock
) -> None:
    fake = ScriptedModel(SAID)
    use = models(library, clock, most=400, model=fake)
    held, late = use.of("g").model, use.of("late").model
    assert held is not None
    assert late is not None
    held.reply(PROMPT)
    held.reply(PROMPT)  # begun within it
    with pytest.raises(ModelFailed, match="used up") as spent:
        held.reply(PROMPT)
    library.save_server_settings("late", replace(ServerSettings(), use_model=False))
    with pytest.raises(ModelFailed, match="switched off") as off:
        late.reply(PROMPT)
    assert [(one.value.why_not, one.value.asked, one.value.passing) for one in (spent, off)] == [
        (WhyNot.SPENT, False, False),
        (WhyNot.OFF, False, False),
    ]
    assert len(fake.asked) == 2
    assert (use.month("g").calls, use.month("late").calls) == (2, 0)


def test_zero_is_no_limit(library: Library, clock: Clock) -> None:
    use = models(library, clock, most=0)
    for _ in range(5):
        ask(use, "g")
    assert use.of("g").why_not is None


def test_organisers_switch_it_off_for_their_own_server(library: Library, clock: Clock) -> None:
    use = models(library, clock)
    assert use.of("g").model is not None
    library.save_server_settings("g", replace(ServerSettings(), use_model=False))
    assert (use.of("g").model, use.of("g").why_not) == (None, WhyNot.OFF)
    assert use.of("other").model is not None


def test_counts_of_threads_are_not_lost(library: Library, clock: Clock) -> None:
    use = models(library, clock, most=0)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _n: (ask(use, "g"), use.count("g", {Finding.KEPT: 1})), range(40)))
    month = use.month("g")
    assert (month.calls, month.tokens, month.findings) == (40, 8_800, {"kept": 40})


def test_months_are_kept_for_thirteen_months_and_then_forgotten(library: Library, clock: Clock) -> None:
    use = models(library, clock, most=0)
    kept = month_of(clock.now)
    for guild in ("g", "gone quiet"):
        ask(use, guild)
        use.count(guild, {Finding.KEPT: 1})
    clock.now = datetime(2027, 11, 30, tzinfo=UTC)
    ask(use, "g")
    assert library.model_month("gone quiet", kept).calls == 1
    clock.now = datetime(2027, 12, 1, tzinfo=UTC)
    ask(use, "g")
    assert library.model_month("g", kept) == library.model_month("gone quiet", kept) == ModelMonth(kept)
    assert library.model_month("g", "2027-11").calls == 1


def test_what_a_guild_used_is_erased_with_it(library: Library, clock: Clock) -> None:
    use = models(library, clock)
    for guild in ("g", "other"):
        ask(use, guild)
        use.count(guild, {Finding.MISQUOTE: 2})
    library.erase_guild("g")
    assert use.month("g") == ModelMonth("2026-11")
    assert (use.month("other").calls, use.month("other").findings) == (1, {"misquote": 2})


def test_a_call_that_ends_after_its_guild_was_erased_leaves_nothing(library: Library, clock: Clock) -> None:
    def erased_meanwhile(_prompt: Prompt) -> str:
        library.erase_guild("g")
        return SAID

    use = models(library, clock, model=ScriptedModel(erased_meanwhile))
    ask(use, "g")
    use.count("g", {Finding.KEPT: 1})
    assert use.month("g") == ModelMonth("2026-11")
    library.join_server("g", "Group", now=clock())
    assert use.month("g") == ModelMonth("2026-11")


def test_a_guild_without_a_server_is_known_by_its_notes(library: Library, clock: Clock) -> None:
    use = models(library, clock)
    library.save_discussions("local", [Discussion(1, "1", "Nets", None, ())])
    ask(use, "local")
    use.count("local", {Finding.KEPT: 1})
    assert (use.month("local").calls, use.month("local").findings) == (1, {"kept": 1})


def test_what_the_command_line_used_goes_over_to_the_server_that_adopts_it(library: Library, clock: Clock) -> None:
    use = models(library, clock)
    library.save_discussions("local", [Discussion(1, "1", "Nets", None, ())])
    ask(use, "local")
    library.hand_over("local", to="g")
    assert (use.month("g").calls, use.month("local").calls) == (1, 0)


def test_a_reply_that_cannot_be_counted_is_given_all_the_same() -> None:
    def full(_tokens_in: int, _tokens_out: int) -> None:
        raise StorageFailed("database or disk is full")

    assert Metered(ScriptedModel(SAID), full).reply(PROMPT).text == SAID


def test_a_library_from_before_there_were_models_opens_with_none_used(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    engine = open_engine(path)
    with engine.connect() as connection:
        migrate(connection, "base")
        migrate(connection, "0005")
    engine.dispose()
    library = Library.open(path)
    library.join_server("g", "Group", now=Clock()())
    library.add_model_call("g", "2026-11", tokens_in=1, tokens_out=2, oldest="2025-11")
    assert library.model_month("g", "2026-11").tokens == 3
    library.close()


def test_a_use_is_said_in_words(library: Library, clock: Clock) -> None:
    use = models(library, clock, most=2_000_000)
    assert use_of(use, "g").in_words == "0 calls, 0 of 2,000,000 tokens this month"
    ask(use, "g")
    findings = {Finding.SENTENCES: 312, Finding.KEPT: 298, Finding.MISQUOTE: 9, Finding.NUMBER: 1, Finding.UNCITED: 4}
    use.count("g", findings | {Finding.WEAK: 12, Finding.FAILED: 1, Finding.QUOTED_INSTEAD: 2, Finding.LINK: 0})
    said = use_of(use, "g")
    assert said.in_words == "1 call, 220 of 2,000,000 tokens this month"
    assert said.checked == (
        "312 sentences checked, 14 dropped (faults: 9 misquotes, 1 number that no quote holds, "
        "4 left without a quote); 12 weakly supported; 1 without a reply; 2 answered with quotes instead"
    )


def test_a_use_that_is_over_says_why() -> None:
    month = ModelMonth("2026-11", 3, 900, 100)
    assert ModelUse("openai:x", WhyNot.SPENT, month, 1_000).in_words == (
        "this month's tokens are used up; 3 calls, 1,000 of 1,000 tokens this month"
    )
    assert ModelUse("openai:x", WhyNot.OFF, month, 0).in_words.startswith(
        "switched off for this server; 3 calls, 1,000 "
    )
    assert ModelUse("", WhyNot.NONE, ModelMonth("2026-11"), 0).in_words == ""
