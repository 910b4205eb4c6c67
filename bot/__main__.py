"""The ``seminar`` command: the core's, with ``run``, ``sync`` and ``healthcheck`` for Discord."""

from __future__ import annotations

import sys

from rag.cli.ctrl_c import heard
from rag.cli.sweeping import unswept, unswept_end


def main(argv: list[str] | None = None) -> None:
    """Run one command and exit. Ctrl-C counts from the first import on."""
    unswept_end()
    with heard():
        with unswept():
            from bot import commands
            from rag.cli.app import app
            from rag.cli.app import main as run

            commands.register(app)
        run(argv)


if __name__ == "__main__":
    main(["run", *sys.argv[1:]])
