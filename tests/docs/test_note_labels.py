"""The labels by which the check of notes is measured: ours, and nothing of the notes or the papers."""

from __future__ import annotations

from collections import Counter

from docs.make_note_check_measures import LABELS, read_labels, table
from rag.domain.revision import Grade


def test_the_labels_name_places_only() -> None:
    labels = read_labels()
    assert len(labels) >= 60
    assert set(labels.values()) == {"says", "silent", "otherwise"}
    assert labels[4, 3] == "otherwise"
    assert labels[4, 4] == "says"
    rows = [line for line in LABELS.read_text().splitlines() if not line.startswith("#")]
    assert all(len(row.split("\t")) == 3 for row in rows)


def test_precision_and_recall_leave_out_what_is_unclear() -> None:
    counts = Counter(
        {
            ("says", Grade.SUPPORTED): 3,
            ("says", Grade.NOT_FOUND): 1,
            ("silent", Grade.SUPPORTED): 1,
            ("unclear", Grade.SUPPORTED): 9,
        }
    )
    assert table(counts).endswith("precision 0.75 (3 of 4), recall 0.75")
