"""Questions on what has a number: figures, tables, equations, theorems, algorithms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.domain.passage import Passage
from rag.domain.reading import Kind
from rag.questions.english import GARBLED, cleaned, is_phrase, of_the_authors, without_brackets
from rag.questions.ground import Ground, Said
from rag.questions.proposal import Claim, Proposal
from rag.questions.topics import Topic, topics_in
from rag.reading.sentences import sentences
from rag.retrieval.items import Item, items_in

MAX_TITLE = 14
"""Words of a caption's title inside a question."""
_STEP = 6
"""Words from which a line of an algorithm is a step that can be read."""
_TELLING = 10
"""Words from which a sentence on an item says something of it."""

_LABEL = re.compile(
    r"^\W*(?:Figure|Fig\.?|Table|Algorithm|Theorem|Lemma|Proposition|Corollary|Definition"
    r"|Example)\s*[A-Z]?[\d.]*\w?\s*[:.|]?\s*",
    re.I,
)
_PANEL = re.compile(
    r"^(?:\((?:left|right|top|bottom|middle|[a-h])\)|(?:left|right|top|bottom|middle|[a-h])\s*[:)])\s*", re.I
)
_PART = re.compile(r"[,;:]\s|\s(?:where|which|when|with|for|using)\s")
_NO_TITLE = re.compile(r"(?:These|This|We|It|They|See|Best viewed)\b")
_ON_THE_TEXT = re.compile(r"\b(?:remainder|rest) of th\w+ (?:paragraph|section|paper)\b|\binterchangeably\b", re.I)
"""A sentence on how the paper is written finds nothing out."""
_FINDS = re.compile(
    r"\b(?:(?:shows?|see|seen|indicat\w+|suggest\w*|demonstrat\w+|reveals?|observed?|find|found|noted?) that"
    r"|better|worse|lower|higher|faster|slower|fewer|outperform\w*|improves?|improved|reduc(?:es|ed|ing)"
    r"|increas(?:es|ed)|decreas(?:es|ed)|overcome|hurts?|gains?|surpass\w*|than|consistently|superior"
    r"|plateau|drops?|comparable|saturat\w+)\b",
    re.I,
)
_DRAWS = re.compile(
    r"\b(?:architectures?|building blocks?|overview|framework|pipeline|schema\w*|structure|illustration|module|block"
    r"|diagram|unit|the model|the system|detection system)\b",
    re.I,
)
_PLOTS = re.compile(
    r"\b(?:curves?|error|accuracy|performance|compar\w+|vs|versus|results?|scores?|effect|training on|distribution"
    r"|samples?|responses?|visuali[sz]ation|examples? of|filters|size of|timings?|different)\b",
    re.I,
)
_STATES = re.compile(r"\b(?:then|is|are|achieved|converges?|if and only if|exists?|holds?|equivalent|has|have)\b", re.I)
_SYMBOLS = re.compile(
    r"(?:^|[\s)\]])(?P<tail>(?:where|Here|with)\s(?=.{0,80}\b(?:is|are|denotes?|represents?|stands?)\b).{20,})$"
)
_POINTS_AT = re.compile(r"^(?:where|Here|with),?\s+")
_LEAD = re.compile(r"^(?P<lead>[^=:]{25,260}):\s")
_DEFINES = re.compile(
    r"\b(?P<verb>define|compute|calculate|express|formulate|estimate|update|parameterize)"
    r"s?d? (?P<what>(?:the |a |an |this )?[^,:;]{3,60}?)(?: (?:as|by|via|using|with|according to)\b.*)?$"
)
_IS_DEFINED = re.compile(
    r"(?P<what>(?:[Tt]he |[Aa]n? |[Oo]ur )?[^,:;]{3,60}?) (?:is|are|can be) (?:then |thus |therefore"
    r" )?(?P<verb>defined|computed|calculated|given|expressed"
    r"|formulated|updated)\b"
)
_BASE = {"defined": "define", "computed": "compute", "calculated": "compute", "given": "define", "expressed": "express",
         "formulated": "formulate", "updated": "update"}  # fmt: skip


def on_items(ground: Ground) -> Iterator[Proposal]:
    """Yield a question on each numbered thing that can be asked about."""
    spoken = _spoken_of(ground.said)
    for label, passages in ground.items.items():
        item = next(iter(items_in(label)), None)
        if item is None:
            continue
        first = passages[0]
        around = spoken.get(item, [])
        if first.kind in (Kind.CAPTION, Kind.TABLE):
            yield from _on_caption(item, first, around)
        elif first.kind is Kind.EQUATION:
            yield from _on_equation(item, first)
        elif first.kind is Kind.THEOREM:
            yield from _on_statement(item, first, around)


def _spoken_of(said: Sequence[Said]) -> dict[Item, list[Said]]:
    found: dict[Item, list[Said]] = {}
    for one in said:
        for item in items_in(one.text):
            found.setdefault(item, []).append(one)
    return found


def title_of(passage: Passage) -> tuple[str, str]:
    """Return a caption's first sentence as it stands there, and the title in it, shortened; "" when it has none."""
    text = passage.text.split("\n")[0]
    spans = list(sentences(text))
    end = spans[0].end if spans else 0
    if spans and len(_LABEL.sub("", text[:end])) < 3 and len(spans) > 1:  # "Figure 1." is a sentence of its own
        end = spans[1].end
    whole = text[:end]
    title = without_brackets(cleaned(_PANEL.sub("", _LABEL.sub("", whole)))).strip(" .:|")
    title = title if len(title.split()) <= MAX_TITLE else _cut(title)
    odd = re.search(r"[“”\"\[\]{}=<>\\|]|\bet al\b|[\ue000-\uf8ff]", title)
    plain = not odd and 2 <= len(title.split()) <= MAX_TITLE and re.search(r"[^\W\d_]{3}", title)
    return whole, title.strip(" ,.") if plain and not _NO_TITLE.match(title) else ""


def _cut(title: str) -> str:
    """Cut a long title where a part of it ends, else at a word, with an ellipsis."""
    for border in reversed(list(_PART.finditer(title))):
        words = title[: border.start()].split()
        if 4 <= len(words) <= MAX_TITLE and not words[-1].endswith("ed"):
            return " ".join(words)
    return " ".join(title.split()[: MAX_TITLE - 2]).rstrip(" ,;:") + " …"


def _on_caption(item: Item, passage: Passage, around: Sequence[Said]) -> Iterator[Proposal]:
    whole, title = title_of(passage)
    if not title:
        return
    rest = passage.text.split("\n")[0][len(whole) :].strip() if passage.kind is Kind.CAPTION else ""
    telling = [one for one in around if len(one.text.split()) >= _TELLING and not one.in_appendix]
    telling = [one for one in telling if not _ON_THE_TEXT.search(one.plain)]
    telling.sort(key=lambda one: -len(_FINDS.findall(one.plain)))
    best = telling[0] if telling else None
    if best is None and len(rest.split()) < _TELLING:
        return
    claims = [_claim(whole, passage)]
    if best is not None:
        claims.insert(0, _claim(best.text, best.passage))
    elif rest:
        claims.insert(0, _claim(_first_of(rest), passage))
    said = best.plain if best is not None else cleaned(_first_of(rest))
    finds = _FINDS.search(said) is not None
    text, kinds = _asked_of_caption(item, title, finds=finds)
    worth = 0.75 + 0.25 * finds * (best is not None) - 0.3 * _in_appendix(passage)
    yield Proposal(
        text,
        item.noun,
        topics_in(f"{title} {said}", " ".join(passage.section), kinds),
        tuple(claims),
        str(item),
        worth=worth,
    )


def is_drawing(title: str) -> bool:
    """Whether a figure of this title draws a model or a flow of work, and plots no results."""
    return _DRAWS.search(title) is not None and not _PLOTS.search(title)


def _asked_of_caption(item: Item, title: str, *, finds: bool) -> tuple[str, tuple[Topic, ...]]:
    named = f"{item} (“{title}”)"
    if item.noun == "table":
        asked = f"What do the authors conclude from {named}?" if finds else f"What does {named} compare?"
        return asked, (Topic.RESULT, Topic.COMPARISON)
    if is_drawing(title):
        return f"Which parts does {named} show, and how do they work together?", (Topic.DIAGRAM, Topic.ARCHITECTURE)
    asked = f"What can be learned from {named}?" if finds else f"What does {named} show?"
    return asked, (Topic.RESULT,)


def _on_equation(item: Item, passage: Passage) -> Iterator[Proposal]:
    text = passage.text
    lead, tail = _LEAD.match(text), _SYMBOLS.search(text)
    claims, said = [], []
    if lead is not None and _is_prose(lead["lead"]):
        claims.append(_claim(lead["lead"], passage))
        said.append(cleaned(lead["lead"]))
    if tail is not None and _is_prose(tail["tail"], 0.5):
        first = _first_of(tail["tail"])
        claims.append(_claim(first, passage))
        said.append(first)
    if not claims:
        return
    about = _defined(said[0]) if lead is not None and said else ""
    where = _where(passage)
    symbols = (
        ", and what do its symbols stand for" if tail is not None and len(claims) == 1 + (lead is not None) else ""
    )
    if about or (symbols and where):
        text = f"How does {item} {about}{symbols}?" if about else f"What does {item}{where} express{symbols}?"
        worth = 0.95 if about else 0.65
        expected = _expected(item, passage, said, symbols=bool(symbols))
        yield Proposal(text, "equation", (Topic.EQUATION,), tuple(claims), str(item), expected, worth)


def _expected(item: Item, passage: Passage, said: Sequence[str], *, symbols: bool) -> str:
    """Return where the formula stands, and what its symbols are, else the sentence that leads to it."""
    page = f" (page {passage.first_page})" if passage.first_page else ""
    told = _POINTS_AT.sub("", said[-1]) if symbols else f"{said[0].rstrip(' :')} …"
    return f"{item}{page}. {told}"


def _defined(lead: str) -> str:
    """Return "define X" for a sentence that leads to the formula that defines X."""
    found = _DEFINES.search(lead)
    if found is not None:
        what = of_the_authors(found["what"])
        return f"{found['verb']} {what}" if is_phrase(what, 8) else ""
    found = _IS_DEFINED.search(lead)
    if found is not None:
        what = of_the_authors(found["what"])
        what = what[0].lower() + what[1:] if re.match(r"(?:The|An?|Our) ", what) else what
        return f"{_BASE[found['verb']]} {what}" if is_phrase(what, 8) else ""
    return ""


def _on_statement(item: Item, passage: Passage, around: Sequence[Said]) -> Iterator[Proposal]:
    """Ask for what a theorem states, or which steps an algorithm takes."""
    telling = [_claim(one.text, one.passage) for one in around if len(one.text.split()) >= _TELLING][:1]
    if item.noun == "algorithm":
        yield from _on_algorithm(item, passage, telling)
        return
    bracket = re.match(r"\w+ [\dA-Z.]+\s*\((?P<name>[A-Z][^()]{3,60})\)", passage.text)
    named = f"{item} (“{bracket['name']}”)" if bracket else f"{item}{_where(passage)}"
    parts = [passage.text[span.start : span.end] for span in sentences(passage.text)]
    stated = [
        part
        for part in parts
        if _STATES.search(part)
        and not re.match(r"\W*(?:\w+ [\d.]+\W+)?(?:Let|Consider|Suppose|Assume|This|These|It|Here|We)\b", part)
        and _is_prose(part, 0.45)
    ]
    if not stated:
        return
    claims = [_claim(stated[0], passage), *telling]
    follows = ", and what follows from it" if telling else ""
    yield Proposal(
        f"What does {named} state{follows}?",
        item.noun,
        (Topic.EQUATION, Topic.CONTRIBUTION),
        tuple(claims),
        str(item),
        worth=0.85,
    )


def _on_algorithm(item: Item, passage: Passage, telling: Sequence[Claim]) -> Iterator[Proposal]:
    _, title = title_of(passage)
    steps = [line.strip("• ") for line in passage.text.split("\n")[1:]]
    prose = [line for line in steps if len(line.split()) >= _STEP and _is_prose(line, 0.5)]
    taken = [_claim(line, passage, optional=True) for line in prose[:3]]
    if title and (taken or telling):
        asked = f"Which steps does {item} (“{title}”) go through?" if taken else f"What is {item} (“{title}”) for?"
        kinds = (Topic.STEPS, Topic.EQUATION, Topic.DIAGRAM)
        first = _claim(title_of(passage)[0], passage)
        yield Proposal(asked, "algorithm", kinds, (*taken, first, *telling), str(item), worth=0.85)


def _where(passage: Passage) -> str:
    """Return the heading above a passage as it stands after an item's name."""
    heading = re.sub(r"^[\dA-Z.]+\s+", "", passage.section[-1]) if passage.section else ""
    named = 2 <= len(heading.split()) <= 8 and heading[-1] not in ".:" and is_phrase(heading)
    return f" (section “{heading}”)" if named else ""


def _claim(text: str, passage: Passage, *, optional: bool = False) -> Claim:
    return Claim(text, passage.first_page, passage.last_page, optional)


def _first_of(text: str) -> str:
    spans = sentences(text)
    return text[: spans[0].end] if spans else text


def _is_prose(text: str, share: float = 0.7) -> bool:
    words = text.split()
    plain = sum(1 for word in words if re.fullmatch(r"[(“‘]*[A-Za-z][A-Za-z’'-]+[)”’.,;:]*", word))
    return len(words) >= 5 and plain >= share * len(words) and not GARBLED.search(text)


def _in_appendix(passage: Passage) -> bool:
    return (
        bool(passage.section)
        and re.match(r"appendix|supplement|[A-Z](?:\.\d+)* ", passage.section[0], re.I) is not None
    )
