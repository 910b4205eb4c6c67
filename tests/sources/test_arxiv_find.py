"""What people type when they look for a paper on arXiv."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.errors import Unreachable
from rag.sources.arxiv_feed import ArxivFeed
from rag.sources.web import Web
from tests.loopback.arxiv import LoopbackArxiv, Reply
from tests.sources.conftest import FakeTime

RECORDED = Path(__file__).parents[3] / "shared/data/arxiv-api-fixtures/q_testing_s0_m10_bc5a6c384fe9.json"
SYNTAX = frozenset('":()+-&|!^~*?\\{}[]/')


@pytest.fixture
def feed(web: Web, arxiv: LoopbackArxiv) -> ArxivFeed:
    arxiv.add_paper("2001.00001", title="On attention", abstract="Some say attention is all you need; we ask why.")
    arxiv.add_paper("1706.03762", title="Attention Is All You Need", authors=("Ashish Vaswani", "Noam Shazeer"))
    arxiv.add_paper("1502.03167", title="Batch Normalization", abstract="Internal covariate shift slows training.")
    return ArxivFeed(web=web, api=arxiv.api)


def queries(arxiv: LoopbackArxiv) -> list[str]:
    return [one.query["search_query"][0] for one in arxiv.requests if one.query.get("search_query")]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("attention is all you need", "1706.03762"),
        ("Attention: is all you need?", "1706.03762"),
        ("vaswani attention", "1706.03762"),
        ("covariate shift", "1502.03167"),
        ("batch normalization of birds", "1502.03167"),  # no paper has all of these words
        ("1502.03167", "1502.03167"),
        ("https://arxiv.org/abs/1706.03762v1", "1706.03762"),
    ],
)
def test_a_title_words_authors_or_an_id_find_the_paper(feed: ArxivFeed, typed: str, first: str) -> None:
    assert feed.find(typed)[0].base_id == first


def test_words_are_sought_everywhere_and_the_title_that_was_typed_comes_first(
    feed: ArxivFeed, arxiv: LoopbackArxiv
) -> None:
    found = feed.find("Attention is all you need!")
    assert [record.base_id for record in found] == ["1706.03762", "2001.00001"]
    assert queries(arxiv) == ['ti:"Attention is all you need" OR (all:Attention AND all:all AND all:you AND all:need)']
    assert [record.base_id for record in feed.find("attention is all you need", limit=1)] == ["1706.03762"]


def test_what_nobody_wrote_about_finds_nothing(feed: ArxivFeed, arxiv: LoopbackArxiv) -> None:
    assert feed.find("zebrafish ichthyology") == []
    assert queries(arxiv)[1:] == ["all:zebrafish OR all:ichthyology"]
    assert feed.find("9912.99999") == feed.find("2001.09999") == []


@pytest.mark.parametrize("typed", ["", "   ", "?!", '"":()'])
def test_without_a_word_arxiv_is_not_asked(feed: ArxivFeed, arxiv: LoopbackArxiv, typed: str) -> None:
    assert feed.find(typed) == []
    assert arxiv.requests == []


def test_words_of_the_query_language_are_words_like_others(feed: ArxivFeed, arxiv: LoopbackArxiv) -> None:
    feed.find('cats" OR au:Hinton ANDNOT (ti:"the')
    assert (
        queries(arxiv)[0] == 'ti:"cats OR au Hinton ANDNOT ti the" OR (all:cats AND all:au AND all:Hinton AND all:ti)'
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.text(max_size=3_000))
def test_whatever_is_typed_is_words_and_the_address_stays_short(
    feed: ArxivFeed, arxiv: LoopbackArxiv, typed: str
) -> None:
    arxiv.requests.clear()
    feed.find(typed)
    for query in queries(arxiv):
        ours = query.replace("ti:", "").replace("all:", "").replace("(", "").replace(")", "").replace('"', "")
        assert not set(ours) & SYNTAX
        assert len(query) < 2_500


@pytest.mark.skipif(not RECORDED.is_file(), reason="needs the recorded answers in ../shared")
def test_what_arxiv_really_answered_comes_in_its_order(feed: ArxivFeed, arxiv: LoopbackArxiv) -> None:
    body = json.loads(RECORDED.read_text(encoding="utf-8"))["body"]
    arxiv.always("/api/query", Reply(200, body.encode(), content_type="application/atom+xml"))
    named = re.findall(r"<id>https?://arxiv.org/abs/(.+?)v\d+</id>", body)
    assert [record.base_id for record in feed.find("testing", limit=7)] == named[:7]


def test_one_request_follows_another_politely_and_failures_say_who_was_asked(
    feed: ArxivFeed, arxiv: LoopbackArxiv, time_: FakeTime
) -> None:
    feed.find("covariate shift")
    feed.find("attention")
    assert time_.slept == [3.0]
    arxiv.always("/api/query", Reply(403))
    with pytest.raises(Unreachable) as caught:
        feed.find("attention")
    assert caught.value.service == "arXiv"
