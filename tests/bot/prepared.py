"""A library made once for all tests of the bot and copied for each: two servers that share one paper and no more."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from discord import Permissions

from rag import samples
from rag.settings import read_settings
from rag.study import Study
from rag.wiring import build
from tests.bot.embedders import Remembering
from tests.conftest import NOW
from tests.loopback.arxiv import LoopbackArxiv
from tests.loopback.discord import Channel, Guild, LoopbackDiscord, Member
from tests.made import RESIDUAL, SHIFT, paper_pdf

GROUP, OTHERS = "1100000000000000001", "1100000000000000002"

SHIFT_ID, SHIFT_TITLE = "2001.00001", "Normalising Small Networks"
RESIDUAL_ID, RESIDUAL_TITLE = "2001.00002", "Shortcuts in Deep Networks"
PRIMER_TITLE = "Normalisation and Residual Learning: A Four-Page Primer"
POOLING_TITLE = "Gated Pooling in Practice"
POOLING = "We define gated pooling as a weighted mean whose weights are computed from the pooled values themselves."

SHIFT_QUESTION = "what is internal covariate shift"
RESIDUAL_QUESTION = "what is a residual block"
POOLING_QUESTION = "what is gated pooling"
FOUR_SOURCES = "compare batch normalisation and residual blocks"
NOBODY_KNOWS = "what does the mayor of Lisbon eat for breakfast on Sundays"

THEIR_NOTES = f"""## Discussion 1 {POOLING_TITLE} - 2020
1. What is gated pooling ?
- ours alone: a mean that chooses
## Discussion 2 {RESIDUAL_TITLE} - 2020
1. What is a residual block ?
- ours alone: a detour around layers
"""


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the library. GROUP: two papers from arXiv, the primer, notes. OTHERS: one of the two, its own, notes."""
    folder = tmp_path_factory.mktemp("prepared")
    gated = folder / "gated.pdf"
    gated.write_bytes(paper_pdf(POOLING_TITLE, POOLING))
    with LoopbackArxiv() as arxiv:
        arxiv.add_paper(SHIFT_ID, version=2, title=SHIFT_TITLE, pdf=paper_pdf(SHIFT_TITLE, SHIFT))
        arxiv.add_paper(RESIDUAL_ID, version=1, title=RESIDUAL_TITLE, pdf=paper_pdf(RESIDUAL_TITLE, RESIDUAL))
        settings = read_settings(
            data_dir=folder / "data",
            arxiv_api_url=arxiv.api,
            arxiv_pdf_url=arxiv.pdf_address.rsplit("/", 1)[0],
            arxiv_interval_s=0.0,
            ask_code_links_online=False,
            allow_private_addresses=True,
        )
        study = build(settings, clock=lambda: NOW)
        ours = study.add([SHIFT_ID, RESIDUAL_ID, str(samples.primer_pdf())], guild=GROUP)
        theirs = study.add([RESIDUAL_ID, str(gated)], guild=OTHERS)
        assert [result.error for result in (*ours, *theirs)] == [None] * 5
        study.import_notes(GROUP, samples.sample_notes().read_bytes(), search_arxiv=False)
        study.import_notes(OTHERS, THEIR_NOTES.encode(), search_arxiv=False)
        study.close()
    return settings.data_dir


@pytest.fixture(scope="session")
def remembering() -> Remembering:
    """The embedder of all tests on this library."""
    return Remembering()


@pytest.fixture
def group(
    loopback: LoopbackDiscord, prepared: Path, remembering: Remembering, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Guild:
    """Give the group's server; the library lies where ``start`` looks for it."""
    shutil.copytree(prepared, tmp_path / "data")
    monkeypatch.setattr("rag.wiring.embedder_from", lambda *_args, **_more: remembering)
    return loopback.add_guild("Study group", channels=["general", "papers"], id_=GROUP)


@pytest.fixture
def others(loopback: LoopbackDiscord, group: Guild) -> Guild:
    """Give the other server."""
    return loopback.add_guild("Others", channels=["general", "papers"], id_=OTHERS)


@pytest.fixture
def mina(group: Guild) -> Member:
    """Give a member of the group who may do what everybody may."""
    return group.add_member("Mina")


@pytest.fixture
def omar(group: Guild) -> Member:
    """Give an organiser of the group."""
    return group.add_member("Omar", permissions=Permissions(manage_guild=True))


@pytest.fixture
def papers(group: Guild) -> Channel:
    """Give the channel in which people ask."""
    return group.channel("papers")


@pytest.fixture
def study(group: Guild, study_for: Callable[..., Study]) -> Study:
    """Give the group's library, open before the bot is."""
    assert group.has_bot
    return study_for()
