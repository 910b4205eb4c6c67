"""Native polls: as a bot sends them, as people vote, and as Discord counts them.

https://docs.discord.com/developers/resources/poll
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.loopback.discord.errors import Json, invalid_body

if TYPE_CHECKING:
    from tests.loopback.discord.messages import Message
    from tests.loopback.discord.people import Member

QUESTION_CHARS, ANSWER_CHARS, MOST_ANSWERS, MOST_HOURS = 300, 55, 10, 768


def poll_from(request: Json, now: datetime) -> Json:
    """Return the poll object for what a bot sent. Raises ApiError for one that Discord refuses."""
    texts = [answer["poll_media"].get("text", "") for answer in request["answers"]]
    hours = request.get("duration", 24)
    if not (
        1 <= len(texts) <= MOST_ANSWERS
        and all(1 <= len(text) <= ANSWER_CHARS for text in texts)
        and 1 <= len(request["question"]["text"]) <= QUESTION_CHARS
        and 1 <= hours <= MOST_HOURS
    ):
        raise invalid_body("poll: Invalid poll")
    return {
        "question": request["question"],
        "answers": [{"answer_id": n, "poll_media": {"text": text}} for n, text in enumerate(texts, 1)],
        "expiry": (now + timedelta(hours=hours)).isoformat(),
        "allow_multiselect": request.get("allow_multiselect", False),
        "layout_type": 1,
        "results": {"is_finalized": False, "answer_counts": []},
    }


def vote(message: Message, person: Member, answer: str) -> None:
    """Let a person vote for the answer of that text; an earlier vote of theirs is taken back."""
    poll = message.json["poll"]
    number = next(one["answer_id"] for one in poll["answers"] if one["poll_media"]["text"] == answer)
    voted = message.json.setdefault("_voted", {})
    voted[person.id] = number
    counts = Counter(voted.values())
    poll["results"]["answer_counts"] = [
        {"id": answer_id, "count": count, "me_voted": False} for answer_id, count in sorted(counts.items())
    ]


def finish(message: Message) -> None:
    """End a poll: Discord has counted it."""
    message.json["poll"]["results"]["is_finalized"] = True
