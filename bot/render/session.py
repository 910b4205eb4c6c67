"""Sessions as messages: each question, and what people see of it alone."""

from __future__ import annotations

from collections.abc import Sequence

from bot.render.answers import alt_text
from bot.render.escaping import clip, plain, plain_line, quoted
from bot.render.limits import CHOICE_DESCRIPTION_CHARS, CHOICE_LABEL_CHARS, MENU_CHOICES
from bot.render.reply import Block, Button, Choice, Menu, Picture, Reply, Row, Style, Text, Tone
from bot.render.signs import one_line
from bot.render.sources import place_of
from rag.domain.picture import QuotePicture
from rag.domain.question import Origin
from rag.domain.session import Session, SessionAnswer, SessionQuestion
from rag.wording import counted

QUESTION_CHARS = 700
FIELD_CHARS = 100
QUOTE_CHARS = 700
EXPECTED_CHARS = 1_000
ANSWER_CHARS = 600
MOST_QUOTES = 3
WRITER_CHARS = 60

PAPER = "0"
"""What buttons carry as a question's number for a word on the paper as a whole."""


def question_reply(session: Session, asked: SessionQuestion, *, with_help: bool) -> Reply:
    """Return one question with its buttons; what was answered is counted, not shown, so that nobody is led.

    In a closed session it takes nothing more, and what it has can still be looked at.
    """
    question, number = asked.question, str(asked.question.number)
    said = len(session.answers_to(question.number))
    facts = [short(question.field, FIELD_CHARS)] if question.field else []
    facts += [_ORIGINS[question.origin]] if question.origin in _ORIGINS else []
    if said:
        facts.append(f"**{counted(said, 'answer')}**")
    if asked.unclear:
        facts.append(f"unclear to {len(asked.unclear)}")
    text = f"**{number}.** {short(question.text, QUESTION_CHARS)}"
    blocks: list[Block] = [Text(text + (f"\n-# {' · '.join(facts)}" if facts else ""))]
    if with_help and session.is_open:
        blocks.append(Text(f"-# {_HELP}"))
    own = (str(session.session_id), number)
    buttons = [Button("Answer", "say", own, style=Style.PRIMARY)] if session.is_open else []
    buttons += [Button("Evidence", "evidence", own)] if question.evidence else []
    buttons += [Button("Reveal", "reveal", own)] if question.expected else []
    buttons += [Button("Mark unclear", "unclear", own)] if session.is_open else []
    if said:
        buttons.append(Button(f"Read {counted(said, 'answer')}", "said", own))
    return Reply((*blocks, Row(tuple(buttons))) if buttons else tuple(blocks), Tone.NOTES)


def evidence_reply(asked: SessionQuestion, picture: QuotePicture | None, why_no_picture: str = "") -> Reply:
    """Return the quotes behind a question, the first with its lines on the page."""
    blocks: list[Block] = [Text(f"**Evidence** for question {asked.question.number}")]
    for citation in asked.question.evidence[:MOST_QUOTES]:
        blocks.append(Text(f"{place_of(citation)}\n{quoted(plain(clip(citation.quote.text, QUOTE_CHARS)))}"))
        if citation is asked.question.evidence[0] and picture is not None:
            blocks.append(Picture(f"evidence-{asked.question.number}.png", picture.png, alt_text(citation)))
    if picture is None and why_no_picture:
        blocks.append(Text(f"-# {plain_line(why_no_picture)}"))
    return Reply((*blocks, Text("-# Seminar found this text on the page.")), Tone.ANSWER)


def reveal_reply(asked: SessionQuestion) -> Reply:
    """Return the short answer that the paper gives, with its quote."""
    question = asked.question
    expected, writer = plain(clip(question.expected, EXPECTED_CHARS)), plain_line(clip(question.writer, WRITER_CHARS))
    by = f"\n-# Written by {writer}, checked against what it quotes:" if question.prompt else ""
    head = "A short answer" if question.prompt else "What the paper says"
    blocks: list[Block] = [Text(f"**{head}** to question {question.number}\n{expected}{by}")]
    for citation in question.evidence[: MOST_QUOTES if question.prompt else 1]:
        is_said = one_line(citation.quote.text) in one_line(question.expected)
        quote = "" if is_said else f"\n{quoted(plain(clip(citation.quote.text, QUOTE_CHARS)))}"
        blocks.append(Text(f"{place_of(citation)}{quote}"))
    return Reply((*blocks, Text("-# The others can still try: they do not see this.")), Tone.ANSWER)


def answers_reply(session: Session, number: int | None, person: str) -> Reply:
    """Return what was said to a question (None: of the paper); a person's own can be changed from here."""
    said = session.answers_to(number)
    what = f"question {number}" if number is not None else "the paper"
    if not said:
        return Reply((Text(f"Nobody has said anything to {what} yet."),), Tone.NOTES)
    blocks: list[Block] = [Text(f"**What was said** to {what}")]
    blocks += [Text(f"**{plain_line(one_line(one.name)) or 'Somebody'}**\n{_said(one)}") for one in said]
    if session.is_open and (own := [one for one in said if one.person == person]):
        choices = tuple(
            Choice(clip(one_line(one.text), CHOICE_LABEL_CHARS) or "…", str(one.answer_id))
            for one in own[-MENU_CHOICES:]
        )
        blocks.append(Row((Menu("my_answer", (str(session.session_id),), "Change one of yours", choices),)))
    return Reply(tuple(blocks), Tone.NOTES)


def kept_reply(session: Session, answer: SessionAnswer, *, is_new: bool = True) -> Reply:
    """Return what a person reads whose answer was kept, now or before: it, and how to change it."""
    if answer.number is not None:
        told = f"Saved for question {answer.number}" if is_new else f"You said to question {answer.number}"
    else:
        told = "Saved as a comment on the paper" if is_new else "You said about the paper"
    own = (str(session.session_id), str(answer.answer_id))
    row = Row((Button("Change it", "change_answer", own), Button("Take it back", "take_back", own)))
    return Reply((Text(f"{told}:\n{_said(answer)}"), row), Tone.NOTES)


def which_question_reply(session: Session, message: str) -> Reply:
    """Return the question which of the session's a message answers."""
    choices = [
        Choice(
            clip(f"{asked.question.number}. {one_line(asked.question.text)}", CHOICE_LABEL_CHARS),
            str(asked.question.number),
            clip(one_line(asked.question.field), CHOICE_DESCRIPTION_CHARS),
        )
        for asked in session.questions[: MENU_CHOICES - 1]
    ]
    choices.append(Choice("None of them: it is on the paper as a whole", PAPER))
    menu = Menu("save_to", (str(session.session_id), message), "Pick a question", tuple(choices))
    return Reply((Text("Which question does this message answer?"), Row((menu,))), Tone.NOTES)


def consent_reply(session: Session, number: int | None, *, author: str, message: str, asker: str) -> Reply:
    """Return the question to the author whether their message may be kept as an answer."""
    what = f"an answer to question {number}" if number is not None else "a comment on the paper"
    own = (str(session.session_id), PAPER if number is None else str(number), author, message)
    text = f"<@{author}>: <@{asker}> wants to save your message as {what}. Your name is not written into the notes. OK?"
    row = Row((Button("Yes", "consent", (*own, "yes"), style=Style.SUCCESS), Button("No", "consent", (*own, "no"))))
    return Reply((Text(text), row), Tone.NOTES)


def close_button(session: Session) -> Button:
    """Return the button that closes a session; the opening message is known again by it."""
    return Button("Close the session", "session_close", (str(session.session_id),))


_ORIGINS = {Origin.OPEN_NOTE: "open in your notes", Origin.FOLLOW_UP: "left open last time"}
_HELP = (
    "Press *Answer*, or write in this thread and use *Apps → Save as answer* on your message. *Evidence* and *Reveal* "
    "show what the paper says, to you alone. What is unclear is asked again next time."
)


def short(text: str, limit: int) -> str:
    """Return what others wrote as one line of at most so many characters."""
    return plain_line(clip(one_line(text), limit))


def _said(answer: SessionAnswer) -> str:
    return quoted(plain(clip(answer.text, ANSWER_CHARS)))


def names_line(names: Sequence[str]) -> str:
    """Return who took part, in one line."""
    return ", ".join(short(name, 40) for name in names[:20])
