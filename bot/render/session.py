"""Sessions as messages: the opening, each question, and what people see of it alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.render.answers import alt_text, code_line
from bot.render.escaping import clip, masked_link, plain, plain_line, quoted
from bot.render.limits import CHOICE_DESCRIPTION_CHARS, CHOICE_LABEL_CHARS, MENU_CHOICES, MESSAGE_TEXT_CHARS
from bot.render.reply import Block, Button, Choice, Menu, Picture, Reply, Row, Rule, Style, Text, Tone
from bot.render.signs import one_line
from bot.render.sources import place_of
from rag.discussion.finding import heading_of
from rag.domain.card import PaperCard
from rag.domain.note import Discussion, NoteStatus
from rag.domain.picture import QuotePicture
from rag.domain.question import Origin
from rag.domain.session import Before, GuidePart, ReadingGuide, Session, SessionAnswer, SessionQuestion
from rag.wording import counted

TITLE_CHARS = 120
QUESTION_CHARS = 700
FIELD_CHARS = 100
QUOTE_CHARS = 700
EXPECTED_CHARS = 1_000
ANSWER_CHARS = 600
MOST_DISCUSSIONS = 4
MOST_LEFT = 4
MOST_QUOTES = 3
MOST_SILENT = 400
AUTHORS = 3
CODE_LINKS = 2

PAPER = "0"
"""What buttons carry as a question's number for a word on the paper as a whole."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What an opening message is made of. ``card`` None: the paper was removed meanwhile."""

    session: Session
    card: PaperCard | None
    before: Before
    guide: ReadingGuide


def opening_reply(opening: Opening) -> Reply:
    """Return the message that opens a session, always one: the paper, what was discussed before, how to read it."""
    shorter = replace(opening, before=Before((), (), ()))
    shortest = replace(shorter, guide=ReadingGuide(None, ()), card=None)
    replies = [_opening_reply(one) for one in (opening, shorter, shortest)]
    return next((reply for reply in replies if _chars(reply) <= MESSAGE_TEXT_CHARS), replies[-1])


def _opening_reply(opening: Opening) -> Reply:
    session = opening.session
    blocks: list[Block] = [Text("\n".join(_heading(opening)))]
    if (before := _before(opening.before)) is not None:
        blocks += [Rule(), before]
    if opening.guide.parts:
        blocks += [Rule(), Text(_guide(opening.guide))]
    small = []
    if session.silent:
        silent = " · ".join(dict.fromkeys(one_line(name).rstrip(" ?.:") for name in session.silent))
        small.append(f"-# I found nothing in the paper on: {plain_line(clip(silent, MOST_SILENT))}.")
    by = f"Opened by <@{session.opened_by}>. " if session.opened_by.isdecimal() else ""
    questions = counted(len(session.questions), "question")
    small.append(f"-# Session {session.session_id}. {by}{questions} in the thread.")
    number = str(session.session_id)
    row = Row((Button("Say something on the paper", "say", (number, PAPER)), close_button(session)))
    return Reply((*blocks, Text("\n".join(small)), row), Tone.NOTES)


def question_reply(session: Session, asked: SessionQuestion, *, with_help: bool) -> Reply:
    """Return one question with its buttons; what was answered is counted, not shown, so that nobody is led."""
    question, number = asked.question, str(asked.question.number)
    said = len(session.answers_to(question.number))
    facts = [_short(question.field, FIELD_CHARS)] if question.field else []
    facts += [_ORIGINS[question.origin]] if question.origin in _ORIGINS else []
    if said:
        facts.append(f"**{counted(said, 'answer')}**")
    if asked.unclear:
        facts.append(f"unclear to {len(asked.unclear)}")
    text = f"**{number}.** {_short(question.text, QUESTION_CHARS)}"
    blocks: list[Block] = [Text(text + (f"\n-# {' · '.join(facts)}" if facts else ""))]
    if with_help:
        blocks.append(Text(f"-# {_HELP}"))
    own = (str(session.session_id), number)
    buttons = [Button("Answer", "say", own, style=Style.PRIMARY)]
    buttons += [Button("Evidence", "evidence", own)] if question.evidence else []
    buttons += [Button("Reveal", "reveal", own)] if question.expected else []
    buttons.append(Button("Mark unclear", "unclear", own))
    if said:
        buttons.append(Button(f"Read {counted(said, 'answer')}", "said", own))
    return Reply((*blocks, Row(tuple(buttons))), Tone.NOTES)


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
    expected = plain(clip(asked.question.expected, EXPECTED_CHARS))
    blocks: list[Block] = [Text(f"**What the paper says** to question {asked.question.number}\n{expected}")]
    for citation in asked.question.evidence[:1]:
        is_said = one_line(citation.quote.text) in one_line(asked.question.expected)
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


def kept_reply(session: Session, answer: SessionAnswer, *, told: str = "Kept") -> Reply:
    """Return what a person reads whose answer was kept: it, and how to change it."""
    what = f"question {answer.number}" if answer.number is not None else "the paper"
    own = (str(session.session_id), str(answer.answer_id))
    row = Row((Button("Change it", "change_answer", own), Button("Take it back", "take_back", own)))
    return Reply((Text(f"{told}, to {what}:\n{_said(answer)}"), row), Tone.NOTES)


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
    menu = Menu("save_to", (str(session.session_id), message), "Which question does it answer?", tuple(choices))
    return Reply((Text("Which question does this message answer?"), Row((menu,))), Tone.NOTES)


def consent_reply(session: Session, number: int | None, *, author: str, message: str, asker: str) -> Reply:
    """Return the question to the author whether their message may be kept as an answer."""
    what = f"question {number}" if number is not None else "what was said of the paper"
    own = (str(session.session_id), PAPER if number is None else str(number), author, message)
    text = (
        f"<@{author}>, <@{asker}> would keep this message as an answer to {what}. It becomes part of this server's "
        "notes, without your name. May I?"
    )
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


def _heading(opening: Opening) -> list[str]:
    session, card = opening.session, opening.card
    if card is None:
        return [f"**Session on {_short(session.title, TITLE_CHARS)}**"]
    paper, title = card.paper, clip(one_line(card.paper.title), TITLE_CHARS)
    url = paper.page_url(None)
    lines = [f"**Session on {masked_link(title, url) if url else plain_line(title)}**"]
    authors = ", ".join(_short(name, 60) for name in paper.authors[:AUTHORS])
    facts = [authors + (" and others" if len(paper.authors) > AUTHORS else "")] if authors else []
    facts += [f"{paper.published:%Y}"] if paper.published else []
    facts += [_short(paper.venue, TITLE_CHARS)] if paper.venue else []
    facts += [counted(paper.page_count, "page")] if paper.page_count else []
    lines += [" · ".join(facts)] if facts else []
    return lines + [f"Code: {code_line(link)}" for link in card.code_links[:CODE_LINKS]]


def _before(before: Before) -> Text | None:
    lines = [f"- {_discussion(one)}" for one in before.discussions[-MOST_DISCUSSIONS:]]
    left = [f"  - {_short(question, TITLE_CHARS)}" for question in before.left_open[:MOST_LEFT]]
    if left:
        lines += ["- still open:", *left]
    lines += [
        f"- *{_short(one.concept, FIELD_CHARS)}* came up in {plain_line(heading_of(one.discussion))}"
        for one in before.related
    ]
    return Text("\n".join(["**You discussed before**", *lines])) if lines else None


def _discussion(discussion: Discussion) -> str:
    answered = sum(note.status is NoteStatus.ANSWERED for note in discussion.notes)
    asked = answered + sum(note.status is NoteStatus.OPEN for note in discussion.notes)
    return f"{plain_line(heading_of(discussion))} · {answered} of {counted(asked, 'question')} answered"


def _guide(guide: ReadingGuide) -> str:
    pages = f" · {counted(guide.pages, 'page')}" if guide.pages else ""
    return "\n".join([f"**Read it in this order**{pages}", *(f"- {_part(part)}" for part in guide.parts)])


def _part(part: GuidePart) -> str:
    page = f", p. {part.page}" if part.page else ""
    items = [f"{label} (p. {at})" if at else label for label, at in part.items]
    return _short(part.name, 80) + page + (f" → {plain_line(', '.join(items))}" if items else "")


def _short(text: str, limit: int) -> str:
    return plain_line(clip(one_line(text), limit))


def _said(answer: SessionAnswer) -> str:
    return quoted(plain(clip(answer.text, ANSWER_CHARS)))


def _chars(reply: Reply) -> int:
    return sum(len(block.markdown) for block in reply.blocks if isinstance(block, Text))


def names_line(names: Sequence[str]) -> str:
    """Return who took part, in one line."""
    return ", ".join(_short(name, 40) for name in names[:20])
