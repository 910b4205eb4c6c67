"""Passages never exceed what the embedder reads, and together hold all of the text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.domain.reading import Block, Box, Kind, Piece
from rag.index.minilm import MiniLmEmbedder
from rag.reading.passages import WordCounter, embedded_text, split_into_passages
from rag.reading.sentences import sentences

PROSE = (
    "Training deep networks is hard because the inputs of each layer change while the layers before it learn. "
    "Ioffe et al. [5] call this internal covariate shift, e.g. in Fig. 3 of their paper. "
    "Normalising each mini-batch to zero mean and unit variance lets us use learning rates 14 times as large. "
    "We evaluate ResNet-152, VGG-16 and GoogLeNet on ILSVRC 2012 (1,281,167 images) and CIFAR-10. "
    "The top-5 error falls from 7.89% to 4.49%; hyperparameters such as weight decay (0.0001) and momentum (0.9) stay. "
)


class LetterCounter:
    """One token a character: the most demanding tokenizer there can be."""

    def __init__(self, max_tokens: int = 256) -> None:
        self.max_tokens = max_tokens

    def count(self, text: str) -> int:
        return len(text) + 2


@pytest.fixture(scope="module")
def minilm():
    embedder = MiniLmEmbedder.found()
    if embedder is None:
        pytest.skip("needs the MiniLM weights (make run installs them)")
    return embedder


@pytest.fixture(params=["words", "letters", "minilm"])
def counter(request):
    if request.param == "minilm":
        return request.getfixturevalue("minilm")
    return WordCounter() if request.param == "words" else LetterCounter()


def block(text, kind=Kind.TEXT, section=("1 Introduction",), label=None, page=1):
    return Block(kind, text, section, (Piece(page, 0, len(text), (Box(page, 0, 0, 1, 1),)),), label)


def squeezed(text):
    return re.sub(r"\s+", "", text)


words = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=40)
prose = st.lists(st.sampled_from(PROSE.split()) | words, max_size=400).map(" ".join)
rows = st.lists(prose.map(lambda t: t[:200].replace(" ", " | ", 2)), max_size=40).map("\n".join)
some_blocks = st.lists(
    st.builds(
        block,
        prose | rows,
        kind=st.sampled_from(list(Kind)),
        section=st.sampled_from([(), ("1 Introduction",), ("2 Method", "2.1 A very long heading " * 30)]),
        label=st.sampled_from([None, "Table 4", "Eq. 3"]),
    ),
    max_size=5,
)


@settings(max_examples=60)
@given(blocks=some_blocks, title=words | st.just("An endless title " * 50))
@pytest.mark.parametrize("overlap", [0, 1])
def test_no_passage_exceeds_the_embedder_and_none_of_the_text_is_lost(any_counter, blocks, title, overlap):
    for counter in any_counter:
        passages = split_into_passages("k", title, blocks, counter, overlap=overlap)
        for passage in passages:
            written = embedded_text(title, passage.section, passage.text, passage.label, counter=counter)
            assert passage.tokens == counter.count(written) <= counter.max_tokens
        assert len({p.passage_id for p in passages}) == len(passages)
        if overlap == 0:
            for kind in Kind:
                kept = [squeezed(p.text) for p in passages if p.kind is kind]
                for each in (b for b in blocks if b.kind is kind and b.kind is not Kind.TABLE):
                    assert squeezed(each.text) in "".join(kept)
        for each in (b for b in blocks if b.kind is Kind.TABLE):
            everything = "\n".join(p.text for p in passages)
            assert all(word in everything or len(word) > 60 for word in each.text.split())


@pytest.fixture(scope="module")
def any_counter(request):
    embedder = MiniLmEmbedder.found()
    return [WordCounter(), LetterCounter(), *([embedder] if embedder else [])]


def test_paragraphs_are_packed_as_whole_sentences_near_the_target(counter):
    blocks = [block(PROSE + PROSE) for _ in range(6)]
    passages = split_into_passages("k", "A Title", blocks, counter)
    whole = {PROSE[s.start : s.end] for s in sentences(PROSE)}
    if counter.__class__ is not LetterCounter:
        for passage in passages:
            assert {passage.text[s.start : s.end] for s in sentences(passage.text)} <= whole
            assert 120 <= passage.tokens <= counter.max_tokens
    assert squeezed("".join(p.text for p in passages)) == squeezed((PROSE + PROSE) * 6)


def test_short_paragraphs_of_one_section_share_a_passage_but_sections_do_not():
    blocks = [block("We begin."), block("We go on."), block("Another matter.", section=("2 Method",))]
    texts = [(p.section, p.text) for p in split_into_passages("k", "T", blocks, WordCounter())]
    assert texts == [(("1 Introduction",), "We begin.\n\nWe go on."), (("2 Method",), "Another matter.")]


def test_a_figure_between_two_paragraphs_stays_apart_and_does_not_part_them():
    blocks = [block("Before."), block("Figure 1: A block.", Kind.CAPTION, label="Figure 1"), block("After.", page=2)]
    text, caption = split_into_passages("k", "T", blocks, WordCounter())
    assert (text.kind, text.text, text.first_page, text.last_page) == (Kind.TEXT, "Before.\n\nAfter.", 1, 2)
    assert (caption.kind, caption.text, caption.label) == (Kind.CAPTION, "Figure 1: A block.", "Figure 1")
    assert [b.page for b in text.boxes] == [1, 2]


def test_the_abstract_is_not_joined_with_text_of_the_same_section():
    blocks = [block("An abstract.", Kind.ABSTRACT, ()), block("Some text.", Kind.TEXT, ())]
    assert [p.kind for p in split_into_passages("k", "T", blocks, WordCounter())] == [Kind.ABSTRACT, Kind.TEXT]


def test_a_long_sentence_is_cut_after_a_clause():
    sentence = ", ".join(f"the weights of layer number {n} are kept" for n in range(60))
    passages = split_into_passages("k", "T", [block(sentence)], WordCounter())
    assert len(passages) > 1
    assert all(p.text.endswith(",") for p in passages[:-1])


def test_every_part_of_a_long_table_carries_caption_and_header():
    table = "Table 4: Errors by depth.\nmodel | top-1 | top-5\n" + "\n".join(
        f"net-{n} | {n}.5 | 3.2" for n in range(90)
    )
    parts = split_into_passages("k", "T", [block(table, Kind.TABLE, label="Table 4")], WordCounter())
    assert len(parts) > 2
    for part in parts:
        assert part.text.startswith("Table 4: Errors by depth.\nmodel | top-1 | top-5\nnet-")
        assert part.label == "Table 4"
    assert [n for p in parts for n in re.findall(r"net-(\d+)", p.text)] == [str(n) for n in range(90)]


def test_parts_that_do_not_say_their_label_get_it_in_what_is_embedded():
    assert embedded_text("T", ("3 Results",), "a | b", "Table 4") == "T | 3 Results\nTable 4: a | b"
    assert embedded_text("T", (), "Table 4: a", "Table 4") == "T\nTable 4: a"
    assert embedded_text("", (), "a") == "a"


def test_pages_are_those_of_the_pieces_that_a_passage_touches():
    text = PROSE * 6
    half = len(text) // 2
    pieces = (Piece(3, 0, half, (Box(3, 0, 0, 1, 1),)), Piece(4, half, len(text), (Box(4, 0, 0, 1, 1),)))
    passages = split_into_passages("k", "T", [Block(Kind.TEXT, text, (), pieces)], WordCounter())
    assert (passages[0].first_page, passages[0].last_page) == (3, 3)
    assert (passages[-1].first_page, passages[-1].last_page) == (4, 4)


def test_ids_are_stable_and_tell_repeated_text_and_papers_apart():
    blocks = [block("E = mc2", Kind.EQUATION), block("E = mc2", Kind.EQUATION)]
    first, again = (split_into_passages("k", "T", blocks, WordCounter()) for _ in range(2))
    assert first == again
    other = split_into_passages("other", "T", blocks, WordCounter())
    assert len({p.passage_id for p in (*first, *other)}) == 4


def test_blocks_of_white_space_make_no_passages():
    assert split_into_passages("k", "T", [block(" \n "), block("")], WordCounter()) == ()


def test_sources_without_pages_give_passages_without_pages():
    bare = Block(Kind.TEXT, "Some text.", (), (Piece(None, 0, 10),))
    (passage,) = split_into_passages("k", "T", [bare], WordCounter())
    assert (passage.first_page, passage.last_page, passage.boxes) == (None, None, ())


def test_counting_words_never_counts_fewer_than_minilm_on_english(minilm):
    spans = [PROSE[s.start : s.end] for s in sentences(PROSE)]
    samples = [*spans, PROSE, "f(x) = W x + b, y = (x - E[x]) / sqrt(Var[x] + 1e-5)", "SGD, RPN and mAP on COCO"]
    counts = {text: (WordCounter().count(text), minilm.count(text)) for text in samples}
    assert all(ours >= theirs for ours, theirs in counts.values()), counts
    ours, theirs = counts[PROSE]
    assert ours < 1.8 * theirs


def test_an_embedder_that_reads_nothing_is_refused():
    with pytest.raises(ValueError, match="too few"):
        split_into_passages("k", "T", [block("Some text.")], LetterCounter(2))


class LearningCounter(LetterCounter):
    """Notes what it meets, and whether it had met a word before it was asked how long that is."""

    def __init__(self) -> None:
        super().__init__()
        self.met: list[str] = []
        self.counted_first = False

    def learn(self, text: str) -> None:
        self.met.append(text)

    def count(self, text: str) -> int:
        self.counted_first |= not self.met
        return super().count(text)


def test_a_counter_that_remembers_words_meets_a_papers_at_once_before_any_is_counted():
    counter = LearningCounter()
    blocks = [block("One sentence here."), block("Another there.", section=("2 End",))]
    passages = split_into_passages("k", "A Title", blocks, counter)
    assert passages == split_into_passages("k", "A Title", blocks, LetterCounter())
    assert (counter.met, counter.counted_first) == (["One sentence here.\nAnother there."], False)
