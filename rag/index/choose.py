"""From a setting's words to the embedder and the reranker they name. Nothing is loaded here."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from rag.errors import Refused
from rag.index.minilm import MiniLmEmbedder
from rag.index.ports import Embedder, Reranker
from rag.index.sentence_transformers import CrossEncoderReranker, SentenceTransformerEmbedder
from rag.index.weights import holds_model

log = logging.getLogger(__name__)

MINILM, MINILM_FLOAT32, NONE = "minilm", "minilm-float32", "none"
SENTENCE_TRANSFORMERS, CROSS_ENCODER = "sentence-transformers", "cross-encoder"


def embedder_from(setting: str, *, weights: Path | None = None, threads: int | None = None) -> Embedder | None:
    """Return the embedder for ``minilm``, ``minilm-float32``, ``none`` or ``sentence-transformers:<name or path>``.

    None means lexical search only: asked for, or because MiniLM's weights are not on this machine (logged; the caller
    tells people). ``weights`` names another folder with the same model. Raises Refused for other words.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # ONNX Runtime 1.29 and later reports to its makers otherwise
    kind, model = _split(setting)
    if kind == NONE and not model:
        return None
    if kind in (MINILM, MINILM_FLOAT32) and not model:
        if weights is None or holds_model(weights):
            embedder = MiniLmEmbedder.found(weights, threads=threads, float32=kind == MINILM_FLOAT32)
            if embedder is not None:
                return embedder
        log.warning("no weights of all-MiniLM-L6-v2 on this machine: lexical search only")
        return None
    if kind == SENTENCE_TRANSFORMERS and model:
        return SentenceTransformerEmbedder(model)
    raise Refused(
        what=f"the embedder {setting!r}",
        reason="it is not one of minilm, minilm-float32, none and sentence-transformers:<name or path>",
    )


def reranker_from(setting: str) -> Reranker | None:
    """Return the reranker for ``none`` or ``cross-encoder:<name or path>``. Raises Refused for other words."""
    kind, model = _split(setting)
    if kind == NONE and not model:
        return None
    if kind == CROSS_ENCODER and model:
        return CrossEncoderReranker(model)
    raise Refused(what=f"the reranker {setting!r}", reason="it is not one of none and cross-encoder:<name or path>")


def _split(setting: str) -> tuple[str, str]:
    """Part the kind from the model's name, which may hold colons and capitals of its own."""
    kind, _, model = setting.strip().partition(":")
    return kind.strip().lower(), model.strip()
