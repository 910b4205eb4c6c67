"""Old Papers with Code pages lead to their papers: by redirect, else by the title in the slug, else to near titles."""

from __future__ import annotations

import pytest

from rag.errors import NotFound, Unreachable
from rag.sources.arxiv_feed import ArxivFeed
from rag.sources.arxiv_ids import ArxivRef
from rag.sources.identifiers import PapersWithCodePage, identify
from rag.sources.slugs import PapersWithCode, arxiv_ref_of
from rag.sources.web import Web
from tests.loopback.arxiv import CAPTCHA, LoopbackArxiv, Reply
from tests.sources.conftest import FakeTime

RESNET = "Deep Residual Learning for Image Recognition"


def page(slug: str) -> PapersWithCodePage:
    found = identify(f"https://paperswithcode.com/paper/{slug}")
    assert isinstance(found, PapersWithCodePage)
    return found


@pytest.fixture
def site(arxiv: LoopbackArxiv, web: Web) -> PapersWithCode:
    arxiv.add_paper("1512.03385", title=RESNET)
    return PapersWithCode(web=web, feed=ArxivFeed(web=web, api=arxiv.api), base=arxiv.url)


def test_a_redirect_to_a_paper_page_names_the_paper(arxiv: LoopbackArxiv, site: PapersWithCode) -> None:
    arxiv.script("/paper/resnet", Reply(301, headers={"Location": "/paper/resnet/"}))
    arxiv.script("/paper/resnet/", Reply(302, headers={"Location": "https://huggingface.co/papers/1512.03385"}))
    assert site.paper(page("resnet")) == ArxivRef("1512.03385")
    assert [one.path for one in arxiv.requests] == ["/paper/resnet", "/paper/resnet/"]


@pytest.mark.parametrize(
    "slug", ["deep-residual-learning-for-image-recognition", "deep-residual-learning-for-image-recognition-1"]
)
def test_a_dead_page_is_found_by_its_title(site: PapersWithCode, slug: str) -> None:
    assert site.paper(page(slug)) == ArxivRef("1512.03385")


def test_a_redirect_to_the_front_page_is_no_paper(arxiv: LoopbackArxiv, site: PapersWithCode) -> None:
    arxiv.script("/paper/deep-residual-learning-for-image-recognition", Reply(301, headers={"Location": "/trending"}))
    arxiv.script("/trending", Reply(200, b"<html>"))
    assert site.paper(page("deep-residual-learning-for-image-recognition")) == ArxivRef("1512.03385")


@pytest.mark.parametrize("reply", [Reply(503), Reply(reset=True), Reply(hang_s=0.4), Reply(302)])
def test_a_site_in_trouble_is_not_waited_for(
    arxiv: LoopbackArxiv, site: PapersWithCode, time_: FakeTime, reply: Reply
) -> None:
    arxiv.script("/paper/deep-residual-learning-for-image-recognition", reply)
    assert site.paper(page("deep-residual-learning-for-image-recognition")) == ArxivRef("1512.03385")
    assert time_.slept == [3.0]  # our turn at arXiv, which the loopback is as well


def test_a_circle_of_redirects_is_left(arxiv: LoopbackArxiv, site: PapersWithCode) -> None:
    slug = "deep-residual-learning-for-image-recognition"
    arxiv.always(f"/paper/{slug}", Reply(302, headers={"Location": f"/paper/{slug}"}))
    assert site.paper(page(slug)) == ArxivRef("1512.03385")


def test_another_title_is_not_taken_but_offered(arxiv: LoopbackArxiv, site: PapersWithCode) -> None:
    with pytest.raises(NotFound) as caught:
        site.paper(page("residual-learning"))
    assert (caught.value.what, caught.value.name, caught.value.near) == ("paper", "residual learning", (RESNET,))


def test_arxiv_out_of_reach_is_said(arxiv: LoopbackArxiv, site: PapersWithCode, time_: FakeTime) -> None:
    arxiv.always("/api/query", Reply(200, CAPTCHA))
    with pytest.raises(Unreachable):
        site.paper(page("residual-learning"))


def test_an_address_may_name_a_paper_or_not() -> None:
    assert arxiv_ref_of("https://huggingface.co/papers/1512.03385") == ArxivRef("1512.03385")
    assert arxiv_ref_of("https://huggingface.co/papers/trending") is None
    assert arxiv_ref_of("https://arxiv.org/") is None
