"""Papers as messages: cards, lists, what came of adding, what removing takes along."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.render.answers import code_line
from bot.render.escaping import clip, masked_link, plain, plain_line
from bot.render.limits import (
    BUTTON_URL_CHARS,
    CHOICE_DESCRIPTION_CHARS,
    CHOICE_LABEL_CHARS,
    CHOICE_VALUE_CHARS,
    CONTENT_CHARS,
    MENU_CHOICES,
)
from bot.render.reply import Block, Button, Choice, Menu, Reply, Row, Rule, Style, Text, Tone
from bot.render.signs import one_line
from rag.domain.card import PaperCard, Renamed
from rag.domain.note import Discussion
from rag.domain.paper import Paper
from rag.intake.results import AddResult, AddStatus, Step
from rag.sources.arxiv_feed import ArxivRecord
from rag.wording import begins_with, counted, sentence_for

PAGE_PAPERS = 10
TITLE_CHARS = 120
ABSTRACT_CHARS = 450
AUTHORS = 5
NAMES = 6
NAME_CHARS = 60
GIVEN_CHARS = 80
CODE_LINKS = 8
DISCUSSIONS = 8
MOST_FOUND = 10
MOST_PICKED = 5
ERROR_CHARS = 400

_STATUS = {
    AddStatus.ADDED: "added",
    AddStatus.UPDATED: "updated",
    AddStatus.UNCHANGED: "was here already",
    AddStatus.FAILED: "not added",
    AddStatus.QUEUED: "waiting",
}
_HERE = {AddStatus.ADDED, AddStatus.UPDATED, AddStatus.UNCHANGED}
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_STAGES = {"fetch": "fetching", "read": "reading", "embed": "indexing", "store": "storing"}
_UNITS = {"read": "page", "embed": "passage"}


def card_reply(card: PaperCard) -> Reply:
    """Return everything a member wants to know of a paper."""
    paper = card.paper
    facts = [_some(paper.authors, AUTHORS) + (" and others" if len(paper.authors) > AUTHORS else "")]
    if paper.published:
        facts.append(f"{paper.published:%d %B %Y}".lstrip("0"))
    if paper.venue:
        facts.append(plain_line(clip(paper.venue, TITLE_CHARS)))
    blocks: list[Block] = [Text(f"**{_title(paper)}**\n{' · '.join(fact for fact in facts if fact)}")]
    if paper.abstract:
        blocks.append(Text(plain_line(clip(one_line(paper.abstract), ABSTRACT_CHARS))))
    blocks += [Rule(), Text(_code(card)), Text(_discussed(card))]
    blocks.append(Text(f"-# {_numbers(paper, card.passages)}"))
    blocks += [Text(f"-# {plain_line(warning)}") for warning in paper.warnings]
    url = paper.source_url or paper.page_url(None)
    if _ADDRESS.fullmatch(url) and len(url) <= BUTTON_URL_CHARS:
        blocks.append(Row((Button("Open on arXiv" if paper.arxiv_id else "Open the paper", url=url),)))
    return Reply(tuple(blocks), Tone.ANSWER)


def list_reply(papers: Sequence[Paper], page: int, *, add_command: str) -> Reply:
    """Return one page of the server's papers, newest first. ``page`` is 0-based and brought into range."""
    if not papers:
        return Reply((Text(f"There are no papers here yet. Organisers add them with {add_command}."),), Tone.NOTICE)
    newest = list(reversed(papers))
    pages = -(-len(newest) // PAGE_PAPERS)
    page = min(max(page, 0), pages - 1)
    shown = newest[page * PAGE_PAPERS : (page + 1) * PAGE_PAPERS]
    lines = "\n".join(f"- {_title(paper)} `{paper.paper_id}`{_names(paper)}" for paper in shown)
    blocks: list[Block] = [Text(f"**{counted(len(papers), 'paper')}**, newest first\n{lines}")]
    if pages > 1:
        blocks.append(Text(f"-# Page {page + 1} of {pages}"))
        before = Button("Newer", "papers", (str(page - 1),), disabled=page == 0)
        after = Button("Older", "papers", (str(page + 1),), disabled=page == pages - 1)
        blocks.append(Row((before, after)))
    return Reply(tuple(blocks), Tone.NOTICE)


def added_reply(results: Sequence[AddResult], *, ask_command: str = "") -> Reply:
    """Return what came of each input."""
    lines = "\n".join(_result(result) for result in results)
    good = any(result.status is not AddStatus.FAILED for result in results)
    here = any(result.status in _HERE for result in results)
    blocks: list[Block] = [Text(lines)]
    if here and ask_command:
        blocks.append(Text(f"-# Ask about it with {ask_command}."))
    return Reply(tuple(blocks), Tone.ANSWER if good else Tone.ERROR)


def progress_text(steps: Sequence[tuple[str, Step | AddResult | None]]) -> str:
    """Return how far each input is, as the plain text of an edit. Inputs that nobody has begun wait.

    Where not all have room, those that are waiting or done are counted.
    """
    lines = [_progress(given, step) for given, step in steps]
    if len("\n".join(lines)) <= CONTENT_CHARS:
        return "\n".join(lines)
    done = sum(isinstance(step, AddResult) for _, step in steps)
    under_way = [_progress(given, step) for given, step in steps if isinstance(step, Step)]
    waiting = counted(len(steps) - done - len(under_way), "paper")
    return "\n".join([f"{counted(done, 'paper')} done", *under_way[:MOST_PICKED], f"{waiting} waiting"])


def remove_question(paper: Paper, *, passages: int, discussions: int) -> Reply:
    """Return the question before a paper is removed, with what goes and what stays."""
    goes = [counted(passages, "passage"), "its names here", "the kept answers that cite it"]
    stays = f" Your notes of {counted(discussions, 'discussion')} stay." if discussions else ""
    text = f"Remove **{_title(paper)}** from this server? With it go {', '.join(goes[:-1])} and {goes[-1]}.{stays}"
    buttons = (
        Button("Remove it", "remove", ("yes", paper.paper_id), style=Style.DANGER),
        Button("Keep it", "remove", ("no", paper.paper_id)),
    )
    return Reply((Text(text), Row(buttons)), Tone.NOTICE)


def removed_reply(paper: Paper | None) -> Reply:
    """Return what was removed; None: nothing."""
    text = "Nothing was removed." if paper is None else f"Removed **{_title(paper)}** (`{paper.paper_id}`)."
    return Reply((Text(text),), Tone.NOTICE)


def renamed_reply(renamed: Renamed) -> Reply:
    """Return the names that a paper answers to from now on, and which of them are new or gone."""
    names = _all(renamed.paper.aliases)
    answers_to = f"{names}, its title and `{renamed.paper.paper_id}`" if names else "its title and its id alone"
    changes = [f"New: {_all(renamed.new)}"] if renamed.new else []
    if renamed.gone:
        changes.append(f"No longer: {_all(renamed.gone)}")
    what = " · ".join(changes) or "These were its names before."
    return Reply((Text(f"**{_title(renamed.paper)}** now answers to {answers_to}.\n{what}"),), Tone.ANSWER)


def found_reply(words: str, records: Sequence[ArxivRecord]) -> Reply:
    """Return arXiv's papers for a search, with a menu to add some."""
    if not records:
        return Reply((Text(f"arXiv has nothing for “{plain_line(words)}”. Try fewer or other words."),), Tone.NOTICE)
    lines = "\n".join(
        f"- {masked_link(clip(r.title, TITLE_CHARS), r.abs_url)} · {plain_line(_first_author(r))} · {r.published:%Y}"
        for r in records
    )
    choices = {
        record.base_id: Choice(
            clip(one_line(record.title), CHOICE_LABEL_CHARS) or record.base_id,
            record.base_id,
            clip(one_line(f"{record.base_id} · {_first_author(record)}"), CHOICE_DESCRIPTION_CHARS),
        )
        for record in records[:MENU_CHOICES]
        if len(record.base_id) <= CHOICE_VALUE_CHARS
    }
    most = min(MOST_PICKED, len(choices))
    menu = Menu("add_found", (), "Add to this server's papers", tuple(choices.values()), most=most)
    return Reply((Text(f"**arXiv** on “{plain_line(words)}”\n{lines}"), Row((menu,))), Tone.NOTICE)


def _title(paper: Paper) -> str:
    title = clip(one_line(paper.title), TITLE_CHARS)
    url = paper.page_url(None)
    return masked_link(title, url) if url else plain_line(title)


def _some(names: Sequence[str], most: int) -> str:
    """Return names between commas, none of them endless."""
    return ", ".join(plain_line(clip(one_line(name), NAME_CHARS)) for name in names[:most])


def _all(names: Sequence[str]) -> str:
    return _some(names, len(names))


def _names(paper: Paper) -> str:
    return f" · {_some(paper.aliases, 3)}" if paper.aliases else ""


def _numbers(paper: Paper, passages: int) -> str:
    pages = f"{counted(paper.page_count, 'page')}, " if paper.page_count is not None else ""
    version = f"v{paper.version}" if paper.version else ""
    names = f" · also called {_some(paper.aliases, NAMES)}" if paper.aliases else ""
    return f"`{paper.paper_id}{version}` · {pages}{counted(passages, 'passage')}{names}"


def _code(card: PaperCard) -> str:
    if card.code_links:
        more = _more(len(card.code_links) - CODE_LINKS)
        return "**Code**\n" + "\n".join(f"- {code_line(link)}" for link in card.code_links[:CODE_LINKS]) + more
    if card.code_check is None:
        return "**Code** · not looked for yet"
    failed = (
        f"; could not be asked: {plain(', '.join(card.code_check.failed_sources))}"
        if card.code_check.failed_sources
        else ""
    )
    return f"**Code** · none known on {card.code_check.checked_at:%Y-%m-%d}{failed}"


def _discussed(card: PaperCard) -> str:
    if not card.discussions:
        return "**Discussed** · not yet"
    lines = "\n".join(f"- {_discussion(discussion)}" for discussion in card.discussions[:DISCUSSIONS])
    return f"**Discussed**\n{lines}{_more(len(card.discussions) - DISCUSSIONS)}"


def _discussion(discussion: Discussion) -> str:
    heading = plain_line(clip(one_line(f"Discussion {discussion.ordinal} {discussion.title}"), TITLE_CHARS))
    return f"{heading}, {counted(len(discussion.notes), 'item')}"


def _more(number: int) -> str:
    return f"\n- and {number} more" if number > 0 else ""


def _result(result: AddResult) -> str:
    given = plain_line(clip(one_line(result.given), GIVEN_CHARS))
    if result.error is not None:
        sentence = sentence_for(result.error)
        said = plain_line(clip(sentence, ERROR_CHARS))
        return f"- {said}" if begins_with(result.given, sentence) else f"- {given}: {said}"
    if result.status is AddStatus.QUEUED:
        return f"- {given}: I am being stopped. It waits, and I tell you here when it is done."
    size = [counted(result.pages, "page")] if result.pages is not None else []
    size.append(counted(result.passages, "passage"))
    title = f"**{plain_line(clip(one_line(result.title), TITLE_CHARS))}** (`{result.paper_id}`)"
    line = f"- {title} {_STATUS[result.status]}: {', '.join(size)}"
    return "\n".join([line, *(f"  -# {plain_line(warning)}" for warning in result.warnings)])


def _progress(given: str, step: Step | AddResult | None) -> str:
    return f"{plain_line(clip(one_line(given), GIVEN_CHARS))} · {_step(step)}"


def _step(step: Step | AddResult | None) -> str:
    if step is None:
        return "waiting"
    if isinstance(step, AddResult):
        return _STATUS[step.status]
    if not step.total:
        return f"{_STAGES.get(step.stage, step.stage)} …"
    unit = _UNITS.get(step.stage)
    if unit is None:
        return f"{_STAGES.get(step.stage, step.stage)} {100 * step.done // step.total} %"
    return f"{_STAGES[step.stage]} {unit} {step.done} of {step.total}"


def _first_author(record: ArxivRecord) -> str:
    if not record.authors:
        return "unknown author"
    return record.authors[0] + (" et al." if len(record.authors) > 1 else "")
