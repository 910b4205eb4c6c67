"""A Papers-with-Code dump and the papers that are already here."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from rag.study import Study
from tests.made import paper_pdf

ROW = {
    "paper_url": "https://paperswithcode.com/paper/batch-normalization",
    "paper_title": "Batch Normalization",
    "paper_arxiv_id": "1502.03167",
    "paper_url_abs": "http://arxiv.org/abs/1502.03167v3",
    "paper_url_pdf": "http://arxiv.org/pdf/1502.03167v3.pdf",
    "repo_url": "https://github.com/example/normalisation-code",
    "is_official": True,
    "mentioned_in_paper": False,
    "mentioned_in_github": True,
    "framework": "pytorch",
}


def test_a_paper_that_is_here_gains_links_that_are_shown_and_found(
    study_for: Callable[..., Study], tmp_path: Path
) -> None:
    study = study_for()
    (tmp_path / "a.pdf").write_bytes(paper_pdf(stamp="arXiv:1502.03167v3 [cs.LG] 2 Mar 2015"))
    (tmp_path / "links.json").write_text(json.dumps([ROW]))
    study.add([str(tmp_path / "a.pdf")], guild="g")
    for _ in range(2):  # importing again doubles nothing
        imported = study.import_code_links(tmp_path / "links.json", lambda _done: None)
        assert (imported.links, imported.papers) == (1, 1)
    [link] = study.code_links("g", study.papers("g")[0])[0]
    assert (link.url, link.official) == (ROW["repo_url"], True)
    hits = study.search("code implementation github", guild="g").hits
    assert sum("normalisation-code" in hit.passage.text for hit in hits) == 1
    serving = study.indexing.serving()
    assert serving is not None
    assert serving.count() == study.library.passage_count()
