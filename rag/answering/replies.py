"""What a model replied, read tolerantly: JSON of the asked shape or near it, or text with marks. Nothing is believed.

Models write one object where a list is asked for, a string where an object is (kotaemon#469), ids in brackets or small
letters, JSON in a fence or cut off. All of it is read; what cannot be read as a sentence with quotes is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rag.language.loose_json import values_in
from rag.language.shapes import TEXT, array_of, object_of
from rag.reading.sentences import sentences

REFUSAL = "The passages do not answer this."
"""What a model says when nothing that it was given answers, whatever the language of the question."""
MAX_CLAIMS, MAX_CITES = 60, 8
MAX_TEXT = 4_000
"""Characters of one text or quote that are looked at."""

CITES_SHAPE = array_of(object_of({"id": TEXT, "quote": TEXT}))
"""The JSON schema of what a sentence, a card or a question cites."""
_SENTENCE = object_of({"text": TEXT, "cites": CITES_SHAPE})
_YES_OR_NO = {"type": "boolean"}
ANSWER_SHAPE = object_of(
    {"sentences": array_of(_SENTENCE), "complete": _YES_OR_NO, "refused": _YES_OR_NO}, title="answer"
)
"""The JSON schema of a reply."""

_ID = re.compile(r"(?<![A-Z0-9])S[2-9A-HJ-NP-Z]{3,6}(?![A-Z0-9])")
_MARK = re.compile(r"[\[(【<]\s{0,3}(?P<id>[Ss][2-9A-HJ-NP-Za-hj-np-z]{3,6})(?=[\s:,;\])】>\"“'])\s{0,3}[:,;]?\s{0,3}")
_CLOSES = re.compile(r"[\])】>]")
_QUOTE_CLOSES = re.compile(r"[\"“”„«»'‘’`]\s{0,3}[\])】>]")
_QUOTES = "\"“”„«»'‘’`"
_SENTENCES = ("sentences", "answer", "claims", "items", "answers", "response")
_TEXT = ("text", "sentence", "claim", "content", "answer")
_CITES = ("cites", "citations", "cite", "citation", "sources", "evidence", "quotes")
_CITED = ("id", "passage", "passage_id", "source", "ref")
_QUOTED = ("quote", "quotation", "quoted", "text", "excerpt")
_REFUSED = ("refused", "refusal")
_YES = ("true", "1", "yes")


@dataclass(frozen=True, slots=True)
class Cite:
    """A passage that a model names, upper case, and the words that it says stand there. Either may be made up."""

    id: str
    quote: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence that a model wrote and what it cites for it."""

    text: str
    cites: tuple[Cite, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A reply as it was read. ``refused``: it says that the passages do not answer; ``complete``: it does not say that
    they answer only a part.
    """

    claims: tuple[Claim, ...] = ()
    refused: bool = False
    complete: bool = True


def said_in(text: str) -> Said:
    """Return what a reply says, empty for one that cannot be read. Never raises; takes linear time.

    The same holds for a reply that is still growing: a sentence that has not come to its end is left out.
    """
    for value in values_in(text):
        said = said_of(value)
        if said.claims or said.refused:
            return said
    if is_refusal(text):
        return Said(refused=True)
    return Said() if '"sentences"' in text else Said(tuple(_marked(text))[:MAX_CLAIMS])


def is_refusal(text: str) -> bool:
    """Whether a text holds the phrase with which a model refuses."""
    return _folded(REFUSAL) in _folded(text[:MAX_TEXT])


def id_in(written: str) -> str:
    """Return the id in what a model wrote as one: "[s7kq]" is S7KQ; else the text itself, which names nothing."""
    found = _ID.search(written[:MAX_TEXT].upper())
    return found.group() if found else written[:40].strip()


def said_of(value: object) -> Said:
    """Return what a reply says, or a part of it, that was read as JSON already."""
    if isinstance(value, list):
        return _refused(Said(tuple(_claims(value))[:MAX_CLAIMS]))
    if not isinstance(value, dict):
        return Said()
    refused = str(_one_of(value, _REFUSED)).casefold() in _YES
    complete = str(value.get("complete", True)).casefold() in _YES
    within = next((value[name] for name in _SENTENCES if isinstance(value.get(name), list | dict)), None)
    if within is None:
        within = [value] if _one_of(value, _TEXT) is not None else []
    if isinstance(within, dict):
        inner = said_of(within)
        return Said(inner.claims, inner.refused or refused, inner.complete and complete)
    return _refused(Said(tuple(_claims(within))[:MAX_CLAIMS], refused, complete))


def _refused(said: Said) -> Said:
    """Take the fixed phrase among the sentences for what it is."""
    kept = tuple(claim for claim in said.claims if not is_refusal(claim.text))
    return Said(kept, said.refused or len(kept) < len(said.claims), said.complete)


def _claims(values: list[Any]) -> Iterator[Claim]:
    for value in values[:MAX_CLAIMS]:
        if isinstance(value, str):
            yield from _marked(value) if _MARK.search(value[:MAX_TEXT]) else [Claim(value[:MAX_TEXT])]
            continue
        if not isinstance(value, dict):
            continue
        text = _one_of(value, _TEXT)
        if not isinstance(text, str) or not text.strip():
            continue
        cites = [cite for name in _CITES if name in value for cite in _cites(value[name])]
        if not cites:
            cites = [*_cites({key: value[key] for key in (*_CITED, *_QUOTED[:3]) if key in value})]
        marked = [] if cites else [cite for claim in _marked(text) for cite in claim.cites]
        yield from _parted(text[:MAX_TEXT], tuple((cites or marked)[:MAX_CITES]))


def _parted(text: str, cites: tuple[Cite, ...]) -> Iterator[Claim]:
    """Part a text into its sentences, so that each has to be carried by what is cited."""
    for span in sentences(text):
        yield Claim(text[span.start : span.end], cites)


def _cites(value: object) -> Iterator[Cite]:
    if isinstance(value, list):
        for one in value[:MAX_CITES]:
            yield from _cites(one) if not isinstance(one, list) else ()
    elif isinstance(value, str):
        marks = [cite for claim in _marked(f"x {value}") for cite in claim.cites]
        yield from marks or [Cite(id_in(value), "")]
    elif isinstance(value, dict):
        named, quoted = _one_of(value, _CITED), _one_of(value, _QUOTED)
        if named is not None:
            for quote in quoted if isinstance(quoted, list) else [quoted]:
                yield Cite(id_in(str(named)), quote[:MAX_TEXT] if isinstance(quote, str) else "")
        else:  # {"S7KQ": "the quote"}
            for key, quote in list(value.items())[:MAX_CITES]:
                if _ID.fullmatch(key.strip(" []()").upper()) and isinstance(quote, str):
                    yield Cite(id_in(key), quote[:MAX_TEXT])


def _marked(text: str) -> Iterator[Claim]:
    """Yield the sentences of marked text, such as ``A gate subtracts a mean [S7KQ: "subtracts a running mean"]``.

    Marks belong to the sentence that they end. Sentences without one are yielded, too: what has no quote is counted.
    """
    at, before = 0, ""
    cites: list[Cite] = []
    for mark in _MARK.finditer(text):
        if mark.start() < at:
            continue
        between = text[at : mark.start()]
        if cites and between.strip(" .,;\t"):
            yield from _ended(before, tuple(cites))
            before, cites = "", []
        before += between if not cites else ""
        quote, at = _quote_at(text, mark.end())
        cites.append(Cite(mark["id"].upper(), quote))
    if cites:
        yield from _ended(before, tuple(cites))


def _quote_at(text: str, at: int) -> tuple[str, int]:
    """Return the quote of a mark and where the mark ends; the quote may hold brackets of its own."""
    window = text[at : at + MAX_TEXT]
    found = _QUOTE_CLOSES.search(window, 1) if window[:1] and window[0] in _QUOTES else None
    found = found or _CLOSES.search(window)
    closes = found.end() - 1 if found else len(window)
    return window[:closes].strip().strip(_QUOTES).strip(), at + closes + 1


def _ended(text: str, cites: tuple[Cite, ...]) -> Iterator[Claim]:
    """Yield the sentences of a text, the last with the marks that ended it."""
    text = text.lstrip(" .,;:\t\n")[-MAX_TEXT:]
    spans = sentences(text)
    for span in spans[:-1]:
        yield Claim(text[span.start : span.end])
    if spans:
        yield Claim(text[spans[-1].start : spans[-1].end], cites[:MAX_CITES])


def _one_of(value: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((value[name] for name in names if value.get(name) is not None), None)


def _folded(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())
