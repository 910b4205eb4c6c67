"""Question sets: about this paper, proven on its pages, spread over the template, never invented."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from rag.domain.question import Origin, QuestionSet
from rag.domain.reading import Kind
from rag.errors import BadDocument, Refused
from rag.questions.choosing import Choosing, Placed
from rag.questions.fields import FieldMap
from rag.questions.gate import Admitted
from rag.questions.ground import Ground
from rag.questions.likeness import Likeness
from rag.questions.measures import stands_on
from rag.questions.proposal import WRITTEN, Claim, Proposal
from rag.questions.question_sets import QuestionSets
from rag.questions.topics import Topic
from rag.store.library import Library
from tests.answering.library import BagOfStems, paper_of, shelve
from tests.questions.prepared import GLIDE_PAPER, GUILD, LOOSE_PAPER, discussion, sets_on

Made = tuple[QuestionSets, Library]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return sets_on(tmp_path_factory.mktemp("glide"), embedder=BagOfStems())


def texts(questions: QuestionSet) -> list[str]:
    return [question.text for question in questions.questions]


def test_the_first_question_asks_what_the_paper_tries_to_convey(made: Made) -> None:
    first = made[0].of(GUILD, GLIDE_PAPER).questions[0]
    assert first.text == "What does the paper “GlideNet” try to convey?"
    assert first.evidence
    assert "We propose GlideNet" in first.expected


def test_every_quote_stands_on_its_page_and_questions_name_things_of_the_paper(made: Made) -> None:
    sets, library = made
    questions = sets.of(GUILD, GLIDE_PAPER)
    pages = library.pages(GLIDE_PAPER.key)
    assert len(questions.questions) == 12
    for question in questions.questions:
        assert question.evidence, question.text
        assert all(stands_on(one.quote.text, one.quote.page, pages) for one in question.evidence)
        assert question.expected
        assert question.text.endswith("?")
    assert [question.number for question in questions.questions] == list(range(1, 13))
    expected = {
        "What is the main idea of sliding gates?",
        "What do existing gated networks suffer from?",
        "How does GlideNet differ from LooseNet?",
    }
    assert expected <= set(texts(sets.of(GUILD, GLIDE_PAPER, n=25)))


def test_questions_are_spread_over_the_sections_of_the_template(made: Made) -> None:
    sets, _ = made
    section_of = {field.name: field.section for field in sets.template(GUILD).fields}
    served = {section_of[question.field] for question in sets.of(GUILD, GLIDE_PAPER).questions if question.field}
    assert len(served) >= 6


def test_the_same_library_gives_the_same_set(made: Made) -> None:
    assert made[0].of(GUILD, GLIDE_PAPER) == made[0].of(GUILD, GLIDE_PAPER)


def test_sets_of_different_papers_differ(made: Made) -> None:
    sets, _ = made
    assert not set(texts(sets.of(GUILD, GLIDE_PAPER))) & set(texts(sets.of(GUILD, LOOSE_PAPER)))


def test_no_two_questions_of_a_set_ask_the_same(made: Made) -> None:
    likeness = Likeness(BagOfStems())
    phrased = likeness.phrased(texts(made[0].of(GUILD, GLIDE_PAPER, n=25)))
    assert not any(likeness.is_same(a, b) for i, a in enumerate(phrased) for b in phrased[:i])


def test_settings_data_and_hardware_are_asked_for_by_the_names_that_are_told(made: Made) -> None:
    asked = texts(made[0].of(GUILD, GLIDE_PAPER, n=25))
    assert {
        "Which learning rate, batch size and weight decay do the authors use in the experiments with GlideNet?",
        "Which hardware do the authors use to train GlideNet, and how long does that take?",
        "How do the authors prepare the data for GlideNet (crops and flips)?",
        "On which data do the authors evaluate GlideNet?",
        "What do the authors conclude from Table 1 (“Error of sliding and fixed gates on ImageNet”)?",
    } <= set(asked)


def test_fewer_questions_come_with_a_sentence_that_says_so(made: Made) -> None:
    few = made[0].of(GUILD, LOOSE_PAPER, n=25)
    assert 1 <= len(few.questions) < 25
    assert few.notices == (f"{len(few.questions)} questions: I found no more that are new.",)
    assert len(made[0].of(GUILD, GLIDE_PAPER, n=1).questions) == 1
    assert made[0].of(GUILD, GLIDE_PAPER, n=5).notices == ()


def test_it_works_by_words_alone(tmp_path: Path) -> None:
    sets, library = sets_on(tmp_path)
    questions = sets.of(GUILD, GLIDE_PAPER)
    assert len(questions.questions) >= 10
    pages = library.pages(GLIDE_PAPER.key)
    assert all(stands_on(e.quote.text, e.quote.page, pages) for q in questions.questions for e in q.evidence)


def test_a_field_on_which_the_paper_is_silent_is_named_and_not_asked(made: Made) -> None:
    questions = made[0].of(GUILD, GLIDE_PAPER)
    assert "Safety and bias" in questions.silent
    assert "Optimizer and hyperparameters" not in questions.silent
    assert all(question.field != "Safety and bias" for question in questions.questions)


def test_a_field_of_which_the_paper_speaks_is_not_silent(tmp_path: Path) -> None:
    harm = "The images of faces in our data show demographic bias, which we measured and report for every group."
    sets, _ = sets_on(tmp_path, embedder=BagOfStems(), extra=[(4, "5 Ethics", Kind.TEXT, None, harm)])
    assert "Safety and bias" not in sets.of(GUILD, GLIDE_PAPER).silent


def test_a_paper_without_text_is_refused(made: Made) -> None:
    sets, library = made
    empty = paper_of("Nothing to Read", "2003.00001", ())
    shelve(library, empty, [])
    with pytest.raises(Refused) as refused:
        sets.of(GUILD, empty)
    assert "nothing that reads as text" in refused.value.reason


def test_what_the_group_left_open_is_asked_and_what_it_answered_is_not(tmp_path: Path) -> None:
    sets, library = sets_on(tmp_path, embedder=BagOfStems())
    known = "Why do the authors use a sigmoid activation instead of the usual rectifier?"
    assert known in texts(sets.of(GUILD, GLIDE_PAPER))
    notes = discussion(
        ("what is this paper try to convey ?", "gates"),
        ("why use a sigmoid activation instead of rectifier", "range"),
        ("feature fading", ""),
        ("Figure 1", "a gate"),
    )
    library.save_discussions(GUILD, [notes])
    questions = sets.of(GUILD, GLIDE_PAPER, n=12)
    assert known not in texts(questions)
    assert not any("Figure 1" in text for text in texts(questions))
    (left,) = [question for question in questions.questions if question.origin is Origin.OPEN_NOTE]
    assert "feature fading" in left.text
    assert questions.questions[0].text.startswith("What does the paper")  # asked each time, discussed or not


def test_follow_ups_come_second_and_keep_only_quotes_that_still_stand(made: Made) -> None:
    sets, _ = made
    kept = sets.of(GUILD, GLIDE_PAPER).questions[3]
    moved = replace(
        kept.evidence[0], quote=replace(kept.evidence[0].quote, text="We never said anything of the kind here.")
    )
    asked = replace(kept, text="Why do narrow layers fail?", evidence=(*kept.evidence, moved))
    second = sets.of(GUILD, GLIDE_PAPER, follow_ups=[asked]).questions[1]
    assert (second.number, second.text, second.origin) == (2, "Why do narrow layers fail?", Origin.FOLLOW_UP)
    assert [one.quote.text for one in second.evidence] == [one.quote.text for one in kept.evidence]


def test_a_question_that_was_left_open_says_so_also_when_the_paper_gives_it_again(tmp_path: Path) -> None:
    sets, library = sets_on(tmp_path, embedder=BagOfStems())
    before = sets.of(GUILD, GLIDE_PAPER).questions
    library.save_discussions(GUILD, [discussion(("Ours", "gates"), (before[-1].text.lower(), ""))])
    again = {q.text: q.origin for q in sets.of(GUILD, GLIDE_PAPER, follow_ups=before[1:-1]).questions[1:]}
    repeated = {q.text for q in before[1:-1]} & set(again)
    assert len(repeated) > 4  # more than follow-ups have places
    assert all(again[text] is Origin.FOLLOW_UP for text in repeated)
    assert again.get(before[-1].text, Origin.OPEN_NOTE) is Origin.OPEN_NOTE


def test_what_a_paper_tries_to_convey_is_asked_once_and_counted_once_also_when_it_was_left_open(made: Made) -> None:
    first, *_ = made[0].of(GUILD, GLIDE_PAPER).questions
    again = made[0].of(GUILD, GLIDE_PAPER, follow_ups=[first])
    assert texts(again).count(first.text) == 1
    assert (len(again.questions), again.notices) == (12, ())
    few = made[0].of(GUILD, LOOSE_PAPER, n=25)
    still = made[0].of(GUILD, LOOSE_PAPER, n=25, follow_ups=few.questions[:1])
    assert (texts(still), still.notices) == (texts(few), few.notices)


def test_an_open_note_that_a_session_wrote_down_again_is_asked_once(tmp_path: Path) -> None:
    sets, library = sets_on(tmp_path, embedder=BagOfStems())
    library.save_discussions(GUILD, [discussion(("Ours", "gates"), ("feature fading", ""))])
    (first,) = [q for q in sets.of(GUILD, GLIDE_PAPER).questions if q.origin is Origin.OPEN_NOTE]
    notes = discussion(("Ours", "gates"), ("feature fading", ""), (first.text, ""), (f"{first.text} ", ""))
    library.save_discussions(GUILD, [notes])
    assert texts(sets.of(GUILD, GLIDE_PAPER)).count(first.text) == 1
    assert texts(sets.of(GUILD, GLIDE_PAPER, follow_ups=[first])).count(first.text) == 1


def test_two_questions_with_one_answer_are_not_both_asked(tmp_path: Path) -> None:
    gate = "The gating module consists of two pointwise filters and a shared bias vector."
    again = "Every gating module is made of two pointwise filters with a shared bias vector."
    two = (
        proposed("Which parts does the gating module consist of?", gate),
        proposed("Which parts make a gating module of the network?", again),
    )
    extra = [(2, "2 Method", Kind.TEXT, None, again)]
    sets, _ = sets_on(tmp_path, embedder=BagOfStems(), proposer=Inventive(two), extra=extra)
    likeness = Likeness(BagOfStems())
    assert not likeness.is_same(*likeness.phrased([proposal.text for proposal in two]))  # their words alone differ
    assert len(sets.of(GUILD, GLIDE_PAPER).questions) == 2


def test_an_equation_is_answered_with_its_place_and_what_its_symbols_are(made: Made) -> None:
    asked = next(q for q in made[0].of(GUILD, GLIDE_PAPER, n=25).questions if "Equation 1" in q.text)
    assert asked.expected == "Equation 1 (page 2). a is the filter and b is its bias."


def test_the_set_follows_the_template_of_the_guild(tmp_path: Path) -> None:
    sets, _ = sets_on(tmp_path, embedder=BagOfStems())
    with pytest.raises(BadDocument):
        sets.set_template(GUILD, "empty.md", b"nothing", person="1")
    template = sets.set_template(
        GUILD, "ours.md", b"## Setup\n- Lerning rate and optimizr\n- Carbon footprint\n", person="1"
    )
    questions = sets.of(GUILD, GLIDE_PAPER)
    assert questions.template_sha256 == template.sha256
    settings = next(q for q in questions.questions if "batch size" in q.text)
    assert settings.field == "Lerning rate and optimizr"
    assert questions.silent == ("Carbon footprint",)
    assert sets.clear_template(GUILD)
    assert not sets.clear_template(GUILD)
    assert sets.template(GUILD).title == "Reading a paper together"


TRUE = "The gating module consists of two pointwise filters and a shared bias vector."


@dataclass(frozen=True)
class Inventive:
    """A proposer as careless as a model may be."""

    proposals: tuple[Proposal, ...]
    name: str = "inventive"

    def propose(self, ground: Ground) -> Iterable[Proposal]:
        return self.proposals


def proposed(text: str, quote: str = TRUE, page: int | None = 2) -> Proposal:
    return Proposal(text, WRITTEN, (Topic.COMPONENT,), (Claim(quote, page, page),))


@pytest.mark.parametrize(
    "proposal",
    [
        proposed("Which filters are in the gating module?", "The gating module consists of three recurrent filters."),
        proposed("Which filters are in the gating module?", TRUE, page=3),
        proposed("Which filters are in the gating module?", "gating"),
        proposed("What are the results?"),
        proposed("What are the main contributions of this paper?"),
        proposed("Which quantum annealer sorted the wine bottles in Bordeaux?"),
        proposed("Which filters are in this?"),
        proposed("Name the filters of the gating module."),
        proposed("Which filters are in the gating module, see https://example.org?"),
        proposed("Which filters " + "of the gating module " * 12 + "are there?"),
    ],
    ids=[
        "made up",
        "wrong page",
        "too short",
        "filler",
        "more filler",
        "of nothing",
        "dangling",
        "no question",
        "link",
        "long",
    ],
)
def test_what_a_careless_proposer_hands_in_is_dropped(tmp_path: Path, proposal: Proposal) -> None:
    sets, _ = sets_on(tmp_path, embedder=BagOfStems(), proposer=Inventive((proposal,)))
    assert len(sets.of(GUILD, GLIDE_PAPER).questions) == 1


def test_what_a_proposer_hands_in_is_taken_when_it_holds(tmp_path: Path) -> None:
    sound = [
        proposed("Which filters are in the gating module?"),
        proposed("What is the bias vector part of?", page=None),
    ]
    half = (Claim(TRUE, 2, 2), Claim("Never said at all in this paper.", 2, 2, optional=True))
    for proposal in (*sound, Proposal("What are pointwise filters used in?", WRITTEN, (), half)):
        sets, _ = sets_on(tmp_path / proposal.text[:8], embedder=BagOfStems(), proposer=Inventive((proposal,)))
        taken = sets.of(GUILD, GLIDE_PAPER).questions[1]
        assert taken.text == proposal.text
        assert [one.quote.text for one in taken.evidence] == [TRUE]
        assert taken.expected == TRUE


def test_of_two_proposals_that_ask_the_same_one_is_taken(tmp_path: Path) -> None:
    gate = "We use a sigmoid activation instead of the usual rectifier to keep the gates between zero and one."
    two = (
        proposed("Which two filters are in the gating module?"),
        proposed("In the gating module, which two filters are there?"),
        proposed("Why is the activation a sigmoid instead of the rectifier?", gate),
    )
    sets, _ = sets_on(tmp_path, embedder=BagOfStems(), proposer=Inventive(two))
    questions = sets.of(GUILD, GLIDE_PAPER)
    assert questions.writer == "inventive"
    assert len(questions.questions) == 3
    assert sum("gating module" in text for text in texts(questions)) == 1


def test_general_questions_fill_a_set_only_where_no_particular_one_is_left(made: Made) -> None:
    """AlexNet, which has no name of its own in its title, had four of them though others were there to be asked."""
    (citation, *_rest) = made[0].of(GUILD, GLIDE_PAPER).questions[0].evidence
    words = ["gates", "kernels", "anchors", "patches", "critics", "masks", "queries", "shortcuts", "codes", "beams"]

    def placed(kind: str, word: str, score: float, particular: float) -> Placed:
        text = f"{kind} {word}?"
        cited = replace(citation, quote=replace(citation.quote, text=text))
        (phrased,) = Likeness(None).phrased([text])
        proposal = Proposal(text, kind, (), (), worth=score)
        return Placed(Admitted(proposal, (cited,), text, phrased), None, score, particular)

    kinds = [f"kind{n}" for n in range(10)]
    general = [placed(kind, f"{word}-in-general", 2.0, 0.0) for kind, word in zip(kinds, words, strict=True)]
    particular = [placed(kind, word, 1.0, 1.0) for kind, word in zip(kinds, words, strict=True)]
    fields = FieldMap(made[0].template(GUILD), None)

    def chosen(questions: list[Placed]) -> list[float]:
        return [
            one.particular for one in Choosing(likeness=Likeness(None), fields=fields, n=12, taken=()).chosen(questions)
        ]

    assert chosen([*general, *particular]).count(0.0) == 2
    assert chosen([*general, *particular[:4]]).count(0.0) == 8
