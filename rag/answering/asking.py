"""A question to an answer: retrieval, evidence, the floor, a writer, the gate; the group's notes beside it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from rag.answering.abstain import answers, floor_for
from rag.answering.bookshelf import Bookshelf
from rag.answering.case import Case, check, is_named, is_narrowed
from rag.answering.evidence import Scorer, Wanted
from rag.answering.extractive import short_name
from rag.answering.frames import Frames
from rag.answering.known import Known
from rag.answering.picking import Picked, described, labelled, of_item, overview, picked
from rag.answering.ports import NoteSearcher, Searcher, Shelf, Writer
from rag.answering.questions import Asked, Asks, understand
from rag.answering.recorded import Recorded, meant
from rag.answering.rephrasing import Rephraser
from rag.answering.support import is_english
from rag.answering.terms import names_itself, terms_of, words_beside_names
from rag.answering.thread import Place, Reading, leans, read_in_thread, spoken_of
from rag.answering.wording import Rarity
from rag.answering.writing import AS_USUAL, NEAREST, Manner, Writing, utc_now
from rag.domain.answer import Answer, Outcome
from rag.domain.note import NoteHit
from rag.domain.paper import Paper
from rag.domain.passage import Hit, Scope
from rag.domain.stage import Stage, StageKind, Told, untold
from rag.errors import SeminarError
from rag.index.ports import Embedder
from rag.language.ports import Models, NoModels
from rag.retrieval.kept import GUILDS_KEPT, KeptByGuild
from rag.retrieval.names import names_of

log = logging.getLogger(__name__)

HITS = 12
"""Passages whose sentences are looked at."""
NOTES = 2
WHICH = 5
"""Papers that are named when one has to be chosen."""
WARMING = "how is it trained, and why does it work?"
"""Asked and thrown away, so that everything a question needs is loaded."""


@dataclass(frozen=True, slots=True)
class _Request:
    """What somebody asks: ``typed`` as they wrote it, of a guild that sees the papers ``held``."""

    typed: str
    guild: str
    held: tuple[Paper, ...]
    told: Told
    quoting: bool
    dead: bool


class Answerer:
    """Answers questions from one library. Threads may share it."""

    def __init__(
        self,
        *,
        library: Shelf,
        retriever: Searcher,
        embedder: Embedder | None,
        models: Models | None = None,
        manner: Manner = AS_USUAL,
        writer: Writer | None = None,
        frames: Frames | None = None,
        note_search: NoteSearcher | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._library = library
        self._retriever = retriever
        self._scorer = Scorer(embedder=embedder)
        self._floor = floor_for(embedder.name if embedder else None)
        self._frames = frames or Frames.load()
        self._writing = Writing(frames=self._frames, models=models, manner=manner, writer=writer, clock=clock, now=now)
        self._known = Known(library=library, frames=self._frames, written=self._writing.answer)
        self._rephraser = Rephraser(models or NoModels())
        self._recorded = Recorded(frames=self._frames)
        self._note_search = note_search
        self._clock = clock
        self._rarities = KeptByGuild(
            library.revision, lambda guild: Rarity(library.word_frequencies(guild), library.passage_count(guild))
        )

    def ask(
        self,
        question: str,
        *,
        guild: str,
        paper_keys: Sequence[str] | None = None,
        earlier: Sequence[Answer] = (),
        told: Told = untold,
        quoting: bool = False,
    ) -> Answer:
        """Answer from the papers that the guild sees, or from those of the keys alone.

        ``earlier``: the answers of the same thread, oldest first; they say what a follow-up is about and where it is
        asked, and are no evidence. ``quoting``: no language model is asked. ``told`` is called in this thread.
        ``took_ms`` of the answer holds "retrieve", "answer" and "total". Raises BadQuestion for one that is empty,
        small talk or longer than 2,000 characters.
        """
        began = self._clock()
        check(question)
        held = self._library.papers(guild)
        given = tuple(paper_keys) if paper_keys is not None else None
        mentions = partial(self._retriever.mentions, guild=guild)
        read = partial(read_in_thread, question, earlier, keys=given, held=held, mentions=mentions)
        reading, dead, rewritten = read(), False, ""
        if held and not quoting and (not is_english(question) or (earlier and leans(question, reading))):
            names = [", ".join(names_of(paper)) for paper in spoken_of(earlier, held)]
            alone = self._rephraser.rephrased(question, earlier, names, guild=guild)
            reading, dead, rewritten = read(alone=alone or ""), alone is None, self._rephraser.prompt if alone else ""
        tried = self._tried(reading, _Request(question, guild, held, told, quoting, dead))
        case, answer = next((one for one in tried if one[1].found), _broadest(tried))
        notes = self._notes(case.asked.question, case.scope, earlier) if not answer.facts else ()
        total_s = self._clock() - began
        retrieve_s = sum(case.retrieve_s for case, _ in tried)
        took = {"retrieve": retrieve_s, "answer": total_s - retrieve_s, "total": total_s}
        return replace(
            answer,
            question=question,
            notes=notes,
            notices=(
                *self._read_as(question, case),
                *self._widened(tried, case),
                *case.retrieved.notices,
                *answer.notices,
            ),
            prompt=", ".join(filter(None, (rewritten, answer.prompt))),
            took_ms={name: 1000 * seconds for name, seconds in took.items()},
            asked_of=case.asked_of,
        )

    def warm(self, guilds: Sequence[str]) -> None:
        """Do once what the first question of each guild would wait for. What fails is logged: questions say so."""
        try:
            self._scorer.warm()
            self._retriever.warm()
            with_papers = next((guild for guild in guilds if self._library.papers(guild)), None)
            if with_papers is not None:
                self.ask(WARMING, guild=with_papers, quoting=True)
            for guild in guilds[:GUILDS_KEPT]:
                self._retriever.mentions(WARMING, guild=guild)
                self._rarities.of(guild)
        except SeminarError as error:
            log.warning("not everything is warm: %s", error)

    def _read_as(self, question: str, case: Case) -> tuple[str, ...]:
        read = case.asked.question
        return (self._frames.read_as(read),) if read != " ".join(question.split()) else ()

    def _widened(self, tried: Sequence[tuple[Case, Answer]], case: Case) -> tuple[str, ...]:
        """Say that the papers of the thread had nothing, when all were asked after them."""
        if case.scope.paper_keys is not None or len(tried) == 1:
            return ()
        narrow = dict.fromkeys(paper for one, _ in tried if one.scope.paper_keys for paper in one.visible)
        return (self._frames.widened([short_name(paper) for paper in narrow]),)

    def _tried(self, reading: Reading, request: _Request) -> list[tuple[Case, Answer]]:
        """Ask in one place after another until something is found; no model is asked the same twice."""
        tried: list[tuple[Case, Answer]] = []
        refused: set[tuple[str, tuple[str, ...] | None]] = set()
        for place in reading.places:
            if (place.question, place.keys) in refused:
                continue
            case = self._case(place, reading.beside, request)
            tried.append((case, self._answer(case)))
            if tried[-1][1].found:
                break
            if tried[-1][1].prompt:
                refused.add((place.question, place.keys))
        return tried

    def _case(self, place: Place, beside: Sequence[Paper], request: _Request) -> Case:
        guild, held, told = request.guild, request.held, request.told
        scope = Scope(guild, place.keys)
        visible = tuple(p for p in held if place.keys is None or p.key in place.keys)
        told(Stage(StageKind.SEARCH, len(visible)))
        began = self._clock()
        retrieved = self._retriever.search(place.question, scope, HITS)
        retrieve_s = self._clock() - began
        told(Stage(StageKind.READ, len(retrieved.hits)))
        papers = retrieved.mentioned_papers or (visible if len(visible) == 1 else ())
        papers = tuple(dict.fromkeys((*beside, *papers)))
        asked = understand(retrieved.repaired_query or place.question)
        asked, papers = self._of_records(asked, papers, place, visible, guild)
        if asked.kind is Asks.DEFINITION and len(papers) == 1 and names_itself(asked.subject, papers[0]):
            asked = replace(asked, kind=Asks.PURPOSE)
        named = is_named(retrieved, place, visible, held)
        narrowed = is_narrowed(retrieved, place, held)
        shelf = Bookshelf(self._library)
        return Case(
            asked, scope, retrieved, papers, visible, named, narrowed, shelf, told, retrieve_s,
            quoting=request.quoting, typed=request.typed, dead=request.dead,
        )  # fmt: skip

    def _of_records(
        self, asked: Asked, papers: tuple[Paper, ...], place: Place, visible: Sequence[Paper], guild: str
    ) -> tuple[Asked, tuple[Paper, ...]]:
        """Return the papers whose records a question asks for; it is an ordinary one when it names something else."""
        if asked.record is None:
            return asked, papers
        of = meant(asked.record, place, visible, partial(self._retriever.mentions, guild=guild))
        if of is None:
            return replace(asked, record=None), papers
        return replace(asked, kind=Asks.RECORD), of

    def _answer(self, case: Case) -> Answer:
        if not case.visible:
            return Answer("", Outcome.NOT_FOUND, self._frames.empty_library())
        if case.asked.kind is Asks.RECORD and case.asked.record is not None:
            return self._recorded.answer(case, case.asked.record)
        if case.asked.kind is Asks.CODE:
            return self._known.code(case)
        if case.asked.kind is Asks.ITEM and case.retrieved.items:
            return self._item(case)
        if case.asked.kind is Asks.PURPOSE:
            return self._purpose(case)
        hits = list(case.retrieved.hits)
        if case.asked.kind is Asks.COMPARISON and len(case.papers) > 1:
            hits += [hit for paper in case.papers for hit in overview(paper, case.shelf)]
        best = self._picked(case, hits)
        if not answers(self._wanted(case), best.scored, case.retrieved.hits, named=case.named, floor=self._floor):
            return self._writing.not_found(case)
        return self._writing.answer(case, best.evidence)

    def _item(self, case: Case) -> Answer:
        """Answer with a numbered item itself and the sentences that speak of it."""
        pointed, papers = case.pointed(), case.papers
        if not papers:
            held = (Hit(1, 0.0, p, paper) for paper in case.visible for p in self._library.passages_of(paper.key))
            having = labelled(case.retrieved.items, held)
            pointed = described(case.asked.words, having, self._rarities.of(case.scope.guild))
            papers = tuple(dict.fromkeys(hit.paper for hit in pointed))
            if not papers:
                return self._which(case, having)
        around = [Hit(1, 0.0, passage, paper) for paper in papers for passage in case.shelf.running_text(paper.key)]
        return self._writing.answer(case, of_item(case.retrieved.items, pointed, around, case.shelf))

    def _which(self, case: Case, having: Sequence[Hit]) -> Answer:
        """Ask which of the papers that have the item is meant, the most likely first."""
        likely = {hit.paper.key: n for n, hit in reversed(list(enumerate(case.retrieved.hits)))}
        papers = sorted(dict.fromkeys(hit.paper for hit in having), key=lambda p: likely.get(p.key, HITS))
        names = list(dict.fromkeys(short_name(paper) for paper in papers))[:WHICH]
        text = self._frames.which_paper(str(case.retrieved.items[0]), names)
        return Answer("", Outcome.NOT_FOUND, text, nearest=case.retrieved.hits[:NEAREST])

    def _purpose(self, case: Case) -> Answer:
        """Answer what a paper is about from its abstract, introduction and conclusion."""
        if len(case.papers) != 1:
            return Answer("", Outcome.NOT_FOUND, self._frames.which_paper())
        (paper,) = case.papers
        return self._writing.answer(case, self._picked(case, overview(paper, case.shelf)).evidence)

    def _picked(self, case: Case, hits: Sequence[Hit]) -> Picked:
        keys = [paper.key for paper in case.papers]
        between = len(keys) > 1
        wanted = self._wanted(case)
        return picked(wanted, hits, scorer=self._scorer, shelf=case.shelf, papers=keys, between=between)

    def _wanted(self, case: Case) -> Wanted:
        names = terms_of(case.asked, (hit.passage.text for hit in case.retrieved.hits), case.papers)
        others = {p.key: tuple(n for q in case.papers if q != p for n in names_of(q)) for p in case.papers}
        return Wanted(
            asked=case.asked,
            text=case.embedded(names),
            terms=names,
            words=words_beside_names(case.asked.words, case.papers),
            rarity=self._rarities.of(case.scope.guild),
            others=others,
            names={paper.key: names_of(paper) for paper in case.papers},
        )

    def _notes(self, question: str, scope: Scope, earlier: Sequence[Answer]) -> tuple[NoteHit, ...]:
        """Return the notes that speak to a question, without those that the thread has shown."""
        if self._note_search is None:
            return ()
        shown = {_place_of(hit) for answer in earlier for hit in answer.notes}
        hits = self._note_search.search(question, guild=scope.guild, paper_keys=scope.paper_keys, limit=NOTES)
        return tuple(hit for hit in hits if _place_of(hit) not in shown)  # what is next best fits less: none instead


def _place_of(hit: NoteHit) -> tuple[int, int]:
    return hit.discussion.position, hit.note.item


def _broadest(tried: Sequence[tuple[Case, Answer]]) -> tuple[Case, Answer]:
    """Return the refusal that looked furthest: that of all papers, where they were asked."""
    return next((one for one in tried if one[0].scope.paper_keys is None), tried[-1])
