"""Which template a guild's question sets follow, with the file that it is read from."""

from __future__ import annotations

from rag.domain.template import TemplateInUse
from rag.questions.reading_template import own_file, read_template
from rag.store.library import Library


def template_in_use(library: Library, guild: str) -> TemplateInUse:
    """Return the template that a guild gave, else the one that Seminar brings along."""
    given = library.given_template(guild)
    if given is None:
        own = own_file()
        return TemplateInUse(read_template(own), own)
    name, content, set_at = given
    return TemplateInUse(read_template(content), content, name, set_at)
