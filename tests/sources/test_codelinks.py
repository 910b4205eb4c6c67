"""Each source may fail without harm; what several say of one repository becomes one link."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest

from rag.domain.codelink import CodeLinkSource
from rag.domain.paper import Paper, SourceKind
from rag.domain.reading import Page
from rag.errors import BadIdentifier, StorageFailed
from rag.sources.codelinks import MAX_LINKS_OF_A_SOURCE, CodeLinkFinder, LinkSource, LocalDump, person_link
from rag.sources.codelinks_web import FAILURES_IN_A_ROW, REST_S, HuggingFacePapers, PapersWithCodeApi
from tests.loopback.codelinks import LoopbackCodeSites, Said

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ID = "1512.03385"
PAPER = Paper(f"arxiv:{ID}", ID, "ResNet", SourceKind.ARXIV, "0" * 64, NOW, arxiv_id=ID)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def sites() -> Iterator[LoopbackCodeSites]:
    with LoopbackCodeSites() as running:
        yield running


def web(sites: LoopbackCodeSites, time_box_s: float = 5.0) -> list[LinkSource]:
    return [
        PapersWithCodeApi(user_agent="Seminar/0 (test)", base_url=sites.url, time_box_s=time_box_s),
        HuggingFacePapers(user_agent="Seminar/0 (test)", base_url=sites.url + "/", time_box_s=time_box_s),
    ]


def found(
    sources: Sequence[LinkSource], printed: Sequence[str] = (), pages: Sequence[Page] = ()
) -> list[tuple[str, str, object]]:
    report = CodeLinkFinder(sources=sources).find(PAPER, printed, NOW, pages=pages)
    assert report.checked_at == NOW
    assert all(link.found_at == NOW and link.paper_key == PAPER.key for link in report.links)
    return [(link.url.removeprefix("https://github.com/"), link.source.value, link.official) for link in report.links]


def test_all_sources_are_asked_and_the_most_trusted_names_a_link(sites: LoopbackCodeSites) -> None:
    rows = [
        {"url": "https://github.com/KaimingHe/Deep-Residual-Networks", "is_official": True},
        {"url": "https://github.com/a/b.git", "is_official": False},
    ]
    sites.papers_with_code(ID, {"repositories": rows, "abstract": "ignored"})
    sites.hugging_face(ID, {"githubRepo": "https://github.com/kaiminghe/deep-residual-networks", "githubStars": 9})
    dump = LocalDump(lookup=lambda arxiv_id: [("https://github.com/c/d", None)] if arxiv_id == ID else [])
    assert found([*web(sites), dump], ["https://github.com/A/B", "https://example.org"]) == [
        ("KaimingHe/Deep-Residual-Networks", "paperswithcode.co", True),
        ("A/B", "paper", False),
        ("c/d", "papers-with-code dump", None),
    ]
    assert {agent for _, agent in sites.asked} == {"Seminar/0 (test)"}


def test_a_link_that_the_paper_calls_its_own_is_official_whatever_others_say(sites: LoopbackCodeSites) -> None:
    sites.papers_with_code(ID, {"repositories": [{"url": "https://github.com/a/b", "is_official": False}]})
    pages = [Page(2, "Our code is available at https://github.com/a/b.")]
    assert found(web(sites), ["https://github.com/a/b"], pages) == [("a/b", "paper", True)]


def test_a_paper_that_nobody_knows_has_none_known_and_no_failures(sites: LoopbackCodeSites) -> None:
    report = CodeLinkFinder(sources=web(sites)).find(PAPER, (), NOW)
    assert (report.links, report.failed_sources) == ((), ())
    assert len(sites.asked) == 2


def test_a_paper_without_arxiv_id_is_looked_for_in_its_own_print_only(sites: LoopbackCodeSites) -> None:
    own = Paper("guild:1:x", "sha256:0123456789ab", "Mine", SourceKind.PDF, "1" * 64, NOW)
    dump = LocalDump(lookup=lambda arxiv_id: [("https://github.com/c/d", None)])
    report = CodeLinkFinder(sources=[*web(sites), dump]).find(own, ["github.com/a/b"], NOW)
    assert [link.url for link in report.links] == ["https://github.com/a/b"]
    assert sites.asked == []


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (Said(500), "it answered with status 500"),
        (Said(429), "it asks us to wait"),
        (Said(302, b"", {"Location": "https://example.org/"}), "it sends us to another address"),
        (Said(200, b"<!DOCTYPE html><p>Trending</p>"), "it did not answer with JSON"),
        (Said(200, b"[" * 200_000), "it did not answer with JSON"),
        (Said(200, b"\xff\xfe\x00"), "it did not answer with JSON"),
        (Said(200, b"[1, 2]"), "its answer has another shape than we know"),
        (Said(200, b'{"repositories": "none"}'), "its answer has another shape than we know"),
        (Said(200, b" " * 3_000_000), "its answer is too large"),
        (Said(200, b"{}", {"Content-Length": "99"}), "the connection failed"),
        (Said(200, b"{}", hang_s=1.0), "timed out"),
        (Said(200, b" " * 98 + b"{}", drip_s=0.1), "timed out"),
    ],
)
def test_a_source_that_fails_is_named_and_the_others_still_count(
    sites: LoopbackCodeSites, said: Said, reason: str
) -> None:
    sites.papers_with_code(ID, said)
    sites.hugging_face(ID, {"githubRepo": "https://github.com/a/b"})
    report = CodeLinkFinder(sources=web(sites, time_box_s=0.4)).find(PAPER, (), NOW)
    assert [link.url for link in report.links] == ["https://github.com/a/b"]
    assert report.failed_sources == (f"paperswithcode.co: {reason}",)


def test_a_site_that_is_not_there_is_named() -> None:
    gone = HuggingFacePapers(user_agent="x", base_url="http://127.0.0.1:1")
    report = CodeLinkFinder(sources=[gone]).find(PAPER, (), NOW)
    assert report.failed_sources == ("huggingface.co: the connection failed",)


def test_a_dump_that_cannot_be_read_is_named() -> None:
    def lookup(arxiv_id: str) -> list[tuple[str, bool | None]]:
        raise StorageFailed("the disk is full")

    report = CodeLinkFinder(sources=[LocalDump(lookup=lookup)]).find(PAPER, ["github.com/a/b"], NOW)
    assert len(report.links) == 1
    assert report.failed_sources[0].startswith("papers-with-code dump: ")


def test_strange_rows_are_left_out(sites: LoopbackCodeSites) -> None:
    rows = [
        None,
        7,
        {},
        {"url": 3, "is_official": True},
        {"url": "javascript:alert(1)", "is_official": True},
        {"url": "https://github.com/a/b", "is_official": "yes"},
        {"url": "https://github.com/" + "x" * 9_000, "is_official": True},
    ]
    sites.papers_with_code(ID, {"repositories": rows})
    sites.hugging_face(ID, {"githubRepo": {"url": "https://github.com/c/d"}})
    assert found(web(sites)) == [("a/b", "paperswithcode.co", None)]


def test_of_hundreds_of_copies_a_few_are_kept_and_official_ones_first(sites: LoopbackCodeSites) -> None:
    rows = [{"url": f"https://github.com/copy/n{n}", "is_official": False} for n in range(300)]
    rows.append({"url": "https://github.com/the/original", "is_official": True})
    sites.papers_with_code(ID, {"repositories": rows})
    links = found(web(sites))
    assert len(links) == MAX_LINKS_OF_A_SOURCE
    assert links[0] == ("the/original", "paperswithcode.co", True)


def test_a_site_that_keeps_failing_is_left_alone_for_a_while(sites: LoopbackCodeSites) -> None:
    clock = Clock()
    source = PapersWithCodeApi(user_agent="x", base_url=sites.url, clock=clock)
    finder = CodeLinkFinder(sources=[source])
    sites.papers_with_code(ID, Said(500))
    for _ in range(FAILURES_IN_A_ROW + 2):
        report = finder.find(PAPER, (), NOW)
    assert len(sites.asked) == FAILURES_IN_A_ROW
    assert report.failed_sources == ("paperswithcode.co: not asked, because it failed several times in a row",)
    clock.now += REST_S + 1
    sites.papers_with_code(ID, {"repositories": []})
    assert finder.find(PAPER, (), NOW).failed_sources == ()


def test_an_id_is_never_a_path(sites: LoopbackCodeSites) -> None:
    old = Paper("arxiv:x", "hep-th/9901001", "Old", SourceKind.ARXIV, "0" * 64, NOW, arxiv_id="hep-th/9901001?x=../y")
    CodeLinkFinder(sources=web(sites)).find(old, (), NOW)
    assert sites.asked[1][0] == "/api/papers/hep-th%2F9901001%3Fx%3D..%2Fy"


def test_a_person_may_set_a_repository_or_another_page() -> None:
    link = person_link("k", " http://github.com/a/b.git ", NOW)
    assert (link.url, link.source, link.official) == ("https://github.com/a/b", CodeLinkSource.PERSON, None)
    assert person_link("k", "https://pjreddie.com/darknet/yolo/", NOW).url == "https://pjreddie.com/darknet/yolo/"


@pytest.mark.parametrize(
    "url",
    ["", "resnet", "javascript:alert(1)", "https://u:p@x.org/", "https://x.org/ y", "http://[x/", "file:///etc/passwd"],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(BadIdentifier):
        person_link("k", url, NOW)
