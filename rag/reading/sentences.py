"""Where sentences begin and end in scientific English, by offsets, so that what is quoted is what was written."""

# Word lists read better as lines of prose than as lists of literals:
# ruff: noqa: SIM905
from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SentenceSpan:
    """``text[start:end]`` is one sentence, without the space around it."""

    start: int
    end: int


def sentences(text: str) -> tuple[SentenceSpan, ...]:
    """Return the sentences of a text in order; together they cover everything that is not white space.

    An empty line always ends a sentence; a single line break never does. Takes time linear in the text: every look
    around a full stop is bounded. When in doubt two sentences stay together, because half a sentence misquotes.

    >>> [(s.start, s.end) for s in sentences("He et al. [5] use 0.5. We do not.")]
    [(0, 22), (23, 33)]
    """
    spans: list[SentenceSpan] = []
    start = 0
    for gap in _EMPTY_LINE.finditer(text):
        _split_paragraph(text, start, gap.start(), spans)
        start = gap.end()
    _split_paragraph(text, start, len(text), spans)
    return tuple(spans)


_LOOK = 48  # characters looked at on each side of a stop; longer than any abbreviation or symbol
_EMPTY_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_STOP = re.compile(
    r"""(?P<run>[.!?…]+|[。！？]+)
        (?P<close>["'”’»)\]}]*)
        (?P<cite>(?:\[[0-9][0-9,\ –-]{0,24}\])?)
        (?P<note>(?:[0-9]{1,2}|[¹²³⁴-⁹⁰*†‡]{1,3})?)
        (?P<space>\s*)""",
    re.VERBOSE,
)
_WORD_BEFORE = re.compile(r"(?:[^\W\d_]+|\d+)$")
_DOTTED_BEFORE = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.\s?)+[^\W\d_]$")  # "U.S", "e. g", "w.r.t"
_NEXT = re.compile(r"(?P<open>[\"'“‘«(\[{]*)(?P<token>\S{0,40})")
_PLAIN_WORD = re.compile(r"[^\W\d_]+")
_NUMBER_LIKE = re.compile(r"[\[(]*(?:\d|[A-Z](?![^\W_])|[IVXLC]+\b|S\d)")  # "3", "(2)", "[5]", "A", "III"
_LEADING_LABEL = re.compile(
    r"[(\[]?(?:\d+(?:\.\d+)*|(?:Figure|Fig\.|Table|Tab\.|Algorithm|Theorem|Lemma|Proposition|Corollary|Definition|"
    r"Remark|Assumption|Example|Listing|Box|Scheme)\s+\(?[A-Z]{0,2}[\d.]{0,6}\)?)"
)

# Never the end of a sentence.
_NEVER = frozenset("eg ie cf vs viz dr mr mrs ms prof approx wrt ca incl excl resp".split())
# Followed by a number, a letter or a bracket they belong to it; else they end a sentence before a capital.
_NUMBERED = frozenset(
    "fig figs eq eqs eqn eqns sec secs sect sects tab tabs no nos vol vols p pp ch chap chaps thm thms prop props def "
    "defs lem cor alg algs algo app apps appx ref refs art par ed eds jan feb mar apr jun jul aug sep sept oct nov dec "
    "supp suppl ex".split()
)
# The end of a sentence only before a word that commonly begins one: "et al. We", but not "Proc. Neural".
_SELDOM = frozenset(
    "al proc conf int trans univ dept inc ltd corp co assoc est adv natl acad sci comput lett symp syst math phys "
    "aka iid phd st jr sr tech rep lab labs arch param params config max min avg std dev temp subj obj".split()
)
_STARTERS = frozenset(
    "The This These Those That There They We Our In It Its However Here For To As By On If When While Where With "
    "Within Without Since Then Thus Therefore Hence Moreover Furthermore Finally Also Although Though Each Both All "
    "Such From At Note Let Given Unlike Like Similarly First Second Third Next Another One Two Because Recall Consider "
    "Instead But And Or So Their What Why How Which Who After Before Using Based Despite Under Following Besides "
    "Compared Notably Importantly Specifically Interestingly Indeed Nevertheless Nonetheless Conversely Later "
    "Recently Some Many Most Several Other Only Even Once Until Yet You Your She His Not No Is Are Does Do Can".split()
)
_LONG_ENOUGH = 5  # letters: a longer lower-case word before a stop is no abbreviation that we do not know


def _split_paragraph(text: str, start: int, end: int, spans: list[SentenceSpan]) -> None:
    start = _skip_space(text, start, end)
    stops = _STOP.finditer(text, start, end)
    for stop in stops:
        if stop.end() < end and _ends_sentence(text, start, stop, end):
            spans.append(SentenceSpan(start, _end_of(stop)))
            start = stop.end() if stop["space"] else _end_of(stop)
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append(SentenceSpan(start, end))


def _skip_space(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


def _end_of(stop: re.Match[str]) -> int:
    return stop.start("space")


def _ends_sentence(text: str, start: int, stop: re.Match[str], end: int) -> bool:
    run = stop["run"]
    if run[0] in "。！？":
        return True
    if not stop["space"]:
        return False
    before = text[max(start, stop.start() - _LOOK) : stop.start()]
    if stop["note"].isdecimal() and not _may_carry_a_note(before):
        return False
    after = _NEXT.match(text, stop.end(), min(end, stop.end() + _LOOK))
    assert after is not None
    if not after["token"] or after["token"][0] in ".,;:!?…%)]}":
        return False
    if before.endswith((" .", ". ")):  # ". . ." set with spaces
        return _starts_clearly(after["token"])
    if run != "." and set(run) <= {".", "…"}:
        return after["token"][0].isupper()
    if "." not in run:
        return _ends_question(before, stop, after)
    return not _is_leading_label(text, start, stop) and _full_stop_ends(before.rstrip(), stop, after)


def _may_carry_a_note(before: str) -> bool:
    """Whether digits glued to the stop are a footnote mark ("as shown.3 We"), not a number ("v2.3", "Fig.3")."""
    word = _WORD_BEFORE.search(before)
    return bool(
        word and len(word[0]) > 1 and not word[0].isdigit() and word[0].casefold() not in _NUMBERED | _NEVER | _SELDOM
    ) or before.endswith((")", "]"))


def _is_leading_label(text: str, start: int, stop: re.Match[str]) -> bool:
    """Whether all there is so far is "3." or "Figure 2.", which belongs to what follows."""
    return stop.start() - start <= _LOOK and bool(_LEADING_LABEL.fullmatch(text, start, stop.start()))


def _ends_question(before: str, stop: re.Match[str], after: re.Match[str]) -> bool:
    token = after["token"]
    if not token[0].islower():
        return True
    return not stop["close"] and (_is_symbol(token) or _is_long_word(before) or "?" in stop["run"])


def _full_stop_ends(before: str, stop: re.Match[str], after: re.Match[str]) -> bool:
    token, opened = after["token"], after["open"]
    if stop["close"] and before:
        return not token[0].islower() or _is_symbol(token)
    dotted = _DOTTED_BEFORE.search(before)
    match = _WORD_BEFORE.search(before)
    if dotted:
        name = re.sub(r"[.\s]", "", dotted[0])
        return name.casefold() not in _NEVER and _starts_clearly(token)
    if match is None:
        return not token[0].islower() or _is_symbol(token)
    word = match[0]
    if word.isdigit():
        return not token[0].isdigit() and (not token[0].islower() or _is_symbol(token))
    return _word_ends(word, token, opened)


def _word_ends(word: str, token: str, opened: str) -> bool:
    folded = word.casefold()
    if folded in _NEVER:
        return False
    if folded in _NUMBERED:
        return not _NUMBER_LIKE.match(opened + token) and not token[0].islower()
    if folded in _SELDOM or (len(word) == 1 and word.isupper()):
        return _starts_clearly(token)
    if token[0].islower():
        return _is_symbol(token) or _is_long_word(word)
    return True


def _starts_clearly(token: str) -> bool:
    word = _PLAIN_WORD.match(token)
    return word is not None and word[0] in _STARTERS and not token.startswith(".", word.end())


def _is_symbol(token: str) -> bool:
    """Whether a lower-case beginning is a symbol or a name, not a word: "x", "α", "k-means", "fMRI", "x_i"."""
    word = _PLAIN_WORD.match(token)
    if word is None:
        return True
    rest = token[word.end() :]
    if len(word[0]) == 1:
        return word[0] != "a" or rest[:1] in ("_", "(", "=")
    return any(c.isupper() for c in word[0]) or rest[:1] == "_" or not word[0].isascii()


def _is_long_word(before: str) -> bool:
    match = _WORD_BEFORE.search(before)
    if match is None or not match[0].islower():
        return False
    return len(match[0]) >= _LONG_ENOUGH and match[0] not in _NUMBERED | _NEVER | _SELDOM
