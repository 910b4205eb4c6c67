"""A download is a whole document of a kind we read, or a named failure; the papers folder never holds half a file."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from rag.domain.paper import SourceKind
from rag.errors import BadDocument, NotFound, Refused, StorageFailed, Unreachable
from rag.sources.arxiv_ids import ArxivRef
from rag.sources.downloads import Downloader
from rag.sources.politeness import Politeness
from rag.sources.web import Web
from tests.loopback.arxiv import CAPTCHA, MINIMAL_PDF, LoopbackArxiv, Reply
from tests.sources.conftest import FakeTime

BN3 = ArxivRef("1502.03167", 3)
PAGE = b"<!DOCTYPE html><html><body><h1>Momentum</h1></body></html>"


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    return tmp_path / "papers"


@pytest.fixture
def downloader(arxiv: LoopbackArxiv, web: Web, papers: Path) -> Downloader:
    arxiv.add_paper("1502.03167", version=3, title="Batch Normalization")
    return Downloader(web=web, papers=papers, pdf_address=arxiv.pdf_address)


def test_a_pdf_comes_with_its_hash(arxiv: LoopbackArxiv, downloader: Downloader) -> None:
    download = downloader.pdf(BN3)
    assert download.data == MINIMAL_PDF
    assert download.sha256 == hashlib.sha256(MINIMAL_PDF).hexdigest()
    assert download.kind is SourceKind.PDF


def test_a_version_that_is_here_is_not_asked_for_again(arxiv: LoopbackArxiv, downloader: Downloader) -> None:
    assert downloader.pdf(BN3) == downloader.pdf(BN3)
    assert len(arxiv.requests) == 1


def test_the_newest_version_is_always_asked_for(arxiv: LoopbackArxiv, downloader: Downloader, papers: Path) -> None:
    downloader.pdf(ArxivRef("1502.03167"))
    downloader.pdf(ArxivRef("1502.03167"))
    assert [one.path for one in arxiv.requests] == ["/pdf/1502.03167"] * 2
    assert not papers.exists()


def test_an_old_id_is_kept_in_the_folder_itself(arxiv: LoopbackArxiv, downloader: Downloader, papers: Path) -> None:
    arxiv.add_paper("quant-ph/0201082", title="Languages")
    downloader.pdf(ArxivRef("quant-ph/0201082", 1))
    assert [path.name for path in papers.iterdir()] == ["quant-ph_0201082v1.pdf"]


def test_a_damaged_kept_file_is_fetched_anew(arxiv: LoopbackArxiv, downloader: Downloader, papers: Path) -> None:
    downloader.pdf(BN3)
    (papers / "1502.03167v3.pdf").write_bytes(b"")
    assert downloader.pdf(BN3).data == MINIMAL_PDF
    assert (papers / "1502.03167v3.pdf").read_bytes() == MINIMAL_PDF


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(200, CAPTCHA), "human"),
        (Reply(200, CAPTCHA, content_type="application/pdf"), "human"),
        (Reply(200, b"<html><body>No PDF for this paper</body></html>"), "a web page"),
        (Reply(200, b"", content_type="application/pdf"), "empty"),
        (Reply(200, b"PK\x03\x04", content_type="application/pdf"), "something else"),
    ],
)
def test_what_is_no_pdf_is_named_and_not_kept(
    arxiv: LoopbackArxiv, downloader: Downloader, papers: Path, reply: Reply, reason: str
) -> None:
    arxiv.script("/pdf/1502.03167v3", reply)
    with pytest.raises(Unreachable, match=reason):
        downloader.pdf(BN3)
    assert not papers.exists()
    assert len(arxiv.requests) == 1


def test_a_truncated_pdf_is_fetched_again_and_never_kept(
    arxiv: LoopbackArxiv, downloader: Downloader, papers: Path
) -> None:
    half = Reply(200, MINIMAL_PDF, content_type="application/pdf", truncate_to=40)
    arxiv.script("/pdf/1502.03167v3", half, half)
    assert downloader.pdf(BN3).data == MINIMAL_PDF
    arxiv.script("/pdf/1502.03167v2", *[half] * 5)
    with pytest.raises(Unreachable, match="broke off"):
        downloader.pdf(ArxivRef("1502.03167", 2))
    assert [path.name for path in papers.iterdir()] == ["1502.03167v3.pdf"]


def test_an_unknown_id_is_not_found(downloader: Downloader) -> None:
    with pytest.raises(NotFound) as caught:
        downloader.pdf(ArxivRef("1502.99999"))
    assert (caught.value.what, caught.value.name) == ("arXiv id", "1502.99999")


def test_a_folder_that_cannot_be_written_says_so_and_leaves_nothing(
    arxiv: LoopbackArxiv, web: Web, tmp_path: Path
) -> None:
    arxiv.add_paper("1502.03167", version=3, title="Batch Normalization")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageFailed):
        Downloader(web=web, papers=tmp_path / "file", pdf_address=arxiv.pdf_address).pdf(BN3)


def test_what_a_killed_process_left_is_swept_away_later(downloader: Downloader, papers: Path) -> None:
    papers.mkdir()
    old, young = papers / "a.part", papers / "b.part"
    old.write_bytes(b"%PDF")
    young.write_bytes(b"%PDF")
    os.utime(old, (1, 1))
    downloader.pdf(BN3)
    assert sorted(path.name for path in papers.iterdir()) == ["1502.03167v3.pdf", "b.part"]


@pytest.mark.parametrize(
    ("path", "reply", "kind"),
    [
        ("/a.pdf", Reply(body=MINIMAL_PDF, content_type="application/octet-stream"), SourceKind.PDF),
        ("/pdf?id=1", Reply(body=MINIMAL_PDF, content_type="text/html"), SourceKind.PDF),
        ("/2021/gnn-intro/", Reply(body=PAGE), SourceKind.HTML),
        ("/bare", Reply(body=b"<p>no head at all", content_type="text/html"), SourceKind.HTML),
        ("/README.md", Reply(body=b"just words", content_type="text/plain"), SourceKind.MARKDOWN),
        ("/post", Reply(body=b"just words", content_type="text/markdown"), SourceKind.MARKDOWN),
        ("/raw", Reply(body=b"# Title\n\nWords", content_type="text/plain"), SourceKind.MARKDOWN),
    ],
)
def test_a_document_is_known_by_its_content(
    arxiv: LoopbackArxiv, downloader: Downloader, path: str, reply: Reply, kind: SourceKind
) -> None:
    arxiv.script(path.partition("?")[0], reply)
    assert downloader.url(arxiv.url + path).kind is kind


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b"\x89PNG\r\n\x1a\n\x00", content_type="image/png"),
        Reply(body=b"PK\x03\x04\x00", content_type="application/zip"),
        Reply(body=b"\x00\x01", content_type="text/html"),
        Reply(body=b'{"a": 1}', content_type="application/json"),
        Reply(body=b"", content_type="text/html"),
    ],
)
def test_other_kinds_are_refused(arxiv: LoopbackArxiv, downloader: Downloader, reply: Reply) -> None:
    arxiv.script("/x", reply)
    with pytest.raises(BadDocument):
        downloader.url(arxiv.url + "/x")


def test_a_page_at_a_pdf_address_is_no_article(arxiv: LoopbackArxiv, downloader: Downloader) -> None:
    arxiv.script("/papers/He_2022_paper.pdf", Reply(body=PAGE))
    with pytest.raises(Unreachable, match="a web page instead of the PDF"):
        downloader.url(arxiv.url + "/papers/He_2022_paper.pdf")


def test_a_private_address_is_refused_unless_the_owner_allows_it(arxiv: LoopbackArxiv, tmp_path: Path) -> None:
    arxiv.always("/a.pdf", Reply(body=MINIMAL_PDF))
    with pytest.raises(Refused):
        Downloader(web=Web(politeness=Politeness(tmp_path))).url(arxiv.url + "/a.pdf")
    assert arxiv.requests == []
    allowed = Web(politeness=Politeness(tmp_path), allow_private_addresses=True)
    assert Downloader(web=allowed).url(arxiv.url + "/a.pdf").data == MINIMAL_PDF


def test_addresses_outside_arxiv_do_not_wait_for_turns(arxiv: LoopbackArxiv, tmp_path: Path, time_: FakeTime) -> None:
    arxiv.always("/a.pdf", Reply(body=MINIMAL_PDF))
    politeness = Politeness(tmp_path, clock=time_.clock, sleep=time_.sleep)
    elsewhere = Downloader(web=Web(politeness=politeness, allow_private_addresses=True, sleep=time_.sleep))
    for _ in range(3):
        elsewhere.url(arxiv.url + "/a.pdf")
    assert time_.slept == []


def test_the_host_of_pdfs_is_a_setting(arxiv: LoopbackArxiv, web: Web) -> None:
    arxiv.always("/mirror/1502.03167/v3.pdf", Reply(body=MINIMAL_PDF))
    mirror = Downloader(web=web, pdf_address=arxiv.url + "/mirror/{id}/{v}.pdf")
    assert mirror.pdf(BN3).data == MINIMAL_PDF
