"""/paper add as people use it: ids, addresses, files, several at once, progress; and what goes wrong."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from bot.papers_typed import typed_ids
from tests.bot.arxived import BATCHNORM, BATCHNORM_TITLE, RESNET, RESNET_TITLE, Gate, arxiv, group, mina, on, told, tom
from tests.bot.conftest import Start
from tests.loopback.arxiv import LoopbackArxiv, Reply
from tests.loopback.discord import CALLBACK, LoopbackDiscord, Member, accent_of
from tests.made import paper_pdf

__all__ = ["arxiv", "group", "mina", "tom"]

ZIPPED = b"PK\x03\x04" + b"\0" * 200
MB = 1024 * 1024


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
