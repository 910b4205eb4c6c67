"""What people type, and who they are, stands in no line that the bot logs."""

from __future__ import annotations

import pytest
from discord import Permissions

from bot.errors import facts
from bot.logs import set_up_logs
from rag.errors import Ambiguous, BadDocument, BadIdentifier, BadQuestion, NotFound, StorageFailed
from tests.bot.arxived import arxiv, on
from tests.bot.asked import ask, refused
from tests.bot.conftest import Start
from tests.bot.test_logs import _as_it_was
from tests.loopback.arxiv import LoopbackArxiv
from tests.loopback.discord import Guild, Member

__all__ = ["_as_it_was", "arxiv"]

QUESTION = "what is internal covariate shift"


async def test_words_of_searches_questions_and_names_and_persons_ids_are_not_logged(
    start: Start, group: Guild, mina: Member, arxiv: LoopbackArxiv, capsys: pytest.CaptureFixture[str]
) -> None:
    ada = group.add_member("Ada", permissions=Permissions(manage_guild=True))
    set_up_logs(as_json=False, level="info", secret="")
    async with start(core=on(arxiv)):
        await ask(mina, QUESTION)
        await (await mina.slash("paper search", words="ordinary whalesong")).settled("whalesong")
        await refused(await mina.slash("ask", question="what is it", paper="nobodys zebrafish paper"))
        panel = await (await ada.slash("settings")).settled("Settings of this server")
        await (await ada.press(panel.message, "Do not use a model")).settled("Changed")
    logged = capsys.readouterr().err
    assert "ask in server" in logged
    assert "NotFound(paper)" in logged
    assert "the settings are now" in logged
    for word in ("whalesong", "zebrafish", "covariate", mina.id, ada.id):
        assert word not in logged, word


@pytest.mark.parametrize(
    ("error", "logged"),
    [
        (NotFound("paper", "typed", near=("typed too",)), "NotFound(paper)"),
        (Ambiguous("typed", (("1", "typed title"),)), "Ambiguous(paper)"),
        (BadIdentifier("typed", "it is not something to add"), "BadIdentifier"),
        (BadQuestion("The question", "there are no words in it"), "BadQuestion(there are no words in it)"),
        (BadDocument("typed.pdf", "it is encrypted"), "BadDocument(it is encrypted)"),
        (StorageFailed("disk full"), "StorageFailed(reason='disk full')"),
    ],
)
def test_of_errors_the_facts_are_logged_that_nobody_typed(error: Exception, logged: str) -> None:
    assert facts(error) == logged
