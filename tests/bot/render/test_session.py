"""Messages of sessions, as values: whatever people and papers write, each fits, and nobody is pinged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.render import closing
from bot.render.fitting import fitted
from bot.render.limits import BUTTON_LABEL_CHARS, CHOICE_LABEL_CHARS, CUSTOM_ID_CHARS
from bot.render.opening import Opening, opening_reply
from bot.render.reply import Button, Menu, Reply
from bot.render.session import (
    answers_reply,
    consent_reply,
    evidence_reply,
    kept_reply,
    question_reply,
    reveal_reply,
    which_question_reply,
)
from bot.views.press import custom_id
from rag.discussion.appending import appended
from rag.domain.answer import Citation, Quote
from rag.domain.card import PaperCard
from rag.domain.codelink import CodeLink, CodeLinkSource
from rag.domain.note import Discussion, Note
from rag.domain.paper import Paper, SourceKind
from rag.domain.passage import Passage
from rag.domain.question import Origin, Question
from rag.domain.reading import Kind
from rag.domain.session import (
    Before,
    Concluded,
    GuidePart,
    ReadingGuide,
    Related,
    Session,
    SessionAnswer,
    SessionQuestion,
    WrittenNotes,
)
from tests.bot.render.discord_markdown import shown
from tests.bot.render.test_notes import items_of, text_of
from tests.conftest import NOW
from tests.sessions.conftest import WHY

WORST = ["*" * 4_000, "[](" * 1_300, "<@1> @everyone " * 200, "\u202e" * 3_000, "é" * 4_000, "```\n# ~~ ||" * 300, ""]
ID = "9" * 19


def session(text: str) -> Session:
    """One in which everything that others write is this."""
    paper = Paper("key", "2401.00001", text, SourceKind.ARXIV, "0" * 64, NOW, arxiv_id="2401.00001")
    passage = Passage("p", "key", 0, Kind.TEXT, text, (text,))
    cited = Citation(1, paper, passage, Quote(text or "x", 3), 1.0)
    asked = [Question(n, text, text, Origin.FOLLOW_UP, (cited,) * 5, text, text, text, text) for n in range(1, 26)]
    said = [SessionAnswer(n, (n % 3) or None, ID, text, text, NOW, ID) for n in range(1, 40)]
    questions = tuple(SessionQuestion(question, ID, (ID,)) for question in asked)
    ids = (text, ID, ID, ID, ID)
    held = Session(10**17, ID, "key", "2401.00001", *ids, NOW, None, "9", questions, tuple(said), (text,) * 25)
    return replace(held, notices=(text,) * 9)


def closed(held: Session) -> Session:
    return replace(held, closed_at=NOW, ordinal="23", written=WrittenNotes("## Discussion 23", ()))


def opening(text: str) -> Opening:
    held = session(text)
    paper = held.questions[0].question.evidence[0].paper
    links = tuple(CodeLink("key", f"https://github.com/{n}", CodeLinkSource.PAPER, True, NOW) for n in range(9))
    note = Note(1, "1", text, (text,))
    earlier = Discussion(1, "9999", text[:300], 2015, (note,) * 40)
    return Opening(
        held,
        PaperCard(paper, links, None, (earlier,), 10, ()),
        Before((earlier,) * 9, (text,) * 9, (Related(text[:100], earlier, note),) * 5),
        ReadingGuide(12, tuple(GuidePart(text, 3, (("Figure 1", 2),) * 3) for _ in range(12))),
    )


def everything(text: str) -> list[Reply]:
    held = session(text)
    asked = held.questions[0]
    (notes,) = appended((), titles=[text, "x"], year=2015, items=[("a", ("b",))])
    paper = asked.question.evidence[0].paper
    return [
        *(question_reply(held, one, with_help=True) for one in held.questions[:2]),
        evidence_reply(asked, None, text),
        reveal_reply(asked),
        kept_reply(held, held.answers[0]),
        kept_reply(held, held.answers[2], is_new=False),
        which_question_reply(held, ID),
        consent_reply(held, 25, author=ID, message=ID, asker=ID),
        closing.ambiguous_reply(text, [paper] * 9),
        closing.missing_reply(text, [("2401.00001", text)] * 9, [text], adds=True, search="`/paper search`"),
        closing.missing_reply(text, [], [], adds=False, search="`/paper search`"),
        closing.already_open_reply(held),
        closing.opened_reply(held),
        closing.nobody_answered_reply(held),
        closing.closed_reply(Concluded(held, notes), next_meeting=NOW, discussion_command="`/discussion`"),
        closing.reopened_reply(held),
        closing.list_reply([held] * 12, discussion_command="`/discussion`"),
        opening_reply(opening(text)),
        opening_reply(replace(opening(text), session=closed(held))),
        *(question_reply(closed(held), one, with_help=True) for one in held.questions[:2]),
    ]


@pytest.mark.parametrize("text", WORST)
def test_whatever_is_written_a_message_fits_and_pings_nobody(text: str) -> None:
    held = session(text)
    for edited in (opening_reply(opening(text)), question_reply(held, held.questions[0], with_help=True)):
        assert len(fitted(edited)) == 1, "it is edited in place, or carries the thread"
    for reply in everything(text):
        assert len(fitted(reply)) <= 3
        assert "@everyone" not in text_of(reply)
        assert "<@1>" not in text_of(reply).replace("\\<@", "")
        styles = {style for _sign, found in shown(text_of(reply)) for style in found}
        assert not {"spoiler", "code block", "code", "heading"} & styles - {"code"}
        for item in items_of(reply):
            if isinstance(item, Button):
                assert 0 < len(item.label) <= BUTTON_LABEL_CHARS
                prefix = "press"
            else:
                assert isinstance(item, Menu)
                assert all(0 < len(choice.label) <= CHOICE_LABEL_CHARS for choice in item.choices)
                prefix = "pick"
            assert len(custom_id(prefix, item.action, item.arguments)) <= CUSTOM_ID_CHARS


@pytest.mark.parametrize("text", WORST)
def test_many_long_answers_become_a_file(text: str) -> None:
    assert 1 <= len(fitted(answers_reply(session(text), 1, ID))) <= 3


def test_an_opening_leaves_out_what_does_not_fit() -> None:
    short = text_of(opening_reply(opening("a paper")))
    assert "You discussed before" in short
    assert "Read it in this order" in short
    assert "Code: [github.com/0]" in short
    long = text_of(opening_reply(opening("*" * 4_000)))
    assert "You discussed before" not in long
    assert "Opened by" in long


def test_an_opening_says_first_where_the_questions_are_and_nothing_twice() -> None:
    of = opening("a paper")
    guide = ReadingGuide(12, (GuidePart("3 Method", 4, (("Figure 1", 5),)), GuidePart("4 Results", 6)), folded=2)
    lines = text_of(opening_reply(replace(of, guide=guide))).splitlines()
    assert "**25 questions are in the thread below**" in lines[:6]
    assert not any("12 pages" in line for line in lines), "the guide leaves that to the paper's facts"
    assert "  - Still open: a paper · a paper · a paper · a paper · and 5 more" in lines
    assert [line for line in lines if line.startswith(("- 3", "- 4", "- and"))] == [
        "- 3 Method, p. 4 → Figure 1 (p. 5)",
        "- 4 Results, p. 6",
        "- and 2 appendices",
    ]
    assert lines[1].startswith("Code: [github.com/0]")
    assert lines[1].endswith(" (official)")


def test_an_opening_says_once_and_small_why_the_questions_are_as_they_are() -> None:
    of = opening("a paper")
    told = text_of(opening_reply(replace(of, session=replace(of.session, notices=WHY)))).splitlines()
    assert told[-3:-1] == [f"-# {why}" for why in WHY]
    assert told[-1].startswith("-# Session ")
    of = opening("*" * 4_000)
    told = text_of(opening_reply(replace(of, session=replace(of.session, notices=WHY)))).splitlines()
    assert told[-3:-1] == [f"-# {why}" for why in WHY], "also where much else is left out"
    held = replace(of.session, notices=WHY)
    assert WHY[0] not in text_of(question_reply(held, held.questions[0], with_help=True))
    assert WHY[0] not in text_of(opening_reply(replace(of, session=closed(held))))


def test_a_closed_session_says_so_and_takes_nothing_more() -> None:
    of = opening("a paper")
    reply = opening_reply(replace(of, session=closed(of.session)))
    assert "**Closed** · 2 of 25 questions answered · notes: Discussion 23" in text_of(reply)
    assert [item.label for item in items_of(reply) if isinstance(item, Button)] == ["Reopen"]
    shown_closed = question_reply(closed(of.session), of.session.questions[0], with_help=True)
    labels = [item.label for item in items_of(shown_closed) if isinstance(item, Button)]
    assert labels == ["Evidence", "Reveal", "Read 13 answers"]
    assert "Press" not in text_of(shown_closed)


def test_what_stayed_open_is_named_in_part_and_not_at_all_without_notes() -> None:
    held = session("a paper")
    few = tuple(replace(asked, unclear=(ID,) if asked.question.number == 25 else ()) for asked in held.questions)
    (notes,) = appended((), titles=["a paper"], year=2015, items=[("a", ("b",))])
    ended = closed(replace(held, questions=few))
    lines = text_of(
        closing.closed_reply(Concluded(ended, notes), next_meeting=None, discussion_command="`/discussion`")
    ).splitlines()
    assert [line for line in lines if line.startswith("- ")] == [
        "- 25\\. a paper (unclear)", *(f"- {n}\\. a paper" for n in range(3, 7)), "- … and 18 more in the file",
    ]  # fmt: skip
    without = closing.closed_reply(Concluded(ended, None), next_meeting=None, discussion_command="`/discussion`")
    assert "Still open" not in text_of(without)


def test_what_a_model_wrote_carries_its_name_and_all_its_quotes() -> None:
    held = session("gates")
    by_rules = replace(held.questions[0].question, writer="extractive", prompt="")
    by_model = replace(by_rules, writer="openai:gpt", prompt="questions/1", expected="Gates are shared.")
    two = replace(held, questions=(SessionQuestion(by_rules), SessionQuestion(by_model)))
    assert "openai\\:gpt wrote 1 of 2 questions; what they quote was found" in text_of(
        opening_reply(replace(opening("gates"), session=two))
    )
    told = text_of(reveal_reply(two.questions[1]))
    assert told.startswith("**A short answer** to question 1\nGates are shared.\n-# Written by openai\\:gpt, checked")
    assert "**What the paper says** to question 1\ngates" in text_of(reveal_reply(two.questions[0]))
    only_rules = replace(two, questions=two.questions[:1])
    assert "wrote" not in text_of(opening_reply(replace(opening("gates"), session=only_rules)))
