"""Papers by name: a table of what people type."""

import pytest

from rag.domain.paper import Paper
from rag.errors import Ambiguous, NotFound
from rag.retrieval.mentions import NameBook, is_comparison
from rag.retrieval.names import find_papers
from tests.retrieval import small_library as small

YOLO1 = small.paper("1506.02640", "You Only Look Once: Unified, Real-Time Object Detection", "yolo", "yolov1")
YOLO4 = small.paper("2004.10934", "YOLOv4: Optimal Speed and Accuracy of Object Detection")
ATTENTION = small.paper("1706.03762", "Attention Is All You Need", "transformer")
GAT = small.paper("1710.10903", "Graph Attention Networks", "gat")
ON_SOCIAL_MEDIA = small.paper("1809.01202", "Causal Explanation Analysis on Social Media")
PAPERS = (*small.ALL, YOLO1, YOLO4, ATTENTION, GAT)


@pytest.mark.parametrize(
    ("name", "paper"),
    [
        ("resnet", small.RESNET), ("res net", small.RESNET), ("ResNet", small.RESNET), ("resnt", small.RESNET),
        ("mask rcnn", small.MASK), ("Mask R-CNN", small.MASK), ("yolo v4", YOLO4), ("yolo", YOLO1),
        ("dqn", small.DQN), ("Double DQN", small.DDQN), ("double-dqn", small.DDQN), ("densnet", small.DENSENET),
        ("1512.03385", small.RESNET), ("arXiv:1512.03385v2", small.RESNET),
        ("https://arxiv.org/abs/1512.03385", small.RESNET), ("batch norm", small.BATCH_NORM),
        ("batch normalisation", small.BATCH_NORM), ("attention is all you need", ATTENTION),
        (small.ADAM.sha256[:12], small.ADAM), (f"sha256:{small.ADAM.sha256[:12]}", small.ADAM),
    ],
)  # fmt: skip
def test_a_name_finds_its_paper(name: str, paper: Paper):
    assert find_papers(name, PAPERS).one() == paper


@pytest.mark.parametrize("name", ["9999.99999", "yolov3", "k", "", "16x16", "sha256:ffffffffffff", "cgn", "%s {0} '"])
def test_what_nobody_goes_by_is_not_found(name: str):
    with pytest.raises(NotFound):
        find_papers(name, PAPERS).one()


def test_a_near_miss_names_the_nearest_titles():
    with pytest.raises(NotFound) as raised:
        find_papers("yolov3", PAPERS).one()
    assert YOLO4.title in raised.value.near


@pytest.mark.parametrize("name", ["resnet on wheels", "yolo for music", "attention to only the music of graphs"])
def test_one_word_in_common_is_no_name(name: str):
    """“alexnet on wheels” opened a session on the one paper whose title has an “on” in it."""
    with pytest.raises(NotFound) as raised:
        find_papers(name, (*PAPERS, ON_SOCIAL_MEDIA)).one()
    assert raised.value.near


def test_a_name_among_other_words_is_the_first_that_is_offered():
    with pytest.raises(NotFound) as raised:
        find_papers("yolo for music", (*PAPERS, ON_SOCIAL_MEDIA)).one()
    assert raised.value.near[0] == YOLO1.title


@pytest.mark.parametrize("name", ["graph attention", "graph atention netwroks", "real-time object detection"])
def test_a_part_of_a_title_is_a_name(name: str):
    assert find_papers(name, (*PAPERS, ON_SOCIAL_MEDIA)).one() in (GAT, YOLO1)


def test_a_name_that_fits_two_papers_is_asked_about():
    with pytest.raises(Ambiguous) as raised:
        find_papers("attention", PAPERS).one()
    assert {paper_id for paper_id, _ in raised.value.choices} == {"1706.03762", "1710.10903"}


def test_copies_of_one_arxiv_paper_count_as_one():
    copy = small.paper("sha256:abc", small.ADAM.title, "adam", arxiv_id="1412.6980", owner="ours")

    assert find_papers("adam", (copy, small.ADAM)).one() == small.ADAM
    assert find_papers("1412.6980", (copy, small.ADAM)).one() == small.ADAM
    assert find_papers("sha256:abc", (copy, small.ADAM)).one() == copy


WORDS = {"attention": 400, "transformer": 300, "bert": 100, "is": 900, "difference": 9, "growth": 3, "rate": 9}


def mentioned(question: str) -> list[str]:
    book = NameBook(PAPERS, frequency=WORDS, passages=1000)
    return [m.paper.paper_id for m in book.mentions(question, lambda word: word.casefold() in WORDS)]


@pytest.mark.parametrize(
    ("question", "papers"),
    [
        ("DenseNet comparing with ResNet", ["1608.06993", "1512.03385"]),
        ("difference between DQN and Double DQN", ["1312.5602", "1509.06461"]),
        ("Double DQN", ["1509.06461"]),
        ("what is mask rcnn", ["1703.06870"]),
        ("what is the growth rate in densnet", ["1608.06993"]),
        ("ResNets, ResNet-50 and ResNet50", ["1512.03385"]),
        ("ResNet's bottleneck", ["1512.03385"]),
        ("1512.03385 bottleneck", ["1512.03385"]),
        ("what is adam", ["1412.6980"]),
        ("do they train with Adam", ["1412.6980"]),
        ("who was adam smith as an economist", []),
        ("how does the transformer encoder normalise its inputs", []),
        ("how does the encoder of the Transformer work", ["1706.03762"]),
        ("what is the transformer", ["1706.03762"]),
        ("equation 3 in adam", ["1412.6980"]),
        ("link github adam", ["1412.6980"]),
        ("where is the official code of adam", ["1412.6980"]),
        ("vanishing gradient", []),
        ("is it a gate", []),
        ("", []),
    ],
)
def test_a_question_names_papers(question: str, papers: list[str]):
    assert mentioned(question) == papers


@pytest.mark.parametrize(
    ("question", "expected"),
    [("GoogLeNet vs AlexNet", True), ("difference between X and Y", True), ("what is whitening", False)],
)
def test_comparisons_are_recognised(question: str, expected: bool):
    assert is_comparison(question) is expected
