"""Draw the README's picture: one answer, and the page it cites with the quote marked where it was found.

Run as ``.venv/bin/python docs/make_picture.py``; writes ``docs/answer.png``. Nothing is drawn by hand: the answer
is asked of the real program, and so is the picture of its citation.
"""

from __future__ import annotations

import tempfile
from html import escape
from pathlib import Path

import pymupdf

from rag import samples
from rag.domain.answer import Answer
from rag.domain.picture import QuotePicture
from rag.settings import read_settings
from rag.wiring import build

QUESTION = "what is internal covariate shift"
WIDTH, HEIGHT, MARGIN = 1180, 540, 28
PANEL = (0.12, 0.13, 0.16)
STYLE = """
* { font-family: sans-serif; color: #eef0f4; font-size: 15px; line-height: 1.4; }
.dim { color: #9ea8b8; margin-top: 14px; } .said { font-size: 17px; } .note { margin-left: 24px; }
.mark { color: #ffdb40; margin-top: 18px; }
"""


def main() -> None:
    """Ask, draw, write."""
    with tempfile.TemporaryDirectory() as folder:
        study = build(read_settings(data_dir=Path(folder), ask_code_links_online=False))
        study.add([str(samples.primer_pdf())], guild="picture")
        study.import_notes("picture", samples.sample_notes().read_bytes(), search_arxiv=False)
        answer = study.ask(QUESTION, guild="picture")
        picture = study.picture(answer.citations[0], guild="picture")
        study.close()
    with pymupdf.open() as canvas:
        sheet = canvas.new_page(width=WIDTH, height=HEIGHT)
        sheet.draw_rect(sheet.rect, fill=PANEL, color=None)
        _write(sheet, answer)
        _show_page(sheet, picture)
        sheet.get_pixmap(dpi=110).save(Path(__file__).with_name("answer.png"))


def _write(sheet: pymupdf.Page, answer: Answer) -> None:
    first = answer.citations[0]
    note = answer.notes[0]
    parts = [
        ("dim", f"$ seminar ask “{answer.question}”"),
        ("said", answer.text),
        ("dim", "Sources"),
        ("", f"[1] {first.paper.title}, p. {first.quote.page} · {first.passage.section[-1]}"),
        ("dim", "Your group’s notes (what was said, not what the paper says)"),
        ("", f"Discussion {note.discussion.ordinal}, item {note.note.item}: {note.note.question}"),
        *(("note", line) for line in note.note.answer),
        ("mark", "Every quote was found on its page by the program."),
    ]
    html = "".join(f'<p class="{kind}">{escape(text)}</p>' for kind, text in parts)
    sheet.insert_htmlbox(pymupdf.Rect(MARGIN, MARGIN + 60, 640, HEIGHT - MARGIN), html, css=STYLE)


def _show_page(sheet: pymupdf.Page, picture: QuotePicture) -> None:
    width = WIDTH - 670 - MARGIN
    height = width * picture.height / picture.width
    top = (HEIGHT - height) / 2
    sheet.insert_image(pymupdf.Rect(670, top, 670 + width, top + height), stream=picture.png)


if __name__ == "__main__":
    main()
