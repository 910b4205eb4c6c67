"""Questions that a group goes through with one paper, each with the evidence that it is about this paper."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rag.domain.answer import EXTRACTIVE, Citation
from rag.domain.paper import Paper


class Origin(StrEnum):
    """Where a question comes from: the template, a note that nobody answered, a session that left it unclear."""

    TEMPLATE = "template"
    OPEN_NOTE = "open-note"
    FOLLOW_UP = "follow-up"


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a set. ``number`` is 1-based; ``field`` the template's field it serves, "" for none.

    ``evidence`` are quotes found on their pages (only a question of the group's own may have none); ``expected`` a
    short answer that is shown when somebody asks for it, "" where there is none. ``about`` is the particular thing that
    it names ("Table 2", "internal covariate shift"), "" for none. ``writer`` is the model that wrote question and
    expected answer, asked with ``prompt`` ("questions/1"); rules need none.
    """

    number: int
    text: str
    field: str
    origin: Origin
    evidence: tuple[Citation, ...] = ()
    expected: str = ""
    about: str = ""
    writer: str = EXTRACTIVE
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """The questions of one paper. ``silent`` are the template's fields on which the paper says nothing.

    ``writer`` is the model that wrote at least one of them, asked with ``prompt``.
    """

    paper: Paper
    questions: tuple[Question, ...]
    silent: tuple[str, ...]
    template_sha256: str
    writer: str = EXTRACTIVE
    prompt: str = ""
    notices: tuple[str, ...] = ()  # shown with the set: why it is shorter, or plainer, than wanted
