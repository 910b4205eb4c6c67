"""The template of question sets: which one is used, what replaced it, and as a file."""

from __future__ import annotations

from bot.render.escaping import clip, plain_line, timestamp
from bot.render.reply import Attached, Block, Button, Reply, Row, Text, Tone
from rag.domain.template import TemplateInUse
from rag.wording import counted

NAME_CHARS = 60
FILE_NAME = "template.md"


def template_section(used: TemplateInUse) -> list[Block]:
    """Return the part of the settings that shows the template, with its buttons."""
    since = f", since {timestamp(used.set_at, 'D')}" if used.set_at is not None else ""
    text = (
        f"**Question template** · {template_line(used)}{since}\n"
        "-# The questions on a paper go through its fields. Yours is a Markdown file: a heading for each section, and "
        "below it a list of what to find out."
    )
    buttons = [Button("Upload a template…", "upload_template"), Button("Download it", "show_template")]
    if used.set_at is not None:
        buttons.append(Button("Use Seminar’s own", "clear_template"))
    return [Text(text), Row(tuple(buttons))]


def template_line(used: TemplateInUse) -> str:
    """Return a template in a few words: its name, and how much is in it."""
    name = plain_line(clip(used.name, NAME_CHARS)) if used.set_at is not None else "Seminar’s own"
    sections, fields = counted(len(used.template.sections), "section"), counted(len(used.template.fields), "field")
    return f"{name or 'a file'} ({sections}, {fields})"


def template_reply(used: TemplateInUse) -> Reply:
    """Return the template as a file, to be read or edited and sent back."""
    text = f"The template in use: {template_line(used)}. Change it and upload it in the settings."
    return Reply((Text(text), Attached(FILE_NAME, used.content)), Tone.NOTICE)
