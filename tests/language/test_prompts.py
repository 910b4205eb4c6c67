"""Every prompt is a file with a version that is kept with what it produced: a changed text is a new version."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import jinja2
import pytest

from rag.language.prompts import FOLDER, prompt

_BLOCK = '<passage id="S7KQ" paper="A" page="3">text</passage S7KQ>'
PROMPTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "answer": ("2", "d86d37bfded1", {
        "passages": [{"block": _BLOCK}], "question": "why?", "read_as": "why so?", "refusal": "No.", "mark": "S7KR",
    }),
    "cards": ("1", "49d6301fa6b9", {"title": "A paper", "passages": [{"block": _BLOCK}], "most": 8}),
    "fill": ("1", "acea24fdf90c", {
        "title": "A paper", "section": "Model", "passages": [{"block": _BLOCK}],
        "fields": [{"id": "F1", "name": "Architecture", "hint": "parts"}],
    }),
    "judge": ("1", "9f11d7105d2b", {
        "title": "A paper",
        "passages": [{"id": "S7KQ", "where": "p. 3", "text": "text"}],
        "notes": [{"id": "N7KQ", "question": "", "answer": "a note"}],
    }),
    "missing": ("1", "5055d5d194e6", {
        "title": "A paper", "passages": [{"block": _BLOCK}], "lines": ["deeper is worse"], "mark": "S7KR",
    }),
    "questions": ("1", "525428b70626", {
        "title": "A paper", "fields": [{"name": "Method", "hint": "how"}], "passages": [{"block": _BLOCK}], "most": 8,
    }),
    "ready": ("1", "cedd6b511dc9", {}),
    "rephrase": ("1", "ba598c621c66", {"question": "why?", "before": ["what?"], "papers": ["A"], "mark": "S7KR"}),
    "support": ("1", "c2cad2d18543", {"statements": [{"id": "S7KQ", "text": "A is B.", "quotes": ["a was b"]}]}),
}  # fmt: skip
"""Version, the first letters of the file's SHA-256, something to fill it with. Add a row with your prompt; raise the
version with a changed text, and put the digest here that the failing test shows.
"""


def text_of(name: str) -> str:
    return (FOLDER / f"{name}.jinja").read_text(encoding="utf-8")


def test_every_prompt_is_in_the_table() -> None:
    assert {path.stem for path in FOLDER.glob("*.jinja")} == set(PROMPTS)


@pytest.mark.parametrize("name", PROMPTS)
def test_a_changed_text_has_a_new_version(name: str) -> None:
    version, digest, given = PROMPTS[name]
    assert prompt(name, **given).label == f"{name}/{version}"
    assert sha256(text_of(name).encode()).hexdigest()[:12] == digest


@pytest.mark.parametrize("name", PROMPTS)
def test_a_prompt_is_filled_whole_and_misses_what_nobody_gave(name: str) -> None:
    given = PROMPTS[name][2]
    filled = prompt(name, **given)
    assert filled.system
    assert filled.user
    assert not [mark for mark in ("{{", "{%", "{#") if mark in filled.system + filled.user]
    if given:
        with pytest.raises(jinja2.UndefinedError):
            prompt(name)


def test_what_is_given_is_never_read_as_a_template() -> None:
    evil = "{{ 7 * 7 }}{% for x in range(9) %}x{% endfor %}{{ ''.__class__.__mro__ }}"
    given = PROMPTS["answer"][2] | {"question": evil, "passages": [{"block": evil}]}
    filled = prompt("answer", **given)
    assert filled.user.count(evil) == 2
