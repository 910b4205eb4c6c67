"""How the bot starts: in Discord first, and only then with its models."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rag.index.weights import find_weights
from tests.bot.arxived import group
from tests.bot.process import READY, started, surroundings
from tests.loopback.discord import Guild, LoopbackDiscord

__all__ = ["group"]

LATER = {"chromadb", "langchain", "langchain_core", "onnxruntime", "pymupdf", "tokenizers", "torch", "transformers"}
LOADED = "the models are loaded"


@pytest.mark.skipif(find_weights() is None, reason="the model weights are not installed")
async def test_the_gateway_is_ready_before_anything_heavy_is_imported(
    loopback: LoopbackDiscord, group: Guild, tmp_path: Path
) -> None:
    env = surroundings(loopback, tmp_path, SEMINAR_EMBEDDER="minilm", PYTHONPROFILEIMPORTTIME="1")
    async with started(environment=env, folder=tmp_path) as process:
        await process.until(LOADED)
        before, after = (imported(part) for part in process.output.split(READY, 1))
    assert "discord" in before
    assert before & LATER == set()
    assert {"onnxruntime", "tokenizers"} <= after


def imported(output: str) -> set[str]:
    """Return the packages whose import Python told of."""
    names = re.findall(r"^import time: +\d+ \| +\d+ \| +([\w.]+)$", output, re.MULTILINE)
    return {name.partition(".")[0] for name in names}
