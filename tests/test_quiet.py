"""Nothing is told to the makers of the libraries that Seminar stands on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from rag import samples

CODE = """
import sys
from pathlib import Path
from rag.settings import read_settings
from rag.wiring import build

study = build(read_settings(data_dir=Path(sys.argv[1]), ask_code_links_online=False))
[result] = study.add([sys.argv[2]], guild="quiet")
assert result.error is None, result
assert study.ask("what is internal covariate shift", guild="quiet").citations
study.close()
"""


def test_reading_and_answering_leave_nothing_in_the_home_of_whoever_runs_it(tmp_path: Path) -> None:
    """ONNX Runtime 1.29 and later keeps a device id and a database of events there, to report them."""
    home = tmp_path / "home"
    home.mkdir()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ORT_", "XDG_"))}
    data = str(tmp_path / "data")
    for arguments in (
        [CODE, data, str(samples.primer_pdf())],
        ["from bot.__main__ import main; main()", "--data-dir", data, "ask", "what is internal covariate shift"],
    ):
        subprocess.run([sys.executable, "-c", *arguments], env=environment | {"HOME": str(home)}, check=True)
    assert [path for path in home.rglob("*") if path.is_file()] == []
