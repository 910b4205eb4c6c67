"""``seminar eval``: a group measures its own questions, with the writer that quotes and with a language model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.runner import Run, parsed
from tests.loopback.models import Asked, ModelServer, as_environment, model_settings


def questions(folder: Path) -> str:
    lines = [
        {"id": "1", "question": "what is internal covariate shift", "paper": "1502.03167", "answers": ["a change"]},
        {"id": "2", "question": "what is the capital of France", "answerable": False},
    ]
    file = folder / "ours.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines))
    return str(file)


def test_without_a_language_model_there_is_none_to_measure(filled: Run, tmp_path: Path) -> None:
    code, _, err = filled("eval", questions(tmp_path), "--writer", "model")
    assert code == 1
    assert "SEMINAR_LLM" in err


def test_only_who_asks_for_the_language_model_pays_for_it(
    filled: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def reply(request: Asked) -> str:
        asked.append(request.user)
        return '{"sentences": [], "refused": true}'

    with ModelServer(reply) as server:
        for name, value in as_environment(model_settings(server, "openai")).items():
            monkeypatch.setenv(name, value)
        _, out, _ = filled("eval", questions(tmp_path), "--json")
        assert list(parsed(out)["sets"][0]["writers"]) == ["extractive"]
        assert asked == []
        _, out, err = filled("eval", questions(tmp_path), "--json", "--writer", "model", "--most", "2")
    assert list(parsed(out)["sets"][0]["writers"]) == ["extractive", "openai:scripted-1"]
    assert len(asked) == 1
    assert "openai:scripted-1: 1 call," in err


@pytest.mark.parametrize("field", ["paper", "gold_papers"])
def test_a_question_names_its_paper_as_people_do(filled: Run, tmp_path: Path, field: str) -> None:
    assert filled("alias", "1502.03167", "bn")[0] == 0
    name = "bn" if field == "paper" else ["bn"]
    line = {"id": "1", "question": "what is internal covariate shift", field: name, "gold_pages": [1]}
    file = tmp_path / "ours.jsonl"
    file.write_text(json.dumps(line))
    _, out, err = filled("eval", str(file), "--json")
    assert err == ""
    assert parsed(out)["sets"][0]["questions"] == 1
