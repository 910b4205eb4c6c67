"""/paper once papers are there: listing, cards, names, removing, and looking for more on arXiv."""

from __future__ import annotations

import re

import pytest

from tests.bot.arxived import BATCHNORM, BATCHNORM_TITLE, RESNET, RESNET_TITLE, Gate, arxiv, group, mina, on, told, tom
from tests.bot.conftest import Start
from tests.loopback.arxiv import LoopbackArxiv, Reply
from tests.loopback.discord import LoopbackDiscord, Member, NotAccepted, labels_of, menus_of
from tests.made import paper_pdf

__all__ = ["arxiv", "group", "mina", "tom"]


async def test_the_list_is_paged_newest_first_and_turns_after_a_restart(
    start: Start, arxiv: LoopbackArxiv, mina: Member, tom: Member
) -> None:
    async with start(core=on(arxiv)):
        ids = " ".join(f"2001.{n:05}" for n in range(1, 13))
        await (await mina.slash("paper add", ids=ids)).settled("Ordinary paper 12", timeout=30.0)
        first = await tom.slash("paper list")
        await first.settled("12 papers")
        assert first.ephemeral
        assert re.findall(r"Ordinary paper (\d+)", first.text) == [str(n) for n in range(12, 2, -1)]
        assert "Page 1 of 2" in first.text
        assert labels_of(first.message) == ["Newer", "Older"]
        with pytest.raises(NotAccepted, match="disabled"):
            await tom.press(first.message, "Newer")
    async with start(core=on(arxiv)):
        second = await tom.press(first.message, "Older")
        await second.settled("Page 2 of 2")
        assert second.message is first.message
        assert re.findall(r"Ordinary paper (\d+)", second.text) == ["2", "1"]
        with pytest.raises(NotAccepted, match="disabled"):
            await tom.press(second.message, "Older")
        for name in ("2001.00001", "2001.00002"):
            asked = await mina.slash("paper remove", paper=name)
            await (await mina.press((await asked.settled("Remove")).message, "Remove it")).settled("Removed")
        third = await tom.press(second.message, "Newer")
        await third.settled("10 papers")
        assert labels_of(third.message) == []


async def test_a_page_that_is_no_more_shows_the_last_one(start: Start, arxiv: LoopbackArxiv, mina: Member) -> None:
    async with start(core=on(arxiv)):
        ids = " ".join(f"2001.{n:05}" for n in range(1, 12))
        await (await mina.slash("paper add", ids=ids)).settled("Ordinary paper 11", timeout=30.0)
        listed = await (await mina.slash("paper list")).settled("11 papers")
        asked = await (await mina.slash("paper remove", paper="2001.00001")).settled("Remove")
        await (await mina.press(asked.message, "Remove it")).settled("Removed")
        turned = await mina.press(listed.message, "Older")
        await turned.settled("10 papers")


async def test_an_empty_list_says_how_to_begin(start: Start, tom: Member) -> None:
    async with start(core={"embedder": "none"}):
        listed = await tom.slash("paper list")
        await listed.settled("There are no papers here yet.")
        assert re.search(r"</paper add:\d+>", listed.text)


async def test_a_card_shows_what_a_member_wants_to_know(
    start: Start, arxiv: LoopbackArxiv, mina: Member, tom: Member
) -> None:
    async with start(core=on(arxiv)) as bot:
        await (await mina.slash("paper add", ids=BATCHNORM)).settled("added")
        study, guild = bot.desk.study, mina.guild.id
        study.set_code_links(guild, BATCHNORM, ["https://github.com/example/batchnorm"])
        notes = f"## Discussion 4 {BATCHNORM_TITLE} - 2015\n1. What is it?\n- A layer.\n2. Why?\n"
        study.import_notes(guild, notes.encode(), search_arxiv=False)
        card = await tom.slash("paper info", paper="batch normalization")
        await card.settled(BATCHNORM_TITLE)
        text = card.text
        assert "Sergey Ioffe, Christian Szegedy" in text
        assert "11 February 2015" in text
        assert "Training deep networks is complicated" in text
        assert "[github.com/example/batchnorm](<https://github.com/example/batchnorm>)" in text
        assert "Discussion 4 Batch Normalization" in text
        assert f"`{BATCHNORM}v3` · 2 pages" in text
        assert "Open on arXiv" in labels_of(card.message)


async def test_a_card_without_code_or_discussions_says_so(start: Start, arxiv: LoopbackArxiv, mina: Member) -> None:
    async with start(core=on(arxiv)):
        await (await mina.slash("paper add", ids=RESNET)).settled("added")
        card = await (await mina.slash("paper info", paper="resnet")).settled(RESNET_TITLE)
        assert "**Code** · none known on 2026-11-21" in card.text
        assert "**Discussed** · not yet" in card.text


@pytest.mark.parametrize("command", ["paper info", "paper remove", "paper alias"])
async def test_an_unknown_paper_suggests_near_ones(
    start: Start, arxiv: LoopbackArxiv, mina: Member, command: str
) -> None:
    more = {"names": "x"} if command == "paper alias" else {}
    async with start(core=on(arxiv)):
        await (await mina.slash("paper add", ids=BATCHNORM)).settled("added")
        text = await told(await mina.slash(command, paper="batch normalizers", **more))
        assert "Did you mean" in text
        assert BATCHNORM_TITLE in text
        text = await told(await mina.slash(command, paper="@everyone **bold**", **more))
        assert "There is no paper called" in text


async def test_a_name_may_be_as_long_as_the_client_lets_it(start: Start, arxiv: LoopbackArxiv, mina: Member) -> None:
    async with start(core=on(arxiv)):
        assert "There is no paper called" in await told(await mina.slash("paper info", paper="*" * 200))
        with pytest.raises(NotAccepted, match="length"):
            await mina.slash("paper info", paper="x" * 201)


async def test_papers_are_suggested_while_people_type(start: Start, arxiv: LoopbackArxiv, mina: Member) -> None:
    async with start(core=on(arxiv)):
        await (await mina.slash("paper add", ids=f"{BATCHNORM} {RESNET}")).settled("added")
        typed = await mina.autocomplete("paper info", {"paper": "resid"}, focused="paper")
        assert typed.choice_names == [f"{RESNET_TITLE} ({RESNET})"]
        assert (await mina.autocomplete("paper info", {"paper": "zzzz"}, focused="paper")).choices == []


async def test_names_are_replaced_and_answered_to(start: Start, arxiv: LoopbackArxiv, mina: Member) -> None:
    async with start(core=on(arxiv)):
        await (await mina.slash("paper add", ids=RESNET)).settled("added")
        renamed = await mina.slash("paper alias", paper=RESNET, names="the shortcut paper, *He*,, ")
        await renamed.settled(f"now answers to the shortcut paper, \\*He\\*, its title and `{RESNET}`.\nNew: the short")
        one_more = await mina.slash("paper alias", paper="*He*", names="the shortcut paper, *He*, he et al.")
        await one_more.settled("New: he et al.")
        replaced = await mina.slash("paper alias", paper=RESNET, names="the shortcut paper, skips")
        await replaced.settled("New: skips · No longer: \\*He\\*, he et al.")
        same = await mina.slash("paper alias", paper=RESNET, names="skips, the shortcut paper")
        await same.settled("These were its names before.")
        await (await mina.slash("paper info", paper="the shortcut paper")).settled(RESNET_TITLE)


async def test_removing_asks_tells_what_goes_and_can_be_thought_better_of(
    start: Start, arxiv: LoopbackArxiv, mina: Member
) -> None:
    async with start(core=on(arxiv)) as bot:
        await (await mina.slash("paper add", ids=RESNET)).settled("added")
        notes = f"## Discussion 4 {RESNET_TITLE} - 2015\n1. What is it?\n- A layer.\n"
        bot.desk.study.import_notes(mina.guild.id, notes.encode(), search_arxiv=False)
        asked = await mina.slash("paper remove", paper="resnet")
        await asked.settled("from this server?")
        assert asked.ephemeral
        assert re.search(r"\d+ passages, its names here and the kept answers that cite it", asked.text)
        assert "Your notes of 1 discussion stay." in asked.text
        kept = await mina.press(asked.message, "Keep it")
        await kept.settled("Nothing was removed.")
        assert labels_of(kept.message) == []
        assert len(bot.desk.study.papers(mina.guild.id)) == 1


async def test_a_removal_is_decided_after_a_restart(start: Start, arxiv: LoopbackArxiv, mina: Member) -> None:
    async with start(core=on(arxiv)):
        await (await mina.slash("paper add", ids=RESNET)).settled("added")
        asked = await (await mina.slash("paper remove", paper=RESNET)).settled("from this server?")
    async with start(core=on(arxiv)) as bot:
        await (await mina.press(asked.message, "Remove it")).settled(f"Removed **[{RESNET_TITLE}]")
        assert bot.desk.study.papers(mina.guild.id) == ()


async def test_a_removal_decided_twice_removes_once_and_says_so(
    start: Start, arxiv: LoopbackArxiv, mina: Member
) -> None:
    async with start(core=on(arxiv)):
        await (await mina.slash("paper add", ids=RESNET)).settled("added")
        first = await (await mina.slash("paper remove", paper=RESNET)).settled("from this server?")
        second = await (await mina.slash("paper remove", paper=RESNET)).settled("from this server?")
        await (await mina.press(first.message, "Remove it")).settled("Removed")
        again = await mina.press(second.message, "Remove it")
        await again.followed_up()
        assert f"There is no paper called “{RESNET}” here." in again.followups[0].text
        assert again.followups[0].only_for is mina.user


async def test_who_lost_the_role_meanwhile_removes_nothing(start: Start, arxiv: LoopbackArxiv, mina: Member) -> None:
    async with start(core=on(arxiv)) as bot:
        await (await mina.slash("paper add", ids=RESNET)).settled("added")
        asked = await (await mina.slash("paper remove", paper=RESNET)).settled("from this server?")
        mina.roles.clear()
        pressed = await mina.press(asked.message, "Remove it")
        await pressed.settled("Only members with Manage Server can remove papers.")
        assert len(bot.desk.study.papers(mina.guild.id)) == 1


async def test_a_search_on_arxiv_is_picked_from_and_added(
    start: Start, loopback: LoopbackDiscord, arxiv: LoopbackArxiv, mina: Member
) -> None:
    async with start(core=on(arxiv)) as bot:
        found = await mina.slash("paper search", words="ordinary paper")
        await found.settled("**arXiv** on “ordinary paper”")
        assert found.ephemeral
        [menu] = menus_of(found.message)
        assert len(menu["options"]) == 10
        assert (menu["min_values"], menu["max_values"]) == (1, 5)
        picked = await mina.pick(found.message, "Add to this server's papers", ["2001.00003", "2001.00005"])
        await picked.settled("Ordinary paper 5")
        assert "Ordinary paper 3" in picked.text
        assert picked.message.only_for is None  # the group sees what came in
        assert {paper.paper_id for paper in bot.desk.study.papers(mina.guild.id)} == {"2001.00003", "2001.00005"}


async def test_a_member_may_search_but_not_add(start: Start, arxiv: LoopbackArxiv, tom: Member) -> None:
    async with start(core=on(arxiv)) as bot:
        found = await (await tom.slash("paper search", words="residual learning")).settled(RESNET_TITLE)
        picked = await tom.pick(found.message, "Add to this server's papers", [RESNET])
        await picked.settled("Only members with Manage Server can add papers.")
        assert picked.ephemeral
        assert bot.desk.study.papers(tom.guild.id) == ()


async def test_a_search_that_finds_nothing_says_so(start: Start, arxiv: LoopbackArxiv, tom: Member) -> None:
    async with start(core=on(arxiv)):
        found = await tom.slash("paper search", words="*quantum* basket")
        await found.settled("arXiv has nothing for “\\*quantum\\* basket”")


async def test_a_search_says_that_arxiv_is_unreachable(start: Start, arxiv: LoopbackArxiv, tom: Member) -> None:
    arxiv.always("/api/query", Reply(503))
    async with start(core=on(arxiv)):
        assert "arXiv could not be reached" in await told(await tom.slash("paper search", words="residual"))


async def test_questions_are_answered_while_searches_wait_for_arxiv(
    start: Start, arxiv: LoopbackArxiv, tom: Member, mina: Member
) -> None:
    async with start(core=on(arxiv), ask_threads=1):
        await (await mina.slash("paper add", ids=BATCHNORM)).settled("added")
        gate = Gate(arxiv, "none")
        arxiv.always("/api/query", gate._answer)
        searches = [await tom.slash("paper search", words=f"words {n}") for n in range(3)]
        asked = await mina.slash("ask", question="what is internal covariate shift")
        await asked.settled("Sources")
        assert all(search.thinking for search in searches)
        gate.open()


async def test_two_servers_share_no_papers(
    start: Start, loopback: LoopbackDiscord, arxiv: LoopbackArxiv, mina: Member
) -> None:
    others = loopback.add_guild("Others")
    zoe = others.add_member(mina)  # the same account: what counts is the server
    zoe.roles.append(others.add_role("Admins", mina.roles[0].permissions))
    async with start(core=on(arxiv)):
        await (await mina.slash("paper add", ids=RESNET)).settled("added")
        await (await mina.slash("paper add", file=("draft.pdf", paper_pdf("Our Draft")))).settled("Our Draft")
        await (await zoe.slash("paper list")).settled("There are no papers here yet.")
        for name in (RESNET, "Our Draft", RESNET_TITLE):
            for command in ("paper info", "paper remove"):
                text = await told(await zoe.slash(command, paper=name))
                assert f"There is no paper called “{name}” here." in text
                assert "Did you mean" not in text
        assert (await zoe.autocomplete("paper info", {"paper": ""}, focused="paper")).choices == []
        asked = await (await mina.slash("paper remove", paper=RESNET)).settled("from this server?")
        added = await zoe.slash("paper add", ids=RESNET)
        await added.settled("added")  # not "was here already"
        await (await mina.press(asked.message, "Remove it")).settled("Removed")
        await (await zoe.slash("paper list")).settled("1 paper")
