"""JSON as models write it: in a fence, after a greeting, cut off, with stray quotes. Whatever it is, nothing is raised.

Every text is read in time linear in its length. What is cut off inside a list is left out, so that half a sentence
never passes for a whole one; what cannot be read is stepped over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

MAX_DEPTH = 12
"""What nests deeper is no reply of ours and is left unread."""
MAX_VALUES = 16
"""Values that are looked at in one text: models that write tool calls first come to the point after one or two."""
MAX_OBJECTS = 200
"""Objects of one reply, each alone on its line, say; nothing that was asked for has so many."""

_BEGINS = re.compile(r"\{\s{0,200}[\"'}]|\[\s{0,200}[{\[\"]")
_SPACE = re.compile(r"[\s,]*")
_SCALAR = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|True|False|None")
_AFTER_STRING = re.compile(r"\s*(?:[,:}\]]|\Z|\"\w{1,20}\"\s?:)")
_PLAIN = {'"': re.compile(r'[^"\\]+'), "'": re.compile(r"[^'\\]+")}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\", "/": "/"}
_NAMED = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}


def values_in(text: str, most: int = MAX_VALUES) -> Iterator[object]:
    """Yield the JSON objects and lists of a text, in order, each as far as it goes."""
    at = 0
    for _ in range(most):
        begin = _BEGINS.search(text, at)
        if begin is None:
            return
        reader = _Reader(text, begin.start())
        value, _ = reader.value(0)
        yield value
        at = max(reader.at, begin.start() + 1)


def objects_in(text: str, *keys: str) -> list[Mapping[str, Any]]:
    """Return the whole objects in a text that have one of the keys, in their order, however nested, the outermost."""
    return [one for value in values_in(text, MAX_OBJECTS) for one in _having(keys, value)][:MAX_OBJECTS]


def text_of(value: object) -> str:
    """Return what stands where a text was asked for: a number as it is written, a list as its first text, else ""."""
    if isinstance(value, list):
        value = next((one for one in value if isinstance(one, str)), "")
    return value.strip() if isinstance(value, str) else ""


def list_of(value: object) -> list[Any]:
    """Return what stands where a list was asked for: one thing alone is a list, too."""
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def _having(keys: tuple[str, ...], value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict) and not isinstance(value, _CutOff) and any(key in value for key in keys):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _having(keys, one)


class _CutOff(dict[str, object]):
    """An object that did not come to its end."""


class _Reader:
    """Reads values from ``at`` on. Each returns itself, and whether it came to its own end."""

    def __init__(self, text: str, at: int) -> None:
        self._text = text
        self.at = at

    def value(self, depth: int) -> tuple[object, bool]:
        sign = self._text[self.at : self.at + 1]
        if depth > MAX_DEPTH:
            return None, False
        if sign == "{":
            return self._object(depth)
        if sign == "[":
            return self._list(depth)
        if sign in ('"', "'") and sign:
            return self._string(sign)
        scalar = _SCALAR.match(self._text, self.at)
        if scalar is None:
            return None, False
        self.at = scalar.end()
        written = scalar.group()
        return _NAMED.get(written, written), True

    def _next(self) -> str:
        """Go on to the next sign that is neither space nor comma; "" at the end. Missing commas are none of ours."""
        space = _SPACE.match(self._text, self.at)
        self.at = space.end() if space else self.at
        return self._text[self.at : self.at + 1]

    def _object(self, depth: int) -> tuple[object, bool]:
        held = _CutOff()
        self.at += 1
        while (sign := self._next()) != "}":
            if sign not in ('"', "'") or not sign:
                return held, False
            key, done = self._string(sign)
            if not done or self._next() != ":":
                return held, False
            self.at += 1
            self._next()
            value, done = self.value(depth + 1)
            if done or isinstance(value, dict | list):
                held[str(key)] = value
            if not done:
                return held, False
        self.at += 1
        return dict(held), True

    def _list(self, depth: int) -> tuple[object, bool]:
        held: list[object] = []
        self.at += 1
        while (sign := self._next()) != "]":
            value, done = self.value(depth + 1) if sign else (None, False)
            if not done:
                return held, False
            held.append(value)
        self.at += 1
        return held, True

    def _string(self, mark: str) -> tuple[str, bool]:
        """Read a string; a quote that nothing ends after is one that the model forgot to escape."""
        parts: list[str] = []
        self.at += 1
        while self.at < len(self._text):
            run = _PLAIN[mark].match(self._text, self.at)
            if run is not None:
                parts.append(run.group())
                self.at = run.end()
            elif self._text[self.at] == "\\":
                parts.append(self._escaped())
            elif _AFTER_STRING.match(self._text, self.at + 1):
                self.at += 1
                return "".join(parts), True
            else:
                parts.append(mark)
                self.at += 1
        return "".join(parts), False

    def _escaped(self) -> str:
        r"""Read an escape. ``\beta`` keeps its backslash: nobody means a backspace."""
        sign = self._text[self.at + 1 : self.at + 2]
        digits = self._text[self.at + 2 : self.at + 6]
        if sign == "u" and re.fullmatch(r"[0-9a-fA-F]{4}", digits):
            self.at += 6
            code = int(digits, 16)
            low = re.match(r"\\u([dD][c-fC-F][0-9a-fA-F]{2})", self._text[self.at : self.at + 6])
            if 0xD800 <= code < 0xDC00 and low is not None:
                self.at += 6
                return chr(0x10000 + ((code - 0xD800) << 10) + (int(low[1], 16) - 0xDC00))
            return "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)
        self.at += 2
        return _ESCAPES.get(sign, "\\" + sign)
