"""One small paper and the group's notes on it, made once; each test changes a copy."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from rag.answering.asking import Answerer
from rag.domain.note import Discussion, Note
from rag.index.choose import embedder_from
from rag.intake.notebook import Notebook
from rag.language.ports import Models
from rag.retrieval.catalogue import Catalogues
from rag.revision.revision import Revision
from rag.settings import read_settings
from rag.study import Study
from rag.wiring import build
from tests.conftest import NOW
from tests.made import paper_pdf

GROUP = "1100000000000000001"
SAYS = (
    "We define internal covariate shift as the change in the distribution of network activations during training. "
    "The budget of the model is 1.5 billion operations at inference time. "
    "We replace Batch Normalization layers by Group Normalization in the residual baseline. "
    "The shortcut connections do not increase the number of parameters of the model. "
    "The final output of our network is the 7 × 7 × 30 tensor of predictions."
)
NOTES = """## Discussion 4 Small Networks - 2015
1. What is this paper try to convey ?
- how layers influence each other
2. internal covariate shift
-\x20
3. What is internal covariate shift ?
- the correlation of two random variables
4. what is internal covariate shift
- change of the distribution of activations
5. budget
-  1.5 billion operations at training time
6. residual baseline
- Batch Normalization instead of Group Normalization
7. shortcut connections
- increase the number of parameters
8. budget
- 2.5 billion operations at inference time
9. What
-
10.\x20
- final output 7x7x30

11. Why is whale song blue

## Discussion 4 Nothing Known - 1999
1. whatever
-\x20
"""


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("revision")
    (folder / "a.pdf").write_bytes(paper_pdf("Small Networks: Layers and Shifts", SAYS))
    study = build(read_settings(data_dir=folder / "data", embedder="none"), clock=lambda: NOW)
    assert [result.error for result in study.add([str(folder / "a.pdf")], guild=GROUP)] == [None]
    study.import_notes(GROUP, NOTES.encode(), search_arxiv=False)
    study.close()
    return folder / "data"


@pytest.fixture
def study(made: Path, tmp_path: Path) -> Iterator[Study]:
    shutil.copytree(made, tmp_path / "data")
    later = iter(range(10_000))
    settings = read_settings(data_dir=tmp_path / "data", embedder="none")
    study = build(settings, clock=lambda: NOW + timedelta(minutes=next(later)))
    yield study
    study.close()


def revising(study: Study, models: Models, answerer: Answerer | None = None) -> Revision:
    """Return what a study's notes are made better by, beside these models."""
    return Revision(
        library=study.library,
        answerer=answerer or study.answerer,
        catalogues=Catalogues(study.library),
        embedder=embedder_from("none"),
        notebook=Notebook(library=study.library, indexing=study.indexing, search=lambda _: ()),
        directory=study.directory,
        clock=lambda: NOW,
        models=models,
    )


@pytest.fixture
def key(study: Study) -> Callable[[int], str]:
    """The key of an item of the first discussion, as it stands."""

    def found(item: int) -> str:
        known: dict[str, tuple[Discussion, Note]] = study.library.note_ids(GROUP)
        return next(k for k, (d, n) in known.items() if (d.position, n.item) == (1, item))

    return found
