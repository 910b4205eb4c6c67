"""A peer for tests: it prints what a recipe prints, at once. Run by path, like every recipe."""

import json
import sys
from pathlib import Path


def main(mode: str, store: str, *given: str) -> None:
    """Pretend to add papers, or to answer questions."""
    Path(store).mkdir(parents=True, exist_ok=True)
    if mode == "add":
        tell("ready")
        for _ in given[1:]:
            tell("paper", stages={"total": 0.001}, passages=7)
    else:
        for _ in Path(given[0]).read_text().splitlines():
            tell("answer", took=0.002, first="nothing")
    tell("done")


def tell(event: str, **more: object) -> None:
    """Print what happened."""
    sys.stdout.write(json.dumps({"event": event} | more) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
