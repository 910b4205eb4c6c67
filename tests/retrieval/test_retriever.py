"""Searching a small library: what is found, in what order, and what nobody else may see."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.domain.passage import Scope
from rag.domain.reading import Kind
from rag.errors import IndexBroken
from rag.index.exact import ExactIndex
from rag.index.minilm import MiniLmEmbedder
from rag.retrieval.candidates import NO_EMBEDDER, NO_INDEX, STALE_INDEX
from rag.retrieval.fusion import with_quota
from rag.retrieval.retriever import ENGLISH_ONLY, Retrieved, Retriever
from rag.store.library import Library
from tests.retrieval import small_library as small

OURS = Scope("ours")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Library, ExactIndex]]:
    library, index = small.built(tmp_path_factory.mktemp("library"))
    yield library, index
    library.close()


@pytest.fixture(scope="module")
def retriever(shelf: tuple[Library, ExactIndex]) -> Retriever:
    return Retriever(library=shelf[0], embedder=small.BagOfWords(), index=shelf[1])


def texts(found: Retrieved) -> list[str]:
    return [hit.passage.text for hit in found.hits]


def within(paper) -> Scope:
    return Scope("ours", (paper.key,))


def test_a_definition_question_finds_the_defining_passage_with_both_scores(retriever: Retriever):
    found = retriever.search("what is internal covariate shift", OURS, 5)

    first = found.hits[0]
    assert first.passage.text.startswith("We call internal covariate shift")
    assert (first.rank, first.paper.paper_id) == (1, "1502.03167")
    assert first.dense is not None
    assert first.lexical is not None
    assert found.repaired_query is None
    assert [hit.score for hit in found.hits] == sorted((hit.score for hit in found.hits), reverse=True)


def test_a_typing_error_is_mended_and_told(retriever: Retriever):
    found = retriever.search("internal coveriat shift", OURS, 3)

    assert found.repaired_query == "internal covariate shift"
    assert found.hits[0].passage.text.startswith("We call internal covariate shift")
    assert "coveriat" in found.words


def test_a_comparison_takes_turns_between_the_papers_named(retriever: Retriever):
    found = retriever.search("DenseNet comparing with ResNet", OURS, 6)

    held = [hit.paper.paper_id for hit in found.hits]
    assert held.count("1608.06993") == held.count("1512.03385") == 3
    assert {p.paper_id for p in found.mentioned_papers} == {"1608.06993", "1512.03385"}


def test_a_named_paper_leads_without_shutting_others_out(retriever: Retriever):
    found = retriever.search("batch normalization in resnet", Scope("ours", (small.RESNET.key, small.MASK.key)), 8)

    assert found.hits[0].passage.text.startswith("We adopt batch normalization")
    assert {hit.paper.paper_id for hit in found.hits} == {"1512.03385", "1703.06870"}


@pytest.mark.parametrize("question", ["RPN", "rpn", "what is RPN?", "region proposal network"])
def test_terse_terms_and_their_long_forms_meet(retriever: Retriever, question: str):
    assert "(RPN)" in texts(retriever.search(question, within(small.MASK), 3))[0]


@pytest.mark.parametrize("question", ["k", "what is k", "K"])
def test_a_single_letter_finds_where_it_is_defined(retriever: Retriever, question: str):
    assert "growth rate k" in texts(retriever.search(question, within(small.DENSENET), 3))[0]


def test_a_spelled_greek_letter_is_searched_as_printed_too(retriever: Retriever):
    assert "γ" in retriever.search("gamma", OURS, 3).words


@pytest.mark.parametrize(
    ("question", "paper", "label"),
    [
        ("what is equation 1", small.BATCH_NORM, "Eq. 1"),
        ("eq. (1)", small.BATCH_NORM, "Eq. 1"),
        ("explain table 4", small.BATCH_NORM, "Table 4"),
        ("Explaining Figure 2 Residual learning", small.RESNET, "Figure 2"),
        ("fig 2 right, why adding 1x1 conv", small.DENSENET, "Figure 2"),
    ],
)
def test_a_numbered_item_of_the_paper_in_scope_stands_first(retriever: Retriever, question: str, paper, label: str):
    found = retriever.search(question, within(paper), 3)

    assert found.hits[0].passage.label == label
    assert found.hits[0].paper.key == paper.key
    assert found.notices == ()


def test_a_numbered_item_of_a_paper_named_in_the_question_stands_first(retriever: Retriever):
    hit = retriever.search("figure 2 in ResNet", OURS, 3).hits[0]

    assert (hit.paper.paper_id, hit.passage.label) == ("1512.03385", "Figure 2")


def test_an_item_that_the_paper_has_not_is_told(retriever: Retriever):
    found = retriever.search("what is Figure 9", within(small.RESNET), 3)

    assert found.notices == ("Figure 9 was not recognised in “Deep Residual Learning for Image Recognition”.",)


def test_sections_and_pages_lead_when_asked_for(retriever: Retriever):
    section = retriever.search("what does section 3.2 say", within(small.BATCH_NORM), 3)
    page = retriever.search("summarise page 3", within(small.BATCH_NORM), 2)

    assert all("3.2 Details" in hit.passage.section for hit in section.hits)
    assert all(hit.passage.first_page == 3 for hit in page.hits)


def test_one_paper_does_not_fill_a_result_when_others_are_close():
    scores = {f"a{n}": 2.0 - n / 100 for n in range(9)} | {f"b{n}": 1.7 - n / 100 for n in range(9)}
    papers = {i: i[0] for i in scores}

    assert with_quota(scores, papers, limit=5, quota=3, slack=0.5) == ["a0", "a1", "a2", "b0", "b1"]
    assert with_quota(scores, papers, limit=5, quota=3, slack=0.1) == ["a0", "a1", "a2", "a3", "a4"]
    assert with_quota({"a0": 1.0, "a1": 0.5}, papers, limit=5, quota=1) == ["a0", "a1"]


def test_filters_narrow_by_paper_and_kind(retriever: Retriever):
    found = retriever.search("normalization accuracy", Scope("ours", (small.BATCH_NORM.key,), (Kind.TABLE,)), 5)

    assert [hit.passage.label for hit in found.hits] == ["Table 4"]


def test_code_links_come_only_when_asked_for(tmp_path: Path):
    library, index = Library.open(tmp_path / "seminar.db"), ExactIndex()
    small.fill(
        library, index, small.RESNET, ["Identity shortcuts.", (Kind.CODE, None, "Code for resnet: example.org/r")]
    )
    retriever = Retriever(library=library, embedder=small.BagOfWords(), index=index)

    assert texts(retriever.search("is there code for resnet", OURS, 5))[0].startswith("Code for resnet")
    assert texts(retriever.search("resnet shortcuts", OURS, 5)) == ["Identity shortcuts."]


def test_a_second_copy_of_a_paper_does_not_repeat_its_passages(tmp_path: Path):
    library, index = Library.open(tmp_path / "seminar.db"), ExactIndex()
    copy = small.paper("sha256:abc", small.ADAM.title, arxiv_id="1412.6980", owner="ours")
    small.fill(library, index, small.ADAM, small.TEXTS[small.ADAM.key])
    small.fill(library, index, copy, small.TEXTS[small.ADAM.key])

    found = Retriever(library=library, embedder=small.BagOfWords(), index=index).search("moment estimation", OURS, 9)

    assert len(texts(found)) == len(set(texts(found)))


@pytest.mark.parametrize("question", ["", "   ", "?!", '"" AND OR'])
def test_a_question_without_words_is_no_error(retriever: Retriever, question: str):
    assert isinstance(retriever.search(question, OURS, 3), Retrieved)


@settings(max_examples=60)
@given(
    question=st.text(max_size=80)
    | st.lists(
        st.sampled_from(
            [
                "R-CNN",
                "c++",
                '"',
                "'",
                "AND",
                "OR",
                "NOT",
                "NEAR(",
                ")",
                "*",
                "^",
                "title:",
                "-",
                "{x}",
                ";--",
                "\x00",
                "page 99999",
                "eq 1",
            ]
        ),
        max_size=8,
    ).map(" ".join)
)
def test_nothing_that_can_be_typed_is_query_syntax(retriever: Retriever, question: str):
    retriever.search(question, OURS, 3)


@pytest.mark.parametrize("question", ["Mask R-CNN", "c++ R-CNN AND (masks)", 'title:"masks" OR NEAR(branch*)'])
def test_code_like_words_are_searched_as_words(retriever: Retriever, question: str):
    assert any("segmentation masks" in text for text in texts(retriever.search(question, OURS, 3)))


def test_another_script_is_searched_and_the_limit_is_told(retriever: Retriever):
    assert ENGLISH_ONLY in retriever.search("что такое внутренний сдвиг", OURS, 3).notices
    assert retriever.search("what is γ", OURS, 3).notices == ()


class _Broken(ExactIndex):
    def nearest(self, *args: object, **options: object) -> list[tuple[str, float]]:
        raise IndexBroken(path="chroma", reason="no such file")


@pytest.mark.parametrize("missing", ["embedder", "index", "broken"])
def test_without_vectors_words_alone_answer_and_the_reason_is_told(shelf: tuple[Library, ExactIndex], missing: str):
    given_index = {"index": None, "broken": _Broken(), "embedder": shelf[1]}[missing]
    embedder = None if missing == "embedder" else small.BagOfWords()

    found = Retriever(library=shelf[0], embedder=embedder, index=given_index).search("covariate shift", OURS, 3)

    assert found.notices == ({"embedder": NO_EMBEDDER, "index": NO_INDEX, "broken": STALE_INDEX}[missing],)
    assert found.hits[0].passage.text.startswith("We call internal covariate shift")
    assert found.hits[0].dense is None


def test_a_passage_without_a_vector_is_still_found_by_its_words(tmp_path: Path):
    library, index = small.built(tmp_path)
    wanted = next(p for p in library.passages_of(small.MASK.key) if "RoIAlign" in p.text)
    index.delete([wanted.passage_id])

    hit = Retriever(library=library, embedder=small.BagOfWords(), index=index).search("RoIAlign", OURS, 3).hits[0]

    assert (hit.passage, hit.dense) == (wanted, None)


def test_a_vector_that_sql_does_not_know_is_ignored(tmp_path: Path):
    library, index = small.built(tmp_path)
    library.remove_paper("ours", small.MASK.key)

    found = Retriever(library=library, embedder=small.BagOfWords(), index=index).search("segmentation masks", OURS, 20)

    assert found.hits
    assert all(hit.paper.paper_id != "1703.06870" for hit in found.hits)


class TestTwoGuilds:
    """What one guild brought, another never sees: by words, vectors, names, items or mended words."""

    @pytest.fixture
    def ours(self, tmp_path: Path) -> Retriever:
        library, index = small.built(tmp_path)
        secret = small.paper("sha256:5ec", "Zorblax Networks", "zorblax", owner="theirs")
        small.fill(
            library,
            index,
            secret,
            [
                "Zorblaxian gating (ZG) is secret.",
                (Kind.CAPTION, "Figure 7", "Figure 7: secret zorblaxian plot."),
            ],
            guild="theirs",
        )
        self.secret = secret
        self.theirs = Retriever(library=library, embedder=small.BagOfWords(), index=index)
        return Retriever(library=library, embedder=small.BagOfWords(), index=index)

    @pytest.mark.parametrize(
        "question", ["zorblaxian gating", "Zorblax Networks", "zorblaxain", "ZG", "figure 7 zorblax", "secret"]
    )
    def test_no_question_reaches_the_other_guild(self, ours: Retriever, question: str):
        found = ours.search(question, OURS, 50)

        assert all(hit.paper.owner_guild is None for hit in found.hits)
        assert found.mentioned_papers == ()
        assert found.repaired_query is None

    def test_naming_the_key_does_not_help(self, ours: Retriever):
        assert ours.search("secret", Scope("ours", (self.secret.key,)), 50).hits == ()

    def test_its_own_guild_finds_it_after_the_other_has_asked(self, ours: Retriever):
        ours.search("zorblaxian gating", OURS, 5)

        assert ours.search("zorblaxian gating", Scope("theirs"), 5).hits[0].paper == self.secret
        assert ours.search("ZG", Scope("theirs"), 5).hits[0].paper == self.secret


def test_a_paper_added_later_is_found_at_once(tmp_path: Path):
    library, index = small.built(tmp_path)
    retriever = Retriever(library=library, embedder=small.BagOfWords(), index=index)
    retriever.search("quokka", OURS, 3)

    small.fill(library, index, small.paper("2401.00001", "Quokka", "quokka"), ["Quokka attention is sparse."])

    found = retriever.search("quokka", OURS, 3)
    assert found.hits[0].passage.text == "Quokka attention is sparse."
    assert [p.paper_id for p in found.mentioned_papers] == ["2401.00001"]


class _Backwards:
    name = "backwards"

    def score(self, query: str, texts: list[str]) -> list[float]:
        return [float(n) for n, _ in enumerate(texts)]


def test_a_reranker_orders_the_hits_but_not_the_item_asked_for(shelf: tuple[Library, ExactIndex]):
    plain = Retriever(library=shelf[0], embedder=small.BagOfWords(), index=shelf[1])
    reranked = Retriever(library=shelf[0], embedder=small.BagOfWords(), index=shelf[1], reranker=_Backwards())
    scope = within(small.RESNET)

    before, after = (
        texts(plain.search("identity shortcuts", scope, 6)),
        texts(reranked.search("identity shortcuts", scope, 6)),
    )
    assert after == before[::-1]
    assert reranked.search("figure 2", scope, 3).hits[0].passage.label == "Figure 2"


def test_the_real_model_finds_by_meaning_what_shares_no_word(tmp_path: Path):
    model = MiniLmEmbedder.found()
    if model is None:
        pytest.skip("the model weights are not installed")
    library, index = Library.open(tmp_path / "seminar.db"), ExactIndex()
    for held in (small.DQN, small.ADAM, small.MASK):
        small.fill(library, index, held, small.TEXTS[held.key], embedder=model)

    found = Retriever(library=library, embedder=model, index=index).search("agents that learn video gaming", OURS, 3)

    assert found.hits[0].paper.paper_id == "1312.5602"


def test_the_name_of_a_paper_is_not_looked_for_when_something_else_is_asked(retriever: Retriever):
    assert "resnet" not in {w.casefold() for w in retriever.search("degradation problem in resnet", OURS, 3).words}
    assert "resnet" in {w.casefold() for w in retriever.search("resnet", OURS, 3).words}


def test_a_paper_that_something_is_in_is_the_one_asked_of(retriever: Retriever):
    found = retriever.search("where is batch normalization in resnet", OURS, 3)
    assert [p.paper_id for p in found.mentioned_papers] == ["1512.03385"]
    assert found.hits[0].passage.text == "We adopt batch normalization right after each convolution."


def test_asked_of_one_paper_a_topic_is_looked_for_under_its_heading(tmp_path: Path):
    library, index = Library.open(tmp_path / "seminar.db"), ExactIndex()
    said, meant = "Every method has limits.", "We add all inputs."
    whole = [said, "Images are large.", "Training is slow.", meant, "Then the mean is subtracted.", "It ends there."]
    small.fill(library, index, small.RESNET, whole)
    small.fill(library, index, small.ADAM, ["Moments are estimated.", "They decay.", "Steps are small.", "It ends."])
    retriever = Retriever(library=library, embedder=small.BagOfWords(), index=index)

    in_one = texts(retriever.search("what details of the method are used?", within(small.RESNET), 8))
    in_all = texts(retriever.search("what details of the method are used?", OURS, 8))
    assert in_one.index(meant) < in_one.index(said)
    assert in_all.index(said) < in_all.index(meant)
