"""Questions on the terms that a paper defines or coins."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.domain.paper import name_form
from rag.questions.english import is_phrase, is_vague
from rag.questions.ground import Ground, Said
from rag.questions.proposal import Claim, Proposal
from rag.questions.topics import Topic, topics_in
from rag.retrieval.glossary import definitions
from rag.retrieval.names import names_of

MAX_WORDS = 4

_CALLED = re.compile(
    r"\b(?:[Ww]e (?:also |then )?(?:call|name|term|dub)|called|termed|dubbed|named(?! entit)|known as"
    r"|so-called|refer(?:red)? to[^.]{0,70}? as|denoted as|so called)\s+(?:(?:this|these|our|it|them|the|an?"
    r"|as)\s+(?:[\w-]+\s+){0,2}?)??[“\"‘'(]?(?P<term>[A-Za-z][\w’-]*(?:[ -][\w’-]+){0,3}?)(?=[”\"’')\],.;:]"
    r"|\s(?:is|are|that|which|to|for|by|in|of|on|and|as|with|from|when|where|because|since)\b|$)"
)
_DEFINED = re.compile(
    r"\b[Ww]e (?:formally )?define (?:the |an? )?(?P<term>[A-Za-z][\w’-]*(?: [\w’-]+){0,3}?) (?:as|to be)\b"
    r"|^(?:The |An? )?(?P<second>[A-Z][\w’-]*(?: [\w’-]+){0,3}?) (?:is|are)"
    r" (?:defined as|an? (?:\w+ )?(?:method|technique|measure|task|procedure|algorithm|mechanism|function|process|kind"
    r"|type|form|class|way|strategy|layer|activation|loss|metric|process|state|generali[sz]ation)\b)"
)
_SAYS_WHAT = (
    r"(?:consists? of|refers? to|denotes?|means|represents?|measures?|computes?|works? by|aims? to|allows?"
    r"|performs?|maps?|operates?|predicts?|estimates?|combines?|replaces?|describes?|uses?|extends?|assigns?"
    r"|takes?|applies|learns?|stores?|serves?)\b"
)
_QUOTED = re.compile(r"“(?P<term>[A-Za-z][\w’-]*(?:[ -][\w’-]+){0,3})”")
_THIS = re.compile(r"\b(?:refer(?:red)? to|call|term|name|dub) (?:this|these|such|it|them)\b", re.IGNORECASE)
_HEADING = re.compile(r"^(?:[\dA-Z]+(?:\.\d+)*\.?\s+)?(?P<term>[A-Za-z][\w’ /-]+)$")
_GENERIC = re.compile(
    r"\b(?:introduction|related|works?|results?|experiments?|experimental|conclusions?|discussion|abstract"
    r"|appendix|details?|setup|settings?|background|overview|methods?|methodology|model|models|data|datasets?"
    r"|training|evaluation|analysis|ablations?|stud(?:y|ies)|comparisons?|implementation|inference|limitations?"
    r"|future|preliminar\w+|summary|approach|architecture|baselines?|main|other|additional|image|classification"
    r"|detection|acknowledg\w+|example|step|stage)\b",
    re.IGNORECASE,
)


def on_terms(ground: Ground) -> Iterator[Proposal]:
    """Yield a question on each term that the paper explains in one sentence."""
    own = {name_form(name) for name in (*names_of(ground.paper), ground.own_name)}
    for term, coined in _terms(ground).items():
        short = re.sub(r"\s*\(.*\)$", "", term)
        if name_form(short) in own or is_vague(short):
            continue
        defined = _definition(ground, term)
        if defined is None:
            continue
        said, sure = defined
        worth = min(1.0, 0.45 + 0.35 * sure + 0.15 * coined + 0.05 * min(ground.text.count(short), 8) / 8)
        topics = topics_in(said.plain, said.section, (Topic.TERM,))
        texts = (said.before, said.text) if said.before and _THIS.search(said.plain) else (said.text,)
        claims = tuple(Claim(text, said.passage.first_page, said.passage.last_page) for text in texts)
        yield Proposal(_asked(ground, term, quoted=coined), "definition", topics, claims, term, worth=worth)


def _terms(ground: Ground) -> dict[str, bool]:
    """Return the terms that may be defined, and whether the paper itself coins or quotes them."""
    found: dict[str, bool] = {}
    shorts = definitions([ground.text])
    for short, long in shorts.items():
        written = re.search(
            rf"(?P<long>{re.escape(long)})\s*\(\s*(?P<short>{re.escape(short)}s?)\b", ground.text, re.IGNORECASE
        )
        if written is not None and len(long.split()) <= MAX_WORDS + 1:
            named = written["long"] if written["long"].istitle() else ground.lowered(written["long"])
            found[f"{named} ({written['short'].removesuffix('s')})"] = False
    for said in ground.said:
        for pattern, coined in ((_CALLED, True), (_DEFINED, True), (_QUOTED, True)):
            for match in pattern.finditer(said.plain):
                term = match["term"] or match.groupdict().get("second") or ""
                _add(found, ground.lowered(re.sub(r"^(?:the|an?|our) ", "", term)), coined=coined)
    for passage in ground.passages:
        for heading in passage.section[1:]:
            titled = _HEADING.match(heading)
            if titled is not None and not _GENERIC.search(titled["term"]):
                _add(found, " ".join(map(ground.lowered, titled["term"].split())), coined=False)
    spelled = {name_form(re.sub(r"\s*\(.*\)$", "", term)) for term in found if "(" in term} | {
        name_form(short) for short in shorts
    }
    kept: dict[str, bool] = {}
    forms: set[str] = set()
    for term, coined in found.items():
        form = name_form(re.sub(r"\s*\(.*\)$", "", term)).removesuffix("s")
        if form not in forms and ("(" in term or name_form(term) not in spelled):
            kept[term] = coined
            forms.add(form)
    return kept


def _add(found: dict[str, bool], term: str, *, coined: bool) -> None:
    words = term.split()
    if re.search(r"\b(?:or|and)\b|\d$", term):
        return
    known = len(words) > 1 or any(sign.isupper() for sign in term[1:]) or coined
    if (
        known
        and len(term) > 3
        and is_phrase(term, MAX_WORDS)
        and not _GENERIC.fullmatch(words[-1] if len(words) == 1 else term)
    ):
        found[term] = found.get(term, False) or coined


def _definition(ground: Ground, term: str) -> tuple[Said, float] | None:
    """Return the sentence that best defines a term, and how sure that is."""
    names = [re.sub(r"\s*\(.*\)$", "", term), *re.findall(r"\(([^()]+)\)", term)]
    best: tuple[Said, float] | None = None
    for said in ground.said:
        if said.in_appendix or not any(name.casefold()[:12] in said.text.casefold() for name in names):
            continue
        sure = max(_defines(name, said.plain) for name in names)
        if sure and len(said.plain.split()) >= len(term.split()) + 6 and (best is None or sure > best[1]):
            best = (said, sure)
    return best


def _defines(term: str, sentence: str) -> float:
    """Return 0 to 1: how sure a sentence is the place where a term is explained."""
    form = name_form(term)
    for pattern in (_CALLED, _DEFINED):
        for found in pattern.finditer(sentence):
            named = found["term"] or found.groupdict().get("second") or ""
            if name_form(re.sub(r"^(?:the|an?|our) ", "", named)) == form:
                return 1.0
    after = rf"(?:The |An? )?{re.escape(term)}s?(?: \([^()]*\))?,?(?: sometimes called [\w-]+,?)?"
    if re.match(
        rf"{after} (?:is|are) (?:an?|the|one|defined|computed|given)\b(?!"
        r" (?:\w+est|most|only|best|same|first|key|main)\b)",
        sentence,
        re.I,
    ):
        return 0.9
    if re.match(rf"{after} {_SAYS_WHAT}", sentence, re.IGNORECASE):
        return 0.8
    what = r"an? [^,]{3,70}\b(?:that|which|where|in which|used|designed)\b"
    apposed = rf"\b{re.escape(term)}(?: \([^()]*\))?, {what}"
    return 0.75 if re.search(apposed, sentence, re.IGNORECASE) else 0.0


def _asked(ground: Ground, term: str, *, quoted: bool) -> str:
    plain = re.sub(r"\s*\(.*\)$", "", term)
    last = plain.split()[-1]
    if quoted and "(" not in term and plain == plain.lower():
        return f"What do the authors mean by “{plain}”?"
    if re.search(r"[^siu]s$", last) and not re.search(r"(?:ics|sis)$", last):
        return f"What are {term}?"
    article = ground.article(plain)
    return f"What is {article}{term}?"
