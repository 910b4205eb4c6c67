"""Question sets on one library, with a model that a test lets say what it wants."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.answering.library import BagOfStems
from tests.language.fakes import ScriptedModel, ScriptedModels
from tests.questions.prepared import sets_on
from tests.questions.scripted import Made


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    models = ScriptedModels(ScriptedModel(""))
    sets, library = sets_on(tmp_path_factory.mktemp("model"), embedder=BagOfStems(), models=models)
    yield sets, library, models
    library.close()
