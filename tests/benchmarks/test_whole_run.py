"""``seminar bench`` from end to end, tiny: every part runs, what it writes is whole. No number of it is judged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from rag.samples import primer_pdf
from tests.made import SHIFT, paper_pdf

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "rag/bench/report.schema.json").read_text())
SMALL_PEER = Path(__file__).with_name("small_peer.py")
SEMINAR = [sys.executable, "-c", "from bot.__main__ import main; main()"]
PNG = b"\x89PNG\r\n"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Measure two papers beside the small peer, once for all tests of this file."""
    folder = tmp_path_factory.mktemp("bench")
    made, asked = folder / "made.pdf", folder / "questions.txt"
    made.write_bytes(paper_pdf("Normalising Small Networks", SHIFT))
    asked.write_text("what is internal covariate shift\nwhat is a residual block\n")
    words = [
        "bench",
        made,
        primer_pdf(),
        "--rounds",
        "1",
        "--beside",
        "1",
        "--library",
        "2",
        "--passages",
        "130",
        "--idle",
        "1",
    ]
    words += ["--questions", asked, "--peer", f"{SMALL_PEER}={sys.executable}", "--out", folder / "out", "--json"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SEMINAR_")}
    done = subprocess.run(
        [*SEMINAR, *map(str, words)], cwd=folder, env=kept, capture_output=True, text=True, timeout=400
    )
    assert done.returncode == 0, done.stderr
    (folder / "out/printed.json").write_text(done.stdout)
    return folder / "out"


@pytest.fixture
def told(out: Path) -> dict[str, Any]:
    """What the JSON file says."""
    return json.loads((out / "bench.json").read_text())


def test_the_json_file_keeps_to_its_schema_and_is_what_was_printed(out: Path, told: dict[str, Any]) -> None:
    jsonschema.validate(told, SCHEMA)
    assert json.loads((out / "printed.json").read_text()) == told


def test_every_system_was_measured_in_every_round(told: dict[str, Any]) -> None:
    assert [(one["name"], len(one["samples"])) for one in told["systems"]] == [("Seminar", 1), ("small_peer", 1)]
    ours, theirs = told["systems"]
    assert ours["samples"][0]["passages"] > 0
    assert ours["samples"][0]["pages"] == told["pages"] > 0
    assert theirs["samples"][0]["passages"] == 7
    assert set(ours["samples"][0]["stages"]) == {"read", "embed", "store"}
    assert ours["installed_mb"] > 100
    assert ours["times_seminar"]["paper_s"]["median"] == 1.0


def test_seminar_alone_is_measured_in_every_way(told: dict[str, Any]) -> None:
    assert told["adding"]["papers"] == 2
    assert told["adding"]["passages"] > 0
    assert told["adding"]["late"]["number"] > 0
    assert told["adding"]["disk_mb"] > 0
    assert told["answering"]["answered"]["number"] == 2
    assert len(told["started_s"]) == 1


def test_the_real_bot_was_idle_was_asked_and_added(told: dict[str, Any]) -> None:
    bot = told["resting"]
    assert bot["questions"] == 2
    assert bot["added"] == 1
    assert 50 < bot["idle_mb"] <= bot["adding_peak_mb"]


def test_a_drawn_library_is_searched_exactly_and_the_largest_is_also_searched_by_chroma(told: dict[str, Any]) -> None:
    assert [(size["passages"], size["papers"], size["by"]) for size in told["sizes"]] == [
        (130, 2, "as set"),
        (130, 2, "Chroma"),
    ]
    for size in told["sizes"]:
        assert [asked["scope"] for asked in size["asked"]] == [
            "everything",
            "one guild of five",
            "one paper of a guild",
        ]
        assert [asked["searched"]["number"] for asked in size["asked"]] == [2, 2, 2]
    assert all(asked["recall"] >= 0.9 for asked in told["sizes"][0]["asked"])  # eight bits may swap the last two


def test_the_tables_name_machine_date_versions_and_command_but_no_path(out: Path, told: dict[str, Any]) -> None:
    text = (out / "bench.md").read_text()
    assert told["made_at"][:10] in text
    assert told["machine"]["processor"] in text
    for name, number in told["machine"]["versions"].items():
        assert f"{name} {number}" in text
    assert "`seminar bench (2 PDFs) --peer small_peer=PYTHON --rounds 1" in text
    for path in (sys.executable, str(out.parent), str(Path.home())):
        assert path not in text
        assert path not in json.dumps(told)
    for target in told["targets"]:
        assert target["figure"] in text


def test_the_pictures_are_drawn(out: Path) -> None:
    for name in ("bench-peers.png", "bench-sizes.png"):
        picture = (out / name).read_bytes()
        assert picture.startswith(PNG)
        assert len(picture) > 5_000
