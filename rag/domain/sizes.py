"""How sizes are counted, in the settings and before people."""

from __future__ import annotations

MB = 1024 * 1024
"""Bytes of a megabyte, as file managers and Discord show it."""
