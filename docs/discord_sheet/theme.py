"""Discord's dark theme on a desktop: colours and sizes in CSS pixels."""

from __future__ import annotations

Colour = tuple[float, float, float]


def colour(code: str | int) -> Colour:
    """``#rrggbb``, or a number as Discord's JSON gives it, as MuPDF wants it.

    >>> colour("#ff0000")
    (1.0, 0.0, 0.0)
    """
    number = code if isinstance(code, int) else int(code.removeprefix("#"), 16)
    return (number >> 16 & 255) / 255, (number >> 8 & 255) / 255, (number & 255) / 255


CHAT, CHAT_EPHEMERAL, CARD, DEEP, LINE = (
    colour(code) for code in ("#313338", "#343641", "#2b2d31", "#1e1f22", "#3f4147")
)
"""The page, the page behind a message for one person, a card, what lies deeper than a card, borders and rules."""

BLURPLE = colour("#5865f2")
BUTTONS = {1: BLURPLE, 2: colour("#4e5058"), 3: colour("#248046"), 4: colour("#da373c"), 5: colour("#4e5058")}
"""By the style's number: primary, secondary, success, danger, link."""

AVATARS = tuple(colour(code) for code in ("#f0b232", "#23a55a", "#eb459e", "#3ba5b9", "#9b59b6", "#e67e22"))
FAULT = colour("#f23f43")

TEXT, BRIGHT, MUTED, WHITE = "#dbdee1", "#f2f3f5", "#949ba4", "#ffffff"

WIDTH, MARGIN, GUTTER, AVATAR = 720.0, 16.0, 72.0, 40.0
"""The page, its edge, where a message's text begins, an avatar's diameter."""

WIDEST_CARD, WIDEST_PICTURE, HIGHEST_PICTURE, WIDEST_EMBED, WIDEST_FILE = 600.0, 550.0, 400.0, 516.0, 432.0
RADIUS, STRIPE, PADDING, GAP = 8.0, 4.0, 16.0, 8.0


def css(size: float = 16, shade: str = TEXT) -> str:
    """The look of every class that markup.py names; MuPDF knows no rounded or padded inline boxes."""
    return f"""
body {{ margin: 0; font-family: sans-serif; font-size: {size}px; line-height: {size * 1.375}px; color: {shade}; }}
p {{ margin: 0; }}
h1, h2, h3 {{ margin: 8px 0 4px 0; color: {BRIGHT}; font-weight: bold; }}
h1 {{ font-size: {size * 1.5}px; line-height: {size * 1.9}px; }}
h2 {{ font-size: {size * 1.25}px; line-height: {size * 1.7}px; }}
h3 {{ font-size: {size}px; line-height: {size * 1.375}px; }}
ul, ol {{ margin: 2px 0 0 0; padding-left: 26px; list-style-type: disc; }}
ol {{ list-style-type: decimal; }}
li {{ margin: 0 0 3px 0; }}
blockquote {{ margin: 2px 0; padding-left: 12px; border-left: 4px solid #4e5058; }}
pre {{ margin: 6px 0 2px 0; padding: 7px 9px; background-color: #1e1f22; border: 1px solid #3a3c42;
       font-family: monospace; font-size: {size * 0.875}px; line-height: {size * 1.125}px;
       color: {BRIGHT}; white-space: pre-wrap; }}
code {{ font-family: monospace; font-size: {size * 0.9375}px; color: {BRIGHT}; background-color: #1e1f22; }}
.subtext {{ font-size: {size * 0.8125}px; line-height: {size * 1.125}px; color: {MUTED}; margin: 1px 0; }}
.subtext code {{ color: {MUTED}; }}
.link {{ color: #00a8fc; }}
.mention {{ color: #c9cdfb; background-color: #3e4372; }}
.time {{ background-color: #41434a; }}
.spoiler {{ color: #1e1f22; background-color: #1e1f22; }}
.nowrap {{ white-space: nowrap; }}
"""
