"""/paper analysis and /paper cards as people use them."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import SeminarBot
from bot.render.limits import MESSAGE_TEXT_CHARS
from bot.render.studying import analysis_reply, cards_reply
from bot.views.layout import layout
from rag.settings import read_settings
from rag.wiring import build
from tests.bot.asked import refused_beside
from tests.bot.conftest import Start
from tests.bot.drawing import Draw
from tests.bot.prepared import GROUP
from tests.bot.words_only import group, jo
from tests.conftest import NOW
from tests.loopback.discord import Guild, Member
from tests.made import paper_pdf
from tests.studying.prepared import GLIDE_PAPER, TABLE, studying_on
from tests.studying.prepared import GUILD as OTHER

__all__ = ["group", "jo"]

SAYS = (
    "We define internal covariate shift as the change in the distribution of network activations during training. "
    "We train SmallNet with a learning rate of 0.05 and a batch size of 128 on eight V100 GPUs for two days. "
    "SmallNet reaches a top-5 error of 4.2% on the ImageNet validation set, **better** than @everyone before. "
    "We use a sigmoid activation instead of the usual rectifier to keep all gates between zero and one. "
    "To reduce the memory consumption during training, we recompute the gates in the backward pass. "
    "Without sliding gates, SmallNet is unstable from the very first epoch of training on."
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("studying")
    (folder / "a.pdf").write_bytes(paper_pdf("SmallNet: Layers and Shifts", SAYS))
    study = build(read_settings(data_dir=folder / "data", embedder="none"), clock=lambda: NOW)
    assert [result.error for result in study.add([str(folder / "a.pdf")], guild=GROUP)] == [None]
    study.close()
    return folder / "data"


@pytest.fixture
async def bot(start: Start, library: Path, group: Guild, tmp_path: Path) -> AsyncIterator[SeminarBot]:
    assert group.has_bot
    shutil.copytree(library, tmp_path / "data")
    async with start(core={"embedder": "none"}) as bot:
        yield bot


async def test_a_member_has_the_template_filled_and_gets_all_of_it_as_a_file(
    bot: SeminarBot, jo: Member, draw: Draw
) -> None:
    shown = await jo.slash("paper analysis", paper="SmallNet")
    await shown.settled("fields filled")
    assert not shown.ephemeral
    assert "**Not found:**" in shown.text
    assert "no language model wrote this" in shown.text
    ((name, content),) = shown.message.files.items()
    assert name == "analysis-smallnet-layers-and-shifts.md"
    document = content.decode()
    assert "Paper name: SmallNet: Layers and Shifts" in document
    assert "learning rate of 0.05 and a batch size of 128" in document
    draw("paper-analysis", {}, (shown.message, "/paper analysis", "Jo"), width_px=1200)
    kept = await jo.slash("paper analysis", paper="SmallNet")
    await kept.settled("fields filled")
    assert kept.message.files == shown.message.files
    assert bot.desk.study.library.kept_analysis(GROUP, bot.desk.study.papers(GROUP)[0].key) is not None


async def test_a_member_gets_cards_with_hidden_backs_and_files_for_anki(
    bot: SeminarBot, jo: Member, draw: Draw
) -> None:
    shown = await jo.slash("paper cards", paper="SmallNet")
    await shown.settled("What do the authors mean by “internal covariate shift”?")
    assert "||We define internal covariate shift as the change" in shown.text
    assert "@everyone" not in shown.text
    files = shown.message.files
    assert sorted(files) == ["cards-smallnet.md", "cards-smallnet.txt"]
    assert files["cards-smallnet.txt"].startswith(b"#separator:tab\n")
    draw("paper-cards", {}, (shown.message, "/paper cards", "Jo"), width_px=1200)


@pytest.mark.parametrize("command", ["paper analysis", "paper cards"])
async def test_a_paper_that_is_not_here_is_said_to_the_person_alone(bot: SeminarBot, jo: Member, command: str) -> None:
    assert bot.is_ready()
    assert "no paper" in (await refused_beside(await jo.slash(command, paper="quantum frogs"))).casefold()


def test_both_fit_a_message_whatever_the_paper_says(tmp_path: Path) -> None:
    studying, _ = studying_on(tmp_path, extra=(TABLE,), template=None)
    analysis, deck = studying.analysis(OTHER, GLIDE_PAPER), studying.cards(OTHER, GLIDE_PAPER)
    for reply in (analysis_reply(analysis, anew_command="/paper analysis"), cards_reply(deck)):
        view, files = layout(reply)
        assert 0 < view.content_length() <= MESSAGE_TEXT_CHARS
        assert files
