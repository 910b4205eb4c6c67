"""Each part of a reply within Discord's limits for its kind: what people read is clipped, what cannot be sent goes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import quote

from bot.render import limits
from bot.render.escaping import clip
from bot.render.reply import Attached, Block, Button, Choice, Menu, MenuKind, Picture, Row, Text
from bot.render.signs import one_line

_NO_LABEL = "–"
_PREFIX_CHARS = len("pickchannel:")
"""The longest word before an action in a custom id."""
_UNNAMEABLE = re.compile(r"[^A-Za-z0-9_.-]+")
_NAME_CHARS = 80
_BEGINNING_CHARS = 1_000


def trimmed(blocks: Iterable[Block]) -> list[Block]:
    """Return the blocks as Discord takes them: nothing empty, nothing too long, every file under its own name."""
    found: list[Block] = []
    names: set[str] = set()
    for block in blocks:
        if isinstance(block, Text):
            found.extend([block] if _says_something(block.markdown) else [])
        elif isinstance(block, Row):
            found.extend(_rows(block))
        elif isinstance(block, Picture):
            alt = clip(one_line(block.alt), limits.ALT_TEXT_CHARS) or _NO_LABEL
            found.append(replace(block, name=_own_name(block.name, names), alt=alt))
        elif isinstance(block, Attached):
            found.append(_file(block, names))
        else:
            found.append(block)
    return found


def _says_something(markdown: str) -> bool:
    return bool(one_line(markdown[:_BEGINNING_CHARS]) or one_line(markdown))  # the whole may be 2 MB


def _rows(row: Row) -> Iterator[Row]:
    """Yield rows of five buttons or one menu each."""
    buttons = [_button(item) for item in row.items if isinstance(item, Button) and _can_open(item)]
    for at in range(0, len(buttons), limits.ROW_BUTTONS):
        yield Row(tuple(buttons[at : at + limits.ROW_BUTTONS]))
    for item in row.items:
        if isinstance(item, Menu) and (item.choices or item.kind is not MenuKind.TEXT):
            yield Row((_menu(item),))


def _can_open(button: Button) -> bool:
    """Whether Discord would take the button's address; half of one would open something else."""
    if not button.url:
        return True
    return len(button.url) <= limits.BUTTON_URL_CHARS and re.match(r"https?://[^\s/]", button.url) is not None


def _button(button: Button) -> Button:
    assert bool(button.url) != bool(button.action)
    _assert_id(button.action, button.arguments)
    return replace(button, label=clip(one_line(button.label), limits.BUTTON_LABEL_CHARS) or _NO_LABEL)


def _menu(menu: Menu) -> Menu:
    _assert_id(menu.action, menu.arguments)
    by_value = {choice.value: choice for choice in reversed(menu.choices)}  # the first of two with one value
    choices = [choice for choice in menu.choices if by_value[choice.value] is choice][: limits.MENU_CHOICES]
    most = max(1, min(menu.most, len(choices) if menu.kind is MenuKind.TEXT else limits.MENU_CHOICES))
    shown: list[Choice] = []
    for choice in choices:
        assert 0 < len(choice.value) <= limits.CHOICE_VALUE_CHARS
        shown.append(
            replace(
                choice,
                label=clip(one_line(choice.label), limits.CHOICE_LABEL_CHARS) or _NO_LABEL,
                description=clip(one_line(choice.description), limits.CHOICE_DESCRIPTION_CHARS),
                chosen=choice.chosen and sum(before.chosen for before in shown) < most,
            )
        )
    return replace(
        menu,
        placeholder=clip(one_line(menu.placeholder), limits.MENU_PLACEHOLDER_CHARS),
        choices=tuple(shown),
        least=max(0, min(menu.least, most)),
        most=most,
        chosen=menu.chosen[:most],
    )


def _assert_id(action: str, arguments: tuple[str, ...]) -> None:
    """A custom id that is too long is a fault of ours; half of one would be another button."""
    quoted = (quote(argument, safe="") for argument in arguments)  # as bot.views.press writes them
    assert _PREFIX_CHARS + len(":".join((action, *quoted))) <= limits.CUSTOM_ID_CHARS


def _file(file: Attached, names: set[str]) -> Block:
    if len(file.content) > limits.ATTACHMENT_BYTES:
        size, most = len(file.content) / 2**20, limits.ATTACHMENT_BYTES / 2**20
        return Text(f"The file would be {size:.1f} MiB; Discord takes {most:.0f} MiB.")
    return replace(file, name=_own_name(file.name, names))


def _own_name(name: str, names: set[str]) -> str:
    """Return a name that no other file has, of the signs that ``attachment://`` can hold.

    https://docs.discord.com/developers/reference#uploading-files
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem, dot, ending = _UNNAMEABLE.sub("-", plain).strip("-.").rpartition(".")
    stem, ending = (stem, f".{ending[:10]}") if dot else (ending, "")
    stem = stem[:_NAME_CHARS] or "file"
    number, own = 1, f"{stem}{ending}"
    while own.lower() in names:
        number += 1
        own = f"{stem}-{number}{ending}"
    names.add(own.lower())
    return own
