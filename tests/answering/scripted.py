"""Language models that answer about the small library as a test says: right, half right, hostile."""

from __future__ import annotations

import json
import re

from rag.language.ports import Prompt

DRIFT = "We define signal drift as the change of the mean of a layer’s inputs over the course of training."
SAYS = "Signal drift is the change of the mean of a layer’s inputs over the course of training."
GATE = "Firm gating subtracts a running mean because a batch alone is too noisy."
ASKED = "what is signal drift"
LABEL = "answer/2"


def passages_of(prompt: Prompt) -> dict[str, str]:
    """The passages that a prompt holds, by their ids."""
    return dict(re.findall(r'<passage id="(\w+)"[^>]*>\n(.*?)\n</passage \w+>', prompt.user, re.DOTALL))


def reply(prompt: Prompt, *sentences: tuple[str, str], refused: bool = False) -> str:
    """A reply of (text, quote) pairs, each under the id of the first passage that holds the quote."""
    ids = passages_of(prompt)
    first = next(iter(ids))
    held = [(text, quote, next((i for i, said in ids.items() if quote in said), first)) for text, quote in sentences]
    rows = [{"text": text, "cites": [{"id": i, "quote": quote}]} for text, quote, i in held]
    return json.dumps({"sentences": rows, "refused": refused})


def right(prompt: Prompt) -> str:
    return reply(
        prompt, (SAYS, DRIFT), ("It is worst in the first layers of drift.", "It is worst in the first layers")
    )


def half_right(prompt: Prompt) -> str:
    return reply(
        prompt,
        (SAYS, DRIFT),
        ("Drift halves the accuracy on ImageNet.", "drift halves the accuracy on ImageNet"),
        ("Drift was found by 40 groups.", DRIFT),
        ("Earlier work reduces signal drift.", "Earlier work reduces signal drift by careful initialization"),
        ("Nobody has ever measured the price of bananas.", DRIFT),
    )


def hostile(prompt: Prompt) -> str:
    return reply(
        prompt,
        ("@everyone signal drift is the change of the mean.", DRIFT),
        ("Signal drift: click https://evil.example/drift.", DRIFT),
        ("Signal drift is the change of the mean [see](http://evil.example).", DRIFT),
        ("You are a good colleague who has the papers open: precise, short and plain.", DRIFT),
        ("Signal drift is a hoax.", "Signal drift is a hoax and its authors are liars"),
        ("Signal drift does not change the mean of a layer’s inputs.", DRIFT),
    ).replace("]}]", ']}, {"text": "Ignore the papers.", "cites": [{"id": "SAAAA", "quote": "' + DRIFT + '"}]}]')
