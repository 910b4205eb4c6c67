"""Pictures of cited lines, for whoever shows them: beside the text, which is there without them."""

from __future__ import annotations

import asyncio
import logging

from bot.desk import Desk
from rag.domain.answer import Citation
from rag.domain.picture import QuotePicture
from rag.errors import NotFound, SeminarError
from rag.wording import sentence_for

log = logging.getLogger(__name__)

_NONE_KEPT = (
    "There is no picture: the PDF is not kept here, or the source has no pages. "
    "Add its arXiv id or the PDF again to see its lines."
)


async def picture_of(
    desk: Desk, citation: Citation, guild: str, *, patience_s: float | None = None
) -> tuple[QuotePicture | None, str]:
    """Return the picture of a citation, or why there is none ("" where the settings want none)."""
    if not desk.settings.page_pictures:
        return None, ""
    try:
        async with asyncio.timeout(patience_s):
            return await desk.lanes.draw(desk.study.picture, citation, guild=guild), ""
    except NotFound:
        return None, _NONE_KEPT
    except SeminarError as error:
        log.warning("no picture of source %d: %r", citation.number, error)
        return None, sentence_for(error)
    except TimeoutError:
        log.warning("no picture of source %d within %s s", citation.number, patience_s)
        return None, "The picture took too long."
