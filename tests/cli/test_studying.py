"""The template filled and cards made from the command line."""

from __future__ import annotations

from pathlib import Path

from tests.cli.runner import Run, parsed
from tests.made import paper_pdf

SETTINGS = "We train the network with SGD, a learning rate of 0.05, a batch size of 128 and a momentum of 0.9."


def test_an_analysis_is_shown_written_and_kept(seminar: Run, tmp_path: Path) -> None:
    pdf = tmp_path / "small.pdf"
    pdf.write_bytes(paper_pdf("Normalising Small Networks", SETTINGS))
    assert seminar("add", str(pdf))[0] == 0
    code, out, err = seminar("analysis", "Normalising")
    assert code == 0
    assert out.startswith("Normalising Small Networks (sha256:")
    assert "Not found in the paper." in out
    assert "no language model wrote this" in err
    document = tmp_path / "analysis.md"
    code, out, _ = seminar("analysis", "Normalising", "-o", str(document))
    assert (code, out.startswith("Wrote analysis.md: ")) == (0, True)
    text = document.read_text(encoding="utf-8")
    assert seminar("analysis", "Normalising", "--markdown")[1] == text
    made = parsed(seminar("analysis", "Normalising", "--json")[1])
    assert set(made) == {
        "paper_id", "title", "published", "template", "sections", "citations", "writer", "prompt", "made_at", "notices",
    }  # fmt: skip
    assert "learning rate of 0.05" in " ".join(one["quote"] for one in made["citations"])
    again = parsed(seminar("analysis", "Normalising", "--json", "--anew")[1])
    assert again["made_at"] > made["made_at"]
    assert seminar("analysis", "nothing like it")[0] == 1
    assert seminar("analysis", " ")[0] == 2
    code, _, err = seminar("analysis", "Normalising", "-o", str(tmp_path / "no" / "file.md"))
    assert code == 1
    assert "file.md" in err


def test_cards_are_shown_and_written_for_anki(seminar: Run, tmp_path: Path) -> None:
    pdf = tmp_path / "small.pdf"
    pdf.write_bytes(paper_pdf())
    assert seminar("add", str(pdf))[0] == 0
    code, out, err = seminar("cards", "Normalising")
    assert code == 0
    assert "internal covariate shift" in out
    assert "no language model wrote this" in err
    made = parsed(seminar("cards", "Normalising", "--json")[1])
    assert len(made["cards"]) == 1
    assert {"guid", "kind", "front", "back", "weak", "citations"} == set(made["cards"][0])
    anki = tmp_path / "cards.txt"
    code, out, _ = seminar("cards", "Normalising", "--anki", str(anki))
    assert code == 0
    assert out == "Wrote cards.txt: 1 card. In Anki: File, Import.\n"
    assert anki.read_text(encoding="utf-8").startswith("#separator:tab\n#html:true\n#guid column:1\n")
    assert seminar("cards", "Normalising", "--markdown")[1].startswith("# Cards: Normalising Small Networks\n")
    assert seminar("cards", " ")[0] == 2
