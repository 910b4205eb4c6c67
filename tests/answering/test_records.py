"""Questions that a paper's record answers, and those like them that only its text can answer."""

from __future__ import annotations

import time

import pytest

from rag.answering.questions import Asks, understand
from rag.answering.records import Field, Request, asked_again, is_only, request_in

NAMES = ("resnet", "ResNet", "densenet", "Batch Normalization", "batch norm", "adam", "Adam", "bert", "BERT", "yolo")
NAMES += ("attention is all you need", "1512.03385", "dropout", "gan", "dqn", "swin transformer", "mask rcnn")

OF_RECORDS = [
    ("who wrote the ResNet paper?", Field.AUTHORS, "ResNet"),
    ("who wrote resnet", Field.AUTHORS, "resnet"),
    ("who wrot the resnet paper", Field.AUTHORS, "resnet"),
    ("who wrote resnet and when was it published?", Field.AUTHORS, "resnet"),
    ("who wrote resnet and densenet", Field.AUTHORS, "resnet and densenet"),
    ("who write the resnet paper", Field.AUTHORS, "resnet"),
    ("who are the authors of Batch Normalization", Field.AUTHORS, "Batch Normalization"),
    ("who is author of resnet paper", Field.AUTHORS, "resnet"),
    ("authors of batch norm?", Field.AUTHORS, "batch norm"),
    ("resnet authors", Field.AUTHORS, "resnet"),
    ("what are the names of the authors", Field.AUTHORS, ""),
    ("who is the first author of swin transformer", Field.AUTHORS, "swin transformer"),
    ("can you tell me who wrote it?", Field.AUTHORS, ""),
    ("by whom was the dqn paper written", Field.AUTHORS, "dqn"),
    ("who wrote attention is all you need", Field.AUTHORS, "attention is all you need"),
    ("when was Adam published?", Field.DATE, "Adam"),
    ("when resnet was published", Field.DATE, "resnet"),
    ("what year is yolo", Field.DATE, "yolo"),
    ("in which year did the densenet paper come out", Field.DATE, "densenet"),
    ("what is the publication date of bert", Field.DATE, "bert"),
    ("how old is this paper", Field.DATE, ""),
    ("where was it published", Field.VENUE, ""),
    ("which conference was the gan paper published at", Field.VENUE, "gan"),
    ("where can I read it", Field.LINK, ""),
    ("link to the paper", Field.LINK, ""),
    ("give me the link to the bert paper please", Field.LINK, "bert"),
    ("pdf of resnet", Field.LINK, "resnet"),
    ("where can i find the pdf of the yolo paper", Field.LINK, "yolo"),
    ("how long is the paper", Field.PAGES, ""),
    ("how many pages does the bert paper have?", Field.PAGES, "bert"),
    ("how many page in resnet paper", Field.PAGES, "resnet"),
    ("How long is the resnet paper?", Field.PAGES, "resnet"),
    ("what is the arXiv id of mask rcnn", Field.ID, "mask rcnn"),
    ("what's bert's arxiv id", Field.ID, "bert"),
    ("what is the title of 1512.03385", Field.TITLE, "1512.03385"),
    ("list our papers", Field.PAPERS, ""),
    ("how many papers do we have", Field.PAPERS, ""),
    ("which papers do we have about object detection", Field.PAPERS, "object detection"),
    ("do we have a paper about dropout", Field.PAPERS, "dropout"),
]
ORDINARY = """
who first proposed dropout
who invented batch normalization
who is the discriminator
who are the annotators
who wrote the questions in the dataset
by whom was the dataset annotated
what do the authors propose
why do the authors use relu
what does the first author suggest
when does batch norm fail
when is the learning rate decayed
when was the model trained
when was the data collected
when was adam introduced
what year is the dataset from
what is the date format
how old are the participants
how long is the training
how long is BERT
how long is it
where is it
who made this
how long is the sequence
how many pages of text are in the dataset
how many pages were crawled
how many layers does resnet have
where does the accuracy come from
where is batch normalization placed in ResNet
where can I find batch norm in resnet
where can we find the best results
where can I find the code of resnet
how can I get better accuracy
what is the link between dropout and bagging
what is the pdf of the gaussian
what is the title of section 3
what is the id embedding
which papers do they compare to
which papers use dropout
list the papers cited in the introduction
list the datasets
who trained bert
who wrote the abstract and why was it removed
Who are the authors of the paper titled 'Path aggregation network for instance segmentation'?
In which year was the paper 'Neural machine translation of rare words with subword units' published?
""".strip().split("\n")


def of_record(question: str) -> Request | None:
    """Return what is asked of a record in a library whose papers go by the names."""
    request = understand(question).record
    named = [name for name in NAMES if request is not None and name in request.of]
    return request if request is not None and (request.outright or is_only(request.of, named)) else None


@pytest.mark.parametrize(("question", "field", "of"), OF_RECORDS)
def test_a_question_about_a_record_names_its_field_and_its_paper(question: str, field: Field, of: str) -> None:
    request = of_record(question)
    assert request is not None
    assert (request.field, request.of) == (field, of)


@pytest.mark.parametrize("question", ORDINARY)
def test_a_question_that_only_the_text_answers_is_left_to_it(question: str) -> None:
    assert of_record(question) is None


def test_a_short_name_is_taken_for_a_paper_that_is_not_here_a_long_title_may_be_cited() -> None:
    assert request_in("who wrote the GPT-4 paper") == Request(Field.AUTHORS, "GPT-4")
    cited = request_in("who wrote the paper 'Path aggregation network for instance segmentation'")
    assert cited is not None
    assert not cited.outright


def test_code_is_asked_for_as_before() -> None:
    assert understand("where is the code of the resnet paper").record is None
    assert understand("link to the code of the paper").kind is Asks.CODE


def test_a_few_words_ask_once_more_of_a_record() -> None:
    assert asked_again(Request(Field.AUTHORS), (), "when", ()) == "when was it published"
    assert asked_again(Request(Field.DATE), (), "densenet", ["densenet"]) == "when was densenet published"
    assert asked_again(Request(Field.DATE, "dataset", outright=False), (), "when", ()) == ""
    assert asked_again(None, (), "when", ()) == ""


@pytest.mark.parametrize(
    "word", ["who wrote a ", "paper ", "when was ", "x'", "what papers do we have now ", "link to "]
)
def test_a_pasted_page_is_read_at_once(word: str) -> None:
    began = time.thread_time()
    request_in((word * 2_000)[:2_000])
    assert time.thread_time() - began < 0.5
