"""Answers as messages, without Discord: sentences, sources, notes, records, what was not found, and that all fits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.render.answers import QUOTE_CHARS, SOURCES_IN_VIEW, answer_reply
from bot.render.fitting import fitted
from bot.render.reply import Attached, Picture, Row, Text, Tone
from rag.answering.frames import Frames
from rag.domain.answer import Answer, Fact, Outcome, Sentence
from rag.domain.codelink import CodeLink, CodeLinkSource
from rag.domain.note import Discussion, Note, NoteHit, Otherwise
from rag.domain.paper import Paper
from tests.bot.answers_made import (
    ADD,
    BATCHNORM,
    NEAREST,
    NOW,
    PAGELESS,
    UPLOAD,
    answered,
    buttons_of,
    citation,
    kept,
    not_found,
    shown,
    text_of,
)
from tests.bot.asked import links
from tests.bot.render.discord_markdown import seen

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
