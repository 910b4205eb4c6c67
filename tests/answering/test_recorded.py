"""Answers from papers' records: from arXiv, from a first page, about what is missing, in a thread."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rag.answering.as_json import answer_as_json
from rag.answering.asking import Answerer
from rag.answering.ports import Draft
from rag.answering.questions import Asked
from rag.domain.answer import Answer, Outcome
from rag.domain.paper import SourceKind
from rag.domain.reading import Kind
from rag.errors import NotFound
from rag.index.exact import ExactIndex
from rag.record.answers import AnswerBook
from rag.store.library import Library
from tests.answering.library import FIRM, FIRM_PAPER, GUILD, LOOSE, LOOSE_PAPER, NOW, Paragraph, answerer_of, shelve

FRONT: tuple[Paragraph, ...] = (
    (1, "", Kind.TEXT, None, "Firm Gating: Training without Drift"),
    (1, "", Kind.TEXT, None, "Mina Okafor and Jun Sato"),
    (1, "", Kind.TEXT, None, "arXiv:2001.00001v2 [cs.LG] 4 Feb 2020"),
    (1, "", Kind.TEXT, None, "Abstract"),
)
RECORDED = replace(
    FIRM_PAPER,
    version=2,
    authors=("Mina Okafor", "Jun Sato"),
    published=datetime(2020, 1, 3, tzinfo=UTC),
    source_url="https://arxiv.org/abs/2001.00001",
    venue="Journal of Gates 7 (2021)",
    page_count=3,
    abstract="We propose firm gating, a simple layer.",
)
SENT = replace(FIRM_PAPER, key="guild:group:1", source=SourceKind.PDF, owner_guild=GUILD, version=2, page_count=3)
TYPED = replace(
    LOOSE_PAPER, key="guild:group:2", paper_id="sha256:0123456789ab", source=SourceKind.MARKDOWN, arxiv_id=None
)


class NoWriter:
    """A model that must not be asked: names and dates are not for it to write."""

    name = "model"
    invents = True

    def write(self, asked: Asked, evidence: object) -> Draft:
        raise AssertionError(asked.question)


@pytest.fixture
def shelf(tmp_path: Path) -> Library:
    return Library.open(tmp_path / "library.db")


def answerer(library: Library, firm: object = RECORDED, loose: object = LOOSE_PAPER) -> Answerer:
    index = ExactIndex()
    for paper, paragraphs in ((firm, (*FRONT, *FIRM)), (loose, LOOSE)):
        shelve(library, paper, paragraphs, index)  # type: ignore[arg-type]
    return answerer_of(library, index, writer=NoWriter())


def quotes(answer: Answer) -> list[tuple[str, int | None]]:
    return [(citation.quote.text, citation.quote.page) for citation in answer.citations]


def test_authors_come_from_arxivs_record_with_the_names_on_page_1_beside(shelf: Library) -> None:
    answer = answerer(shelf).ask("who wrote the firmgate paper?", guild=GUILD)
    assert answer.text.startswith(
        "Authors of Firm Gating: Mina Okafor, Jun Sato. (arXiv's record, here since 21 November 2026)"
    )
    assert quotes(answer) == [("Mina Okafor and Jun Sato", 1)]
    assert (answer.outcome, answer.writer, answer.notes) == (Outcome.QUOTED, "extractive", ())
    assert answer_as_json(answer)["text"] == answer.text


def test_names_that_the_record_does_not_hold_are_quoted_from_page_1(shelf: Library) -> None:
    answer = answerer(shelf, SENT).ask("authors of firm gating", guild=GUILD)
    lead, quote = answer.text.split("\n")
    assert lead == "No list of authors is stored for Firm Gating. These are the names on its first page."
    assert quote == "Firm Gating (p. 1): “Mina Okafor and Jun Sato” [1]"


@pytest.mark.parametrize(
    ("question", "said", "quoted"),
    [
        ("when was firmgate published", "Firm Gating came out first on arXiv on 3 January 2020.", "arXiv:2001.00001v2"),
        ("where was firmgate published", "Firm Gating appeared in: Journal of Gates 7 (2021).", "Firm Gating: "),
        ("link to the firmgate paper", "here: https://arxiv.org/abs/2001.00001 (arXiv's record", "Firm Gating: "),
        ("how many pages has firmgate", "Firm Gating has 3 pages. (counted in the PDF", "Firm Gating: "),
        ("firmgate arxiv id", "The arXiv id of Firm Gating is 2001.00001; version 2 is here.", "arXiv:2001.00001v2"),
        ("what is the title of 2001.00001", "is “Firm Gating: Training without Drift”. (arXiv's rec", "Firm Gating: "),
    ],
)
def test_each_field_is_told_with_its_source_and_a_quote(shelf: Library, question: str, said: str, quoted: str) -> None:
    answer = answerer(shelf).ask(question, guild=GUILD)
    assert said in answer.text
    assert [quote.startswith(quoted) for quote, _ in quotes(answer)] == [True]
    assert answer.facts[0].source


def test_two_things_may_be_asked_at_once(shelf: Library) -> None:
    answer = answerer(shelf).ask("who are the authors of the firmgate paper and when was it published?", guild=GUILD)
    assert [fact.text[:10] for fact in answer.facts[:2]] == ["Authors of", "Firm Gatin"]
    assert [quote[:5] for quote, _ in quotes(answer)] == ["Mina ", "arXiv"]


def test_a_stamp_after_a_word_that_runs_over_the_line_is_quoted_from_its_id_on(shelf: Library) -> None:
    cut = ((1, "", Kind.TEXT, None, "so we keep significant chal-"), *FRONT)
    shelve(shelf, SENT, (*cut[1:3], cut[0], *FRONT[2:], *FIRM), ExactIndex())
    answer = answerer_of(shelf, None).ask("when was firmgate published", guild=GUILD)
    assert quotes(answer) == [("2001.00001v2 [cs.LG] 4 Feb 2020", 1)]


def test_the_date_of_a_file_comes_from_its_arxiv_id_and_its_stamp_is_of_its_version(shelf: Library) -> None:
    answer = answerer(shelf, SENT).ask("when was firmgate published", guild=GUILD)
    assert "has an arXiv id of January 2020: its first version came then." in answer.text
    assert "The stamp on its first page has the day of version 2" in answer.text
    assert quotes(answer) == [("arXiv:2001.00001v2 [cs.LG] 4 Feb 2020", 1)]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("who wrote loosenet", "No list of authors is stored for Networks without Norms."),
        ("when was loosenet published", "No date is stored for Networks without Norms."),
        ("where was loosenet published", "No journal or conference is stored for Networks without Norms."),
        ("where can I read loosenet", "No public address is stored for Networks without Norms: it came as a file."),
        ("how many pages has loosenet", "Networks without Norms has no pages: it was read from a text."),
        ("arxiv id of loosenet", "No arXiv id is stored for Networks without Norms."),
    ],
)
def test_what_is_missing_is_said_with_what_is_known(shelf: Library, question: str, said: str) -> None:
    answer = answerer(shelf, loose=TYPED).ask(question, guild=GUILD)
    assert answer.text.split("\n")[0] == said
    assert "What is known: “Networks without Norms”" in answer.text
    assert (answer.outcome, answer.found, answer.citations) == (Outcome.NOT_FOUND, False, ())


def test_it_is_asked_which_paper_is_meant(shelf: Library) -> None:
    asked = answerer(shelf)
    answer = asked.ask("who wrote it?", guild=GUILD)
    assert answer.text.startswith("Which paper do you mean?")
    assert (answer.found, answer.nearest) == (False, ())
    assert asked.ask("who wrote it?", guild=GUILD, paper_keys=[RECORDED.key]).citations
    absent = asked.ask("who wrote the GPT-4 paper", guild=GUILD)
    assert absent.text.startswith("No paper here goes by the name “GPT-4”.")


def test_a_follow_up_asks_of_the_paper_of_its_thread(shelf: Library) -> None:
    asked = answerer(shelf)
    first = replace(asked.ask("authors of firmgate", guild=GUILD), question="authors of firmgate")
    when = asked.ask("when?", guild=GUILD, earlier=[first])
    assert "Firm Gating came out first on arXiv on 3 January 2020." in when.text
    assert when.notices == ("Read as “when was it published”.",)
    other = asked.ask("and loosenet?", guild=GUILD, earlier=[first, when])
    assert "Networks without Norms has an arXiv id of January 2020" in other.text
    long = asked.ask("how many pages?", guild=GUILD, earlier=[first])
    assert long.asked_of == (RECORDED.key,)


def test_papers_are_listed_by_what_their_titles_and_abstracts_name(shelf: Library) -> None:
    asked = answerer(shelf)
    every = asked.ask("which papers do we have?", guild=GUILD)
    assert every.text.split("\n")[0] == "2 papers here, the newest first:"
    gating = asked.ask("do we have a paper about gating layers", guild=GUILD)
    assert gating.text.split("\n") == [
        "The words “gating layers” stand in the names or the abstract of 1 paper here (of 2):",
        "• Firm Gating: Training without Drift (2001.00001)",
    ]
    none = asked.ask("list our papers about whales", guild=GUILD)
    assert (none.text, none.found) == ("No paper here has the words “whales” in its names or its abstract.", False)


def test_an_answer_from_a_record_goes_with_its_paper(shelf: Library) -> None:
    answer = answerer(shelf, loose=TYPED).ask("who wrote loosenet", guild=GUILD)
    book = AnswerBook(library=shelf, clock=lambda: NOW)
    kept = book.keep(answer, guild=GUILD, asker="1", channel="2")
    assert book.read(GUILD, kept).answer.facts == answer.facts
    shelf.remove_paper(GUILD, TYPED.key)
    with pytest.raises(NotFound):
        book.read(GUILD, kept)
