"""The picture of a message shows what Discord would show: its text, its components, and what went wrong."""

from __future__ import annotations

import base64
import doctest
import json
import subprocess
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pymupdf
import pytest

from docs.discord_sheet.messages import Entry, lay_out, read_entry
from docs.discord_sheet.theme import BUTTONS, CHAT, GUTTER, WIDTH, colour
from docs.draw_messages import draw

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 4, 16, 14, 3, tzinfo=UTC)
NAMES = {"5": "Mina", "8": "Organisers", "77": "reading-group"}


@pytest.mark.parametrize("module", ["times", "theme", "pictures"])
def test_examples_in_docstrings_are_true(module: str) -> None:
    tried = doctest.testmod(import_module(f"docs.discord_sheet.{module}"))
    assert tried.attempted > 0
    assert tried.failed == 0


def test_every_module_fits_the_house() -> None:
    paths = [ROOT / "docs/draw_messages.py", *(ROOT / "docs/discord_sheet").glob("*.py")]
    assert {path.name for path in paths if len(path.read_text().splitlines()) > 300} == set()


BOT = {"id": "900", "username": "Seminar", "bot": True}
GREEN = 0x23A55A


def message(*components: object, accent: int | None = GREEN, **more: object) -> dict[str, object]:
    card = {"type": 17, "accent_color": accent, "components": list(components)}
    return {"author": BOT, "timestamp": NOW.isoformat(), "flags": 1 << 15, "components": [card], **more}


def text(content: str) -> dict[str, object]:
    return {"type": 10, "content": content}


def button(label: str, style: int = 2, **more: object) -> dict[str, object]:
    return {"type": 2, "style": style, "label": label, "custom_id": "press:x", **more}


def actions(*items: object) -> dict[str, object]:
    return {"type": 1, "components": list(items)}


def picture(width: int = 300, height: int = 100, shade: tuple[int, int, int] = (200, 30, 30)) -> bytes:
    pixels = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, width, height), 0)
    pixels.set_rect(pixels.irect, shade)
    return pixels.tobytes("png")


def page_of(*entries: Entry) -> pymupdf.Page:
    page = lay_out(entries, NAMES)[0]
    page.kept = page.parent  # a page does not keep its document alive
    return page


def read(page: pymupdf.Page) -> str:
    return " ".join(page.get_text().replace("\u200b", "").replace("\u200a", "").split())


def place(page: pymupdf.Page, words: str) -> pymupdf.Rect:
    found = page.search_for(words)
    assert found, f"{words!r} is not in the picture"
    return found[0]


def painted(page: pymupdf.Page, x: float, y: float) -> tuple[int, ...]:
    pixels = page.get_pixmap()
    return pixels.pixel(int(x), int(y))


def as_bytes(shade: tuple[float, float, float]) -> tuple[int, ...]:
    return tuple(round(part * 255) for part in shade)


def near(first: tuple[int, ...], second: tuple[int, ...]) -> bool:
    return all(abs(one - other) <= 2 for one, other in zip(first, second, strict=True))


def test_a_message_is_drawn_from_above_to_below() -> None:
    card = message(
        text("## Deep Residual Learning"), {"type": 14}, text("the *second* text"), actions(button("Remove", 4))
    )
    page = page_of(Entry(card, used="/paper info resnet", by="Mina"))
    order = ["Mina used", "Seminar", "Deep Residual Learning", "the second text", "Remove"]
    edges = [place(page, words).y0 for words in order]
    assert edges == sorted(edges)
    assert place(page, "APP").y0 == pytest.approx(place(page, "Today at 14:03").y0, abs=4)
    assert place(page, "Deep Residual").x0 > GUTTER
    assert page.rect.width == WIDTH
    assert page.rect.height > place(page, "Remove").y1


def test_an_unescaped_star_is_seen() -> None:
    page = page_of(Entry(message(text("f*(x) = g*(y)"))))
    assert "f(x) = g(y)" in read(page)
    fonts = {span["text"].strip(): span["font"] for span in _spans(page)}
    assert "Italic" in fonts["(x) = g"]
    assert "Italic" not in fonts["(y)"]


def _spans(page: pymupdf.Page) -> list[dict[str, str]]:
    lines = (line for block in page.get_text("dict")["blocks"] for line in block.get("lines", []))
    return [span for line in lines for span in line["spans"]]


def test_links_mentions_and_hidden_words_have_their_colours() -> None:
    page = page_of(Entry(message(text("[paper](<https://x.org>) <@5> ||secret||"))))
    colours = {span["text"].strip("\u200a "): span["color"] for span in _spans(page)}
    assert colours["paper"] == 0x00A8FC
    assert colours["@Mina"] == 0xC9CDFB
    hidden = place(page, "secret")
    around = {page.get_pixmap(clip=hidden + (2, 4, -2, -4)).pixel(x, 3) for x in range(3, 20)}
    assert len(around) == 1


def test_the_accent_stands_at_the_cards_left() -> None:
    page = page_of(Entry(message(text("hello"))))
    middle = place(page, "hello")
    y = (middle.y0 + middle.y1) / 2
    assert near(painted(page, GUTTER + 1, y), as_bytes(colour(GREEN)))
    assert near(painted(page, GUTTER + 9, y), as_bytes(colour("#2b2d31")))


@pytest.mark.parametrize("style", [1, 2, 3, 4, 5])
def test_a_button_has_its_styles_colour(style: int) -> None:
    page = page_of(Entry(message(actions(button("Press", style)))))
    label = place(page, "Press")
    assert near(painted(page, label.x0 - 6, label.y0 + 6), as_bytes(BUTTONS[style]))


def test_a_disabled_button_is_paler() -> None:
    page = page_of(Entry(message(actions(button("Press", 3, disabled=True)))))
    label = place(page, "Press")
    assert not near(painted(page, label.x0 - 6, label.y0 + 6), as_bytes(BUTTONS[3]))


def test_buttons_go_on_below_when_the_room_ends() -> None:
    page = page_of(Entry(message(actions(*(button(f"A rather long label {n}") for n in range(5))))))
    first, last = place(page, "label 0"), place(page, "label 4")
    assert last.y0 > first.y1
    assert last.x1 < WIDTH


def test_menus_show_what_is_chosen_and_else_what_they_ask() -> None:
    options = [{"label": "1 Introduction", "value": "1"}, {"label": "2 Method", "value": "2", "default": True}]
    menus = [
        {"type": 3, "placeholder": "Pick a section", "options": options},
        {"type": 3, "placeholder": "Pick another", "options": options[:1]},
        {"type": 6, "placeholder": "Pick a role", "default_values": [{"id": "8", "type": "role"}]},
        {"type": 8, "placeholder": "Everywhere"},
    ]
    seen = read(page_of(Entry(message(*(actions(menu) for menu in menus)))))
    for words in ("2 Method", "Pick another", "@Organisers", "Everywhere"):
        assert words in seen
    for words in ("Pick a section", "1 Introduction", "Pick a role"):
        assert words not in seen


def test_a_sections_accessory_stands_at_its_right() -> None:
    section = {"type": 9, "components": [text("Use a model " * 20)], "accessory": button("On", 3)}
    page = page_of(Entry(message(section)))
    assert place(page, "On").x0 > max(found.x1 for found in page.search_for("Use a model"))


def test_a_picture_is_shown_in_its_own_size_and_never_wider_than_the_card() -> None:
    shown = {"type": 12, "items": [{"media": {"url": "attachment://page.png"}}]}
    for width, height, expected in ((300, 100, (300, 100)), (3000, 300, (550, 55)), (100, 4000, (10, 400))):
        page = page_of(Entry(message(shown), {"page.png": picture(width, height)}))
        (box,) = (info["bbox"] for info in page.get_image_info())
        assert (box[2] - box[0], box[3] - box[1]) == pytest.approx(expected, abs=1)
        assert near(painted(page, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2), (200, 30, 30))


def test_several_pictures_are_equal_cells() -> None:
    items = [{"media": {"url": f"https://cdn.example/page%20{n}.png?ex=1"}} for n in range(3)]
    files = {f"page {n}.png": picture(100 * (n + 1), 80) for n in range(3)}
    page = page_of(Entry(message({"type": 12, "items": items}), files))
    boxes = [pymupdf.Rect(info["bbox"]) for info in page.get_image_info()]
    assert len({(round(box.width), round(box.height), round(box.y0)) for box in boxes}) == 1
    assert len({round(box.x0) for box in boxes}) == 3


@pytest.mark.parametrize("content", [{}, {"page.png": b"no picture"}])
def test_a_picture_that_is_not_there_is_its_description(content: dict[str, bytes]) -> None:
    shown = {"type": 12, "items": [{"media": {"url": "attachment://page.png"}, "description": "Page 2, marked"}]}
    assert "[Page 2, marked]" in read(page_of(Entry(message(shown), content)))


def test_files_are_cards_with_name_and_size() -> None:
    page = page_of(Entry(message({"type": 13, "file": {"url": "attachment://notes.md"}}), {"notes.md": b"x" * 1536}))
    assert "notes.md 1.5 KB" in read(page)


def test_an_unknown_component_is_seen_to_be_missing() -> None:
    assert "component type 99 is not drawn" in read(page_of(Entry(message({"type": 99}))))


def test_only_what_is_for_one_person_says_so() -> None:
    note = "Only you can see this"
    assert note in read(page_of(Entry(message(text("a"), flags=1 << 15 | 1 << 6))))
    assert note not in read(page_of(Entry(message(text("a")))))


def test_one_person_talking_on_is_named_once() -> None:
    first, second = (message(text(words)) for words in ("one", "two"))
    assert read(page_of(Entry(first), Entry(second))).count("Seminar") == 1
    assert read(page_of(Entry(first), Entry(second, used="/ask"))).count("Seminar") == 2
    assert read(page_of(Entry(first), Entry({**second, "author": {"username": "Jo"}}))).count("APP") == 1


def test_a_deferred_answer_says_that_it_is_thought_about() -> None:
    waiting = {"author": BOT, "flags": 1 << 7, "interaction_metadata": {"name": "ask", "user": {"username": "Mina"}}}
    assert "Mina used /ask" in read(page_of(Entry(waiting)))
    assert "Seminar is thinking…" in read(page_of(Entry(waiting)))


def test_plain_messages_have_content_embeds_attachments_and_what_they_reply_to() -> None:
    embed = {
        "title": "An *embed*", "description": "> said", "color": 0xFF0000, "footer": {"text": "the foot"},
        "fields": [{"name": name, "value": "v", "inline": True} for name in ("Left", "Right")],
    }  # fmt: skip
    plain = {
        "author": {"username": "jo", "global_name": "Jo"}, "content": "**hello** <@6>", "embeds": [embed],
        "mentions": [{"id": "6", "username": "Kim"}], "attachments": [{"filename": "a.pdf", "size": 10}],
        "referenced_message": {"author": BOT, "content": "an answer"},
    }  # fmt: skip
    page = page_of(Entry(plain))
    seen = read(page)
    for words in ("@Seminar an answer", "Jo", "hello @Kim", "An embed", "said", "the foot", "a.pdf 10 bytes"):
        assert words in seen
    assert place(page, "Left").y0 == place(page, "Right").y0


def test_signs_of_papers_are_drawn_and_not_boxes() -> None:
    signs = "λ Σ ∑ √ → ≤ ∈ ℝ “quoted” … – 中文 ✓"
    page = page_of(Entry(message(text(signs))))
    assert signs in read(page)
    assert not any("Boxes" in font[3] for font in page.get_fonts(full=True))


def test_a_word_longer_than_the_line_is_broken() -> None:
    page = page_of(Entry(message(text("https://example.org/" + "long" * 60 + " &"))))
    assert "long" * 60 in read(page).replace(" ", "")
    assert max(word[2] for word in page.get_text("words")) < WIDTH


@pytest.mark.parametrize("width_px", [720, 777, 900, 1440])
def test_the_picture_is_as_wide_as_was_asked_and_painted_to_its_edges(width_px: int) -> None:
    pixels = pymupdf.Pixmap(draw([message(text("a"))], width_px=width_px))
    assert pixels.width == width_px
    corners = [pixels.pixel(x, y) for x in (0, pixels.width - 1) for y in (0, pixels.height - 1)]
    assert all(near(corner, as_bytes(CHAT)) for corner in corners)


def test_the_command_draws_a_transcript(tmp_path: Path) -> None:
    shown = {"type": 12, "items": [{"media": {"url": "attachment://page.png"}}]}
    entry = {
        "message": message(text("see <#77>"), shown),
        "files": {"page.png": base64.b64encode(picture()).decode()}, "used": "/ask why", "by": "Mina",
    }  # fmt: skip
    transcript, drawn = tmp_path / "transcript.json", tmp_path / "out.png"
    command = [sys.executable, str(ROOT / "docs/draw_messages.py"), str(transcript), str(drawn)]
    for written in ([entry], {"names": {"77": "reading-group"}, "messages": [entry]}):
        transcript.write_text(json.dumps(written))
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert "1 messages drawn" in said
        assert pymupdf.Pixmap(str(drawn)).width == 1440
    page = page_of(read_entry(entry))
    assert "Mina used /ask why" in read(page)
    assert len(page.get_image_info()) == 1


def test_the_command_says_how_to_call_it() -> None:
    said = subprocess.run([sys.executable, str(ROOT / "docs/draw_messages.py")], capture_output=True, text=True)
    assert said.returncode == 1
    assert said.stderr.startswith("Say which transcript")
