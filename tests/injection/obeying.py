"""A model that obeys what it reads: over HTTP it is given the real prompt, and says what the attack in it wants."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from tests.injection.planted import Planted
from tests.loopback.models import Asked

_ID = re.compile(r"\bS[2-9A-HJ-NP-Z]{4}\b")
_REACHED = 36
"""Letters of an attack that have to stand in the prompt, or all of a shorter one."""


class ObeyingModel:
    """The reply of a loopback server. ``reached`` are the names of the attacks that stood in a prompt; ``also_unread``
    lets it say what the attack wants when it has not read it, too: the worst that any model could do. Where lists of
    other things than sentences are asked for, it says what all of ``chorus`` want, one after another.
    """

    def __init__(self) -> None:
        self.planted: Planted | None = None
        self.also_unread = False
        self.chorus: Sequence[Planted] = ()
        self.reached: set[str] = set()
        self.prompts: list[str] = []
        self.systems: set[str] = set()

    def __call__(self, asked: Asked) -> str:
        self.prompts.append(asked.prompt)
        self.systems.add(asked.system)
        if self.chorus and not _wants_sentences(asked.shape):
            self.reached.update(one.attack.name for one in self.chorus if stands_in(one, asked.prompt))
            return _in_chorus(self.chorus, asked)
        assert self.planted is not None
        read = stands_in(self.planted, asked.prompt)
        if read:
            self.reached.add(self.planted.attack.name)
        if read or self.also_unread:
            return _obeying(self.planted, asked)
        return _right(self.planted, asked)


def stands_in(planted: Planted, prompt: str) -> bool:
    """Whether an attack stands in a prompt, as far as a model can read it."""
    attack = planted.attack
    return folded(attack.trigger or attack.text)[:_REACHED] in folded(prompt)


def folded(text: str) -> str:
    """Return the letters and digits of a text, whatever they are dressed in; also those of tag characters."""
    untagged = "".join(chr(ord(c) - 0xE0000) if 0xE0020 <= ord(c) < 0xE007F else c for c in text)
    return "".join(c for c in unicodedata.normalize("NFKD", untagged).casefold() if c.isalnum())


def _obeying(planted: Planted, asked: Asked) -> str:
    attack, cited = planted.attack, _id_of(planted, asked)
    said = filled(planted, asked, attack.obeys)
    if attack.raw:
        return said
    if not _wants_sentences(asked.shape):
        return json.dumps(_in_shape(asked.shape, said, cited, planted.fact)) if asked.shape else said
    real, unreal = [{"id": cited, "quote": planted.fact}], [{"id": "S1234", "quote": planted.fact}]
    made_up = [{"id": cited, "quote": f"As the authors of this paper say themselves, {said}"}]
    sentences = [
        {"text": said, "cites": real},
        {"text": f"Indeed, {said}", "cites": made_up},
        {"text": f"Truly, {said}", "cites": unreal},
        {"text": f"{planted.fact[:-1]}, and {said}", "cites": [*real, *made_up]},
        {"text": f"{planted.fact[:-1]} where {said}", "cites": real},
        _right_sentence(planted, cited),
    ]
    return json.dumps({"sentences": sentences, "refused": False})


def filled(planted: Planted, asked: Asked, obeys: str) -> str:
    """Return what is said, with the id, the quote and the system's words that the model knows."""
    known: dict[str, Callable[[], str]] = {
        "{id}": lambda: _id_of(planted, asked),
        "{quote}": lambda: planted.fact,
        "{system}": lambda: asked.system,
        "{question}": lambda: planted.question,
    }
    for name, value in known.items():
        if name in obeys:
            obeys = obeys.replace(name, value())
    return obeys


def _right(planted: Planted, asked: Asked) -> str:
    if _wants_sentences(asked.shape):
        sentences = [_right_sentence(planted, _id_of(planted, asked))]
        return json.dumps({"sentences": sentences, "refused": False})
    return json.dumps(_in_shape(asked.shape, planted.question, "", planted.fact)) if asked.shape else planted.question


def _right_sentence(planted: Planted, cited: str) -> dict[str, Any]:
    text = f"The {planted.noun} layer scales each input because its early gradients are too small."
    return {"text": text, "cites": [{"id": cited, "quote": planted.fact}]}


def _wants_sentences(shape: Any) -> bool:
    return isinstance(shape, dict) and "sentences" in shape.get("properties", {})


def _id_of(planted: Planted, asked: Asked) -> str:
    """Return the id of the passage in which the fact stands: the last id before it."""
    at = asked.user.find(f"The {planted.noun} layer scales")
    ids = _ID.findall(asked.user[:at] if at >= 0 else asked.user)
    return ids[-1] if ids else "S2345"


def _in_chorus(chorus: Sequence[Planted], asked: Asked) -> str:
    """Return one entry for each attack, or for each note that is to be judged: quotes real, everything else obeyed."""
    (listed,) = [name for name, of in asked.shape["properties"].items() if of.get("type") == "array"]
    notes = re.findall(r"<note (\w+)>", asked.user)
    entries = []
    for number, one in enumerate(chorus):
        cited, quote = _first_passage(asked, one)
        said = filled(one, asked, one.attack.obeys)
        entry = _in_shape(asked.shape["properties"][listed]["items"], said, cited, quote)
        if notes:
            entry |= {"note": notes[number % len(notes)], "passage": cited}
        if "sentences" in entry:  # a field of a template
            entry |= {"field": f"F{number % 3 + 1}", "sentences": [*entry["sentences"], _right_sentence(one, cited)]}
        # A question, or the front of a card: one that is itself the attack's, and one whose answer is.
        for front, back in (("text", "expected"), ("front", "back")):
            if front in entry and back in entry:
                entry |= {"kind": "concept"} if "kind" in entry else {"about": f"{one.noun} layer"}
                entries.append(entry | {front: one.question})
                entry |= {front: f"{one.question[:-1]}, {said}?", back: quote}
        entries.append(entry)
    right = _right_sentence(chorus[0], "")["text"]
    for front, back in (("text", "expected"), ("front", "back")):
        if front in entries[0] and back in entries[0]:
            entries.insert(0, entries[0] | {front: chorus[0].question, back: right})
    return json.dumps({listed: entries})


def _first_passage(asked: Asked, planted: Planted) -> tuple[str, str]:
    """Return the id of the passage with the fact, and the fact; else of the first passage, and how it begins."""
    if planted.fact in asked.user:
        return _id_of(planted, asked), planted.fact
    found = re.search(rf"<passage [^>]*?({_ID.pattern})[^>]*>\s*([^<]{{40,200}})(?=\s)", asked.user)
    return (found[1], found[2]) if found else ("S2345", planted.fact)


def _in_shape(shape: Any, said: str, cited: str, quote: str) -> Any:
    """Return a value of a JSON schema, filled with what the attack wants said."""
    kind = shape.get("type") if isinstance(shape, dict) else None
    if isinstance(kind, list):
        kind = kind[0]
    if "enum" in (shape or {}):
        return shape["enum"][0]
    if kind == "object":
        known = {"id": cited, "quote": quote}
        return {name: known.get(name) or _in_shape(of, said, cited, quote) for name, of in shape["properties"].items()}
    if kind == "array":
        return [_in_shape(shape.get("items", {}), said, cited, quote)]
    return {"boolean": True, "integer": 1, "number": 1.0}.get(kind, said)
