"""``<t:…>`` as a member in UTC with British dates sees it."""

from __future__ import annotations

from datetime import UTC, datetime

_STYLES = {
    "t": "%H:%M",
    "T": "%H:%M:%S",
    "d": "%d/%m/%Y",
    "D": "%-d %B %Y",
    "f": "%-d %B %Y %H:%M",
    "F": "%A, %-d %B %Y %H:%M",
}
_UNITS = (("year", 365 * 86_400), ("month", 30 * 86_400), ("day", 86_400), ("hour", 3_600), ("minute", 60))


def shown_time(seconds: int, style: str, now: datetime) -> str:
    """A moment in one of Discord's styles; '' when the calendar has no such moment.

    >>> shown_time(0, "D", datetime(2026, 1, 1, tzinfo=UTC))
    '1 January 1970'
    """
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return _from_now((moment - now).total_seconds()) if style == "R" else moment.strftime(_STYLES[style or "f"])


def _from_now(seconds: float) -> str:
    away = abs(seconds)
    for unit, length in _UNITS:
        if away >= length:
            count = round(away / length)
            words = f"{count} {unit}s" if count > 1 else f"{'an' if unit == 'hour' else 'a'} {unit}"
            break
    else:
        words = "a few seconds"
    return f"in {words}" if seconds > 0 else f"{words} ago"
