"""The second door: everything Seminar does, from a terminal. Importing this loads nothing heavy."""

from __future__ import annotations

from rag.cli.ctrl_c import heard


def main() -> None:
    """Run one command and exit. Ctrl-C counts from the first import on."""
    with heard():
        from rag.cli.app import main as run

        run()
