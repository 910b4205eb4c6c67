"""The sentences of an answer as lines, each with the numbers of its citations, and with a word where they are weak."""

from __future__ import annotations

from collections.abc import Sequence

from bot.render.escaping import plain_line
from rag.answering.gate import WEAK
from rag.domain.answer import Sentence


def sentence_lines(sentences: Sequence[Sentence]) -> list[str]:
    """Return a line for each sentence; several are numbered.

    Our marks are bold, which nothing of others can be here: papers write [1] too.
    """
    lines = [f"{plain_line(s.text)}{_marks(s)}" for s in sentences]
    return lines if len(lines) == 1 else [f"{n}. {line}" for n, line in enumerate(lines, 1)]


def _marks(sentence: Sentence) -> str:
    numbers = "".join(f"[{number}]" for number in sentence.citations)
    return (f" **{numbers}**" if numbers else "") + (f" *{WEAK}*" if sentence.weak else "")
