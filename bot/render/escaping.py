r"""Text of papers, notes, models and people inside Discord's Markdown: it shows as it was written, and does nothing.

What Discord reads is told by https://support.discord.com/hc/en-us/articles/210298617 and
https://docs.discord.com/developers/reference#message-formatting; the finer rules are its client's, which descends from
simple-markdown. A backslash works before every sign of ASCII that is neither letter nor digit, but not in the label of
a masked link, where it would show (https://github.com/discord/discord-api-docs/issues/6185).
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import quote

from bot.render.signs import one_line, visible, whole

_ZERO_WIDTH = "\u200b"
_SPECIAL = {
    "backslash": r"\\",
    "bold, italics": r"\*",
    # Within a word too: italics may close at a later one, in code or in an address.
    "italics, underline": r"_",
    "code": r"`",
    "strike": r"(?<=~)~|~(?=~)|\A~|~\Z",
    "spoiler": r"(?<=\|)\||\|(?=\|)|\A\||\|\Z",
    "masked link": r"\[",
    "mention, time, emoji, command, address": r"<(?! )",
    "quote": r"^ *>",
    "heading": r"^ *\#(?=\#{0,2}(?:\s|\Z))",
    "subtext": r"^ *-(?=\#)",
    "list": r"^ *[-+](?=\s|\Z)|^ *\d+\.(?=\s|\Z)",
    "emoji by name": r":(?=[\w+~-]+(?::|\Z))",
    "address": r":(?=//)",
    "invite": r"(?i:(?<=discord)|(?<=discordapp))\.(?=\w)",
    # Discord's server looks for these in the raw text, where a backslash would not stop it.
    "ping": r"@(?=everyone|here|[!&]?\d)",
}
_ESCAPED = re.compile("|".join(_SPECIAL.values()), re.MULTILINE)

MAX_LINK_CHARS = 1_000
"""Of a masked link's address, our own: a longer one would take a quarter of a message."""
_LINKED = re.compile(r"(?P<scheme>https?://)(?P<host>[^\s/?#@\\:%()<>\[\]]+)(?::\d+)?(?=[/?#]|\Z)", re.IGNORECASE)
_PLAIN_IN_ADDRESS = "/:?#!$&'+,;=%-._"
_FOR_LABELS = str.maketrans("\\*`<>@|~", "∖∗ˋ‹›＠∣∼")
_PICTURED = re.compile(
    "[\u203c\u2049\u20e3\u2139\u2194-\u21aa\u231a-\u23fa\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b55"
    "\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff]"
)
_BRACKETS_IN_PAIRS = re.compile(r"(?:[^\[\]]|\[[^\[\]]*\])*")


def plain(text: str) -> str:
    r"""Return Markdown that shows the visible text and nothing else, wherever in a message it stands.

    >>> print(plain("# W_q **and** [a](https://b.c) <t:1>"))
    \# W\_q \*\*and\*\* \[a](https\://b.c) \<t:1>
    """
    return _ESCAPED.sub(_escape, visible(text))


def plain_line(text: str) -> str:
    """Return :func:`plain` of the text on one line: for titles and names within a line of ours."""
    return plain(one_line(text))


def clip(text: str, limit: int) -> str:
    """Return the text, or so much of its beginning as fits with "…", cut between words and never within an escape.

    Takes what :func:`plain` made as well as what it is still to make.
    """
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    end = _between_words(text, limit - 1)
    while end and (text[end - 1] in " \n,;:" or _opens_escape(text, end)):
        end -= 1
    return text[:end] + "…"


def quoted(markdown: str) -> str:
    r"""Return Markdown, already escaped, as a quote: every line of it begins with ``>``.

    >>> quoted("one\n\ntwo")
    '> one\n> \n> two'
    """
    return "\n".join(f"> {line}" for line in markdown.split("\n"))


def masked_link(label: str, url: str) -> str:
    """Return a link that shows a label and no preview; of an address that is none, the label alone.

    Signs that Discord would read in a label are replaced by ones that look alike, pictures left out.

    >>> masked_link("p. 3 [*draft]", "https://arxiv.org/pdf/1502.03167#page=3")
    '[p. 3 [∗draft]](<https://arxiv.org/pdf/1502.03167#page=3>)'
    """
    address = _address(url)
    shown = _label(label)
    return f"[{shown}](<{address}>)" if address and shown else plain_line(label)


def timestamp(moment: datetime, style: str = "f") -> str:
    """Return a moment as each reader's Discord writes it, in their zone. ``style``: one of tTdDfFR.

    https://docs.discord.com/developers/reference#message-formatting-timestamp-styles
    """
    assert moment.tzinfo is not None
    assert style in "tTdDfFR"
    return f"<t:{int(moment.timestamp())}:{style}>"


def _escape(found: re.Match[str]) -> str:
    if found[0] == "@":
        return found[0] + _ZERO_WIDTH
    return f"{found[0][:-1]}\\{found[0][-1]}"


def _between_words(text: str, end: int) -> int:
    if text[end].isspace():
        return end
    after = max(1, end - 40)  # what is longer is no word
    space = max(text.rfind(" ", after, end), text.rfind("\n", after, end))
    return space if space > 0 else whole(text, end)


def _opens_escape(text: str, end: int) -> bool:
    at = end
    while at and text[at - 1] == "\\":
        at -= 1
    return (end - at) % 2 == 1


def _label(label: str) -> str:
    text = _PICTURED.sub("", one_line(label))
    text = re.sub(r"\b\w+:/+", "", text).translate(_FOR_LABELS)  # an address in a label undoes the link
    text = re.sub(r"(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])", "ˍ", text)
    text = re.sub(r"(?i)(?<=discord)\.|(?<=discordapp)\.", "․", text)
    text = re.sub(r":(?=[\w+~-]+:)", "∶", text)
    if not _BRACKETS_IN_PAIRS.fullmatch(text):
        text = text.replace("[", "(").replace("]", ")")
    return " ".join(text.split())


def _address(url: str) -> str:
    """Return the address as Discord can read it, "" when it is none that people should follow."""
    found = _LINKED.match(url)
    if found is None or len(url) > MAX_LINK_CHARS or one_line(url) != url:
        return ""
    try:
        host = found["host"].encode("idna").decode("ascii")  # what feigns another host shows itself in this form
    except UnicodeError:
        return ""
    address = f"{found['scheme'].lower()}{host}{quote(url[found.end('host') :], safe=_PLAIN_IN_ADDRESS)}"
    return address if len(address) <= MAX_LINK_CHARS else ""
