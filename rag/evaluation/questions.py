"""Question sets as JSONL: one question a line, with what would answer it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from rag.errors import BadDocument, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_FIELDS = frozenset({"id", "question", "paper", "gold_pages", "gold_text", "gold_papers", "answers", "answerable"})
_ADVICE = (
    'Write one JSON object a line: {"id", "question", "paper"?, "gold_pages"?, "gold_text"?, "gold_papers"?, '
    '"answers"?, "answerable"?}.'
)


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a set.

    ``paper`` narrows the search to one paper; ``gold_papers`` are those a whole library should answer from (paper ids,
    any of them will do). ``gold_texts`` are pieces of evidence as the set quotes them, ``gold_pages`` 1-based pages,
    ``answers`` what people answered, each enough alone. An unanswerable question has no gold: the library should say
    so.
    """

    id: str
    question: str
    paper: str | None = None
    gold_pages: tuple[int, ...] = ()
    gold_texts: tuple[str, ...] = ()
    gold_papers: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    answerable: bool = True


def load_questions(path: Path) -> tuple[Question, ...]:
    """Read a JSONL question set; blank lines are skipped. Raises NotFound, BadDocument (with the line number)."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise NotFound(what="file", name=str(path)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadDocument(what=path.name, reason="it cannot be read as UTF-8 text", advice=_ADVICE) from error
    return parse_questions(text.split("\n"), name=path.name)


def parse_questions(lines: Iterable[str], *, name: str = "the question set") -> tuple[Question, ...]:
    """Parse JSONL lines into questions with distinct ids. Raises BadDocument naming the first broken line (1-based)."""
    questions: list[Question] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            question = _question(line)
            if question.id in seen:
                _refuse(f'the id "{question.id}" already stands on line {seen[question.id]}')
        except ValueError as error:
            raise BadDocument(what=f"{name}, line {number}", reason=str(error), advice=_ADVICE) from error
        seen[question.id] = number
        questions.append(question)
    if not questions:
        raise BadDocument(what=name, reason="it holds no question", advice=_ADVICE)
    return tuple(questions)


def _question(line: str) -> Question:
    try:
        fields = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        message = "it is not JSON"
        raise ValueError(message) from error
    if not isinstance(fields, dict):
        _refuse("it is not a JSON object")
    unknown = sorted(set(fields) - _FIELDS)
    if unknown:
        _refuse(f'there is no field "{unknown[0]}"')
    question = Question(
        id=_word(fields, "id"),
        question=_word(fields, "question"),
        paper=_word(fields, "paper") if fields.get("paper") is not None else None,
        gold_pages=_pages(fields.get("gold_pages")),
        gold_texts=_words(fields.get("gold_text"), "gold_text"),
        gold_papers=_words(fields.get("gold_papers"), "gold_papers"),
        answers=_words(fields.get("answers"), "answers"),
        answerable=_flag(fields.get("answerable", True)),
    )
    if not question.answerable and (
        question.gold_pages or question.gold_texts or question.gold_papers or question.answers
    ):
        _refuse("an unanswerable question cannot have gold")
    return question


def _word(fields: dict[str, object], name: str) -> str:
    value = fields.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and name == "id":
        return str(value)
    if not isinstance(value, str) or not value.strip():
        _refuse(f'"{name}" is missing or is not text')
    return value.strip()


def _words(value: object, name: str) -> tuple[str, ...]:
    values = [] if value is None else value if isinstance(value, list) else [value]
    words = tuple(item.strip() for item in values if isinstance(item, str) and item.strip())
    if len(words) != len(values):
        _refuse(f'"{name}" is not text or a list of texts')
    return words


def _pages(value: object) -> tuple[int, ...]:
    values = [] if value is None else value if isinstance(value, list) else [value]
    pages = tuple(item for item in values if isinstance(item, int) and not isinstance(item, bool) and item >= 1)
    if len(pages) != len(values):
        _refuse('"gold_pages" is not a list of pages, counted from 1')
    return pages


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        _refuse('"answerable" is neither true nor false')
    return value


def _refuse(reason: str) -> NoReturn:
    raise ValueError(reason)
