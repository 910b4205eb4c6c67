"""The gate of questions: evidence stands on its page, the paper is what is asked about, and nobody asked it before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.answering.bookshelf import Bookshelf
from rag.answering.gate import passed
from rag.answering.ports import Draft, DraftSentence, Evidence
from rag.answering.quotes import Found, approximate, find_in_text
from rag.answering.wording import content_words, stem, stems_of
from rag.domain.answer import Citation
from rag.domain.passage import Passage
from rag.questions.english import is_sound
from rag.questions.extractive import TOGETHER, expected_of
from rag.questions.ground import Ground
from rag.questions.likeness import Likeness, Phrased
from rag.questions.proposal import Claim, Proposal
from rag.retrieval.items import items_in

MIN_QUOTE = 25
"""Characters of a quote that carries a question: "Table 2" alone proves nothing."""
MIN_KNOWN = 0.5
"""Share of a question's own words that the paper has to hold, too."""

_FILLER = frozenset(
    map(
        stem,
        """paper papers author authors method methods model models approach approaches main key important result results
        conclusion conclusions contribution contributions work works use used uses data dataset datasets training train
        experiment experiments limitation limitations limit problem problems solve idea ideas propose proposed future
        performance baseline baselines compare architecture architectures new novel find finding findings goal goals say
        says said think learn learned figure table equation section describe explain discuss evaluate evaluation metric
        metrics task tasks show shows achieve achieves technique techniques overall general summary summarize try convey
        conclude test tested previous existing earlier prior studies hyperparameters implementation""".split(),  # noqa: SIM905
    )
)


def own_words(question: str) -> list[str]:
    """Return what a question names, in order, without the words that could stand in one on any paper."""
    return [word for word in content_words(question) if stem(word) not in _FILLER]


def share_known(words: Sequence[str], known: frozenset[str]) -> float:
    """Return the share of words whose stems are known, 0 to 1; 0 where there are none."""
    return sum(stem(word) in known or stems_of(word) <= known for word in words) / len(words) if words else 0.0


@dataclass(frozen=True, slots=True)
class Admitted:
    """A proposal that holds, with its checked evidence."""

    proposal: Proposal
    citations: tuple[Citation, ...]
    expected: str
    phrased: Phrased


class QuestionGate:
    """Checks the proposals on one paper. ``discussed``: what the group asked about it and answered."""

    def __init__(self, *, ground: Ground, shelf: Bookshelf, likeness: Likeness, discussed: Sequence[str] = ()) -> None:
        self._ground = ground
        self._shelf = shelf
        self._likeness = likeness
        self._discussed = likeness.phrased(discussed)
        self._read: dict[str, frozenset[str]] = {}
        self._known = stems_of(f"{ground.paper.title} {ground.own_name}").union(*map(self._stems, ground.passages))

    def admitted(self, proposals: Iterable[Proposal]) -> list[Admitted]:
        """Return what holds, in the order given; of two with the same words the first."""
        sound: dict[str, Proposal] = {}
        for proposal in proposals:
            if self._is_particular(proposal.text) and is_sound(proposal.text):
                sound.setdefault(proposal.text, proposal)
        phrased = self._likeness.phrased(list(sound))
        held = []
        for proposal, words in zip(sound.values(), phrased, strict=True):
            if any(self._likeness.is_repeated(words, said) for said in self._discussed):
                continue
            citations = self.cited(proposal.claims)
            if citations:
                expected = proposal.expected or expected_of(
                    [one.quote.text for one in citations], together=proposal.kind in TOGETHER
                )
                held.append(Admitted(proposal, citations, expected, words))
        return held

    def cited(self, claims: Sequence[Claim]) -> tuple[Citation, ...]:
        """Return the citations of claims that stand where they say; () when one that must does not."""
        evidence: list[Evidence] = []
        for claim in claims:
            one = self._evidence(claim)
            if one is not None:
                evidence.append(one)
            elif not claim.optional:
                return ()
        if not evidence:
            return ()
        _, citations = passed(Draft((DraftSentence("", tuple(range(len(evidence)))),)), evidence, self._shelf)
        return citations

    def _is_particular(self, text: str) -> bool:
        """Whether a question names something, and things that the paper speaks of: no filler, nothing made up."""
        return bool(items_in(text)) or share_known(own_words(text), self._known) >= MIN_KNOWN

    def _evidence(self, claim: Claim) -> Evidence | None:
        key = self._ground.paper.key
        for page in self._shelf.pages(key):
            if claim.first_page is not None and not claim.first_page <= page.number <= (
                claim.last_page or claim.first_page
            ):
                continue
            quote = approximate(claim.text, page)
            if quote is not None and len(quote.text) >= MIN_QUOTE:
                passage = self._passage(quote.text, quote.page)
                return Evidence(self._ground.paper, passage, Found(quote), 1.0, 0) if passage is not None else None
        return None if self._shelf.pages(key) else self._in_section(claim)

    def _in_section(self, claim: Claim) -> Evidence | None:
        """Look a claim up in the sections of a source without pages."""
        for passage in self._ground.passages:
            texts = self._shelf.section_texts(passage.paper_key, passage.section)
            quote = find_in_text(claim.text, texts) if claim.text[:20] in passage.text else None
            if quote is not None and len(quote.text) >= MIN_QUOTE:
                return Evidence(self._ground.paper, passage, Found(quote), 1.0, 0)
        return None

    def _passage(self, text: str, page: int | None) -> Passage | None:
        """Return the passage that a quote on a page belongs to: the one that shares most of its words."""
        wanted = stems_of(text)
        there = [
            p for p in self._ground.passages if p.first_page and page and p.first_page <= page <= (p.last_page or 0)
        ]
        return max(there, key=lambda p: len(wanted & self._stems(p)), default=None)

    def _stems(self, passage: Passage) -> frozenset[str]:
        if passage.passage_id not in self._read:
            self._read[passage.passage_id] = stems_of(passage.text)
        return self._read[passage.passage_id]
