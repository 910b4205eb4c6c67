"""Logs: lines for people, JSON for machines, and the token in neither, wherever it stood."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import set_up_logs

SECRET = "MTAx.secret.0123456789"


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Give what was logged since the last time."""
    return lambda: capsys.readouterr().err


@pytest.mark.parametrize("as_json", [False, True])
def test_the_token_is_in_no_message_argument_or_traceback(written: Callable[[], str], as_json: bool) -> None:
    set_up_logs(as_json=as_json, level="debug", secret=SECRET)
    log = logging.getLogger("bot.try")
    log.info("logging in with %s", SECRET)
    log.info(f"Bot {SECRET}")  # noqa: G004 (as somebody may)
    log.info("a list %s and a dict %s", [SECRET], {"Authorization": f"Bot {SECRET}"})
    try:
        raise ValueError(f"bad header: Bot {SECRET}")
    except ValueError:
        log.exception("a request failed")
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as error:
            raise RuntimeError("no login") from error
    except RuntimeError:
        logging.getLogger("discord.http").exception("chained")
    text = written()
    assert SECRET not in text
    assert text.count("[token]") >= 5
    assert "ValueError: bad header" in text


@pytest.mark.parametrize("as_json", [False, True])
def test_the_keys_of_language_models_are_in_no_log_either(written: Callable[[], str], as_json: bool) -> None:
    set_up_logs(as_json=as_json, level="debug", secret="", keys=["sk-0123456789", "", "none"])
    logging.getLogger("bot.try").info("none of it: Bearer %s", "sk-0123456789")
    try:
        raise ValueError("Incorrect API key provided: sk-0123456789")
    except ValueError:
        logging.getLogger("bot.try").exception("a request failed")
    text = written()
    assert "sk-0123456789" not in text
    assert "none of it: Bearer [key]" in text


@given(text=st.text(max_size=40))
def test_no_text_around_the_token_lets_it_through(text: str) -> None:
    stream = io.StringIO()
    before, sys.stderr = sys.stderr, stream
    try:
        set_up_logs(as_json=True, level="info", secret=SECRET)
        logging.getLogger("bot.try").info("%s", f"{text}{SECRET}{text}")
    finally:
        sys.stderr = before
    assert SECRET not in stream.getvalue()
    assert json.loads(stream.getvalue())["event"] == f"{text}[token]{text}"


def test_json_is_one_object_a_line_with_time_level_and_room(written: Callable[[], str]) -> None:
    set_up_logs(as_json=True, level="info", secret=SECRET)
    logging.getLogger("rag.intake").warning("could not add %r:\nnot there", "1502.03167")
    [line] = written().splitlines()
    entry = json.loads(line)
    assert (entry["level"], entry["logger"]) == ("warning", "rag.intake")
    assert entry["event"] == "could not add '1502.03167':\nnot there"
    assert entry["timestamp"].endswith("Z")


def test_lines_for_people_have_no_colours_where_nobody_looks(written: Callable[[], str]) -> None:
    set_up_logs(as_json=False, level="info", secret="")
    logging.getLogger("bot.app").info("ready")
    text = written()
    assert "\x1b" not in text
    assert "ready" in text


def test_without_a_token_nothing_is_replaced(written: Callable[[], str]) -> None:
    set_up_logs(as_json=False, level="info", secret="")
    logging.getLogger("bot.app").info("plain words")
    assert "[token]" not in written()


@pytest.mark.parametrize(("level", "heard"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_the_level_is_the_one_that_was_set_and_libraries_are_quiet(
    written: Callable[[], str], level: str, heard: int
) -> None:
    set_up_logs(as_json=True, level=level, secret=SECRET)
    ours = logging.getLogger("bot.try")
    for say in (ours.debug, ours.info, ours.warning, ours.error):
        say("ours")
    for name in ("discord.gateway", "httpx2", "chromadb", "alembic.runtime", "aiohttp.access", "asyncio"):
        logging.getLogger(name).debug("theirs")
        logging.getLogger(name).info("theirs")
    entries = [json.loads(line) for line in written().splitlines()]
    assert [entry["event"] for entry in entries] == ["ours"] * heard


def test_setting_up_twice_says_everything_once(written: Callable[[], str]) -> None:
    for _ in range(2):
        set_up_logs(as_json=True, level="info", secret=SECRET)
    logging.getLogger("bot.try").info("once")
    assert len(written().splitlines()) == 1


def test_no_logged_text_begins_a_line_of_its_own_or_moves_the_cursor(written: Callable[[], str]) -> None:
    set_up_logs(as_json=False, level="info", secret=SECRET)
    logging.getLogger("bot.try").info("could not add %s", "x\n2026-11-21 [error] all is lost\x1b[2J")
    [line] = written().splitlines()
    assert "\\n2026-11-21" in line
    assert "\x1b[2J" not in line


def test_what_people_search_on_arxiv_is_not_logged(written: Callable[[], str]) -> None:
    set_up_logs(as_json=False, level="info", secret=SECRET)
    logging.getLogger("arxiv").info("Requesting page of %s", "search_query=walrus")
    assert written() == ""
