"""Discord's Markdown, read as the desktop client reads it: what becomes bold, what a link, what only looks like it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.escaping import plain
from bot.render.signs import visible
from docs.discord_sheet.markup import Reader, line_markup, markup

NOW = datetime(2026, 4, 16, 14, 3, tzinfo=UTC)
READER = Reader({"5": "Mina", "8": "Organisers", "77": "reading-group"}, NOW)
MOMENT = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        # styles
        ("*a* and _a_", "<i>a</i> and <i>a</i>"),
        ("**a**", "<b>a</b>"),
        ("***a***", "<i><b>a</b></i>"),
        ("__a__ ~~b~~", "<u>a</u> <s>b</s>"),
        ("**a *b* c**", "<b>a <i>b</i> c</b>"),
        ("||a *b*||", '<span class="spoiler">a <i>b</i></span>'),
        ("**a", "**a"),
        ("~~a~", "~~a~"),
        # what only looks like a style, and what does not look like one
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("f*(x) = g*(y)", "f<i>(x) = g</i>(y)"),
        ("snake_case_name", "snake_case_name"),
        ("a _b_c", "a _b_c"),
        # escapes
        (r"\*a\*", "*a*"),
        (r"\_a\_ \~\~ \|\| \` \> \# \[a\]", "_a_ ~~ || ` &gt; # [a]"),
        (r"\\*a*", r"\<i>a</i>"),
        (r"C:\new", r"C:\new"),
        (r"*a\*b*", "<i>a*b</i>"),
        (r"¯\_(ツ)_/¯", r"¯\_(ツ)_/¯"),
        ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
        # code
        ("`a*b*`", "<code>a*b*</code>"),
        ("`a\\`b", "<code>a\\</code>b"),
        ("``a`b``", "<code>a`b</code>"),
        ("`` `a` ``", "<code>`a`</code>"),
        ("`a", "`a"),
        # links
        ("[a *b*](https://x.org)", '<span class="link">a <i>b</i></span>'),
        ("[a](<https://x.org/(1)>)", '<span class="link">a</span>'),
        ("[a](https://x.org/(1)) b", '<span class="link">a</span> b'),
        ("[a [b] c](https://x.org)", '<span class="link">a [b] c</span>'),
        (r"[a \[b\] c](https://x.org)", r'<span class="link">a \[b\] c</span>'),
        (r"[a \[b c](https://x.org)", '[a [b c](<span class="link">https://x.org</span>)'),
        (r"[a \* b](https://x.org)", r'<span class="link">a \* b</span>'),
        ("[a](https://x.org) and [b](https://y.org)", '<span class="link">a</span> and <span class="link">b</span>'),
        ("[a](x.org)", "[a](x.org)"),
        ("[https://bank.org](https://x.org)", "[https://bank.org](https://x.org)"),
        ("[ ](https://x.org)", "[ ](https://x.org)"),
        ("[<@5>](https://x.org)", "[&lt;@5&gt;](https://x.org)"),
        ("see https://x.org/a_b_c.", 'see <span class="link">https://x.org/a_b_c</span>.'),
        ("(https://x.org/a_(b))", '(<span class="link">https://x.org/a_(b)</span>)'),
        ("<https://x.org>", '<span class="link">https://x.org</span>'),
        # mentions and moments
        ("<@5> <@!5>", '<span class="mention">@Mina</span> <span class="mention">@Mina</span>'),
        ("<@9>", '<span class="mention">@unknown-user</span>'),
        ("<@&8> <#77>", '<span class="mention">@Organisers</span> <span class="mention">#reading-group</span>'),
        ("</paper add:1> @here", '<span class="mention">/paper add</span> <span class="mention">@here</span>'),
        (r"\<@5> \@everyone", "&lt;@5&gt; @everyone"),
        ("<:smile:123> f:x:y", ":smile: f❌y"),
        (f"<t:{MOMENT}:t> <t:{MOMENT}:D>", '<span class="time">14:03</span> <span class="time">16 April 2026</span>'),
        (f"<t:{MOMENT}>", '<span class="time">16 April 2026 14:03</span>'),
        (f"<t:{MOMENT - 7200}:R>", '<span class="time">2 hours ago</span>'),
        (f"<t:{MOMENT + 86_400}:R>", '<span class="time">in a day</span>'),
        ("<t:99999999999999999>", "&lt;t:99999999999999999&gt;"),
    ],
)  # fmt: skip
def test_a_line_is_shown_as_discord_shows_it(markdown: str, html: str) -> None:
    assert markup(markdown, READER).replace("\u200a", "") == f"<p>{html}</p>"


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("# A\n## B *c*\n### D", "<h1>A</h1><h2>B <i>c</i></h2><h3>D</h3>"),
        ("#A\n#### B", "<p>#A<br/>#### B</p>"),
        ("a # b", "<p>a # b</p>"),
        ("# A\n\nb", "<h1>A</h1><p>b</p>"),
        ("a\n# B", "<p>a</p><h1>B</h1>"),
        (r"\# a", "<p># a</p>"),
        ("-# a **b**\nc", '<div class="subtext"><p>a <b>b</b></p></div><p>c</p>'),
        ("a -# b", "<p>a -# b</p>"),
        ("> a\n> **b**\nc", "<blockquote><p>a<br/><b>b</b></p></blockquote><p>c</p>"),
        (">a", "<p>&gt;a</p>"),
        ("a > b", "<p>a &gt; b</p>"),
        ("> a\n>\n> b", "<blockquote><p>a</p></blockquote><p>&gt;</p><blockquote><p>b</p></blockquote>"),
        (">>> a\nb\n> c", "<blockquote><p>a<br/>b<br/>&gt; c</p></blockquote>"),
        ("> # A\n> - b", "<blockquote><h1>A</h1><ul><li><p>b</p></li></ul></blockquote>"),
        ("- a\n- *b*\nc", "<ul><li><p>a</p></li><li><p><i>b</i></p></li></ul><p>c</p>"),
        ("* a\n  - b\n  - c\n* d",
         "<ul><li><p>a</p><ul><li><p>b</p></li><li><p>c</p></li></ul></li><li><p>d</p></li></ul>"),
        ("a\n3. b\n4. c", '<p>a</p><ol start="3"><li><p>b</p></li><li><p>c</p></li></ol>'),
        ("-a\n1.b", "<p>-a<br/>1.b</p>"),
        (r"1\. a", "<p>1. a</p>"),
        ("```py\nx = **2**\n```\nb", "<pre>x = **2**</pre><p>b</p>"),
        ("a ```b``` c", "<p>a </p><pre>b</pre><p> c</p>"),
        ("```py\n```", "<pre>py</pre>"),
        ("```\na", "<p>```<br/>a</p>"),
        ("```\n# a\n> b\n```", "<pre># a\n&gt; b</pre>"),
        ("> ```\n> a\n> ```", "<blockquote><pre>a</pre></blockquote>"),
        ("a\n\nb", "<p>a<br/>&#160;<br/>b</p>"),
        ("**a\nb**", "<p><b>a<br/>b</b></p>"),
        ("", ""),
    ],
)  # fmt: skip
def test_lines_are_shown_as_discord_shows_them(markdown: str, html: str) -> None:
    assert markup(markdown, READER) == html


def test_no_block_begins_in_an_embeds_title() -> None:
    assert line_markup("# *a*", READER) == "# <i>a</i>"


@given(st.text(alphabet="ab \n*_~|`\\<>@#:-.[]()&/", max_size=80))
def test_nothing_is_shown_that_was_not_written_and_in_that_order(markdown: str) -> None:
    written = iter(markdown)
    assert all(sign in written for sign in _seen(markup(markdown)) if not sign.isspace())


@given(st.text(alphabet="aß1 *_~|`\\<>@#:-.[]()&", max_size=60))
def test_with_a_backslash_before_every_sign_it_is_shown_as_it_was(text: str) -> None:
    escaped = re.sub(r"([^0-9A-Za-zß ])", r"\\\1", text)
    assert _seen(markup(escaped, READER)).split() == text.split()


def _seen(html: str) -> str:
    """What stays of HTML without its tags."""
    return unescape(re.sub(r"<[^>]*>", " " if "<br/>" in html else "", html)).replace("\xa0", " ")


@given(st.text(alphabet="a1x \n*_~|`\\<>@#:-+.[]()&thps/!dicorg", max_size=60))
def test_what_the_bot_escapes_is_shown_as_it_was_written(text: str) -> None:
    html = markup(plain(text))
    assert set(re.findall(r"<(\w+)", html)) <= {"p", "br"}
    assert _seen(html).replace("\u200b", "").split() == visible(text).split()
