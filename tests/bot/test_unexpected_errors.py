"""What nobody expected: one private sentence with a reference, the rest in the log."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from rag.errors import NotFound
from rag.study import Study
from tests.bot.asked import errors_in, posts, refused, warm
from tests.bot.conftest import Start, StudyWith
from tests.bot.embedders import Gate, Troubled
from tests.bot.prepared import SHIFT_ID, SHIFT_QUESTION
from tests.loopback.discord import ANSWERS, Channel, Member


async def test_an_unexpected_error_is_one_private_sentence_with_a_reference_that_stands_in_the_log(
    start: Start, study_for: Callable[..., Study], mina: Member, papers: Channel, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    def broken(*_args: object, **_more: object) -> None:
        wires = {"red": 1}
        wires["blue"]

    study = study_for()
    monkeypatch.setattr(study.answerer, "ask", broken)
    caplog.set_level(logging.DEBUG, "bot")
    async with start(study=study) as bot:
        text = await refused(await mina.slash("ask", question="what is a secret question", channel=papers))
        sentence, reference = text.split("\n-# Reference ")
        assert sentence.startswith("Something went wrong that Seminar did not expect.")
        assert "KeyError" not in text
        await mina.says(papers, "what is a secret question", mentions_bot=True)
        (told,) = await posts(mina.discord, papers)
        assert told.text.startswith("Something went wrong that Seminar did not expect.")
        assert bot.is_ready()
    ours = [record for record in caplog.records if record.name.startswith("bot")]
    failed = [record for record in ours if reference in record.getMessage()]
    assert len(failed) == 1
    assert failed[0].exc_info is not None
    assert "KeyError" in str(failed[0].exc_info)
    assert "secret question" not in "\n".join(record.getMessage() for record in ours)


async def test_an_error_after_a_stage_takes_the_stage_away(
    start: Start, study_with: StudyWith, mina: Member, papers: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate()
    embedder = Troubled(gate, at_once=False)
    study = study_with(embedder)

    def removed_meanwhile(*_args: object, **_more: object) -> int:
        raise NotFound(what="paper", name=SHIFT_ID)

    monkeypatch.setattr(study.answers, "keep", removed_meanwhile)
    async with start(study=study) as bot:
        await warm(bot)
        embedder.troubled = True
        asked = await mina.slash("ask", question=SHIFT_QUESTION, channel=papers)
        await asked.staged("Searching 3 papers …")
        gate.opened.set()
        text = await refused(asked)
    assert text.startswith(f"There is no paper called “{SHIFT_ID}” here")
    assert papers.visible == []


async def test_a_person_who_cannot_be_told_of_an_error_is_no_further_error(
    start: Start, mina: Member, papers: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    async with start():
        for method in ("GET", "DELETE", "POST"):
            mina.discord.faults.cut(method, ANSWERS, times=10)
        await mina.slash("ask", question=SHIFT_QUESTION, paper="no such thing", channel=papers)
        await mina.discord.until(lambda: "the person could not be told" in caplog.text)
    assert errors_in(caplog) == []


async def test_what_a_stop_cuts_off_is_no_failure(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    """As where a server is welcomed while the connection closes: a line, and no traceback."""
    caplog.set_level(logging.INFO, "bot.app")
    async with start() as bot:
        for stopped, expected in ((False, ("ERROR", True)), (True, ("INFO", False))):
            if stopped:
                await bot.close()
            caplog.clear()
            try:
                raise RuntimeError("Session is closed")
            except RuntimeError:
                await bot.on_error("on_ready")
            said = [record for record in caplog.records if "on_ready" in record.message]
            assert [(record.levelname, record.exc_info is not None) for record in said] == [expected]
