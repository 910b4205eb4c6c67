"""What an answer's status, its Retry-After and an error on the wire mean, in words that fit after "because"."""

from __future__ import annotations

import email.utils
import errno
import math
import re
import socket
import ssl

# 406 is how arXiv throttles some clients (features.md 5.2); the others are temporary by their meaning (RFC 9110, 6585).
TEMPORARY = frozenset({406, 408, 425, 429, 500, 502, 503, 504})


def retry_after(value: str | None, *, now: float) -> float | None:
    """Read Retry-After: seconds, or a date (RFC 9110 10.2.3). None when absent or unreadable.

    The result counts seconds from ``now``, a Unix time: a date has only the wall clock to be compared with.
    """
    if value is None:
        return None
    value = value.strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value).timestamp()
    except (ValueError, OverflowError):
        return None
    return max(0.0, math.ceil(moment - now))


def status_reason(status: int) -> str:
    """Say what an unwelcome status means."""
    if status == 429:
        return "it says that we ask too often (HTTP 429)"
    if status == 406:
        return "it turns us away (HTTP 406, which arXiv uses against too many requests)"
    if status in (401, 403, 451):
        return f"it refuses us (HTTP {status})"
    if status in TEMPORARY:
        return f"it is in trouble (HTTP {status})"
    return f"it answered HTTP {status}"


_NO_NETWORK = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN})


def socket_reason(error: BaseException) -> tuple[str, bool]:
    """Return what happened on the wire, and whether another try is useless, from the error's causes."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "its certificate is not valid", True
        if isinstance(cause, OSError) and cause.errno in _NO_NETWORK:
            return "no network connection", True
        if isinstance(cause, ConnectionRefusedError):
            return "it refuses connections", False
        cause = cause.__cause__ or cause.__context__
    return "the connection broke off", False


def lookup_reason(error: socket.gaierror, *, well_known: bool) -> str:
    """Return why a name has no address; ``well_known`` ones are not misspelt."""
    if well_known or error.errno == socket.EAI_AGAIN:
        return "no network connection"
    return "no such host is known: check the spelling and the network connection"


class Temporary(Exception):
    """Worth another try. It never leaves :mod:`rag.sources.web`."""

    def __init__(self, url: str, reason: str, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.url = url
        self.reason = reason
        self.retry_after_s = retry_after_s
