"""From a question to ranked passages: dense and lexical search, fused, within what a guild may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rag.domain.paper import Paper, name_form
from rag.domain.passage import Hit, Passage, Scope
from rag.index.lexical import WordIndex
from rag.index.ports import Embedder, Reranker, VectorIndex
from rag.retrieval.candidates import Candidates, Searches
from rag.retrieval.catalogue import Catalogue, Catalogues
from rag.retrieval.context import PARTS_LIFTED, PARTS_LIFTED_FOR_VALUES, with_context
from rag.retrieval.fusion import balanced, fused, with_paper_bonus, with_quota
from rag.retrieval.glossary import Glossary
from rag.retrieval.items import Item
from rag.retrieval.mentions import Mention
from rag.retrieval.pointing import boosts, items_of, not_there
from rag.retrieval.signals import TABLE_BOOST, TextReader, is_table, wants_value
from rag.retrieval.understanding import Understood, understand
from rag.retrieval.weighing import weighed, weights_for
from rag.store.library import Library

MENTION_BOOST = 1.5
"""What passages of a paper that the question names gain, in fused z-scores: enough to lead, never to exclude."""

PLACE_NAMED_BOOST = 3.0
"""The same when the question says that the answer is in that paper ("where is batch norm placed in ResNet")."""

PAPER_SHARE = 0.6
"""Share of a result that one paper may fill when the question names none and several are in scope."""

RERANKED = 30
"""Hits that the optional cross-encoder reads."""

ENGLISH_ONLY = "The search model reads English best: ask in English if the passages do not fit."


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What a search found.

    ``repaired_query`` is the question with typing errors mended, None when there were none. ``words`` are those
    that the lexical search looked for. ``notices`` are sentences for the person who asks.
    """

    hits: tuple[Hit, ...]
    notices: tuple[str, ...] = ()
    mentioned_papers: tuple[Paper, ...] = ()
    items: tuple[Item, ...] = ()
    repaired_query: str | None = None
    words: tuple[str, ...] = ()


class Retriever:
    """Searches one library. Without an embedder or an index it searches by words and says so. Threads may share it."""

    def __init__(
        self,
        *,
        library: Library,
        embedder: Embedder | None = None,
        index: VectorIndex | None = None,
        reranker: Reranker | None = None,
        catalogues: Catalogues | None = None,
        words: WordIndex | None = None,
    ) -> None:
        """``words`` None: SQLite searches by words."""
        self._library = library
        self._words = words
        self._catalogues = catalogues or Catalogues(library)
        self._glossary = Glossary(library, words)
        self._searches = Searches(library=library, embedder=embedder, index=index, words=words)
        self._reader = TextReader()
        self._reranker = reranker

    def search(self, query: str, scope: Scope, limit: int = 10) -> Retrieved:
        """Return at most ``limit`` hits, best first.

        Scores are sums of z-scores (:mod:`rag.retrieval.fusion`) and boosts: comparable within this result only.
        A question without a word and a scope without papers find nothing.
        """
        catalogue = self._catalogues.of(scope.guild)
        keys = _visible(catalogue, scope)
        narrow = replace(scope, paper_keys=keys)
        understood = understand(query, catalogue, lambda short: self._glossary.long_forms(short, narrow))
        understood = replace(understood, mentions=tuple(m for m in understood.mentions if m.paper.key in keys))
        if not keys or not understood.text or limit < 1:
            return _result((), understood, ())
        named = [m.paper.key for m in understood.mentions] if len(keys) > 1 else []
        found = self._searches.candidates(understood, narrow, named)
        found, pointed, notices = self._pointed(understood, narrow, named, found)
        ranking = self._ranking(understood, catalogue, keys, named, found, pointed)
        chosen = _chosen(ranking, found, understood, named, limit)
        hits = tuple(
            Hit(
                rank=rank,
                score=ranking[i],
                passage=found.passages[i],
                paper=catalogue.papers[found.passages[i].paper_key],
                dense=found.dense.get(i),
                lexical=found.lexical.get(i),
            )
            for rank, i in enumerate(chosen, 1)
        )
        return _result(hits, understood, (*found.notices, *notices))

    def mentions(self, question: str, *, guild: str) -> tuple[Mention, ...]:
        """Return the papers that a question names, without a search; a few milliseconds."""
        return understand(question, self._catalogues.of(guild), lambda _: {}).mentions

    def warm(self) -> None:
        """Load what searches of a large library are quicker with; may take seconds, while others search."""
        if self._words is not None:
            self._words.warm()

    def catch_up(self) -> None:
        """After much has come or gone: do at once what the next questions would wait for. Cold, it does nothing."""
        if self._words is not None:
            self._words.catch_up()

    def _pointed(
        self, understood: Understood, scope: Scope, named: Sequence[str], found: Candidates
    ) -> tuple[Candidates, dict[str, Item], tuple[str, ...]]:
        """Look the numbered items up in the paper they belong to, and make them candidates."""
        keys = scope.paper_keys or ()
        targets = list(named) or (list(keys) if len(keys) == 1 else [])
        if not understood.items or not targets:
            return found, {}, ()
        held = {p.passage_id: p for key in targets for p in self._library.passages_of(key)}
        by_paper = [[p for p in held.values() if p.paper_key == key] for key in targets]
        pointed = {i: item for passages in by_paper for i, item in items_of(passages, understood.items).items()}
        if scope.kinds is not None:
            pointed = {i: item for i, item in pointed.items() if held[i].kind in scope.kinds}
        papers = self._catalogues.of(scope.guild).papers
        notices = not_there(understood.items, pointed, [papers[key] for key in targets])
        passages = found.passages | {i: held[i] for i in pointed}
        return replace(found, passages=passages), pointed, notices

    def _ranking(
        self,
        understood: Understood,
        catalogue: Catalogue,
        keys: Sequence[str],
        named: Sequence[str],
        found: Candidates,
        pointed: Mapping[str, Item],
    ) -> dict[str, float]:
        """Return scores by id, best first, of what was found in the papers of ``keys``."""
        paper_of = {i: p.paper_key for i, p in found.passages.items()}
        scores = with_paper_bonus(self._relevance(understood, catalogue, found, papers=len(keys)), paper_of)
        gains = boosts(understood.items, understood.symbols, pointed, found.passages)
        boost = PLACE_NAMED_BOOST if understood.placed else MENTION_BOOST
        for i in found.passages:
            named_gain = boost if paper_of[i] in named else 0.0
            scores[i] += gains.get(i, 0.0) + named_gain
        ranked = _without_copies(sorted(scores, key=lambda i: -scores[i]), found.passages, catalogue)
        return self._reranked(understood, {i: scores[i] for i in ranked}, found.passages, pointed)

    def _relevance(
        self, understood: Understood, catalogue: Catalogue, found: Candidates, *, papers: int
    ) -> dict[str, float]:
        """Return what words, vectors and texts say of each candidate, in z-scores."""
        scores = fused(found.lexical, found.dense)
        read = self._reader.signals(
            understood.topic, found.passages, frequency=catalogue.stems, total=catalogue.passages
        )
        said = weighed(read, weights_for(understood, papers=papers))
        value = wants_value(understood.text)
        tables = TABLE_BOOST if value else 0.0
        summed = {
            i: scores.get(i, 0.0) + said[i] + (tables if is_table(passage) else 0.0)
            for i, passage in found.passages.items()
        }
        lifted = PARTS_LIFTED_FOR_VALUES if value else PARTS_LIFTED
        return with_context(summed, found.passages, lifted=lifted)

    def _reranked(
        self,
        understood: Understood,
        scores: dict[str, float],
        passages: Mapping[str, Passage],
        pointed: Mapping[str, Item],
    ) -> dict[str, float]:
        """Let the cross-encoder order the first hits; items asked for by number stay first."""
        head = [i for i in list(scores)[:RERANKED] if i not in pointed]
        if self._reranker is None or not head:
            return scores
        marks = dict(zip(head, self._reranker.score(understood.text, [passages[i].text for i in head]), strict=True))
        levels = [scores[i] for i in head]
        by_mark = sorted(head, key=lambda i: -marks[i])
        reranked = dict(zip(by_mark, levels, strict=True))  # in this order, so that equal scores keep it
        rest = {i: score for i, score in scores.items() if i not in reranked}
        return dict(sorted((reranked | rest).items(), key=lambda pair: -pair[1]))


def _visible(catalogue: Catalogue, scope: Scope) -> tuple[str, ...]:
    if scope.paper_keys is None:
        return tuple(catalogue.papers)
    return tuple(key for key in catalogue.papers if key in scope.paper_keys)


def _without_copies(ranked: Sequence[str], passages: Mapping[str, Passage], catalogue: Catalogue) -> list[str]:
    """Leave out passages whose text another record of the same work has shown already (a second copy of a PDF)."""
    shown: dict[tuple[str, str], str] = {}
    kept: list[str] = []
    for i in ranked:
        paper = catalogue.papers[passages[i].paper_key]
        work = paper.arxiv_id or name_form(paper.title)
        if shown.setdefault((work, passages[i].text), paper.key) == paper.key:
            kept.append(i)
    return kept


def _chosen(
    ranking: Mapping[str, float], found: Candidates, understood: Understood, named: Sequence[str], limit: int
) -> list[str]:
    ranked = list(ranking)
    paper_of = {i: p.paper_key for i, p in found.passages.items()}
    if understood.comparison and len(named) > 1:
        return balanced(ranked, paper_of, between=named, limit=limit)
    if named:
        return ranked[:limit]
    return with_quota(ranking, paper_of, limit=limit, quota=max(2, round(PAPER_SHARE * limit)))


def _result(hits: tuple[Hit, ...], understood: Understood, notices: tuple[str, ...]) -> Retrieved:
    return Retrieved(
        hits=hits,
        notices=(*notices, *((ENGLISH_ONLY,) if understood.foreign else ())),
        mentioned_papers=tuple(m.paper for m in understood.mentions),
        items=understood.items,
        repaired_query=understood.repaired,
        words=understood.words,
    )
