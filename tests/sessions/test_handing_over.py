"""What becomes of the command line's sessions and meetings when a server adopts its library."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from rag.domain.paper import Paper
from rag.domain.server import WeeklySlot
from rag.sessions.sessions import Sessions
from rag.study import Study
from tests.record.groups import Clock
from tests.sessions.conftest import GROUP

SERVER = "222"


def test_a_session_on_a_paper_that_the_server_discusses_already_keeps_its_answers(
    sessions: Sessions, paper: Paper, study: Study, made_library: Path, clock: Clock
) -> None:
    ours = sessions.open(GROUP, paper)
    sessions.answer(GROUP, ours.session_id, 1, person="1", name="Mina", text="said on the command line")
    (added,) = study.add([str(made_library.parent / "Shortcuts in Deep Networks.pdf")], guild=SERVER)
    assert added.error is None
    copy = study.paper(SERVER, "Shortcuts in Deep Networks")
    theirs = sessions.open(SERVER, copy, channel="9", opened_by="5")
    assert copy.key != paper.key
    assert study.library.hand_over(GROUP, to=SERVER) == (paper.key,)
    kept = {session.session_id: session for session in sessions.list(SERVER)}
    assert [one.text for one in kept[ours.session_id].answers] == ["said on the command line"]
    assert kept[ours.session_id].closed_at == clock.now
    assert kept[theirs.session_id].is_open
    assert {session.paper_key for session in kept.values()} == {copy.key}
    sessions.close(SERVER, theirs.session_id, empty_notes=False)
    assert sessions.reopen(SERVER, ours.session_id).is_open


def test_an_open_session_on_a_paper_that_the_server_only_has_too_stays_open(
    sessions: Sessions, paper: Paper, study: Study, made_library: Path
) -> None:
    ours = sessions.open(GROUP, paper)
    study.add([str(made_library.parent / "Shortcuts in Deep Networks.pdf")], guild=SERVER)
    study.library.hand_over(GROUP, to=SERVER)
    copy = study.paper(SERVER, "Shortcuts in Deep Networks")
    held = sessions.open_on(SERVER, copy)
    assert held is not None
    assert held.session_id == ours.session_id


def test_a_slot_of_the_command_line_makes_no_meeting_of_the_server_due(study: Study) -> None:
    slot, agenda = WeeklySlot(4, "19:30", "Europe/Berlin", "5", 0), study.agenda
    clock = Clock()
    agenda.posts._clock = clock
    clock.now = datetime(2026, 11, 1, tzinfo=UTC)
    agenda.set_slot(GROUP, slot)
    study.servers.joined(SERVER, "Readers")
    study.library.hand_over(GROUP, to=SERVER)
    clock.now = datetime(2026, 11, 26, 20, tzinfo=UTC)
    agenda.set_slot(SERVER, slot)
    assert [due for due in agenda.posts.due() if due.meets_at < clock.now] == []
    clock.now += timedelta(days=7)
    assert [due for due in agenda.posts.due() if due.meets_at < clock.now] != []
