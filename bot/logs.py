"""Logs as lines for people or as JSON for machines; never a token, never a whole question."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, Sequence

import structlog

_QUIET = (
    "httpx2", "httpcore2", "chromadb", "markdown_it", "filelock", "alembic", "discord", "aiohttp", "asyncio",
    "arxiv",  # it logs what people search for
)  # fmt: skip
SHORTEST_KEY = 8
"""What is shorter is a word that a server of one's own was given for a key: taking it out would garble the log."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def set_up_logs(*, as_json: bool, level: str, secret: str, keys: Sequence[str] = ()) -> None:
    """Send what every room logs to stderr. ``secret``, the token, and ``keys`` of models never get there."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        *([] if as_json else [_on_one_line]),
        structlog.processors.format_exc_info,
        _redacting({secret: "[token]"} | {key: "[key]" for key in keys if len(key) >= SHORTEST_KEY}),
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def _on_one_line(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Escape control signs in a line for people, as JSON does by itself.

    Nobody's text begins a line of its own or moves the cursor. Tracebacks come later in the chain and keep their lines.
    """
    text = event.get("event")
    if isinstance(text, str):
        event["event"] = _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
    return event


def _redacting(shown_as: Mapping[str, str]) -> structlog.typing.Processor:
    """Return the step that takes secrets out of whatever is logged, tracebacks included."""
    secrets = {secret: shown for secret, shown in shown_as.items() if secret}

    def redact(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        return {name: _without(secrets, value) for name, value in event.items()} if secrets else event

    return redact


def _without(secrets: Mapping[str, str], value: object) -> object:
    if isinstance(value, str):
        for secret, shown in secrets.items():
            value = value.replace(secret, shown)
    return value
