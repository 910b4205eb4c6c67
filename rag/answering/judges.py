"""A second look at whether quotes carry sentences: by the model itself, or by a cross-encoder for entailment."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rag.answering.support import SupportJudge
from rag.errors import Refused
from rag.index.sentence_transformers import Entailment
from rag.language.as_data import as_data, new_ids
from rag.language.loose_json import values_in
from rag.language.ports import LanguageModel
from rag.language.prompts import label_of, prompt
from rag.language.shapes import TEXT, array_of, object_of

WORDS, MODEL, CROSS_ENCODER = "words", "model", "cross-encoder"
JudgeOf = Callable[[LanguageModel], SupportJudge | None]
Pairs = Sequence[tuple[str, tuple[str, ...]]]

_WORTH = {"full": 1.0, "partly": 0.4, "none": 0.0, "contradicts": 0.0}
_VERDICT = object_of({"id": TEXT, "support": {"enum": list(_WORTH)}})
_SHAPE = object_of({"verdicts": array_of(_VERDICT)}, title="verdicts")


def judge_from(setting: str) -> JudgeOf:
    """Return who looks again for ``words``, ``model`` or ``cross-encoder:<name or path>``. Raises Refused for others.

    Nothing is loaded here.
    """
    kind, _, path = setting.strip().partition(":")
    if kind == WORDS and not path:
        return no_judge
    if kind == MODEL and not path:
        return ModelJudge
    if kind == CROSS_ENCODER and path.strip():
        encoder = EncoderJudge(Entailment(path.strip()))
        return lambda _model: encoder
    raise Refused(
        what=f"the support check {setting!r}",
        reason="it is not one of words, model and cross-encoder:<name or path>",
    )


def no_judge(_model: LanguageModel) -> None:
    """Let words alone decide."""


class ModelJudge:
    """The model that wrote, asked in one further request."""

    wrote = True

    def __init__(self, model: LanguageModel) -> None:
        self.prompt = label_of("support")
        self._model = model

    def supports(self, pairs: Pairs) -> tuple[float, ...]:
        """Return of each pair 0 to 1, () when the reply leaves one out. Raises ModelFailed."""
        ids = new_ids(len(pairs))
        rows = [
            {"id": one, "text": as_data(text), "quotes": [as_data(quote) for quote in quotes]}
            for one, (text, quotes) in zip(ids, pairs, strict=True)
        ]
        said = _verdicts(self._model.reply(prompt("support", _SHAPE, statements=rows)).text)
        return tuple(said[one] for one in ids) if all(one in said for one in ids) else ()


class EncoderJudge:
    """A cross-encoder that was trained to tell whether one text follows from another."""

    wrote = False
    prompt = ""

    def __init__(self, entailment: Entailment) -> None:
        self._entailment = entailment

    def supports(self, pairs: Pairs) -> tuple[float, ...]:
        """Return of each pair how likely the sentence follows from its quotes. Raises Refused, BadModel."""
        return tuple(self._entailment.follows([(" ".join(quotes), text) for text, quotes in pairs]))


def _verdicts(reply: str) -> dict[str, float]:
    """Return what a reply says of each statement, by id; whatever is no verdict is left out."""
    found: dict[str, float] = {}
    for value in values_in(reply):
        rows = value.get("verdicts", [value]) if isinstance(value, dict) else value
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, dict) and str(row.get("support")).casefold() in _WORTH:
                found.setdefault(str(row.get("id")).strip(" []").upper(), _WORTH[str(row["support"]).casefold()])
    return found
