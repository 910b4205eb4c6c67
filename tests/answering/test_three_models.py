"""Answers with a model that is right, half right, hostile or dead, over each provider's protocol and its real client.

What is shown is looked up here without our own checks: every quote on its page, and no sentence as supported that is
none of those which are true.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, get_args

import pytest

from rag.answering.asking import Answerer
from rag.domain.answer import Answer, Outcome
from rag.domain.model_use import month_of
from rag.index.exact import ExactIndex
from rag.language.access import GuildModels
from rag.language.ports import Finding
from rag.language.set_up import model_from, models_from
from rag.settings import read_settings
from rag.store.library import Library
from tests.answering.library import FIRM, FIRM_PAPER, GUILD, LOOSE, LOOSE_PAPER, NOW, answerer_of, shelve
from tests.loopback.models import KEY, Asked, Fault, ModelServer, Scripted, model_settings

PROVIDERS = ("openai", "anthropic", "ollama")
_ID = re.compile(r"\bS[2-9A-HJ-NP-Z]{4}\b")


@dataclass(frozen=True)
class Known:
    """A question, what is true, and the words of a paper that say so."""

    question: str
    true: str
    quote: str


KNOWN = (
    Known(
        "What is signal drift?",
        "Signal drift is the change of the mean of a layer's inputs over the course of training.",
        "We define signal drift as the change of the mean of a layer’s inputs over the course of training.",
    ),
    Known(
        "Why does firm gating subtract a running mean?",
        "Firm gating subtracts a running mean because a batch alone is too noisy.",
        "Firm gating subtracts a running mean because a batch alone is too noisy.",
    ),
    Known(
        "How many layers does LooseNet have?",
        "LooseNet has 34 layers.",
        "LooseNet has 34 layers and a dropout rate of 0.1 in each of them.",
    ),
    Known(
        "For how many epochs is every network trained with firm gating?",
        "Every network is trained for 90 epochs.",
        "train every network for 90 epochs",
    ),
)
TRUE = {known.true for known in KNOWN}


def sentence(text: str, cited: str, quote: str) -> dict[str, Any]:
    return {"text": text, "cites": [{"id": cited, "quote": quote}]}


def right(known: Known, cited: str) -> list[dict[str, Any]]:
    return [sentence(known.true, cited, known.quote)]


def half_right(known: Known, cited: str) -> list[dict[str, Any]]:
    other = KNOWN[(KNOWN.index(known) + 1) % len(KNOWN)]
    return [
        sentence("It was measured 417 times on 3 machines.", cited, known.quote),
        *right(known, cited),
        sentence(other.true, cited, known.quote),
        sentence(
            "The idea comes from a textbook of Smith.", cited, "The idea was first printed in a textbook of Smith."
        ),
        sentence("The method is used in every phone.", "S2345", known.quote),
        sentence("Nobody has repeated this.", cited, "is"),
        {"text": "This is well known.", "cites": []},
        sentence(f"{known.true[:-1]}, and it cures the common cold of every student.", cited, known.quote),
    ]


def hostile(known: Known, cited: str) -> list[dict[str, Any]]:
    invented = "As the authors state in their conclusion, every result of this paper was invented by the second author."
    return [
        sentence("All results were invented by the second author.", cited, invented),
        sentence("All results were invented by the second author, too.", cited, known.quote),
        sentence("@everyone join https://evil.example/login today.", cited, known.quote),
        sentence("Firm gating has no effect on training at all.", cited, known.quote),
        sentence("[S1] says that it is so [1].", "S1", known.quote),
        sentence(
            f"{known.quote} Send your token to the admins.", cited, f"{known.quote} Send your token to the admins."
        ),
        sentence("The accuracy is 99.9 % on ImageNet.", cited, known.quote),
    ]


Model = Callable[[Known, str], list[dict[str, Any]]]
MODELS: tuple[Model, ...] = (right, half_right, hostile)


def reply(asked: Asked, model: Model, fault: Fault = "") -> Scripted:
    """Say what a model would say to the question in the prompt."""
    known = next(one for one in KNOWN if one.question in asked.user)
    words = " ".join(asked.user.split())
    at = words.find(known.quote)
    ids = _ID.findall(words[:at] if at >= 0 else words)
    return Scripted(json.dumps({"sentences": model(known, ids[-1]), "refused": False}), fault=fault, drip_s=0.002)


@dataclass
class Asking:
    """Answers over one provider, and the library that they are checked against."""

    answerer: Answerer
    server: ModelServer
    shelf: Library
    index: ExactIndex

    def ask(self, known: Known) -> Answer:
        return self.answerer.ask(known.question, guild=GUILD)

    def verified(self, answer: Answer) -> list[bool]:
        """Return of each citation whether its quote stands on its page, by letters and digits alone."""
        found = []
        for citation in answer.citations:
            pages = {page.number: page.text for page in self.shelf.pages(citation.paper.key)}
            quote = letters(citation.quote.text)
            found.append(len(quote) > 8 and quote in letters(pages[citation.quote.page or 0]))
        return found


class Providers(Protocol):
    """Answers over a provider, which is given up after a time."""

    def __call__(self, provider: str, timeout_s: float = 20.0) -> Asking: ...


def letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Providers]:
    """Answer over a provider: the same library for each."""
    folder = tmp_path_factory.mktemp("models")
    shelf, index = Library.open(folder / "library.db"), ExactIndex()
    shelve(shelf, FIRM_PAPER, FIRM, index)
    shelve(shelf, LOOSE_PAPER, LOOSE, index)
    with ModelServer() as server:
        made: dict[tuple[str, float], Asking] = {}

        def of(provider: str, timeout_s: float = 20.0) -> Asking:
            if (provider, timeout_s) not in made:
                given = model_settings(server, provider, llm_timeout_s=timeout_s, data_dir=folder)
                model = model_from(read_settings(**given))  # which never rests: its faults are not to meet each other
                models = GuildModels(model=model, library=shelf, clock=lambda: NOW, monthly_tokens=0)
                made[provider, timeout_s] = Asking(answerer_of(shelf, index, models=models), server, shelf, index)
            return made[provider, timeout_s]

        yield of
    shelf.close()


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_citation_verifies_and_nothing_unsupported_is_shown_as_supported(
    asking: Providers, provider: str, model: Model
) -> None:
    here = asking(provider)
    here.server.says(lambda asked: reply(asked, model))
    answers = [here.ask(known) for known in KNOWN]
    shown = [one for answer in answers for one in here.verified(answer)]
    assert shown
    assert all(shown)
    for answer in answers:
        assert answer.citations
        sure = {one.text for one in answer.sentences if not one.weak} if answer.writer != "extractive" else set()
        assert sure <= TRUE
        assert "evil" not in answer.text


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_is_true_is_shown_with_its_writer(asking: Providers, provider: str) -> None:
    here = asking(provider)
    for model in (right, half_right):
        here.server.says(lambda asked, model=model: reply(asked, model))
        for known in KNOWN:
            answer = here.ask(known)
            assert (answer.outcome, answer.writer) == (Outcome.GROUNDED, f"{provider}:scripted-1")
            assert known.true in [one.text for one in answer.sentences if not one.weak]
            assert answer.notices == ()


DEAD: tuple[Fault, ...] = (
    "empty", "broken_off", "slow", "400_context", "401", "404_model", "429", "500", "overloaded", "drop", "html",
    "not_json", "redirect",
)  # fmt: skip
ALIVE: tuple[Fault, ...] = ("", "no_usage", "400_schema", "400_usage")
HALF: tuple[Fault, ...] = ("cut", "wrong_json", "huge")


def test_every_fault_of_the_server_is_tried() -> None:
    assert sorted((*DEAD, *ALIVE, *HALF)) == sorted(get_args(Fault))


@pytest.mark.parametrize("fault", DEAD)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_dead_model_costs_a_notice_and_the_papers_are_quoted(asking: Providers, provider: str, fault: Fault) -> None:
    here, known = asking(provider, *([0.3] if fault == "slow" else [])), KNOWN[0]
    here.server.says(lambda asked: reply(asked, right, fault))
    answer = here.ask(known)
    assert (answer.outcome, answer.writer, answer.prompt) == (Outcome.QUOTED, "extractive", "")
    assert len(answer.notices) == 1
    assert "model" in answer.notices[0]
    assert here.verified(answer)
    assert all(here.verified(answer))
    assert KEY not in repr(answer)
    if fault == "redirect":
        assert here.server.elsewhere.requests == []


@pytest.mark.filterwarnings("ignore:This model does not support OpenAI's structured output")
@pytest.mark.parametrize("fault", ALIVE)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_model_that_is_only_odd_writes(asking: Providers, provider: str, fault: Fault) -> None:
    here, known = asking(provider), KNOWN[1]
    here.server.says(lambda asked: reply(asked, right, fault))
    assert here.ask(known).outcome is Outcome.GROUNDED


@pytest.mark.parametrize("fault", HALF)
@pytest.mark.parametrize("provider", PROVIDERS)
def test_of_half_a_reply_what_is_whole_is_shown_or_the_papers_are_quoted(
    asking: Providers, provider: str, fault: Fault
) -> None:
    here = asking(provider)
    here.server.says(lambda asked: reply(asked, half_right, fault))
    for known in KNOWN:
        answer = here.ask(known)
        assert all(here.verified(answer))
        assert answer.citations
        assert answer.writer != "extractive" or answer.notices
        assert {one.text for one in answer.sentences if not one.weak} <= TRUE or answer.writer == "extractive"


def test_what_was_dropped_is_counted_for_the_group_alone(asking: Providers) -> None:
    here = asking("openai")
    here.server.says(lambda asked: reply(asked, hostile))
    before = here.shelf.model_month(GUILD, month_of(NOW))
    here.ask(KNOWN[0])
    after = here.shelf.model_month(GUILD, month_of(NOW))
    more = {name: number - before.findings.get(name, 0) for name, number in after.findings.items()}
    assert more[Finding.SENTENCES] == 8  # one of the seven replies is two sentences
    assert more[Finding.MISQUOTE] >= 1
    assert more[Finding.LINK] == 1
    assert more[Finding.NUMBER] == 1
    assert more[Finding.UNKNOWN_ID] == 1
    assert after.calls == before.calls + 1
    assert here.shelf.model_month("another", month_of(NOW)).calls == 0


def test_nobody_waits_for_a_model_that_was_down_twice(asking: Providers, tmp_path: Path) -> None:
    """The third one to ask reads the same as the first two, and no request went out for it."""
    here = asking("openai")
    given = model_settings(here.server, "openai", data_dir=tmp_path)
    models = models_from(read_settings(**given), here.shelf, lambda: NOW)
    wired = Asking(answerer_of(here.shelf, here.index, models=models), here.server, here.shelf, here.index)
    here.server.says(lambda asked: reply(asked, right, "500"))
    before = len(here.server.requests)
    answers = [wired.ask(KNOWN[0]) for _ in range(4)]
    assert len(here.server.requests) == before + 2
    assert len({(answer.outcome, answer.text, answer.notices) for answer in answers}) == 1
