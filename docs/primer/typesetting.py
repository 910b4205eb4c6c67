"""Sets lines of text and formulas in Times: words of glyph runs, and paragraphs broken as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import pymupdf

ROMAN, BOLD, ITALIC, BOLD_ITALIC = "tiro", "tibo", "tiit", "tibi"  # PDF's Times, embedded


@dataclass(frozen=True, slots=True)
class Run:
    """Glyphs of one font, ``x`` points right of the word's start and ``dy`` below its baseline."""

    text: str
    font: str
    size: float
    x: float = 0.0
    dy: float = 0.0


@dataclass(frozen=True, slots=True)
class Word:
    """What is never torn apart by spacing. ``bars`` are (x0, x1, dy) of the lines over roots."""

    runs: tuple[Run, ...]
    width: float
    bars: tuple[tuple[float, float, float], ...] = ()
    glued: bool = False  # no space before it: the later part of a word that may be hyphenated
    breakable: bool = False  # a hyphen may follow

    def beside(self, other: Word) -> Word:
        """Return both, the other one directly after this one."""
        moved = tuple(replace(run, x=run.x + self.width) for run in other.runs)
        bars = tuple((x0 + self.width, x1 + self.width, dy) for x0, x1, dy in other.bars)
        return Word(self.runs + moved, self.width + other.width, self.bars + bars, self.glued)


@dataclass(frozen=True, slots=True)
class SetLine:
    """One line of a paragraph: words and where each begins."""

    words: tuple[tuple[float, Word], ...]


@cache
def font(name: str) -> pymupdf.Font:
    """Return one of the four fonts."""
    return pymupdf.Font(name)


def width_of(text: str, name: str, size: float) -> float:
    """Return the length of a text in points."""
    return float(font(name).text_length(text, fontsize=size))


def words_of(text: str, size: float, base: str = ROMAN) -> list[Word]:
    """Return the words of a text with ``*italic*``, ``**bold**`` and ``$formulas$``."""
    words: list[Word] = []
    bold, italic = base in (BOLD, BOLD_ITALIC), base in (ITALIC, BOLD_ITALIC)
    open_word = False
    text = _TIED.sub("\\1\u00a0", text.replace("'", "’"))
    for part in re.split(r"(\*\*|\*|\$[^$]+\$|[ \n]+)", text):
        if not part:
            continue
        if part == "**":
            bold = not bold
        elif part == "*":
            italic = not italic
        elif part.isspace():
            open_word = False
        else:
            name = (BOLD_ITALIC if italic else BOLD) if bold else (ITALIC if italic else ROMAN)
            made = [formula(part[1:-1], size)] if part.startswith("$") else _syllables(part, name, size)
            if open_word:
                words[-1] = replace(words[-1].beside(made[0]), breakable=made[0].breakable)
                words += made[1:]
            else:
                words += made
            open_word = True
    return words


def broken(
    words: Sequence[Word], measure: float, size: float, *, indent: float = 0.0, ragged: bool = False
) -> list[SetLine]:
    """Break a paragraph into justified lines so that the sum of the squared looseness of its lines is least."""
    space = width_of(" ", ROMAN, size)
    hyphen = width_of("-", ROMAN, size)
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(words) + 1):
        choices = []
        for start in range(end - 1, -1, -1):
            room = measure - (indent if start == 0 else 0.0)
            cost = _looseness(words[start:end], room, space, hyphen, last=end == len(words))
            if cost is None:
                break
            choices.append((best[start][0] + cost, start))
        best.append(min(choices, default=(best[end - 1][0] + _MISFIT, end - 1)))
    cuts = [len(words)]
    while cuts[-1]:
        cuts.append(best[cuts[-1]][1])
    spans = list(pairwise(reversed(cuts)))
    return [
        _spread(words[start:end], measure, size, indent=indent if start == 0 else 0.0, last=ragged or end == len(words))
        for start, end in spans
    ]


def formula(tex: str, size: float, *, script: bool = False) -> Word:
    """Set a formula on one line: letters italic, names of functions and digits upright, scripts small."""
    word = Word((), 0.0)
    tokens = re.findall(r"\\[A-Za-z]+|\\.|[A-Z]{2,}|\S", tex)
    at = 0
    while at < len(tokens):
        gap = 0.14 * size if tokens[at] == "\\sum" else 0.0
        atom, at = _atom(tokens, at, size, script=script)
        low: Word | None = None
        high: Word | None = None
        while at < len(tokens) and tokens[at] in "_^":
            inner, after = _group(tokens, at + 1)
            small = formula(inner, size * _SCRIPT_SIZE, script=True)
            low, high = (small, high) if tokens[at] == "_" else (low, small)
            at = after
        word = word.beside(_scripted(atom, low, high, size)).beside(Word((), gap))
    return word


_TIED = re.compile(r"\b(Figure|Table|Section|Proposition|Eqs?\.) (?=[\d(])")  # "Eq. (3)" is not torn apart
_MISFIT = 1e6
_SCRIPT_SIZE = 0.7
_GREEK = {"mu": "μ", "sigma": "σ", "gamma": "γ", "beta": "β", "epsilon": "ε"}
_SIGNS = {"=": "=", "+": "+", "-": "−", "×": "×"}
# Where the long words of the primer may be divided; nothing else is hyphenated.
_DIVIDED = {
    word.replace("·", ""): word
    for word in re.findall(
        r"\S+",
        """
        normal·isa·tion normal·ising normal·ised normal·ises normal·iser standard·ises standard·ised activa·tions
        activa·tion distribu·tion distribu·tions statis·tics statis·ticians represen·tation param·eters con·volutional
        gradi·ents gradi·ent archi·tecture initial·isation observa·tion construc·tion experi·ments satu·rating
        explan·ation straight·jacket compo·sition regular·iser multi·plying multi·plies short·cuts short·cut opti·miser
        covari·ate vari·ance net·works net·work train·ing some·thing con·sider differ·ence differ·ently motiva·tion
        accu·racy solu·tion identi·ties iden·tity transform·er expect·ed imit·ate exam·ples exam·ple obsta·cles
        obsta·cle after·wards compan·ions recur·rent degra·dation equa·tion correc·tion map·ping addi·tion addi·tional
        arrang·ing predic·tor
        """,
    )
}


def _syllables(text: str, name: str, size: float) -> list[Word]:
    match = re.search(r"[A-Za-z]+", text)
    divided = _DIVIDED.get(match[0].lower()) if match and name != BOLD else None
    if match is None or divided is None:
        return [Word((Run(text, name, size),), width_of(text, name, size))]
    cuts = [0]
    for syllable in divided.split("·")[:-1]:
        cuts.append((cuts[-1] or match.start()) + len(syllable))
    cuts.append(len(text))
    parts = [text[start:end] for start, end in pairwise(cuts)]
    return [
        Word(
            (Run(part, name, size),), width_of(part, name, size), (), glued=index > 0, breakable=index < len(parts) - 1
        )
        for index, part in enumerate(parts)
    ]


def _looseness(line: Sequence[Word], room: float, space: float, hyphen: float, *, last: bool) -> float | None:
    """Return the cost of a line; None when it cannot be squeezed into the room."""
    gaps = sum(not word.glued for word in line[1:])
    natural = sum(word.width for word in line) + gaps * space + (hyphen if line[-1].breakable else 0.0)
    slack = room - natural
    if slack < -0.22 * space * gaps - 1e-6:
        return None
    if last and slack >= 0:
        return 0.0
    stretch = slack / (space * max(gaps, 1))
    return (10 * stretch * stretch if stretch < 0 else stretch**2 + stretch**4) + (0.35 if line[-1].breakable else 0.0)


def _spread(line: Sequence[Word], measure: float, size: float, *, indent: float, last: bool) -> SetLine:
    words = list(line)
    if words[-1].breakable:
        final = words[-1].runs[-1]
        words[-1] = words[-1].beside(Word((replace(final, text="-", x=0.0),), width_of("-", final.font, size)))
    space = width_of(" ", ROMAN, size)
    gaps = sum(not word.glued for word in words[1:])
    slack = measure - indent - sum(word.width for word in words)
    gap = space if (last and slack >= gaps * space) or not gaps else slack / gaps
    x, placed = indent, []
    for index, word in enumerate(words):
        x += gap if index and not word.glued else 0.0
        placed.append((x, word))
        x += word.width
    return SetLine(tuple(placed))


def _group(tokens: list[str], at: int) -> tuple[str, int]:
    """Return the source of the group or single token at a place, and the place after it."""
    if tokens[at] != "{":
        return tokens[at], at + 1
    depth, end = 1, at + 1
    while depth:
        depth += {"{": 1, "}": -1}.get(tokens[end], 0)
        end += 1
    return " ".join(tokens[at + 1 : end - 1]), end


def _atom(tokens: list[str], at: int, size: float, *, script: bool) -> tuple[Word, int]:
    part = tokens[at]
    if part in ("\\sqrt", "\\hat"):
        inner, after = _group(tokens, at + 1)
        set_inner = formula(inner, size, script=script)
        return (_root(set_inner, size) if part == "\\sqrt" else _hatted(set_inner, size)), after
    if part == "\\sum":
        sign = _glyphs("∑", ROMAN, size * 1.25, dy=0.06 * size)
        return replace(sign, width=sign.width - 0.1 * size), at + 1
    if part == "\\partial":
        return _glyphs("∂", ITALIC, size), at + 1
    if part[0] == "\\" and part[1:] in _GREEK:
        return _glyphs(_GREEK[part[1:]], ITALIC, size), at + 1
    if part in _SIGNS:
        binary = at > 0 and tokens[at - 1] not in "({=,/_^" and not script
        return _glyphs(_SIGNS[part], ROMAN, size, around=0.2 * size if binary else 0.0), at + 1
    if part == ",":
        comma = _glyphs(",", ROMAN, size)
        return replace(comma, width=comma.width + (0.18 * size if at + 1 < len(tokens) else 0.0)), at + 1
    italic = len(part) == 1 and part.isalpha()
    return _glyphs(part, ITALIC if italic else ROMAN, size), at + 1


def _glyphs(text: str, name: str, size: float, *, dy: float = 0.0, around: float = 0.0) -> Word:
    return Word((Run(text, name, size, around, dy),), width_of(text, name, size) + 2 * around)


def _root(inner: Word, size: float) -> Word:
    sign = _glyphs("√", ROMAN, size * 1.12, dy=0.05 * size)
    both = sign.beside(inner)
    bar = (sign.width - 0.06 * size, both.width + 0.05 * size, _root_top(size))
    return replace(both, width=both.width + 0.1 * size, bars=(*both.bars, bar))


def _root_top(size: float) -> float:
    box = font(ROMAN).glyph_bbox(ord("√"))
    return 0.05 * size - float(box.y1) * size * 1.12 + 0.02 * size


def _hatted(inner: Word, size: float) -> Word:
    hat = width_of("ˆ", ROMAN, size)
    run = Run("ˆ", ROMAN, size, (inner.width - hat) / 2 + 0.04 * size, 0.02 * size)
    return replace(inner, runs=(*inner.runs, run))


def _scripted(atom: Word, low: Word | None, high: Word | None, size: float) -> Word:
    if low is None and high is None:
        return atom
    scripts: list[tuple[Word, float]] = []
    if low is not None:
        scripts.append((low, 0.22 * size if high is None else 0.26 * size))
    if high is not None:
        scripts.append((high, -0.38 * size if low is None else -0.42 * size))
    runs = list(atom.runs)
    for word, dy in scripts:
        runs += [replace(run, x=run.x + atom.width + 0.02 * size, dy=run.dy + dy) for run in word.runs]
    width = atom.width + max(word.width for word, _ in scripts) + 0.06 * size
    return replace(atom, runs=tuple(runs), width=width)


def runs_at(line: SetLine) -> Iterator[tuple[float, Run, bool]]:
    """Yield the runs of a line with their x, and whether a space follows."""
    for index, (x, word) in enumerate(line.words):
        follows = index + 1 < len(line.words) and not line.words[index + 1][1].glued
        for place, run in enumerate(word.runs):
            yield x + run.x, run, follows and place == len(word.runs) - 1
