"""What models reply: JSON of every make, marked text, rubbish. All of it is read, none of it raises."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rag.answering.replies import REFUSAL, Cite, Claim, Said, said_in
from rag.language.loose_json import values_in

TEXT, QUOTE = "A gate subtracts a mean.", "subtracts a running mean"
ONE = Said((Claim(TEXT, (Cite("S7KQ", QUOTE),)),))
SENTENCE = {"text": TEXT, "cites": [{"id": "S7KQ", "quote": QUOTE}]}
WHOLE = {"sentences": [SENTENCE], "refused": False}


@pytest.mark.parametrize(
    "reply",
    [
        json.dumps(WHOLE),
        json.dumps(WHOLE, indent=2),
        f"```json\n{json.dumps(WHOLE)}\n```",
        f"Sure! Here it is:\n\n{json.dumps(WHOLE)}\n\nI hope that it helps [S9AB].",
        json.dumps([SENTENCE]),
        json.dumps(SENTENCE),
        json.dumps({"answer": WHOLE}),
        json.dumps({"sentences": SENTENCE}),
        json.dumps({"claims": [{"sentence": TEXT, "citations": [{"passage_id": "[s7kq]", "quotation": QUOTE}]}]}),
        json.dumps({"sentences": [{"text": TEXT, "cites": {"id": "S7KQ", "quote": QUOTE}}]}),
        json.dumps({"sentences": [{"text": TEXT, "cites": {"S7KQ": QUOTE}}]}),
        json.dumps({"sentences": [{"text": TEXT, "cites": [f'[S7KQ: "{QUOTE}"]']}]}),
        json.dumps({"sentences": [{"text": TEXT, "id": "S7KQ", "quote": QUOTE}]}),
        json.dumps({"sentences": [f'{TEXT} [S7KQ: "{QUOTE}"]']}),
        json.dumps(WHOLE)[:-2],  # cut off behind the sentence
        json.dumps(WHOLE).replace('", "', '" "'),  # without commas
        json.dumps(WHOLE).replace('"', "'"),
        '{"name": "search", "arguments": {"query": "mean"}}' + json.dumps(WHOLE),
        f'{TEXT} [S7KQ: "{QUOTE}"]',
        f"1. {TEXT} [s7kq: “{QUOTE}”]".removeprefix("1. "),
        f"{TEXT} (S7KQ, “{QUOTE}”)",
    ],
)
def test_a_sentence_with_its_quote_is_read_however_it_is_written(reply: str) -> None:
    assert said_in(reply) == ONE


@pytest.mark.parametrize(
    "reply",
    [
        '{"sentences": [], "refused": true}',
        '{"refused": "true"}',
        '{"sentences": [{"text": "' + REFUSAL + '", "cites": []}], "refused": false}',
        REFUSAL,
        "“the passages do not answer this”",
        f"I am sorry. {REFUSAL}",
        json.dumps({"sentences": [SENTENCE, {"text": REFUSAL, "cites": []}], "refused": False}),
    ],
)
def test_a_refusal_is_known_by_its_flag_or_its_phrase(reply: str) -> None:
    assert said_in(reply).refused


@pytest.mark.parametrize(("said", "complete"), [(True, True), (False, False), ("false", False)])
def test_a_part_of_an_answer_is_known_by_its_flag(said: object, complete: bool) -> None:
    assert said_in(json.dumps({**WHOLE, "complete": said})) == Said(ONE.claims, complete=complete)
    assert said_in(json.dumps(WHOLE)).complete


def test_a_refusal_that_is_false_in_words_is_none() -> None:
    assert not said_in(json.dumps({**WHOLE, "refused": "false"})).refused


@pytest.mark.parametrize("end", range(1, len(json.dumps(WHOLE)) - len('], "refused": false}')))
def test_half_a_sentence_never_passes_for_a_whole_one(end: int) -> None:
    assert said_in(json.dumps(WHOLE)[:end]).claims == ()


def test_json_without_a_whole_sentence_is_not_read_as_marked_text() -> None:
    assert said_in('{"sentences": [{"text": "Drift is bad [S7KQ: \\"drift is bad\\"] and more') == Said()


def test_every_sentence_of_a_text_has_to_be_carried_by_what_it_cites() -> None:
    two = {"text": f"{TEXT} Bananas grow on trees.", "cites": SENTENCE["cites"]}
    said = said_in(json.dumps({"sentences": [two]}))
    assert [claim.text for claim in said.claims] == [TEXT, "Bananas grow on trees."]
    assert {claim.cites for claim in said.claims} == {(Cite("S7KQ", QUOTE),)}


def test_a_mark_belongs_to_the_sentence_that_it_ends() -> None:
    said = said_in(f'Bananas grow. {TEXT} [S7KQ: "{QUOTE}"][S8AB: "a [b] c"]. And more.')
    assert said.claims == (
        Claim("Bananas grow."),
        Claim(TEXT, (Cite("S7KQ", QUOTE), Cite("S8AB", "a [b] c"))),
    )


def test_formulas_keep_their_backslashes() -> None:
    (value,) = values_in(r'{"text": "The scale \beta and \alpha, “so”, \u03bb and \ud83d\ude00"}')
    assert value == {"text": r"The scale \beta and \alpha, “so”, λ and 😀"}


anything = st.one_of(
    st.text(max_size=300),
    st.text("[]{}\"',:SKQ79 \\n“”()truefals", max_size=300),
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.floats(), st.text(max_size=20)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=4),
            st.dictionaries(st.sampled_from(["sentences", "text", "cites", "id", "quote", "refused", "x"]), inner),
        ),
        max_leaves=12,
    ).map(json.dumps),
)


@settings(max_examples=300)
@given(anything)
@example('{"sentences": [{"text": null, "cites": 5}]}')
@example('["')
@example('{"a": [[[[[[[[[[[[[[[[[[[["')
def test_any_text_is_read_as_something(reply: str) -> None:
    said = said_in(reply)
    assert all(claim.text.strip() and isinstance(cite.quote, str) for claim in said.claims for cite in claim.cites)


@pytest.mark.parametrize(
    "part", ['[S7KQ:"', '[S7KQ:"]]]', '{"', "[{", '["', "\\", '{"a":', '"', " ", "S", '[S7KQ: "x"] ', "a. ", "{'"]
)
@pytest.mark.parametrize("before", ["", '{"sentences": [{"text": "'])
def test_a_hundred_kilobytes_are_read_at_once(part: str, before: str) -> None:
    began = time.thread_time()
    said_in(before + part * (100_000 // len(part)))
    assert time.thread_time() - began < 1.0
