"""Repositories printed in a paper have one form, and are the paper's own only where its words say so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.domain.reading import Page
from rag.sources.codelinks import FoundLink
from rag.sources.codelinks_printed import printed_links, repository_url

HERE = "https://github.com/Owner/Repo.js"


@pytest.mark.parametrize(
    "printed",
    [
        HERE,
        "http://www.github.com/Owner/Repo.js.",
        "github.com/Owner/Repo.js",
        "https://GitHub.com/Owner/Repo.js.git",
        "(https://github.com/Owner/Repo.js/tree/master/docs),",
        "https://github.com/Owner/Repo.js/blob/main/a.py#L3",
        "https://github.com/Owner/Repo.js?tab=readme-ov-file",
        "<https://github.com/Owner/Repo.js/>",
        "git+https://github.com/Owner/Repo.js.git",
        "git@github.com:Owner/Repo.js.git",
        "“https://github.com/Owner/Repo.js”",
    ],
)
def test_a_repository_is_known_however_it_is_printed(printed: str) -> None:
    assert repository_url(printed) == HERE


@pytest.mark.parametrize(
    ("printed", "url"),
    [
        ("https://gitlab.com/group/sub/repo/-/tree/main", "https://gitlab.com/group/sub/repo"),
        ("https://bitbucket.org/a/b/src/master/", "https://bitbucket.org/a/b"),
        ("https://codeberg.org/a/b", "https://codeberg.org/a/b"),
        ("https://huggingface.co/org/model/tree/main", "https://huggingface.co/org/model"),
        ("https://huggingface.co/datasets/org/name", "https://huggingface.co/datasets/org/name"),
        ("http://code.google.com/p/cuda-convnet/", "https://code.google.com/archive/p/cuda-convnet"),
    ],
)
def test_other_homes_of_code_are_known(printed: str, url: str) -> None:
    assert repository_url(printed) == url


@pytest.mark.parametrize(
    "printed",
    [
        "",
        "https://github.com/",
        "https://github.com/owner",
        "https://github.com/topics/vision",
        "https://huggingface.co/papers/1512.03385",
        "https://example.org/a/b",
        "https://github.com.evil.example/a/b",
        "https://user:pass@github.com/a/b",
        "https://github.com:8080/a/b",
        "https://github.com:x/a/b",
        "https://github.com/a/../..",
        "https://github.com/a/%2e%2e",
        "https://github.com/a/b<script>",
        "javascript:alert(1)//github.com/a/b",
        "ftp://github.com/a/b",
        "http://[github.com/a/b",
        "https://github.com/a/" + "b" * 600,
        "https://gıthub.com/a/b",
    ],
)
def test_what_is_no_repository_is_no_link(printed: str) -> None:
    assert (
        repository_url(printed) in {None, "https://github.com/a/b"} if "\n" in printed else not repository_url(printed)
    )


@given(st.text(max_size=80) | st.from_regex(r"https?://(www\.)?github\.com/[!-~]{1,30}/[!-~]{1,30}", fullmatch=True))
def test_a_repository_url_is_stable_and_harmless(text: str) -> None:
    url = repository_url(text)
    if url is not None:
        assert repository_url(url) == url
        assert url.startswith("https://")
        assert not set(url) & set(" <>\"'()[]@?#%\n")


@pytest.mark.parametrize(
    ("text", "official"),
    [
        ("Code is available at {}.", True),
        ("The code we used to train our models is available at {}", True),
        ("We release our code as well as data at\n{}.", True),
        ("Our implementation of the layer may be found at: {}.", True),
        ("Project page: {}", True),
        ("c = 0 in\n1GitHub URL: {}", True),
        ("We use the tokenizer from {} here.", None),
        ("The baseline code is available at {}.", None),
        ("A. Author. Title. [Online]. Available: {}", None),
        ("The implementation of Smith et al. is available at {}.", None),
        ("Our code is short. The tool {} counts words.", None),
        ("As seen in {} before.", None),
    ],
)
def test_the_words_around_a_link_say_whose_it_is(text: str, official: bool | None) -> None:
    page = Page(7, text.format(HERE))
    assert printed_links([HERE], [Page(1, "Nothing here."), page]) == (FoundLink(HERE, official),)


def test_a_link_on_the_first_page_is_the_papers_own_unless_it_says_otherwise() -> None:
    assert printed_links([HERE], [Page(1, f"*Equal work. {HERE}")])[0].official is True
    assert printed_links([HERE], [Page(1, f"We use {HERE} for words.")])[0].official is None


def test_without_pages_nothing_is_called_official() -> None:
    assert printed_links([HERE, HERE + ".git", "https://example.org"]) == (FoundLink(HERE, None),)


def test_a_link_broken_over_lines_is_found_and_its_first_half_dropped() -> None:
    pages = [Page(1, "Hello"), Page(2, "We release our code at https://github.com/own/long\n_tail.")]
    found = printed_links(["https://github.com/own/long", "https://github.com/own/long_tail"], pages)
    assert found == (FoundLink("https://github.com/own/long_tail", True),)
    both = [Page(2, "See https://github.com/own/bert and https://github.com/own/bert-tools too.")]
    assert len(printed_links(["https://github.com/own/bert", "https://github.com/own/bert-tools"], both)) == 2
