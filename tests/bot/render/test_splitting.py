"""A long text in several messages reads as it did in one: nothing is lost, halved, or left open."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.render.escaping import masked_link, plain, quoted
from bot.render.splitting import split
from tests.bot.render.discord_markdown import shown
from tests.bot.render.test_escaping import NEARLY, SIGNS, TRICKS

words = st.text(st.sampled_from("abcdefgäß日本"), min_size=1, max_size=9) | st.sampled_from(
    [r"W\_q", "e.g.", "cafe\u0301", "👩\u200d💻", "Fig. 2", "3.5", "2015.", "-", "#", ">", "1.", "x < y"]
)
others = st.sampled_from([*TRICKS, *NEARLY]).map(plain)
wholes = st.sampled_from(
    [
        "[1]", "[12]", "[1][2]", "<@123456>", "<#12>", "</paper add:77>", "<t:1793903400:R>", "`a b`", "``a ` b``",
        "[p. 3](<https://arxiv.org/pdf/1502.03167#page=3>)", "[[2] Sec. 3](<https://a.b/c%28d%29>)", r"\*", r"\[1]",
        "<https://arxiv.org/abs/1>", "https://arxiv.org/abs/1", "**bold**", "*it is*", "~~gone~~", "**[a](<https://b.c>)**",
    ]
)  # fmt: skip
runs = st.lists(words | wholes | others.map(lambda text: " ".join(text.split())), min_size=1, max_size=30).map(" ".join)
sentences = st.lists(runs.map(lambda run: f"{run}. "), min_size=1, max_size=4).map(lambda each: "".join(each).strip())
code_lines = st.lists(st.text(st.sampled_from("ab =(){}#*_"), max_size=30), min_size=1, max_size=12).map("\n".join)
blocks = st.one_of(
    sentences.map(lambda text: f"x {text}"),
    sentences.map(lambda text: f"**x {text.replace('*', '+')} x**"),
    sentences.map(lambda text: quoted(f"x {text}")),
    sentences.map(lambda text: f"-# x {text}"),
    st.lists(sentences.map(lambda text: f"- x {text}"), min_size=1, max_size=3).map("\n".join),
    code_lines.map(lambda text: f"```py\nx{text}\n```"),
    st.just("### Sources"),
)
documents = st.lists(blocks, min_size=1, max_size=5).map("\n\n".join)


def as_read(*parts: str) -> list[tuple[str, frozenset[str]]]:
    """The signs that are written, with what they are shown as. Where a list goes on is for the eye."""
    signs = [each for part in parts for each in shown(part)]
    return [(sign, frozenset(style - {"list"})) for sign, style in signs if not sign.isspace()]


@given(documents, st.integers(90, 700))
def test_the_parts_read_as_the_whole_did(markdown: str, limit: int) -> None:
    parts = split(markdown, limit)
    assert all(part.strip() and len(part) <= limit for part in parts)
    assert as_read(*parts) == as_read(markdown)


@given(st.lists(wholes | words, min_size=1, max_size=80), st.integers(60, 200), st.sampled_from([" ", "", "\n"]))
def test_links_citations_mentions_times_and_escapes_are_never_halved(each: list[str], limit: int, between: str) -> None:
    text = between.join(each)
    assume(all(len(address) <= limit for address in re.findall(r"https?://[^\s<]+", text)))  # else nothing is one piece
    parts = split(text, limit)
    assert all(len(part) <= limit for part in parts)
    for piece in (
        "[1]",
        "<@123456>",
        "</paper add:77>",
        "<t:1793903400:R>",
        "]",
        r"\*",
        ")",
        "https://arxiv.org/abs/1",
        "```",
    ):
        assert sum(part.count(piece) for part in parts) == text.count(piece)
    assert not any(
        part.startswith(("[1]", "[12]")) for part in parts[1:] if between == " " and not text.startswith("[")
    )


@given(st.text(st.characters() | st.sampled_from(SIGNS), max_size=300), st.integers(1, 60))
def test_of_any_text_whatever_the_limit_nothing_is_lost(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(part.strip() and len(part) <= limit for part in parts)
    if "```" not in text:  # the language of code is said again
        assert _letters("".join(parts)) == _letters(text)


@given(st.text(st.sampled_from("`*_~|\n ab"), max_size=200), st.integers(8, 60))
def test_of_code_whatever_the_limit_nothing_is_lost(text: str, limit: int) -> None:
    assert _letters("".join(split(text, limit))) == _letters(text)


def _letters(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())


@given(code_lines, code_lines, st.integers(60, 120), st.sampled_from(["", "> "]))
def test_no_code_is_left_open_and_short_code_is_never_cut(one: str, other: str, limit: int, lead: str) -> None:
    fences = ["```py\nx" + code + "\n```" for code in (one, other)]
    text = "\n".join(lead + line for line in f"Some words before. {fences[0]}\nbetween\n{fences[1]}\nafter".split("\n"))
    parts = split(text, limit)
    assert all(len(part) <= limit and part.count("```") % 2 == 0 for part in parts)
    for fence in fences:
        if len(fence) <= limit and not lead:
            assert sum(part.count(fence) for part in parts) >= text.count(fence)
    assert as_read(*parts) == as_read(text)


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("", 10, ()),
        (" \n \n", 10, ()),
        ("short", 10, ("short",)),
        ("one two. Three\n\nfour five", 20, ("one two. Three", "four five")),
        ("one two. Three\nfour five", 20, ("one two. Three", "four five")),
        ("one two three. Four five", 20, ("one two three.", "Four five")),
        ("as shown by He et al. They do", 25, ("as shown by He et al.", "They do")),  # nothing better
        ("it holds, see Eq. 3 and more", 19, ("it holds, see Eq. 3", "and more")),
        ("one two three four", 13, ("one two three", "four")),
        ("これは文です。次の文です。", 10, ("これは文です。", "次の文です。")),
        ("a claim that is proven [1] and more", 24, ("a claim that is", "proven [1] and more")),
        ("a claim that is proven [1] and more", 26, ("a claim that is proven [1]", "and more")),
        ("in the year 2015. Then", 15, ("in the", "year 2015. Then")),  # else "2015." would begin a list
        ("a line that is - so", 14, ("a line that", "is - so")),
        ("one\n  - two\n  - three", 12, ("one\n  - two", "  - three")),
        ("**bold text that goes on**", 18, ("**bold text that**", "**goes on**")),
        ("***all of it goes on***", 18, ("***all of it***", "***goes on***")),
        ("**bold *and more of it* goes on**", 22, ("**bold *and more of***", "***it* goes on**")),
        ("> a quote that goes on", 15, ("> a quote that", "> goes on")),
        ("> unbreakable", 8, ("> unbrea", "> kable")),
        ("-# a remark that goes on", 14, ("-# a remark", "-# that goes", "-# on")),
        ("```py\na = 1\nb = 2\nc = 3\n```", 24, ("```py\na = 1\nb = 2\n```", "```py\nc = 3\n```")),
        ("> ```\n> a = 1\n> b = 2\n> ```", 22, ("> ```\n> a = 1\n> ```", "> ```\n> b = 2\n> ```")),
        ("text ```py\na = 1\n```", 16, ("text", "```py\na = 1\n```")),
        ("`a long bit of code`", 12, ("`a long bit`", "`of code`")),
        ("unbreakable", 4, ("unbr", "eaka", "ble")),
        (r"a\*b\*c\*d\*", 5, (r"a\*b", r"\*c\*", r"d\*")),
        ("snake_case_name", 6, ("snake", "_case", "_name")),
        ("e\u0301e\u0301e\u0301", 3, ("e\u0301", "e\u0301", "e\u0301")),
        ("[a](<https://b.c>)", 10, ("[a](<https", "://b.c>)")),  # alone too long: only then
        ("x [a](<https://b.c>) y", 18, ("x", "[a](<https://b.c>)", "y")),
        ("a" + " " * 50 + "b", 10, ("a", "b")),
        ("\n\n  a", 10, ("  a",)),
    ],
)
def test_a_cut_is_where_a_reader_pauses(text: str, limit: int, parts: tuple[str, ...]) -> None:
    assert split(text, limit) == parts


def test_the_first_part_may_have_less_room() -> None:
    assert split("one two. Three four. Five", 20, first=10) == ("one two.", "Three four. Five")
    assert split("unbreakable words", 12, first=5) == ("", "unbreakable", "words")
    assert split("**bold words** go on", 16, first=6) == ("", "**bold words**", "go on")
    assert split("short", 10, first=0) == ("", "short")
    assert split("short", 10, first=20) == ("short",)


def test_a_link_of_a_paper_survives_any_limit_it_fits() -> None:
    link = masked_link("Batch Normalization, p. 3", "https://arxiv.org/pdf/1502.03167#page=3")
    for limit in range(len(link), 3 * len(link)):
        parts = split(f"**Sources**\n{link} {link}: {link}, and\n{link}", limit)
        assert sum(part.count(link) for part in parts) == 4


HARD = [
    "word ", "*a ", "x", "\n", " ", "> word. ", "[a](http://b) ", "[[a] ", "`a ``b ", "a\u0301", "< ", "[a", "~~",
    "1. ", "[1] ", "_", "\\*", "***a", "# ", "a. ", "```", "** ~~ ", "<t:", "<a/", "https://", "(", "](a(", "[](",
    "e.g. ", "。", "|| ", "\\", "- ", "> ", "**a** ", "```a\n```\n", "\n> ```a\n> ```",
]  # fmt: skip


@pytest.mark.parametrize("unit", HARD)
def test_time_grows_with_length_and_no_faster(unit: str) -> None:
    """The limit is far from what a slow machine needs (1 s for a megabyte) and far below what a square would take."""
    text = unit * (1_000_000 // len(unit))
    start = time.thread_time()
    parts = split(f"a{text}b", 4000)
    assert time.thread_time() - start < 10
    assert max(map(len, parts)) <= 4000
