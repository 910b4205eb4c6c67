"""/paper as people use it: adding in every way, listing, cards, names, removing, searching; and what goes wrong."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from bot.papers_typed import typed_ids
from tests.bot.arxived import BATCHNORM, BATCHNORM_TITLE, RESNET, RESNET_TITLE, Gate, arxiv, group, mina, on, tom
from tests.bot.conftest import Start
from tests.loopback.arxiv import LoopbackArxiv, Reply
from tests.loopback.discord import (
    CALLBACK,
    Exchange,
    LoopbackDiscord,
    Member,
    NotAccepted,
    accent_of,
    labels_of,
    menus_of,
)
from tests.made import paper_pdf

__all__ = ["arxiv", "group", "mina", "tom"]

ZIPPED = b"PK\x03\x04" + b"\0" * 200
MB = 1024 * 1024


async def told(exchange: Exchange) -> str:
    """Wait for what only the person sees in place of a refused add, and return it."""
    await exchange.discord.until(lambda: [m for m in exchange.messages if not m.thinking], 15.0, lambda: str(exchange))
    [message] = exchange.messages
    assert message.only_for is exchange.person.user
    return message.text


def large_pdf(megabytes: int) -> bytes:
    """Return a sound PDF of this size: what follows its end is not read."""
    pdf = paper_pdf("A large scan")
    return pdf + b"\n%" + b"x" * (megabytes * MB - len(pdf))


async def test_a_paper_is_added_by_its_arxiv_id(start: Start, arxiv: LoopbackArxiv, mina: Member) -> None:
    async with start(core=on(arxiv)):
        added = await mina.slash("paper add", ids=BATCHNORM)
        await added.settled("added")
        assert added.ack_ms < 3_000
        assert not added.ephemeral
        line = rf"- \*\*{BATCHNORM_TITLE}\*\* \(`{BATCHNORM}`\) added: 2 pages, \d+ passages"
        assert re.fullmatch(rf"{line}\n-# Ask about it with </ask:\d+>\.", added.text)


@pytest.mark.parametrize(
    "typed",
    [
        "https://arxiv.org/abs/1502.03167",
        "https://arxiv.org/pdf/1502.03167v3",
        "<https://arxiv.org/abs/1502.03167>",
        "arXiv:1502.03167v3",
        "  1502.03167  ",
    ],
)
async def test_a_paper_is_added_by_any_way_to_write_it(
    start: Start, arxiv: LoopbackArxiv, mina: Member, typed: str
) -> None:
    async with start(core=on(arxiv)):
        added = await mina.slash("paper add", ids=typed)
        await added.settled(f"(`{BATCHNORM}`) added")


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("a b  c", ["a", "b", "c"]),
        ("a,b;c, d\n\te", ["a", "b", "c", "d", "e"]),
        ("a a, a", ["a"]),
        (" , ;  ", []),
        ("https://x.org/a,b;c.pdf", ["https://x.org/a,b;c.pdf"]),
        ("https://x.org/a,https://x.org/b;", ["https://x.org/a", "https://x.org/b"]),
        ("<https://x.org/a>,<https://x.org/b>", ["https://x.org/a", "https://x.org/b"]),
        ("HTTPS://X.org/a,1", ["HTTPS://X.org/a,1"]),
    ],
)
def test_what_was_typed_is_parted_where_people_part_it(typed: str, names: list[str]) -> None:
    assert typed_ids(typed) == names


async def test_several_papers_are_added_at_once_and_each_is_reported(
    start: Start, arxiv: LoopbackArxiv, mina: Member
) -> None:
    async with start(core=on(arxiv)):
        added = await mina.slash("paper add", ids=f"{BATCHNORM}, {RESNET} 2001.00001 2109.09999")
        await added.settled("Ordinary paper 1")
        lines = added.text.splitlines()
        assert [line.partition("**")[2].partition("**")[0] for line in lines[:3]] == [
            BATCHNORM_TITLE, RESNET_TITLE, "Ordinary paper 1",
        ]  # fmt: skip
        assert "2109.09999" in lines[3]
        assert "There is no arXiv id" in lines[3]
        # The first may be begun before the others are written down; those are asked for at once, the unknown one again.
        assert sum(seen.path == "/api/query" for seen in arxiv.requests) <= 3


async def test_an_attached_pdf_is_added(start: Start, mina: Member) -> None:
    async with start(core={"embedder": "none"}) as bot:
        added = await mina.slash("paper add", file=("Our Draft.pdf", paper_pdf("Our Draft")))
        await added.settled("**Our Draft**")
        [paper] = bot.desk.study.papers(mina.guild.id)
        assert paper.owner_guild == mina.guild.id
        assert not list((Path("data") / "uploads").glob("*"))  # what was sent is gone when it is in


async def test_ids_and_a_file_are_added_together(start: Start, arxiv: LoopbackArxiv, mina: Member) -> None:
    async with start(core=on(arxiv)) as bot:
        added = await mina.slash("paper add", ids=RESNET, file=("draft.pdf", paper_pdf("Our Draft")))
        await added.settled("Our Draft")
        assert RESNET_TITLE in added.text
        assert len(bot.desk.study.papers(mina.guild.id)) == 2


async def test_an_id_typed_twice_is_added_once(start: Start, arxiv: LoopbackArxiv, mina: Member) -> None:
    async with start(core=on(arxiv)):
        added = await mina.slash("paper add", ids=f"{BATCHNORM} {BATCHNORM},{BATCHNORM}")
        await added.settled("added")
        assert added.text.count(BATCHNORM_TITLE) == 1


async def test_the_same_paper_written_in_two_ways_is_there_once(
    start: Start, arxiv: LoopbackArxiv, mina: Member
) -> None:
    async with start(core=on(arxiv)) as bot:
        added = await mina.slash("paper add", ids=f"{BATCHNORM} https://arxiv.org/abs/{BATCHNORM}")
        await added.settled("was here already")
        assert added.text.count(" added: ") == 1
        assert len(bot.desk.study.papers(mina.guild.id)) == 1


async def test_a_paper_that_is_here_already_says_so(start: Start, arxiv: LoopbackArxiv, mina: Member) -> None:
    async with start(core=on(arxiv)):
        for words in ("added", "was here already"):
            added = await mina.slash("paper add", ids=BATCHNORM)
            await added.settled(words)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("2109.09999", "There is no arXiv id"),
        ("1502.031", "is not something to add"),
        ("resnet", "is not something to add"),
        ("/etc/passwd", "is not something to add"),
        ("../seminar.db", "is not something to add"),
        ("~/.ssh/id_rsa", "is not something to add"),
        ("file:///etc/passwd", "is not something to add"),
        ("ftp://example.org/a.pdf", "is not something to add"),
        ("@everyone", "is not something to add"),
    ],
)
async def test_what_is_no_paper_is_refused_with_what_to_do(
    start: Start, arxiv: LoopbackArxiv, mina: Member, typed: str, words: str
) -> None:
    async with start(core=on(arxiv)) as bot:
        added = await mina.slash("paper add", ids=typed)
        await added.settled(words)
        assert accent_of(added.message) == 0xED4245
        assert "root:" not in added.text
        assert bot.desk.study.papers(mina.guild.id) == ()


async def test_a_path_is_refused_also_where_it_exists(start: Start, mina: Member, tmp_path: Path) -> None:
    secret = tmp_path / "secret.pdf"
    secret.write_bytes(paper_pdf("Secret"))
    async with start(core={"embedder": "none"}) as bot:
        for typed in (str(secret), secret.as_uri(), "secret.pdf", "./secret.pdf"):
            added = await mina.slash("paper add", ids=typed)
            await added.settled("is not something to add")
        assert bot.desk.study.papers(mina.guild.id) == ()


async def test_an_address_in_the_hosts_own_network_is_refused(start: Start, arxiv: LoopbackArxiv, mina: Member) -> None:
    with LoopbackArxiv() as inside:
        inside.add_paper("2001.00001", title="Secret", pdf=paper_pdf("Secret"))
        async with start(core=on(arxiv, allow_private_addresses=False)):
            added = await mina.slash("paper add", ids=f"{inside.url}/pdf/2001.00001")
            await added.settled(lambda message: "refused" in message.text or "cannot" in message.text)
            assert "Secret" not in added.text
        assert inside.requests == []


async def test_a_large_pdf_is_added_below_the_limit(start: Start, mina: Member) -> None:
    mina.guild.attachment_limit = 100 * MB
    async with start(core={"embedder": "none"}):
        added = await mina.slash("paper add", file=("scan.pdf", large_pdf(30)))
        await added.settled("**A large scan**", timeout=30.0)


async def test_a_large_pdf_is_refused_above_the_limit_before_it_is_fetched(
    start: Start, loopback: LoopbackDiscord, mina: Member
) -> None:
    mina.guild.attachment_limit = 100 * MB
    gate = loopback.faults.hold("POST", CALLBACK)
    async with start(core={"embedder": "none", "max_download_mb": 20}):
        asked = await mina.slash("paper add", file=("scan.pdf", large_pdf(30)))
        loopback.messages.cdn.clear()  # who fetched it now would be told that it is gone
        gate.set()
        text = await told(asked)
        assert text.startswith("scan.pdf cannot be read: it has 30.0 MB and at most 20 MB are taken.")
        assert "Reference" in text


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("thesis.pdf", ZIPPED, "thesis.pdf cannot be read: it is"),
        ("thesis.docx", ZIPPED, "thesis.docx cannot be read: it is"),
        ("empty.pdf", b"", "empty.pdf cannot be read: it is empty."),
        ("page.pdf", b"<!doctype html><html><p>Log in</p></html>", "it is a web page under the name of a PDF"),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "picture.png cannot be read: it is"),
        ("@everyone.pdf", ZIPPED, "@\u200beveryone.pdf cannot be read: it is"),
    ],
)  # fmt: skip
async def test_a_file_that_is_no_document_is_refused_to_the_person_alone(
    start: Start, mina: Member, name: str, content: bytes, words: str
) -> None:
    async with start(core={"embedder": "none"}) as bot:
        text = await told(await mina.slash("paper add", file=(name, content)))
        assert words in text
        assert bot.desk.study.library.job(1) is None


async def test_a_pdf_that_cannot_be_read_is_named_in_the_result(start: Start, mina: Member) -> None:
    async with start(core={"embedder": "none"}):
        added = await mina.slash("paper add", file=("broken.pdf", b"%PDF-1.7\nnothing else"))
        await added.settled("broken.pdf")
        assert "cannot be read" in added.text
        assert added.text.count("broken.pdf") == 1
        status = (await (await mina.slash("status")).settled("went wrong")).text
        assert status.count("broken.pdf") == 1


async def test_an_attachment_that_discord_lost_is_named(start: Start, loopback: LoopbackDiscord, mina: Member) -> None:
    gate = loopback.faults.hold("POST", CALLBACK)
    async with start(core={"embedder": "none"}):
        asked = await mina.slash("paper add", file=("draft.pdf", paper_pdf()))
        loopback.messages.cdn.clear()
        gate.set()
        text = await told(asked)
        assert text.startswith("Discord could not be reached: it does not give draft.pdf.")


async def test_nothing_named_is_refused(start: Start, mina: Member) -> None:
    async with start(core={"embedder": "none"}):
        assert "nothing was named" in await told(await mina.slash("paper add"))
        assert "nothing was named" in await told(await mina.slash("paper add", ids=" , ; "))


async def test_too_many_at_once_are_refused(start: Start, mina: Member) -> None:
    async with start(core={"embedder": "none"}) as bot:
        text = await told(await mina.slash("paper add", ids=" ".join(f"2001.{n:05}" for n in range(26))))
        assert "it names 26 papers. Add 25 at a time." in text
        assert bot.desk.study.library.job(1) is None


async def test_a_server_adds_only_so_many_papers_an_hour(start: Start, arxiv: LoopbackArxiv, mina: Member) -> None:
    async with start(core=on(arxiv), adds_per_server_per_hour=2):
        text = await told(await mina.slash("paper add", ids="2001.00001 2001.00002 2001.00003"))
        assert "it names 3 papers, and this server can add 2 an hour" in text
        await (await mina.slash("paper add", ids="2001.00001 2001.00002")).settled("Ordinary paper 2")
        text = await told(await mina.slash("paper add", ids="2001.00003"))
        assert text.startswith("That was fast: this server can send 2 papers an hour. Try again in ")


@pytest.mark.parametrize("reply", [Reply(429, headers={"Retry-After": "1"}), Reply(503), Reply(500), Reply(reset=True)])
async def test_arxiv_being_down_is_said_and_the_add_can_be_repeated(
    start: Start, arxiv: LoopbackArxiv, mina: Member, reply: Reply
) -> None:
    arxiv.always("/api/query", reply)
    async with start(core=on(arxiv)):
        added = await mina.slash("paper add", ids=BATCHNORM)
        await added.settled("arXiv could not be reached")
        assert "try again later" in added.text
        arxiv.always("/api/query", lambda seen: Reply(200, arxiv._feed(seen), content_type="application/atom+xml"))
        await (await mina.slash("paper add", ids=BATCHNORM)).settled("added")


async def test_progress_is_shown_for_each_paper_as_plain_text_at_discords_pace(
    start: Start, loopback: LoopbackDiscord, arxiv: LoopbackArxiv, mina: Member
) -> None:
    gate = Gate(arxiv, "2001.00002")
    async with start(core=on(arxiv)):
        added = await mina.slash("paper add", ids="2001.00001 2001.00002 2001.00003")
        await loopback.until(lambda: added.original and "fetching" in added.original.text, 10.0)
        assert added.text.splitlines() == [
            "2001.00001 · added",
            "2001.00002 · fetching …",
            "2001.00003 · waiting",
        ]
        assert added.message.json["content"]
        assert added.message.json["components"] == []
        gate.open()
        await added.settled("Ordinary paper 3")
        shown = [at for at, message in added.edits if message["content"]]
        assert all(later - earlier >= 1.15 for earlier, later in pairwise(shown))
        assert shown[0] >= 1.15  # quick adds show no stage at all


async def test_many_papers_with_long_addresses_fit_into_the_progress(
    start: Start, loopback: LoopbackDiscord, arxiv: LoopbackArxiv, mina: Member
) -> None:
    gate = Gate(arxiv, "2001.00001")
    addresses = [f"{arxiv.url}/{'_' * 100}{n}.pdf" for n in range(24)]
    async with start(core=on(arxiv)):
        added = await mina.slash("paper add", ids=" ".join(["2001.00001", *addresses]))
        await loopback.until(lambda: added.original and "fetching" in added.original.text, 10.0)
        assert added.text == "0 papers done\n2001.00001 · fetching …\n24 papers waiting"
        gate.open()
        await added.settled("(`2001.00001`) added", timeout=30.0)


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
