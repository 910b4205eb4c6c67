"""A small Discord on 127.0.0.1, gateway and REST, for the real discord.py: bots are run, not mocked.

    async def test_a_question_is_answered(loopback):              # tests.loopback.discord.fixtures
        group = loopback.add_guild("Study group", channels=["papers"])
        mina = group.add_member("Mina", permissions=Permissions(manage_guild=True))
        async with loopback.running(bot):                         # or start it otherwise, and await loopback.ready()
            asked = await mina.slash("ask", question="what is batch normalization")
            await asked.acknowledged()                            # .ack_ms .thinking .ephemeral
            await asked.settled("Sources")                        # a text, or a condition on the message
            assert asked.text == "…"                              # .message .messages .followups .edits .modal .choices

            pressed = await mina.press(asked.message, "Discuss in a thread")     # by label, custom id or a part of it
            await mina.pick(message, "Choose a paper", ["1502.03167"])           # or roles, channels, members
            await mina.submit(pressed.modal, {"Question": "why?"})
            await mina.slash("paper add", file=("x.pdf", b"%PDF-"), channel=group.channel("papers"))
            (await mina.autocomplete("ask", {"paper": "res"}, focused="paper")).choices
            await mina.menu("Ask about this", message)
            await mina.says(thread, "and why?", reply_to=message)                # the bot sees text only if meant

Without the fixture: ``async with LoopbackDiscord() as loopback``, and look at ``loopback.violations`` yourself.

It knows no sleeps: ``await loopback.until(lambda: …)`` waits for anything. ``loopback.clock.pass_time(minutes=16)``
lets tokens expire. Faults are in ``loopback.faults`` (``fail``, ``rate_limit``, ``slow``, ``hold``, ``cut``,
``lose_answer``, ``after``) by method and path below ``/api/v10``. ``loopback.gateway`` drops the connection,
invalidates the session, asks to reconnect, and counts heartbeats.
``channel.deny(loopback.bot_user, send_messages=True)`` takes permissions away. Requests are in ``loopback.requests``.
What breaks a documented limit is answered 400 and kept in ``loopback.violations``, as are bodies that do not fit
Discord's OpenAPI file, and messages that could ping (``loopback.checks.mentions_allowed = True`` lets them).
"""

from tests.loopback.discord.errors import ApiError, CannotDo, Json, NobodyListens, NotAccepted, NotOffered
from tests.loopback.discord.exchange import Exchange, Modal
from tests.loopback.discord.guild import Guild
from tests.loopback.discord.messages import Message
from tests.loopback.discord.people import Member
from tests.loopback.discord.reading import (
    accent_of,
    buttons_of,
    components_of,
    labels_of,
    menus_of,
    pictures_of,
    text_of,
)
from tests.loopback.discord.server import LoopbackDiscord, hurry
from tests.loopback.discord.world import FORUM, TEXT, Channel, Role, User

CALLBACK = r"/interactions/\d+/[^/]+/callback"
"""The path of initial responses, for faults."""
ANSWERS = r"/webhooks/\d+/[^/]+(/messages/[^/]+)?"
"""The paths of edits and follow-ups."""
CHANNEL_MESSAGES = r"/channels/\d+/messages"
"""The path of normal messages."""

__all__ = [
    "ANSWERS",
    "CALLBACK",
    "CHANNEL_MESSAGES",
    "FORUM",
    "TEXT",
    "ApiError",
    "CannotDo",
    "Channel",
    "Exchange",
    "Guild",
    "Json",
    "LoopbackDiscord",
    "Member",
    "Message",
    "Modal",
    "NobodyListens",
    "NotAccepted",
    "NotOffered",
    "Role",
    "User",
    "accent_of",
    "buttons_of",
    "components_of",
    "hurry",
    "labels_of",
    "menus_of",
    "pictures_of",
    "text_of",
]  # fmt: skip
