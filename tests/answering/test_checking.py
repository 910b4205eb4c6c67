"""The checks on a model's sentences, one rule a row: what is dropped and why, what is mended, what is marked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st

from rag.answering.bookshelf import Bookshelf
from rag.answering.checking import Checked, Checker, draft_of
from rag.answering.cleaning import cleaned, stray_links
from rag.answering.gate import passed
from rag.answering.given import Given
from rag.answering.replies import Cite, Claim
from rag.answering.support import Support
from rag.domain.paper import SourceKind
from rag.domain.reading import Kind
from rag.errors import ModelFailed
from rag.language.ports import Finding
from rag.store.library import Library
from tests.answering.library import FIRM, FIRM_PAPER, LOOSE, LOOSE_PAPER, paper_of, shelve

ARTICLE = paper_of("Momentum Explained", "2001.00003", ("momentum",), SourceKind.HTML)
GATE = "Firm gating subtracts a running mean because a batch alone is too noisy."
DRIFT = "We define signal drift as the change of the mean of a layer’s inputs over the course of training."
LAYERS = "LooseNet has 34 layers and a dropout rate of 0.1 in each of them."


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    library = Library.open(tmp_path_factory.mktemp("checking") / "library.db")
    shelve(library, FIRM_PAPER, FIRM)
    shelve(library, LOOSE_PAPER, LOOSE)
    shelve(library, ARTICLE, [(0, *paragraph[1:]) for paragraph in FIRM[:2]])
    yield library
    library.close()


def holding(library: Library, text: str, paper: object = None) -> Given:
    """Return the passage that holds a text, under the id S and the first letters of its paper."""
    for one in (paper,) if paper else (FIRM_PAPER, LOOSE_PAPER, ARTICLE):
        for passage in library.passages_of(one.key):  # type: ignore[attr-defined]
            if text in passage.text:
                return Given(f"S{one.title[0]}{passage.ordinal + 2}ZZ".upper(), one, passage)  # type: ignore[attr-defined]
    raise AssertionError(text)


@pytest.fixture
def checker(library: Library) -> Checker:
    passages = [holding(library, text) for text in (GATE, DRIFT, LAYERS)]
    return Checker(passages, Bookshelf(library), question="what is signal drift in ResNet-50?", secret=SECRET)


SECRET = "Answer only from the passages below. Nothing that you know from elsewhere, nothing that you guess."


def claim(checker: Checker, text: str, *quotes: str, at: str = "") -> Checked | None:
    """Check a sentence that cites quotes; each by the passage that holds ``at``, else by the one that holds it."""
    by_text = {one.passage.text: i for i, one in checker._given.items()}
    ids = [next((i for text, i in by_text.items() if (at or quote) in text), "SNONE") for quote in quotes]
    return checker.check(Claim(text, tuple(map(Cite, ids, quotes))))


SAYS = "Signal drift is the change of the mean of a layer’s inputs."


@pytest.mark.parametrize(
    ("text", "quotes", "at", "why"),
    [
        ("It has 152 layers.", (LAYERS,), "", Finding.NUMBER),
        ("ResNet-101 changes the mean of a layer’s inputs.", (DRIFT,), "", Finding.NUMBER),
        ("As Table 7 shows, drift is a change of the mean.", (DRIFT,), "", Finding.NUMBER),
        (f"{SAYS[:-1]}, see https://evil.example/x.", (DRIFT,), "", Finding.LINK),
        (f"{SAYS[:-1]}, see [here](http://evil.example).", (DRIFT,), "", Finding.LINK),
        (f"{SAYS[:-1]}, see evil-site.com.", (DRIFT,), "", Finding.LINK),
        (f"{SAYS[:-1]}, see evil．example.", (DRIFT,), "", Finding.LINK),
        (f"{SAYS[:-1]}, see discord.gg/abc.", (DRIFT,), "", Finding.LINK),
        (f"{SAYS[:-1]} at 192.168.0.1.", (DRIFT,), "", Finding.LINK),
        (f"@everyone {SAYS}", (DRIFT,), "", Finding.LINK),
        (f"<@&123> {SAYS}", (DRIFT,), "", Finding.LINK),
        (f"@\u200beveryone {SAYS}", (DRIFT,), "", Finding.LINK),
        (f"{SAYS[:-1]} says a@evil.example.", (DRIFT,), "", Finding.LINK),
        ("Bananas grow on trees.", (DRIFT,), "", Finding.UNCITED),
        (SAYS, (), "", Finding.UNCITED),
        (SAYS, ("",), "", Finding.UNCITED),
        (SAYS, ("the drift of the mean is bad",), GATE, Finding.MISQUOTE),
        (SAYS, ("a mean",), DRIFT, Finding.MISQUOTE),  # too short to prove anything
        (SAYS, (DRIFT * 8,), DRIFT, Finding.MISQUOTE),
        (SAYS, (DRIFT,), "nowhere", Finding.UNKNOWN_ID),
        ("Signal drift. " * 60, (DRIFT,), "", Finding.UNREADABLE),
        (f"Signal drift: {SECRET}", (DRIFT,), "", Finding.UNREADABLE),
    ],
)
def test_what_does_not_hold_is_dropped_and_counted(
    checker: Checker, text: str, quotes: tuple[str, ...], at: str, why: Finding
) -> None:
    assert claim(checker, text, *quotes, at=at) is None
    assert checker.findings[why] == 1
    assert checker.findings[Finding.SENTENCES] == 1


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        (SAYS, DRIFT),
        (SAYS, "We define signal drift as the change of the mean of a layer's inputs over the course of a training"),
        (SAYS, f"… {DRIFT[:60]} …"),
        ("LooseNet has 34 layers and 0.1 dropout.", LAYERS),
        ("On page 1, drift is defined as a change of the mean.", DRIFT),
        ("The running mean is subtracted in firm gating.", GATE),
        ("Firm gating subtracts a running mean.", GATE),
    ],
)
def test_what_holds_is_shown_with_the_words_of_the_page(
    library: Library, checker: Checker, text: str, quote: str
) -> None:
    checked = claim(checker, text, quote, at=next(t for t in (GATE, DRIFT, LAYERS) if quote.strip(" …")[:20] in t))
    assert checked is not None
    assert checked.support is Support.FULL
    (one,) = checked.evidence
    assert one.found.quote.text in " ".join((GATE, DRIFT, LAYERS))
    sentences, citations = passed(draft_of([checked]), draft_of([checked]).evidence, Bookshelf(library))
    assert (len(sentences), len(citations)) == (1, 1)


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("In ResNet-50, drift is the change of the mean of inputs.", DRIFT),  # which only the question names
        ("LooseNet subtracts a running mean because a batch alone is too noisy.", GATE),
        ("Firm Gating has 34 layers and a dropout rate of 0.1 in each of them.", LAYERS),
        ("In Networks without Norms, a running mean is subtracted because a batch is noisy.", GATE),
        ("LooseNet has ninety layers and a dropout rate of 0.1.", LAYERS),
        ("LooseNet has 34 layers and twice a dropout rate of 0.1 in each.", LAYERS),
    ],
)
def test_what_its_quotes_do_not_name_or_count_is_not_shown_as_supported(
    library: Library, text: str, quote: str
) -> None:
    passages = [holding(library, held) for held in (GATE, DRIFT, LAYERS)]
    checker = Checker(passages, Bookshelf(library), question="what is signal drift in ResNet-50?")
    checked = claim(checker, text, quote)
    assert checked is not None
    assert checked.weak


def test_a_not_before_a_quote_counts_though_it_was_cut_off(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "library.db")
    whole = "We show that careful initialization does not reduce the signal drift of the first layers."
    shelve(library, FIRM_PAPER, [(1, "Abstract", Kind.ABSTRACT, None, f"{GATE} {whole}")])
    said = "Careful initialization reduces the signal drift of the first layers."
    checker = Checker([holding(library, whole, FIRM_PAPER)], Bookshelf(library))
    checked = claim(checker, said, "reduce the signal drift of the first layers")
    assert checked is not None
    assert checked.weak
    library.close()


def test_a_quote_under_the_id_of_another_passage_is_cited_from_its_own(checker: Checker) -> None:
    checked = claim(checker, "LooseNet has 34 layers.", LAYERS, at=DRIFT)
    assert checked is not None
    assert checked.evidence[0].paper == LOOSE_PAPER
    assert checker.findings[Finding.MISQUOTE] == 1


def test_a_quote_that_several_other_passages_hold_is_cited_from_none(library: Library) -> None:
    twice = [holding(library, DRIFT, paper) for paper in (FIRM_PAPER, ARTICLE)]
    checker = Checker([*twice, holding(library, LAYERS)], Bookshelf(library))
    assert claim(checker, SAYS, DRIFT, at=LAYERS) is None


def test_no_link_begins_in_one_quote_and_ends_in_the_next() -> None:
    assert stray_links("See evil.example for it.", ("this is evil.", "example of a layer")) == ("evil.example",)
    assert stray_links("See good.example/a for it.", ("nothing", "it is at good.example/ a now")) == ()


def test_a_paper_that_is_not_cited_is_no_name_for_what_another_says(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "library.db")
    shelve(library, FIRM_PAPER, [(1, "Abstract", Kind.ABSTRACT, None, f"{GATE} We compare it with LooseNet.")])
    shelve(library, LOOSE_PAPER, LOOSE)
    passages = [holding(library, GATE, FIRM_PAPER), holding(library, LAYERS)]
    checked = claim(Checker(passages, Bookshelf(library)), "LooseNet subtracts a running mean.", GATE)
    assert checked is not None
    assert checked.support is Support.DOUBTFUL
    library.close()


def test_a_quote_is_never_looked_for_in_a_passage_that_was_not_given(library: Library) -> None:
    checker = Checker([holding(library, DRIFT)], Bookshelf(library))
    assert claim(checker, "LooseNet has 34 layers.", LAYERS, at=DRIFT) is None


def test_two_words_of_the_question_prove_nothing(checker: Checker) -> None:
    checked = claim(checker, SAYS, "signal drift")
    assert checked is not None
    assert checked.support is Support.WEAK


def test_a_source_without_pages_is_quoted_from_its_section(library: Library) -> None:
    checker = Checker([holding(library, DRIFT, ARTICLE)], Bookshelf(library))
    checked = claim(checker, SAYS, DRIFT)
    assert checked is not None
    assert checked.evidence[0].found.quote.page is None


def test_a_link_that_its_quote_holds_may_be_said(library: Library) -> None:
    says = "Our code is available at https://github.com/example/firm"
    checker = Checker([holding(library, "https://github.com")], Bookshelf(library))
    assert claim(checker, "The code is available at https://github.com/example/firm.", says, at="github") is not None
    assert claim(checker, "Their code is available at https://github.com/evil/firm.", says, at="github") is None


def test_a_sentence_is_said_once_and_leans_on_three_quotes_at_most(checker: Checker) -> None:
    parts = [DRIFT[:60], DRIFT[10:70], DRIFT[20:75], DRIFT[26:90]]
    parts = [part[part.find(" ") + 1 : part.rfind(" ")] for part in parts]
    checked = claim(checker, SAYS, *parts, at=DRIFT)
    assert checked is not None
    assert len(checked.evidence) == 3
    assert claim(checker, f"- {SAYS}", DRIFT) is None
    assert checker.findings[Finding.SENTENCES] == 1


def test_twelve_sentences_are_enough(checker: Checker) -> None:
    cite = (Cite(next(i for i, one in checker._given.items() if one.paper == LOOSE_PAPER), LAYERS),)
    words = ["layers", "dropout", "rate", "LooseNet", "each", "has", "them"]
    claims = [Claim(f"{a} {b} layers.", cite) for a in words for b in words]
    checker.take(claims)
    assert len(checker.sentences) == 12
    assert not checker.take([*claims, *claims])


def test_equal_quotes_are_one_citation(checker: Checker, library: Library) -> None:
    one, other = claim(checker, SAYS, DRIFT), claim(checker, "Drift is defined over the course of training.", DRIFT)
    assert one is not None
    assert other is not None
    draft = draft_of([one, other])
    assert [sentence.evidence for sentence in draft.sentences] == [(0,), (0,)]
    assert [c.number for c in passed(draft, draft.evidence, Bookshelf(library))[1]] == [1]


class FixedJudge:
    def __init__(self, *marks: float, wrote: bool = False) -> None:
        self._marks = marks
        self.wrote = wrote
        self.prompt = ""

    def supports(self, pairs: object) -> tuple[float, ...]:
        if not self._marks:
            raise ModelFailed("judge", "it did not answer")
        return self._marks


@pytest.mark.parametrize(
    ("text", "marks", "weak"),
    [
        (SAYS, (0.9,), False),
        (SAYS, (0.1,), True),
        ("Drift ist die Änderung des Mittelwerts und nicht gut.", (0.9,), False),
        ("Drift ist die Änderung des Mittelwerts und nicht gut.", (0.1,), True),
        ("Signal drift is the change that AdaBoost brings.", (0.9,), True),  # no judge makes up for a stray name
        (SAYS, (), False),  # a judge that fails changes nothing
        (SAYS, (0.1, 0.1), False),  # nor one that answers something else
    ],
)
def test_a_judge_marks_and_lifts(checker: Checker, text: str, marks: tuple[float, ...], weak: bool) -> None:
    (by_id,) = [i for i, one in checker._given.items() if DRIFT in one.passage.text]
    checker.take([Claim(text, (Cite(by_id, DRIFT),))])
    checker.judge(FixedJudge(*marks))
    assert [one.weak for one in checker.sentences] == [weak]


FREELY = "Drift wanders with every one of the many small and large steps of an optimizer."


@pytest.mark.parametrize(
    ("text", "wrote", "weak"),
    [
        (FREELY, False, False),
        (FREELY, True, True),  # a model that obeys an attack would vouch for it, too
        ("Drift ist die Änderung des Mittelwerts und nicht gut.", True, False),
    ],
)
def test_who_wrote_a_sentence_vouches_only_for_what_words_cannot_compare(
    checker: Checker, text: str, wrote: bool, weak: bool
) -> None:
    (by_id,) = [i for i, one in checker._given.items() if DRIFT in one.passage.text]
    checker.take([Claim(text, (Cite(by_id, DRIFT),))])
    assert [one.support for one in checker.sentences] == [Support.WEAK]
    checker.judge(FixedJudge(0.9, wrote=wrote))
    assert [one.weak for one in checker.sentences] == [weak]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("- **Drift** is `bad` [12].", "Drift is bad."),
        ("### Drift is bad", "Drift is bad."),
        ('1. Drift\nis bad [S7KQ: "so it is"].', "Drift is bad."),
        ("Drift\u202e is\u200b bad\x00 (S7KQ).", "Drift is bad."),
        ("\x1b[31mDrift\x1b[0m is bad 【3†source】.", "Drift is bad."),
        ("Drift is bad\U000e0041\U000e0042.", "Drift is bad."),
        ("34 layers are used [1, 2].", "34 layers are used."),
        ("34 layers are used [[34]34] [ 34 ] ［34］[**34**].", "34 layers are used."),
        ("34 layers" + "[" * 9 + "34]" * 9, ""),
        ("Dr\u0301ift" + "\u0301" * 40 + " is bad.", "Dr\u0301ift\u0301\u0301 is bad."),
        ("* * *", ""),
        ("\u3164\u200b", ""),
    ],
)
def test_a_sentence_is_one_line_of_what_is_seen(written: str, shown: str) -> None:
    assert cleaned(written) == shown


@pytest.mark.parametrize(
    "text",
    ["e.g. this, i.e. that", "mAP@0.5 and Recall@5", "z.B. so", "et al. 2015", "x<y and y>z", "f(x)[i]", "v1.2.3"],
)
def test_what_only_looks_like_a_link_is_none(text: str) -> None:
    assert stray_links(text, []) == ()


@given_any(st.text(max_size=300))
def test_any_text_is_cleaned_to_one_visible_line(text: str) -> None:
    line = cleaned(text)
    assert "\n" not in line
    assert line.isprintable() or not line
    assert stray_links(line, [line]) == ()
