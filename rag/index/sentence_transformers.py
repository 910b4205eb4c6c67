"""Every other embedder, and cross-encoders that rerank, by sentence-transformers: an extra, as it brings torch."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.errors import BadModel, Refused
from rag.index.ports import Vectors

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder, SentenceTransformer

log = logging.getLogger(__name__)

BATCH = 8  # texts a call; small is fast on a processor (performance.md)
SLAB = 256  # texts sorted by length together, and the rhythm of progress


class SentenceTransformerEmbedder:
    """The Embedder port on any sentence-transformers model: a name on the Hub, or a local folder.

    The model is loaded at first use of anything but ``name``. Its own prompts for queries are not used: the port does
    not tell queries from passages.
    """

    def __init__(self, model: str) -> None:
        self.model = model
        self.name = safe_name(model)
        self._lock = threading.Lock()  # torch models are not promised to be safe over threads
        self._loaded: SentenceTransformer | None = None

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._model().get_embedding_dimension() or 0)

    @property
    def max_tokens(self) -> int:
        """How many tokens the model reads, special tokens included."""
        return int(self._model().max_seq_length or self._model().tokenizer.model_max_length)

    def warm(self) -> None:
        """Load the model now. Raises Refused without the extra, BadModel when there is no such model."""
        self._model()

    def count(self, text: str) -> int:
        """Return how many tokens the text has, special tokens included, without truncation."""
        model = self._model()
        with self._lock:
            return len(model.tokenizer(_sound(text), truncation=False, verbose=False)["input_ids"])

    def embed(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Return one unit row per text in the order given."""
        model = self._model()
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), SLAB):
            slab = [_sound(text) for text in texts[start : start + SLAB]]
            with self._lock:
                rows = model.encode(
                    slab, batch_size=BATCH, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
                )
            vectors[start : start + len(slab)] = rows
            if progress is not None:
                progress(len(slab))
        return vectors

    def _model(self) -> SentenceTransformer:
        with self._lock:
            if self._loaded is None:
                with _explained(self.model):
                    from sentence_transformers import SentenceTransformer

                    self._loaded = SentenceTransformer(_folder(self.model) or self.model)
                log.info("loaded %s", self.model)
            return self._loaded


class CrossEncoderReranker:
    """The Reranker port on any cross-encoder: a name on the Hub, or a local folder."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.name = safe_name(model)
        self._lock = threading.Lock()
        self._loaded: CrossEncoder | None = None

    def warm(self) -> None:
        """Load the model now. Raises Refused without the extra, BadModel when there is no such model."""
        self._model()

    def score(self, query: str, texts: Sequence[str]) -> list[float]:
        """Return one score per text; pairs longer than the model reads are cut at the longer side's end."""
        if not texts:
            return []
        model = self._model()
        pairs = [(_sound(query), _sound(text)) for text in texts]
        with self._lock:
            scores = np.asarray(model.predict(pairs, batch_size=BATCH, show_progress_bar=False))
        if scores.ndim != 1:
            raise BadModel(self.model, f"it gives {scores.shape[-1]} scores a pair, and a reranker gives one")
        return [float(score) for score in scores]

    def _model(self) -> CrossEncoder:
        with self._lock:
            if self._loaded is None:
                with _explained(self.model):
                    from sentence_transformers import CrossEncoder

                    self._loaded = CrossEncoder(_folder(self.model) or self.model)
                log.info("loaded %s", self.model)
            return self._loaded


class Entailment:
    """A cross-encoder that says whether one text follows from another, loaded when first asked.

    One with a score a pair gives that as a probability; of one with several labels it is that of "entailment".
    """

    def __init__(self, model: str) -> None:
        self.model = model
        self._lock = threading.Lock()
        self._loaded: CrossEncoder | None = None

    def follows(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Return of each (premise, conclusion) how likely it follows, 0 to 1. Raises Refused, BadModel."""
        if not pairs:
            return []
        with self._lock:
            if self._loaded is None:
                with _explained(self.model):
                    from sentence_transformers import CrossEncoder

                    self._loaded = CrossEncoder(_folder(self.model) or self.model)
                log.info("loaded %s", self.model)
            sound = [(_sound(premise), _sound(conclusion)) for premise, conclusion in pairs]
            given = self._loaded.predict(sound, batch_size=BATCH, show_progress_bar=False, apply_softmax=False)
            labels = getattr(self._loaded.config, "id2label", None) or {}
        scores = np.asarray(given, dtype=np.float64)
        if scores.ndim == 1:  # sentence-transformers gives these as probabilities
            return [float(score) for score in np.clip(scores, 0.0, 1.0)]
        place = next((int(n) for n, name in labels.items() if str(name).casefold().startswith("entail")), None)
        if place is None:
            raise BadModel(self.model, "none of its labels is entailment", "Name a model for NLI.")
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        return [float(share) for share in (weights / weights.sum(axis=1, keepdims=True))[:, place]]


def safe_name(model: str) -> str:
    """Return a name for collections: the model's last part, and a bit of hash of the whole, so that no two are one.

    >>> safe_name("BAAI/bge-small-en-v1.5")
    'bge-small-en-v1.5-fd820408'
    """
    full = _folder(model) or model
    last = re.sub(r"[^A-Za-z0-9._]+", "-", full.rstrip("/").rsplit("/", 1)[-1]).strip("-._")[:60]
    return f"{last or 'model'}-{sha256(full.encode()).hexdigest()[:8]}"


def _folder(model: str) -> str:
    """Return the absolute path where the model is a folder here, else "" (a name on the Hub)."""
    try:
        path = Path(model).expanduser()
        return str(path.resolve()) if path.is_dir() else ""
    except (OSError, ValueError, RuntimeError):  # too long, a NUL in it, no home
        return ""


@contextmanager
def _explained(model: str) -> Iterator[None]:
    """Say what is missing: the extra, or the model. The Hub's errors are OSErrors, a wrong folder's ValueErrors."""
    try:
        yield
    except ImportError as error:
        raise Refused(
            what=f"the model {model}",
            reason="sentence-transformers is not installed",
            advice="Run pip install 'seminar[sentence-transformers]'.",
        ) from error
    except (OSError, ValueError, KeyError) as error:
        reason = f"it cannot be loaded ({type(error).__name__}: {str(error).strip().splitlines()[0][:200]})"
        raise BadModel(model, reason, "Name a model on the Hub or a folder that holds one.") from error


def _sound(text: Any) -> str:
    return str(text).encode("utf-8", "replace").decode("utf-8")
