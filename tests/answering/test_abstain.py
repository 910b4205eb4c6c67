"""The floor: what evidence has to show before anything is answered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.answering.abstain import WITH_MEANING, WORDS_ONLY, Floor, Signs, answers, floor_for, signs
from rag.answering.candidates import candidates
from rag.answering.evidence import Scored, Wanted
from rag.answering.questions import understand
from rag.answering.wording import Rarity
from rag.domain.passage import Hit, Passage
from rag.domain.reading import Kind
from tests.answering.library import FIRM_PAPER, LOOSE_PAPER

GOOD = Signs(meaning=0.7, passage=0.6, around=1.0, known=1.0, names=1.0)
POOR = Signs(meaning=0.3, passage=0.3, around=0.3, known=0.6, names=0.0)
RARITY = Rarity({"firm": 3, "gate": 5, "network": 40, "gpt": 2, "4": 9}, 50)


def hit_of(text: str, dense: float | None = 0.5) -> Hit:
    passage = Passage("p", FIRM_PAPER.key, 0, Kind.TEXT, text, first_page=1, last_page=1)
    return Hit(1, 1.0, passage, FIRM_PAPER, dense=dense)


def evidence_of(question: str, text: str, meaning: float | None = 0.6) -> tuple[Wanted, list[Scored], list[Hit]]:
    asked = understand(question)
    hit = hit_of(text)
    scored = [Scored(c, 1.0, 1.0, meaning, 0.0) for c in candidates([hit])]
    return Wanted(asked, question, (), asked.words, RARITY, {}), scored, [hit]


@pytest.mark.parametrize("floor", [WITH_MEANING, WORDS_ONLY])
def test_good_evidence_clears_the_floor_and_poor_does_not(floor: Floor) -> None:
    assert floor.clears(GOOD, named=False)
    assert not floor.clears(POOR, named=False)


@pytest.mark.parametrize("sign", ["meaning", "passage", "around", "known"])
def test_more_of_any_sign_never_counts_against_an_answer(sign: str) -> None:
    assert WITH_MEANING.total(replace(POOR, **{sign: 0.9}), named=False) > WITH_MEANING.total(POOR, named=False)


def test_naming_the_paper_counts_for_an_answer() -> None:
    assert WITH_MEANING.total(POOR, named=True) > WITH_MEANING.total(POOR, named=False)


def test_no_evidence_is_no_answer() -> None:
    wanted, _, hits = evidence_of("what is a firm gate", "A firm gate is a layer of the network.")
    assert not answers(wanted, [], hits, named=True)


def test_a_catchword_needs_its_own_word_not_a_common_one() -> None:
    text = "A firm gate is a layer of the network that does not move."
    assert answers(*evidence_of("firm gate", text), named=False)
    assert not answers(*evidence_of("quantum network", text), named=False)


def test_a_letter_needs_its_paper() -> None:
    wanted, scored, hits = evidence_of("k", "The growth rate of all networks is k and does not change.")
    assert answers(wanted, scored, hits, named=True)
    assert not answers(wanted, scored, hits, named=False)


def test_a_name_is_not_its_parts() -> None:
    wanted, scored, hits = evidence_of(
        "How does GPT-4 use the network?", "We train a GPT network of 4 layers with a gate."
    )
    assert signs(wanted, scored, hits).names == 0
    assert signs(wanted, scored, hits).around < 1


def test_without_an_index_words_decide() -> None:
    wanted, scored, _ = evidence_of(
        "how does the firm gate of a network work?", "A firm gate is a layer of the network."
    )
    assert answers(wanted, scored, [hit_of("A firm gate is a layer of the network.", dense=None)], named=False)


def test_the_floor_of_another_embedder_is_that_of_words() -> None:
    assert (
        floor_for("minilm-l6-v2-int8")
        is floor_for("minilm-l6-v2")
        is floor_for("all-MiniLM-L6-v2-ab12")
        is WITH_MEANING
    )
    assert floor_for("bge-small-en-v1.5") is floor_for(None) is WORDS_ONLY


def test_only_the_best_sentences_paper_counts_around() -> None:
    wanted, scored, hits = evidence_of(
        "how does a gate of the network learn", "Every layer of the network here is firm."
    )
    alone = signs(wanted, scored, hits).around
    elsewhere = replace(hit_of("A gate can learn."), paper=LOOSE_PAPER)
    assert signs(wanted, scored, [*hits, elsewhere]).around == alone
