"""Language models that fill fields and write cards as a test says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rag.answering.quotes import find_quote
from rag.domain.answer import Citation
from rag.language.ports import Prompt
from rag.store.library import Library
from rag.studying.studying import Studying
from tests.language.fakes import ScriptedModel, ScriptedModels
from tests.studying.prepared import GLIDE_PAPER, studying_on

HARDWARE = "Training takes two days on eight V100 GPUs."
CELEBRATED = "Training takes two days on eight V100 GPUs, which engineers of the group celebrate."
SETTINGS = "We train GlideNet with a learning rate of 0.05, a batch size of 128 and a weight decay of 0.0001"
FADING = "Existing gated networks suffer from vanishing features when they have more than forty layers."
IMAGES = "Images are flipped at random and cropped to 224 pixels before training."
CROPPED = "Images are flipped at random and cropped, which engineers of the group celebrate."
SPENT = "This server’s model tokens for November"
SIGMOID = "We use a sigmoid activation instead of the usual rectifier to keep the gates between zero and one."


def id_of(asked: Prompt, words: str) -> str:
    """Return the id of the passage of a prompt that holds the words."""
    for found in re.finditer(r'<passage id="(\w+)"[^>]*>\n(.*?)\n</passage', asked.user, re.DOTALL):
        if words in found[2]:
            return found[1]
    return "SNONE"


def said(text: str, asked: Prompt, quote: str) -> dict[str, Any]:
    return {"text": text, "cites": [{"id": id_of(asked, quote), "quote": quote}]}


def filling(*told: tuple[str, str, str]) -> Callable[[Prompt], str]:
    """Return a model that says (words of a field's name, sentence, quote), and nothing to other fields."""

    def reply(asked: Prompt) -> str:
        fields = re.findall(r"^(F\d+): (.*)$", asked.user, re.MULTILINE)
        entries = [
            {"field": n, "sentences": [said(text, asked, quote) for words, text, quote in told if words in name]}
            for n, name in fields
        ]
        return json.dumps({"fields": entries})

    return reply


def dealing(*cards: tuple[str, str, str]) -> Callable[[Prompt], str]:
    """Return a model that writes cards of (front, back, quote)."""

    def reply(asked: Prompt) -> str:
        made = [
            {"kind": "reason", "front": front, "back": back, "cites": said("", asked, quote)["cites"]}
            for front, back, quote in cards
        ]
        return json.dumps({"cards": made})

    return reply


def with_model(folder: Path, *replies: Any) -> tuple[Studying, Library, ScriptedModels]:
    models = ScriptedModels(ScriptedModel(*replies))
    studying, library = studying_on(folder, models=models)
    return studying, library, models


def hold(citations: Sequence[Citation], library: Library) -> bool:
    pages = {page.number: page for page in library.pages(GLIDE_PAPER.key)}
    return all(c.quote.page is not None and find_quote(c.quote.text, pages[c.quote.page]) for c in citations)
