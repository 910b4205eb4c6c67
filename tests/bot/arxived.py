"""A loopback arXiv with a few papers for the bot, whose answers a test can hold back, and what an organiser is told."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tests.loopback.arxiv import LoopbackArxiv, Reply, Seen
from tests.loopback.discord import Exchange, Guild, LoopbackDiscord, Member
from tests.loopback.discord.world import Role
from tests.made import RESIDUAL, SHIFT, paper_pdf

BATCHNORM, RESNET = "1502.03167", "1512.03385"
BATCHNORM_TITLE, RESNET_TITLE = "Batch Normalization", "Deep Residual Learning"
PDFS = {BATCHNORM: paper_pdf(BATCHNORM_TITLE, SHIFT), RESNET: paper_pdf(RESNET_TITLE, RESIDUAL)}
PATIENCE_S = 20.0


@pytest.fixture
def arxiv() -> Iterator[LoopbackArxiv]:
    """Serve two papers that everybody knows, and twelve that nobody does."""
    with LoopbackArxiv() as served:
        served.add_paper(
            BATCHNORM, version=3, title=BATCHNORM_TITLE, authors=("Sergey Ioffe", "Christian Szegedy"),
            abstract="Training deep networks is complicated by shifting distributions.", pdf=PDFS[BATCHNORM],
        )  # fmt: skip
        served.add_paper(RESNET, version=1, title=RESNET_TITLE, authors=("Kaiming He",), pdf=PDFS[RESNET])
        for n in range(1, 13):
            title = f"Ordinary paper {n}"
            served.add_paper(f"2001.{n:05}", title=title, pdf=paper_pdf(title))
        yield served


def on(arxiv: LoopbackArxiv, **changes: object) -> dict[str, object]:
    """Return the settings of the core that point there; searches are by words only, which is quick."""
    pdf = arxiv.pdf_address.split("/{id}")[0]
    return {"embedder": "none", "arxiv_api_url": arxiv.api, "arxiv_pdf_url": pdf} | changes


class Gate:
    """Holds answers of arXiv back until it is opened; it opens itself when a test forgets to."""

    def __init__(self, arxiv: LoopbackArxiv, paper: str, version: int = 1) -> None:
        self._content = PDFS.get(paper) or paper_pdf(f"Held back {paper}")
        self.reached = threading.Event()
        self._opened = threading.Event()
        arxiv.always(f"/pdf/{paper}v{version}", self._answer)

    def open(self) -> None:
        """Let the answers go."""
        self._opened.set()

    def _answer(self, _seen: Seen) -> Reply:
        self.reached.set()
        self._opened.wait(PATIENCE_S)
        return Reply(200, self._content, content_type="application/pdf")


@pytest.fixture
def group(loopback: LoopbackDiscord) -> Guild:
    """Give a server with two channels."""
    return loopback.add_guild("Study group", channels=["general", "papers"])


@pytest.fixture
def mina(group: Guild) -> Member:
    """Give an organiser: a member with Manage Server."""
    from discord import Permissions

    return group.add_member("Mina", permissions=Permissions(manage_guild=True))


@pytest.fixture
def tom(group: Guild) -> Member:
    """Give a member who may do what everybody may."""
    return group.add_member("Tom")


def organisers(group: Guild) -> Role:
    """Return a new role for organisers."""
    return group.add_role("Organisers")


async def told(exchange: Exchange) -> str:
    """Wait for what only the person sees in place of a refused add, and return it."""
    await exchange.discord.until(lambda: [m for m in exchange.messages if not m.thinking], 15.0, lambda: str(exchange))
    [message] = exchange.messages
    assert message.only_for is exchange.person.user
    return message.text
