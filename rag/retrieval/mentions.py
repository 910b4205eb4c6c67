"""Papers that a question names: "GoogLeNet vs AlexNet", "in mask rcnn", "resnett", "1502.03167"."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rag.domain.paper import Paper, name_form
from rag.retrieval.items import items_in
from rag.retrieval.names import MARGIN, SURE, arxiv_ids_in, names_of, one_copy_each
from rag.retrieval.words import STOP_WORDS, content_words, tokens, word_set

MAX_TOKENS = 12
"""Longest name in words that is looked for; longer titles are met by their first words."""

MAX_READ = 150
"""Words of a question that are read for names: a pasted page names its paper early or not at all."""

_COMPARISON = re.compile(
    r"\b(?:vs|versus|compar\w*|differ\w*|between|against|better|worse|faster|unlike|similar\w*|relat\w*|than)\b",
    re.IGNORECASE,
)
_PLACE = re.compile(r"\b(?:in|inside|within|of|from|by|does|did|do|has)\s+(?:the\s+)?(?:papers?\s+)?$", re.IGNORECASE)
_OWNS = re.compile(r"\b(?:how (?:many|much|long)|which|what) .*\b(?:of|does|did|has|have) (?:the )?$", re.IGNORECASE)
_END = re.compile(r"\s*(?:$|\?|(?:use|used|uses|have|has|take|took|need|needs|get|gets)\b)", re.IGNORECASE)
_MIN_FUZZY = 5
_MIN_STEM = 3
_EVERYWHERE = 0.2
"""Share of passages from which a word is plain language in this library, whatever paper is called so."""


@dataclass(frozen=True, slots=True)
class Mention:
    """``text[start:end]`` of the question names the paper. ``exact`` False: after mending a typing error."""

    paper: Paper
    text: str
    start: int
    end: int
    exact: bool = True


class NameBook:
    """The names of one guild's papers.

    ``frequency`` maps lower-case words to the number of passages they stand in, ``passages`` is how many there are:
    a name that the library uses as a plain word ("transformer", "attention") is believed only when it is written
    as a name, or stands alone.
    """

    def __init__(self, papers: Sequence[Paper], *, frequency: Mapping[str, int], passages: int) -> None:
        self._frequency = frequency
        self._passages = max(passages, 1)
        self._forms: dict[str, list[Paper]] = {}
        self._ids = {p.arxiv_id or p.paper_id: p for p in papers} | {p.paper_id: p for p in papers}
        for paper in one_copy_each(papers):
            names = names_of(paper)
            for form in {name_form(n) for n in names} | {name_form(" ".join(n.split()[:MAX_TOKENS])) for n in names}:
                self._forms.setdefault(form, []).append(paper)

    def mentions(self, question: str, knows: Callable[[str], bool]) -> tuple[Mention, ...]:
        """Return the papers named, one mention each, in order. Longest names first: "Double DQN" is not "DQN".

        ``knows`` tells whether a word is in the library's vocabulary; only unknown ones may be names with an error.
        """
        by_id = [Mention(self._ids[i], i, 0, 0) for i in arxiv_ids_in(question) if i in self._ids]
        found: list[Mention] = []
        words = tokens(question)[:MAX_READ]
        forms = [name_form(word.text) for word in words]
        plain = [word.text.casefold() in STOP_WORDS for word in words]
        known = [is_plain or knows(word.text) for word, is_plain in zip(words, plain, strict=True)]
        for size in range(min(MAX_TOKENS, len(words)), 0, -1):
            for at in range(len(words) - size + 1):
                run = slice(at, at + size)
                start, end = words[at].start, words[at + size - 1].end
                if all(plain[run]) or any(start < m.end and m.start < end for m in found):
                    continue
                form = "".join(forms[run])
                exact = self._exact(form, single=size == 1)
                papers = exact or ([] if any(known[run]) else self._fuzzy(form))
                found.extend(Mention(p, question[start:end], start, end, exact=bool(exact)) for p in papers)
        firm = [m for m in found if not self._doubtful(m, question)]
        meant = not firm and (len(_beside_code(question)) <= 2 or bool(items_in(question)))  # "adam", "eq. 3 in adam"
        kept = found if meant else firm
        return _one_each([*by_id, *sorted(kept, key=lambda m: m.start)])

    def _exact(self, form: str, *, single: bool) -> list[Paper]:
        papers = self._forms.get(form)
        if papers is None and single:  # "ResNets", "ResNet50"
            stem = re.sub(r"(?:s|\d{1,3})$", "", form)
            papers = self._forms.get(stem) if len(stem) >= _MIN_STEM and stem != form else None
        return papers if papers and len(papers) == 1 else []

    def _fuzzy(self, form: str) -> list[Paper]:
        from rapidfuzz import fuzz

        if len(form) < _MIN_FUZZY or form.isdigit():
            return []
        scores: dict[str, tuple[float, Paper]] = {}
        for other, papers in self._forms.items():
            if len(papers) != 1 or abs(len(other) - len(form)) > 2 or _digits(other) != _digits(form):
                continue
            score = fuzz.WRatio(form, other, score_cutoff=SURE - MARGIN)
            scores[papers[0].key] = max(scores.get(papers[0].key, (0.0, papers[0])), (score, papers[0]), key=_first)
        ranked = sorted(scores.values(), key=_first, reverse=True)
        if not ranked or ranked[0][0] < SURE:
            return []
        clear = len(ranked) == 1 or ranked[0][0] - ranked[1][0] >= MARGIN
        return [ranked[0][1]] if clear else []

    def _doubtful(self, mention: Mention, question: str) -> bool:
        """A plain word, frequent in the library or an English one, that is not written as a name."""
        word = mention.text
        if not word.isalpha() or not mention.exact:
            return False
        common = self._frequency.get(word.casefold(), 0) / self._passages
        if common < _EVERYWHERE and word.casefold() not in _ENGLISH:
            return False
        sentence_start = not question[: mention.start].strip()
        as_name = any(c.isupper() for c in word[1:]) or (word[:1].isupper() and not sentence_start)
        owns = _OWNS.search(question[: mention.start]) and _END.match(question[mention.end :])  # "heads of transformer"
        return not (as_name or owns or re.match(r"\W+(?:papers?|et al)\b", question[mention.end :], re.IGNORECASE))


def asked_of(mentions: Sequence[Mention], question: str) -> tuple[Mention, ...]:
    """Return the papers that are asked of where others only name a thing: ResNet in "where is batch normalisation
    placed in ResNet".
    """
    if len(mentions) < 2 or is_comparison(question):
        return tuple(mentions)
    placed = [m for m in mentions if _PLACE.search(question[: m.start])]
    return tuple(placed or mentions)


def is_comparison(question: str) -> bool:
    """Return whether the question sets things against each other.

    >>> is_comparison("difference between SGD and Adam")
    True
    """
    return _COMPARISON.search(question) is not None


_ENGLISH = word_set(
    """
    adam pal bart elmo alpaca pythia falcon gemini swin gato flamingo palm focus glove fast albert ernie electra
    reformer attention transformer transformers dropout residual momentum memory memories self-attention vision
    language mixup batch network networks deep learning generative adversarial normalization inception bottleneck
    dense
    """
)
"""Names that are also words of English, or of every paper."""


_CODE = word_set("code git github gitlab implementation implementations repo repos repository")
_OF_CODE = word_set("find get give have link links official open project pytorch released send source tensorflow url")


def _beside_code(question: str) -> list[str]:
    """Return the words worth searching for; when code is asked for ("link github swin"), those beside it."""
    words = [word.casefold() for word in content_words(question)]
    return [w for w in words if w not in _CODE | _OF_CODE] if not _CODE.isdisjoint(words) else words


def _one_each(mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    return tuple({m.paper.key: m for m in reversed(mentions)}.values())[::-1]


def _digits(form: str) -> str:
    return re.sub(r"\D", "", form)


def _first(pair: tuple[float, Paper]) -> float:
    return pair[0]
