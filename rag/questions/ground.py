"""A paper as its proposers see it: sentences that read well alone, numbered things, what it calls itself."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from rag.answering.candidates import candidates, points_back
from rag.answering.wording import words_in
from rag.domain.paper import Paper
from rag.domain.passage import Hit, Passage
from rag.domain.reading import Kind
from rag.questions.english import cleaned, unreadable, without_brackets
from rag.questions.topics import MAY_BE_SILENT, Topic, marks
from rag.reading.sentences import sentences
from rag.retrieval.names import names_of

MAX_FLAW = 0.2
"""Sentences with more of what reads badly are no ground for a question (rag.answering.candidates)."""

_WORD = re.compile(r"[^\W\d_][\w-]*")
_NO_GROUND = re.compile(r"acknowledg|references|bibliography|checklist|author contributions?$", re.IGNORECASE)
_BACK_MATTER = re.compile(r"^(?:appendix\b|supplement|[A-Z](?:\.\d+)*\.? )", re.IGNORECASE)
_MAX_NAME_WORDS = 3
_LOOK_BACK = 500
_FOOTNOTE = re.compile(r"\d{1,2} ?[A-Z][a-z]")
_AFTER_A_NAME = "is|are|was|has|can|that|which|and|or|to|for|with|on|in|by|of|as|at"


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of running text. ``text`` stands in the passage as it is; ``plain`` is without citation marks, and
    ``bare`` without what stands in brackets. ``before`` is the sentence before it in its passage, "" for none.
    """

    text: str
    plain: str
    bare: str
    passage: Passage
    at: int
    in_appendix: bool
    before: str = ""

    @property
    def section(self) -> str:
        """Return the headings above it as one text."""
        return " / ".join(self.passage.section)


@dataclass(frozen=True)
class Ground:
    """One paper. ``others`` are the other papers that the guild holds, ``spread`` in how many of them a lower-case word
    stands, ``called`` is what the group calls it in its notes, "" for nothing.
    """

    paper: Paper
    passages: Sequence[Passage]
    others: Sequence[Paper]
    spread: Mapping[str, int]
    called: str = ""

    @cached_property
    def said(self) -> tuple[Said, ...]:
        """The sentences that read well alone, in the order of the paper."""
        running = [p for p in self.passages if p.kind in (Kind.ABSTRACT, Kind.TEXT) and not _is_no_ground(p)]
        found = []
        for one in candidates(Hit(1, 0.0, passage, self.paper) for passage in running):
            if (
                one.flaw <= MAX_FLAW
                and not one.cut
                and not points_back(one.text)
                and not unreadable(one.text)
                and not _FOOTNOTE.match(one.text)
            ):
                plain = cleaned(one.text)
                back = _BACK_MATTER.match(" ".join(one.hit.passage.section[:1])) is not None
                before = _last_of(one.hit.passage.text[: one.at])
                found.append(Said(one.text, plain, without_brackets(plain), one.hit.passage, one.at, back, before))
        return tuple(found)

    @cached_property
    def items(self) -> Mapping[str, tuple[Passage, ...]]:
        """The passages of each figure, table, equation, theorem and algorithm by its label, in the paper's order."""
        found: dict[str, list[Passage]] = {}
        for passage in self.passages:
            if passage.label:
                found.setdefault(passage.label, []).append(passage)
        return {label: tuple(held) for label, held in found.items()}

    def speaks_of(self, topic: Topic) -> bool:
        """Whether any sentence of the paper, however it reads, says something of a topic."""
        if topic in (Topic.EQUATION, Topic.DIAGRAM):
            kinds = (Kind.EQUATION, Kind.THEOREM) if topic is Topic.EQUATION else (Kind.CAPTION,)
            return any(passage.kind in kinds for passage in self.passages)
        captions = "\n".join(p.text for p in self.passages if p.kind in (Kind.CAPTION, Kind.TABLE, Kind.THEOREM))
        return topic not in MAY_BE_SILENT or marks()[topic].sentence.search(f"{self.text}\n{captions}") is not None

    @cached_property
    def text(self) -> str:
        """All running text, without thanks and references."""
        running = (p for p in self.passages if p.kind in (Kind.ABSTRACT, Kind.TEXT) and not _is_no_ground(p))
        return "\n".join(passage.text for passage in running)

    @cached_property
    def words(self) -> Counter[str]:
        """How often each word stands in the running text, as written."""
        return Counter(_WORD.findall(self.text))

    @cached_property
    def own_name(self) -> str:
        """What the paper's method or data is called in its own text, "ResNet", else by the group; "" for no name."""
        names = [name for name in names_of(self.paper) if len(name.split()) <= _MAX_NAME_WORDS]
        counted = [
            (name, Counter(re.findall(rf"(?<![\w-]){re.escape(name)}(?![\w-])", self.text, re.I))) for name in names
        ]
        best = max(counted, key=lambda pair: (sum(pair[1].values()), -len(pair[0])), default=None)
        if best is None or sum(best[1].values()) < 3:
            return self.called
        written = best[1].most_common(1)[0][0]
        return written if any(sign.isupper() for sign in written) else self.called

    @cached_property
    def own_or_method(self) -> str:
        """The paper's own name as it stands inside a sentence, else words that stand for it."""
        article = "the " if self.own_name and self.article(self.own_name) == "the " else ""
        return article + self.own_name or "the method"

    def article(self, term: str) -> str:
        """Return the article that mostly stands before a term in the paper, with a space; "" for none."""
        alone = rf"(\w+)\s+{re.escape(term)}(?=[,.;:)]|\s\(|\s(?:{_AFTER_A_NAME})\b)"
        before = [word.casefold() for word in re.findall(alone, self.text, re.IGNORECASE)]
        counted = {article: before.count(article) for article in ("a", "an", "the")}
        best = max(counted, key=lambda article: counted[article])
        return f"{best} " if 2 * sum(counted.values()) > len(before) and counted[best] else ""

    def lowered(self, phrase: str) -> str:
        """Return a phrase from the beginning of a sentence as it would stand inside one."""
        first, space, rest = phrase.partition(" ")
        if not first[:1].isupper() or any(sign.isupper() or sign.isdigit() for sign in first[1:]):
            return phrase
        small = first.lower()
        inside = len(re.findall(rf"(?<=[a-z,] ){re.escape(first)}\b", self.text))
        if not inside and not self.words[small]:  # it only begins sentences: mostly a word, seldom a name
            return phrase if rest[:1].isupper() else small + space + rest
        keeps = self.words[small] <= inside if "-" not in first or self.words[small] else inside > 0
        return phrase if keeps else small + space + rest

    def is_term(self, first: str, second: str) -> bool:
        """Whether two lower-case words stand side by side in the paper, more than once, and not both in most papers."""
        seldom = min(self.spread.get(first, 0), self.spread.get(second, 0)) <= max(1, len(self.others) // 5)
        return seldom and len(re.findall(rf"\b{re.escape(first)} {re.escape(second)}\b", self._folded)) > 1

    @cached_property
    def _folded(self) -> str:
        return self.text.casefold()

    def rare(self, word: str) -> bool:
        """Whether a lower-case word stands in the paper, and in few of the others."""
        seen = self.spread.get(word, 0)
        if not seen and "-" in word:  # stored by its parts
            seen = min(self.spread.get(part, 0) for part in word.split("-") if part)
        return seen <= max(1, len(self.others) // 6) and word in self._held

    @cached_property
    def _held(self) -> frozenset[str]:
        return frozenset(word.text.casefold() for word in words_in(self.text))


def _is_no_ground(passage: Passage) -> bool:
    return any(_NO_GROUND.search(heading) for heading in passage.section)


def _last_of(text: str) -> str:
    spans = sentences(text[-_LOOK_BACK:])
    return (
        text[-_LOOK_BACK:][spans[-1].start : spans[-1].end]
        if len(spans) > 1 or (spans and len(text) <= _LOOK_BACK)
        else ""
    )
