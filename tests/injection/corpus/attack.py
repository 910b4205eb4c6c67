"""What an attack is, and the places where one may stand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Where(StrEnum):
    """The place an attack stands in."""

    BODY = "the text of a PDF"
    WHITE = "white text of a PDF"
    TINY = "tiny text of a PDF"
    OFF_PAGE = "text beside the page of a PDF"
    INVISIBLE = "text of a PDF that is drawn with no ink"
    CAPTION = "a caption"
    MARKDOWN = "a Markdown document"
    HEADING = "a heading"
    TABLE = "a cell of a table"
    HTML = "an article in HTML"
    HTML_HIDDEN = "an article in HTML, hidden"
    TITLE = "a title"
    AUTHORS = "the authors' names"
    FILE_NAME = "a file's name"
    CODE_LINK = "the address of the code"
    NOTE_QUESTION = "a question in the notes"
    NOTE_ANSWER = "an answer in the notes"
    UNASKED = "an answer in the notes whose question nobody wrote"
    QUESTION = "the question that is asked"
    EARLIER = "an earlier question of the thread"
    TEMPLATE = "a field of the template"


HIDDEN = (Where.WHITE, Where.TINY, Where.OFF_PAGE, Where.INVISIBLE, Where.HTML_HIDDEN)
"""Reading drops what no reader sees."""


@dataclass(frozen=True)
class Attack:
    """``obeys`` is what an obeying model says: as a sentence of an answer with a real citation, or, ``raw``, as it is.

    In it ``{id}`` stands for the id of a passage that the model was given, ``{quote}`` for a sentence of it,
    ``{system}`` for the system's words, ``{question}`` for what was asked. ``trigger`` is the part of the text that
    tells whether the model has read it, where its beginning does not.
    """

    name: str
    where: Where
    text: str
    obeys: str
    raw: bool = False
    trigger: str = ""


EVIL = "https://evil.example/login"
INVITE = "discord.gg/freepapers"
