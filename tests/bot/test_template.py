"""The template of question sets in /settings: which one is used, a file instead of it, and back."""

from __future__ import annotations

import pytest

from bot.app import SeminarBot
from tests.bot.asked import refused_beside
from tests.bot.drawing import Draw
from tests.bot.words_only import bot, group, mina, words_only
from tests.loopback.discord import Exchange, Guild, Member, Message, labels_of

__all__ = ["bot", "group", "mina", "words_only"]

TEMPLATE = b"# Our questions\n\n## 1. Idea\n- What is new?\n- Why does it work?\n\n## 2. Doubts\n- What is left open?\n"


async def panel_for(person: Member) -> Message:
    return (await (await person.slash("settings")).settled("Settings of this server")).message


async def sent(person: Member, panel: Message, name: str, content: bytes) -> Exchange:
    form = await (await person.press(panel, "Upload a template…")).acknowledged()
    return await person.submit(form.modal, {"Template": (name, content)})


async def test_a_file_takes_the_place_of_seminars_own_and_gives_it_back(
    bot: SeminarBot, group: Guild, mina: Member, draw: Draw
) -> None:
    panel = await panel_for(mina)
    assert "**Question template** · Seminar’s own (" in panel.text
    assert "Use Seminar’s own" not in labels_of(panel)
    await (await sent(mina, panel, "ours.md", TEMPLATE)).settled("→ ours.md (2 sections, 3 fields)")
    assert "Changed **Question template**: Seminar’s own (" in panel.text
    assert "ours.md (2 sections, 3 fields), since <t:" in panel.text
    assert len(bot.desk.study.question_sets.template(group.id).fields) == 3
    draw("settings", {}, (panel, "/settings", "Mina"), width_px=1200)
    got = await (await mina.press(panel, "Download it")).settled("The template in use: ours.md")
    assert list(got.message.files.values()) == [TEMPLATE]
    await (await mina.press(panel, "Use Seminar’s own")).settled("Changed **Question template**: ours.md (2 sections")
    assert len(bot.desk.study.question_sets.template(group.id).fields) > 3


@pytest.mark.parametrize(
    ("content", "because"),
    [
        (b"only words, and no list", "it has no fields"),
        (b"", "no fields"),
        (b"# A\n- x\n" + b"y" * 70_000, "kB"),
        (b"# A\n- x\n" + b"y" * 1_200_000, "at most 1 MB"),
        (b"%PDF-1.4 \xff\xfe\x00\x80", "no text"),
    ],
    ids=["no list", "empty", "long", "huge", "a PDF"],
)
async def test_what_is_no_template_is_refused_and_the_one_before_stays(
    bot: SeminarBot, group: Guild, mina: Member, content: bytes, because: str
) -> None:
    panel = await panel_for(mina)
    await (await sent(mina, panel, "ours.md", TEMPLATE)).settled("→ ours.md")
    assert because in await refused_beside(await sent(mina, panel, "other.md", content))
    assert len(bot.desk.study.question_sets.template(group.id).fields) == 3


async def test_who_is_no_admin_any_more_changes_no_template(bot: SeminarBot, group: Guild, mina: Member) -> None:
    panel = await panel_for(mina)
    form = await (await mina.press(panel, "Upload a template…")).acknowledged()
    mina.roles.clear()
    assert "Manage Server" in await refused_beside(await mina.submit(form.modal, {"Template": ("ours.md", TEMPLATE)}))
    assert bot.desk.study.library.given_template(group.id) is None
