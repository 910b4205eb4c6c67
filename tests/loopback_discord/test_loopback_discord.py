"""What people do and what bots answer: the loopback Discord with the real discord.py and a small bot."""

from __future__ import annotations

import aiohttp
import discord
import pytest
from discord import Permissions
from discord.http import Route

from tests.loopback.discord import (
    LoopbackDiscord,
    Member,
    NobodyListens,
    NotAccepted,
    NotOffered,
    accent_of,
    menus_of,
    pictures_of,
)  # fmt: skip
from tests.loopback_discord.small_bot import PNG, SmallBot


@pytest.fixture
def mina(loopback: LoopbackDiscord) -> Member:
    return loopback.add_guild("Study group", channels=["papers", "chat"]).add_member("Mina")


async def test_a_question_is_deferred_edited_into_a_page_with_a_picture_and_followed_up(
    loopback: LoopbackDiscord, mina: Member
) -> None:
    async with loopback.running(SmallBot()):
        asked = await mina.slash("ask", question="why?")
        await asked.acknowledged()
        await asked.followed_up()
        picture = pictures_of(asked.message)[0]
        async with aiohttp.ClientSession() as web, web.get(picture["media"]["url"]) as answer:
            assert await answer.read() == PNG
    assert asked.callback == {"type": 5}
    assert 0 < asked.ack_ms < 3000
    assert [json["content"] for _, json in asked.edits] == ["", "Searching", ""]
    assert not asked.ephemeral
    assert asked.text == "**why?**"
    assert accent_of(asked.message) == 0x336699
    assert asked.message.labels == ["Pressed 0 times", "arXiv"]
    assert picture["description"] == "a quote"
    assert asked.message.files == {"quote.png": PNG}
    assert [message.text for message in asked.followups] == ["more"]
    assert asked.followups[0].only_for is mina.user
    assert loopback.commands.syncs == 1


async def test_a_private_answer_is_seen_by_the_one_who_asked_alone(loopback: LoopbackDiscord, mina: Member) -> None:
    paul = mina.guild.add_member("Paul")
    async with loopback.running(SmallBot()):
        asked = await (await mina.slash("ask", question="why?", private=True)).settled("why")
    assert asked.ephemeral
    assert asked.channel.visible == []
    with pytest.raises(NotOffered):
        await paul.press(asked.message, "Pressed 0 times")


async def test_a_button_works_after_the_bot_was_started_anew(loopback: LoopbackDiscord, mina: Member) -> None:
    async with loopback.running(SmallBot()):
        asked = await (await mina.slash("ask", question="why?")).settled("why")
    async with loopback.running(SmallBot()):
        for button in ("Pressed 0 times", "count:1", "2"):  # by label, custom id, a part of it
            pressed = await (await mina.press(asked.message, button)).acknowledged()
            assert pressed.callback is not None
            assert pressed.callback["type"] == 7
        with pytest.raises(NotAccepted, match="is a link"):
            await mina.press(asked.message, "arXiv")
        with pytest.raises(NotAccepted, match="nothing is called"):
            await mina.press(asked.message, "Pressed 0 times")
    assert asked.message.text == "count 3"
    assert pressed.message is asked.message


async def test_menus_are_picked_from_by_label_and_roles_by_themselves(loopback: LoopbackDiscord, mina: Member) -> None:
    role = mina.guild.add_role("Organisers")
    async with loopback.running(SmallBot()):
        shown = await (await mina.slash("choose")).settled("choose")
        assert len(menus_of(shown.message)) == 2
        with pytest.raises(NotAccepted, match="VGG"):
            await mina.pick(shown.message, "Paper", "VGG")
        await (await mina.pick(shown.message, "Paper", "DenseNet")).settled("chose ['densenet'] []")
        shown = await (await mina.slash("choose")).settled("choose")
        await (await mina.pick(shown.message, "role", [role])).settled(f"chose ['{role.id}'] ['roles']")
    assert shown.message.json["components"] == []


async def test_autocomplete_suggests_for_what_was_typed(loopback: LoopbackDiscord, mina: Member) -> None:
    async with loopback.running(SmallBot()):
        typed = await mina.autocomplete("ask", {"question": "", "paper": "res"}, focused="paper")
        with pytest.raises(NotAccepted, match="suggests nothing"):
            await mina.autocomplete("ask", {}, focused="question")
    assert typed.choices == [{"name": "resnet", "value": "resnet"}]
    assert typed.choice_names == ["resnet"]


async def test_a_context_menu_carries_the_content_of_its_message_without_the_intent(
    loopback: LoopbackDiscord, mina: Member
) -> None:
    said = await mina.says(mina.guild.channel("papers"), "what is a norm?")
    async with loopback.running(SmallBot()):
        asked = await (await mina.menu("Ask about this", said)).settled()
    assert asked.text == "about what is a norm?"


async def test_a_form_is_filled_in_by_label_or_custom_id_and_checked(loopback: LoopbackDiscord, mina: Member) -> None:
    async with loopback.running(SmallBot()):
        form = (await (await mina.slash("tell")).acknowledged()).modal
        assert form.title == "Tell me"
        assert form.labels == {"Why": "why"}
        for values in ({}, {"why": "x" * 51}, {"what": "x"}):
            with pytest.raises(NotAccepted):
                await mina.submit(form, values)
        sent = await (await mina.submit(form, {"Why": "it learns"})).settled()
        assert sent.text == "because it learns"
        form = (await (await mina.slash("tell")).acknowledged()).modal
        await (await mina.submit(form, {"why": "so"})).settled("because so")


async def test_every_kind_of_option_arrives(loopback: LoopbackDiscord, mina: Member) -> None:
    group = mina.guild
    ada = group.add_member("Ada", permissions=Permissions(manage_guild=True))
    given = {"n": 3, "who": mina, "role": group.everyone, "where": group.channel("chat"), "file": ("a.pdf", b"%PDF")}
    async with loopback.running(SmallBot()):
        told = await (await ada.slash("kinds", options=given)).settled()
        assert told.text == "3 mina @everyone chat a.pdf 4 True"
        for wrong in ({"n": 6}, {"n": "3"}, {"who": "mina"}, {"file": "a.pdf"}, {"paper": "x"}):
            with pytest.raises(NotAccepted):
                await ada.slash("kinds", options=given | wrong)
        with pytest.raises(NotAccepted, match="needs"):
            await ada.slash("kinds", n=1)


async def test_commands_are_offered_only_to_whom_and_where_they_are_meant_for(
    loopback: LoopbackDiscord, mina: Member
) -> None:
    admin = mina.guild.add_member("Ada", permissions=Permissions(manage_guild=True))
    async with loopback.running(SmallBot()):
        await (await admin.slash("paper add", ids="1502.03167")).settled("added 1502.03167")
        with pytest.raises(NotOffered, match="manage_guild"):
            await mina.slash("paper add")
        await (await mina.slash("paper add", anyway=True)).settled("added")
        with pytest.raises(NotOffered, match="no command 'papers'"):
            await mina.slash("papers")
        with pytest.raises(NotOffered, match="needs one of"):
            await mina.slash("paper")
        mina.guild.channel("chat").deny(mina.guild.everyone, use_application_commands=True)
        with pytest.raises(NotOffered, match="may not use"):
            await mina.slash("ask", question="?", channel=mina.guild.channel("chat"))
        mina.guild.channel("chat").deny(mina.guild.everyone, view_channel=True)
        with pytest.raises(NotOffered, match="does not see"):
            await mina.slash("ask", question="?", channel=mina.guild.channel("chat"))


async def test_a_thread_is_opened_at_an_answer_and_talked_in(loopback: LoopbackDiscord, mina: Member) -> None:
    bot = SmallBot()
    async with loopback.running(bot):
        asked = await mina.slash("thread")
        await loopback.until(lambda: asked.original and asked.original.thread and asked.original.thread.visible)
        thread = asked.message.thread
        assert thread is not None
        await mina.says(thread, "and why?", reply_to=thread.visible[0])
        await loopback.until(lambda: len(thread.visible) == 3)
    async with loopback.running(SmallBot()):
        await mina.says(thread, "still there?", reply_to=thread.visible[-1])
        await loopback.until(lambda: thread.visible[-1].text == "you said still there?")
    assert (thread.name, thread.parent, thread.id) == ("go on", mina.guild.channel("papers"), asked.message.id)
    assert [message.text for message in thread.visible[:3]] == ["here", "and why?", "you said and why?"]
    assert thread.members == {loopback.bot_user.id, mina.id}


async def test_a_forum_gets_a_post_and_the_first_follow_up_becomes_the_deferred_answer(
    loopback: LoopbackDiscord, mina: Member
) -> None:
    forum = mina.guild.add_forum("archive")
    async with loopback.running(SmallBot()):
        posted = await (await mina.slash("post", where=forum, title="Batch Normalization")).settled()
    thread = mina.guild.channel("Batch Normalization")
    assert thread.visible[0].text == "the first words"
    assert posted.text == f"{thread.id} {thread.visible[0].id}"
    assert posted.followups == []
    assert posted.ephemeral


async def test_without_the_intent_only_what_is_meant_for_the_bot_can_be_read(
    loopback: LoopbackDiscord, mina: Member
) -> None:
    bot, chat = SmallBot(), mina.guild.channel("chat")
    async with loopback.running(bot):
        await mina.says(chat, "psst")
        await mina.says(chat, "hello", mentions_bot=True)
        answered = await (await mina.slash("tell")).acknowledged()
        await mina.submit(answered.modal, {"why": "x"})
        slash = await (await mina.slash("thread")).settled("a beginning")
        await mina.says(slash.channel, "to an answer of a command", reply_to=slash.message)
        await loopback.until(lambda: len(bot.heard) == 3)
        await loopback.until(lambda: chat.said_by(loopback.bot_user))
        await mina.says(chat, "to a normal message", reply_to=chat.said_by(loopback.bot_user)[0])
        await mina.says(mina.dm, "in private")
        await loopback.until(lambda: mina.dm.said_by(loopback.bot_user))
    assert bot.heard == ["", "@Seminar hello", "", "to a normal message", "in private"]
    assert mina.dm.visible[-1].text == "you said in private"


async def test_a_bot_with_the_intent_reads_everything(loopback: LoopbackDiscord, mina: Member) -> None:
    bot = SmallBot(content=True)
    loopback.gateway.allowed_intents = ~0
    async with loopback.running(bot):
        await mina.says(mina.guild.channel("chat"), "psst")
        await loopback.until(lambda: bot.heard == ["psst"])


async def test_a_command_in_direct_messages_has_a_user_and_no_member(loopback: LoopbackDiscord, mina: Member) -> None:
    async with loopback.running(SmallBot()):
        asked = await (await mina.slash("ask", question="why?", channel=mina.dm)).settled("why")
    assert asked.message.channel is mina.dm
    sent = asked.message.json["interaction_metadata"]["user"]
    assert sent["id"] == mina.id


async def test_two_servers_know_their_own_members_and_channels(loopback: LoopbackDiscord, mina: Member) -> None:
    other = loopback.add_guild("Reading club", channels=["papers"])
    there = other.add_member(mina, permissions=Permissions(manage_guild=True))
    async with loopback.running(SmallBot()):
        await (await there.slash("paper add", ids="x")).settled("added")
        with pytest.raises(NotOffered):
            await mina.slash("paper add", ids="x")
    assert there.id == mina.id
    assert [len(guild.channel("papers").visible) for guild in (mina.guild, other)] == [0, 1]


async def test_a_bot_is_told_when_it_joins_leaves_and_when_a_server_is_away(
    loopback: LoopbackDiscord, mina: Member
) -> None:
    bot, group = SmallBot(), mina.guild
    async with loopback.running(bot):
        group.go_away()
        group.come_back()
        group.kick_bot()
        group.invite_bot()
        loopback.add_guild("Reading club")
        await loopback.until(lambda: len(bot.happened) == 4)
        group.kick_bot()
        with pytest.raises(NotOffered):
            await mina.slash("tell")
    assert bot.happened[:4] == [
        "lost sight of Study group", "left Study group", "joined Study group", "joined Reading club",
    ]  # fmt: skip


async def test_what_is_sent_while_no_bot_is_connected_finds_nobody(loopback: LoopbackDiscord, mina: Member) -> None:
    async with loopback.running(SmallBot()):
        pass
    with pytest.raises(NobodyListens):
        await mina.slash("tell")


async def test_discord_py_goes_back_to_discords_own_addresses() -> None:
    before = Route.BASE
    async with LoopbackDiscord() as inside:
        assert inside.api_url == Route.BASE
    assert before == Route.BASE == "https://discord.com/api/v10"


async def test_a_wrong_token_is_refused_at_the_door(loopback: LoopbackDiscord) -> None:
    with pytest.raises(discord.LoginFailure):
        async with loopback.running(SmallBot(), token="wrong"):
            raise AssertionError
