"""The group's notes: found when they speak to the question, never shown to another guild."""

from pathlib import Path

import pytest

from rag.domain.note import Discussion
from rag.index.exact import ExactIndex
from rag.retrieval.notes import NoteSearch
from rag.store.library import Library
from tests.retrieval import small_library as small

BN = Discussion(
    position=1, ordinal="4", title="Batch Normalization", year=2015, paper_key=small.BATCH_NORM.key, notes=(
        small.note(1, "What is internal covariate shift", "change of distribution during learning"),
        small.note(2, "What is whitening", "mean zero and unit variances"),
        small.note(3, "internal covariate shift of the test set"),
        small.note(4, ""),
    ),
)  # fmt: skip
RESNET = Discussion(
    position=2, ordinal="3", title="ResNet", year=None, paper_key=small.RESNET.key,
    notes=(small.note(1, "dashline", "linear projection"),),
)  # fmt: skip


@pytest.fixture
def shelf(tmp_path: Path) -> tuple[Library, ExactIndex]:
    library, index = small.built(tmp_path)
    small.fill_notes(library, index, (BN, RESNET))
    return library, index


@pytest.fixture(params=[True, False], ids=["vectors", "words only"])
def notes(shelf: tuple[Library, ExactIndex], request: pytest.FixtureRequest) -> NoteSearch:
    if not request.param:
        return NoteSearch(library=shelf[0])
    return NoteSearch(library=shelf[0], embedder=small.BagOfWords(), index=shelf[1])


def test_the_answered_note_is_found_and_the_open_one_is_not(notes: NoteSearch):
    found = notes.search("what is internal covariate shift", guild="ours")

    assert [(hit.discussion.title, hit.note.item) for hit in found] == [("Batch Normalization", 1)]


def test_a_typing_error_in_the_question_is_mended(notes: NoteSearch):
    assert notes.search("internal coveriat shift", guild="ours")[0].note.item == 1


@pytest.mark.parametrize("question", ["how do quokkas hunt at night", "", "what is the learning rate of Adam in Paris"])
def test_notes_that_do_not_speak_to_the_question_stay_out(notes: NoteSearch, question: str):
    assert notes.search(question, guild="ours") == ()


def test_a_paper_narrows_the_notes(notes: NoteSearch):
    assert notes.search("dashline", guild="ours", paper_keys=[small.BATCH_NORM.key]) == ()
    assert len(notes.search("dashline", guild="ours", paper_keys=[small.RESNET.key])) == 1


def test_another_guild_sees_none(notes: NoteSearch):
    assert notes.search("what is internal covariate shift", guild="theirs") == ()
