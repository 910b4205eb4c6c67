"""Answers as messages: what papers say with their sources, and apart from it what the group said."""

from __future__ import annotations

from collections.abc import Sequence

from bot.render import limits
from bot.render.escaping import clip, masked_link, plain, plain_line, quoted
from bot.render.reply import Block, Button, Choice, Menu, Picture, Reply, Row, Rule, Style, Text, Tone
from bot.render.sentences import sentence_lines
from bot.render.signs import one_line
from bot.render.sources import TITLE_CHARS, place_of, source_lines
from rag.domain.answer import Answer, Citation, Fact, Outcome
from rag.domain.codelink import CodeLink
from rag.domain.note import NoteHit, Otherwise
from rag.domain.passage import Hit
from rag.domain.picture import QuotePicture
from rag.domain.record import KeptAnswer
from rag.wording import WEAKLY_SUPPORTED, counted

SOURCES_IN_VIEW = 3
QUESTION_CHARS = 300
NOTE_LINES = 6
NOTE_CHARS = 400
PASSAGE_CHARS = 200
JUDGE_CHARS = 60
QUOTE_CHARS = 220
"""Of a quote below an answer that a model wrote; its button shows the whole."""

_NEAREST, _NEAREST_END = " The nearest passages: ", " They may not answer it."
"""Of prompts/answers.toml; here the passages are a list of their own."""


def answer_reply(
    kept: KeptAnswer, *, pictures: Sequence[Picture] = (), add_command: str, with_thread: bool = True
) -> Reply:
    """Return the message of an answer. ``add_command`` is how to write "/paper add".

    A thread is offered ``with_thread``, unless the answer is private or in one.
    """
    answer = kept.answer
    blocks: list[Block] = [Text(f"> {plain_line(clip(one_line(answer.question), QUESTION_CHARS)) or '…'}")]
    blocks += [Text(f"-# {plain_line(notice)}") for notice in answer.notices]
    if answer.facts:
        blocks.append(Text("\n".join(map(_fact, answer.facts))))
    elif answer.outcome is Outcome.NOT_FOUND:
        blocks += _not_found(answer, add_command)
    if answer.citations:
        blocks.append(Text("\n".join(sentence_lines(answer.sentences))))
        if any(sentence.weak for sentence in answer.sentences):
            blocks.append(Text(f"-# {WEAKLY_SUPPORTED}"))
        blocks += pictures
        blocks += [Rule(), Text(_sources(answer))]
    if answer.code_links:
        blocks += [Rule(), Text(_code(answer.code_links))]
    if answer.notes:
        blocks += [Rule(), Text(_notes(answer.notes))]
    blocks.append(Text(f"-# {_footer(answer)}"))
    blocks += _buttons(kept, with_thread=with_thread and not kept.private and kept.thread is None)
    return Reply(tuple(blocks), Tone.ANSWER if answer.found else Tone.NOTICE)


def quote_reply(citation: Citation, picture: QuotePicture | None, *, why_no_picture: str = "") -> Reply:
    """Return one source: its quote, its place, and the lines on the page."""
    blocks: list[Block] = [
        Text(f"**[{citation.number}]** {place_of(citation)}"),
        Text(quoted(plain(citation.quote.text))),
    ]
    if picture is not None:
        blocks.append(Picture(f"quote-{citation.number}.png", picture.png, alt_text(citation)))
    elif why_no_picture:
        blocks.append(Text(f"-# {plain_line(why_no_picture)}"))
    blocks.append(Text("-# Seminar found this text on the page before it showed you the answer."))
    if citation.url:
        page = f"page {citation.quote.page}" if citation.quote.page is not None else "the article"
        blocks.append(Row((Button(f"Open {page}", url=citation.url),)))
    return Reply(tuple(blocks), Tone.ANSWER)


def sources_reply(answer: Answer) -> Reply:
    """Return every source of an answer with its quote."""
    blocks: list[Block] = [Text(f"**All sources** of “{plain_line(clip(one_line(answer.question), QUESTION_CHARS))}”")]
    blocks += [Text(lines) for lines in source_lines(answer.citations, quote_chars=None)]
    return Reply(tuple(blocks), Tone.ANSWER)


def which_citation_reply(kept: KeptAnswer) -> Reply:
    """Return the question which citation is wrong."""
    choices = tuple(
        Choice(f"[{c.number}] {clip(c.paper.title, 80)}", str(c.number), clip(c.quote.text, 90))
        for c in kept.answer.citations[: limits.MENU_CHOICES]
    )
    menu = Menu("wrong", (str(kept.answer_id),), "Which citation is wrong?", choices)
    return Reply((Text("Which citation does not carry its sentence?"), Row((menu,))), Tone.NOTICE)


def recent_reply(answers: Sequence[KeptAnswer]) -> Reply:
    """Return a person's last answers, to open one again."""
    if not answers:
        return Reply((Text("You have no kept answers in this server yet."),), Tone.NOTICE)
    choices = tuple(
        Choice(kept.answer.question, str(kept.answer_id), f"{kept.asked_at:%d %b %Y %H:%M} UTC")
        for kept in answers[: limits.MENU_CHOICES]
    )
    menu = Menu("reopen", (), "Open an answer again", choices)
    return Reply((Text("Your last questions in this server. Only you see this."), Row((menu,))), Tone.NOTICE)


def alt_text(citation: Citation) -> str:
    """Return what a picture of a citation shows, for those who cannot see it."""
    page = f"Page {citation.quote.page} of" if citation.quote.page is not None else "From"
    return clip(f"{page} {citation.paper.title}, the cited lines marked: {citation.quote.text}", 1_000)


def _sources(answer: Answer) -> str:
    """Return the first sources; with their quotes, where the sentences are a model's and hold none."""
    grounded = answer.outcome is Outcome.GROUNDED
    lines = source_lines(answer.citations[:SOURCES_IN_VIEW], quote_chars=QUOTE_CHARS if grounded else 0)
    return "\n".join(["**Sources**", *lines])


def _not_found(answer: Answer, add_command: str) -> list[Block]:
    lead, _, listed = answer.text.partition(_NEAREST)
    blocks: list[Block] = [Text(plain_line(lead))]
    if answer.nearest:
        lines = "\n".join(f"- {_near(hit)}" for hit in answer.nearest)
        blocks += [Rule(), Text(f"**Nearest passages** (they may not answer it)\n{lines}")]
    if listed or not (answer.nearest or answer.code_links):
        advice = plain_line(listed.partition(_NEAREST_END)[2])
        blocks.append(Text(f"{advice} Organisers add papers with {add_command}.".lstrip()))
    return blocks


def _fact(fact: Fact) -> str:
    """Return a line of a record, and under it who says so."""
    link = f" {masked_link(clip(fact.url.removeprefix('https://'), TITLE_CHARS), fact.url)}" if fact.url else ""
    source = f"\n-# {plain_line(fact.source)}" if fact.source else ""
    return f"{plain_line(fact.text)}{link}{source}"


def _near(hit: Hit) -> str:
    url = hit.paper.page_url(hit.passage.first_page)
    title = clip(hit.paper.title, TITLE_CHARS)
    name = masked_link(title, url) if url else plain_line(title)
    page = f", p. {hit.passage.first_page}" if hit.passage.first_page is not None else ""
    return f"{name}{page}: {plain_line(clip(one_line(hit.passage.text), PASSAGE_CHARS))}"


def _code(links: Sequence[CodeLink]) -> str:
    return "**Code**\n" + "\n".join(f"- {code_line(link)}" for link in links)


def code_line(link: CodeLink) -> str:
    """Return a code link with who named it, and when."""
    official = {True: "official, ", False: "unofficial, ", None: ""}[link.official]
    shown = masked_link(clip(link.url.removeprefix("https://"), TITLE_CHARS), link.url)
    return f"{shown} ({official}{link.source.value}, {link.found_at:%Y-%m-%d})"


def _notes(hits: Sequence[NoteHit]) -> str:
    return "**Your group’s notes** · what was said, not what the paper says\n" + "\n".join(_note(hit) for hit in hits)


def _note(hit: NoteHit) -> str:
    where = f"Discussion {hit.discussion.ordinal} {hit.discussion.title}, item {hit.note.item}"
    asked = plain_line(clip(one_line(hit.note.question), PASSAGE_CHARS)) or "(no question written)"
    said = [line for line in hit.note.answer if line.strip()]
    shown = clip("\n".join(said[:NOTE_LINES]), NOTE_CHARS)
    more = " …" if len(said) > NOTE_LINES else ""
    lines = [f"{plain_line(where)}: *{asked}*", *(quoted(plain(line)) for line in (shown + more).split("\n"))]
    return "\n".join((*lines, *([_against(hit.otherwise)] if hit.otherwise is not None else ())))


def _against(otherwise: Otherwise) -> str:
    """Return what a cited page has against a note: the quote is checked, that the two are at odds is a model's view."""
    page = f" (p. {otherwise.page})" if otherwise.page is not None else ""
    quote = plain_line(clip(one_line(otherwise.quote), QUOTE_CHARS))
    judge = plain_line(clip(otherwise.judge, JUDGE_CHARS))
    return f"❌ **The paper says otherwise** **[{otherwise.number}]**: “{quote}”{page}\n-# as {judge} reads the two"


def _footer(answer: Answer) -> str:
    if not answer.citations and answer.code_links:
        return "Links are as their sources had them on that day"
    if not answer.citations and answer.facts:
        return "From what is stored of the papers, not from their text"
    if not answer.citations:
        return "Nothing is claimed where no page was found that says it"
    checked = f"{counted(len(answer.citations), 'citation')} checked on the page"
    if answer.outcome is Outcome.GROUNDED:
        return f"Written by the language model {plain_line(answer.writer)} · {checked}"
    return f"Quoted from the papers; no language model wrote this · {checked}"


def _buttons(kept: KeptAnswer, *, with_thread: bool) -> list[Block]:
    """Return the rows under an answer. Everything they need stands in their ids and in the database."""
    answer_id = str(kept.answer_id)
    cited = kept.answer.citations
    quotes = [
        Button(f"Quote {c.number}", "quote", (answer_id, str(c.number)), style=Style.PRIMARY)
        for c in cited[:SOURCES_IN_VIEW]
    ]
    if len(cited) > SOURCES_IN_VIEW:
        quotes.append(Button(f"More sources ({len(cited) - SOURCES_IN_VIEW})", "sources", (answer_id,)))
    if with_thread:
        quotes.append(Button("Discuss in a thread", "thread", (answer_id,)))
    opinions = [
        Button("Helpful", "helpful", (answer_id,)),
        Button("Not helpful", "not_helpful", (answer_id,)),
    ]
    if cited:
        opinions.append(Button("Wrong citation", "wrong_citation", (answer_id,)))
    return [Row(tuple(buttons)) for buttons in (quotes, opinions) if buttons]
