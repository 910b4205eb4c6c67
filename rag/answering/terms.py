"""The names of what is asked about: as typed, spelled out, shortened, and without the name of the paper asked of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rag.answering.questions import Asked
from rag.answering.wording import content_words, stems_of, words_in
from rag.domain.paper import Paper, name_form
from rag.retrieval.glossary import definitions
from rag.retrieval.names import names_of

_COINED = re.compile(r"[A-Za-z]{2}.*\d|[A-Za-z]*[a-z][A-Za-z]*[A-Z]|[A-Z]{2}[a-z]+[A-Z]?")


def terms_of(asked: Asked, texts: Iterable[str], papers: Sequence[Paper] = ()) -> tuple[str, ...]:
    """Return the subject and its other names as the texts themselves give them: "RPN", "region proposal network".

    The name of a paper that only says where to look is left out ("degradation problem in resnet"), and so is a symbol
    after a term ("growth rate k").
    """
    known = definitions(texts)
    whole = any(stems_of(long) == stems_of(asked.subject) for long in known.values())  # "gated residual network"
    subject = asked.subject if whole else without_place(asked.subject, papers)
    if not subject:
        return ()
    folded = subject.casefold()
    others = [known[folded]] if folded in known else []
    others += [short for short, long in known.items() if stems_of(long) == stems_of(folded)]
    naming = " ".join(content_words(subject))
    plain = re.sub(r"(?<=\w\w)\s+[a-zA-Z]$", "", subject)
    return tuple(dict.fromkeys(name for name in (subject, naming, plain, *others) if name))


def without_place(subject: str, papers: Sequence[Paper]) -> str:
    """Return a subject without "in ResNet" after it or "ResNet's" before it, for the papers asked of."""
    for name in sorted((n for paper in papers for n in names_of(paper)), key=len, reverse=True):
        own = re.escape(name)
        after = rf"\s+(?:(?:in|of|for|from|by|on|at)\s+)?(?:the\s+)?{own}(?:['’]?s)?(?:\s+(?:paper|model|network))?$"
        before = rf"^{own}(?:['’]s)?\s+"
        for pattern in (after, before):
            shorter = re.sub(pattern, "", subject, flags=re.IGNORECASE).strip()
            if shorter and shorter != subject:
                return shorter
    return subject


def coined_names(question: str) -> tuple[str, ...]:
    """Return the words that are coined: digits or capitals inside ("GPT-4", "gpt4", "InstructGPT"), not sizes ("3x3"),
    symbols ("f1", "V2") or acronyms, which papers may spell out.
    """
    return tuple(w.text for w in words_in(question) if len(w.text) > 3 and _COINED.search(w.text))


def is_named(name: str, text: str) -> bool:
    """Whether a text holds a name as a word of its own, however it is written: "BERT" does not stand in "RoBERTa"."""
    return re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", text, re.IGNORECASE) is not None


def names_itself(subject: str, paper: Paper) -> bool:
    """Whether a term is the paper's own name: "what is RoBERTa"."""
    return bool(subject) and name_form(subject) in {name_form(name) for name in names_of(paper)}


def words_beside_names(words: Sequence[str], papers: Sequence[Paper]) -> tuple[str, ...]:
    """Return the words that do not just name the papers asked of; all of them when nothing else is left."""
    held = frozenset(words)
    naming: set[str] = set()
    runs = {name_form("".join(words[i:j])): words[i:j] for j in range(len(words) + 1) for i in range(max(0, j - 3), j)}
    for name in (name for paper in papers for name in names_of(paper)):
        parts = content_words(name)
        if parts and held.issuperset(parts):
            naming.update(parts)
        naming.update(runs.get(name_form(name), ()))  # "yolo v1" for "YOLOv1", "batchnorm" for "batch norm"
    return tuple(word for word in words if word not in naming) or tuple(words)
