"""Which document an add wants, if any: what the library has already is neither fetched nor read."""

from __future__ import annotations

from rag.domain.paper import Paper, shared_key
from rag.intake.documents import Document
from rag.intake.errand import Errand
from rag.intake.stamps import would_change
from rag.sources.arxiv_ids import ArxivRef
from rag.store.library import Library


def upload_will_do(held: Paper | None, ref: ArxivRef) -> bool:
    """Say whether the guild's own copy of a paper serves instead of arXiv's."""
    own = held is not None and held.owner_guild is not None
    return own and held is not None and ref.version in (None, held.version) and not held.unread_pages


def shared_will_do(library: Library, shared: Paper, version: int, guild: str) -> bool:
    """Say whether the shared text serves: also when it is newer and other guilds read it."""
    if shared.unread_pages or shared.version is None:
        return False
    alone = library.holders(shared.key) in ((), (guild,))
    return shared.version == version or (shared.version > version and not alone)


def own_will_do(held: Paper | None, errand: Errand) -> bool:
    """Say whether the same bytes are here, whole, and nothing new is told of them."""
    return held is not None and not held.unread_pages and not would_change(held, errand.options)


def document_wanted(errand: Errand, library: Library) -> Document | None:
    """Fetch what an add would read as things stand now; None when it would read nothing. Raises what fetching does."""
    source = errand.source()
    if not isinstance(source, ArxivRef):
        document = errand.load(source)
        return None if own_will_do(library.own_paper(errand.guild, document.sha256), errand) else document
    if upload_will_do(library.paper(errand.guild, source.base_id), source):
        return None
    version = source.version or errand.record(source).version
    shared = library.shared_paper(shared_key(source.base_id))
    if shared is not None and shared_will_do(library, shared, version, errand.guild):
        return None
    return errand.pdf(ArxivRef(source.base_id, version))
