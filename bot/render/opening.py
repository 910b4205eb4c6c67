"""The message that opens a session: where its questions are, what was discussed before, how to read the paper."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.render.escaping import clip, masked_link, plain_line
from bot.render.limits import MESSAGE_TEXT_CHARS
from bot.render.reply import Block, Button, Reply, Row, Rule, Text, Tone
from bot.render.session import FIELD_CHARS, PAPER, close_button, short
from bot.render.signs import one_line
from rag.discussion.finding import heading_of
from rag.domain.card import PaperCard
from rag.domain.codelink import CodeLink
from rag.domain.note import Discussion, NoteStatus
from rag.domain.session import Before, GuidePart, ReadingGuide, Session
from rag.wording import counted

TITLE_CHARS = 120
MOST_DISCUSSIONS = 4
MOST_LEFT = 4
MOST_SILENT = 400
MOST_NOTICES, NOTICE_CHARS = 4, 200
AUTHORS = 3
CODE_LINKS = 2


@dataclass(frozen=True, slots=True)
class Opening:
    """What an opening message is made of. ``card`` None: the paper was removed meanwhile."""

    session: Session
    card: PaperCard | None
    before: Before
    guide: ReadingGuide


def opening_reply(opening: Opening) -> Reply:
    """Return the message that opens a session, always one; of a closed one, what came of it."""
    if not opening.session.is_open:
        return _closed(opening)
    shorter = replace(opening, before=Before((), (), ()))
    shortest = replace(shorter, guide=ReadingGuide(None, ()), card=None)
    replies = [_opening_reply(one) for one in (opening, shorter, shortest)]
    return next((reply for reply in replies if _chars(reply) <= MESSAGE_TEXT_CHARS), replies[-1])


def _opening_reply(opening: Opening) -> Reply:
    session = opening.session
    questions = len(session.questions)
    lead = f"**{counted(questions, 'question')} {'is' if questions == 1 else 'are'} in the thread below**"
    blocks: list[Block] = [Text("\n".join([*_heading(opening), lead]))]
    if (before := _before(opening.before)) is not None:
        blocks += [Rule(), before]
    if opening.guide.parts:
        blocks += [Rule(), Text(_guide(opening.guide))]
    small = []
    if session.silent:
        silent = " · ".join(dict.fromkeys(one_line(name).rstrip(" ?.:") for name in session.silent))
        small.append(f"-# I found nothing in the paper on: {plain_line(clip(silent, MOST_SILENT))}.")
    small += [f"-# {short(notice, NOTICE_CHARS)}" for notice in session.notices[:MOST_NOTICES]]
    small.append(_small(session))
    number = str(session.session_id)
    row = Row((Button("Comment on the paper", "say", (number, PAPER)), close_button(session)))
    return Reply((*blocks, Text("\n".join(small)), row), Tone.NOTES)


def _closed(opening: Opening) -> Reply:
    session = opening.session
    answered = len(session.questions) - len(session.unanswered)
    facts = ["**Closed**", f"{answered} of {counted(len(session.questions), 'question')} answered"]
    if session.written is not None and session.ordinal is not None:
        facts.append(f"notes: Discussion {plain_line(clip(session.ordinal, 20))}")
    lines = [*_heading(opening)[:1], " · ".join(facts), _small(session)]
    return Reply((Text("\n".join(lines)), Row((reopen_button(session),))), Tone.NOTES)


def reopen_button(session: Session) -> Button:
    """Return the button of a closed opening, by which it is known again: other messages reopen by another one."""
    return Button("Reopen", "opening_reopen", (str(session.session_id),))


def _small(session: Session) -> str:
    by = f" Opened by <@{session.opened_by}>." if session.opened_by.isdecimal() else ""
    return f"-# Session {session.session_id}.{by}{_written(session)}"


def _written(session: Session) -> str:
    """Say which questions a model wrote, and that their quotes are checked; nothing where none did."""
    by_model = [asked.question for asked in session.questions if asked.question.prompt]
    if not by_model:
        return ""
    share = f"{len(by_model)} of {counted(len(session.questions), 'question')}"
    return f" {short(by_model[0].writer, FIELD_CHARS)} wrote {share}; what they quote was found on its page."


def _heading(opening: Opening) -> list[str]:
    session, card = opening.session, opening.card
    if card is None:
        return [f"**Session on {short(session.title, TITLE_CHARS)}**"]
    paper, title = card.paper, clip(one_line(card.paper.title), TITLE_CHARS)
    url = paper.page_url(None)
    lines = [f"**Session on {masked_link(title, url) if url else plain_line(title)}**"]
    authors = ", ".join(short(name, 60) for name in paper.authors[:AUTHORS])
    facts = [authors + (" and others" if len(paper.authors) > AUTHORS else "")] if authors else []
    facts += [f"{paper.published:%Y}"] if paper.published else []
    facts += [short(paper.venue, TITLE_CHARS)] if paper.venue else []
    facts += [counted(paper.page_count, "page")] if paper.page_count else []
    lines += [" · ".join(facts)] if facts else []
    return lines + [f"Code: {_code(link)}" for link in card.code_links[:CODE_LINKS]]


def _code(link: CodeLink) -> str:
    official = {True: " (official)", False: " (unofficial)", None: ""}[link.official]
    return masked_link(clip(link.url.removeprefix("https://"), TITLE_CHARS), link.url) + official


def _before(before: Before) -> Text | None:
    lines = [f"- {_discussion(one)}" for one in before.discussions[-MOST_DISCUSSIONS:]]
    left = [short(question, TITLE_CHARS) for question in before.left_open[:MOST_LEFT]]
    more = len(before.left_open) - MOST_LEFT
    left += [f"and {more} more"] if more > 0 else []
    lines += [f"  - Still open: {' · '.join(left)}"] if left else []
    lines += [
        f"- *{short(one.concept, FIELD_CHARS)}* came up in {plain_line(heading_of(one.discussion))}"
        for one in before.related
    ]
    return Text("\n".join(["**You discussed before**", *lines])) if lines else None


def _discussion(discussion: Discussion) -> str:
    answered = sum(note.status is NoteStatus.ANSWERED for note in discussion.notes)
    asked = answered + sum(note.status is NoteStatus.OPEN for note in discussion.notes)
    return f"{plain_line(heading_of(discussion))} · {answered} of {counted(asked, 'question')} answered"


def _guide(guide: ReadingGuide) -> str:
    lines = [f"- {_part(part)}" for part in guide.parts]
    lines += [f"- and {'1 appendix' if guide.folded == 1 else f'{guide.folded} appendices'}"] if guide.folded else []
    return "\n".join(["**Read it in this order**", *lines])


def _part(part: GuidePart) -> str:
    page = f", p. {part.page}" if part.page else ""
    items = [f"{label} (p. {at})" if at else label for label, at in part.items]
    return short(part.name, 80) + page + (f" → {plain_line(', '.join(items))}" if items else "")


def _chars(reply: Reply) -> int:
    return sum(len(block.markdown) for block in reply.blocks if isinstance(block, Text))
