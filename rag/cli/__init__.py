"""The second door: everything Seminar does, from a terminal. Importing this loads nothing heavy."""

from __future__ import annotations

import sys


def main() -> None:
    """Run one command and exit. Ctrl-C counts from the first import on."""
    try:
        from rag.cli.app import main as run

        run()
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        sys.exit(130)
