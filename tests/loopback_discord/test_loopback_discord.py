"""The loopback Discord with the real discord.py and a small bot: what tests of Seminar rely on."""

from __future__ import annotations

from tests.loopback.discord import LoopbackDiscord
from tests.loopback_discord.small_bot import PNG, SmallBot


async def test_a_question_is_deferred_edited_into_a_page_with_a_picture_and_followed_up(
    loopback: LoopbackDiscord,
) -> None:
    mina = loopback.add_guild("Study group", channels=["papers"]).add_member("Mina")
    async with loopback.running(SmallBot()):
        asked = await mina.slash("ask", question="why?")
        await asked.followed_up()
    assert asked.ack_ms < 3000
    assert asked.callback == {"type": 5}
    assert [edit["content"] for _, edit in asked.edits] == ["", "Searching", ""]
    assert not asked.ephemeral
    assert asked.text == "**why?**"
    assert asked.message.labels == ["Pressed 0 times", "arXiv"]
    assert asked.message.files == {"quote.png": PNG}
    assert [m.text for m in asked.followups] == ["more"]
    assert asked.followups[0].only_for is mina.user
