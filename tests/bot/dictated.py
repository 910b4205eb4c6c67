"""A language model that writes as far as a test lets it: each sentence comes when it is dictated."""

from __future__ import annotations

import json
import queue
import re
import threading
from dataclasses import dataclass, field

from rag.errors import ModelFailed
from rag.language.ports import Heard, Prompt, Reply, unheard
from rag.study import Study

NAME = "example:scripted"
_PASSAGE = re.compile(r'<passage id="(\w+)"[^>]*>\n(.*?)\n</passage', re.DOTALL)

SHIFT_SAID = "Internal covariate shift is the change in the distribution of a layer’s inputs during training."
SHIFT_QUOTE = "shift is the change in the distribution of a layer’s inputs that happens during training"
TARGET_SAID = "The layer has to learn its task and follow a moving target at the same time."
TARGET_QUOTE = "The layer has to learn its task and, at the same time, follow a moving target."
WEAK_SAID = "So batch normalisation lets every deep network learn faster."
WEAK_QUOTE = "Batch normalisation proposes to remove its cause: fix the mean and the variance"


class Killed(BaseException):
    """As a kill: nothing after it is run."""


@dataclass
class Dictated:
    """What is dictated is a sentence with its quote, None for the end of the reply, or what is raised instead."""

    name: str = NAME
    asked: list[Prompt] = field(default_factory=list)
    thinking: threading.Event = field(default_factory=threading.Event)
    """Set when it has thought over how to read a question, of which then nothing comes."""
    dictation: queue.Queue[tuple[str, str] | BaseException | None] = field(default_factory=queue.Queue)

    def says(self, *sentences: tuple[str, str] | BaseException | None) -> Dictated:
        """Dictate."""
        for one in sentences:
            self.dictation.put(one)
        return self

    def set_up_in(self, study: Study) -> Dictated:
        """Take the place of the model that the settings name."""
        study.models.model, study.models.name = self, self.name
        return self

    def reply(self, prompt: Prompt, *, heard: Heard = unheard) -> Reply:
        if prompt.label.startswith("rephrase/"):
            self.thinking.wait(20)
        if not prompt.label.startswith("answer/"):
            raise ModelFailed(self.name, "it only writes answers")
        self.asked.append(prompt)
        text = '{"sentences": ['
        while (said := self.dictation.get(timeout=20)) is not None:
            if isinstance(said, BaseException):
                raise said
            piece = (", " if len(text) > 20 else "") + json.dumps(_sentence(prompt, *said), ensure_ascii=False)
            for end in range(0, len(piece) + 16, 16):
                heard(text + piece[:end])
            text += piece
        return Reply(f'{text}], "refused": false}}', "scripted-1", 100, 20)


def _sentence(prompt: Prompt, text: str, quote: str) -> dict[str, object]:
    ids = [id_ for id_, passage in _PASSAGE.findall(prompt.user) if quote in " ".join(passage.split())]
    return {"text": text, "cites": [{"id": id_, "quote": quote} for id_ in ids[:1] or ["S222"]]}
