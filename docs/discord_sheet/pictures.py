"""Pictures and files: alone, in a gallery, as the cards of what can be downloaded."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from urllib.parse import unquote

import pymupdf

from .markup import plain_markup
from .pieces import Piece, blank, box, centred, label, layered, padded, row, stack, stroke, words
from .theme import BRIGHT, CARD, DEEP, HIGHEST_PICTURE, LINE, MUTED, RADIUS, WIDEST_FILE, WIDEST_PICTURE, colour, css

_GAP = 4.0
_SHEET = colour("#d3d6fd")


def file_name(url: str) -> str:
    """What an address ends in: ``attachment://page.png`` and a CDN's address name the same file."""
    return unquote(url.partition("?")[0].rpartition("/")[2])


def gallery(items: Sequence[Mapping[str, object]], files: Mapping[str, bytes], width: float) -> Piece:
    """A picture in its own size if it fits; several as equal cells, cut to fill them."""
    shown = [_read(item, files) for item in items]
    width = min(width, WIDEST_PICTURE)
    if len(shown) == 1:
        return _cell(shown[0], items[0], *_fitted(shown[0], width))
    columns = 2 if len(shown) in (2, 4) else 3
    side = (width - _GAP * (columns - 1)) / columns
    cells = [_cell(picture, item, side, side) for picture, item in zip(shown, items, strict=True)]
    lines = [row(cells[at : at + columns], _GAP) for at in range(0, len(cells), columns)]
    return stack(lines, _GAP)


def thumbnail(item: Mapping[str, object], files: Mapping[str, bytes], side: float) -> Piece:
    """A small square."""
    return _cell(_read(item, files), item, side, side)


def file_card(name: str, size: int | None, width: float) -> Piece:
    """A file to download; ``size`` in bytes."""
    width = min(width, WIDEST_FILE)
    text = stack(
        [
            words(f'<p><span class="link">{plain_markup(name)}</span></p>', width - 72),
            label("size unknown" if size is None else _in_words(size), css(12, MUTED)),
        ]
    )
    inside = padded(row([_document(), text], 12, middle=True), 16, 14, 12, 14)
    return layered(box(width, inside.height, CARD, radius=RADIUS, border=LINE), inside)


def _read(item: Mapping[str, object], files: Mapping[str, bytes]) -> pymupdf.Pixmap | None:
    media = item.get("media") or item
    content = files.get(file_name(str(media.get("url", "")))) if isinstance(media, Mapping) else None
    if not content:
        return None
    try:
        picture = pymupdf.Pixmap(content)
    except pymupdf.mupdf.FzErrorBase:  # a file that is called a picture and is none
        return None
    return pymupdf.Pixmap(pymupdf.csRGB, picture) if picture.n - picture.alpha != 3 else picture


def _fitted(picture: pymupdf.Pixmap | None, width: float) -> tuple[float, float]:
    if picture is None:
        return width, 96
    scale = min(1, width / picture.width, HIGHEST_PICTURE / picture.height)
    return picture.width * scale, picture.height * scale


def _cell(picture: pymupdf.Pixmap | None, item: Mapping[str, object], width: float, height: float) -> Piece:
    if item.get("spoiler"):
        said = label("SPOILER", css(14, BRIGHT))
        return layered(box(width, height, DEEP, radius=RADIUS), centred(said, width, height))
    if picture is None:
        described = str(item.get("description") or "a picture that was not given")
        said = words(f"<p>[{plain_markup(described)}]</p>", width - 16, css(13, MUTED))
        return layered(box(width, height, DEEP, radius=RADIUS, border=LINE), padded(said, 8, 8))
    cut = _cut(picture, width / height)
    cut = _rounded(cut, RADIUS * cut.width / width)

    def paint(page: pymupdf.Page, x: float, y: float) -> None:
        page.insert_image(pymupdf.Rect(x, y, x + width, y + height), pixmap=cut, keep_proportion=False)

    return Piece(width, height, paint)


def _cut(picture: pymupdf.Pixmap, proportion: float) -> pymupdf.Pixmap:
    """The middle of a picture in the proportion of width to height that is to be filled."""
    width, height = picture.width, picture.height
    kept_width, kept_height = min(width, round(height * proportion)), min(height, round(width / proportion))
    if abs(kept_width - width) <= 1 and abs(kept_height - height) <= 1:
        return picture
    left, top = picture.x + (width - kept_width) // 2, picture.y + (height - kept_height) // 2
    area = pymupdf.IRect(left, top, left + max(1, kept_width), top + max(1, kept_height))
    cut = pymupdf.Pixmap(picture.colorspace, area, picture.alpha)
    cut.copy(picture, area)
    return cut


def _rounded(picture: pymupdf.Pixmap, radius: float) -> pymupdf.Pixmap:
    """The same with round corners; ``radius`` in its own pixels."""
    width, height = picture.width, picture.height
    with pymupdf.open() as document:
        page = document.new_page(width=width, height=height)
        box(width, height, (0, 0, 0)).paint(page, 0, 0)
        box(width, height, (1, 1, 1), radius=radius).paint(page, 0, 0)
        mask = page.get_pixmap(colorspace=pymupdf.csGRAY)
    return pymupdf.Pixmap(pymupdf.Pixmap(picture, 0) if picture.alpha else picture, mask)


def _document() -> Piece:
    """The sheet with a folded corner that stands for a file."""
    lines = [stroke([(7, at), (23, at)], colour("#8288d6"), 2) for at in (16, 22, 28)]
    fold = stroke([(20, 1), (20, 10), (29, 10)], colour("#8288d6"), 2)
    return layered(blank(30, 40), box(30, 40, _SHEET, radius=4), fold, *lines)


def _in_words(size: int) -> str:
    """As Discord says it.

    >>> _in_words(1536)
    '1.5 KB'
    """
    step = min(3, int(math.log(size, 1024))) if size else 0
    number = f"{size / 1024**step:.2f}".rstrip("0").rstrip(".")
    return f"{number} {('bytes', 'KB', 'MB', 'GB')[step]}"
