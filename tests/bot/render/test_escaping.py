"""Text of others inside our messages: it is read as it was written, and formats, pings, links and feigns nothing."""

from __future__ import annotations

import doctest
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import bot.render.escaping
import bot.render.signs
from bot.render.escaping import clip, masked_link, plain, plain_line, quoted, timestamp
from bot.render.signs import one_line, visible, whole
from tests.bot.render.discord_markdown import seen, shown, styles

TRICKS = [
    "**bold** *it* __under__ _it_ ~~gone~~ ||hidden|| `code` ```py\nprint()\n```",
    "# big", "## big", "### big", "#\nbig", "-# small", "> said", ">>> all of it\nthis too", "  > said", "- a\n- b",
    "* a", "+ a", "1. a\n2. b", "   12. a", "a\n# b\n- c\n1. d\n-# e\n> f",
    "[Attention](https://evil.example)", "[a](<https://evil.example> 'title')", "[[1]](https://evil.example)",
    "[a [b](http://c.de)", "https://evil.example/a_b_c", "<https://evil.example>", "HTTPS://evil.example",
    "discord://-/users/1", "see https://arxiv.org/abs/1706.03762.", "<a:/b>", "<mail@evil.example>", "<+4912345>",
    "<=:/0>",
    "discord.gg/abc", "https://discord.gg/abc", "discord.com/invite/abc", "discordapp.com/invite/abc", "DISCORD.GG/abc",
    "<@1> <@!2> <@&3> <#4> </ask:5> <t:6:R> <:e:7> <a:e:8> <id:customize> <id:home>", "@everyone @here", "@@everyone",
    ":smile: 10:30:45 a:b:c:", ":a:b:", "_a_b_", "__init__", "a__b__c", "snake_case_", "W_q W_k_", "é_b_é", "``a`b``",
    "*a\\*b*", "\\\\*a*", "*** a ***", "<<@1>", "\u202e<@1>\u200b", "steam://run/1", "~~~a~~~", "|||a|||",
    "[1] Paper · p. 3\nSources\n[1](https://evil.example)", "**Sources**\n**[1]** *Paper*, p. 3",
]  # fmt: skip
"""What Discord makes something of."""

NEARLY = [
    "\\*not escaped by me*", "\\", "\\\\", "a\\", "\\`a`", "¯\\_(ツ)_/¯", "_", "`a", "``a`", "~", "~~~", "|", "|||",
    "||a|", "a** b", "*", "* *", "<", "<@\u200b1>", "@\u200beveryone", "[\u200b1](htt\u200bp://a.b)",
    "http:\u200b//a.bc",
    "h\u200bttps://evil.example", "#\u00a0big", "\u00a0# big", "\u2028# big", "\r# big", "\v- a", "\x85> said",
    "𝐒𝐨𝐮𝐫𝐜𝐞𝐬",
    "-\u200b# small",
]  # fmt: skip
"""What it makes nothing of, before something is taken out or put beside it."""

SIGNS = "*_~`|>#-+<@&!:/[]()\\.1a e\n\u200b\u202e\u00e9"
marked_up = st.text(st.sampled_from(SIGNS), max_size=40) | st.lists(
    st.sampled_from([*TRICKS, *NEARLY, "\n", " ", "\\", "*", "_", "[", "](", ")", "<", ">", "`", "a"]), max_size=6
).map("".join)
any_text = st.text(max_size=60) | marked_up


@pytest.mark.parametrize("text", TRICKS + NEARLY)
def test_a_trick_shows_as_it_was_typed_and_does_nothing(text: str) -> None:
    assert seen(plain(text)).replace("\u200b", "") == visible(text)
    assert styles(plain(text)) == set()


@pytest.mark.parametrize("text", TRICKS)
def test_the_model_of_discord_falls_for_the_trick(text: str) -> None:
    """Else the tests here say nothing."""
    assert styles(text)


@given(any_text)
def test_any_text_shows_what_is_visible_of_it_and_is_nothing_but_text(text: str) -> None:
    assert seen(plain(text)).replace("\u200b", "") == visible(text).replace("\u200b", "")
    assert styles(plain(text)) == set()


@given(any_text, any_text)
def test_two_texts_side_by_side_make_nothing_together(one: str, other: str) -> None:
    assert styles(f"{plain(one)} {plain(other)}\n{plain(one)}: {plain(other)}") == set()


@given(any_text)
def test_within_our_own_marks_a_text_changes_nothing_but_takes_their_style(text: str) -> None:
    line = plain_line(text)
    assert styles(f"**{line or 'x'}**") <= {"bold"}
    assert styles(quoted(plain(text))) <= {"quote"}
    assert styles(f"### {line or 'x'}") <= {"heading 3"}
    assert styles(f"-# {line}x") <= {"subtext"}
    ours = "[1](<https://a.b/_c_>) {} **[2]** [p. 3](<https://d.e>) `f_ *` ```py\n_g_ *h* ||\n```"
    assert styles(ours.format(plain(text))) == styles(ours.format(""))


def test_a_source_line_in_a_quote_cannot_look_like_ours() -> None:
    fake = "**Sources**\n**[1]** [Paper](https://evil.example) · p. 3\n# Answer\n-# quoted, no model used"
    ours = {"bold", "link:https://arxiv.org/abs/1", "heading 1", "subtext"}
    assert styles("# Answer\n**Sources** [p. 3](<https://arxiv.org/abs/1>)\n-# quoted") == ours
    assert styles(quoted(plain(fake))) == {"quote"}
    assert all("quote" in each for _, each in shown(quoted(plain(fake))))


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("W_q and d_model", r"W\_q and d\_model"),
        ("softmax(QK^T / sqrt(d)) V, x < 5, y > 3", None),
        ("P(a|b) ~ 0.5 - 3 # of 10% (see Fig. 2)", None),
        ("a #hashtag, C#, -1, 3.5, e.g. at 10:30 h", None),
        ("x_{t}^{*}", r"x\_{t}^{\*}"),
        (r"\alpha_1", r"\\alpha\_1"),
    ],
)
def test_equations_and_names_are_escaped_only_where_they_must(text: str, escaped: str | None) -> None:
    assert plain(text) == (escaped or text)
    assert seen(plain(text)) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a\u202eb\u2066c\u200ed\u061ce", "abcde"),
        ("a\u200bb\ufeffc\u2060d\u00ade\u034ff\u3164g", "abcdefg"),
        ("Z" + "\u0301\u0316" * 40 + "algo", "Z\u0301\u0316\u0301algo"),
        ("Vie\u0323\u0302t Nam, Ứng", "Vie\u0323\u0302t Nam, Ứng"),
        ("👩\u200d💻 می\u200cخواهم", "👩\u200d💻 می\u200cخواهم"),
        ("a\u200db \u200dc", "ab c"),
        ("a\r\nb\rc\u2028d\u2029e\x85f", "a\nb\nc\nd\ne\nf"),
        ("a\n\n\n\nb \n \n \n c\n\nd", "a\n\nb\n\n c\n\nd"),
        ("a\u00a0b\u3000c\td\u2800e", "a b c d e"),
        ("\x00a\x1b[31mb\x7fc\x9b", "a[31mbc"),
        ("𝑥𝑦 = 𝐖𝑥 but 𝑠𝑜𝑓𝑡𝑚𝑎𝑥", "𝑥𝑦 = 𝐖𝑥 but softmax"),
        ("a\ud800b", "a\ufffdb"),
        ("tag\U000e0041\U000e0042", "tag"),
    ],
)
def test_what_cannot_be_seen_or_only_disturbs_is_taken_out(text: str, left: str) -> None:
    assert visible(text) == left


@given(st.text(st.characters() | st.sampled_from("\u0301\u200d\u202e\n \r\u3164𝐒"), max_size=60))
def test_what_is_visible_stays_as_it_is(text: str) -> None:
    assert visible(visible(text)) == visible(text)
    assert "\n\n\n" not in visible(text)
    assert "\n" not in one_line(text)
    visible(text).encode()  # no halves of surrogate pairs


def test_titles_and_names_stay_on_their_line() -> None:
    assert plain_line("A title\n# with\r\na *break*") == r"A title # with a \*break\*"


@given(any_text, st.integers(0, 40))
def test_what_is_clipped_fits_and_is_still_only_text(text: str, limit: int) -> None:
    short = clip(plain(text), limit)
    assert len(short) <= limit
    assert styles(short) == set()
    assert short == plain(text) or short == "" or short.endswith("…")
    assert seen(plain(text)).startswith(seen(short).removesuffix("…"))


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("short enough", 12, "short enough"),
        ("cut between words", 11, "cut…"),
        ("cut between words", 12, "cut between…"),
        ("cut between words", 15, "cut between…"),
        ("first, second", 9, "first…"),
        ("unbreakable", 5, "unbr…"),
        (r"abc\*def", 5, "abc…"),
        (r"ab\\def", 5, r"ab\\…"),
        (r"snake\_case\_name", 7, "snake…"),
        ("cafe\u0301 noir", 5, "caf…"),
        ("👩‍💻👩‍💻", 5, "👩‍💻…"),
        ("anything", 1, "…"),
        ("anything", 0, ""),
    ],
)
def test_a_long_text_is_clipped_between_words(text: str, limit: int, short: str) -> None:
    assert clip(text, limit) == short


def test_signs_of_several_code_points_are_not_halved() -> None:
    flags = "🇩🇪🇫🇷"
    assert [whole(flags, at) for at in range(5)] == [0, 0, 2, 2, 4]
    assert whole("👍🏽!", 1) == 0
    assert whole("a\r", 1) == 1


LABELS = [
    "p. 3", "[1]", "Sec. 3.2 [W_q]", "a * b", "*it*", "_it_", "`c`", "<@1>", "@everyone", "https://evil.example/x",
    "discord.gg/abc", ":smile:", "🎉 party ™", "a]b[c", "[[a]]", "a\nb", "||a||", "~~a~~", "\\", "a\\](http://x.yz)",
]  # fmt: skip


@given(st.sampled_from(LABELS) | any_text)
@example("x]")
def test_a_label_is_a_link_to_where_we_say_and_nothing_else(label: str) -> None:
    link = masked_link(label, "https://arxiv.org/abs/1")
    assert styles(link) in ({"link:https://arxiv.org/abs/1"}, set())
    assert styles(link) or label not in LABELS
    assert "\n" not in link


def test_a_label_looks_as_it_did() -> None:
    assert seen(masked_link("Attention [1] W_q *is*", "https://a.b")) == "Attention [1] W_q ∗is∗"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://arxiv.org/pdf/1502.03167#page=3", "https://arxiv.org/pdf/1502.03167#page=3"),
        ("https://a.b/c_(d)?e=f&g=%20h", "https://a.b/c_%28d%29?e=f&g=%20h"),
        ("https://a.b/c d<e>*f*|g|", "https://a.b/c%20d%3Ce%3E%2Af%2A%7Cg%7C"),
        ("HTTP://A.b:80", "http://A.b:80"),
        ("https://аrxiv.org/abs/1", "https://xn--rxiv-43d.org/abs/1"),  # its first letter is Cyrillic
    ],
)
def test_addresses_are_written_so_that_discord_reads_them_whole(url: str, address: str) -> None:
    link = masked_link("here", url)
    assert link == f"[here](<{address}>)"
    assert styles(f"**({link})**") == {"bold", f"link:{address}"}


@pytest.mark.parametrize(
    "url",
    [
        "", "here", "javascript:alert(1)", "ftp://a.b", "https://", "https:///a", "https://arxiv.org@evil.example/",
        "//a.b", "https://a.b\n/c", "https://a.b/\u202ec", "file:///etc/passwd", "https://a.b/" + "c" * 1000,
        "https://a.b\\@c.d", "https://[::1]/", "https://a..b/",
    ],
)  # fmt: skip
def test_what_is_no_address_leaves_the_label_alone(url: str) -> None:
    assert masked_link("*here*", url) == r"\*here\*"


def test_moments_are_written_for_every_zone() -> None:
    moment = datetime(2026, 11, 5, 18, 30, tzinfo=UTC)
    assert timestamp(moment) == "<t:1793903400:f>"
    assert timestamp(moment.astimezone(timezone(timedelta(hours=5))), "R") == "<t:1793903400:R>"
    with pytest.raises(AssertionError):
        timestamp(datetime(2026, 11, 5))


def test_a_megabyte_is_escaped_within_a_second() -> None:
    for text in ("*_~|`<[@:#\n" * 100_000, "word " * 200_000, "a\u0301" * 500_000, " " * 1_000_000, "1" * 1_000_000):
        start = time.thread_time()
        plain(text)
        assert time.thread_time() - start < 2


def test_the_examples_in_docstrings_are_true() -> None:
    for module in (bot.render.escaping, bot.render.signs):
        results = doctest.testmod(module)
        assert results.attempted
        assert not results.failed
