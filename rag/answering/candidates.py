"""From hits to sentences that could be quoted: whole, readable, of a length that people read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rag.answering.wording import Word, stems_in, words_in
from rag.domain.passage import Hit
from rag.domain.reading import Kind

MIN_WORDS, MAX_WORDS = 6, 60
"""Shorter ones say little alone; longer ones are cut at a clause, since nobody reads a paragraph as one quote."""
_MIN_PLAIN, _MIN_WORDS = 0.5, 0.4
"""Share of tokens that are words of two letters or more, a number counting half ("Adam with β1 = 0.9, β2 = 0.98"), and
without numbers; below either a sentence is mostly formula or table cells.
"""

_TOKEN = re.compile(r"\S+")
_PLAIN = re.compile(r"[(\"“‘'\[]*[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’/-]+[)\"”’'\].,;:!?]*(?:\[\d[\d, ]*\][.,;:]?)?")
_REFERENCE = re.compile(
    r"^\s*\[\d{1,3}\]|^\s*\d{1,3}\.\s+[A-Z]\.|arXiv preprint|arXiv:\d{4}|\bIn (?:Proc|Proceedings|CVPR|ICCV|"
    r"ECCV|ICML|NIPS|ICLR)\b"
    r"|\bpp?\. ?\d+[-–]\d+|\bdoi:|, (?:19|20)\d\d[a-z]?\.$|\bvol(?:ume)?\. ?\d|[\w.]+@[\w.]+",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[.!?…:]['\"”’)\]]*(?:\s*\[\d[\d, ]*\]|\d{0,2})$")
_CONNECTING = (
    "However|Moreover|Furthermore|But|And|Or|Also|Similarly|Instead|Thus|Hence|Therefore|In contrast|Consequently|So|"
    "Yet|On the other hand|Additionally|In addition|Put differently|For example|For instance|Conversely|Note that"
)
_CONNECTED = re.compile(rf"^(?:{_CONNECTING})\b")
_DANGLING = re.compile(
    rf"^(?:(?:{_CONNECTING}),? )?"
    r"(?:it(?! (?:turns out|(?:is|was|has been) (?:\w+ )?(?:known|shown|observed|believed|clear|possible|important)"
    r" (?:that|to)\b))|they|he|she|this|these|those|that(?! is,)|such|both|here|then|the same|the former|"
    r"the latter|in this case|for this|"
    r"to this end|as such)\b(?! (?:paper|work|article|study|section)\b)",
    re.IGNORECASE,
)
_CONCLUDES = re.compile(
    r"^(?:Therefore|Thus|Hence|Consequently|So(?! far\b)|As a (?:result|consequence)|Because of this|"
    r"To (?:\w+ly )?[a-z]+ (?:this|these|such)\b[^,]{0,30},)"
)
"""Sentences whose reason is the sentence before: "Therefore we ...", "To counteract this effect, we ..."."""
_GARBLED = re.compile(r"[\ue000-\uf8ff\ufffd]|\S*[{}\\]\S*[{}\\]\S*")
_ODD_SIGN = re.compile(r"[\u2190-\u21ff\u2700-\u27bf]")
"""Arrows, dingbats and private signs stand where a font's own symbols were; nobody can read the formula."""
_SIGNPOST = re.compile(
    r"\b(?:in|see|from) (?:this|the (?:next|following)|sections?|sec\.|appendix)(?: (?:sub)?sections?\b|"
    r" ?(?-i:[\dA-Z])|"
    r"\s*\d)|\bas follows\b|\b(?:is|are) (?:shown|given|listed|reported|summari[sz]ed|presented|provided) (?:in|by) "
    r"(?:Fig|Tab|Sec|App)"
    r"|^(?:next|now|below|here),? we (?!\w+ that\b|(?:propose|present|introduce|define|call|show|find|use)\b)"
    r"|^we (?:now|next|will now|start by|begin by|begin with)\b",
    re.IGNORECASE,
)
"""Sentences that say where to read on, not what is there."""
_FORMULA = re.compile(r"[≡∇∑∏∥]|\barg ?max\b|\S\(\S*\(")
_CAPTION = re.compile(r"(?:Figure|Fig\.?|Table|TABLE)\s*[A-Z]?\.?(?:\d|[IVX]+\b)[\w.]*\s*[:.|]")
"""A caption's first sentence names what is shown; who asks for the item itself gets it whole (picking.of_item)."""
_MEASURE = re.compile(r"[(\[]?[<>=≈~±]?[\d.,]*\d[\d.,]*(?:[%×x−-]\d*|[kKMB])?[)\].,;:]*")
_BULLET = re.compile(r"^[•·▪◦‣*–-]\s+")
_GLUED = re.compile(r"\d{1,2}[A-Z][a-z]|\([a-z]\) |(?:Left|Right|Top|Bottom|Middle)\b")
"""A footnote with its number, or one part of a figure's caption."""
_CLAUSE = re.compile(
    r"(?<=[;:,])\s+(?=(?:and|but|while|which|where|whereas|so|because|since|as|with|or|then|thus)\b)|(?<=;)\s+"
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|can|could|may|might|must|will|would|should|do|does|did|shows?|"
    r"means?|uses?|"
    r"let|gives?|takes?|makes?|becomes?|remains?|denotes?|allows?|consists?|contains?|requires?|leads?|"
    r"provides?|achieves?|"
    r"(?:we|they|you|i) (?:\w+ly |also |then |first |further |thus |all )?[a-z]{2,}|"
    r"\w+(?:ed|izes?|ises?|ates?|ifies|ains|orms|uces|ides|ends|ects|orks|arns|elps|ows|ays|oes))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a passage. ``at`` is its offset there; ``lead`` the sentence before, when this one leans on it.

    ``flaw`` is 0 for a sentence that reads well alone and grows with what is wrong, up to 1.
    """

    hit: Hit
    text: str
    at: int
    lead: str = ""
    cut: bool = False
    flaw: float = 0.0
    words: tuple[Word, ...] = field(default=(), repr=False, compare=False)
    stems: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Keep the stems of its words, and of the parts of hyphenated ones: they are compared again and again."""
        object.__setattr__(self, "stems", stems_in(self.words))


def candidates(hits: Iterable[Hit]) -> list[Candidate]:
    """Return the sentences of the hits that could be quoted, in the order of the hits, none twice."""
    found: dict[tuple[str, str], Candidate] = {}
    for hit in hits:
        for candidate in _sentences_of(hit):
            found.setdefault((hit.paper.key, candidate.text), candidate)
    return list(found.values())


def opening(hit: Hit, *, most: int = MAX_WORDS) -> Candidate:
    """Return the first sentences of a passage as one quote of about ``most`` words, whatever they look like: a caption
    is no prose, an equation even less.
    """
    from rag.reading.sentences import sentences

    whole = hit.passage.text
    end = 0
    for span in sentences(whole):
        if end and len(whole[: span.end].split()) > most:
            break
        end = span.end
    text, cut = _shortened(whole[:end], most)
    return Candidate(hit, text, 0, cut=cut, words=words_in(text))


def points_back(text: str) -> bool:
    """Whether a sentence cannot be read without the one before: "This makes it stable"."""
    return _DANGLING.match(text) is not None


def _sentences_of(hit: Hit) -> Iterator[Candidate]:
    from rag.reading.sentences import sentences

    if hit.passage.kind is Kind.CODE:
        return
    whole, before = hit.passage.text, ""
    for span in sentences(whole):
        text = _BULLET.sub("", whole[span.start : span.end])
        flaw = _flaw(text)
        if flaw < 1:
            yield _candidate(hit, text, span.end - len(text), before, flaw)
        before = text if flaw < 0.25 else ""  # a lead that itself leans on another helps nobody


def _candidate(hit: Hit, text: str, at: int, before: str, flaw: float) -> Candidate:
    short, cut = _shortened(text)
    cut = cut or not _ENDS.search(short)
    leans = points_back(text) or _CONCLUDES.match(text)
    lead = before if before and leans and len(f"{before} {short}".split()) <= MAX_WORDS else ""
    return Candidate(hit, short, at, lead, cut, flaw, words_in(short))


def _flaw(text: str) -> float:
    plain = _plainness(text)
    if plain < _MIN_PLAIN or len(text.split()) < MIN_WORDS or _REFERENCE.search(text):
        return 1.0
    flaw = _odd_looks(text)
    if not _ENDS.search(text):
        flaw += 0.6
    if not (text[0].isupper() or text[0] in "\"“‘'([0123456789"):
        flaw += 0.4
    if not _VERB.search(text):
        flaw += 0.5
    if _DANGLING.match(text):
        flaw += 0.3
    elif _CONNECTED.match(text):
        flaw += 0.1
    if text.rstrip().endswith((":", "?")):  # it leads to what is said, or asks it
        flaw += 0.35
    if _SIGNPOST.search(text):
        flaw += 0.25
    flaw += max(0.0, 0.8 - plain)
    return min(flaw, 0.95)


def _plainness(text: str) -> float:
    """Return the share of plain words, numbers counting half; 0 for formulas and rows of tables."""
    tokens = _TOKEN.findall(text)
    words = sum(1 for token in tokens if _PLAIN.fullmatch(token)) / max(1, len(tokens))
    numbers = sum(1 for token in tokens if _MEASURE.fullmatch(token)) / max(1, len(tokens))
    readable = words >= _MIN_PLAIN or (words >= _MIN_WORDS and _VERB.search(text) is not None)
    return words + 0.5 * numbers if readable else 0.0


def _odd_looks(text: str) -> float:
    flaw = 0.0
    if _GLUED.match(text):
        flaw += 0.3
    if _GARBLED.search(text):
        flaw += 0.4
    elif _ODD_SIGN.search(text):
        flaw += 0.1
    if _FORMULA.search(text):
        flaw += 0.15
    return flaw + 0.3 * (_CAPTION.match(text) is not None)


def _shortened(text: str, most: int = MAX_WORDS) -> tuple[str, bool]:
    """Cut an over-long sentence before a clause, so that what is left is still its exact beginning."""
    if len(text.split()) <= most:
        return text, False
    best = ""
    for clause in _CLAUSE.finditer(text):
        part = text[: clause.start()]
        if len(part.split()) > most:
            break
        best = part
    if len(best.split()) < MIN_WORDS * 2:
        best = " ".join(text.split()[:most])
    return best.rstrip(" ,;:"), True
