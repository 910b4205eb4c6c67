"""The question sets that the house is judged on, with the libraries they are asked of.

The data stay where they are: a set is made from them in memory. Sets:

- ``ohr-bench``: 631 questions on 10 papers whose page texts people checked, each asked within its paper (two thirds
  name neither paper nor system: "the document's method"), and ``ohr-bench-unscoped``: the same asked of all ten.
- ``qasper``: 88 questions on 17 papers in paragraphs without pages, asked within the paper.
- ``uda-pages``: 12 questions on 7 PDFs, asked within the paper; gold is pages.
- ``aragog``: 98 questions on 15 PDFs, asked of all of them; gold is the paper.
- ``study``: our own, on the PDFs that the group read; gold is pages, found by searching the pages' text for the known
  place, so that other pages may answer too.
- ``absent``: questions that the study papers should not answer; the right answer is an abstention. Ours were checked
  by searching the papers for their words, the foreign ones not at all: a few may have an answer.
"""

from __future__ import annotations

import json
import logging
import random
import re
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from rag.errors import BadDocument, NotFound
from rag.evaluation.page_texts import is_heading, reading_of_pages, reading_of_paragraphs
from rag.evaluation.ports import Document
from rag.evaluation.questions import Question, parse_questions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

log = logging.getLogger(__name__)

FOREIGN = 60  # questions on other papers in the ``absent`` set: as many as we wrote ourselves
SEED = 20261121  # of the draw of those


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """Questions and the documents they are asked of. Sets with the same ``shelf`` share one library.

    ``by_paper``: gold is the paper, so that the right paper decides, not nDCG.
    """

    name: str
    shelf: str
    documents: tuple[Document, ...]
    questions: tuple[Question, ...]
    by_paper: bool = False


def load_set(name: str, shared: Path) -> EvaluationSet:
    """Load one set from the folder that holds ``data/`` and ``pdfs/``. Raises NotFound, BadDocument."""
    loader = _LOADERS.get(name)
    if loader is None:
        raise NotFound(what="evaluation set", name=name, near=SETS)
    loaded = loader(shared)
    log.info("%s: %d questions on %d documents", name, len(loaded.questions), len(loaded.documents))
    return loaded


def _ohr_bench(shared: Path) -> EvaluationSet:
    folder = shared / "data" / "ohr-bench-papers"
    rows = _json(folder / "qas_paper_631.json")
    names = sorted({row["doc_name"].split("/")[-1] for row in rows})
    questions = tuple(
        Question(
            id=row["ID"],
            question=_unescaped(row["questions"]),
            paper=_bare_id(row["doc_name"].split("/")[-1]),
            gold_pages=(row["evidence_page_no"] + 1,),
            gold_texts=(_unescaped(row["evidence_context"]),),
            answers=(_unescaped(row["answers"]),),
        )
        for row in rows
    )
    documents = tuple(_paged_document(folder / "gt" / f"{name}.json") for name in names)
    return EvaluationSet("ohr-bench", "ohr-bench", documents, questions)


def _ohr_bench_unscoped(shared: Path) -> EvaluationSet:
    scoped = _ohr_bench(shared)
    questions = tuple(replace(q, paper=None, gold_papers=(q.paper,)) for q in scoped.questions if q.paper)
    return replace(scoped, name="ohr-bench-unscoped", questions=questions)


def _paged_document(path: Path) -> Document:
    pages = sorted(_json(path), key=lambda page: page["page_idx"])
    texts = [page["text"] for page in pages]
    title = next((line.strip() for line in texts[0].split("\n") if line.strip()), path.stem)
    arxiv_id = _bare_id(path.stem)
    return Document(arxiv_id, title, reading=reading_of_pages(texts, title=title), arxiv_id=arxiv_id)


def _unescaped(text: str) -> str:
    r"""Give LaTeX commands back the backslash that the set's own JSON lost: \times came as a tab and "imes"."""
    return text.replace("\t", "\\t").replace("\b", "\\b").replace("\f", "\\f")


def _qasper(shared: Path) -> EvaluationSet:
    """Gold numbers count the lines of the text, from 0, headings included (checked against the answers' words)."""
    folder = shared / "data" / "qasper"
    papers = list(_jsonl(folder / "leval_scientific_qa.jsonl"))
    texts = [line["input"].split("\n") for line in papers]
    rows = list(_jsonl(folder / "derived_leval_qrels.jsonl"))
    lines = {row["arxiv_id"]: row["leval_line"] for row in rows}
    questions = tuple(
        Question(
            id=row["q_uid"],
            question=row["question"],
            paper=row["arxiv_id"],
            gold_texts=_gold_paragraphs(texts[row["leval_line"]], row["gold_paragraphs"]),
            answers=_answers(papers[row["leval_line"]], row["question"]),
        )
        for row in rows
    )
    documents = tuple(
        Document(
            arxiv_id,
            f"arXiv {arxiv_id}",  # the set does not give titles
            reading=reading_of_paragraphs(texts[line], title=f"arXiv {arxiv_id}"),
            arxiv_id=arxiv_id,
        )
        for arxiv_id, line in sorted(lines.items())
    )
    return EvaluationSet("qasper", "qasper", documents, questions)


def _answers(paper: dict[str, Any], question: str) -> tuple[str, ...]:
    """Return what people answered; a question may stand several times, and there may be no answer to it."""
    asked = zip(paper["instructions"], paper["outputs"], strict=True)
    return tuple(answer.strip() for text, answer in asked if text == question and answer.strip())


def _gold_paragraphs(paragraphs: list[str], numbers: list[int]) -> tuple[str, ...]:
    """Return the gold paragraphs; headings among them are no evidence and count only when there is nothing else."""
    gold = [paragraphs[number] for number in numbers]
    return tuple(text for text in gold if not is_heading(text)) or tuple(gold)


def _uda_pages(shared: Path) -> EvaluationSet:
    rows = list(_jsonl(shared / "data" / "qasper" / "derived_uda_pages.jsonl"))
    questions = tuple(
        Question(id=row["q_uid"], question=row["question"], paper=row["pdf"], gold_pages=tuple(row["pages_1based"]))
        for row in rows
    )
    documents = _pdf_documents(shared, sorted({row["pdf"] for row in rows}))
    return EvaluationSet("uda-pages", "uda-pages", documents, _askable("uda-pages", questions, documents))


def _aragog(shared: Path) -> EvaluationSet:
    folder = shared / "data" / "aragog"
    rows = _json(folder / "eval_questions_relevant_doc.json")
    pdfs: dict[str, str] = _json(folder / "doc_to_pdf.json")
    benchmark = _json(folder / "benchmark.json")
    truths = dict(zip(benchmark["questions"], benchmark["ground_truths"], strict=True))
    questions = tuple(
        Question(
            id=f"aragog-{number}",
            question=question,
            gold_papers=(pdfs[path],),
            answers=tuple(filter(None, [truths.get(question, "").strip()])),
        )
        for number, (question, path) in enumerate(zip(rows["questions"], rows["filepaths"], strict=True), start=1)
        if path in pdfs
    )
    documents = _pdf_documents(shared, sorted(pdfs.values()))
    return EvaluationSet("aragog", "aragog", documents, _askable("aragog", questions, documents), by_paper=True)


def _study(shared: Path) -> EvaluationSet:
    documents = _study_documents(shared)
    return EvaluationSet("study", "study", documents, _askable("study", _own_questions("study.jsonl"), documents))


def _absent(shared: Path) -> EvaluationSet:
    """Join our own questions that no study paper answers and a seeded draw of those on the papers of ohr-bench."""
    others = _ohr_bench(shared).questions
    drawn = random.Random(SEED).sample(others, min(FOREIGN, len(others)))  # noqa: S311 (a fixed draw, not a secret)
    foreign = tuple(Question(f"foreign-{q.id}", q.question, answerable=False) for q in drawn)
    questions = _own_questions("unanswerable.jsonl") + foreign
    return EvaluationSet("absent", "study", _study_documents(shared), questions)


def _study_documents(shared: Path) -> tuple[Document, ...]:
    """Return the PDFs that the group read, by paper id: the stamp's, else the content's (INDEX.tsv gives both)."""
    index = _text(shared / "pdfs" / "INDEX.tsv").split("\n")
    columns = index[0].split("\t")
    rows = [dict(zip(columns, line.split("\t"), strict=True)) for line in index[1:] if line.strip()]
    documents = []
    for row in rows:
        path = shared / "pdfs" / row["file"]
        if row["role"] == "study" and path.is_file():
            name = _bare_id(row["arxiv_stamp"]) or f"sha256:{row['sha256'][:12]}"
            documents.append(Document(name, path.stem, path=path, arxiv_id=_bare_id(row["arxiv_stamp"]) or None))
    return tuple(documents)


def _pdf_documents(shared: Path, names: Iterable[str]) -> tuple[Document, ...]:
    paths = [shared / "pdfs" / name for name in names]
    return tuple(Document(path.name, path.stem, path=path) for path in paths if path.is_file())


def _askable(name: str, questions: tuple[Question, ...], documents: tuple[Document, ...]) -> tuple[Question, ...]:
    """Leave out the questions on papers that are not here."""
    here = {document.name for document in documents}
    askable = tuple(q for q in questions if {*q.gold_papers, *([q.paper] if q.paper else [])} <= here)
    if len(askable) < len(questions):
        log.warning("%s: %d of %d questions are on absent papers", name, len(questions) - len(askable), len(questions))
    return askable


def _own_questions(name: str) -> tuple[Question, ...]:
    text = files("rag.evaluation").joinpath(name).read_text(encoding="utf-8")
    return parse_questions(text.split("\n"), name=name)


def _bare_id(versioned: str) -> str:
    return re.sub(r"v\d+$", "", versioned)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise NotFound(what="file", name=str(path)) from error


def _json(path: Path) -> Any:
    try:
        return json.loads(_text(path))
    except json.JSONDecodeError as error:
        raise BadDocument(what=path.name, reason="it is not JSON") from error


def _jsonl(path: Path) -> Iterator[dict[str, Any]]:
    for line in _text(path).split("\n"):
        if line.strip():
            try:
                yield json.loads(line)
            except json.JSONDecodeError as error:
                raise BadDocument(what=path.name, reason="a line is not JSON") from error


_LOADERS: dict[str, Callable[[Path], EvaluationSet]] = {
    "ohr-bench": _ohr_bench,
    "ohr-bench-unscoped": _ohr_bench_unscoped,
    "qasper": _qasper,
    "uda-pages": _uda_pages,
    "aragog": _aragog,
    "study": _study,
    "absent": _absent,
}
SETS = tuple(_LOADERS)
