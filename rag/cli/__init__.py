"""The second door: everything Seminar does, from a terminal. Importing this loads nothing heavy."""

from rag.cli.app import app, main

__all__ = ["app", "main"]
