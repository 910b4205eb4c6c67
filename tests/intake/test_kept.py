"""The PDFs that are kept for pictures: which file is whose, and when it goes."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from rag.domain.paper import Paper, SourceKind
from rag.errors import StorageFailed
from rag.intake.kept import BROUGHT, KeptPdfs
from tests.conftest import NOW

ARXIVS, OTHER = b"%PDF-1.5 what arXiv sent", b"%PDF-1.5 what a server brought"


def read_from(content: bytes, source: SourceKind = SourceKind.PDF, **known: object) -> Paper:
    sha256 = hashlib.sha256(content).hexdigest()
    return Paper(key=sha256, paper_id=sha256[:12], title="T", source=source, sha256=sha256, added_at=NOW, **known)  # type: ignore[arg-type]


def fetched(folder: Path, name: str = "1502.03167v3.pdf", content: bytes = ARXIVS) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


FROM_ARXIV = read_from(ARXIVS, SourceKind.ARXIV, arxiv_id="1502.03167", version=3)
BY_HAND = read_from(OTHER, arxiv_id="1502.03167", version=3, owner_guild="g")  # says it is the same paper


def nobody(_sha256: str) -> bool:
    return False


def test_the_pdf_of_an_arxiv_paper_is_the_file_that_was_fetched(tmp_path: Path) -> None:
    path = fetched(tmp_path)
    kept = KeptPdfs(tmp_path)
    kept.keep(FROM_ARXIV, ARXIVS)
    assert kept.of(FROM_ARXIV) == path
    assert list(tmp_path.iterdir()) == [path]


def test_an_old_arxiv_id_names_a_file_and_no_folder(tmp_path: Path) -> None:
    path = fetched(tmp_path, "quant-ph_0201082v1.pdf")
    paper = replace(FROM_ARXIV, arxiv_id="quant-ph/0201082", version=1)
    assert KeptPdfs(tmp_path).of(paper) == path


@pytest.mark.parametrize("damage", [b"", b"%PDF-1.5 something else"])
def test_a_file_with_other_bytes_than_were_read_is_not_the_papers_pdf(tmp_path: Path, damage: bytes) -> None:
    fetched(tmp_path, content=damage)
    kept = KeptPdfs(tmp_path)
    assert kept.of(FROM_ARXIV) is None
    kept.keep(FROM_ARXIV, ARXIVS)  # adding it again mends it
    assert kept.of(FROM_ARXIV) is not None


def test_what_a_server_brought_is_kept_under_its_hash_and_read_by_its_owner_only(tmp_path: Path) -> None:
    kept = KeptPdfs(tmp_path)
    kept.keep(BY_HAND, OTHER)
    path = kept.of(BY_HAND)
    assert path == tmp_path / BROUGHT / f"{BY_HAND.sha256}.pdf"
    assert path.read_bytes() == OTHER
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("source", [SourceKind.HTML, SourceKind.MARKDOWN])
def test_what_has_no_pages_is_not_kept(tmp_path: Path, source: SourceKind) -> None:
    paper, kept = read_from(b"# Words", source), KeptPdfs(tmp_path / "papers")
    kept.keep(paper, b"# Words")
    assert kept.of(paper) is None
    assert not (tmp_path / "papers").exists()


def test_forgetting_a_copy_leaves_what_arxiv_sent_under_the_same_id(tmp_path: Path) -> None:
    path, kept = fetched(tmp_path), KeptPdfs(tmp_path)
    kept.keep(BY_HAND, OTHER)
    kept.forget([BY_HAND], is_read=nobody)
    assert (kept.of(BY_HAND), kept.of(FROM_ARXIV)) == (None, path)
    kept.forget([FROM_ARXIV], is_read=nobody)
    assert not path.exists()


def test_a_file_that_another_paper_was_read_from_stays(tmp_path: Path) -> None:
    kept = KeptPdfs(tmp_path)
    kept.keep(BY_HAND, OTHER)
    kept.forget([BY_HAND], is_read=lambda sha256: sha256 == BY_HAND.sha256)
    assert kept.of(BY_HAND) is not None


def test_forgetting_what_was_never_kept_is_no_failure(tmp_path: Path) -> None:
    KeptPdfs(tmp_path / "none").forget([FROM_ARXIV, BY_HAND], is_read=nobody)


def test_old_files_that_no_paper_was_read_from_are_swept_and_others_stay(tmp_path: Path) -> None:
    kept, old = KeptPdfs(tmp_path), time.time() - 7_200
    papers = [read_from(b"%PDF-1.5 read"), read_from(b"%PDF-1.5 left over"), read_from(b"%PDF-1.5 being written")]
    for paper, content in zip(
        papers, (b"%PDF-1.5 read", b"%PDF-1.5 left over", b"%PDF-1.5 being written"), strict=True
    ):
        kept.keep(paper, content)
    for paper in papers[:2]:
        path = kept.of(paper)
        assert path is not None
        os.utime(path, (old, old))
    kept.sweep(is_read=lambda sha256: sha256 == papers[0].sha256)
    assert [kept.of(paper) is None for paper in papers] == [False, True, False]


def test_a_disk_that_refuses_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / BROUGHT).write_bytes(b"a file where the folder should be")
    with pytest.raises(StorageFailed):
        KeptPdfs(tmp_path).keep(BY_HAND, OTHER)
