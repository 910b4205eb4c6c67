"""Text of papers, notes and file names as it may go to a terminal: it shows, and does nothing."""

from __future__ import annotations

import re
from typing import TextIO

# C0 without tab and line feed, DEL, C1 (one of them is CSI, another way to write ESC [).
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Marks that turn the direction of what follows (Unicode Bidirectional Algorithm, UAX #9, table 4): "rtl\u202egpj.exe".
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile("[\ud800-\udfff]")  # a byte of a file name that is no UTF-8


def harmless(text: str) -> str:
    r"""Return the text with control signs as pictures and without marks of direction.

    >>> harmless("a\x1b[31mb\u202ec")
    'a␛[31mbc'
    """
    return _SURROGATE.sub("\ufffd", _CONTROL.sub(_picture, _DIRECTION.sub("", text)))


def harmless_json(text: str, stream: TextIO) -> str:
    r"""Return JSON in which every sign that does something, or that ``stream`` cannot write, is a \u escape."""
    unwritable = _DOING if _is_unicode(stream) else _NOT_ASCII
    return unwritable.sub(_escape, text)


def never_fail(*streams: object) -> None:
    """Let streams replace what their encoding does not have: an answer with a question mark is still an answer."""
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


_DOING = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_NOT_ASCII = re.compile(r"[^\x00-\x7e]")


def _is_unicode(stream: TextIO) -> bool:
    return (getattr(stream, "encoding", None) or "ascii").lower().replace("_", "-").startswith("utf")


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code == 0x7F:
        return "\u2421"
    return chr(0x2400 + code) if code < 0x20 else "\ufffd"  # https://www.unicode.org/charts/PDF/U2400.pdf


def _escape(found: re.Match[str]) -> str:
    pairs = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{pairs[at]:02x}{pairs[at + 1]:02x}" for at in range(0, len(pairs), 2))
