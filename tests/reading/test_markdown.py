"""Markdown documents are read by structure, and nothing in them is lost or obeyed."""

# Documents are easier to read on one long line:
from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.domain.reading import Kind
from rag.errors import BadDocument
from rag.reading.markdown import MAX_MARKDOWN_BYTES, read_markdown


def pairs(reading):
    return [(b.kind, b.text) for b in reading.blocks]


def test_the_first_top_heading_is_the_title_and_the_others_make_sections():
    reading = read_markdown("# On *Depth*\n\nIntro.\n\n## 1 Method\n\nA.\n\n### Data\nB.\n\nEnd\n---\nC.\n")
    assert reading.title == "On Depth"
    assert [(b.section, b.text) for b in reading.blocks] == [
        ((), "Intro."),
        (("1 Method",), "A."),
        (("1 Method", "Data"), "B."),
        (("End",), "C."),
    ]
    assert [(s.depth, s.number, s.title) for s in reading.sections] == [
        (1, "1", "Method"),
        (2, "", "Data"),
        (1, "", "End"),
    ]
    assert (reading.pages, reading.page_count) == ((), None)


@pytest.mark.parametrize("fence", ["---", "..."])
def test_front_matter_is_no_text(fence):
    assert pairs(read_markdown(f"---\ntitle: x\n# no heading\n{fence}\nText.")) == [(Kind.TEXT, "Text.")]


def test_a_rule_at_the_top_is_no_front_matter():
    assert pairs(read_markdown("---\n\nText.\n\nMore.")) == [(Kind.TEXT, "Text."), (Kind.TEXT, "More.")]


def test_lists_and_quotes_are_paragraphs_and_marks_are_dropped():
    reading = read_markdown("- One **bold**\n  line\n  - Inner `code`\n- Two\n\n> Quoted ~~not~~.\n\n1. Numbered")
    assert [b.text for b in reading.blocks] == ["One bold line", "Inner code", "Two", "Quoted not.", "Numbered"]


def test_tables_keep_rows_and_cells():
    reading = read_markdown("| net | error |\n|---|--:|\n| *ResNet* | 3.57 |\n\nAfter.")
    assert pairs(reading) == [(Kind.TABLE, "net | error\nResNet | 3.57"), (Kind.TEXT, "After.")]


def test_listings_keep_their_lines():
    assert pairs(read_markdown("```python\nx = 1\n\n  y = *2*\n```\n\n    indented")) == [
        (Kind.TEXT, "x = 1\n  y = *2*"),
        (Kind.TEXT, "indented"),
    ]


def test_what_stands_for_a_picture_is_a_caption():
    reading = read_markdown("![Figure 2: A *block*](a.png)\n\nText ![small](b.png) goes on.")
    assert [(b.kind, b.text, b.label) for b in reading.blocks] == [
        (Kind.CAPTION, "Figure 2: A block", "Figure 2"),
        (Kind.TEXT, "Text goes on.", None),
        (Kind.CAPTION, "small", None),
    ]


@pytest.mark.parametrize(
    "formula",
    ["$$y = a*b*c$$", "$$\ny = a*b*c\n$$", "\\[\ny = a*b*c\n\\]", "```math\ny = a*b*c\n```", "$$\ny =\n\n  a*b*c $$"],
)
def test_displayed_formulas_are_equations_with_the_sentences_around_them(formula):
    reading = read_markdown(f"First. We multiply.\n\n{formula}\n\nHere a is large. More.")
    (equation,) = [b for b in reading.blocks if b.kind is Kind.EQUATION]
    assert equation.text == "We multiply. y = a*b*c Here a is large."


def test_a_tag_names_an_equation():
    (equation,) = read_markdown("$$ y = x \\tag{3} $$").blocks
    assert (equation.text, equation.label) == ("y = x (3)", "Eq. 3")


def test_inline_formulas_lose_nothing():
    assert pairs(read_markdown(r"Let $a*b*c$ and $\{x_1\}$, \(y\) cost $5 or $6.")) == [
        (Kind.TEXT, r"Let $a*b*c$ and $\{x_1\}$, $y$ cost $5 or $6.")
    ]


def test_links_are_kept_in_order_without_repeats_and_only_web_addresses():
    reading = read_markdown(
        "[a](https://a.org/x) [b](javascript:x) [c](/local) <https://b.org> [a](https://a.org/x) https://c.org."
    )
    assert reading.links == ("https://a.org/x", "https://b.org", "https://c.org")


def test_references_are_kept_apart():
    reading = read_markdown("Text.\n\n## References\n\n1. One.\n2. Two.\n\n### Sub\n\nThree.\n\n## Appendix\n\nMore.")
    assert reading.references == ("One.", "Two.", "Three.")
    assert [b.text for b in reading.blocks] == ["Text.", "More."]


def test_html_in_it_is_read_without_what_it_hides():
    reading = read_markdown(
        'Text.\n\n<div>\n<p style="display:none">Obey.</p><p>Seen <b>it</b>.</p>\n</div>\n\nInline <b>b</b>.'
    )
    assert [b.text for b in reading.blocks] == ["Text.", "Seen it.", "Inline b."]
    assert any("hides" in warning for warning in reading.warnings)
    assert "secret" not in str(read_markdown("Text. <!-- secret -->\n\n<!-- secret -->"))


def test_bytes_are_decoded():
    for data in ("naïve".encode(), "\ufeffnaïve".encode(), "naïve".encode("utf-16"), "naïve".encode("cp1252")):
        assert read_markdown(data).blocks[0].text == "naïve"


@pytest.mark.parametrize("nothing", ["", "  \n", "---\na: b\n---\n", "<!-- x -->"])
def test_a_document_that_says_nothing_is_refused(nothing):
    with pytest.raises(BadDocument):
        read_markdown(nothing)


def test_an_enormous_document_is_refused():
    with pytest.raises(BadDocument, match="MB"):
        read_markdown("x" * (MAX_MARKDOWN_BYTES + 1))


@pytest.mark.parametrize(
    ("text", "reason"),
    [("# T\n\n## References\n\n- One.\n- Two.\n", "nothing but references"), ("x " * 1_040_000, "one paragraph")],
    ids=["references", "one paragraph"],
)
def test_a_document_without_a_block_of_text_is_refused_with_its_reason(text, reason):
    with pytest.raises(BadDocument, match=reason):
        read_markdown(text)


@pytest.mark.parametrize(
    "unit", ["> ", "- ", "[", "*", "$", "$$", "$$\n", "`", "<div>", "![", "| a ", "\\[\n", "((", "**a", "---\n", "$a\n"]
)
def test_ten_thousand_nested_marks_do_no_harm(unit):
    begin = time.thread_time()
    assert "the end" in str(read_markdown(unit * 10_000 + "\n\nthe end"))
    assert time.thread_time() - begin < 20


marks = [
    "#",
    "##",
    "-",
    "*",
    ">",
    "`",
    "```",
    "|",
    "|-|-|",
    "$",
    "$$",
    "\\[",
    "\\]",
    "[a](b)",
    "![c](d)",
    "<div>",
    "</div>",
    "word",
    "Two.",
    "<b>",
    "---",
    "===",
    "1.",
    "\\tag{1}",
    "&amp;",
    "\n",
    "\n\n",
]


@settings(max_examples=150)
@given(st.lists(st.sampled_from(marks), max_size=40), st.sampled_from(["", " "]))
def test_any_mix_of_marks_keeps_its_words(parts, gap):
    parts = [*parts, "\n\nlast"]
    reading = read_markdown(gap.join(parts))
    everything = " ".join(
        [reading.title, *reading.references, *(b.text for b in reading.blocks), *(s.title for s in reading.sections)]
    )
    source = gap.join(parts)
    if not source.startswith("---") and not any(mark in source for mark in ("```", "<", "](", "|")):
        assert everything.count("Two.") >= parts.count("Two.")
    assert all(block.text.strip() for block in reading.blocks)
