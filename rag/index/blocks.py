"""Rows of vectors in memory: one byte a value and one scale a row, in blocks that are never changed.

A hundred thousand rows of 384 take 40 MB, and a cosine is off by 0.0005, a twentieth of what lies between neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexBroken
from rag.index.exact import cosines_of
from rag.store.vectors import OwnedVectors

BLOCK = 4_096  # rows that lie together; replacing one paper copies one block
AT_ONCE = 1_024  # rows turned to floats at a time: 1.5 MB, which the processor's cache holds
_LEVELS = 127


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of some owners, all of each owner's. Never changed, so threads read it while another takes its place."""

    values: NDArray[np.int8]
    scales: NDArray[np.float32]
    ids: NDArray[np.bytes_]
    kinds: NDArray[np.bytes_]
    by_id: NDArray[np.intp]
    spans: dict[str, tuple[int, int]]

    def cosines(self, query: NDArray[np.float32], rows: NDArray[np.intp] | None) -> NDArray[np.float32]:
        """Return the cosines of the rows, or of all."""
        found = [
            cosines_of(self.values[some].astype(np.float32), query, "vectors") * self.scales[some]
            for some in _parts(len(self.scales), rows)
        ]
        return np.concatenate(found)

    def vectors(self, ids: NDArray[np.bytes_]) -> dict[str, NDArray[np.float32]]:
        """Return the rows of those ids that are here."""
        places = np.searchsorted(self.ids, ids, sorter=self.by_id)
        rows = self.by_id[np.minimum(places, len(self.by_id) - 1)]
        here = self.ids[rows] == ids
        found = self.values[rows[here]].astype(np.float32) * self.scales[rows[here], np.newaxis]
        return dict(zip(texts(ids[here]), found, strict=True))


def _parts(count: int, rows: NDArray[np.intp] | None) -> Iterator[slice | NDArray[np.intp]]:
    for start in range(0, count if rows is None else len(rows), AT_ONCE):
        yield slice(start, start + AT_ONCE) if rows is None else rows[start : start + AT_ONCE]


def block_of(loaded: OwnedVectors) -> Block:
    """Return the rows as a block; there is at least one."""
    highest = np.maximum(np.abs(loaded.vectors).max(axis=1), np.finfo(np.float32).tiny)
    scales = (highest / _LEVELS).astype(np.float32)
    spans: dict[str, tuple[int, int]] = {}
    for row, owner in enumerate(loaded.owners):
        spans[owner] = (spans.get(owner, (row, row))[0], row + 1)
    return _made(
        values=np.rint(loaded.vectors / scales[:, np.newaxis]).astype(np.int8),
        scales=scales,
        ids=np.array([id_.encode() for id_ in loaded.ids]),
        kinds=np.array([kind.encode() for kind in loaded.kinds]),
        spans=spans,
    )


def _made(
    *,
    values: NDArray[np.int8],
    scales: NDArray[np.float32],
    ids: NDArray[np.bytes_],
    kinds: NDArray[np.bytes_],
    spans: dict[str, tuple[int, int]],
) -> Block:
    return Block(values, scales, ids, kinds, np.argsort(ids), spans)


def only(block: Block, owners: set[str]) -> Block | None:
    """Return the block without other owners' rows; None when nothing is left."""
    spans = {owner: span for owner, span in block.spans.items() if owner in owners}
    if len(spans) == len(block.spans):
        return block
    if not spans:
        return None
    rows = np.concatenate([np.arange(*span) for span in spans.values()])
    return _made(
        values=block.values[rows],
        scales=block.scales[rows],
        ids=block.ids[rows],
        kinds=block.kinds[rows],
        spans=_one_after_the_other(spans),
    )


def joined(blocks: Sequence[Block]) -> Iterator[Block]:
    """Put small neighbours together, so that there are few. Raises IndexBroken for vectors of several lengths."""
    if len({block.values.shape[1] for block in blocks}) > 1:
        raise IndexBroken("vectors", "they are of several lengths")
    together: list[Block] = []
    for block in blocks:
        if together and sum(len(each.scales) for each in together) + len(block.scales) > BLOCK:
            yield _one(together)
            together = []
        together.append(block)
    if together:
        yield _one(together)


def _one(blocks: Sequence[Block]) -> Block:
    if len(blocks) == 1:
        return blocks[0]
    return _made(
        values=np.concatenate([block.values for block in blocks]),
        scales=np.concatenate([block.scales for block in blocks]),
        ids=np.concatenate([block.ids for block in blocks]),
        kinds=np.concatenate([block.kinds for block in blocks]),
        spans=_one_after_the_other({owner: span for block in blocks for owner, span in block.spans.items()}),
    )


def _one_after_the_other(spans: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    moved, start = {}, 0
    for owner, (first, stop) in spans.items():
        moved[owner] = (start, start + stop - first)
        start += stop - first
    return moved


def texts(ids: NDArray[np.bytes_]) -> list[str]:
    """Return ids as they were given."""
    return [id_.decode() for id_ in ids.tolist()]
