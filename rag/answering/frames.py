"""Our words around quotes, from ``prompts/answers.toml``: they name places and next steps, never what a paper says."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from string import Template

from rag.errors import ModelFailed
from rag.language.ports import WhyNot

_PLACES: dict[str, tuple[str, ...]] = {
    "page": ("page",),
    "quoted_from": ("paper", "where", "quote"),
    "quoted_from_nowhere": ("paper", "quote"),
    "quoted_again": ("where", "quote"),
    "quoted_again_nowhere": ("quote",),
    "not_found": (),
    "not_found_here": ("paper",),
    "nearest": ("places",),
    "nearest_one": ("paper", "where"),
    "nearest_nowhere": ("paper",),
    "what_to_do": (),
    "what_to_do_here": (),
    "empty_library": (),
    "which_paper": (),
    "which_of": ("item", "papers"),
    "read_as": ("question",),
    "widened": ("papers",),
    "model_failed": ("instead",),
    "model_unfounded": ("instead",),
    "model_unfit": ("instead",),
    "model_spent": ("month", "instead"),
    "model_off": ("instead",),
    "instead_quotes": (),
    "instead_questions": (),
    "instead_cards": (),
    "instead_question": (),
    "instead_words": (),
    "model_partial": (),
    "model_not_english": (),
    "code_known": ("paper",),
    "code_nearest": ("papers",),
    "code_none": ("paper",),
    "code_none_on": ("paper", "date"),
    "code_which": (),
    "record_authors": ("paper", "authors"),
    "record_authors_more": ("authors", "number"),
    "record_authors_none": ("paper",),
    "record_authors_page": ("paper",),
    "record_published": ("paper", "date"),
    "record_month": ("paper", "month"),
    "record_stamp": ("version",),
    "record_date_none": ("paper",),
    "record_date_page": ("paper",),
    "record_venue": ("paper", "venue"),
    "record_venue_none": ("paper",),
    "record_venue_page": ("paper",),
    "record_link": ("paper",),
    "record_link_none": ("paper",),
    "record_pages": ("paper", "pages"),
    "record_pages_none": ("paper",),
    "record_id": ("paper", "id"),
    "record_id_version": ("paper", "id", "version"),
    "record_id_none": ("paper",),
    "record_title": ("id", "title"),
    "record_known": ("known",),
    "record_which": (),
    "record_not_here": ("name",),
    "source_arxiv": ("date",),
    "source_id": (),
    "source_pdf": ("date",),
    "source_file": ("date",),
    "papers_all": ("number",),
    "papers_about": ("number", "all", "topic"),
    "papers_none": ("topic",),
    "papers_one": ("title", "id"),
    "papers_more": ("number",),
}


class Instead(StrEnum):
    """What stands where a language model should have written: quotes, what rules made, words compared."""

    QUOTES = "quotes"
    QUESTIONS = "questions"
    CARDS = "cards"
    QUESTION = "question"
    WORDS = "words"


class Frames:
    """The frame words, each with its places filled. Values are never read as templates."""

    def __init__(self, texts: dict[str, str]) -> None:
        self._texts = {name: Template(texts[name]) for name in _PLACES}
        for name, places in _PLACES.items():
            self._texts[name].substitute(dict.fromkeys(places, ""))  # an unknown place fails here, not in an answer

    @classmethod
    def load(cls, path: Path | None = None) -> Frames:
        """Read the shipped words, or those of a file with the same names. Raises KeyError for one that is missing."""
        return cls(tomllib.loads(path.read_text(encoding="utf-8") if path else _shipped()))

    def page(self, page: int) -> str:
        """Return a 1-based page as it is named: "p. 2"."""
        return self._filled("page", page=str(page))

    def quoted_from(self, paper: str, where: str, quote: str) -> str:
        """Return a quote under the name of its paper."""
        if not where:
            return self._filled("quoted_from_nowhere", paper=paper, quote=quote)
        return self._filled("quoted_from", paper=paper, where=where, quote=quote)

    def quoted_again(self, where: str, quote: str) -> str:
        """Return a further quote of the paper named before."""
        if not where:
            return self._filled("quoted_again_nowhere", quote=quote)
        return self._filled("quoted_again", where=where, quote=quote)

    def not_found(
        self, *, paper: str = "", narrowed: bool = False, nearest: Sequence[tuple[str, int | None]] = ()
    ) -> str:
        """Return what is said when nothing was found: in which papers the nearest passages are, and what to do.

        ``narrowed``: whoever asked named or gave the paper, and there are others.
        """
        said = self._filled("not_found_here", paper=paper) if paper else self._filled("not_found")
        places = [
            self._filled("nearest_one", paper=name, where=self.page(page))
            if page is not None
            else self._filled("nearest_nowhere", paper=name)
            for name, page in dict.fromkeys(nearest)
        ]
        near = [self._filled("nearest", places="; ".join(places))] if places else []
        return " ".join((said, *near, self._filled("what_to_do_here" if narrowed else "what_to_do")))

    def empty_library(self) -> str:
        """Return what is said in a library without papers."""
        return self._filled("empty_library")

    def which_paper(self, item: str = "", papers: Sequence[str] = ()) -> str:
        """Return what is said when "this paper" could be any of several; ``papers`` are those that have the item."""
        if not papers:
            return self._filled("which_paper")
        return self._filled("which_of", item=item, papers="; ".join(papers))

    def read_as(self, question: str) -> str:
        """Return what is said when typing errors were mended, or a follow-up was read with its thread."""
        return self._filled("read_as", question=question)

    def widened(self, papers: Sequence[str]) -> str:
        """Return what is said when a follow-up was asked of all papers after those of its thread."""
        return self._filled("widened", papers="; ".join(papers))

    def model_failed(self, instead: Instead) -> str:
        """Return that the language model did not answer."""
        return self._filled("model_failed", instead=self._filled(f"instead_{instead}"))

    def model_unfounded(self, instead: Instead) -> str:
        """Return that nothing of what the language model wrote holds."""
        return self._filled("model_unfounded", instead=self._filled(f"instead_{instead}"))

    def model_unfit(self, instead: Instead) -> str:
        """Return that what a language model wrote holds, and that all of it was left out: repeated, or asked badly."""
        return self._filled("model_unfit", instead=self._filled(f"instead_{instead}"))

    def model_spent(self, instead: Instead, now: datetime) -> str:
        """Return that the tokens of the month of ``now`` (aware UTC) are used up."""
        return self._filled("model_spent", month=f"{now:%B}", instead=self._filled(f"instead_{instead}"))

    def model_absent(self, why_not: WhyNot | None, instead: Instead, now: datetime) -> tuple[str, ...]:
        """Return what is said where no model may be asked: its month is spent. A choice needs no word."""
        return (self.model_spent(instead, now),) if why_not is WhyNot.SPENT else ()

    def model_silent(self, failed: ModelFailed, instead: Instead, now: datetime) -> tuple[str, ...]:
        """Return why a model that was to be asked did not answer: it failed, or it may not be asked any more."""
        if failed.why_not == WhyNot.OFF:
            return (self._filled("model_off", instead=self._filled(f"instead_{instead}")),)
        return self.model_absent(WhyNot(failed.why_not or WhyNot.NONE), instead, now) or (self.model_failed(instead),)

    def is_silence(self, notice: str) -> bool:
        """Whether a notice says that no model answered or could be asked: the next time one may."""
        begins = (self._texts[name].template.partition("$")[0] for name in ("model_failed", "model_spent", "model_off"))
        return notice.startswith(tuple(begins))

    def model_partial(self) -> str:
        """Return that the passages that a language model was given answer only a part."""
        return self._filled("model_partial")

    def model_not_english(self) -> str:
        """Return why sentences of a language model are marked that are not in English."""
        return self._filled("model_not_english")

    def code(self, paper: str, *, known: bool, checked: datetime | None = None) -> str:
        """Return that code links of one paper are listed; that none is known, and since when."""
        if known:
            return self._filled("code_known", paper=paper)
        if checked is not None:
            return self._filled("code_none_on", paper=paper, date=checked.date().isoformat())
        return self._filled("code_none", paper=paper)

    def code_nearest(self, papers: Sequence[str]) -> str:
        """Return whose code links are listed when no paper was named."""
        return self._filled("code_nearest", papers="; ".join(papers))

    def code_which(self) -> str:
        """Return what is said when no paper with code was meant."""
        return self._filled("code_which")

    def record(self, name: str, /, **values: str) -> str:
        """Return one of the words on records: those whose names begin with "record", "source" or "papers"."""
        return self._filled(name, **values)

    def _filled(self, name: str, /, **values: str) -> str:
        return self._texts[name].substitute(values)


def _shipped() -> str:
    """Return the text that came with the program: from the installed package, else from the folder beside ``rag``."""
    try:
        return files("prompts").joinpath("answers.toml").read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError):
        return (Path(__file__).parents[2] / "prompts" / "answers.toml").read_text(encoding="utf-8")
