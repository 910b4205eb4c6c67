"""Questions of the group's kinds, asked of a small library: what is quoted, from which page, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from rag.answering.as_json import answer_as_json
from rag.answering.asking import Answerer
from rag.answering.ports import Brief, Draft, DraftSentence, Evidence, Shown, unshown
from rag.domain.answer import Outcome, Quote
from rag.domain.codelink import CodeLink, CodeLinkReport, CodeLinkSource
from rag.domain.note import Discussion, Note, NoteHit
from rag.domain.paper import SourceKind
from rag.errors import BadQuestion
from rag.index.exact import ExactIndex
from rag.store.library import Library
from tests.answering.library import (
    FIRM,
    FIRM_PAPER,
    GUILD,
    LOOSE,
    LOOSE_PAPER,
    NOW,
    FixedNotes,
    answerer_of,
    paper_of,
    shelve,
    small_library,
)


@pytest.fixture
def asker(tmp_path: Path) -> Answerer:
    return small_library(tmp_path)


@pytest.mark.parametrize(
    ("question", "said", "page"),
    [
        ("what is signal drift", "We define signal drift as the change of the mean", 1),
        ("what is signl drift", "We define signal drift as the change of the mean", 1),
        ("why does firm gating subtract a running mean?", "because a batch alone is too noisy", 2),
        ("how many layers does loosenet have?", "LooseNet has 34 layers", 1),
        ("How many parameters has the gate per channel?", "2 parameters per channel", 2),
        ("which data sets does firmgate use?", "CIFAR-10, SVHN, MNIST and TinyShapes", 3),
    ],
)
def test_a_question_is_answered_with_the_sentence_and_its_page(
    asker: Answerer, question: str, said: str, page: int
) -> None:
    answer = asker.ask(question, guild=GUILD)
    assert answer.outcome is Outcome.QUOTED
    assert said in answer.citations[0].quote.text
    assert answer.citations[0].quote.page == page
    assert answer.citations[0].quote.boxes
    assert answer.text.startswith(answer.sentences[0].text)
    assert "[1]" in answer.text


def test_a_quote_mends_words_that_were_printed_over_line_ends(asker: Answerer) -> None:
    answer = asker.ask("what is signal drift", guild=GUILD)
    assert "-\n" not in answer.text
    assert "inputs over the course of training." in answer.text


def test_a_catchword_is_enough_with_its_paper(asker: Answerer) -> None:
    answer = asker.ask("λ", guild=GUILD, paper_keys=[FIRM_PAPER.key])
    assert answer.outcome is Outcome.QUOTED
    assert any("momentum λ" in c.quote.text for c in answer.citations)


@pytest.mark.parametrize(
    "question", ["what is the capital of France", "who won the world cup?", "banana", "quantum chromodynamics"]
)
def test_what_no_paper_says_is_refused_without_citations(asker: Answerer, question: str) -> None:
    answer = asker.ask(question, guild=GUILD)
    assert answer.outcome is Outcome.NOT_FOUND
    assert answer.citations == ()
    assert answer.sentences == ()
    assert "arXiv id" in answer.text


def test_an_abstention_offers_the_nearest_passages(asker: Answerer) -> None:
    answer = asker.ask("how is a network deployed on a mobile phone?", guild=GUILD)
    assert answer.outcome is Outcome.NOT_FOUND
    assert answer.nearest
    assert "p. " in answer.text


def test_a_figure_is_answered_with_its_caption_and_what_is_said_of_it(asker: Answerer) -> None:
    answer = asker.ask("explain figure 1", guild=GUILD, paper_keys=[FIRM_PAPER.key])
    assert answer.citations[0].quote.text.startswith("Figure 1: A firm gate")
    assert any("As Figure 1 shows" in c.quote.text and c.quote.page == 3 for c in answer.citations)


def test_an_equation_is_found_by_its_number(asker: Answerer) -> None:
    answer = asker.ask("what is equation 1 in firmgate", guild=GUILD)
    assert "(1 − λ) x (1)" in answer.citations[0].quote.text


def test_a_numbered_item_without_a_paper_asks_which(asker: Answerer) -> None:
    answer = asker.ask("what is equation 1", guild=GUILD)
    assert answer.outcome is Outcome.NOT_FOUND
    assert "name the one you mean" in answer.text


def test_a_numbered_item_is_found_by_what_it_shows(asker: Answerer) -> None:
    answer = asker.ask("explain figure 1 dashed line running mean", guild=GUILD)
    assert answer.citations[0].quote.text.startswith("Figure 1: A firm gate")


def test_asking_which_paper_names_those_that_have_the_item(asker: Answerer) -> None:
    assert "Firm Gating" in asker.ask("what is figure 1", guild=GUILD).text


def test_a_paper_is_what_it_says_of_itself(asker: Answerer) -> None:
    answer = asker.ask("what is LooseNet", guild=GUILD)
    assert answer.citations[0].quote.text.startswith("We present LooseNet")


def test_a_name_that_no_sentence_holds_is_refused(asker: Answerer) -> None:
    assert asker.ask("what dropout rate does HardNet-7 use", guild=GUILD).outcome is Outcome.NOT_FOUND
    assert asker.ask("what dropout rate does LooseNet use", guild=GUILD).outcome is Outcome.QUOTED


def test_no_code_is_known_as_of_a_day(tmp_path: Path) -> None:
    asker = small_library(tmp_path)
    assert (
        "No code is known here for Networks without Norms" in asker.ask("is there code for LooseNet", guild=GUILD).text
    )
    Library.open(tmp_path / "library.db").save_code_links(LOOSE_PAPER.key, CodeLinkReport((), checked_at=NOW))
    said = asker.ask("is there code for LooseNet", guild=GUILD).text
    assert f"No code is known for Networks without Norms on {NOW.date().isoformat()}." in said


def test_what_a_paper_tries_to_convey_comes_from_its_abstract(asker: Answerer) -> None:
    answer = asker.ask("what is this paper try to convey ?", guild=GUILD, paper_keys=[FIRM_PAPER.key])
    assert answer.citations[0].quote.text.startswith("We propose firm gating")
    assert "name the one you mean" in asker.ask("what is this paper try to convey ?", guild=GUILD).text


def test_a_comparison_lets_both_papers_speak(asker: Answerer) -> None:
    answer = asker.ask("FirmGate vs LooseNet", guild=GUILD)
    assert {c.paper.key for c in answer.citations} == {FIRM_PAPER.key, LOOSE_PAPER.key}
    assert "Compared to LooseNet" in answer.text


def test_a_question_about_code_shows_links_with_source_and_date(tmp_path: Path) -> None:
    asker = small_library(tmp_path)
    library = Library.open(tmp_path / "library.db")
    link = CodeLink(LOOSE_PAPER.key, "https://github.com/example/loose", CodeLinkSource.HUGGING_FACE, True, NOW)
    library.set_code_links(GUILD, LOOSE_PAPER.key, [link])
    answer = asker.ask("is there code for loosenet", guild=GUILD)
    assert answer.outcome is Outcome.NOT_FOUND
    assert answer.code_links == (link,)
    assert answer.text == "Code links for Networks without Norms are listed below."
    as_json = answer_as_json(answer)["text"]
    assert as_json.endswith("\n- https://github.com/example/loose (official, huggingface.co, 2026-11-21)")
    nameless = asker.ask("github link for signal drift", guild=GUILD)
    assert nameless.code_links == (link,)
    assert "in this order: Networks without Norms." in nameless.text
    assert asker.ask("github link", guild=GUILD, paper_keys=[FIRM_PAPER.key]).code_links == ()
    quoted = asker.ask("is there code for firmgate", guild=GUILD)
    assert quoted.outcome is Outcome.QUOTED
    assert "https://github.com/example/firm" in quoted.citations[0].quote.text


def test_searching_all_papers_is_advised_only_to_whom_narrowed_the_question(tmp_path: Path) -> None:
    asker, advice = small_library(tmp_path), "To search all papers, ask again without naming one."
    france = "what is the capital of France"
    assert advice not in asker.ask(france, guild=GUILD).text
    assert advice in asker.ask(france, guild=GUILD, paper_keys=[FIRM_PAPER.key]).text
    assert advice in asker.ask("what is the capital of France in LooseNet", guild=GUILD).text
    alone = Library.open(tmp_path / "alone.db")
    shelve(alone, LOOSE_PAPER, LOOSE)
    assert advice not in answerer_of(alone, None).ask(france, guild=GUILD).text


@pytest.mark.parametrize("question", ["", "  \n ", '"', "?" * 500, "\u200b", "x" * 2_001])
def test_an_empty_or_endless_question_is_refused(asker: Answerer, question: str) -> None:
    with pytest.raises(BadQuestion):
        asker.ask(question, guild=GUILD)


def test_the_refusal_names_the_length(asker: Answerer) -> None:
    with pytest.raises(BadQuestion) as refused:
        asker.ask("why " * 1_250, guild=GUILD)
    assert "5,000" in refused.value.reason


@pytest.mark.parametrize(
    "question", ['"why', "AND OR NOT", "'; drop table papers; --", "c++", "$paper {0} %s", "what is ✓ ⇠"]
)
def test_any_question_gets_an_answer_or_a_refusal(asker: Answerer, question: str) -> None:
    assert asker.ask(question, guild=GUILD).text


def test_notes_stand_apart_and_are_never_cited(tmp_path: Path) -> None:
    note = Note(4, "4", "what is signal drift", ("it moves",))
    hit = NoteHit(Discussion(1, "1", "Firm Gating", 2020, (note,)), note, 0.9)
    answer = small_library(tmp_path, note_search=FixedNotes(hit)).ask("what is signal drift", guild=GUILD)
    assert answer.notes == (hit,)
    assert "it moves" not in answer.text


def test_notes_are_shown_when_no_paper_answers(tmp_path: Path) -> None:
    note = Note(1, "1", "banana", ("yellow",))
    hit = NoteHit(Discussion(1, "1", "Fruit", None, (note,)), note, 0.9)
    answer = small_library(tmp_path, note_search=FixedNotes(hit)).ask("banana", guild=GUILD)
    assert (answer.outcome, answer.notes) == (Outcome.NOT_FOUND, (hit,))


def test_without_an_embedder_words_still_answer(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "words.db")
    shelve(library, FIRM_PAPER, FIRM)
    asker = answerer_of(library, None)
    assert "We define signal drift" in asker.ask("what is signal drift", guild=GUILD).text
    assert asker.ask("what is the capital of France", guild=GUILD).outcome is Outcome.NOT_FOUND


def test_a_source_without_pages_is_quoted_from_its_section(tmp_path: Path) -> None:
    library, index = Library.open(tmp_path / "html.db"), ExactIndex()
    article = paper_of("Momentum Explained", "2001.00003", ("momentum",), SourceKind.HTML)
    shelve(library, article, [(0, *paragraph[1:]) for paragraph in FIRM], index)
    answer = answerer_of(library, index).ask("what is signal drift", guild=GUILD)
    assert answer.citations[0].quote.page is None
    assert answer.citations[0].passage.section == ("1 Introduction",)
    assert "(1 Introduction)" in answer.text


def test_an_empty_library_says_how_to_begin(tmp_path: Path) -> None:
    answer = answerer_of(Library.open(tmp_path / "empty.db"), None).ask("what is signal drift", guild=GUILD)
    assert answer.outcome is Outcome.NOT_FOUND
    assert "1502.03167" in answer.text


def test_another_guild_sees_nothing(asker: Answerer) -> None:
    answer = asker.ask("what is signal drift", guild="others")
    assert (answer.outcome, answer.citations, answer.nearest) == (Outcome.NOT_FOUND, (), ())


def test_times_come_from_the_clock(tmp_path: Path) -> None:
    ticks = count()
    answer = small_library(tmp_path, clock=lambda: float(next(ticks))).ask("what is signal drift", guild=GUILD)
    assert answer.took_ms == {"retrieve": 1000.0, "answer": 2000.0, "total": 3000.0}


class Liar:
    """A writer that makes things up: a page, a word, a citation, a paper."""

    name = "liar"
    invents = True

    def write(self, brief: Brief, shown: Shown = unshown) -> Draft:
        return Draft(
            (
                DraftSentence("Supported.", (0,)),
                DraftSentence("Without a citation.", ()),
                DraftSentence("Citing what was not given.", (len(brief.evidence),)),
                DraftSentence("Citing from the end.", (-1,)),
            )
        )


def test_a_writer_cannot_cite_what_it_was_not_given(tmp_path: Path) -> None:
    answer = small_library(tmp_path, writer=Liar()).ask("what is signal drift", guild=GUILD)
    assert [sentence.text for sentence in answer.sentences] == ["Supported."]
    assert (answer.outcome, answer.writer) == (Outcome.GROUNDED, "liar")


class Tamperer:
    """A library whose pages change after the evidence was found."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def __getattr__(self, name: str) -> object:
        return getattr(self._library, name)

    def pages(self, key: str) -> tuple[object, ...]:
        return tuple(replace(page, text=page.text.replace("drift", "shift")) for page in self._library.pages(key))


def test_a_quote_that_is_not_on_its_page_is_not_shown(tmp_path: Path) -> None:
    library, index = Library.open(tmp_path / "library.db"), ExactIndex()
    shelve(library, FIRM_PAPER, FIRM, index)
    answer = answerer_of(library, index, library=Tamperer(library)).ask("what is signal drift", guild=GUILD)
    assert "drift" not in " ".join(citation.quote.text for citation in answer.citations)


def test_the_gate_drops_a_tampered_quote(tmp_path: Path) -> None:
    from rag.answering.bookshelf import Bookshelf
    from rag.answering.gate import passed
    from rag.answering.quotes import Found

    library = Library.open(tmp_path / "library.db")
    shelve(library, FIRM_PAPER, FIRM)
    passage = library.passages_of(FIRM_PAPER.key)[0]
    true = Found(Quote("We propose firm gating, a simple layer", 1))
    wrong_page = Found(Quote("We propose firm gating, a simple layer", 2))
    wrong_word = Found(Quote("We propose firm grating, a simple layer", 1))
    evidence = [Evidence(FIRM_PAPER, passage, found, 1.0, 0) for found in (wrong_page, true, wrong_word)]
    elsewhere = Evidence(LOOSE_PAPER, passage, true, 1.0, 0)
    draft = Draft(tuple(DraftSentence(str(i), (i,)) for i in range(4)))
    sentences, citations = passed(draft, [*evidence, elsewhere], Bookshelf(library))
    assert [sentence.text for sentence in sentences] == ["1"]
    assert [(c.number, c.quote) for c in citations] == [(1, true.quote)]


def test_two_notes_are_shown_at_most_and_none_twice_in_a_thread(tmp_path: Path) -> None:
    notes = tuple(Note(n, str(n), f"drift {n}", ("it moves",)) for n in range(1, 4))
    discussion = Discussion(1, "1", "Firm Gating", 2020, notes)
    one, two, three = (NoteHit(discussion, note, 0.9) for note in notes)
    first = small_library(tmp_path, note_search=FixedNotes(one, two, three)).ask("what is signal drift", guild=GUILD)
    assert first.notes == (one, two)
    later = small_library(tmp_path, note_search=FixedNotes(two, three))
    after = later.ask("how is it reduced?", guild=GUILD, earlier=(first,))
    assert after.notes == (three,)
    assert later.ask("which page?", guild=GUILD, earlier=(first, after)).notes == ()
