"""What a command finds behind the door: settings, the study, and where to print. Made when first asked for."""

from __future__ import annotations

import json
import sys
import threading
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.cli.harmless import harmless_json
from rag.cli.sweeping import unswept

if TYPE_CHECKING:
    from rich.console import Console

    from rag.index.ports import Embedder
    from rag.settings import Settings
    from rag.study import Study


class Door:
    """One command's surroundings."""

    def __init__(self, *, data_dir: Path | None, guild: str | None) -> None:
        self._data_dir = data_dir
        self._guild = guild
        self._loading: Embedder | None = None

    @cached_property
    def settings(self) -> Settings:
        """The settings: command line first, then environment, then ``.env``."""
        from rag.settings import read_settings

        return read_settings(data_dir=self._data_dir, guild=self._guild)

    @cached_property
    def study(self) -> Study:
        """The study on this data directory."""
        with unswept():
            from rag.wiring import build

            return build(self.settings, embedder=self._loading)

    def hasten(self) -> None:
        """Begin to load the model, for a command that asks: one core imports meanwhile, which is half of the start.

        What is wrong with the model is said by the question, which finds it again.
        """
        from rag.index.choose import embedder_from

        embedder = embedder_from(self.settings.embedder, weights=self.settings.weights_path)
        if embedder is not None:
            self._loading = embedder
            threading.Thread(target=_load, args=(embedder,), name="load").start()

    @cached_property
    def guild(self) -> str:
        """The guild to act for."""
        return self.study.guild(self.settings.guild)

    @cached_property
    def out(self) -> Console:
        """Where results go; lines are not broken where no terminal is."""
        from rag.cli.screen import Screen

        return Screen()

    @property
    def watched(self) -> bool:
        """Whether somebody looks at what happens meanwhile; asked before rich is loaded, which takes 50 ms."""
        return sys.stderr.isatty()

    @cached_property
    def err(self) -> Console:
        """Where progress, notices and errors go."""
        from rag.cli.screen import Screen

        return Screen(stderr=True)

    def close(self) -> None:
        """Close what was opened."""
        if "study" in self.__dict__:
            self.study.close()


def _load(embedder: Embedder) -> None:
    from rag.errors import SeminarError

    with suppress(SeminarError):
        embedder.embed(["warm"])


def print_json(value: Any) -> None:
    """Print one JSON object on one line."""
    print(harmless_json(json.dumps(value, ensure_ascii=False), sys.stdout))


def print_tables(door: Door, markdown: str, *, plain: bool) -> None:
    """Print Markdown: laid out on a terminal, or as it is where ``plain`` is wanted or no terminal is."""
    if plain or not door.out.is_terminal:
        print(markdown)
        return
    from rich.markdown import Markdown

    door.out.print(Markdown(markdown))
