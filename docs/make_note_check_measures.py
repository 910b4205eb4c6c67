"""How far ``seminar notes check`` agrees with what people who read the papers say of the group's notes.

    python -m docs.make_note_check_measures DATA_DIR

``DATA_DIR`` is a library that holds seed 001 as its notes and the papers of its discussions. The labels
(``note_labels.tsv``) are ours; the thresholds of the check were chosen on them, so these are no measures of notes that
nobody has seen.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from rag.domain.revision import Grade
from rag.settings import read_settings
from rag.wiring import build

UNCLEAR = "unclear"
LABELS = Path(__file__).with_name("note_labels.tsv")


def read_labels(path: Path = LABELS) -> dict[tuple[int, int], str]:
    """Return "says", "silent" or "otherwise" by the place of a discussion and the item of a note."""
    rows = (line.split("\t") for line in path.read_text().splitlines() if line and not line.startswith("#"))
    return {(int(place), int(item)): label for place, item, label in rows}


_ROWS = (
    ("says", "says so"),
    ("silent", "is silent"),
    ("otherwise", "says otherwise"),
    (UNCLEAR, "we could not tell"),
)


def table(counts: Counter[tuple[str, Grade]]) -> str:
    """Return the counts as a table of Markdown; below it precision and recall of "supported", without the unclear."""
    lines = ["| the paper | supported | not found |", "| --- | ---: | ---: |"]
    for label, words in _ROWS:
        lines.append(f"| {words} | {counts[label, Grade.SUPPORTED]} | {counts[label, Grade.NOT_FOUND]} |")
    right = counts["says", Grade.SUPPORTED]
    given = sum(count for (label, grade), count in counts.items() if grade is Grade.SUPPORTED and label != UNCLEAR)
    there = sum(count for (label, _), count in counts.items() if label == "says")
    precision, recall = right / max(1, given), right / max(1, there)
    return "\n".join([*lines, "", f"“supported”: precision {precision:.2f} ({right} of {given}), recall {recall:.2f}"])


def main(data_dir: str) -> None:
    """Check every labelled note and print the table, and the notes on which we differ."""
    labels = read_labels()
    study = build(read_settings(data_dir=Path(data_dir), guild=None))
    guild = study.guild()
    counts: Counter[tuple[str, Grade]] = Counter()
    for key, discussion, note in study.revision.answered(guild):
        if discussion.paper_key is None:
            continue
        label = labels.get((discussion.position, note.item), UNCLEAR)
        grade = study.revision.check(guild, key).grade
        counts[label, grade] += 1
        if grade is Grade.SUPPORTED and label in ("silent", "otherwise"):
            print(f"wrongly supported: {discussion.title} {note.item} ({label})", file=sys.stderr)
    print(table(counts))
    study.close()


if __name__ == "__main__":
    main(sys.argv[1])
