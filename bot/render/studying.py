"""Study aids as messages: a short card of the filled template, and the first cards with their backs hidden."""

from __future__ import annotations

import re

from bot.render.escaping import clip, masked_link, plain_line
from bot.render.reply import Attached, Block, Reply, Rule, Text, Tone
from bot.render.signs import one_line
from rag.domain.analysis import Analysis, FilledField, Filling, FillStep
from rag.domain.answer import Citation
from rag.domain.flashcard import Deck, Flashcard
from rag.studying.as_markdown import analysis_as_markdown, month_of, notes_on, summary_of
from rag.studying.cards_out import deck_as_anki, deck_as_markdown, made_by, place_of
from rag.wording import counted

TITLE_CHARS = 120
SHOWN_FIELDS = 5
SENTENCE_CHARS = 220
SILENT_FIELDS = 12
FIELD_CHARS = 50
SHOWN_CARDS = 5
BACK_CHARS = 300
FRONT_CHARS = 250


def analysis_reply(analysis: Analysis, *, anew_command: str) -> Reply:
    """Return a short card of an analysis, and all of it as a document. ``anew_command``: how to have it made again."""
    paper = analysis.paper
    month = month_of(paper)
    head = f"**{plain_line(clip(one_line(paper.title), TITLE_CHARS))}**" + (f" · {month}" if month else "")
    said = [one for one in analysis.fields if one.filling is Filling.SAID]
    silent = [one.field.name for one in analysis.fields if one.filling is Filling.NOT_FOUND]
    blocks: list[Block] = [Text(f"{head}\n{plain_line(analysis.template_title)}: {summary_of(analysis)}")]
    if said:
        blocks += [Rule(), Text("\n".join(_field(one, analysis) for one in said[:SHOWN_FIELDS]))]
    if silent:
        names = "; ".join(plain_line(clip(one_line(name), FIELD_CHARS)) for name in silent[:SILENT_FIELDS])
        more = " …" if len(silent) > SILENT_FIELDS else ""
        blocks.append(Text(f"**Not found:** {names}{more}"))
    blocks.append(Attached(f"analysis-{_slug(paper.title)}.md", analysis_as_markdown(analysis).encode()))
    notes = "\n".join(f"-# {plain_line(note)}" for note in notes_on(analysis))
    blocks.append(Text(f"{notes}\n-# The file has every field. Make it again with {anew_command} and *anew*."))
    return Reply(tuple(blocks), Tone.ANSWER if said else Tone.NOTICE)


def cards_reply(deck: Deck) -> Reply:
    """Return the first cards, each back behind a spoiler, and all of them as files."""
    title = plain_line(clip(one_line(deck.paper.title), TITLE_CHARS))
    notices = [Text(f"-# {plain_line(notice)}") for notice in deck.notices]
    if not deck.cards:
        return Reply((Text(f"I can make no good card of **{title}**: no sentence of it asks for one."),), Tone.NOTICE)
    slug = _slug(deck.called or deck.paper.title)
    shown = "\n".join(_card(number, card) for number, card in enumerate(deck.cards[:SHOWN_CARDS], 1))
    blocks: list[Block] = [Text(f"**{title}** · {counted(len(deck.cards), 'card')}"), Text(shown)]
    if len(deck.cards) > SHOWN_CARDS:
        blocks.append(Text(f"-# {counted(len(deck.cards) - SHOWN_CARDS, 'more card')} in the files."))
    blocks += [
        Attached(f"cards-{slug}.txt", deck_as_anki(deck).encode()),
        Attached(f"cards-{slug}.md", deck_as_markdown(deck).encode()),
        *notices,
        Text(
            f"-# {plain_line(made_by(deck))}\n-# Anki takes the .txt file (File, Import); doing it again updates them."
        ),
    ]
    return Reply(tuple(blocks), Tone.ANSWER)


def fill_words(step: FillStep) -> str:
    """Return what people read while a template is filled."""
    return f"Section {step.done + 1} of {step.total}: {plain_line(clip(one_line(step.section), FIELD_CHARS))} …"


def calls_words(calls: int) -> str:
    """Return what is said before a language model is asked."""
    return f"Asking the language model {counted(calls, 'time')} …"


def _field(one: FilledField, analysis: Analysis) -> str:
    first = one.sentences[0]
    cited = [citation for citation in analysis.citations if citation.number in first.citations]
    weak = " (weakly supported)" if first.weak else ""
    said = plain_line(clip(one_line(first.text), SENTENCE_CHARS))
    return f"**{plain_line(clip(one_line(one.field.name), FIELD_CHARS))}**\n{said} {_places(cited)}{weak}"


def _card(number: int, card: Flashcard) -> str:
    front = plain_line(clip(one_line(card.front), FRONT_CHARS))
    back = plain_line(clip(one_line(card.back), BACK_CHARS)) or "…"
    weak = " (weakly supported)" if card.weak else ""
    return f"**{number}.** {front}\n||{back}|| {_places(card.citations)}{weak}"


def _places(cited: tuple[Citation, ...] | list[Citation]) -> str:
    return " ".join(f"({_place(one)})" for one in cited)


def _place(one: Citation) -> str:
    shown = f"p. {one.quote.page}" if one.quote.page is not None else place_of(one)
    return masked_link(shown, one.url) if one.url else plain_line(clip(one_line(shown), FIELD_CHARS))


def _slug(title: str) -> str:
    """Return a name for a file."""
    return re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[:40].strip("-") or "paper"
