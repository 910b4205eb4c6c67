"""The real `arxiv` package against a loopback arXiv: records, absences and failures are told apart."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from rag.errors import BadIdentifier, NotFound, Unreachable
from rag.sources.arxiv_feed import ArxivFeed
from rag.sources.arxiv_ids import ArxivRef, parse_arxiv_id
from rag.sources.web import Web
from tests.loopback.arxiv import CAPTCHA, LoopbackArxiv, Reply, atom, error_feed
from tests.sources.conftest import FakeTime

RECORDED = Path(__file__).parents[2].parent / "shared" / "data" / "arxiv-api-fixtures"


@pytest.fixture
def feed(arxiv: LoopbackArxiv, web: Web) -> ArxivFeed:
    return ArxivFeed(web=web, api=arxiv.api)


def test_a_record_says_what_arxiv_says(arxiv: LoopbackArxiv, feed: ArxivFeed) -> None:
    arxiv.add_paper(
        "math/0309136",
        version=2,
        title="On  folds\n  & creases",
        authors=("Ana Ünal", "B. <C>"),
        abstract="  We fold\n paper. ",
        categories=("math.GT", "cs.CG"),
        published="2003-09-08T10:00:00-04:00",
        extra="<arxiv:comment>3 pages</arxiv:comment><arxiv:doi>10.1/x</arxiv:doi>"
        "<arxiv:journal_ref>J. 1</arxiv:journal_ref>",
    )
    record = feed.metadata([ArxivRef("math/0309136")])["math/0309136"]
    assert record.ref == ArxivRef("math/0309136", 2)
    assert record.title == "On folds & creases"
    assert record.authors == ("Ana Ünal", "B. <C>")
    assert record.abstract == "We fold paper."
    assert record.published == record.updated == datetime(2003, 9, 8, 14, tzinfo=UTC)
    assert record.categories == ("math.GT", "cs.CG")
    assert (record.comment, record.doi, record.journal_ref, record.licence) == ("3 pages", "10.1/x", "J. 1", "")
    assert record.pdf_url == "https://arxiv.org/pdf/math/0309136v2"
    assert record.abs_url == "https://arxiv.org/abs/math/0309136v2"


def test_a_named_version_is_the_one_described(arxiv: LoopbackArxiv, feed: ArxivFeed) -> None:
    arxiv.add_paper("1502.03167", version=3, title="Batch Normalization")
    assert feed.metadata([ArxivRef("1502.03167", 2)])["1502.03167"].version == 2
    assert feed.metadata([ArxivRef("1502.03167")])["1502.03167"].version == 3
    with pytest.raises(NotFound):
        feed.metadata([ArxivRef("1502.03167", 9)])


def test_many_papers_take_few_requests_in_the_order_asked(
    arxiv: LoopbackArxiv, feed: ArxivFeed, time_: FakeTime
) -> None:
    refs = [ArxivRef(f"1502.{number:05}") for number in range(1, 251)]
    for ref in refs:
        arxiv.add_paper(ref.base_id, title=f"Paper {ref}")
    found = feed.metadata(list(reversed(refs)))
    assert list(found) == [ref.base_id for ref in reversed(refs)]
    assert len(arxiv.requests) == 3
    assert time_.slept == [3.0, 3.0]


def test_nothing_asked_is_nothing_sent(arxiv: LoopbackArxiv, feed: ArxivFeed) -> None:
    assert feed.metadata([]) == {}
    assert feed.search("?!") == []
    assert arxiv.requests == []


def test_an_unknown_id_is_not_found_and_the_known_ones_can_still_be_had(arxiv: LoopbackArxiv, feed: ArxivFeed) -> None:
    arxiv.add_paper("1502.03167", title="Batch Normalization")
    refs = [ArxivRef("1502.03167"), ArxivRef("1502.99999", 1)]
    with pytest.raises(NotFound) as caught:
        feed.metadata(refs)
    assert (caught.value.what, caught.value.name) == ("arXiv id", "1502.99999v1")
    assert list(feed.known(refs)) == ["1502.03167"]


def test_an_id_that_arxiv_calls_malformed_is_named(arxiv: LoopbackArxiv, feed: ArxivFeed) -> None:
    arxiv.script("/api/query", error_feed("incorrect id format for abc"))
    with pytest.raises(BadIdentifier) as caught:
        feed.metadata([ArxivRef("abc")])
    assert caught.value.what == "abc"
    assert len(arxiv.requests) == 1


def test_an_error_entry_with_status_200_is_no_paper(arxiv: LoopbackArxiv, feed: ArxivFeed) -> None:
    reply = error_feed("incorrect id format for abc")
    entry = reply.body.replace(b"<updated>", b"<published>2026-04-12T22:59:06Z</published><updated>")
    arxiv.script("/api/query", Reply(200, entry, content_type=reply.content_type))
    with pytest.raises(BadIdentifier, match="incorrect id format"):
        feed.metadata([ArxivRef("abc")])


@pytest.mark.parametrize("body", [CAPTCHA, b"", b"Rate exceeded.", b"<html>\n<body>Sorry, try later</body></html>"])
def test_a_page_in_place_of_metadata_is_a_failure_and_no_empty_result(
    arxiv: LoopbackArxiv, feed: ArxivFeed, body: bytes
) -> None:
    arxiv.always("/api/query", Reply(200, body))
    with pytest.raises(Unreachable, match="instead of metadata"):
        feed.metadata([ArxivRef("1502.03167")])
    with pytest.raises(Unreachable, match="instead of metadata"):
        feed.search("batch normalization")


def test_a_feed_without_the_entries_it_counts_is_a_failure(arxiv: LoopbackArxiv, feed: ArxivFeed) -> None:
    arxiv.always("/api/query", Reply(200, atom([], total=2), content_type="application/atom+xml"))
    with pytest.raises(Unreachable, match="incomplete"):
        feed.metadata([ArxivRef("1502.03167")])


def test_trouble_is_outlasted_and_we_say_who_we_are(arxiv: LoopbackArxiv, feed: ArxivFeed, time_: FakeTime) -> None:
    arxiv.add_paper("1502.03167", title="Batch Normalization")
    arxiv.script("/api/query", Reply(429, headers={"Retry-After": "9"}), Reply(503), Reply(406), Reply(hang_s=0.4))
    assert feed.metadata([ArxivRef("1502.03167")])["1502.03167"].title == "Batch Normalization"
    assert time_.slept == [9.0, 6.0, 12.0, 24.0]
    assert {one.user_agent for one in arxiv.requests} == {"Seminar/0.1.0 (+mailto:group@example.org)"}


def test_the_closest_title_comes_first(arxiv: LoopbackArxiv, feed: ArxivFeed) -> None:
    arxiv.add_paper("2001.00001", title="Is Attention All You Need? A study of attention in many words")
    arxiv.add_paper("1706.03762", title="Attention Is All You Need")
    found = feed.search("attention is all you need", limit=2)
    assert [record.base_id for record in found] == ["1706.03762", "2001.00001"]
    assert len(feed.search("attention is all you need", limit=1)) == 1


def test_a_title_is_words_and_never_syntax(arxiv: LoopbackArxiv, feed: ArxivFeed) -> None:
    feed.search('R-CNN" OR au:Hinton ANDNOT (ti:"x')
    queries = [one.query["search_query"][0] for one in arxiv.requests]
    assert queries == ['ti:"R CNN OR au Hinton ANDNOT ti x"', "ti:CNN AND ti:au AND ti:Hinton AND ti:ti"]


def test_words_in_another_order_are_tried_when_the_phrase_finds_nothing(arxiv: LoopbackArxiv, feed: ArxivFeed) -> None:
    arxiv.add_paper("1502.03167", title="Batch Normalization: Accelerating Deep Network Training")
    arxiv.script("/api/query", Reply(200, atom([]), content_type="application/atom+xml"))
    assert [r.base_id for r in feed.search("the network training: batch normalization")] == ["1502.03167"]


def test_threads_may_share_a_feed(arxiv: LoopbackArxiv, feed: ArxivFeed) -> None:
    for number in range(1, 5):
        arxiv.add_paper(f"1502.0000{number}", title=f"Paper {number}")
    found: dict[str, object] = {}

    def ask_for(base_id: str) -> None:
        found.update(feed.metadata([ArxivRef(base_id)]))

    ask = [threading.Thread(target=ask_for, args=(f"1502.0000{number}",)) for number in range(1, 5)]
    for thread in ask:
        thread.start()
    for thread in ask:
        thread.join()
    assert sorted(found) == [f"1502.0000{n}" for n in range(1, 5)]


def test_importing_the_room_loads_nothing_heavy() -> None:
    rooms = "rag.sources.arxiv_feed, rag.sources.downloads, rag.sources.identifiers, rag.sources.slugs"
    heavy = ["arxiv", "httpx2", "requests", "lxml", "rapidfuzz", "filelock"]
    code = f"import sys, {rooms}; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(not RECORDED.is_dir(), reason="needs the recorded answers in ../shared")
@pytest.mark.parametrize("path", sorted(RECORDED.glob("*.json")), ids=lambda path: path.stem.rpartition("_s")[0])
def test_recorded_answers_parse(arxiv: LoopbackArxiv, feed: ArxivFeed, path: Path) -> None:
    recorded = json.loads(path.read_text(encoding="utf-8"))
    body, status = recorded["body"].encode(), recorded["status_code"]
    arxiv.always("/api/query", Reply(status, body, content_type="application/atom+xml"))
    query = parse_qs(urlsplit(recorded["url"]).query)
    ids = [one for one in ",".join(query.get("id_list", [])).split(",") if one]
    if status == 400:
        with pytest.raises(BadIdentifier) as caught:
            feed.known([ArxivRef(one) for one in ids])
        assert caught.value.what == ids[0]
        return
    entries = body.count(b"<entry>")
    if ids:
        records = list(feed.known([_ref(one) for one in ids]).values())
    else:
        records = feed.search("testing", limit=int(query["max_results"][0]))[:entries]
    assert len(records) == entries
    for record in records:
        assert parse_arxiv_id(str(record.ref)) == record.ref
        assert record.title
        assert record.authors
        assert len(record.abstract) > 50
        assert record.categories
        assert record.published <= record.updated
        assert record.published.utcoffset() is not None
        assert record.pdf_url == f"https://arxiv.org/pdf/{record.ref}"


def _ref(text: str) -> ArxivRef:
    base, _, version = text.partition("v")
    return ArxivRef(base, int(version) if version else None)
