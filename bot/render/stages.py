"""What people read while they wait: how far the work is, and what is written of the answer so far."""

from __future__ import annotations

import re

from bot.render.limits import CONTENT_CHARS
from bot.render.sentences import sentence_lines
from rag.answering.gate import WEAK
from rag.domain.answer import Sentence
from rag.domain.stage import Stage
from rag.wording import counted, stage_words

_MARKED = re.compile(rf"(?P<text>.+?) (?P<marks>(?:\[\d+\])+)(?P<weak> {re.escape(WEAK)})?")
"""A line of the text of an answer, as rag.answering.gate writes it."""


def stage_text(stage: Stage) -> str:
    """Return a stage as the text of one message: whole sentences from the first on, as many as it takes."""
    sentences = [_sentence(line) for line in stage.text.split("\n") if line.strip()]
    if not sentences:
        return stage_words(stage)
    end = f"-# Writing … {counted(len(sentences), 'sentence')} so far, each checked before you see it"
    lines = sentence_lines(sentences)
    while lines and len("\n".join((*lines, "…", end))) > CONTENT_CHARS:
        del lines[-1]
    more = ["…"] if len(lines) < len(sentences) else []
    return "\n".join((*lines, *more, end))


def _sentence(line: str) -> Sentence:
    found = _MARKED.fullmatch(line)
    if found is None:
        return Sentence(line, ())
    numbers = tuple(int(number) for number in re.findall(r"\d+", found["marks"]))
    return Sentence(found["text"], numbers, weak=found["weak"] is not None)
