"""One exchange between a person and the bot: an interaction, and everything the bot answered to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.loopback.discord.errors import Json
from tests.loopback.discord.messages import Message
from tests.loopback.discord.reading import LABEL, TEXT_DISPLAY, components_of

if TYPE_CHECKING:
    from tests.loopback.discord.people import Member
    from tests.loopback.discord.server import LoopbackDiscord
    from tests.loopback.discord.world import Channel

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9


@dataclass(frozen=True)
class Modal:
    """A form that the bot opened for a person."""

    exchange: Exchange
    json: Json

    @property
    def title(self) -> str:
        """Return its title."""
        title: str = self.json["title"]
        return title

    @property
    def fields(self) -> dict[str, Json]:
        """Return what can be filled in, by custom id."""
        return {one["custom_id"]: one for one in components_of(self.json) if "custom_id" in one}

    @property
    def labels(self) -> dict[str, str]:
        """Return the custom id of each field by the label that stands at it."""
        labels = {
            one["label"]: one["component"]["custom_id"] for one in components_of(self.json) if one["type"] == LABEL
        }
        return labels | {one["label"]: id_ for id_, one in self.fields.items() if one.get("label")}

    @property
    def text(self) -> str:
        """Return what it says: title, texts, labels and their descriptions."""
        parts = [self.title]
        for one in components_of(self.json):
            parts += [one["content"]] if one["type"] == TEXT_DISPLAY else []
            parts += [one[key] for key in ("label", "description") if one.get(key)]
        return "\n".join(parts)


@dataclass(eq=False)
class Exchange:
    """What a person asked and what came back. Wait with ``acknowledged`` and ``settled``, then look."""

    discord: LoopbackDiscord
    id: str
    token: str
    kind: int
    name: str
    """The command, or the custom id."""
    person: Member
    channel: Channel
    sent_at: float
    """``time.monotonic()`` when the bot was told."""
    created_at: datetime
    """The fake's clock: the token's life begins here."""
    source: Message | None = None
    """The message whose button or menu was used."""
    callback: Json | None = None
    """The initial response as it was sent: ``{"type": …, "data": …}``."""
    acknowledged_at: float | None = None
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
    """Every message sent after the first response, the deleted ones too."""

    async def acknowledged(self, timeout: float = 3.0) -> Exchange:
        """Wait for the initial response."""
        await self.discord.until(lambda: self.callback is not None, timeout, lambda: f"no response: {self}")
        return self

    async def settled(self, shows: str | Callable[[Message], bool] = lambda _: True, timeout: float = 30.0) -> Exchange:
        """Wait for an original response that no longer thinks, and that holds a text or fulfils a condition.

        A text is no stage that is replaced in a moment, where ``discord.replies_in_components``.
        """

        def holds(message: Message) -> bool:
            stage = self.discord.replies_in_components and not message.json.get("components")
            return not stage and shows in message.text

        wanted = holds if isinstance(shows, str) else shows

        def there() -> bool:
            return (
                self.original is not None
                and not self.original.deleted
                and not self.original.thinking
                and wanted(self.original)
            )

        await self.discord.until(there, timeout, lambda: f"the answer did not settle: {self}")
        return self

    async def staged(self, words: str, timeout: float = 30.0) -> Exchange:
        """Wait until the words stand where "thinking" stood, for a while or for good."""
        return await self.settled(lambda message: words in message.text, timeout)

    async def followed_up(self, count: int = 1, timeout: float = 30.0) -> Exchange:
        """Wait until so many follow-up messages are there."""
        await self.discord.until(lambda: len(self.followups) >= count, timeout, lambda: f"no follow-up: {self}")
        return self

    @property
    def ack_ms(self) -> float:
        """Return how long the initial response took; Discord allows 3,000."""
        assert self.acknowledged_at is not None, f"not acknowledged: {self}"
        return (self.acknowledged_at - self.sent_at) * 1000

    @property
    def message(self) -> Message:
        """Return the original response; after a press that updates its message, that message."""
        assert self.original is not None, f"no message: {self}"
        return self.original

    @property
    def text(self) -> str:
        """Return the text of the original response."""
        return self.message.text

    @property
    def messages(self) -> list[Message]:
        """Return the original response and the follow-ups that are still there."""
        first = [] if self.original is None or self.original is self.source else [self.original]
        return [message for message in [*first, *self.followups] if not message.deleted]

    @property
    def thinking(self) -> bool:
        """Whether the original response still says that the bot is thinking."""
        return self.original is not None and self.original.thinking

    @property
    def ephemeral(self) -> bool:
        """Whether only the person sees the original response."""
        return self.message.only_for is not None

    @property
    def edits(self) -> list[tuple[float, Json]]:
        """Return the states of the original response since the interaction: seconds after it, and the message."""
        return [(at - self.sent_at, json) for at, json in self.message.edits if at >= self.sent_at]

    @property
    def modal(self) -> Modal:
        """Return the form that the bot opened."""
        assert self.callback is not None, f"not acknowledged: {self}"
        assert self.callback["type"] == MODAL, f"not a modal: {self}"
        return Modal(self, self.callback["data"])

    @property
    def choices(self) -> list[Json]:
        """Return what autocomplete suggests: names and values."""
        assert self.callback is not None, f"not acknowledged: {self}"
        assert self.callback["type"] == CHOICES, f"not an autocomplete: {self}"
        choices: list[Json] = self.callback["data"].get("choices") or []
        return choices

    @property
    def choice_names(self) -> list[str]:
        """Return the names of what autocomplete suggests."""
        return [choice["name"] for choice in self.choices]

    def __repr__(self) -> str:
        answered = "unanswered" if self.callback is None else f"answered by type {self.callback['type']}"
        took: Any = f"{time.monotonic() - self.sent_at:.2f} s ago"
        return f"<{self.name!r} by {self.person.name} {took}, {answered}, {self.original}, follow-ups {self.followups}>"
