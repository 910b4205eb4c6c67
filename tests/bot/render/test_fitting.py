"""Replies become messages that Discord takes, whatever stands in them, and nothing of them is lost on the way."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render import limits
from bot.render.escaping import plain, timestamp
from bot.render.fitting import BEGINNING_CHARS, FILE_NAME, MESSAGES, document, fitted
from bot.render.reply import Attached, Block, Button, Choice, Menu, MenuKind, Picture, Reply, Row, Rule, Text, Tone
from bot.views.layout import layout
from tests.bot.render.test_splitting import as_read
from tests.loopback.discord import documented, openapi

labels = st.text(max_size=8) | st.sampled_from(["x" * 200, "", " ", "\u200b", "Discuss in a thread", "é" * 81])
arguments = st.lists(st.text("abc019_.-", max_size=6), max_size=3).map(tuple)
actions = st.sampled_from(["quote", "more", "rate"])
buttons = st.one_of(
    st.builds(Button, labels, actions, arguments, disabled=st.booleans()),
    st.builds(
        Button, labels, url=st.sampled_from(["https://arxiv.org/abs/1", "https://a.b/" + "c" * 600, "mailto:a@b"])
    ),
)
choices = st.builds(Choice, labels, st.text("abc", min_size=1, max_size=3), labels, st.booleans())
menus = st.one_of(
    st.builds(
        Menu, actions, arguments, labels, st.lists(choices, max_size=40).map(tuple), least=st.integers(0, 30),
        most=st.integers(0, 30),
    ),
    st.builds(
        Menu, actions, arguments, labels, kind=st.sampled_from([MenuKind.ROLE, MenuKind.CHANNEL]),
        least=st.integers(0, 3), most=st.integers(0, 40), chosen=st.just(("1", "2", "3")),
    ),
)  # fmt: skip
rows = st.builds(Row, st.lists(buttons | menus, max_size=7).map(tuple))
names = st.sampled_from(["quote.png", "a b.png", "Ünï.PDF", "../../etc/passwd", "", ".", "日本.png", "n" * 300 + ".md"])
pictures = st.builds(Picture, names, st.binary(max_size=3), labels | st.just("alt " * 400))
files = st.builds(Attached, names, st.binary(max_size=3))
paragraphs = st.lists(
    st.sampled_from(["word", "**bold words**", "[1]", "[p. 3](<https://a.b>)", "It is."]), min_size=1, max_size=30
)
texts = st.builds(
    lambda words, times: Text("\n\n".join([" ".join(words)] * times)),
    paragraphs,
    st.sampled_from([0, 1, 1, 1, 5, 40, 100]),
) | st.sampled_from([Text(""), Text(" \n"), Text("\u200b"), Text("x" * 9000)])
blocks = texts | texts | rows | pictures | files | st.just(Rule())
replies = st.builds(Reply, st.lists(blocks, max_size=25).map(tuple), st.sampled_from(Tone))


def sent(message: Reply) -> tuple[dict[str, Any], dict[str, tuple[str, bytes]]]:
    """The body of a request with this message, and its files, as the library makes them."""
    view, attached = layout(message)
    body = {"flags": 1 << 15, "components": view.to_components(), "allowed_mentions": {"parse": []}}
    return body, {f"files[{n}]": (file.filename, file.fp.read()) for n, file in enumerate(attached)}


def texts_of(*messages: Reply) -> list[str]:
    return [block.markdown for message in messages for block in message.blocks if isinstance(block, Text)]


@given(replies)
def test_any_reply_becomes_messages_that_discord_takes(reply: Reply) -> None:
    messages = fitted(reply)
    assert messages
    for message in messages:
        assert message.tone is reply.tone
        body, attached = sent(message)
        assert list(documented.faults_in_message(body, attached)) == []
        assert len({name for name, _ in attached.values()}) == len(attached) <= limits.ATTACHMENTS
        if openapi.is_here():
            assert openapi.faults_in("POST", "/channels/1/messages", body) == []


@given(replies)
def test_nothing_that_can_be_sent_is_lost_and_the_order_stays(reply: Reply) -> None:
    messages = fitted(reply)
    blocks = [block for message in messages for block in message.blocks]
    whole = next((block for block in blocks if isinstance(block, Attached) and block.name == FILE_NAME), None)
    written = [text for text in texts_of(reply) if text.strip("\u200b \n")]
    if whole is None:
        said = [text for text in texts_of(*messages) if text != "Nothing to show."]
        assert as_read(*said) == as_read(*written)
    else:
        assert whole.content.decode().split() == document(" ".join(written)).split()
    assert contents(blocks, Picture) == contents(reply.blocks, Picture)
    assert contents([block for block in blocks if block is not whole], Attached) == contents(reply.blocks, Attached)
    assert presses(blocks) == presses(reply.blocks)


def contents(blocks: Sequence[Block], kind: type[Picture] | type[Attached]) -> list[bytes]:
    return [block.png if isinstance(block, Picture) else block.content for block in blocks if isinstance(block, kind)]


def presses(blocks: Sequence[Block]) -> set[tuple[str, ...]]:
    items = [item for block in blocks if isinstance(block, Row) for item in block.items]
    return {(item.action, *item.arguments) for item in items if isinstance(item, Button) and item.action}


def test_a_short_reply_stays_one_message() -> None:
    reply = Reply(
        (Text("An answer [1]."), Rule(), Text("**Sources**"), Row((Button("1", "quote", ("7", "1")),))), Tone.ANSWER
    )
    assert fitted(reply) == (reply,)


def test_buttons_stay_with_the_end_of_the_text_that_they_follow() -> None:
    row = Row((Button("1", "quote", ("7", "1")),))
    text = "\n\n".join(f"Paragraph {n}. " + "Words go on. " * 40 for n in range(14))
    first, second = fitted(Reply((Text(text), row)))
    assert not any(isinstance(block, Row) for block in first.blocks)
    assert second.blocks[-1] == row
    assert as_read(*texts_of(first, second)) == as_read(text)


def test_a_picture_stays_with_the_text_before_it() -> None:
    blocks: list[Block] = []
    for n in range(5):
        blocks += [Text(f"Source {n}. " + "word " * 300), Picture(f"{n}.png", b"", f"page {n}")]
    for message in fitted(Reply(tuple(blocks))):
        kinds = [type(block) for block in message.blocks]
        assert kinds[0] is Text
        assert kinds[-1] is Picture


def test_a_short_head_does_not_stand_alone_before_a_long_text() -> None:
    messages = fitted(Reply((Text("**What is attention?**"), Text("Words go on. " * 320))))
    assert len(messages) == 2
    assert len(messages[0].blocks) == 2


def test_a_text_that_fits_alone_is_not_cut_because_the_message_is_full() -> None:
    one, other = Text("a " * 1400 + "a"), Text("b " * 1400 + "b")
    assert [message.blocks for message in fitted(Reply((one, other)))] == [(one,), (other,)]


def test_a_rule_parts_two_things_of_one_message_or_is_not_there() -> None:
    (message,) = fitted(Reply((Rule(), Rule(), Text("a"), Rule(), Text(" "), Rule(), Text("b"), Rule())))
    assert message.blocks == (Text("a"), Rule(), Text("b"))
    for message in fitted(Reply((Text("a " * 1999), Rule(), Text("b " * 1999)))):
        assert len(message.blocks) == 1


@pytest.mark.parametrize("paragraphs", [20, 200])
def test_what_would_be_a_wall_becomes_a_file_with_its_beginning_shown(paragraphs: int) -> None:
    when = datetime(2026, 11, 5, 18, 30, tzinfo=UTC)
    paragraph = f"A claim with {plain('x_i * y')} [1] [p. 3](<https://a.b>), {timestamp(when)}. " + "Words go on. " * 60
    text = "\n\n".join(f"Paragraph {n}. {paragraph}" for n in range(paragraphs))
    row = Row((Button("More", "more"),))
    picture = Picture("quote.png", b"png", "the lines")
    (message,) = fitted(Reply((Text(text), Text("-# quoted, no model used"), picture, row), Tone.ANSWER))
    beginning, remark, file, *others = message.blocks
    assert isinstance(beginning, Text)
    assert len(beginning.markdown) <= BEGINNING_CHARS
    assert text.startswith(beginning.markdown)
    assert remark == Text("-# Goes on in the file.")
    assert isinstance(file, Attached)
    assert (file.name, others) == (FILE_NAME, [picture, row])
    written = file.content.decode()
    assert written.count("Paragraph") == paragraphs
    assert "2026-11-05 18:30 UTC" in written
    assert written.endswith("\nquoted, no model used\n")


def test_three_messages_are_no_wall_and_pictures_alone_never_a_file() -> None:
    assert len(fitted(Reply((Text("word " * 2300),)))) == MESSAGES
    assert len(fitted(Reply((Text("word " * 2500),)))) == 1
    pictures = tuple(Picture(f"{n}.png", b"", "page") for n in range(35))
    messages = fitted(Reply((Text("Look."), *pictures)))
    assert [len(message.blocks) for message in messages] == [11, 10, 10, 5]


def test_the_file_reads_well_elsewhere() -> None:
    markdown = f"-# small\n> -# too\n{plain('@everyone <t:1:R>')} <t:1:R>"
    assert document(markdown) == "small\n> too\n@everyone \\<t\\:1:R> 1970-01-01 00:00 UTC\n"


def test_a_reply_of_nothing_says_so() -> None:
    assert fitted(Reply((Text(""), Rule(), Row(())), Tone.NOTICE)) == (Reply((Text("Nothing to show."),), Tone.NOTICE),)


def test_what_is_too_long_to_be_read_is_clipped() -> None:
    (message,) = fitted(
        Reply(
            (
                Row((Button("A label that is far too long " * 5, "more"),)),
                Row(
                    (
                        Menu(
                            "pick", (), "word " * 50, (Choice("word " * 50, "a", "word " * 50), Choice("", "b")), most=9
                        ),
                    )
                ),
                Picture("a.png", b"", "word " * 500),
            )
        )
    )
    button, menu, picture = message.blocks
    assert isinstance(button, Row)
    assert isinstance(menu, Row)
    assert isinstance(picture, Picture)
    assert button.items[0] == Button(
        "A label that is far too long A label that is far too long A label that is far…", "more"
    )
    inner = menu.items[0]
    assert isinstance(inner, Menu)
    assert (len(inner.placeholder), inner.most) == (150, 2)
    assert [len(choice.label) for choice in inner.choices] == [100, 1]
    assert len(inner.choices[0].description) == 100
    assert len(picture.alt) <= 1024


def test_a_row_too_full_becomes_rows_and_a_button_stands_once() -> None:
    buttons = tuple(Button(str(n), "quote", (str(n),)) for n in range(7))
    menu = Menu("pick", choices=(Choice("a", "a"), Choice("again", "a")))
    (message,) = fitted(Reply((Row((*buttons, menu)), Row((buttons[0],)))))
    assert message.blocks == (
        Row(buttons[:5]), Row(buttons[5:]), Row((Menu("pick", choices=(Choice("a", "a"),)),)),
    )  # fmt: skip


def test_an_address_too_long_for_a_button_opens_nothing_else() -> None:
    good = Button("paper", url="https://arxiv.org/abs/1")
    (message,) = fitted(Reply((Text("a"), Row((Button("long", url="https://a.b/" + "c" * 600), good)))))
    assert message.blocks == (Text("a"), Row((good,)))


@pytest.mark.parametrize("argument", ["a" * 90, "é" * 20])
def test_a_custom_id_that_cannot_be_is_a_fault_of_ours(argument: str) -> None:
    with pytest.raises(AssertionError):
        fitted(Reply((Row((Button("a", "more", (argument,)),)),)))


@pytest.mark.parametrize("argument", ["sha256:e33581b5ab79", "cs/0112017", "é"])
def test_ids_of_papers_are_arguments_whatever_signs_they_hold(argument: str) -> None:
    [message] = fitted(Reply((Row((Button("Remove it", "remove", ("yes", argument)),)),)))
    [row] = message.blocks
    assert isinstance(row, Row)
    assert row.items[0].arguments == ("yes", argument)


def test_files_get_names_that_discord_can_show() -> None:
    names = ["Notes of März.md", "a/../b.png", "b.png", "B.png", "日本.png", "", "x" * 200 + ".pdf"]
    (message,) = fitted(Reply(tuple(Attached(name, b"") for name in names)))
    given_names = [block.name for block in message.blocks if isinstance(block, Attached)]
    assert given_names == ["Notes-of-Marz.md", "a-..-b.png", "b.png", "B-2.png", "png", "file", "x" * 80 + ".pdf"]


def test_a_file_too_large_for_discord_is_named_so() -> None:
    (message,) = fitted(Reply((Attached("a.md", b"x" * (12 * 2**20)),)))
    assert message.blocks == (Text("The file would be 12.0 MiB; Discord takes 10 MiB."),)


def test_a_megabyte_becomes_a_file_quickly() -> None:
    start = time.thread_time()
    (message,) = fitted(Reply((Text("A sentence of words. " * 50_000),)))
    assert time.thread_time() - start < 5
    assert any(isinstance(block, Attached) for block in message.blocks)
