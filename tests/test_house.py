"""The walls of the house, held by a test: who may import whom, and what stands nowhere."""

from __future__ import annotations

import ast
import doctest
import importlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = (
    "cli", "bench", "health", "wiring", "study", "rooms", "agenda", "sessions", "studying", "revision", "questions",
    "record", "evaluation", "intake", "discussion", "answering", "retrieval", "index", "reading", "language", "sources",
    "store", "domain",
)  # fmt: skip
"""From top to bottom: a room imports rooms below it only."""

FOR_ALL = {"errors", "wording", "settings", "samples", "rag"}
"""Not rooms: errors are raised anywhere, wording is used at the edges, samples are documents."""

PORTS = {"rag.index.ports"}
MAX_LINES, MAX_FUNCTION_LINES = 300, 50
HEAVY = {
    "alembic", "arxiv", "bs4", "chromadb", "feedparser", "httpx2", "ijson", "jinja2", "langchain",
    "langchain_anthropic", "langchain_core", "langchain_ollama", "langchain_openai", "langsmith", "lxml", "markdown_it",
    "matplotlib",
    "onnx", "onnxruntime", "openai", "pyarrow", "pymupdf", "rapidfuzz", "requests", "sentence_transformers",
    "tokenizers", "torch", "transformers",
}  # fmt: skip
"""Loaded by what needs them, when it needs them."""


SHELL = {"aiohttp", "discord", "structlog"}
"""Loaded by the bot when it runs, and by nothing that only wants to say what the commands are."""


def modules(package: str = "rag") -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def both() -> list[Path]:
    return [*modules("rag"), *modules("bot")]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else parts[0]


def test_the_core_knows_nothing_of_discord() -> None:
    guilty = {
        str(path): name for path in modules() for name in imports(path) if name.split(".")[0] in ("discord", "bot")
    }
    assert guilty == {}


def test_a_room_imports_only_rooms_below_it() -> None:
    guilty = []
    for path in modules():
        here = room_of(dotted(path))
        if here not in ROOMS:
            continue
        for name in imports(path):
            there = room_of(name)
            if name.split(".")[0] != "rag" or there in FOR_ALL or name in PORTS or there == here:
                continue
            if ROOMS.index(there) < ROOMS.index(here):
                guilty.append(f"{path.relative_to(ROOT)} imports {name}")
    assert guilty == []


def test_the_domain_imports_the_standard_library_only() -> None:
    outside = {
        f"{path.name}: {name}"
        for path in (ROOT / "rag/domain").glob("*.py")
        for name in imports(path)
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("rag.domain")
    }
    assert outside == set()


def test_importing_what_a_command_starts_with_loads_nothing_heavy() -> None:
    """Everything that is wired, every command, every embedder. Readers of one format load with their library."""
    rooms = (
        "cli", "bench", "index", "language", "retrieval", "answering", "discussion", "intake", "store", "domain",
        "sources",
    )  # fmt: skip
    paths = [path for room in rooms for path in (ROOT / "rag" / room).glob("*.py")]
    names = ["rag.wiring", "rag.health", *(dotted(path) for path in paths)]
    code = f"import sys, {', '.join(names)}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "rag.index.minilm" in loaded
    assert {name.partition(".")[0] for name in loaded} & HEAVY == set()


def test_the_commands_can_be_listed_without_discord() -> None:
    """``seminar --help`` answers at once, and also where the bot's libraries are missing."""
    code = "import sys; from bot.__main__ import main; sys.argv[0] = 'seminar'; main(['--help'])"
    code = f"import atexit, sys; atexit.register(lambda: print(*sys.modules)); {code}"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "healthcheck" in told
    loaded = {name.partition(".")[0] for name in told.splitlines()[-1].split()}
    assert "bot" in loaded
    assert loaded & (HEAVY | SHELL) == set()


def test_rendering_knows_nothing_of_discord_and_nothing_of_the_bot() -> None:
    """Values in, values out: a message can be made and tried without anything else."""
    guilty = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules("bot")
        if path.parent.name == "render"
        for name in imports(path)
        if name.split(".")[0] in SHELL or (name.startswith("bot") and not name.startswith("bot.render"))
    }
    assert guilty == set()


CROSSINGS = {"ThreadPoolExecutor", "ProcessPoolExecutor", "Thread", "to_thread", "run_in_executor",
             "call_soon_threadsafe", "run_coroutine_threadsafe", "wrap_future"}  # fmt: skip


def test_the_event_loop_is_crossed_in_one_file() -> None:
    guilty = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules("bot")
        for node in ast.walk(ast.parse(path.read_text()))
        if (name := called(node)) in CROSSINGS
    }
    assert {each.partition(":")[0] for each in guilty} == {"bot/lanes.py"}


def called(node: ast.AST) -> str:
    """The last name of what is called: "sleep" for ``time.sleep(1)``; "" for what is no call."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


BLOCKING = {"time.sleep", "subprocess.run", "urllib.request.urlopen", "open"}


def test_no_coroutine_blocks_the_loop() -> None:
    guilty = {
        f"{path.relative_to(ROOT)}: {ast.unparse(inner.func)}"
        for path in modules("bot")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Call) and ast.unparse(inner.func) in BLOCKING
    }
    assert guilty == set()


def test_a_command_tries_nothing() -> None:
    """It defers, asks the study once, and sends; errors become sentences at the edge."""
    guilty = {
        str(path.relative_to(ROOT))
        for path in modules("bot")
        if path.parent.name == "cogs"
        if any(isinstance(node, ast.Try | ast.TryStar) for node in ast.walk(ast.parse(path.read_text())))
    }
    assert guilty == set()


def test_examples_in_docstrings_are_true() -> None:
    tried = failed = 0
    for path in both():
        if ">>>" in path.read_text():
            results = doctest.testmod(importlib.import_module(dotted(path)))
            tried, failed = tried + results.attempted, failed + results.failed
    assert tried > 0
    assert failed == 0


def test_the_example_environment_lists_every_setting_with_its_default() -> None:
    from bot.settings import BotSettings
    from rag.settings import Settings

    text = (ROOT / "deploy/example.env").read_text()
    name = r"(?:SEMINAR|DISCORD|OPENAI|ANTHROPIC)_[A-Z_]+"
    listed = re.findall(rf"^# ({name})=(.*)$", text, re.MULTILINE)
    assert [variable for variable, _ in listed] == re.findall(rf"({name})=", text)
    fields = [*Settings.model_fields, *BotSettings.model_fields]
    assert sorted(variable for variable, _ in listed) == sorted(map(variable_of, fields))
    for settings in (Settings, BotSettings):
        set_by_hand = {field: dict(listed)[variable_of(field)] for field in settings.model_fields}
        if settings is Settings:
            assert set_by_hand.pop("data_dir")  # its default depends on the machine
        shown = {field: value for field, value in set_by_hand.items() if value}
        defaults = settings(_env_file=None)
        assert settings(_env_file=None, **shown) == defaults
        assert [field for field in set_by_hand.keys() - shown.keys() if str(getattr(defaults, field) or "")] == []


def variable_of(field: str) -> str:
    """The name that people set; their makers' own for tokens and keys, as everywhere."""
    own = field in ("discord_token", "openai_api_key", "anthropic_api_key")
    return field.upper() if own else f"SEMINAR_{field.upper()}"


def test_every_file_that_the_program_reads_is_packaged() -> None:
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    for package, patterns in packages.items():
        packaged = {path for pattern in patterns for path in (ROOT / package).glob(pattern)}
        read = {p for p in (ROOT / package).rglob("*") if p.is_file() and p.suffix not in (".py", ".pyc")}
        assert read
        assert read - packaged == set()


def test_only_where_one_failure_must_not_end_all_every_error_is_caught() -> None:
    """The command line, which owes a sentence; the queue, whose next paper may be sound; presses, and questions of
    before a restart, which nobody else answers for.
    """
    guilty = set()
    for path in both():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else "everything"
                passes_on = isinstance(node.body[-1], ast.Raise)
                if caught in ("Exception", "BaseException", "everything") and not passes_on:
                    guilty.add(str(path.relative_to(ROOT)))
    assert guilty == {"bot/late.py", "bot/views/press.py", "rag/cli/app.py", "rag/intake/queue.py"}


@pytest.mark.parametrize("path", both(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_holds_one_idea_and_a_function_fits_a_screen(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= MAX_LINES
    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None
        if node.end_lineno - node.lineno >= MAX_FUNCTION_LINES and "migrations" not in path.parts
    }
    assert long == {}
