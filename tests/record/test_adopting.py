"""The first server takes over what the command line brought: all of it, once, whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rag.domain.note import Discussion
from rag.domain.record import Verdict
from rag.intake.indexing import NOTES, Indexing
from rag.intake.ownership import DataDirectory
from rag.intake.results import AddStatus
from rag.record.servers import LOCAL, Joined
from rag.study import Study
from tests.made import RESIDUAL, paper_pdf
from tests.record.groups import (
    DISCUSSION,
    FIRST,
    OTHER_DISCUSSION,
    SECOND,
    SETTINGS,
    Clock,
    Killed,
    dying,
    everything_written,
    fill,
    note_owners,
    servers_of,
    vector_count,
    written,
)


def test_the_first_server_adopts_all_that_the_command_line_brought(study: Study, tmp_path: Path) -> None:
    upload = fill(study, LOCAL, tmp_path)
    answer_id = study.answers.recent(LOCAL, "42")[0].answer_id
    passages = vector_count(study)
    before = {(p.paper_id, p.key, p.aliases) for p in study.papers(LOCAL)}
    discussions = study.discussions(LOCAL)
    assert study.servers.joined(FIRST, "Readers") == Joined(first_time=True, adopted=True)

    assert {(p.paper_id, p.key, p.aliases) for p in study.papers(FIRST)} == before
    assert study.paper(FIRST, upload).owner_guild == FIRST
    assert study.paper(FIRST, "bn").paper_id == "1502.03167"
    assert study.code_links(FIRST, study.paper(FIRST, upload))[0][0].url == "https://github.com/us/ours"
    assert study.discussions(FIRST) == discussions
    assert study.ask("what is a residual block", guild=FIRST).citations[0].paper.paper_id == upload
    kept = study.answers.read(FIRST, answer_id)
    assert study.answers.thread(FIRST, "700") == (kept,)
    assert study.answers.ratings(FIRST, answer_id) == {Verdict.HELPFUL: 1}
    assert len(study.library.recent_failures(FIRST)) == 1
    assert vector_count(study) == passages == study.library.passage_count()


def test_nothing_of_the_command_line_stays_behind(study: Study, tmp_path: Path) -> None:
    fill(study, LOCAL, tmp_path)
    study.servers.save_settings(LOCAL, SETTINGS)
    study.servers.joined(FIRST, "Readers")
    key = next(p.key for p in study.papers(FIRST) if p.owner_guild)
    snapshots = study.answers.recent(FIRST, "42")
    study.answers.forget_person("42")  # snapshots show who owned a paper then
    assert snapshots
    assert f"'{LOCAL}'" not in everything_written(study).replace(key, "")
    assert note_owners(study, LOCAL) == []
    assert study.library.guilds() == (FIRST,)
    assert study.guild() == FIRST


def test_notes_are_found_by_meaning_after_they_were_adopted(study: Study, tmp_path: Path) -> None:
    fill(study, LOCAL, tmp_path)
    was = note_owners(study, LOCAL)
    study.servers.joined(FIRST, "Readers")
    assert note_owners(study, FIRST) == sorted(study.library.note_ids(FIRST))
    assert len(note_owners(study, FIRST)) == vector_count(study, NOTES) == len(was) == 2
    told = study.ask("skip connections add the input to what a layer gives", guild=FIRST).notes
    assert told[0].note.answer == ("the input is added to the output",)


def test_a_file_that_was_adopted_is_known_when_it_is_added_again(study: Study, tmp_path: Path) -> None:
    upload = fill(study, LOCAL, tmp_path)
    study.servers.joined(FIRST, "Readers")
    [again] = study.add([str(tmp_path / "residual.pdf")], guild=FIRST)
    assert (again.status, again.paper_id) == (AddStatus.UNCHANGED, upload)
    assert len(study.papers(FIRST)) == 2


def test_the_command_line_may_bring_the_same_file_anew_without_reaching_into_the_server(
    study: Study, tmp_path: Path
) -> None:
    upload = fill(study, LOCAL, tmp_path)
    study.servers.joined(FIRST, "Readers")
    [anew] = study.add([str(tmp_path / "residual.pdf")], guild=LOCAL)
    assert anew.status is AddStatus.ADDED
    mine, theirs = study.paper(FIRST, upload), study.paper(LOCAL, upload)
    assert (mine.owner_guild, theirs.owner_guild) == (FIRST, LOCAL)
    assert mine.key != theirs.key
    assert study.library.holders(mine.key) == (FIRST,)
    assert vector_count(study) == study.library.passage_count()
    study.remove(LOCAL, upload)
    assert study.search("residual block", guild=FIRST).hits


def test_only_the_first_server_ever_adopts_and_only_once(words_only: Study, tmp_path: Path) -> None:
    study = words_only
    assert study.servers.joined(FIRST, "Readers") == Joined(first_time=True, adopted=False)
    study.import_notes(LOCAL, DISCUSSION, search_arxiv=False)
    assert study.servers.joined(SECOND, "Others") == Joined(first_time=True, adopted=False)
    assert study.servers.joined(FIRST, "Readers") == Joined(first_time=False, adopted=False)
    assert len(study.discussions(LOCAL)) == 1
    study.servers.erase(FIRST)
    assert study.servers.joined(SECOND, "Others") == Joined(first_time=False, adopted=False)
    assert study.discussions(SECOND) == study.discussions(FIRST) == ()


def test_while_another_process_holds_the_library_adopting_waits(words_only: Study, tmp_path: Path) -> None:
    study = words_only
    study.import_notes(LOCAL, DISCUSSION, search_arxiv=False)
    with DataDirectory(study.directory.path).owned("add papers"):
        assert study.servers.joined(FIRST, "Readers") == Joined(first_time=True, adopted=False)
        assert study.servers.joined(SECOND, "Others") == Joined(first_time=True, adopted=False)
    assert len(study.discussions(LOCAL)) == 1
    assert study.servers.joined(SECOND, "Others") == Joined(first_time=False, adopted=False)
    assert study.servers.joined(FIRST, "Readers") == Joined(first_time=False, adopted=True)
    assert len(study.discussions(FIRST)) == 1


def test_a_server_erased_before_it_could_adopt_leaves_that_to_the_next(words_only: Study) -> None:
    study = words_only
    study.import_notes(LOCAL, DISCUSSION, search_arxiv=False)
    with DataDirectory(study.directory.path).owned("add papers"):
        study.servers.joined(FIRST, "Readers")
    study.servers.erase(FIRST)
    assert FIRST not in everything_written(study)
    assert study.servers.joined(SECOND, "Others").adopted


def test_what_both_had_is_there_once_and_nothing_else_is_lost(study: Study, tmp_path: Path) -> None:
    """The server filled its own library before it could adopt: the same file, arXiv id, notes and position."""
    with DataDirectory(study.directory.path).owned("add papers"):
        study.servers.joined(FIRST, "Readers")
    upload = fill(study, LOCAL, tmp_path)
    fill(study, FIRST, tmp_path)
    study.set_aliases(LOCAL, "1502.03167", ["bn", "their name"])
    study.import_notes(LOCAL, OTHER_DISCUSSION, search_arxiv=False)
    study.tie_discussion(LOCAL, 2, upload)
    mine = study.paper(FIRST, upload)
    assert study.servers.joined(FIRST, "Readers").adopted
    assert study.paper(FIRST, upload) == mine
    assert len(study.papers(FIRST)) == 2
    assert study.paper(FIRST, "their name") == study.paper(FIRST, "batchnorm")
    assert [(d.position, d.title, d.paper_id) for d in study.discussions(FIRST)] == [
        (1, "Residual Nets", upload),
        (2, "Dropout", upload),
    ]
    assert len(study.library.all_papers()) == 2
    assert vector_count(study) == study.library.passage_count()
    assert study.papers(LOCAL) == study.discussions(LOCAL) == study.answers.recent(LOCAL, "42") == ()
    assert note_owners(study, FIRST) == sorted(study.library.note_ids(FIRST))
    assert [kept.answer.citations[0].paper.key for kept in study.answers.recent(FIRST, "42")] == [mine.key]


def test_an_id_names_one_paper_after_adopting_as_before(words_only: Study, tmp_path: Path) -> None:
    study = words_only
    stamp = "arXiv:1409.4842v1 [cs.CV] 17 Sep 2014"
    with DataDirectory(study.directory.path).owned("add papers"):
        study.servers.joined(FIRST, "Readers")
    study.add([written(tmp_path, "a.pdf", paper_pdf("One Copy", stamp=stamp))], guild=LOCAL)
    study.add([written(tmp_path, "b.pdf", paper_pdf("Other Copy", RESIDUAL, stamp=stamp))], guild=FIRST)
    study.servers.joined(FIRST, "Readers")
    ids = [paper.paper_id for paper in study.papers(FIRST)]
    assert len(set(ids)) == len(ids) == 2
    assert sum(paper_id == "1409.4842" for paper_id in ids) == 1
    assert sum(paper_id.startswith("sha256:") for paper_id in ids) == 1


class DyingIndexing(Indexing):
    """Dies where vectors of notes are made."""

    def put_notes(self, guild: str) -> None:
        raise Killed


def test_a_kill_while_adopting_is_made_good_at_the_next_start(study: Study, clock: Clock, tmp_path: Path) -> None:
    fill(study, LOCAL, tmp_path)
    with pytest.raises(Killed):
        servers_of(study, clock, dying(study, DyingIndexing)).joined(FIRST, "Readers")
    assert note_owners(study, FIRST) == []
    study.servers.joined(FIRST, "Readers")
    assert note_owners(study, FIRST) == sorted(study.library.note_ids(FIRST)) != []


def test_a_broken_index_does_not_keep_a_server_from_adopting(
    study: Study, study_for: Callable[..., Study], tmp_path: Path
) -> None:
    fill(study, LOCAL, tmp_path)
    study.close()
    (tmp_path / "data/chroma/chroma.sqlite3").write_bytes(b"not a database" * 1_000)
    broken = study_for()
    assert broken.servers.joined(FIRST, "Readers").adopted
    assert len(broken.papers(FIRST)) == 2
    broken.servers.left(FIRST)
    broken.reindex(lambda _done, _total: None)
    assert note_owners(broken, FIRST) == sorted(broken.library.note_ids(FIRST)) != []


def test_what_a_model_was_used_for_is_added_up(words_only: Study) -> None:
    library = words_only.library
    for guild in (LOCAL, FIRST):
        library.save_discussions(guild, [Discussion(1, "1", "Nets", None, ())])
        library.add_model_call(guild, "2026-11", tokens_in=200, tokens_out=20, oldest="2025-11")
        library.add_model_findings(guild, "2026-11", {"kept": 3})
    library.add_model_call(LOCAL, "2026-10", tokens_in=5, tokens_out=1, oldest="2025-11")
    library.hand_over(LOCAL, to=FIRST)
    here = library.model_month(FIRST, "2026-11")
    assert (here.calls, here.tokens, here.findings) == (2, 440, {"kept": 6})
    assert library.model_month(FIRST, "2026-10").tokens == 6
    assert library.model_month(LOCAL, "2026-11").calls == 0
