"""Chroma as the LangChain recipe keeps it, with its own defaults, on the vectors of a drawn library.

Called as ``search STORE DRAWN``: DRAWN holds vectors, ids, queries and scopes. Only the search by vector is measured:
no embedding of the question, no words, no fusion.
"""

import json
import sys
import time
from pathlib import Path

import chromadb
import numpy as np

NEAREST, SLICE = 10, 5_000


def main(_mode, store, drawn):
    """Fill a collection, then search each scope for each query."""
    folder = Path(drawn)
    ids = (folder / "ids.txt").read_text().splitlines()
    vectors = np.load(folder / "vectors.npy")
    queries = np.load(folder / "queries.npy")
    papers = [one.partition("#")[0] for one in ids]
    guild_of = json.loads((folder / "guilds.json").read_text())
    collection = chromadb.PersistentClient(store).create_collection("papers", embedding_function=None)
    for start in range(0, len(ids), SLICE):
        part = slice(start, start + SLICE)
        of = [{"paper": paper, "guild": guild_of[paper]} for paper in papers[part]]
        collection.add(ids=ids[part], embeddings=vectors[part], metadatas=of)
    tell("ready")
    for scope in json.loads((folder / "scopes.json").read_text()):
        clauses = [{name: scope[name]} for name in ("guild", "paper") if scope[name]]
        where = {"$and": clauses} if len(clauses) > 1 else clauses[0] if clauses else None
        rows = [
            row
            for row, paper in enumerate(papers)
            if scope["paper"] in (None, paper) and scope["guild"] in (None, guild_of[paper])
        ]
        search(collection, scope["name"], where, queries, ids, rows, vectors[rows])


def search(collection, scope, where, queries, ids, rows, among):
    """Search for each query, and count what of its nearest by exact search was found."""
    collection.query(query_embeddings=queries[:1], n_results=NEAREST, where=where, include=["distances"])
    found = 0
    for query in queries:
        start = time.perf_counter()
        answer = collection.query(query_embeddings=[query], n_results=NEAREST, where=where, include=["distances"])
        tell("asked", scope=scope, searched=time.perf_counter() - start)
        nearest = np.argsort(-(among @ query), kind="stable")[:NEAREST]
        found += len({ids[rows[place]] for place in nearest} & set(answer["ids"][0]))
    tell("recall", scope=scope, recall=found / (min(NEAREST, len(rows)) * len(queries)))


def tell(event, **more):
    """Print what happened."""
    sys.stdout.write(json.dumps({"event": event} | more) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
