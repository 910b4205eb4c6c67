"""Erasing a server: nothing of it stays, and nothing of others goes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from rag.domain.answer import Answer
from rag.domain.record import Verdict
from rag.errors import LibraryBusy, NotFound
from rag.intake.indexing import NOTES, PASSAGES, Indexing
from rag.intake.ownership import DataDirectory
from rag.record.servers import Servers
from rag.study import Study
from tests.conftest import NOW
from tests.made import paper_pdf
from tests.record.groups import (
    DISCUSSION,
    FIRST,
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


class DyingErasing(Indexing):
    """Dies after the vectors of a first paper."""

    def forget(self, owner: str, purpose: str = PASSAGES) -> None:
        super().forget(owner, purpose)
        raise Killed


def test_erasing_a_server_leaves_no_row_and_no_vector_of_it(study: Study, tmp_path: Path) -> None:
    study.servers.joined(SECOND, "Others")
    study.servers.joined(FIRST, "Readers")
    fill(study, FIRST, tmp_path)
    study.servers.save_settings(FIRST, SETTINGS)
    assert everything_written(study).count(FIRST) > 10
    study.servers.erase(FIRST)
    assert FIRST not in everything_written(study)
    assert "shortcut" not in everything_written(study)
    assert study.library.all_papers() == ()
    assert vector_count(study) == vector_count(study, NOTES) == study.library.passage_count() == 0
    assert [server.guild for server in study.servers.present()] == [SECOND]
    study.servers.erase(FIRST)  # harmless to repeat
    assert study.servers.joined(FIRST, "Readers").first_time


def test_not_even_the_bytes_of_what_was_erased_are_left(words_only: Study, tmp_path: Path) -> None:
    study, file = words_only, words_only.directory.path / "seminar.db"
    study.add(
        [written(tmp_path, "a.pdf", paper_pdf("Zyzzyva Networks", "We define a zyzzyva as a weevil."))], guild=FIRST
    )
    study.import_notes(FIRST, b"## Discussion 1 Zyzzyva - 2015\n1. What is a zyzzyva\n- a weevil\n", search_arxiv=False)
    study.import_notes(SECOND, DISCUSSION, search_arxiv=False)
    answer = study.ask("what is a zyzzyva", guild=FIRST)
    study.answers.keep(answer, guild=FIRST, asker="42", channel="7")
    study.servers.erase(FIRST)
    study.close()  # empties the write-ahead log
    assert b"shortcut" in file.read_bytes()
    assert b"yzzyva" not in file.read_bytes()  # a full-text index leaves out how a word begins like the one before it


def test_what_another_server_holds_stays_when_one_is_erased(study: Study, tmp_path: Path) -> None:
    fill(study, FIRST, tmp_path)
    upload = fill(study, SECOND, tmp_path)
    discussions, papers = study.discussions(SECOND), study.papers(SECOND)
    [answer] = study.answers.recent(SECOND, "42")
    study.servers.erase(FIRST)
    assert study.papers(SECOND) == papers
    assert study.discussions(SECOND) == discussions
    assert study.answers.recent(SECOND, "42") == (answer,)
    assert study.answers.ratings(SECOND, answer.answer_id) == {Verdict.HELPFUL: 1}
    assert study.ask("what is internal covariate shift", guild=SECOND).citations[0].paper.paper_id == "1502.03167"
    assert study.ask("what is a residual block", guild=SECOND).citations[0].paper.paper_id == upload
    assert note_owners(study, SECOND) == sorted(study.library.note_ids(SECOND))
    assert note_owners(study, FIRST) == []
    assert vector_count(study) == study.library.passage_count()


def test_files_are_removed_of_papers_that_nobody_holds_any_more(study: Study, tmp_path: Path) -> None:
    fill(study, FIRST, tmp_path)
    study.add(["1502.03167"], guild=SECOND)
    held = {paper.source: paper for paper in study.papers(FIRST)}
    gone: list[str] = []
    servers = Servers(
        library=study.library,
        indexing=study.indexing,
        directory=study.directory,
        clock=lambda: NOW,
        keep_left=timedelta(days=30),
        forget_files=lambda papers: gone.extend(f"{p.key} {study.library.has_read(p.sha256)}" for p in papers),
    )
    servers.erase(FIRST)
    assert gone == [f"{paper.key} False" for paper in held.values() if paper.owner_guild == FIRST]


def test_a_server_is_erased_once_it_was_left_longer_than_is_promised(words_only: Study, clock: Clock) -> None:
    servers = servers_of(words_only, clock)
    for guild in (FIRST, SECOND, "333000333"):
        servers.joined(guild, "Readers")
        words_only.import_notes(guild, DISCUSSION, search_arxiv=False)
    servers.left(FIRST)
    clock.now += timedelta(days=1)
    servers.left(FIRST)  # told once more at a later start: the first time counts
    servers.left(SECOND)
    clock.now = NOW + timedelta(days=30)
    assert servers.erase_left() == ()
    clock.now += timedelta(seconds=1)
    assert servers.erase_left() == (FIRST,)
    assert servers.erase_left() == ()
    assert words_only.library.guilds() == (SECOND, "333000333")
    servers.joined(SECOND, "Readers")  # back in time: all is as it was
    clock.now += timedelta(days=400)
    assert servers.erase_left() == ()
    assert len(words_only.discussions(SECOND)) == 1


def test_erasing_that_was_cut_off_is_done_again(study: Study, clock: Clock, tmp_path: Path) -> None:
    servers = servers_of(study, clock)
    servers.joined(FIRST, "Readers")
    fill(study, FIRST, tmp_path)
    servers.left(FIRST)
    clock.now += timedelta(days=31)
    with pytest.raises(Killed):
        servers_of(study, clock, dying(study, DyingErasing)).erase_left()
    assert servers.erase_left() == (FIRST,)
    assert FIRST not in everything_written(study)
    assert vector_count(study) == vector_count(study, NOTES) == 0


def test_erasing_waits_for_its_turn(words_only: Study) -> None:
    words_only.servers.joined(FIRST, "Readers")
    words_only.import_notes(FIRST, DISCUSSION, search_arxiv=False)
    with DataDirectory(words_only.directory.path).owned("add papers"), pytest.raises(LibraryBusy):
        words_only.servers.erase(FIRST)
    assert len(words_only.discussions(FIRST)) == 1


def test_taking_a_paper_out_of_a_server_takes_its_answers_along(words_only: Study, tmp_path: Path) -> None:
    study = words_only
    [added] = study.add([written(tmp_path, "a.pdf", paper_pdf())], guild=FIRST)
    study.add([str(tmp_path / "a.pdf")], guild=SECOND)
    answer: Answer = study.ask("what is internal covariate shift", guild=FIRST)
    assert answer.citations
    kept = study.answers.keep(answer, guild=FIRST, asker="42", channel="7")
    theirs = study.ask("what is internal covariate shift", guild=SECOND)
    stays = study.answers.keep(theirs, guild=SECOND, asker="42", channel="7")
    study.remove(FIRST, added.paper_id)
    with pytest.raises(NotFound):
        study.answers.read(FIRST, kept)
    assert study.answers.read(SECOND, stays).answer.citations
