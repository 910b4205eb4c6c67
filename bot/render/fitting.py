"""Replies cut to what Discord takes in one message; what would be a wall of messages becomes a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.render import limits
from bot.render.reply import Attached, Block, Button, Menu, Picture, Reply, Row, Rule, Text
from bot.render.splitting import split
from bot.render.trimming import trimmed

MESSAGES = 3
"""Longer text becomes a file."""
BEGINNING_CHARS = 1_500
"""How much of it is shown."""
FILE_NAME = "full-text.md"
_SURELY_A_FILE_CHARS = 10 * limits.MESSAGE_TEXT_CHARS
"""Text that no message but a file takes: where to cut all of it need not be known, which takes a second for 2 MB."""
_WORTH_BEGINNING_CHARS = 400
"""With less room left, a text begins in the next message."""


def fitted(reply: Reply) -> tuple[Reply, ...]:
    """Return the reply as one message or more, each within Discord's limits; never none.

    A long text goes on in the next message; pictures, files and buttons stay with the text that they follow.
    """
    blocks = trimmed(reply.blocks)
    if sum(map(_chars, blocks)) > _SURELY_A_FILE_CHARS:
        messages = _packed(_with_file(blocks))
    elif len(messages := _packed(blocks)) > MESSAGES:
        messages = min(messages, _packed(_with_file(blocks)), key=len)
    return tuple(Reply(message, reply.tone) for message in messages) or (
        Reply((Text("Nothing to show."),), reply.tone),
    )


@dataclass(slots=True)
class _Message:
    """One message being filled."""

    blocks: list[Block] = field(default_factory=list)

    @property
    def room(self) -> int:
        """Characters of text that it can still hold."""
        return limits.MESSAGE_TEXT_CHARS - sum(map(_chars, self.blocks))

    def holds(self, *more: Block) -> bool:
        """Whether more blocks fit."""
        blocks = (*self.blocks, *more)
        return (
            sum(map(_chars, more)) <= self.room
            and 1 + sum(map(_components, blocks)) <= limits.COMPONENTS  # the container counts
            and sum(isinstance(block, Picture | Attached) for block in blocks) <= limits.ATTACHMENTS
        )


def _packed(blocks: list[Block]) -> list[tuple[Block, ...]]:
    messages = [_Message()]
    for text, followers in _groups(blocks):
        if messages[-1].holds(*text, *followers):
            messages[-1].blocks += [*text, *followers]
            continue
        *earlier, last = _parts(text, messages[-1]) or [()]
        for part in earlier:
            messages[-1].blocks += part
            messages.append(_Message())
        if not messages[-1].holds(*last, *followers):
            messages.append(_Message())
        for block in (*last, *followers):
            if not messages[-1].holds(block):
                messages.append(_Message())
            messages[-1].blocks.append(block)
    finished = (_finished(message.blocks) for message in messages)
    return [blocks for blocks in finished if blocks]


def _groups(blocks: list[Block]) -> Iterator[tuple[tuple[Block, ...], tuple[Block, ...]]]:
    """Yield each text, with the rules before it, and what follows it."""
    text: list[Block] = []
    followers: list[Block] = []
    for block in blocks:
        if isinstance(block, Text | Rule) and (followers or any(isinstance(each, Text) for each in text)):
            yield tuple(text), tuple(followers)
            text, followers = [], []
        (text if isinstance(block, Text | Rule) else followers).append(block)
    yield tuple(text), tuple(followers)


def _parts(text: tuple[Block, ...], message: _Message) -> list[tuple[Block, ...]]:
    """Return a text, with the rules before it, in what the message can still hold and what goes on in others."""
    room = message.room
    fits_alone = sum(map(_chars, text)) <= limits.MESSAGE_TEXT_CHARS
    mostly_full = room < limits.MESSAGE_TEXT_CHARS // 2
    if not message.holds(Text(""), *text[:-1]) or room < _WORTH_BEGINNING_CHARS or (fits_alone and mostly_full):
        room = 0
    if not text or not isinstance(text[-1], Text):
        return [text]
    first, *more = split(text[-1].markdown, limits.MESSAGE_TEXT_CHARS, first=room)
    beginning: tuple[Block, ...] = (*text[:-1], Text(first)) if first else ()
    return [beginning, *((Text(part),) for part in more)]


def _finished(blocks: list[Block]) -> tuple[Block, ...]:
    """Return a message's blocks without rules that part nothing, and without what stands in it twice."""
    found: list[Block] = []
    ids: set[tuple[str, ...]] = set()
    for block in blocks:
        if isinstance(block, Row):
            block = Row(tuple(item for item in block.items if _is_new(item, ids)))
            if not block.items:
                continue
        if not isinstance(block, Rule) or (found and not isinstance(found[-1], Rule)):
            found.append(block)
    while found and isinstance(found[-1], Rule):
        found.pop()
    return tuple(found)


def _is_new(item: Button | Menu, ids: set[tuple[str, ...]]) -> bool:
    """Whether no item before had its custom id, which Discord takes once in a message."""
    kind = item.kind.value if isinstance(item, Menu) else "button"
    own = (kind, item.action, *item.arguments)
    if not item.action or own not in ids:
        ids.add(own)
        return True
    return False


def _with_file(blocks: list[Block]) -> list[Block]:
    """Return the beginning, all text in a file, and what else there was."""
    text = "\n\n".join(block.markdown for block in blocks if isinstance(block, Text))
    beginning = next(iter(split(text[:_SURELY_A_FILE_CHARS], BEGINNING_CHARS)), "")
    file = Attached(FILE_NAME, document(text).encode())
    others = [block for block in blocks if not isinstance(block, Text | Rule)]
    return trimmed([Text(beginning), Text("-# Goes on in the file."), file, *others])


def document(markdown: str) -> str:
    """Return Discord's Markdown as others read it: times in words, no small print, no signs that hide."""
    text = re.sub(r"(?<!\\)<t:(\d{1,10})(?::\w)?>", _time, markdown)
    text = re.sub(r"^((?:> )*)-# ", r"\1", text, flags=re.MULTILINE)
    return text.replace("@\u200b", "@") + "\n"


def _time(found: re.Match[str]) -> str:
    return f"{datetime.fromtimestamp(int(found[1]), UTC):%Y-%m-%d %H:%M} UTC"


def _chars(block: Block) -> int:
    return len(block.markdown) if isinstance(block, Text) else 0


def _components(block: Block) -> int:
    return 1 + len(block.items) if isinstance(block, Row) else 1
