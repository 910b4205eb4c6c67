"""Small made-up papers and answers for the evaluation's tests."""

from __future__ import annotations

from datetime import UTC, datetime

NOW = datetime(2026, 11, 21, tzinfo=UTC)
