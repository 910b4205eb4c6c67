"""Words held in memory find what SQLite finds, whatever comes and goes."""

from __future__ import annotations

import hashlib
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from rag.domain.paper import Paper
from rag.domain.passage import Passage, Scope
from rag.domain.reading import Kind, Reading
from rag.index.lexical import READ_BY_A_QUESTION, WordIndex
from rag.store.library import Library
from rag.store.word_places import WordPlaces, joined, without_papers
from tests.retrieval.small_library import NOW, paper

TALK = """
    network networks networked layer layers R-CNN r cnn r-cnn GPT-4 state-of-the-art attention batch-normalization
    normalisation 3x3 3 × 3 naïve naive Straße µ θ 1.5e-3 Transformer's mAP@50 a the of of the convolution Ωmega 注意
    ﬁne gradient descent, descent. (stochastic) learning-rate rate zyx Mask mask masked BERT bert
"""
WORDS = TALK.split()


class Counted(Library):
    """A real library that counts what it answers itself, and can be held up while it lists its words."""

    searches = 0
    listing: Callable[[], None] = staticmethod(lambda: None)

    def match_passages(self, words: Sequence[str], *, scope: Scope, limit: int) -> list[tuple[str, float]]:
        self.searches += 1
        return super().match_passages(words, scope=scope, limit=limit)

    def word_changes(self, *args: object, **named: object) -> object:
        self.listing()
        return super().word_changes(*args, **named)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Counted]:
    opened = Counted.open(tmp_path / "seminar.db")
    yield opened
    opened.close()


def texts(seed: int, count: int) -> list[str]:
    chosen = random.Random(seed)
    return [" ".join(chosen.choices(WORDS, k=chosen.randint(1, 60))) for _ in range(count)]


def add(library: Library, number: int, *, guild: str = "ours", title: str = "", said: Sequence[str] = ()) -> Paper:
    """Add a paper of six passages, one of them a labelled table; its texts come from its number."""
    held = paper(f"2001.{number:05d}", title or f"Networks, part {number}: Mask R-CNN")
    kinds = (Kind.ABSTRACT, Kind.TEXT, Kind.TABLE, Kind.TEXT, Kind.CAPTION, Kind.TEXT)
    passages = [
        Passage(
            passage_id=hashlib.sha256(f"{held.key}{n}{text}".encode()).hexdigest()[:32],
            paper_key=held.key,
            ordinal=n,
            kind=kinds[n % 6],
            text=text,
            section=("3 Gradient descent", "3.1 Of layers"),
            label="Table 2" if kinds[n % 6] is Kind.TABLE else None,
        )
        for n, text in enumerate(said or texts(number, 6))
    ]
    library.save_paper(held, guild=guild, reading=Reading((), (), ()), passages=passages)
    return held


def assert_alike(index: WordIndex, library: Counted, *scopes: Scope, limits: Sequence[int] = (3, 200)) -> None:
    chosen = random.Random(7)
    for scope in scopes or (Scope("ours"),):
        for limit in limits:
            for _ in range(25):
                words = chosen.choices(WORDS, k=chosen.randint(1, 12))
                before = library.searches
                held = index.match_passages(words, scope=scope, limit=limit)
                assert library.searches == before, "SQLite was asked"
                assert held == library.match_passages(words, scope=scope, limit=limit), words


def warmed(library: Library, *, held_from: int = 1) -> WordIndex:
    index = WordIndex(library, held_from=held_from)
    index.warm()
    return index


def test_passages_scores_and_order_are_those_of_sqlite_in_every_scope(library: Counted) -> None:
    papers = [add(library, n, guild="ours" if n % 3 else "theirs") for n in range(20)]
    library.share_paper(papers[0], guild="ours", now=NOW)
    keys = tuple(p.key for p in papers)
    assert_alike(
        warmed(library),
        library,
        Scope("ours"),
        Scope("theirs"),
        Scope("nobody"),
        Scope("ours", keys[:4]),
        Scope("ours", keys[7:8]),
        Scope("theirs", keys[1:2]),
        Scope("ours", ()),
        Scope("ours", None, (Kind.TABLE, Kind.CAPTION)),
        Scope("ours", keys[:9], (Kind.EQUATION,)),
        Scope("ours", None, ()),
    )


def test_nothing_to_look_for_finds_nothing(library: Counted) -> None:
    add(library, 1)
    index = warmed(library)
    for words in ([], [""], ["¿?"], ["* OR"], ["absent"]):
        assert index.match_passages(words, scope=Scope("ours"), limit=5) == []
    assert index.match_passages(["network"], scope=Scope("ours"), limit=0) == []


def test_words_of_a_label_a_title_and_a_heading_are_found_and_no_phrase_runs_from_one_field_into_the_next(
    library: Counted,
) -> None:
    add(library, 1, title="Ends with deep", said=["learning begins the text", "deep learning"])
    index = warmed(library)
    for words in (["deep-learning"], ["descent-of"], ["layers-learning"], ["Ends"], ["gradient"]):
        found = index.match_passages(words, scope=Scope("ours"), limit=5)
        assert found == library.match_passages(words, scope=Scope("ours"), limit=5)
    assert len(index.match_passages(["deep-learning"], scope=Scope("ours"), limit=5)) == 1


def test_papers_that_come_go_are_read_anew_or_shared_are_seen_by_the_next_question(library: Counted) -> None:
    papers = [add(library, n) for n in range(12)]
    index = warmed(library)
    add(library, 50, guild="theirs")
    assert_alike(index, library, Scope("ours"), Scope("theirs"))
    library.remove_paper("ours", papers[11].key)
    assert_alike(index, library)
    add(library, 11)  # the same paper again
    assert_alike(index, library)
    add(library, 11, said=texts(99, 6))  # as many passages, another text, the last rows of the table
    assert_alike(index, library)
    add(library, 3, title="Another title of BERT")
    assert_alike(index, library)
    library.share_paper(papers[2], guild="theirs", now=NOW)
    assert_alike(index, library, Scope("theirs"))
    library.erase_guild("ours")
    assert_alike(index, library, Scope("ours"), Scope("theirs"))
    assert index.held_passages() == library.passage_count()


def test_swapped_passages_are_seen(library: Counted) -> None:
    papers = [add(library, n) for n in range(6)]
    index = warmed(library)
    other = [
        replace(p, passage_id=f"new-{p.passage_id[:8]}", text="R-CNN masks") for p in library.passages_of(papers[5].key)
    ]
    library.swap_passages([(papers[5], other)])
    assert_alike(index, library)


def test_rows_of_passages_are_never_used_twice(library: Counted) -> None:
    """Else a paper read anew could look unchanged to a search in memory."""
    first = add(library, 1)
    before = library.word_changes({}).stamps[first.key]
    library.remove_paper("ours", first.key)
    again = add(library, 1)
    assert library.word_changes({}).stamps[again.key].newest > before.newest


def test_a_process_that_asks_once_and_a_small_library_hold_nothing(library: Counted) -> None:
    add(library, 1)
    cold, small = WordIndex(library, held_from=1), warmed(library, held_from=7)
    for index in (cold, small):
        index.catch_up()
        before = library.searches
        assert index.match_passages(["network"], scope=Scope("ours"), limit=5)
        assert library.searches == before + 1
        assert index.held_passages() == 0


def test_a_library_that_grows_is_held_and_one_that_shrinks_is_let_go(library: Counted) -> None:
    add(library, 1)
    index = warmed(library, held_from=12)
    second = add(library, 2)
    index.catch_up()
    assert index.held_passages() == 12
    assert_alike(index, library)
    library.remove_paper("ours", second.key)
    assert index.match_passages(["network"], scope=Scope("ours"), limit=5)
    assert index.held_passages() == 0


def test_what_is_too_much_for_a_question_is_left_to_catching_up(library: Counted) -> None:
    add(library, 1)
    index = warmed(library)
    add(library, 2, said=texts(5, READ_BY_A_QUESTION + 1))
    before = library.searches
    assert index.match_passages(["network"], scope=Scope("ours"), limit=5)
    assert library.searches == before + 1
    index.catch_up()
    assert_alike(index, library)


def test_questions_are_answered_while_another_thread_lists_the_words(library: Counted) -> None:
    add(library, 1)
    index = warmed(library)
    add(library, 2)
    reached, going_on = threading.Event(), threading.Event()

    def held_up() -> None:
        reached.set()
        assert going_on.wait(10)

    library.listing = held_up
    listing = threading.Thread(target=index.catch_up)
    listing.start()
    assert reached.wait(10)
    library.listing = lambda: pytest.fail("a question lists the words as well")
    before = library.searches
    assert index.match_passages(["network"], scope=Scope("ours"), limit=5)
    assert library.searches == before + 1
    going_on.set()
    listing.join(10)
    assert_alike(index, library)


def test_many_adds_one_by_one_end_in_few_parts(library: Counted) -> None:
    add(library, 0)
    index = warmed(library)
    for n in range(1, 30):
        add(library, n)
        index.match_passages(["network"], scope=Scope("ours"), limit=5)
    index.catch_up()
    assert index.held_parts() <= 4
    assert_alike(index, library)


def listed(library: Library) -> WordPlaces:
    found = library.word_changes({}).came
    assert found is not None
    return found


def test_places_joined_and_taken_apart_are_the_same_places(library: Counted) -> None:
    papers = [add(library, n) for n in range(6)]
    whole = listed(library)
    keys = [p.key for p in papers]
    again = joined(without_papers(whole, keys[3:]), without_papers(whole, keys[:3]))
    assert {term: again.of(term).tolist() for term in again.terms} == {t: whole.of(t).tolist() for t in whole.terms}
    assert again.ids.tolist() == whole.ids.tolist()
    assert again.lengths.tolist() == whole.lengths.tolist()
    assert [again.keys[n] for n in again.paper_of] == [whole.keys[n] for n in whole.paper_of]
    assert [again.kinds[n] for n in again.kind_of] == [whole.kinds[n] for n in whole.kind_of]


def test_of_a_paper_taken_out_no_word_is_left_in_memory(library: Counted) -> None:
    kept, secret = add(library, 1), add(library, 2, said=["xyzzy is ours alone"])
    rest = without_papers(listed(library), [secret.key])
    assert "xyzzi" in listed(library).terms
    assert "xyzzi" not in rest.terms
    assert rest.keys == (kept.key,)
    assert len(rest.places) == int(rest.lengths.sum())
