"""Studies with and without vectors, and a clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from rag.study import Study
from tests.loopback.arxiv import LoopbackArxiv
from tests.made import paper_pdf
from tests.record.groups import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def arxiv() -> Iterator[LoopbackArxiv]:
    with LoopbackArxiv() as server:
        server.add_paper("1502.03167", version=3, title="Batch Normalization", pdf=paper_pdf("Batch Normalization"))
        yield server


@pytest.fixture
def words_only(study_for: Callable[..., Study]) -> Study:
    return study_for(embedder="none")


@pytest.fixture
def study(study_for: Callable[..., Study], arxiv: LoopbackArxiv) -> Study:
    """With vectors, and an arXiv."""
    return study_for(arxiv_api_url=arxiv.api, arxiv_pdf_url=arxiv.pdf_address.split("/{id}")[0])
