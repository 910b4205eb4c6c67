"""How often the check by words marks true sentences as weak, and how often it lets false ones pass.

    python -m docs.make_support_measures ../shared

True: what people answered to a question, beside the text in which they found it. False: the same answer beside the text
that answers another question on the same paper. Sets: OHR-Bench's papers (answers beside their context) and QASPER by
L-Eval (answers beside the three sentences of the gold paragraphs that share most words with them). Answers of fewer
than five words, formulas and "yes" are left out: a writer's sentences are whole ones. Nothing here is written by a
language model, so these are measures of the check, not of answers.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.answering.numbers import stray_numbers
from rag.answering.support import Grounds, Support, support_of
from rag.answering.wording import stems_of
from rag.reading.sentences import sentences

LEAST_WORDS = 5
SEED = 20261121


@dataclass(frozen=True, slots=True)
class Pair:
    """An answer with a text that carries it, or does not."""

    paper: str
    question: str
    answer: str
    quotes: tuple[str, ...]


def ohr_bench(shared: Path, *, tables: bool) -> Iterator[Pair]:
    """Yield the answers of OHR-Bench's papers that were found in tables, or in all else but formulas."""
    for row in json.loads((shared / "data/ohr-bench-papers/qas_paper_631.json").read_text()):
        of_table = row["evidence_source"] == "table"
        if row["evidence_source"] != "formula" and of_table is tables and _is_sentence(row["answers"]):
            yield Pair(row["doc_name"], row["questions"], row["answers"], (row["evidence_context"],))


def qasper(shared: Path) -> Iterator[Pair]:
    """Yield the answers of QASPER's papers in L-Eval."""
    folder = shared / "data/qasper"
    papers = [json.loads(line) for line in (folder / "leval_scientific_qa.jsonl").read_text().splitlines()]
    for line in (folder / "derived_leval_qrels.jsonl").read_text().splitlines():
        row = json.loads(line)
        paper = papers[row["leval_line"]]
        answers = dict(zip(paper["instructions"], paper["outputs"], strict=True))
        answer = answers.get(row["question"], "")
        lines = paper["input"].split("\n")
        text = "\n\n".join(lines[n] for n in row["gold_paragraphs"] if n < len(lines))
        if _is_sentence(answer) and text:
            yield Pair(row["arxiv_id"], row["question"], answer, best_of(text, answer))


def best_of(text: str, answer: str, most: int = 3) -> tuple[str, ...]:
    """Return the sentences of a text that share most words with an answer: what a writer would quote."""
    wanted = stems_of(answer)
    parts = [text[span.start : span.end] for span in sentences(text)]
    return tuple(sorted(parts, key=lambda part: -len(wanted & stems_of(part)))[:most])


def crossed(pairs: Sequence[Pair]) -> Iterator[Pair]:
    """Yield each answer beside the text of another question on its paper."""
    draw = random.Random(SEED)  # noqa: S311
    for pair in pairs:
        others = [one for one in pairs if one.paper == pair.paper and not set(one.quotes) & set(pair.quotes)]
        if others:
            other = draw.choice(others)
            yield Pair(pair.paper, pair.question, pair.answer, other.quotes)


def supported(pair: Pair) -> bool:
    """Whether the answer would be shown without a mark."""
    if stray_numbers(pair.answer, pair.quotes, names=(pair.question,)):
        return False
    return support_of(pair.answer, Grounds(pair.quotes, asked=pair.question)) is Support.FULL


def row_of(name: str, pairs: Sequence[Pair]) -> str:
    """Return one line of the table."""
    false = list(crossed(pairs))
    marked = sum(not supported(pair) for pair in pairs)
    passed = sum(supported(pair) for pair in false)
    words = [support_of(p.answer, Grounds(p.quotes, asked=p.question)) for p in pairs]
    by_words = sum(one is not Support.FULL for one in words)
    lost = sum(one is Support.NONE for one in words)
    return (
        f"| {name} | {len(pairs)} | {by_words / len(pairs):.0%} | {lost / len(pairs):.0%} | {marked / len(pairs):.0%} "
        f"| {len(false)} | {passed / len(false):.0%} |"
    )


def _is_sentence(answer: str) -> bool:
    return len(answer.split()) >= LEAST_WORDS and answer.count("\\") + answer.count("$") < 2


def main(shared: str) -> None:
    """Print the table."""
    print("| set | true | marked by words | of these dropped | marked with numbers | false | passed unmarked |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    folder = Path(shared)
    print(row_of("OHR-Bench, text", list(ohr_bench(folder, tables=False))))
    print(row_of("OHR-Bench, rows of tables", list(ohr_bench(folder, tables=True))))
    print(row_of("QASPER", list(qasper(folder))))


if __name__ == "__main__":
    main(sys.argv[1])
