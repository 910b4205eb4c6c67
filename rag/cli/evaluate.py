"""Measure searches and answers on question sets with gold evidence."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.door import Door, print_json, print_tables
from rag.wording import counted

if TYPE_CHECKING:
    from rag.evaluation.report import Report
    from rag.evaluation.writers import TestedModel
    from rag.index.ports import Embedder


class Writer(StrEnum):
    """Who answers the questions of an evaluation."""

    EXTRACTIVE = "extractive"
    MODEL = "model"


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command("eval")(evaluate)


def evaluate(
    context: typer.Context,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help='JSONL, {"id","question","paper"?,"gold_pages"?,"gold_text"?,"gold_papers"?,"answers"?,"answerable"?} '
            "a line, asked of this library.",
            dir_okay=False,
        ),
    ] = None,
    shared: Annotated[
        Path | None,
        typer.Option(help="A folder with the shared data sets.", file_okay=False),
    ] = None,
    sets: Annotated[list[str] | None, typer.Option("--set", help="Only this shared set; may be repeated.")] = None,
    writer: Annotated[
        Writer,
        typer.Option(help="Who answers: the papers' own sentences, or the language model of SEMINAR_LLM beside them."),
    ] = Writer.EXTRACTIVE,
    most: Annotated[
        int | None, typer.Option(min=1, help="Ask at most so many questions of each set, the same ones each time.")
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the table as Markdown.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Measure search and answers beside BM25 alone and dense alone."""
    from rag.evaluation.report import as_json as report_as_json
    from rag.evaluation.report import as_markdown

    door: Door = context.obj
    if bool(files) == (shared is not None):
        raise typer.BadParameter("Give question files for this library, or --shared DIR.")
    tested = _tested(door) if writer is Writer.MODEL else None
    if shared is not None:
        report = _on_shared(door, shared, sets, most, tested)
    else:
        report = _on_library(door, files or [], most, tested)
    if tested is not None:
        door.err.print(
            f"{tested.name}: {counted(tested.calls, 'call')}, {counted(tested.tokens, 'token')}.", markup=False
        )
    if as_json:
        print_json(report_as_json(report))
    else:
        print_tables(door, as_markdown(report), plain=markdown)
    return 0 if report.passed else 1


def _tested(door: Door) -> TestedModel:
    from rag.errors import Refused
    from rag.evaluation.writers import TestedModel
    from rag.language.set_up import model_from

    model = model_from(door.settings)
    if model is None:
        reason = "no language model is set up"
        raise Refused("--writer model", reason, "Set SEMINAR_LLM=provider:model, such as ollama:llama3.1.")
    return TestedModel(model)


def _on_shared(
    door: Door, shared: Path, sets: list[str] | None, most: int | None, tested: TestedModel | None
) -> Report:
    from rag.cli.progress import shown_stages
    from rag.evaluation.building import LibraryBuild
    from rag.evaluation.run import run_evaluation
    from rag.evaluation.shared_sets import SETS
    from rag.index.choose import embedder_from, reranker_from
    from rag.reading.pdf import PdfReader
    from rag.wiring import now_utc

    embedder = _needed(embedder_from(door.settings.embedder, weights=door.settings.weights_path))
    with PdfReader() as reader, shown_stages(door.err) as progress:
        build = LibraryBuild(
            embedder=embedder,
            read_pdf=reader.read,
            now=now_utc(),
            reranker=reranker_from(door.settings.reranker),
            models=tested,
        )
        return run_evaluation(shared, None, build, now=now_utc(), sets=sets or SETS, most=most, progress=progress)


def _on_library(door: Door, files: list[Path], most: int | None, tested: TestedModel | None) -> Report:
    from rag.cli.progress import shown_stages
    from rag.evaluation.baselines import DenseBaseline, LexicalBaseline
    from rag.evaluation.building import AnswererAsker, FusedSearcher, writers_of
    from rag.evaluation.ports import Subject
    from rag.evaluation.questions import load_questions
    from rag.evaluation.report import Report, surroundings
    from rag.evaluation.run import drawn
    from rag.evaluation.run import evaluate as run_set
    from rag.evaluation.shared_sets import EvaluationSet
    from rag.intake.indexing import PASSAGES
    from rag.intake.serving import ServingIndex
    from rag.language.ports import NoModels
    from rag.wiring import now_utc

    study = door.study
    asked = {file: load_questions(file) for file in files}
    named = {
        name for questions in asked.values() for one in questions for name in (one.paper, *one.gold_papers) if name
    }
    embedder = _needed(study.indexing.embedder)
    index = ServingIndex(study.indexing, PASSAGES)
    subject = Subject(
        guild=door.guild,
        library=study.library,
        searchers={
            "fused": FusedSearcher(study.retriever),
            "BM25 alone": LexicalBaseline(library=study.library),
            "dense alone": DenseBaseline(library=study.library, embedder=embedder, index=index),
        },
        askers={"fused": AnswererAsker(study.answerer)},
        keys={name: study.paper(door.guild, name).key for name in sorted(named)},
        versions={"embedder": embedder.name},
        writers=writers_of(tested or NoModels(), study.library, study.retriever, embedder),
    )
    with shown_stages(door.err) as progress:
        results = tuple(
            run_set(
                drawn(EvaluationSet(file.stem, file.stem, documents=(), questions=questions), most),
                subject,
                progress=progress,
            )
            for file, questions in asked.items()
        )
    return Report(made_at=now_utc(), surroundings=surroundings() | dict(subject.versions), sets=results)


def _needed(embedder: Embedder | None) -> Embedder:
    if embedder is None:
        from rag.errors import Refused

        raise Refused(what="the evaluation", reason="there is no embedder", advice="Run `make weights`.")
    return embedder
