"""Messages about papers, as values: right in what they say, and within Discord's limits whatever a paper holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.fitting import fitted
from bot.render.limits import (
    BUTTON_LABEL_CHARS,
    BUTTON_URL_CHARS,
    CHOICE_DESCRIPTION_CHARS,
    CHOICE_LABEL_CHARS,
    CHOICE_VALUE_CHARS,
    CONTENT_CHARS,
    CUSTOM_ID_CHARS,
    MENU_CHOICES,
    MESSAGE_TEXT_CHARS,
)
from bot.render.papers import (
    added_reply,
    card_reply,
    found_reply,
    list_reply,
    progress_text,
    remove_question,
    removed_reply,
    renamed_reply,
)
from bot.render.reply import Button, Menu, Reply, Row, Text, Tone
from bot.views.press import custom_id
from rag.domain.card import PaperCard, Renamed
from rag.domain.codelink import CodeLink, CodeLinkReport, CodeLinkSource
from rag.domain.note import Discussion, Note
from rag.domain.paper import Paper, SourceKind
from rag.errors import BadDocument, BadIdentifier, NotFound, Unreachable
from rag.intake.results import AddResult, AddStatus, Step
from rag.sources.arxiv_feed import ArxivRecord

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
PAPER = Paper(
    key="arxiv:1502.03167", paper_id="1502.03167", title="Batch Normalization", source=SourceKind.ARXIV, sha256="ab",
    added_at=NOW, version=3, authors=("Sergey Ioffe", "Christian Szegedy"), abstract="Training is hard.",
    published=datetime(2015, 2, 11, tzinfo=UTC), source_url="https://arxiv.org/abs/1502.03167",
    arxiv_id="1502.03167", page_count=11,
)  # fmt: skip
UPLOAD = replace(PAPER, arxiv_id=None, source_url="", paper_id="sha256:0123456789ab", version=None, published=None)
NASTY = [
    "*" * 4000,
    "[a](http://b.c)" * 300,
    "@everyone <@1> <#2>",
    "# big\n> q\n- l\n-# s",
    "\u202e" * 300,
    "a\n" * 900,
]
nasty = st.one_of(st.text(max_size=3000), st.sampled_from(NASTY))


def text_of(reply: Reply) -> str:
    return "\n".join(block.markdown for block in reply.blocks if isinstance(block, Text))


def buttons(reply: Reply) -> list[Button]:
    return [item for row in reply.blocks if isinstance(row, Row) for item in row.items if isinstance(item, Button)]


def menus(reply: Reply) -> list[Menu]:
    return [item for row in reply.blocks if isinstance(row, Row) for item in row.items if isinstance(item, Menu)]


def fits(reply: Reply) -> None:
    """Hold a reply, cut to messages, to the limits of what is in it."""
    for part in fitted(reply):
        assert 0 < len(text_of(part)) <= MESSAGE_TEXT_CHARS
        assert all(text.markdown.strip() for text in part.blocks if isinstance(text, Text))
        for button in buttons(part):
            assert 0 < len(button.label) <= BUTTON_LABEL_CHARS
            assert len(button.url) <= BUTTON_URL_CHARS
            assert len(custom_id("press", button.action, button.arguments)) <= CUSTOM_ID_CHARS
        for menu in menus(part):
            assert 0 < len(menu.choices) <= MENU_CHOICES
            assert 1 <= menu.most <= len(menu.choices)
            assert len({choice.value for choice in menu.choices}) == len(menu.choices)
            for choice in menu.choices:
                assert 0 < len(choice.label) <= CHOICE_LABEL_CHARS
                assert 0 < len(choice.value) <= CHOICE_VALUE_CHARS
                assert len(choice.description) <= CHOICE_DESCRIPTION_CHARS


def card(paper: Paper = PAPER, **changes: object) -> PaperCard:
    plain = PaperCard(
        paper=paper, code_links=(), code_check=None, discussions=(), passages=61, sections=()
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


def discussion(title: str) -> Discussion:
    return Discussion(1, "4", title, 2015, (Note(1, "1", "What is it?"),), paper_key=PAPER.key)


def links(count: int, url: str = "https://github.com/a/b") -> tuple[CodeLink, ...]:
    return tuple(
        CodeLink(PAPER.key, f"{url}{n}", CodeLinkSource.PAPER, official=None, found_at=NOW) for n in range(count)
    )


def record(base_id: str, title: str, authors: tuple[str, ...] = ("A. Writer",)) -> ArxivRecord:
    return ArxivRecord(
        base_id=base_id, version=1, title=title, authors=authors, abstract="", published=NOW, updated=NOW,
        categories=("cs.LG",), comment=None, doi=None, journal_ref=None, licence=None,
        abs_url=f"https://arxiv.org/abs/{base_id}", pdf_url=f"https://arxiv.org/pdf/{base_id}",
    )  # fmt: skip


def test_a_card_says_who_when_what_code_and_where_it_was_discussed() -> None:
    text = text_of(card_reply(card(code_links=links(1), discussions=(discussion("Batch Normalization"),))))
    assert "**[Batch Normalization](<https://arxiv.org/pdf/1502.03167v3>)**" in text
    assert "Sergey Ioffe, Christian Szegedy · 11 February 2015" in text
    assert "Training is hard." in text
    assert "[github.com/a/b0](<https://github.com/a/b0>)" in text
    assert "- Discussion 4 Batch Normalization, 1 item" in text
    assert "`1502.03167v3` · 11 pages, 61 passages" in text


def test_a_card_of_a_sent_file_has_no_link_and_no_empty_facts() -> None:
    reply = card_reply(card(UPLOAD))
    assert text_of(reply).startswith("**Batch Normalization**\nSergey Ioffe, Christian Szegedy\n")
    assert buttons(reply) == []


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (None, "not looked for yet"),
        (CodeLinkReport((), NOW, ()), "none known on 2026-11-21"),
        (CodeLinkReport((), NOW, ("Hugging Face",)), "none known on 2026-11-21; could not be asked: Hugging Face"),
    ],
)
def test_a_card_says_how_it_knows_that_no_code_is_known(check: CodeLinkReport | None, words: str) -> None:
    assert f"**Code** · {words}" in text_of(card_reply(card(code_check=check)))


def test_a_card_with_much_of_everything_counts_what_it_leaves_out() -> None:
    many = card(
        replace(PAPER, authors=tuple(f"Author {n}" for n in range(9)), aliases=tuple("abcdefgh")),
        code_links=links(11),
        discussions=(discussion("Again"),) * 10,
    )
    text = text_of(card_reply(many))
    assert "Author 4 and others" in text
    assert "Author 5" not in text
    assert "- and 3 more" in text
    assert "- and 2 more" in text
    assert "also called a, b, c, d, e, f" in text


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "http://x y", "https://x/" + "a" * 600, ""]
)
def test_no_button_leads_where_discord_would_not_take_it(url: str) -> None:
    assert buttons(card_reply(card(replace(UPLOAD, source_url=url)))) == []


def test_the_list_is_newest_first_and_its_pages_know_each_other() -> None:
    papers = [replace(PAPER, paper_id=f"2001.{n:05}", title=f"Paper {n}") for n in range(25)]
    shown = [list_reply(papers, page, add_command="`/paper add`") for page in range(3)]
    assert "**25 papers**, newest first\n- [Paper 24]" in text_of(shown[0])
    assert text_of(shown[2]).count("\n- ") == 5
    assert [[(b.label, b.arguments, b.disabled) for b in buttons(page)] for page in shown] == [
        [("Newer", ("-1",), True), ("Older", ("1",), False)],
        [("Newer", ("0",), False), ("Older", ("2",), False)],
        [("Newer", ("1",), False), ("Older", ("3",), True)],
    ]


@pytest.mark.parametrize(("page", "shown"), [(-5, "Page 1 of 2"), (99, "Page 2 of 2")])
def test_a_page_that_is_not_there_is_the_nearest_that_is(page: int, shown: str) -> None:
    assert shown in text_of(list_reply([PAPER] * 11, page, add_command=""))


def test_one_page_has_no_buttons() -> None:
    assert buttons(list_reply([PAPER] * 10, 0, add_command="")) == []


HERE = "- **Batch Normalization** (`1502.03167`)"
ADDED = AddResult("x", AddStatus.ADDED, "1502.03167", 3, "Batch Normalization", 11, 61)


@pytest.mark.parametrize(
    ("result", "line"),
    [
        (ADDED, f"{HERE} added: 11 pages, 61 passages"),
        (replace(ADDED, status=AddStatus.UPDATED), f"{HERE} updated: 11 pages, 61 passages"),
        (replace(ADDED, status=AddStatus.UNCHANGED, pages=None), f"{HERE} was here already: 61 passages"),
        (replace(ADDED, warnings=("It is a scan.",)), f"{HERE} added: 11 pages, 61 passages\n  -# It is a scan."),
        (AddResult("x", AddStatus.QUEUED), "- x: I am being stopped. It waits, and I tell you here when it is done."),
        (
            AddResult("a-b.pdf", AddStatus.FAILED, error=BadDocument("a-b.pdf", "it is empty", "Send it again.")),
            "- a-b.pdf cannot be read: it is empty. Send it again.",
        ),
        (
            AddResult("a-b.pd", AddStatus.FAILED, error=BadDocument("a-b.pdf", "it is empty")),
            "- a-b.pd: a-b.pdf cannot be read: it is empty.",
        ),
        (
            AddResult("abc", AddStatus.FAILED, error=BadIdentifier("abc", "it is no arXiv id")),
            "- “abc” is not something to add: it is no arXiv id.",
        ),
        (
            AddResult("2513.99999", AddStatus.FAILED, error=NotFound("arXiv id", "2513.99999")),
            "- 2513.99999: There is no arXiv id “2513.99999”.",
        ),
    ],
)  # fmt: skip
def test_what_came_of_an_add_is_one_line(result: AddResult, line: str) -> None:
    assert text_of(added_reply([result])) == line


def test_only_what_came_in_can_be_asked_about() -> None:
    failed = AddResult("x", AddStatus.FAILED, error=Unreachable("arXiv", "it is in trouble"))
    assert added_reply([failed], ask_command="`/ask`").tone is Tone.ERROR
    assert "`/ask`" not in text_of(added_reply([failed], ask_command="`/ask`"))
    both = added_reply([failed, ADDED], ask_command="`/ask`")
    assert both.tone is Tone.ANSWER
    assert text_of(both).endswith("-# Ask about it with `/ask`.")
    waiting = added_reply([AddResult("x", AddStatus.QUEUED)], ask_command="`/ask`")
    assert "`/ask`" not in text_of(waiting)


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (None, "waiting"),
        (Step("x", "fetch"), "fetching …"),
        (Step("x", "fetch", 500_000, 1_000_000), "fetching 50 %"),
        (Step("x", "read", 3, 11), "reading page 3 of 11"),
        (Step("x", "embed", 16, 61), "indexing passage 16 of 61"),
        (Step("x", "store"), "storing …"),
        (ADDED, "added"),
        (AddResult("x", AddStatus.FAILED), "not added"),
    ],
)
def test_how_far_a_paper_is_is_said_in_words(step: Step | AddResult | None, words: str) -> None:
    assert progress_text([("1502.03167", step)]) == f"1502.03167 · {words}"


def test_removing_names_what_goes_and_what_stays() -> None:
    reply = remove_question(PAPER, passages=61, discussions=2)
    assert text_of(reply) == (
        "Remove **[Batch Normalization](<https://arxiv.org/pdf/1502.03167v3>)** from this server? With it go "
        "61 passages, its names here and the kept answers that cite it. Your notes of 2 discussions stay."
    )
    assert [(button.label, button.arguments) for button in buttons(reply)] == [
        ("Remove it", ("yes", "1502.03167")),
        ("Keep it", ("no", "1502.03167")),
    ]
    assert "notes" not in text_of(remove_question(PAPER, passages=1, discussions=0))


def test_what_arxiv_has_is_a_list_and_a_menu() -> None:
    reply = found_reply(
        "norm", [record("1502.03167", "Batch Norm", ("S. Ioffe", "C. Szegedy")), record("1607.06450", "")]
    )
    assert "- [Batch Norm](<https://arxiv.org/abs/1502.03167>) · S. Ioffe et al. · 2026" in text_of(reply)
    [menu] = menus(reply)
    assert [(choice.label, choice.value) for choice in menu.choices] == [
        ("Batch Norm", "1502.03167"),
        ("1607.06450", "1607.06450"),
    ]
    assert menu.most == 2


def replies(text: str) -> Iterator[Reply]:
    """Every message about papers in which others' words stand, each as long as it gets."""
    paper = replace(
        PAPER, title=text, authors=(text,) * 9, abstract=text, venue=text, aliases=(text,) * 9, warnings=(text,) * 3
    )
    url = "https://example.org/" + "a" * 900
    full = card(paper, code_links=links(20, url), discussions=(discussion(text),) * 20)
    failed = AddResult(text, AddStatus.FAILED, error=BadDocument(text, text, text))
    result = replace(ADDED, title=text, warnings=(text[:300],))
    yield card_reply(full)
    yield card_reply(replace(full, paper=replace(paper, arxiv_id=None, source_url=url)))
    yield list_reply([paper] * 25, 1, add_command="</paper add:1234567890123456789>")
    yield added_reply([result, failed] * 12, ask_command="</ask:1234567890123456789>")
    yield remove_question(paper, passages=10_000, discussions=100)
    yield removed_reply(paper)
    yield renamed_reply(Renamed(paper, before=(paper.title, *paper.aliases[:1])))
    yield found_reply(text, [record(f"2001.{n:05}", text, (text,) * 3) for n in range(10)])
    yield found_reply(text, [record("2001.00001", text)] * 3)
    yield found_reply(text, [])


@given(text=nasty)
def test_whatever_a_paper_holds_its_messages_fit_and_ping_nobody(text: str) -> None:
    for reply in replies(text):
        fits(reply)
        assert not re.search(r"@(everyone|here)|(?<!\\)<(@|#)", text_of(reply))


@given(given_=nasty, total=st.integers(1, 25), begun=st.integers(0, 25))
def test_progress_of_any_number_of_papers_fits_into_a_plain_message(given_: str, total: int, begun: int) -> None:
    steps = [(given_, Step(given_, "read", 3, 400) if n < begun else None) for n in range(total)]
    text = progress_text(steps)
    assert 0 < len(text) <= CONTENT_CHARS
    assert "@everyone" not in text


@given(title=nasty)
def test_a_title_cannot_feign_lines_of_ours(title: str) -> None:
    named = replace(UPLOAD, title=title)
    assert "\n" not in text_of(removed_reply(named))
    assert text_of(renamed_reply(Renamed(named, before=(title,)))).count("\n") == 1
