"""Proposals in a model's words: with their quotes and their writer, and written down only as they were seen."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.render.reply import Text
from bot.render.revision import proposal_reply
from rag.answering.asking import Answerer
from rag.errors import ModelFailed, Refused
from rag.language.ports import Prompt
from rag.revision.as_json import proposal_as_json
from rag.revision.revision import Revision
from rag.study import Study
from tests.language.fakes import Said, ScriptedModel, ScriptedModels
from tests.revision.conftest import GROUP, SAYS, revising

Key = Callable[[int], str]
DEFINITION = SAYS.split(". ")[0] + "."
SENTENCE = "Internal covariate shift is the change in the distribution of network activations during training."


UNFOUNDED = "Nothing that the language model wrote could be verified, so the papers are quoted instead."


def writes(*sentences: tuple[str, str]) -> Callable[[Prompt], str]:
    """A model that answers with these sentences, each with its quote from the passage that holds it."""

    def said(prompt: Prompt) -> str:
        passages = re.findall(r'<passage id="(S\w{4})"[^>]*>\n(.*)\n</passage', prompt.user)
        written = []
        for text, quote in sentences:
            of = next((one for one, held in passages if quote in held), passages[0][0])
            written.append({"text": text, "cites": [{"id": of, "quote": quote}]})
        return json.dumps({"sentences": written, "refused": False})

    return said


def filling(study: Study, *said: Said) -> tuple[Revision, ScriptedModel]:
    models = ScriptedModels(ScriptedModel(*said))
    answerer = Answerer(library=study.library, retriever=study.retriever, embedder=None, models=models)
    assert models.model is not None
    return revising(study, models, answerer), models.model


def test_a_models_sentences_are_proposed_with_pages_quotes_writer_and_prompt(study: Study, key: Key) -> None:
    revision, _ = filling(study, writes((SENTENCE, DEFINITION)))
    proposal = revision.proposal(GROUP, key(2))
    assert proposal.lines == (f"{SENTENCE} (p. 2)",)
    assert [(c.number, c.quote.text, c.quote.page) for c in proposal.evidence] == [(1, DEFINITION, 2)]
    assert (proposal.writer, proposal.prompt.partition("/")[0]) == ("fake:scripted", "answer")
    told = proposal_as_json(proposal)
    assert (told["writer"], told["prompt"]) == (proposal.writer, proposal.prompt)


def test_a_proposal_says_who_wrote_it_and_shows_what_it_quotes(study: Study, key: Key) -> None:
    revision, _ = filling(study, writes((SENTENCE, DEFINITION)))
    reply = proposal_reply(revision.proposal(GROUP, key(2)), 0, 1, of="", may_decide=True)
    text = "\n".join(block.markdown for block in reply.blocks if isinstance(block, Text))
    assert "**Proposed answer** · written by fake\\:scripted, each sentence checked against its quotes" in text
    assert SENTENCE in text
    assert DEFINITION in text


DEAD = ModelFailed("fake:scripted", "it did not answer within 60 s")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (DEAD, "The language model did not answer, so the papers are quoted instead."),
        ("", UNFOUNDED),
        (writes((SENTENCE, "a quote that the paper does not hold anywhere")), UNFOUNDED),
        (writes(("@everyone look at https://evil.example/shift", DEFINITION)), UNFOUNDED),
        (writes(("Whales sing at night near the coast.", DEFINITION)), UNFOUNDED),
    ],
)
def test_without_a_sentence_that_holds_the_papers_own_words_are_proposed(
    study: Study, key: Key, said: Said, why: str
) -> None:
    revision, _ = filling(study, said)
    proposal, quoted = revision.proposal(GROUP, key(2)), study.revision.proposal(GROUP, key(2))
    assert proposal == replace(quoted, notices=(*quoted.notices, why))
    assert quoted.lines
    shown = proposal_reply(proposal, 0, 1, of="", may_decide=True)
    text = "\n".join(block.markdown for block in shown.blocks if isinstance(block, Text))
    assert all(f"-# {notice}" in text for notice in proposal.notices)


def test_what_was_seen_is_accepted_though_the_model_would_write_something_else_by_now(study: Study, key: Key) -> None:
    first = writes((SENTENCE, DEFINITION))
    second = writes(("Internal covariate shift is a change of activations during training.", DEFINITION))
    revision, model = filling(study, first, second)
    seen = revision.proposal(GROUP, key(2))
    study.library.set_aliases(GROUP, study.papers(GROUP)[0].key, ["something new"])  # the library is another by now
    change = revision.accept(GROUP, revision.seen(GROUP, key(2), seen.digest), person="7")
    assert change.answer_after == (f"{SENTENCE} (p. 2)",)
    assert len(model.asked) == 1


def test_what_nobody_saw_is_not_accepted(study: Study, key: Key) -> None:
    revision, _ = filling(study, writes((SENTENCE, DEFINITION)))
    with pytest.raises(Refused, match="something else"):
        revision.seen(GROUP, key(2), "00000000")


def test_a_list_and_what_is_accepted_by_name_are_the_papers_own_words_and_cost_nothing(study: Study, key: Key) -> None:
    revision, model = filling(study, writes((SENTENCE, DEFINITION)))
    assert revision.proposal(GROUP, key(2), quoting=True) == study.revision.proposal(GROUP, key(2))
    assert model.asked == []


def test_looking_for_contradictions_asks_no_model_to_write(study: Study, key: Key) -> None:
    revision, model = filling(study, "")
    revision.check(GROUP, key(4))
    assert [asked.label.partition("/")[0] for asked in model.asked] == ["judge"]
