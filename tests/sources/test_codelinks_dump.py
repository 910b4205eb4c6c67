"""A links dump streams in, whatever it is packed in; odd rows are counted, broken files say how far they went."""

from __future__ import annotations

import builtins
import gzip
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import BadDocument, NotFound, Refused
from rag.sources import codelinks_dump
from rag.sources.codelinks_dump import DumpLink, read_dump
from rag.store.library import Library

ROW = {
    "paper_url": "https://paperswithcode.com/paper/deep-residual-learning-for-image-recognition",
    "paper_title": "Deep Residual Learning",
    "paper_arxiv_id": "1512.03385",
    "paper_url_abs": "http://arxiv.org/abs/1512.03385v1",
    "paper_url_pdf": "http://arxiv.org/pdf/1512.03385v1.pdf",
    "repo_url": "https://github.com/KaimingHe/deep-residual-networks",
    "is_official": True,
    "mentioned_in_paper": True,
    "mentioned_in_github": False,
    "framework": "caffe2",
}
LINK = DumpLink(
    "1512.03385",
    "deep-residual-learning-for-image-recognition",
    "Deep Residual Learning",
    "https://github.com/KaimingHe/deep-residual-networks",
    True,
)
ODD_ROWS = [None, 3, [], {}, ROW | {"repo_url": None}, ROW | {"repo_url": "https://example.org/x"}]


def many(count: int) -> Iterator[dict[str, object]]:
    for n in range(count):
        yield ROW | {
            "paper_arxiv_id": f"{1000 + n // 100_000}.{n % 100_000:05d}",
            "repo_url": f"https://github.com/o/r{n}",
        }


def write_json(path: Path, count: int) -> Path:
    with gzip.open(path, "wt", compresslevel=1) if path.suffix == ".gz" else path.open("w") as file:
        file.write("[")
        for n, row in enumerate(many(count)):
            file.write((",\n" if n else "") + json.dumps(row))
        file.write("]")
    return path


def write_parquet(path: Path, rows: list[dict[str, object]]) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


@pytest.mark.parametrize("form", ["json", "bom", "lines", "gzip", "gzipped lines", "parquet"])
def test_every_published_form_gives_the_same_rows(tmp_path: Path, form: str) -> None:
    path = tmp_path / "dump"  # told by its first bytes, not by its name
    rows = [ROW, ROW | {"is_official": None}]
    array = json.dumps(rows, indent=1).encode()
    lines = b"\n".join(json.dumps(row).encode() for row in rows)
    match form:
        case "json":
            path.write_bytes(array)
        case "bom":
            path.write_bytes(b"\xef\xbb\xbf" + array)
        case "lines":
            path.write_bytes(lines)
        case "gzip":
            path.write_bytes(gzip.compress(array))
        case "gzipped lines":
            path.write_bytes(gzip.compress(lines))
        case _:
            write_parquet(path, rows)
    assert list(read_dump(path)) == [LINK, LINK._replace(official=None)]


def test_odd_rows_are_skipped_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    path.write_text(json.dumps([*ODD_ROWS, ROW, ROW | {"is_official": "yes", "paper_title": 7, "paper_url": None}]))
    dump = read_dump(path)
    assert list(dump) == [LINK, DumpLink("1512.03385", None, "", LINK.repo_url, None)]
    assert (dump.rows, dump.skipped) == (8, 6)


@pytest.mark.parametrize(
    ("fields", "arxiv_id"),
    [
        ({"paper_arxiv_id": "1512.03385v2"}, "1512.03385"),
        ({"paper_arxiv_id": None}, "1512.03385"),
        ({"paper_arxiv_id": "hep-th/9901001"}, "hep-th/9901001"),
        ({"paper_arxiv_id": "../../etc", "paper_url_abs": None}, None),
        ({"paper_arxiv_id": None, "paper_url_abs": "https://openreview.net/forum?id=x"}, None),
    ],
)
def test_the_arxiv_id_is_the_base_id_or_none(tmp_path: Path, fields: dict[str, object], arxiv_id: str | None) -> None:
    path = tmp_path / "d.json"
    path.write_text(json.dumps([ROW | fields]))
    assert [link.arxiv_id for link in read_dump(path)] == [arxiv_id]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"<!DOCTYPE html><html>", "it is neither JSON nor Parquet"),
        (b"PK\x03\x04zip", "it is neither JSON nor Parquet"),
        (b"[]", "none of its 0 rows names a paper and a repository"),
        (json.dumps(ODD_ROWS).encode(), "none of its 6 rows names a paper and a repository"),
        (b"[" + json.dumps(ROW).encode() + b"," + json.dumps(ROW).encode()[:-9], "its JSON breaks off after 1 rows"),
        (b"[" + json.dumps(ROW).encode() + b", oops]", "its JSON breaks off after 1 rows"),
        (gzip.compress(b"[" + json.dumps(ROW).encode() + b"]")[:-9], "its gzip data breaks off after"),
        (b"\x1f\x8bnot gzip at all", "its gzip data breaks off after 0 rows"),
        (b"PAR1" + b"\x00" * 64, "its Parquet data is damaged after 0 rows"),
        (b'[{"repo_url": "' + b"x" * 3_000_000 + b'"}]', "it holds a row that is too large after 0 rows"),
        (gzip.compress(b'["' + b"x" * 30_000_000 + b'"]'), "it holds a row that is too large after 0 rows"),
    ],
)
def test_a_broken_file_says_how_far_it_was_read(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "links.json.gz"
    path.write_bytes(content)
    with pytest.raises(BadDocument) as refusal:
        list(read_dump(path))
    assert refusal.value.reason.startswith(reason)
    assert "nothing was imported" in refusal.value.advice


def test_another_of_the_published_files_is_given_up_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codelinks_dump, "_HOPELESS_AFTER", 5)
    path = tmp_path / "methods.json"
    path.write_text(json.dumps([{"name": "Adam"}] * 50))
    dump = read_dump(path)
    with pytest.raises(BadDocument):
        list(dump)
    assert dump.rows == 5
    with pytest.raises(BadDocument, match="repo_url"):
        list(read_dump(write_parquet(tmp_path / "m.parquet", [{"name": "Adam"}])))


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_dump(tmp_path / "nothing.json")
    with pytest.raises(BadDocument, match="not a file"):
        read_dump(tmp_path)


def test_parquet_without_its_reader_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_parquet(tmp_path / "d.parquet", [ROW])
    real = builtins.__import__

    def without_pyarrow(name: str, *args: object, **more: object) -> object:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without_pyarrow)
    with pytest.raises(Refused) as refusal:
        list(read_dump(path))
    assert "pip install 'seminar[parquet]'" in refusal.value.advice


def test_rows_go_into_the_library_and_a_broken_file_changes_nothing(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "library.db")
    assert library.replace_dump(read_dump(write_json(tmp_path / "d.json", 5_000))) == 5_000
    assert library.dump_links("1000.00007") == (("https://github.com/o/r7", True),)
    whole = write_json(tmp_path / "d.json.gz", 5_000)
    whole.write_bytes(whole.read_bytes()[:-2_000])
    with pytest.raises(BadDocument):
        library.replace_dump(read_dump(whole))
    assert library.dump_count() == 5_000
    library.close()


@pytest.mark.slow
@pytest.mark.parametrize("form", ["d.json.gz", "d.json", "d.parquet"])
def test_a_dump_passes_in_bounded_memory(tmp_path: Path, form: str) -> None:
    count = 20_000
    path = tmp_path / form
    if form.endswith("parquet"):
        write_parquet(path, list(many(count)))
    else:
        write_json(path, count)
    assert sum(1 for _ in zip(range(10), read_dump(path), strict=False)) == 10  # imports are not what is measured
    tracemalloc.start()
    dump = read_dump(path)
    kept = sum(1 for _ in dump)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (kept, dump.skipped) == (count, 0)
    assert peak < 8_000_000  # 20,000 rows take more than 20 MB as values


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(ROW)), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(_values, max_size=6))
def test_any_json_array_is_rows_or_a_refusal(tmp_path_factory: pytest.TempPathFactory, rows: list[object]) -> None:
    path = tmp_path_factory.mktemp("any") / "d.json"
    path.write_text(json.dumps([ROW, *rows]))
    dump = read_dump(path)
    links = list(dump)
    assert links[0] == LINK
    assert (dump.rows, len(links)) == (len(rows) + 1, len(rows) + 1 - dump.skipped)
