"""The small library on real SQLite, made once for the tests of a file that do not change it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from rag.answering.asking import Answerer
from rag.index.exact import ExactIndex
from rag.store.library import Library
from tests.answering.library import FIRM, FIRM_PAPER, LOOSE, LOOSE_PAPER, answerer_of, shelve
from tests.language.fakes import Said, ScriptedModel, ScriptedModels


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Library, ExactIndex]]:
    library, index = Library.open(tmp_path_factory.mktemp("shelf") / "library.db"), ExactIndex()
    shelve(library, FIRM_PAPER, FIRM, index)
    shelve(library, LOOSE_PAPER, LOOSE, index)
    yield library, index
    library.close()


@pytest.fixture
def asker(shelf: tuple[Library, ExactIndex]) -> Callable[..., Answerer]:
    def built(*said: Said, models: ScriptedModels | None = None, **changes: object) -> Answerer:
        models = models or ScriptedModels(ScriptedModel(*said))
        return answerer_of(*shelf, models=models, **changes)

    return built
