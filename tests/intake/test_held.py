"""Notes files between being shown and being kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from rag.domain.note import Discussion
from rag.errors import BadDocument, LibraryBusy, Refused
from rag.intake.held import HeldNotes
from rag.intake.notebook import MOST_SEARCHES
from rag.intake.ownership import DataDirectory
from rag.study import Study
from rag.wording import sentence_for
from tests.conftest import NOW

NOTES = b"## Discussion 1 AlexNet - 2012\n1. What is this paper try to convey ?\n- bigger is better\n2. Why ReLU\n"
MORE = b"## Discussion 2 BatchNorm - 2015\n1. What is covariate shift\n- how inputs change\n"


@pytest.fixture
def study(study_for: Callable[..., Study]) -> Study:
    return study_for(embedder="none")


def test_a_held_file_is_shown_and_changes_nothing_until_it_is_kept(study: Study) -> None:
    held = study.held_notes.hold("g", "our notes.md", NOTES)
    assert (held.name, held.imported.counts.items, held.imported.replaced) == ("our notes.md", 2, 0)
    assert study.discussions("g") == ()
    kept = study.held_notes.keep("g", held.sha256, search_arxiv=False)
    assert kept.counts == held.imported.counts
    assert study.export_notes("g").encode() == NOTES


def test_a_held_file_waits_through_a_restart(study: Study, study_for: Callable[..., Study]) -> None:
    held = study.held_notes.hold("g", "notes.md", NOTES)
    study.close()
    again = study_for(embedder="none")
    again.held_notes.keep("g", held.sha256, search_arxiv=False)
    assert again.export_notes("g").encode() == NOTES


@pytest.mark.parametrize("first", ["keep", "drop"])
@pytest.mark.parametrize("second", ["keep", "drop"])
def test_a_file_is_decided_on_once(study: Study, first: str, second: str) -> None:
    held = study.held_notes.hold("g", "notes.md", NOTES)
    decide: dict[str, Callable[[], object]] = {
        "keep": lambda: study.held_notes.keep("g", held.sha256, search_arxiv=False),
        "drop": lambda: study.held_notes.drop("g", held.sha256),
    }
    decide[first]()
    with pytest.raises(Refused, match="decided on already"):
        decide[second]()
    assert len(study.discussions("g")) == (first == "keep")


def test_who_drops_a_file_while_arxiv_is_asked_has_decided(study: Study) -> None:
    held = study.held_notes.hold("g", "notes.md", NOTES)

    def dropped(_title: str) -> tuple[()]:
        study.held_notes.drop("g", held.sha256)
        return ()

    study._notebook._search = dropped
    with pytest.raises(Refused, match="decided on already"):
        study.held_notes.keep("g", held.sha256)
    assert study.discussions("g") == ()


def test_no_other_guild_can_decide(study: Study) -> None:
    held = study.held_notes.hold("g", "notes.md", NOTES)
    with pytest.raises(Refused):
        study.held_notes.keep("other", held.sha256)
    with pytest.raises(Refused):
        study.held_notes.drop("other", held.sha256)
    assert study.discussions("other") == ()
    study.held_notes.keep("g", held.sha256, search_arxiv=False)
    assert [discussion.title for discussion in study.discussions("g")] == ["AlexNet"]


def test_after_a_day_a_file_is_forgotten(study: Study) -> None:
    now = NOW

    def clock() -> datetime:
        return now

    notes = HeldNotes(library=study.library, notebook=study._notebook, directory=study.directory, clock=clock)
    old, young = notes.hold("g", "a.md", NOTES), notes.hold("g", "b.md", MORE)
    now = NOW + timedelta(hours=23)
    assert notes.hold("g", "b.md", MORE).sha256 == young.sha256  # the same file again waits from now
    now = NOW + timedelta(hours=25)
    with pytest.raises(Refused):
        notes.keep("g", old.sha256, search_arxiv=False)
    assert notes.forget_old() == 0  # the attempt did it
    notes.keep("g", young.sha256, search_arxiv=False)
    assert [discussion.title for discussion in study.discussions("g")] == ["BatchNorm"]


def test_what_is_held_goes_with_its_guild_and_its_bytes_are_overwritten(study: Study) -> None:
    held = study.held_notes.hold("g", "notes.md", b"## Discussion 1 Zyzzyva - 2015\n1. What is a zyzzyva\n")
    kept = study.held_notes.hold("other", "notes.md", NOTES)
    study.servers.erase("g")
    with pytest.raises(Refused):
        study.held_notes.keep("g", held.sha256)
    study.held_notes.keep("other", kept.sha256, search_arxiv=False)
    study.close()
    assert b"zyzzyva" not in (study.directory.path / "seminar.db").read_bytes().lower()


def test_while_another_process_holds_the_library_the_file_goes_on_waiting(study: Study, tmp_path: Path) -> None:
    held = study.held_notes.hold("g", "notes.md", NOTES)
    with DataDirectory(tmp_path / "data").owned("run the bot"), pytest.raises(LibraryBusy):
        study.held_notes.keep("g", held.sha256)
    study.held_notes.keep("g", held.sha256, search_arxiv=False)
    assert len(study.discussions("g")) == 1


@pytest.mark.parametrize(
    ("content", "because"),
    [
        (b"", "it is empty"),
        (b"just words\n", "it has no discussion heading"),
        (b"PK\x03\x04\x14\x00\x06\x00\xff\xfe\x9cword/document.xml" + bytes(range(256)), "a Word document"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "a picture"),
    ],
)
def test_a_file_without_notes_is_refused_by_its_name_and_not_held(study: Study, content: bytes, because: str) -> None:
    with pytest.raises(BadDocument) as caught:
        study.held_notes.hold("g", "dir/notes\u202e.md", content)
    assert sentence_for(caught.value).startswith("notes.md cannot be read: ")
    assert because in sentence_for(caught.value)
    assert study.library.drop_notes_held_before(NOW + timedelta(days=9)) == 0


def test_keeping_replaces_what_was_there_under_the_same_heading(study: Study) -> None:
    study.import_notes("g", NOTES + MORE, search_arxiv=False)
    better = MORE.replace(b"how inputs change", b"a better answer")
    held = study.held_notes.hold("g", "notes.md", better)
    assert held.imported.replaced == 1
    study.held_notes.keep("g", held.sha256, search_arxiv=False)
    discussions: tuple[Discussion, ...] = study.discussions("g")
    assert [d.notes[0].answer for d in discussions] == [("bigger is better",), ("a better answer",)]


def test_arxiv_is_asked_about_a_bounded_number_of_headings(study: Study) -> None:
    held = study.held_notes.hold(
        "g", "notes.md", b"".join(b"## Discussion %d Topic %d\n1. Why\n" % (n, n) for n in range(99))
    )
    asked: list[str] = []
    study._notebook._search = lambda title: asked.append(title) or ()  # type: ignore[func-returns-value]
    study.held_notes.keep("g", held.sha256)
    assert len(asked) == MOST_SEARCHES
    assert len(study.discussions("g")) == 99


def test_a_file_of_endless_headings_is_refused_before_they_are_compared(study: Study) -> None:
    with pytest.raises(BadDocument, match="1,001 discussions"):
        study.held_notes.hold("g", "notes.md", b"".join(b"## Discussion %d A\n1. Why\n" % n for n in range(1001)))
