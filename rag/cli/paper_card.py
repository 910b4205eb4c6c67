"""One paper as a card: who wrote it, what is in it, where its code is, when it was discussed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rag.cli.papers import paper_as_json

if TYPE_CHECKING:
    from rich.console import Console

    from rag.domain.card import PaperCard

_ABSTRACT_CHARS = 600


def card_as_json(card: PaperCard) -> dict[str, Any]:
    """Return everything known of one paper."""
    paper, check = card.paper, card.code_check
    return paper_as_json(paper) | {
        "abstract": paper.abstract,
        "venue": paper.venue,
        "categories": list(paper.categories),
        "licence": paper.licence,
        "passages": card.passages,
        "sections": [{"number": s.number, "title": s.title, "depth": s.depth, "page": s.page} for s in card.sections],
        "code_links": [
            {
                "url": link.url,
                "source": link.source.value,
                "official": link.official,
                "found_at": link.found_at.isoformat(),
            }
            for link in card.code_links
        ],
        "code_links_checked_at": check.checked_at.isoformat() if check else None,
        "code_links_failed_sources": list(check.failed_sources) if check else [],
        "discussions": [{"ordinal": d.ordinal, "title": d.title, "items": len(d.notes)} for d in card.discussions],
    }


def print_card(out: Console, known: PaperCard) -> None:
    """Print the card for a person."""
    from rich.text import Text

    from rag.wording import counted

    card, paper = card_as_json(known), known.paper
    out.print(Text(paper.title, style="bold"))
    version = f"v{paper.version}" if paper.version else ""
    facts = [paper.paper_id + version, ", ".join(paper.authors), card["published"] or "", paper.venue]
    out.print(Text(" · ".join(fact for fact in facts if fact)))
    if card["url"]:
        out.print(Text(card["url"], style="cyan"))
    pages = f"{counted(paper.page_count, 'page')}, " if paper.page_count is not None else ""
    names = f", also called {', '.join(paper.aliases)}" if paper.aliases else ""
    out.print(Text(f"{pages}{counted(card['passages'], 'passage')}{names}"))
    for warning in paper.warnings:
        out.print(Text(warning, style="yellow"))
    if paper.abstract:
        clipped = paper.abstract[:_ABSTRACT_CHARS]
        out.print(Text(f"\n{clipped}{'…' if len(paper.abstract) > _ABSTRACT_CHARS else ''}"))
    _print_sections(out, card)
    out.print(Text("\n" + code_line(card)))
    for link in card["code_links"]:
        official = {True: "official, ", False: "unofficial, ", None: ""}[link["official"]]
        out.print(Text(f"- {link['url']} ({official}{link['source']}, {link['found_at'][:10]})"))
    for discussion in card["discussions"]:
        out.print(Text(f"Discussed: Discussion {discussion['ordinal']} {discussion['title']}"))


def code_line(card: dict[str, Any]) -> str:
    """Return the heading of the code links, or when none were known."""
    if card["code_links"]:
        return "Code"
    checked = card["code_links_checked_at"]
    if not checked:
        return "Code: not looked for yet"
    failed = card["code_links_failed_sources"]
    return f"Code: none known on {checked[:10]}" + (f"; could not be asked: {', '.join(failed)}" if failed else "")


def _print_sections(out: Console, card: dict[str, Any]) -> None:
    from rich.text import Text

    if card["sections"]:
        out.print(Text("\nSections", style="bold"))
    for section in card["sections"]:
        page = f"  p. {section['page']}" if section["page"] is not None else ""
        name = f"{section['number']} {section['title']}".strip()
        out.print(Text(f"{'  ' * section['depth']}{name}{page}"))
