"""Answers as messages, without Discord: every kind of answer, and text of others that would feign ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.render.answers import (
    QUOTE_CHARS,
    SOURCES_IN_VIEW,
    alt_text,
    answer_reply,
    quote_reply,
    recent_reply,
    sources_reply,
    which_citation_reply,
)
from bot.render.fitting import fitted
from bot.render.reply import Attached, Button, Menu, Picture, Reply, Row, Text, Tone
from rag.answering.frames import Frames
from rag.domain.answer import Answer, Citation, Fact, Outcome, Quote, Sentence
from rag.domain.codelink import CodeLink, CodeLinkSource
from rag.domain.note import Discussion, Note, NoteHit, Otherwise
from rag.domain.paper import Paper, SourceKind
from rag.domain.passage import Hit, Passage
from rag.domain.picture import QuotePicture
from rag.domain.reading import Kind
from rag.domain.record import Delivery, KeptAnswer
from tests.bot.asked import bold, links
from tests.bot.render.discord_markdown import seen

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
ADD = "</paper add:1>"
BATCHNORM = Paper(
    "arxiv:1502.03167", "1502.03167", "Batch Normalization", SourceKind.ARXIV, "0" * 64, NOW, 3, arxiv_id="1502.03167"
)
UPLOAD = Paper("guild:1:0", "sha256:000000000000", "Lecture notes", SourceKind.PDF, "1" * 64, NOW)
PAGELESS = Paper(
    "guild:1:1", "sha256:000000000001", "A page of the web", SourceKind.HTML, "2" * 64, NOW,
    source_url="https://example.org/page",
)  # fmt: skip


def passage(paper: Paper, page: int | None = 2, text: str = "Some text.", kind: Kind = Kind.TEXT) -> Passage:
    return Passage("p", paper.key, 0, kind, text, ("3 Method", "3.1 Details"), None, page, page)


def citation(number: int, paper: Paper = BATCHNORM, page: int | None = 2, text: str = "We define it.") -> Citation:
    return Citation(number, paper, passage(paper, page, text), Quote(text, page), 1.0)


def answered(count: int = 1, **changes: Any) -> Answer:
    citations = tuple(citation(number) for number in range(1, count + 1))
    sentences = tuple(Sentence(f"Sentence {c.number}.", (c.number,)) for c in citations)
    return replace(Answer("what is it?", Outcome.QUOTED, "…", sentences, citations), **changes)


def kept(answer: Answer, **changes: Any) -> KeptAnswer:
    whole = KeptAnswer(7, "1", "2", "3", False, NOW, None, None, None, Delivery.WAITING, answer)
    return replace(whole, **changes)


def shown(answer: Answer, **changes: Any) -> Reply:
    return answer_reply(kept(answer, **changes), add_command=ADD)


def text_of(reply: Reply) -> str:
    return "\n".join(block.markdown for block in reply.blocks if isinstance(block, Text))


def buttons_of(reply: Reply) -> list[Button]:
    items = [item for block in reply.blocks if isinstance(block, Row) for item in block.items]
    return [item for item in items if isinstance(item, Button)]


def menu_of(reply: Reply) -> Menu:
    (menu,) = [item for block in reply.blocks if isinstance(block, Row) for item in block.items]
    assert isinstance(menu, Menu)
    return menu


def not_found(text: str, **changes: Any) -> Answer:
    return Answer("what is it?", Outcome.NOT_FOUND, text, **changes)


NEAREST = tuple(Hit(n, 1.0, passage(paper), paper) for n, paper in enumerate((BATCHNORM, UPLOAD), 1))


# Answers


def test_several_sentences_are_numbered_and_one_is_not() -> None:
    assert "\n1. Sentence 1. **[1]**\n2. Sentence 2. **[2]**\n" in text_of(shown(answered(2)))
    assert "\nSentence 1. **[1]**\n" in text_of(shown(answered(1)))


def test_a_sentence_bears_every_number_that_carries_it() -> None:
    answer = answered(2, sentences=(Sentence("Both say so.", (1, 2)),))
    assert "Both say so. **[1][2]**" in text_of(shown(answer))
    assert "Both say so. [1][2]" in seen(text_of(shown(answer)))


def test_a_source_names_paper_page_and_section_and_links_to_the_page() -> None:
    text = text_of(shown(answered(1)))
    assert "**[1]** [Batch Normalization](<https://arxiv.org/pdf/1502.03167v3#page=2>), p. 2 · 3.1 Details" in text


@pytest.mark.parametrize(
    ("paper", "page", "line"),
    [
        (UPLOAD, 4, "**[1]** Lecture notes, p. 4 · 3.1 Details"),
        (PAGELESS, None, "**[1]** [A page of the web](<https://example.org/page>) · 3.1 Details"),
    ],
)
def test_sources_without_address_or_pages_say_what_there_is(paper: Paper, page: int | None, line: str) -> None:
    assert line in text_of(shown(answered(1, citations=(citation(1, paper, page),))))


LONG = replace(
    BATCHNORM,
    title="Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift",
    authors=("Sergey Ioffe", "Christian Szegedy"),
    published=NOW,
)


def sources_of(*papers: Paper) -> list[str]:
    citations = tuple(citation(n, paper, n) for n, paper in enumerate(papers, 1))
    return text_of(shown(answered(1, citations=citations))).partition("**Sources**\n")[2].splitlines()[:-1]


def test_a_paper_of_several_sources_is_named_once() -> None:
    assert sources_of(LONG, LONG) == [
        "[Batch Normalization](<https://arxiv.org/pdf/1502.03167v3>) · Sergey Ioffe and Christian Szegedy, 2026",
        "**[1]** [p. 1](<https://arxiv.org/pdf/1502.03167v3#page=1>) · 3.1 Details",
        "**[2]** [p. 2](<https://arxiv.org/pdf/1502.03167v3#page=2>) · 3.1 Details",
    ]


def test_sources_of_one_paper_stand_together_with_their_own_numbers() -> None:
    lines = sources_of(UPLOAD, LONG, UPLOAD)
    assert lines[:3] == ["Lecture notes", "**[1]** p. 1 · 3.1 Details", "**[3]** p. 3 · 3.1 Details"]
    assert lines[3].startswith("**[2]** [Batch Normalization: Accelerating")


@pytest.mark.parametrize(
    ("authors", "written"), [((), "2026"), (("A", "B", "C"), "A et al., 2026"), (("*A*",), "\\*A\\*, 2026")]
)
def test_a_paper_is_named_with_who_wrote_it(authors: tuple[str, ...], written: str) -> None:
    assert sources_of(*[replace(UPLOAD, authors=authors, published=NOW)] * 2)[0] == f"Lecture notes · {written}"


def test_sources_without_pages_link_their_section() -> None:
    cited = [citation(n, PAGELESS, None) for n in (1, 2, 3)]
    cited[1] = replace(cited[1], passage=replace(cited[1].passage, section=()))
    text = text_of(shown(answered(1, citations=tuple(cited))))
    assert "**[1]** [3.1 Details](<https://example.org/page>)\n" in text
    assert "**[2]** [in the text](<https://example.org/page>)\n" in text


def test_three_sources_are_in_view_and_the_others_behind_a_button() -> None:
    reply = shown(answered(5))
    assert f"**[{SOURCES_IN_VIEW}]** [p. 2]" in text_of(reply)
    assert f"**[{SOURCES_IN_VIEW + 1}]**" not in text_of(reply).partition("**Sources**")[2]
    assert [(b.label, b.action, b.arguments) for b in buttons_of(reply)] == [
        ("Quote 1", "quote", ("7", "1")),
        ("Quote 2", "quote", ("7", "2")),
        ("Quote 3", "quote", ("7", "3")),
        ("More sources (2)", "sources", ("7",)),
        ("Discuss in a thread", "thread", ("7",)),
        ("Helpful", "helpful", ("7",)),
        ("Not helpful", "not_helpful", ("7",)),
        ("Wrong citation", "wrong_citation", ("7",)),
    ]
    assert all(len(block.items) <= 5 for block in reply.blocks if isinstance(block, Row))


@pytest.mark.parametrize("changes", [{"private": True}, {"thread": "9"}])
def test_no_thread_is_offered_where_none_can_be(changes: dict[str, Any]) -> None:
    assert "thread" not in {button.action for button in buttons_of(shown(answered(), **changes))}
    again = answer_reply(kept(answered()), add_command=ADD, with_thread=False)
    assert "thread" not in {button.action for button in buttons_of(again)}


def test_notices_and_the_writer_are_small_print() -> None:
    text = text_of(shown(answered(2, notices=("lexical search only",), writer="extractive")))
    assert "-# lexical search only\n" in text
    assert text.endswith("-# Quoted from the papers; no language model wrote this · 2 citations checked on the page")
    other = text_of(shown(answered(1, writer="gpt-*x*", outcome=Outcome.GROUNDED)))
    assert other.endswith("-# Written by the language model gpt-\\*x\\* · 1 citation checked on the page")


def test_a_models_sentences_stand_over_the_quotes_that_carry_them() -> None:
    quotes = ("We *define* it.", "word " * 100)
    cited = tuple(citation(n, text=text) for n, text in enumerate(quotes, 1))
    text = text_of(shown(answered(2, citations=cited, outcome=Outcome.GROUNDED, writer="openai:gpt-x")))
    assert "\n1. Sentence 1. **[1]**\n2. Sentence 2. **[2]**\n" in text
    assert (
        "\n**[1]** [p. 2](<https://arxiv.org/pdf/1502.03167v3#page=2>) · 3.1 Details\n> We \\*define\\* it.\n" in text
    )
    assert max(len(line) for line in text.splitlines() if line.startswith("> word")) < QUOTE_CHARS + 5
    assert "> We" not in text_of(shown(answered(2, citations=cited))), "a quoted answer holds its quotes itself"


def test_a_weak_sentence_is_marked_with_words_and_one_line_says_what_that_means() -> None:
    sentences = (Sentence("It is.", (1,)), Sentence("It may be.", (2,), weak=True))
    text = text_of(shown(answered(2, sentences=sentences, outcome=Outcome.GROUNDED)))
    assert "1. It is. **[1]**\n2. It may be. **[2]** *(weakly supported)*\n" in text
    assert text.count("-# Weakly supported: the quote is on its page, but it may not say all") == 1
    assert "weakly" not in text_of(shown(answered(2))).casefold()


def test_pictures_stand_between_the_sentences_and_their_sources() -> None:
    picture = Picture("source-1.png", b"", "alt")
    blocks = answer_reply(kept(answered()), pictures=[picture], add_command=ADD).blocks
    at = blocks.index(picture)
    assert isinstance(blocks[at - 1], Text)
    assert "Sentence 1." in blocks[at - 1].markdown
    assert any(isinstance(block, Text) and block.markdown.startswith("**Sources**") for block in blocks[at:])


def test_notes_stand_apart_with_who_said_it() -> None:
    note = Note(3, "3", "Why *so* deep?", tuple(f"line {n}" for n in range(9)))
    hit = NoteHit(Discussion(1, "5", "ResNet", 2015, (note,)), note, 1.0)
    text = text_of(shown(answered(notes=(hit,))))
    notes = text.partition("**Your group’s notes** · what was said, not what the paper says\n")[2]
    assert notes.startswith("Discussion 5 ResNet, item 3: *Why \\*so\\* deep?*\n> line 0\n")
    assert "> line 5 …" in notes
    assert "line 6" not in notes


def test_a_note_that_the_paper_speaks_against_has_its_quote_below_it_with_who_says_so() -> None:
    note = Note(3, "3", "What is shift?", ("correlation",))
    against = Otherwise(1, "it is *not* a <@1> correlation\n" + "x" * 900, 2, "openai:_m_", "judge/1")
    text = text_of(shown(answered(notes=(NoteHit(Discussion(1, "5", "T", None, (note,)), note, 1.0, against),))))
    below = text.partition("> correlation\n")[2]
    assert below.startswith("❌ **The paper says otherwise** **[1]**: “it is \\*not\\* a ")
    assert "…” (p. 2)\n-# as openai\\:\\_m\\_ reads the two" in below
    assert "<@1>" not in text


def test_a_note_without_a_question_is_shown_all_the_same() -> None:
    note = Note(1, "1", "", ("said",))
    text = text_of(shown(answered(notes=(NoteHit(Discussion(1, "1", "T", None, (note,)), note, 1.0),))))
    assert "*(no question written)*\n> said" in text


# Nothing found


def test_what_was_not_found_names_the_nearest_and_what_to_do() -> None:
    words = Frames.load().not_found(nearest=[("Batch Normalization", 2)])
    reply = shown(not_found(words, nearest=NEAREST))
    lines = text_of(reply).splitlines()
    assert lines[1:] == [
        words.partition(" The nearest passages")[0],
        "**Nearest passages** (they may not answer it)",
        "- [Batch Normalization](<https://arxiv.org/pdf/1502.03167v3#page=2>), p. 2: Some text.",
        "- Lecture notes, p. 2: Some text.",
        f"{words.partition('They may not answer it. ')[2]} Organisers add papers with {ADD}.",
        "-# Nothing is claimed where no page was found that says it",
    ]
    assert reply.tone is Tone.NOTICE
    assert "wrong_citation" not in {button.action for button in buttons_of(reply)}


def test_what_was_not_found_in_a_paper_says_to_ask_all() -> None:
    words = Frames.load().not_found(paper="ResNet", narrowed=True, nearest=[("ResNet", 2)])
    text = text_of(shown(not_found(words, nearest=NEAREST)))
    assert "in ResNet.\n" in text
    assert "To search all papers, ask again without naming one." in text


def test_an_empty_library_says_what_to_add() -> None:
    text = text_of(shown(not_found(Frames.load().empty_library())))
    assert "There are no papers here yet." in text
    assert f"Organisers add papers with {ADD}." in text


def test_a_question_back_speaks_of_no_adding() -> None:
    text = text_of(shown(not_found(Frames.load().which_paper("Table 1", ["A", "B"]), nearest=NEAREST)))
    assert "Table 1 stands in A; B." in text
    assert "add" not in text.casefold()


def test_code_links_are_shown_with_their_source_and_date() -> None:
    links_ = (
        CodeLink(BATCHNORM.key, "https://github.com/a/b", CodeLinkSource.PERSON, True, NOW),
        CodeLink(BATCHNORM.key, "https://github.com/c/[d](e)", CodeLinkSource.PAPER, None, NOW),
    )
    text = text_of(shown(not_found("Code for Batch Normalization: …", code_links=links_)))
    assert "- [github.com/a/b](<https://github.com/a/b>) (official, person, 2026-11-21)" in text
    assert links(text) == {"https://github.com/a/b", "https://github.com/c/%5Bd%5D%28e%29"}
    assert "Links are as their sources had them on that day" in text
    assert ADD not in text


# Quotes, sources, menus


def test_a_quote_has_a_picture_or_the_reason_why_not() -> None:
    picture = QuotePicture(b"png", 10, 10, 2)
    with_picture = quote_reply(citation(1), picture)
    assert [block for block in with_picture.blocks if isinstance(block, Picture)] == [
        Picture("quote-1.png", b"png", "Page 2 of Batch Normalization, the cited lines marked: We define it.")
    ]
    without = text_of(quote_reply(citation(1), None, why_no_picture="The *PDF* is gone."))
    assert "-# The \\*PDF\\* is gone." in without
    assert "The" not in text_of(quote_reply(citation(1), None)).replace("The text", "")


@pytest.mark.parametrize(
    ("paper", "page", "labels"),
    [(BATCHNORM, 2, ["Open page 2"]), (PAGELESS, None, ["Open the article"]), (UPLOAD, 2, [])],
)
def test_a_quote_opens_where_it_stands(paper: Paper, page: int | None, labels: list[str]) -> None:
    assert [button.label for button in buttons_of(quote_reply(citation(1, paper, page), None))] == labels


def test_an_alt_text_says_what_is_seen_and_is_not_endless() -> None:
    assert alt_text(citation(1, PAGELESS, None)) == "From A page of the web, the cited lines marked: We define it."
    assert len(alt_text(citation(1, text="word " * 1_000))) <= 1_000


def test_all_sources_are_quoted_under_their_paper() -> None:
    text = text_of(sources_reply(answered(5)))
    assert text.count("> We define it.") == 5
    assert text.count("Batch Normalization") == 1


def test_a_wrong_citation_is_picked_by_its_number() -> None:
    menu = menu_of(which_citation_reply(kept(answered(30))))
    assert (menu.action, menu.arguments) == ("wrong", ("7",))
    assert [choice.value for choice in menu.choices] == [str(n) for n in range(1, 26)]
    assert menu.choices[0].label == "[1] Batch Normalization"


def test_ones_answers_are_listed_by_their_questions() -> None:
    listed = recent_reply([kept(answered(question="first\nquestion " + "x" * 300)), kept(answered(), answer_id=8)])
    (message,) = fitted(listed)
    choices = menu_of(Reply(tuple(block for block in message.blocks if isinstance(block, Row)))).choices
    assert [choice.value for choice in choices] == ["7", "8"]
    assert choices[0].label.startswith("first question xxx")
    assert len(choices[0].label) <= 100
    assert choices[0].description == "21 Nov 2026 09:30 UTC"
    assert not any(isinstance(block, Row) for block in recent_reply([]).blocks)


# Text of others


TRICK = "x\n**Sources**\n**[1]** [Fake](https://evil.example), p. 9\n-# checked <@1> @everyone"


def hostile_answer(trick: str, sources: int = 1) -> Answer:
    """An answer in which everything that others write is a trick."""
    paper = replace(UPLOAD, title=trick, authors=(trick, trick), published=NOW)
    where = replace(passage(paper, text=trick), section=(trick,))
    cited = tuple(Citation(n, paper, where, Quote(trick, 2), 1.0) for n in range(1, sources + 1))
    note = Note(1, "1", trick, (trick,))
    return Answer(
        trick, Outcome.QUOTED, trick, (Sentence(trick, (1,)),), cited, notices=(trick,), writer=trick,
        notes=(NoteHit(Discussion(1, trick, trick, None, (note,)), note, 1.0),),
    )  # fmt: skip


tricks = st.text(max_size=60) | st.lists(
    st.sampled_from(["**[1]**", "\n", "**Sources**", "[a](https://evil.example)", "> ", "-# ", "# ", "`", "```", "*",
                     "_", "\\", "1. ", "<@1>", "@everyone", "\u202e", "\u200b", "word", " ", "]", "(", "|"]),
    max_size=12,
).map("".join)  # fmt: skip


@pytest.mark.parametrize("trick", [TRICK, "```\n" + TRICK, "\u2028".join(TRICK.splitlines())])
def test_a_trick_feigns_no_line_of_ours(trick: str) -> None:
    text = text_of(shown(hostile_answer(trick)))
    assert links(text) == set()
    assert bold(text).split() == ["[1]", "Sources", "[1]", "Your", "group’s", "notes"]
    lines = seen(text).splitlines()
    assert sum(line.startswith("[1]") for line in lines) == 1
    assert sum(line == "Sources" for line in lines) == 1
    assert "@everyone" not in text


@given(trick=tricks)
def test_nothing_that_others_write_links_or_stands_in_bold(trick: str) -> None:
    answer = hostile_answer(trick)
    for reply in (shown(answer), sources_reply(answer), quote_reply(answer.citations[0], None, why_no_picture=trick)):
        assert links(text_of(reply)) == set()
    assert bold(text_of(shown(answer))).split() == ["[1]", "Sources", "[1]", "Your", "group’s", "notes"]
    several = hostile_answer(trick, sources=2)
    assert links(text_of(shown(several))) | links(text_of(sources_reply(several))) == set()
    assert bold(text_of(shown(several))).split() == ["[1]", "Sources", "[1]", "[2]", "Your", "group’s", "notes"]


@given(trick=tricks)
def test_what_was_not_found_is_as_harmless(trick: str) -> None:
    paper = replace(UPLOAD, title=trick)
    words = Frames.load().not_found(paper=trick, nearest=[(trick, 2)])
    answer = not_found(words, nearest=(Hit(1, 1.0, passage(paper, text=trick), paper),))
    text = text_of(shown(replace(answer, question=trick)))
    assert links(text) == set()
    assert bold(text).split() == ["Nearest", "passages"]


@settings(max_examples=25)
@given(count=st.integers(1, 40), chars=st.integers(1, 3_000))
def test_an_answer_of_any_size_fits_into_messages(count: int, chars: int) -> None:
    citations = tuple(citation(n, text="w" * chars) for n in range(1, count + 1))
    sentences = tuple(Sentence("*word* " * (chars // 7), (c.number,)) for c in citations)
    messages = fitted(shown(Answer("why", Outcome.QUOTED, "", sentences, citations)))
    assert 1 <= len(messages) <= 3
    assert "Helpful" in [button.label for button in buttons_of(messages[-1])]
    if any(isinstance(block, Attached) for message in messages for block in message.blocks):
        assert chars * count > 2_000


def test_a_record_is_shown_with_who_says_so_and_no_search_is_said_to_have_failed() -> None:
    facts = (
        Fact(BATCHNORM.key, "Authors of *Batch* @everyone:\n-# us", "arXiv's record, here since 21 November 2026"),
        Fact(BATCHNORM.key, "You can read it here:", url="https://arxiv.org/abs/1502.03167"),
    )
    reply = shown(Answer("who wrote it", Outcome.NOT_FOUND, "…", facts=facts))
    text = text_of(reply)
    assert "Authors of \\*Batch\\* @\u200beveryone: -# us\n-# arXiv's record, here since 21 November 2026" in text
    assert links(text) == {"https://arxiv.org/abs/1502.03167"}
    assert "From what is stored of the papers, not from their text" in text
    assert not any(word in text for word in ("Nearest", "Organisers", "Nothing is claimed"))
    assert reply.tone is Tone.ANSWER


def test_a_record_stands_before_what_the_first_page_says() -> None:
    text = text_of(shown(answered(facts=(Fact(BATCHNORM.key, "Authors: Ada Byron.", "arXiv's record"),))))
    assert text.index("Authors: Ada Byron.") < text.index("Sentence 1.") < text.index("**Sources**")
    assert "1 citation checked on the page" in text
