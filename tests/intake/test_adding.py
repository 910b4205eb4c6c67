"""Papers coming in: real PDFs, the real worker, SQLite and Chroma, and an arXiv on loopback."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.domain.passage import Scope
from rag.errors import BadDocument, BadIdentifier, NotFound, StaleIndex, Unreachable
from rag.intake.results import AddOptions, AddStatus, Step
from rag.store.jobs import JobStatus
from rag.study import Study
from tests.loopback.arxiv import LoopbackArxiv, Reply
from tests.made import RESIDUAL, paper_pdf

STAMP = "arXiv:1502.03167v3 [cs.LG] 2 Mar 2015"


@pytest.fixture
def arxiv() -> Iterator[LoopbackArxiv]:
    with LoopbackArxiv() as server:
        yield server


@pytest.fixture
def study(study_for: Callable[..., Study]) -> Study:
    """A study that searches by words only: quick, and all that most of these tests need."""
    return study_for(embedder="none")


@pytest.fixture
def online(study_for: Callable[..., Study], arxiv: LoopbackArxiv) -> Study:
    return study_for(embedder="none", arxiv_api_url=arxiv.api, arxiv_pdf_url=arxiv.pdf_address.split("/{id}")[0])


def written(folder: Path, name: str, data: bytes) -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)


def test_a_pdf_becomes_a_paper_with_pages_and_passages(study: Study, tmp_path: Path) -> None:
    [result] = study.add([written(tmp_path, "a.pdf", paper_pdf())], guild="g")
    assert result.status is AddStatus.ADDED
    assert result.title == "Normalising Small Networks"
    assert result.pages == 2
    assert result.passages == len(study.library.passages_of(study.papers("g")[0].key)) > 0
    assert set(result.took_ms) == {"fetch", "read", "embed", "store", "total"}


def test_the_same_bytes_again_change_nothing(study: Study, tmp_path: Path) -> None:
    path = written(tmp_path, "a.pdf", paper_pdf())
    study.add([path], guild="g")
    revision = study.library.revision()
    [again] = study.add([written(tmp_path, "copy.pdf", paper_pdf())], guild="g")
    assert again.status is AddStatus.UNCHANGED
    assert study.library.revision() == revision


def test_a_stamp_gives_the_arxiv_id_to_the_first_copy_and_other_bytes_keep_their_hash(
    study: Study, tmp_path: Path
) -> None:
    first, second = paper_pdf(stamp=STAMP), paper_pdf(stamp=STAMP, pages=3)
    a, b = study.add([written(tmp_path, "a.pdf", first), written(tmp_path, "b.pdf", second)], guild="g")
    assert (a.paper_id, a.version) == ("1502.03167", 3)
    assert b.paper_id == f"sha256:{hashlib.sha256(second).hexdigest()[:12]}"
    assert [paper.arxiv_id for paper in study.papers("g")] == ["1502.03167", "1502.03167"]


def test_an_upload_is_never_seen_by_another_guild(study: Study, tmp_path: Path) -> None:
    path = written(tmp_path, "a.pdf", paper_pdf(stamp=STAMP))
    study.add([path], guild="g1")
    assert study.papers("g2") == ()
    [theirs] = study.add([path], guild="g2")
    assert theirs.status is AddStatus.ADDED
    assert theirs.paper_id == "1502.03167"
    study.remove("g1", "1502.03167")
    assert study.papers("g1") == ()
    assert len(study.papers("g2")) == 1


def test_what_a_person_says_wins_over_what_was_read(study: Study, tmp_path: Path) -> None:
    options = AddOptions(arxiv_id="1409.4842", title="My title", aliases=("inception",))
    [result] = study.add([written(tmp_path, "a.pdf", paper_pdf(stamp=STAMP))], guild="g", options=options)
    assert (result.paper_id, result.title) == ("1409.4842", "My title")
    assert study.paper("g", "inception").paper_id == "1409.4842"


def test_saying_more_about_a_paper_later_updates_it(study: Study, tmp_path: Path) -> None:
    path = written(tmp_path, "a.pdf", paper_pdf())
    study.add([path], guild="g")
    [result] = study.add([path], guild="g", options=AddOptions(title="A better title"))
    assert result.status is AddStatus.UPDATED
    assert [paper.title for paper in study.papers("g")] == ["A better title"]


def test_an_arxiv_paper_is_fetched_once_and_shared_by_reference(online: Study, arxiv: LoopbackArxiv) -> None:
    arxiv.add_paper("1502.03167", version=3, title="Batch Normalization", pdf=paper_pdf())
    [mine] = online.add(["arxiv.org/abs/1502.03167"], guild="g1")
    [theirs] = online.add(["1502.03167v3"], guild="g2")
    assert (mine.status, theirs.status) == (AddStatus.ADDED, AddStatus.ADDED)
    assert (theirs.paper_id, theirs.version, theirs.title) == ("1502.03167", 3, "Batch Normalization")
    assert sum("/pdf/" in seen.path for seen in arxiv.requests) == 1
    assert online.library.passage_count() == online.library.passage_count("g1") == online.library.passage_count("g2")


def test_adding_an_arxiv_paper_again_is_a_no_op_until_there_is_a_new_version(
    online: Study, arxiv: LoopbackArxiv
) -> None:
    arxiv.add_paper("1502.03167", version=2, title="Batch Normalization", pdf=paper_pdf())
    online.add(["1502.03167"], guild="g")
    assert online.add(["1502.03167"], guild="g")[0].status is AddStatus.UNCHANGED
    arxiv.add_paper("1502.03167", version=3, title="Batch Normalization", pdf=paper_pdf(definition=RESIDUAL))
    [updated] = online.add(["1502.03167"], guild="g")
    assert (updated.status, updated.version) == (AddStatus.UPDATED, 3)
    assert len(online.papers("g")) == 1
    assert online.library.match_passages(["covariate"], scope=Scope("g"), limit=5) == []


def test_names_given_by_hand_outlast_new_versions_and_further_names(online: Study, arxiv: LoopbackArxiv) -> None:
    title = "BERT: Pre-training of Deep Bidirectional Transformers"
    arxiv.add_paper("1810.04805", version=1, title=title, pdf=paper_pdf(title))
    online.add(["1810.04805"], guild="g")
    assert online.paper("g", "1810.04805").aliases == ("bert",)
    online.set_aliases("g", "1810.04805", ["our favourite", "the sesame paper"])
    arxiv.add_paper("1810.04805", version=2, title=title, pdf=paper_pdf(title, RESIDUAL))
    [updated] = online.add(["1810.04805"], guild="g")
    assert (updated.status, updated.version) == (AddStatus.UPDATED, 2)
    assert online.paper("g", "1810.04805").aliases == ("our favourite", "the sesame paper", "bert")
    online.add(["1810.04805"], guild="g", options=AddOptions(aliases=("Ernie's friend",)))
    assert set(online.paper("g", "1810.04805").aliases) > {"our favourite", "the sesame paper", "Ernie's friend"}


def test_a_name_of_ones_own_copy_stays_with_the_copy_when_arxivs_comes_in(
    online: Study, arxiv: LoopbackArxiv, tmp_path: Path
) -> None:
    online.add([written(tmp_path, "a.pdf", paper_pdf(stamp=STAMP))], guild="g", options=AddOptions(aliases=("mine",)))
    arxiv.add_paper("1502.03167", version=4, title="Batch Normalization", pdf=paper_pdf(definition=RESIDUAL))
    online.add(["1502.03167v4"], guild="g")
    assert online.paper("g", "mine").paper_id.startswith("sha256:")
    assert online.paper("g", "1502.03167").version == 4


def test_a_paper_that_another_guild_fetched_takes_its_id_from_ones_own_copy(
    online: Study, arxiv: LoopbackArxiv, tmp_path: Path
) -> None:
    online.add([written(tmp_path, "a.pdf", paper_pdf(stamp=STAMP))], guild="g")
    arxiv.add_paper("1502.03167", version=4, title="Batch Normalization", pdf=paper_pdf(definition=RESIDUAL))
    for guild in ("elsewhere", "g"):
        online.add(["1502.03167v4"], guild=guild)
    versions = {paper.paper_id: paper.version for paper in online.papers("g")}
    assert len(versions) == 2
    assert versions["1502.03167"] == 4


def test_a_held_paper_stays_when_arxiv_cannot_be_asked(
    online: Study, arxiv: LoopbackArxiv, study_for: Callable[..., Study]
) -> None:
    arxiv.add_paper("1502.03167", version=3, title="Batch Normalization", pdf=paper_pdf())
    online.add(["1502.03167"], guild="g")
    arxiv.always("/api/query", Reply(status=403))
    [result] = online.add(["1502.03167"], guild="g")
    assert result.status is AddStatus.UNCHANGED
    assert "could not be asked for a newer version" in result.warnings[0]


def test_an_explicit_arxiv_add_takes_the_id_over_from_another_version_of_an_upload(
    online: Study, arxiv: LoopbackArxiv, tmp_path: Path
) -> None:
    upload = paper_pdf(stamp="arXiv:1502.03167v1 [cs.LG] 11 Feb 2015")
    online.add([written(tmp_path, "a.pdf", upload)], guild="g")
    assert online.add(["1502.03167"], guild="g")[0].status is AddStatus.UNCHANGED
    arxiv.add_paper("1502.03167", version=3, title="Batch Normalization", pdf=paper_pdf())
    [result] = online.add(["1502.03167v3"], guild="g")
    assert (result.status, result.version) == (AddStatus.UPDATED, 3)
    ids = {paper.paper_id: paper.version for paper in online.papers("g")}
    assert ids == {"1502.03167": 3, f"sha256:{hashlib.sha256(upload).hexdigest()[:12]}": 1}


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("page.pdf", b"<!doctype html><html><body>Are you a robot?</body></html>", BadDocument),
        ("half.pdf", b"%PDF-1.5\n1 0 obj\n<<", BadDocument),
        ("empty.pdf", b"", BadDocument),
        ("missing.pdf", None, NotFound),
    ],
)
def test_a_file_that_is_no_paper_is_refused_and_changes_nothing(
    study: Study, tmp_path: Path, name: str, data: bytes | None, error: type[Exception]
) -> None:
    study.add([written(tmp_path, "good.pdf", paper_pdf())], guild="g")
    before = study.papers("g")
    given = str(tmp_path / name) if data is None else written(tmp_path, name, data)
    [result] = study.add([given], guild="g")
    assert result.status is AddStatus.FAILED
    assert isinstance(result.error, error)
    assert study.papers("g") == before


def test_one_bad_input_does_not_stop_the_others(study: Study, tmp_path: Path) -> None:
    given = ["not an id at all", written(tmp_path, "a.pdf", paper_pdf())]
    bad, good = study.add(given, guild="g")
    assert isinstance(bad.error, BadIdentifier)
    assert good.status is AddStatus.ADDED


def test_an_unknown_arxiv_id_and_a_dead_network_are_told_apart(
    online: Study, arxiv: LoopbackArxiv, study: Study
) -> None:
    assert isinstance(online.add(["2101.00001"], guild="g")[0].error, NotFound)
    arxiv.always("/api/query", Reply(status=403))
    assert isinstance(online.add(["2101.00002"], guild="g")[0].error, Unreachable)


def test_the_last_errors_are_kept_as_sentences(study: Study) -> None:
    study.add(["2513.00001"], guild="g")
    [failure] = study.library.recent_failures("g")
    assert failure.status is JobStatus.FAILED
    assert "2513.00001" in failure.error
    assert "Traceback" not in failure.error


def test_progress_names_every_stage_in_order(study: Study, tmp_path: Path) -> None:
    steps: list[Step] = []
    study.add([written(tmp_path, "a.pdf", paper_pdf())], guild="g", progress=steps.append)
    assert list(dict.fromkeys(step.stage for step in steps)) == ["fetch", "read", "embed", "store"]


def test_two_papers_do_not_share_a_derived_name(study: Study, tmp_path: Path) -> None:
    first = written(tmp_path, "one.pdf", paper_pdf("ResNeXt: One Title of a Paper"))
    second = written(tmp_path, "other.pdf", paper_pdf("ResNeXt: Another Title", RESIDUAL))
    study.add([first, second], guild="g")
    one, other = study.papers("g")
    assert "resnext" in one.aliases
    assert not set(one.aliases) & set(other.aliases)


def test_removing_a_paper_removes_its_vectors(study_for: Callable[..., Study], tmp_path: Path) -> None:
    study = study_for()
    study.add(
        [written(tmp_path, "a.pdf", paper_pdf()), written(tmp_path, "b.pdf", paper_pdf("B", RESIDUAL))], guild="g"
    )
    serving = study.indexing.serving()
    assert serving is not None
    assert serving.count() == study.library.passage_count()
    study.remove("g", study.papers("g")[0].paper_id)
    assert serving.count() == study.library.passage_count() > 0


def test_another_embedder_asks_for_a_reindex_before_an_add(study_for: Callable[..., Study], tmp_path: Path) -> None:
    path = written(tmp_path, "a.pdf", paper_pdf())
    study_for(embedder="none").add([path], guild="g")
    study = study_for()
    [result] = study.add([written(tmp_path, "b.pdf", paper_pdf("B"))], guild="g")
    assert isinstance(result.error, StaleIndex)
    study.reindex(lambda _done, _total: None)
    assert study.add([str(tmp_path / "b.pdf")], guild="g")[0].status is AddStatus.ADDED


def test_code_links_printed_in_a_paper_are_kept_and_searchable(study: Study, tmp_path: Path) -> None:
    data = paper_pdf(link="https://github.com/example/normalise")
    study.add([written(tmp_path, "a.pdf", data)], guild="g")
    links, check = study.code_links("g", study.papers("g")[0])
    assert [link.url for link in links] == ["https://github.com/example/normalise"]
    assert check is not None
    hits = study.search("github implementation", guild="g").hits
    assert any("github.com/example/normalise" in hit.passage.text for hit in hits)
