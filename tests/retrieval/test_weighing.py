"""What counts how much, by the kind of question."""

from itertools import pairwise

import pytest

from rag.retrieval.items import Item
from rag.retrieval.signals import Signals
from rag.retrieval.understanding import Understood
from rag.retrieval.weighing import DETAIL, TOPIC, weighed, weights_for

LONG = "how does the encoder handle words that the vocabulary of the training corpus lacks completely"


def asked(question: str, *items: Item) -> Understood:
    return Understood(words=tuple(question.split()), text=question, topic=question, items=items)


def test_a_few_words_asked_of_one_paper_are_a_topic():
    assert weights_for(asked("which datasets are used?"), papers=1) == TOPIC


@pytest.mark.parametrize(
    ("question", "papers"), [(asked(LONG), 1), (asked("which datasets are used?"), 2)], ids=["long", "two papers"]
)
def test_many_words_or_many_papers_ask_for_a_detail(question: Understood, papers: int):
    assert weights_for(question, papers=papers) == DETAIL


def test_who_names_a_table_looks_for_no_topic():
    assert weights_for(asked("what does table 1 report", Item("table", "1")), papers=1) == DETAIL


def test_between_topic_and_detail_the_weights_change_little_by_little():
    words = "encoder vocabulary corpus gradient attention dropout learning"
    sections = [weights_for(asked(" ".join(words.split()[:count])), papers=1).section for count in range(4, 8)]

    assert sections == sorted(sections, reverse=True)
    assert len(set(sections)) == len(sections)
    assert max(a - b for a, b in pairwise(sections)) < (TOPIC.section - DETAIL.section) / 2


def test_a_heading_speaks_for_a_topic_and_a_sentence_for_a_detail():
    read = {
        "under the heading": Signals(coverage=0.5, sentence=0.2, phrases=0.0, section=1.0),
        "in a sentence": Signals(coverage=0.5, sentence=1.0, phrases=0.0, section=0.0),
    }

    topic, detail = weighed(read, TOPIC), weighed(read, DETAIL)
    assert topic["under the heading"] > topic["in a sentence"]
    assert detail["in a sentence"] > detail["under the heading"]
