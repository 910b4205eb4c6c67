"""Messages about notes, as values."""

from __future__ import annotations

import pytest

from bot.render.limits import CHOICE_LABEL_CHARS, CUSTOM_ID_CHARS, MESSAGE_TEXT_CHARS
from bot.render.notes import (
    discussion_reply,
    keeping_reply,
    kept_reply,
    list_reply,
    open_reply,
    preview_reply,
)
from bot.render.reply import Button, Menu, Reply, Row, Text
from bot.views.press import custom_id
from rag.discussion.notes_in import NoteCounts
from rag.discussion.tying import Tie, Tied, Undecided, Untied
from rag.domain.note import Discussion, Note
from rag.intake.held import Held
from rag.intake.notebook import NotesImported

WORST = ["*" * 300, "[](" * 100, "<@1> " * 60, "\u202e" * 300, "é" * 300, "| ~~ ||" * 40]
SHA256 = "0" * 64


def discussions(title: str, count: int = 40) -> tuple[Discussion, ...]:
    note = Note(1, "1", title)
    return tuple(
        Discussion(position, "123A", title, 2015, (note, note), paper_key="key") for position in range(1, count + 1)
    )


def imported(title: str) -> NotesImported:
    choices = tuple((f"2401.0000{n}", title) for n in range(5))
    ties: list[Tie] = [Tied("key", "sha-0123456789ab"), Undecided(choices), Untied(choices), Untied()]
    held = discussions(title)
    return NotesImported(held, tuple(ties * 10), NoteCounts.of(held), tuple([title] * 50), replaced=20)


def text_of(reply: Reply) -> str:
    return "\n".join(block.markdown for block in reply.blocks if isinstance(block, Text))


def items_of(reply: Reply) -> list[Button | Menu]:
    return [item for block in reply.blocks if isinstance(block, Row) for item in block.items]


@pytest.mark.parametrize("title", WORST)
def test_whatever_notes_hold_a_page_with_buttons_fits_one_message(title: str) -> None:
    """A press puts a page in the place of the last: what did not fit would be lost."""
    questions = [(discussion, note) for discussion in discussions(title) for note in discussion.notes]
    titles = {"key": title}
    kept = kept_reply(
        imported(title), titles, show_command="`/notes show`", tie_command="`/notes tie`", add_command="`/paper add`"
    )
    for reply in (
        preview_reply(Held(title, SHA256, imported(title)), titles),
        kept,
        list_reply(discussions(title), titles, 0, import_command="`/notes import`"),
        open_reply(questions, 0),
    ):
        assert len(text_of(reply)) <= MESSAGE_TEXT_CHARS


def test_ids_and_labels_keep_to_discords_numbers() -> None:
    held = Held("notes.md", SHA256, imported("x" * 300))
    replies = [
        preview_reply(held, {}),
        keeping_reply(SHA256),
        list_reply(discussions("x" * 300, 999), {}, 99, import_command=""),
    ]
    for item in [item for reply in replies for item in items_of(reply)]:
        prefix = "press" if isinstance(item, Button) else "pick"
        assert len(custom_id(prefix, item.action, item.arguments)) <= CUSTOM_ID_CHARS
        if isinstance(item, Menu):
            assert all(len(choice.label) <= CHOICE_LABEL_CHARS for choice in item.choices)


@pytest.mark.parametrize(("page", "first"), [(-1, 1), (0, 1), (3, 31), (9, 31)])
def test_a_page_that_is_not_there_is_the_nearest_one(page: int, first: int) -> None:
    reply = list_reply(discussions("ResNet"), {}, page, import_command="")
    menu = next(item for row in reply.blocks if isinstance(row, Row) for item in row.items if isinstance(item, Menu))
    assert menu.choices[0].value == f"#{first}"


def test_every_kind_of_item_shows_what_it_lacks() -> None:
    notes = (
        Note(1, "1", "Why", ("because", "", "  ")),
        Note(2, "8", "Why not"),
        Note(3, "8", "", ("so",)),
        Note(4, "", ""),
    )
    shown = text_of(discussion_reply(Discussion(1, "1", "ResNet", None, notes), None)).split("\n")
    assert shown[-10:] == [
        "**1.** Why", "> because", "",
        "**8.** Why not", "-# open: nobody answered", "",
        "**8.** *no question written*", "> so", "",
        "**4.** *left blank*",
    ]  # fmt: skip


def test_a_discussion_without_questions_says_so() -> None:
    assert "There is no numbered question in it." in text_of(discussion_reply(Discussion(1, "1", "A", 2015, ()), None))
