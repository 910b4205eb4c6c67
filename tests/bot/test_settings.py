"""The panel of a server's settings: for admins, at once in force, and nobody else's."""

from __future__ import annotations

import asyncio

import pytest
from discord import Permissions

from bot.app import SeminarBot
from rag.domain.server import ServerSettings, WeeklySlot
from tests.bot.asked import refused_beside
from tests.bot.words_only import Running, bot, words_only
from tests.loopback.discord import Exchange, Guild, LoopbackDiscord, Member, Message, NotOffered, labels_of, menus_of

__all__ = ["bot", "words_only"]  # fixtures

ROLE_MENU, CHANNEL_MENU, SLOT_MENU = "set_role", "set_channels", "set_slot_channel"
THURSDAYS = {"Day": "4", "Time": "19:30", "Time zone": "Europe/Berlin"}


@pytest.fixture
def group(loopback: LoopbackDiscord) -> Guild:
    return loopback.add_guild("Study group", channels=["papers", "chat"])


@pytest.fixture
def mina(group: Guild) -> Member:
    """An admin."""
    return group.add_member("Mina", permissions=Permissions(manage_guild=True))


async def panel_for(person: Member) -> Message:
    return (await (await person.slash("settings")).settled("Settings of this server")).message


async def changed(exchange: Exchange, shows: str) -> Message:
    return (await exchange.settled(shows)).message


def settings_of(bot: SeminarBot, guild: Guild) -> ServerSettings:
    """What is written down, which is what is in force."""
    kept = bot.desk.study.servers.server(guild.id).settings
    assert kept == bot.desk.servers.settings(guild.id)
    return kept


async def test_a_new_server_begins_with_everything_open_and_says_what_is_not_there_yet(
    bot: SeminarBot, mina: Member
) -> None:
    panel = await panel_for(mina)
    assert panel.only_for is mina.user
    for text in (
        "**Organisers** · members with Manage Server only",
        "**Channels where I answer** · everywhere",
        "**Weekly slot** · not set",
        "I post the questions on the next paper of the reading queue then",
        "**Language model** · none is set up",
        "Answers are quotes from the papers. This switch counts when whoever runs me sets a model up.",
    ):
        assert text in panel.text
    assert labels_of(panel) == ["Set the weekly slot…", "Upload a template…", "Download it", "Do not use a model"]


async def test_an_organiser_role_may_add_papers_at_once_and_no_longer_when_it_is_cleared(
    bot: SeminarBot, group: Guild, mina: Member
) -> None:
    role = group.add_role("organisers")
    kim = group.add_member("Kim", roles=[role])
    assert "Only members with Manage Server can add papers" in await refused_beside(await kim.slash("paper add"))
    panel = await panel_for(mina)
    panel = await changed(
        await mina.pick(panel, ROLE_MENU, [role]),
        f"Changed **Organisers**: members with Manage Server only → <@&{role.id}>",
    )
    [chosen] = menus_of(panel)[0]["default_values"]
    assert (str(chosen["id"]), chosen["type"]) == (role.id, "role")
    assert "nothing was named" in await refused_beside(await kim.slash("paper add"))
    await changed(
        await mina.press(panel, "No organiser role"),
        f"Changed **Organisers**: <@&{role.id}> → members with Manage Server only",
    )
    assert settings_of(bot, group) == ServerSettings()
    assert "Only members with Manage Server can add papers" in await refused_beside(await kim.slash("paper add"))


async def test_everyone_is_no_organiser_role(bot: SeminarBot, group: Guild, mina: Member) -> None:
    panel = await panel_for(mina)
    assert "@\u200beveryone is everybody" in await refused_beside(await mina.pick(panel, ROLE_MENU, [group.everyone]))
    assert settings_of(bot, group) == ServerSettings()


async def test_the_list_of_channels_binds_questions_at_once_and_never_the_settings(
    bot: SeminarBot, group: Guild, mina: Member
) -> None:
    papers, chat = group.channel("papers"), group.channel("chat")
    panel = await panel_for(mina)
    shows = f"Changed **Channels where I answer**: everywhere → {papers.mention}"
    panel = await changed(await mina.pick(panel, CHANNEL_MENU, [papers]), shows)
    asked = await mina.slash("ask", channel=chat, question="what is a residual block")
    assert f"let me answer in {papers.mention} only" in await refused_beside(asked)
    await (await mina.slash("ask", channel=papers, question="what is a residual block")).settled("residual")
    elsewhere = await (await mina.slash("settings", channel=chat)).settled("Settings of this server")
    await changed(await mina.press(elsewhere.message, "Answer everywhere"), f"{papers.mention} → everywhere")
    await (await mina.slash("ask", channel=chat, question="what is a residual block")).settled("residual")
    assert settings_of(bot, group).channels == ()


async def test_several_channels_can_be_picked(bot: SeminarBot, group: Guild, mina: Member) -> None:
    both = [group.channel("papers"), group.channel("chat")]
    panel = await panel_for(mina)
    [menu] = [menu for menu in menus_of(panel) if CHANNEL_MENU in menu["custom_id"]]
    assert menu["max_values"] == 25
    await changed(await mina.pick(panel, CHANNEL_MENU, both), f"→ {both[0].mention}, {both[1].mention}")
    assert settings_of(bot, group).channels == (both[0].id, both[1].id)


async def test_a_weekly_slot_is_typed_shown_with_its_next_date_and_cleared(
    bot: SeminarBot, group: Guild, mina: Member
) -> None:
    papers, chat = group.channel("papers"), group.channel("chat")
    panel = await panel_for(mina)
    form = await (await mina.press(panel, "Set the weekly slot…")).acknowledged()
    await changed(
        await mina.submit(form.modal, THURSDAYS),
        f"Changed **Weekly slot**: not set → Thursdays at 19:30 (Europe/Berlin) in {papers.mention}",
    )
    assert "Next: <t:1795717800:F>" in panel.text  # 26 November 2026, 18:30 UTC
    assert "I post the questions on the next paper" in panel.text
    await changed(await mina.pick(panel, SLOT_MENU, [chat]), f"in {papers.mention} → Thursdays at 19:30")
    assert settings_of(bot, group).weekly == WeeklySlot(4, "19:30", "Europe/Berlin", chat.id)
    form = await (await mina.press(panel, "Set the weekly slot…")).acknowledged()
    await changed(
        await mina.submit(form.modal, {"Time": "8:05"}), f"→ Thursdays at 08:05 (Europe/Berlin) in {chat.mention}"
    )
    await changed(await mina.press(panel, "No weekly slot"), "→ not set")
    assert settings_of(bot, group) == ServerSettings()


@pytest.mark.parametrize(
    ("typed", "because"),
    [
        ({"Time": "25:00"}, "“25:00” is no time of day. Write it from 00:00 to 23:59"),
        ({"Time": "half 8"}, "no time of day"),
        ({"Time zone": "Europe/Berln"}, "Did you mean Europe/Berlin"),
        ({"Time zone": "berlin"}, "Did you mean Europe/Berlin"),
        ({"Time zone": "@everyone"}, "There is no time zone “@\u200beveryone”. Write it as Europe/Berlin"),
    ],
)
async def test_a_slot_that_cannot_be_is_refused_and_changes_nothing(
    bot: SeminarBot, group: Guild, mina: Member, typed: dict[str, str], because: str
) -> None:
    panel = await panel_for(mina)
    form = await (await mina.press(panel, "Set the weekly slot…")).acknowledged()
    assert because in (await refused_beside(await mina.submit(form.modal, THURSDAYS | typed))).replace("\\", "")
    assert settings_of(bot, group).weekly is None


async def test_model_use_is_turned_off_and_on(bot: SeminarBot, group: Guild, mina: Member) -> None:
    panel = await panel_for(mina)
    await changed(await mina.press(panel, "Do not use a model"), "used where there is one → not used")
    assert not settings_of(bot, group).use_model
    await changed(await mina.press(panel, "Use a model"), "not used → used where there is one")
    assert settings_of(bot, group).use_model


async def test_setting_what_is_set_says_that_nothing_changed(bot: SeminarBot, group: Guild, mina: Member) -> None:
    panel = await panel_for(mina)
    papers = group.channel("papers")
    await changed(await mina.pick(panel, CHANNEL_MENU, [papers]), "Changed")
    await changed(await mina.pick(panel, CHANNEL_MENU, [papers]), "Nothing changed")


async def test_only_admins_are_offered_the_settings_and_nobody_else_can_use_them(bot: SeminarBot, group: Guild) -> None:
    role = group.add_role("organisers")
    await bot.desk.servers.save(group.id, ServerSettings(organiser_role=role.id))
    for person in (group.add_member("Jo"), group.add_member("Kim", roles=[role])):
        with pytest.raises(NotOffered):
            await person.slash("settings")
        opened_to_all = await person.slash("settings", anyway=True)
        assert "Only members with Manage Server can change the settings" in await refused_beside(opened_to_all)
    await panel_for(group.add_member("Ada", permissions=Permissions(administrator=True)))
    await panel_for(group.owner)


async def test_who_is_no_admin_any_more_changes_nothing_on_a_panel_that_is_open(
    bot: SeminarBot, group: Guild, mina: Member
) -> None:
    slot = WeeklySlot(4, "19:30", "Europe/Berlin", group.channel("papers").id)
    role = group.add_role("organisers")
    before = ServerSettings(role.id, (group.channel("papers").id,), slot)
    await bot.desk.servers.save(group.id, before)
    panel = await panel_for(mina)
    form = await (await mina.press(panel, "Set the weekly slot…")).acknowledged()
    mina.roles.clear()
    tries = [await mina.press(panel, label) for label in labels_of(panel)]
    tries += [await mina.pick(panel, menu, [group.channel("chat")]) for menu in (CHANNEL_MENU, SLOT_MENU)]
    tries += [await mina.pick(panel, ROLE_MENU, [role]), await mina.submit(form.modal, {"Time": "20:00"})]
    assert len(tries) == 11
    for tried in tries:
        assert "can change the settings" in await refused_beside(tried)
    assert settings_of(bot, group) == before


async def test_what_was_deleted_meanwhile_is_shown_as_that_and_can_be_cleared(
    loopback: LoopbackDiscord, bot: SeminarBot, group: Guild, mina: Member
) -> None:
    chat = group.channel("chat")
    slot = WeeklySlot(4, "19:30", "Europe/Berlin", chat.id)
    await bot.desk.servers.save(group.id, ServerSettings("4242", (chat.id, group.channel("papers").id), slot))
    group.remove_channel(chat)
    discord_guild = bot.get_guild(int(group.id))
    assert discord_guild is not None
    await loopback.until(lambda: discord_guild.get_channel(int(chat.id)) is None)
    panel = await panel_for(mina)
    assert "**Organisers** · a role (deleted)" in panel.text
    assert f"**Channels where I answer** · a channel (deleted), {group.channel('papers').mention}" in panel.text
    assert "Thursdays at 19:30 (Europe/Berlin) in a channel (deleted)" in panel.text
    assert "4242" not in str(panel.json["components"])
    assert chat.id not in str(panel.json["components"])
    await changed(await mina.press(panel, "No organiser role"), "a role (deleted) → members with Manage Server only")
    await changed(await mina.press(panel, "Answer everywhere"), "→ everywhere")
    await changed(await mina.press(panel, "No weekly slot"), "→ not set")
    assert settings_of(bot, group) == ServerSettings()


async def test_settings_and_their_panel_outlive_a_restart(words_only: Running, group: Guild, mina: Member) -> None:
    papers = group.channel("papers")
    async with words_only():
        panel = await panel_for(mina)
        await changed(await mina.pick(panel, CHANNEL_MENU, [papers]), f"→ {papers.mention}")
    async with words_only() as bot:
        assert settings_of(bot, group).channels == (papers.id,)
        await changed(await mina.press(panel, "Do not use a model"), "→ not used")
        assert settings_of(bot, group) == ServerSettings(channels=(papers.id,), use_model=False)


async def test_what_one_server_sets_is_no_other_servers(
    loopback: LoopbackDiscord, bot: SeminarBot, group: Guild, mina: Member
) -> None:
    other = loopback.add_guild("Others", channels=["talk"])
    lee = other.add_member("Lee", permissions=Permissions(manage_guild=True))
    panel, theirs = await panel_for(mina), await panel_for(lee)
    await changed(await mina.pick(panel, CHANNEL_MENU, [group.channel("papers")]), "Changed")
    await changed(await lee.press(theirs, "Do not use a model"), "→ not used")
    assert settings_of(bot, group) == ServerSettings(channels=(group.channel("papers").id,))
    assert settings_of(bot, other) == ServerSettings(use_model=False)


async def test_a_server_that_lets_us_in_while_others_are_greeted_keeps_what_it_sets(
    loopback: LoopbackDiscord, words_only: Running, group: Guild
) -> None:
    """It once was taken for one that we had left, since it was not there when we came."""
    welcome = loopback.faults.hold("POST", rf"/channels/{group.channel('papers').id}/messages")
    async with words_only() as bot:
        greeting = [task for task in asyncio.all_tasks() if task.get_name() == "discord.py: on_ready"]
        other = loopback.add_guild("Others", channels=["talk"])
        servers = bot.desk.study.servers
        await loopback.until(lambda: other.id in [server.guild for server in servers.present()])
        lee = other.add_member("Lee", permissions=Permissions(manage_guild=True))
        await changed(await lee.press(await panel_for(lee), "Do not use a model"), "→ not used")
        assert greeting
        assert not all(task.done() for task in greeting)
        welcome.set()
        await asyncio.gather(*greeting)
        assert servers.server(other.id).left_at is None
        assert settings_of(bot, other) == ServerSettings(use_model=False)


async def test_two_admins_at_once_lose_neither_change(bot: SeminarBot, group: Guild, mina: Member) -> None:
    ada = group.add_member("Ada", permissions=Permissions(manage_guild=True))
    mine, hers = await panel_for(mina), await panel_for(ada)
    pressed = await asyncio.gather(
        mina.press(mine, "Do not use a model"), ada.pick(hers, CHANNEL_MENU, [group.channel("chat")])
    )
    for exchange in pressed:
        await exchange.settled("Changed")
    assert settings_of(bot, group) == ServerSettings(channels=(group.channel("chat").id,), use_model=False)
