"""The PDFs that are kept for pictures: which file is whose, and when it goes."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rag.domain.paper import Paper, SourceKind
from rag.errors import StorageFailed
from rag.intake.kept import BROUGHT, KeptPdfs
from rag.intake.results import AddStatus
from rag.study import Study
from tests.conftest import NOW
from tests.loopback.arxiv import LoopbackArxiv, Reply
from tests.made import RESIDUAL, paper_pdf

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


@pytest.fixture
def arxiv() -> Iterator[LoopbackArxiv]:
    with LoopbackArxiv() as server:
        server.add_paper("1502.03167", version=2, title="Batch Normalization", pdf=paper_pdf())
        yield server


@pytest.fixture
def study(study_for: Callable[..., Study], arxiv: LoopbackArxiv) -> Study:
    return study_for(embedder="none", arxiv_api_url=arxiv.api, arxiv_pdf_url=arxiv.pdf_address.split("/{id}")[0])


def kept_files(study: Study) -> list[str]:
    return sorted(path.name for path in (study.directory.path / "papers").rglob("*.pdf"))


def content_of(study: Study, paper: Paper) -> bytes | None:
    path = KeptPdfs(study.directory.path / "papers").of(paper)
    return path.read_bytes() if path else None


def test_files_and_addresses_are_kept_as_they_were_read(study: Study, arxiv: LoopbackArxiv, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(paper_pdf("From a file"))
    fetched = paper_pdf("From an address", RESIDUAL)
    arxiv.always("/elsewhere/b.pdf", Reply(200, fetched, content_type="application/pdf"))
    study.add([str(tmp_path / "a.pdf"), f"{arxiv.url}/elsewhere/b.pdf"], guild="g")
    kept = {paper.title: content_of(study, paper) for paper in study.papers("g")}
    assert kept == {"From a file": paper_pdf("From a file"), "From an address": fetched}


def test_a_shared_paper_keeps_its_pdf_until_the_last_server_lets_it_go(study: Study) -> None:
    for guild in ("g1", "g2"):
        study.add(["1502.03167"], guild=guild)
    paper = study.remove("g1", "1502.03167")
    assert content_of(study, paper) == paper_pdf()
    study.remove("g2", "1502.03167")
    assert kept_files(study) == []


def test_a_new_version_takes_the_place_of_the_old_pdf(study: Study, arxiv: LoopbackArxiv) -> None:
    study.add(["1502.03167"], guild="g")
    arxiv.add_paper("1502.03167", version=3, title="Batch Normalization", pdf=paper_pdf(pages=3))
    study.add(["1502.03167"], guild="g")
    assert kept_files(study) == ["1502.03167v3.pdf"]
    assert content_of(study, study.papers("g")[0]) == paper_pdf(pages=3)


def test_kept_answers_show_their_pages_though_another_server_adds_a_newer_version(
    study: Study, arxiv: LoopbackArxiv
) -> None:
    for guild in ("quotes", "updates"):
        study.add(["1502.03167"], guild=guild)
    answer = study.ask("what is internal covariate shift", guild="quotes")
    answer_id = study.answers.keep(answer, guild="quotes", asker="1", channel="2")
    [citation, *_] = study.answers.read("quotes", answer_id).answer.citations
    before = study.picture(citation, guild="quotes")
    newer = {3: paper_pdf(definition=RESIDUAL), 4: paper_pdf(definition=RESIDUAL, pages=3)}
    for version, content in newer.items():
        arxiv.add_paper("1502.03167", version=version, title="Batch Normalization", pdf=content)
        study.add(["1502.03167"], guild="updates")
    assert study.paper("quotes", "1502.03167").version == 4
    assert kept_files(study) == ["1502.03167v2.pdf", "1502.03167v4.pdf"]  # nobody quoted the one between
    assert study.picture(citation, guild="quotes") == before
    study.remove("updates", "1502.03167")
    assert len(kept_files(study)) == 2
    study.remove("quotes", "1502.03167")
    assert kept_files(study) == []


def test_what_a_question_says_of_bytes_keeps_no_file(study: Study, arxiv: LoopbackArxiv) -> None:
    study.add(["1502.03167"], guild="g")
    sha256 = hashlib.sha256(paper_pdf()).hexdigest()
    asked = study.ask(f'what is "sha256":"{sha256}" if not internal covariate shift', guild="empty")
    study.answers.keep(asked, guild="empty", asker="1", channel="2")
    study.remove("g", "1502.03167")
    assert kept_files(study) == []


def test_a_copy_that_a_server_brought_and_arxivs_own_go_each_in_its_time(study: Study) -> None:
    """The very bytes of arXiv's PDF, brought by one server as a file and fetched by another."""
    study.enqueue_upload("a.pdf", paper_pdf(), guild="brings")
    study.carry_out()
    study.add(["1502.03167"], guild="fetches")
    brought, fetched = study.papers("brings")[0], study.papers("fetches")[0]
    study.remove("brings", brought.paper_id)
    assert content_of(study, fetched) == paper_pdf()
    study.remove("fetches", "1502.03167")
    assert kept_files(study) == []


def test_an_add_that_fails_keeps_no_file_of_a_server(study: Study, tmp_path: Path) -> None:
    (tmp_path / "half.pdf").write_bytes(b"%PDF-1.5\n1 0 obj\n<<")
    [result] = study.add([str(tmp_path / "half.pdf")], guild="g")
    assert result.status is AddStatus.FAILED
    assert kept_files(study) == []


@pytest.mark.parametrize("damage", [None, b"", b"%PDF-1.4 half of it"])
def test_adding_an_arxiv_paper_again_brings_a_pdf_back_that_was_lost(
    study: Study, arxiv: LoopbackArxiv, damage: bytes | None
) -> None:
    """The paper is unchanged, and its pages could not be shown any more."""
    study.add(["1502.03167"], guild="g")
    [path] = (study.directory.path / "papers").rglob("*.pdf")
    path.unlink() if damage is None else path.write_bytes(damage)
    [again] = study.add(["1502.03167"], guild="g")
    assert (again.status, again.warnings) == (AddStatus.UNCHANGED, ())
    assert content_of(study, study.papers("g")[0]) == paper_pdf()
    before = len(arxiv.requests)
    study.add(["1502.03167"], guild="g")
    assert [seen.path for seen in arxiv.requests[before:] if "/pdf/" in seen.path] == []


def test_where_arxiv_sends_other_bytes_by_now_they_are_read_anew(study: Study, arxiv: LoopbackArxiv) -> None:
    study.add(["1502.03167"], guild="g")
    [path] = (study.directory.path / "papers").rglob("*.pdf")
    path.unlink()
    arxiv.add_paper("1502.03167", version=2, title="Batch Normalization", pdf=paper_pdf(pages=3))
    [again] = study.add(["1502.03167"], guild="g")
    assert (again.status, again.pages) == (AddStatus.UPDATED, 3)
    assert content_of(study, study.papers("g")[0]) == paper_pdf(pages=3)
    assert kept_files(study) == ["1502.03167v2.pdf"]


def test_a_pdf_that_arxiv_does_not_give_again_is_no_failure_of_the_add(study: Study, arxiv: LoopbackArxiv) -> None:
    study.add(["1502.03167"], guild="g")
    [path] = (study.directory.path / "papers").rglob("*.pdf")
    path.unlink()
    arxiv.always("/pdf/1502.03167v2", Reply(503))
    [again] = study.add(["1502.03167"], guild="g")
    assert again.status is AddStatus.UNCHANGED
    assert "Its PDF is kept here no more. arXiv could not be reached" in again.warnings[0]
    [shared] = study.add(["1502.03167"], guild="h")
    assert shared.status is AddStatus.ADDED
    assert study.search("covariate shift", guild="h").hits
