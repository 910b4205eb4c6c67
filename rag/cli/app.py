"""The command line as a whole: global options, the commands, and errors turned into one sentence and an exit code.

Exit codes: 0 done, 1 not found or refused, 2 wrong usage. Results go to stdout, progress and errors to stderr.
"""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from rag import __version__
from rag.cli import (
    answers,
    asking,
    bench,
    codelinks,
    demo,
    evaluate,
    keeping,
    notes,
    papers,
    questions,
    revising,
    schedule,
    sessions,
    studying,
)
from rag.cli.door import Door, print_json
from rag.cli.harmless import harmless, never_fail

DONE, NOT_DONE, USAGE, INTERRUPTED = 0, 1, 2, 130

app = typer.Typer(
    name="seminar",
    help="Read papers with a study group: answers whose every citation was found on its page.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
papers.register(app)
asking.register(app)
answers.register(app)
notes.register(app)
revising.register(notes.group)
questions.register(app)
studying.register(app)
sessions.register(app)
codelinks.register(app)
keeping.register(app)
schedule.register(app)
demo.register(app)
evaluate.register(app)
bench.register(app)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"seminar {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    data_dir: Annotated[
        Path | None, typer.Option(help="Where the library lives (SEMINAR_DATA_DIR).", file_okay=False)
    ] = None,
    guild: Annotated[
        str | None, typer.Option(help="The Discord server to act for, by its id or name; else the only one known.")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show logs and tracebacks.")] = False,
    _show: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    logging.basicConfig(
        level=logging.DEBUG if debug else logging.CRITICAL,  # people get a sentence, not a log
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    for noisy in ("httpx2", "httpcore2", "chromadb", "markdown_it", "filelock", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    context.obj = Door(data_dir=data_dir, guild=guild)
    context.call_on_close(context.obj.close)


def main(argv: list[str] | None = None) -> None:
    """Run one command and exit."""
    never_fail(sys.stdout, sys.stderr)
    sys.exit(run(sys.argv[1:] if argv is None else argv))


def run(argv: list[str]) -> int:
    """Run one command and return its exit code."""
    argv = _options_first(argv)
    try:
        result = app(argv, prog_name="seminar", standalone_mode=False)
    except typer.Abort:  # a question that nobody answered
        sys.stderr.write("\n")
        return _told("Stopped; nothing was changed.", argv, INTERRUPTED)
    except TyperException as error:
        error.show()  # type: ignore[attr-defined]
        return _told(error.format_message(), argv, USAGE, shown=True)
    except Exception as error:  # noqa: BLE001 (the edge: every error becomes a sentence here, and only here)
        return _explain(error, argv)
    if result == INTERRUPTED:  # what typer makes of Ctrl-C
        return _told(_STOPPED, argv, INTERRUPTED)
    return result if isinstance(result, int) else DONE


def _explain(error: Exception, argv: list[str]) -> int:
    from rag.wording import sentence_for

    if "--debug" in argv:
        traceback.print_exception(error)
    return _told(sentence_for(error), argv, NOT_DONE)


_STOPPED = "Stopped; what was finished is kept, and an add goes on with the next add."


def _told(sentence: str, argv: list[str], code: int, *, shown: bool = False) -> int:
    """Say a sentence to the person, and as an object to the tool that asked for one."""
    if "--json" in argv:
        print_json({"error": sentence})
    if not shown:
        print(harmless(sentence), file=sys.stderr)
    return code


_GLOBAL_VALUES = ("--data-dir", "--guild")


def _options_first(argv: list[str]) -> list[str]:
    """Let the global options stand anywhere: ``seminar ask --data-dir d …`` means what people expect."""
    first: list[str] = []
    rest: list[str] = []
    words = iter(argv)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in _GLOBAL_VALUES:
            first += [word, *_next(words)]
        elif word == "--debug" or word.startswith(tuple(f"{name}=" for name in _GLOBAL_VALUES)):
            first.append(word)
        else:
            rest.append(word)
    return first + rest


def _next(words: Any) -> list[str]:
    following = next(words, None)
    return [] if following is None else [following]
