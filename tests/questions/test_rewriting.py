"""Sentences of papers and the questions that they answer."""

from __future__ import annotations

import pytest

from rag.questions.english import cleaned, is_phrase, is_sound, shortened, unreadable
from rag.questions.group_notes import asked_of
from rag.questions.rewriting import rewritten
from rag.questions.setups import told_of
from rag.questions.topics import Topic, marks, topics_of_question


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        (
            "We use standard learnable 1D position embeddings, since we have not observed gains from others.",
            "Why do the authors use standard learnable 1D position embeddings?",
        ),
        (
            "We normalized the bounding box width by the image width so that they fall between 0 and 1.",
            "Why did the authors normalize the bounding box width by the image width?",
        ),
        (
            "We use a gelu activation rather than the standard relu, following OpenAI GPT.",
            "What do the authors use instead of the standard relu?",
        ),
        (
            "However, YOLO imposes strong spatial constraints on predictions since each cell only predicts two boxes.",
            "Why does YOLO impose strong spatial constraints on predictions?",
        ),
        (
            "The deep plain nets suffer from increased depth and higher errors.",
            "What do The deep plain nets suffer from?",
        ),
        (
            "Our model struggles with small objects that appear in groups.",
            "What does the authors’ model struggle with?",
        ),
        (
            "BERT alleviates the unidirectionality constraint by using a masked language model objective.",
            "How does BERT alleviate the unidirectionality constraint?",
        ),
        (
            "The main idea of SFAM is to use SE modules for channel-wise re-weighting.",
            "What is the main idea of SFAM?",
        ),
        (
            "We conclude that recurrent controllers have a certain degree of robustness against missing information.",
            "What do the authors conclude about recurrent controllers?",
        ),
        (
            "Our model achieves 28.4 BLEU on the WMT 2014 English-to-German translation task, improving over the best.",
            "What BLEU score does the authors’ model achieve on the WMT 2014 English-to-German translation task?",
        ),
        (
            "The Citeseer dataset contains 3327 nodes, 4732 edges and 6 classes.",
            "How many nodes does The Citeseer dataset contain?",
        ),
        (
            "Unlike classifier-based approaches, YOLO is trained on a loss function that corresponds to detection.",
            "How does YOLO differ from classifier-based approaches?",
        ),
        (
            "Because adversarial nets do not require feedback loops, they are better able to leverage linear units.",
            "What follows from the fact that adversarial nets do not require feedback loops?",
        ),
        (
            "To reduce overfitting in the fully-connected layers we employed a regularization method called dropout.",
            "How do the authors reduce overfitting in the fully-connected layers?",
        ),
        ("Layernorm is applied before every block and residual connections after it.", "Where is Layernorm applied?"),
        (
            "We use the output of the last fully connected layer as image representations.",
            "What do the authors use as image representations?",
        ),
        (
            "We demonstrate three interpretability use-cases: the importance of inputs, patterns and regimes.",
            "Which three interpretability use-cases do the authors demonstrate?",
        ),
    ],
)
def test_a_sentence_gives_a_question_that_it_answers(sentence: str, question: str) -> None:
    assert question in [one.question for one in rewritten(sentence)]


@pytest.mark.parametrize(
    "sentence",
    [
        "It prevents them from overfitting because this is what such layers do.",
        "This reduces the error by using more data than before in training.",
        "Figure 3 shows the results.",
        "We propose a new framework to improve question answering.",
        "The results are given in the following section because of space.",
        "Our model also uses coarse features because it has many layers.",
        "Much has changed since 2015, but the two ideas have kept their place.",
        "Attention models have replaced recurrent networks since the introduction of the Transformer.",
        "Convolutional networks are common in machine vision since the advent of large labelled datasets.",
        "Residual networks have gained much depth by adding shortcuts around every block.",
        "Since the introduction of residual blocks, deep networks are trained with hundreds of layers.",
        "Training and test now compute the same function, and a batch of one is as good as any other.",
        "The finding is puzzling, because a deeper network can always imitate a shallower one.",
    ],
)
def test_a_sentence_that_leans_on_others_gives_none_that_reads_well(sentence: str) -> None:
    assert [one.question for one in rewritten(sentence) if is_sound(one.question)] == []


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Deep nets [22, 21] work (He et al., 2016) well.", "Deep nets work well."),
        ("The error drops (see Fig. 4, right) a lot.", "The error drops a lot."),
        ("We follow Szegedy et al. (2014) here.", "We follow Szegedy et al. here."),
    ],
)
def test_citation_marks_are_left_out(text: str, clean: str) -> None:
    assert cleaned(text) == clean


def test_a_mark_that_stands_for_a_noun_cannot_be_left_out() -> None:
    assert unreadable("In [44], an inception layer is composed of branches.")
    assert unreadable("for all ✓2 Rd the distance is bounded")
    assert not unreadable("Residual nets [41] are easy to optimize.")


@pytest.mark.parametrize(
    "text", ["it", "the results are", "of the layers", "we", "the authors’", "results", "a layer that"]
)
def test_what_is_no_noun_phrase_is_not_asked_about(text: str) -> None:
    assert not is_phrase(text)


def test_a_long_answer_is_cut_where_a_clause_ends() -> None:
    text = (
        "The gates slide over the features of a layer, which keeps them small, while all the filters are shared by it."
    )
    assert shortened(text, 14) == "The gates slide over the features of a layer, which keeps them small …"
    assert shortened("Short enough.", 14) == "Short enough."


@pytest.mark.parametrize(
    ("sentence", "asked"),
    [
        (
            "We trained on the standard WMT 2014 dataset of 4.5 million sentence pairs.",
            "What is WMT 2014 used for{run}?",
        ),
        (
            "The Cora dataset contains 2708 nodes and 7 classes.",
            "How large is Cora, and what does the data consist of?",
        ),
        (
            "For our experiments we use MIR Flickr images with their tags.",
            "What do the authors use MIR Flickr for{run}?",
        ),
        ("The error drops on CIFAR-10 with 20-layer networks.", ""),
    ],
)
def test_a_dataset_is_asked_about_where_a_sentence_tells_something_of_it(sentence: str, asked: str) -> None:
    name = next(name for name in ("WMT 2014", "Cora", "MIR Flickr", "CIFAR-10") if name in sentence)
    assert told_of(sentence, name) == asked


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("We train on the DET training set and the val1 set.", "We train on the DET training set and the val1 set."),
        ("The output of conv5, of stage2 and of layer3.", "The output of conv5, of stage2 and of layer3."),
        ("It eases the reducing of the training error3.", "It eases the reducing of the training error."),
        ("The nets converge.3", "The nets converge."),
    ],
)
def test_the_number_of_a_footnote_goes_and_the_number_of_a_name_stays(printed: str, read: str) -> None:
    assert cleaned(printed) == read


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("explain patial derivative", "Your notes left this open: “explain patial derivative”."),
        ("property of output this model", "Your notes left this open: “property of output this model”."),
    ],
)
def test_words_of_the_group_that_are_no_question_are_quoted_and_asked_of_the_paper(written: str, asked: str) -> None:
    assert asked_of(written, lambda _: None) == f"{asked} What does the paper say about it?"
    assert asked_of("explain the gate", lambda _: "") == "Can you explain the gate?"


def test_a_remark_in_passing_is_worth_less_than_a_finding() -> None:
    (noted,) = rewritten("We note that the plain residual nets are comparably accurate on this set.")
    (found,) = rewritten("We find that the plain residual nets are comparably accurate on this set.")
    assert noted.worth < found.worth


def test_a_question_belongs_where_its_own_words_lead_not_where_its_sentence_strays() -> None:
    said = "The saturation problem is addressed by rectifiers, careful initialization and a small learning rate."
    fit, rest = topics_of_question("How is the saturation problem addressed?", said, "1 Introduction", ())
    assert Topic.SETTINGS not in fit
    assert Topic.SETTINGS in rest


def test_a_feature_map_is_no_measure_of_average_precision() -> None:
    measure = marks()[Topic.METRIC].sentence
    assert measure.search("The statistics are shared over all positions of a feature map.") is None
    assert measure.search("It reaches 57.9 mAP on the test set.") is not None
