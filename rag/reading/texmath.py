"""TeX formulas in Markdown, kept as written: without this rule ``$a*b*c$`` would lose its stars."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline


def keep_formulas(parser: MarkdownIt) -> None:
    r"""Teach a parser ``$...$``, ``$$...$$``, ``\(...\)`` and, on lines of their own, ``$$`` and ``\[...\]``."""
    parser.inline.ruler.before("escape", "math_inline", _inline)
    parser.block.ruler.before("fence", "math_block", _block, {"alt": ["paragraph", "reference", "blockquote", "list"]})


_MAX_FORMULA = 4_000  # characters between two dollar signs
_INLINE = re.compile(
    r"(?P<mark>\$\$)(?P<display>[^$]{1,4000})\$\$"
    r"|\$(?![\s$])(?P<dollars>(?:[^$\\\n]|\\.|\n(?!\s*\n)){1,1000}?)(?<!\s)\$(?!\d)"
    r"|\\\((?P<brackets>[^$]{1,1000}?)\\\)"
)


def _inline(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "$\\":
        return False
    match = _INLINE.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.markup = match["mark"] or "$"
        token.content = match["display"] or match["dollars"] or match["brackets"]
    state.pos = match.end()
    return True


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    first = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]].strip()
    closing = {"$$": "$$", "\\[": "\\]"}.get(first[:2])
    if closing is None or state.is_code_block(start):
        return False
    lines = [first[2:]]
    at = start
    while not lines[-1].rstrip().endswith(closing):
        at += 1
        if at >= end or at - start > _MAX_FORMULA // 40:
            return False
        lines.append(state.src[state.bMarks[at] : state.eMarks[at]])
    if not silent:
        token = state.push("math_block", "math", 0)
        token.block = True
        token.content = "\n".join(lines).rstrip().removesuffix(closing)
        token.map = [start, at + 1]
        state.line = at + 1
    return True
