"""Every way to name a paper leads to it; everything else gets advice and never another error."""

from __future__ import annotations

import contextlib
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.domain.paper import SourceKind
from rag.errors import BadIdentifier
from rag.sources.arxiv_ids import ARCHIVES, ArxivRef
from rag.sources.identifiers import LocalDocument, PapersWithCodePage, WebDocument, identify

BN, BN3 = ArxivRef("1502.03167"), ArxivRef("1502.03167", 3)
QUANT, QUANT1 = ArxivRef("quant-ph/0201082"), ArxivRef("quant-ph/0201082", 1)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1502.03167", BN),
        ("1502.03167v3", BN3),
        ("1502.03167V3", BN3),
        (" 1502.03167\n", BN),
        ("1502.03167v3.pdf", BN3),
        ("arXiv:1502.03167v3", BN3),
        ("arxiv: 1502.03167", BN),
        ("arXiv 1502.03167", BN),
        ("arXiv:1502.03167v3 [cs.LG] 2 Mar 2015", BN3),
        ("arXiv:1502.03167 [cs.LG]", BN),
        ("0704.0001", ArxivRef("0704.0001")),
        ("quant-ph/0201082v1", QUANT1),
        ("arXiv:quant-ph/0201082", QUANT),
        ("astro-ph/0601001", ArxivRef("astro-ph/0601001")),
        ("math.GT/0309136", ArxivRef("math/0309136")),
        ("cond-mat.mes-hall/9901001", ArxivRef("cond-mat/9901001")),
        ("https://arxiv.org/abs/1502.03167", BN),
        ("http://arxiv.org/abs/1502.03167v3", BN3),
        ("https://www.arxiv.org/abs/1502.03167/", BN),
        ("https://arxiv.org/pdf/1502.03167v3.pdf#page=4", BN3),
        ("https://arxiv.org/pdf/1904.05068.pdf", ArxivRef("1904.05068")),
        ("https://arxiv.org/pdf/quant-ph/0201082v1", QUANT1),
        ("https://arxiv.org/pdf/math.GT/0309136v1.pdf", ArxivRef("math/0309136", 1)),
        ("https://arxiv.org/html/1502.03167v3/", BN3),
        ("https://arxiv.org/format/1502.03167", BN),
        ("https://arxiv.org/abs/quant-ph%2F0201082v1?context=cs", QUANT1),
        ("https://export.arxiv.org/abs/1502.03167?utm_source=x", BN),
        ("https://arxiv.org:443/abs/1502.03167", BN),
        ("HTTPS://ARXIV.ORG/ABS/1502.03167", BN),
        ("arxiv.org/abs/1502.03167", BN),
        ("www.arxiv.org/pdf/1502.03167", BN),
        ("https://ar5iv.labs.arxiv.org/html/1502.03167", BN),
        ("https://ar5iv.org/abs/1502.03167v3", BN3),
        ("https://ar5iv.org/html/quant-ph/0201082", QUANT),
        ("https://www.alphaxiv.org/abs/1502.03167v3", BN3),
        ("https://alphaxiv.org/overview/1502.03167", BN),
        ("https://www.alphaxiv.org/pdf/1502.03167", BN),
        ("10.48550/arXiv.1502.03167", BN),
        ("doi:10.48550/arXiv.1502.03167", BN),
        ("https://doi.org/10.48550/arXiv.1502.03167", BN),
        ("https://doi.org/10.48550%2FarXiv.quant-ph%2F0201082", QUANT),
        ("doi.org/10.48550/ARXIV.1502.03167", BN),
        ("https://huggingface.co/papers/1502.03167", BN),
        ("https://hf.co/papers/1502.03167", BN),
        ("https://paperswithcode.com/paper/1502.03167", BN),
        ("https://paperswithcode.co/papers/1502.03167v3", BN3),
        ("<https://arxiv.org/abs/1502.03167>", BN),
        ("(arXiv:1502.03167v3).", BN3),
        ("“1502.03167”,", BN),
        ("[https://arxiv.org/abs/1502.03167]", BN),
    ],
)
def test_every_form_of_an_arxiv_id_is_the_same_paper(text: str, wanted: ArxivRef) -> None:
    assert identify(text) == wanted
    assert identify(text, local=False) == wanted


@pytest.mark.parametrize(
    "url",
    [
        "https://openaccess.thecvf.com/content/CVPR2022/papers/He_Masked_Autoencoders_CVPR_2022_paper.pdf",
        "https://openreview.net/pdf?id=YicbFdNTTy",
        "https://aclanthology.org/2020.acl-main.1.pdf",
        "https://distill.pub/2021/gnn-intro/",
        "https://en.wikipedia.org/wiki/Transformer_(deep_learning_architecture)",
        "https://huggingface.co/blog/1502.03167",
        "https://doi.org/10.5555/1234.5678",
        "http://example.org:8080/a%20b.md?x=1&y=2",
    ],
)
def test_other_addresses_stay_as_they_are(url: str) -> None:
    assert identify(url) == WebDocument(url)
    assert identify(f"<{url}>.") == WebDocument(url)


def test_a_papers_with_code_page_keeps_its_slug() -> None:
    found = identify("https://paperswithcode.com/paper/deep-residual-learning-for-image-recognition/review/?x=1")
    assert isinstance(found, PapersWithCodePage)
    assert found.slug == "deep-residual-learning-for-image-recognition"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1513.00001", "no month 13"),
        ("1500.00001", "no month 00"),
        ("0000.0000", "no month 00"),
        ("1502.3167", "5 digits"),
        ("1412.06980", "4 digits"),
        ("0612.0001", "0704"),
        ("1502.00000", "from 1"),
        ("1502.03167v0", "v1"),
        ("https://arxiv.org/abs/1513.00001", "no month 13"),
        ("quant-ph/0213082", "no month 13"),
        ("quant-ph/1502031", "March 2007"),
        ("https://arxiv.org/list/cs.CL/recent", "names no paper"),
        ("https://paperswithcode.com/sota", "names no paper"),
        ("ftp://arxiv.org/abs/1502.03167", "http"),
        ("javascript://arxiv.org/%0aalert(1)", "http"),
        ("https://me:secret@example.org/a.pdf", "password"),
        ("https://[::1", "malformed"),
        ("https://example.org:99999/", "malformed"),
        ("https://exa mple.org/", "malformed"),
        ("https:///nowhere.pdf", "malformed"),
        ("10.1145/3292500.3330701", "DOI"),
        ("distill.pub/2021/gnn-intro/", "full address"),
        ("batch normalization", "no arXiv id"),
        ("", "nothing"),
        ("<>", "nothing"),
        ("x" * 2001, "longer"),
    ],
)
def test_what_names_nothing_is_refused_with_advice(text: str, reason: str) -> None:
    with pytest.raises(BadIdentifier) as caught:
        identify(text)
    assert reason in caught.value.reason
    assert caught.value.advice.endswith(".")
    assert "secret" not in str(caught.value)
    assert len(caught.value.what) <= 80


def test_a_file_that_exists_wins_over_an_id_with_pdf_behind_it(tmp_path: Path) -> None:
    file = tmp_path / "1502.03167.pdf"
    file.write_bytes(b"%PDF-1.4")
    assert identify(str(file)) == LocalDocument(file, SourceKind.PDF)
    assert identify(file.as_uri()) == LocalDocument(file, SourceKind.PDF)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.pdf", "pdf"), ("b.HTML", "html"), ("c.htm", "html"), ("notes on batch norm.md", "markdown")],
)
def test_a_missing_file_is_known_by_its_suffix(name: str, kind: str) -> None:
    assert identify(f"/nowhere/{name}") == LocalDocument(Path(f"/nowhere/{name}"), SourceKind(kind))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\n%PDF-1.7\n", SourceKind.PDF),
        (b"<!-- saved -->\n<!DOCTYPE html><html>", SourceKind.HTML),
        (b"# A title\n\nWords.", SourceKind.MARKDOWN),
    ],
)
def test_a_file_without_a_telling_suffix_is_looked_at(tmp_path: Path, content: bytes, kind: SourceKind) -> None:
    file = tmp_path / "download"
    file.write_bytes(content)
    assert identify(str(file)) == LocalDocument(file, kind)


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\x00\x00", b"PK\x03\x04\x00\x00", b""])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "download"
    file.write_bytes(content)
    with pytest.raises(BadIdentifier, match="no PDF, HTML or Markdown"):
        identify(str(file))


def test_a_folder_is_refused_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(BadIdentifier) as caught:
        identify(str(tmp_path))
    assert caught.value.reason == "it is a folder"


def test_input_from_afar_never_names_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret.pdf"
    file.write_bytes(b"%PDF-1.4")
    for text in (str(file), file.as_uri(), "~/secret.pdf", "secret.pdf", str(tmp_path)):
        with pytest.raises(BadIdentifier):
            identify(text, local=False)


years = st.integers(7, 99)
versions = st.none() | st.integers(1, 999)


@st.composite
def refs(draw: st.DrawFn) -> ArxivRef:
    if draw(st.booleans()):
        year, month = draw(years), draw(st.integers(1, 12))
        if year == 7:
            month = max(month, 4)
        width = 5 if year >= 15 else 4
        base = f"{year:02}{month:02}.{draw(st.integers(1, 10**width - 1)):0{width}}"
    else:
        year = draw(st.integers(91, 106)) % 100
        month = draw(st.integers(7 if year == 91 else 1, 12))
        base = f"{draw(st.sampled_from(sorted(ARCHIVES)))}/{year:02}{month:02}{draw(st.integers(1, 999)):03}"
    return ArxivRef(base, draw(versions))


forms = st.sampled_from(
    ["{}", "arXiv:{}", "ARXIV: {}", "10.48550/arXiv.{}", "{}.pdf", "{}/"]
    + [
        f"{scheme}{host}/{page}/{{}}{end}"
        for scheme in ("https://", "http://", "")
        for host in ("arxiv.org", "www.arxiv.org", "export.arxiv.org", "ar5iv.labs.arxiv.org", "ar5iv.org")
        for page in ("abs", "pdf", "html", "format")
        for end in ("", ".pdf", "/", "?a=b", "#page=2")
    ]
    + [f"https://{host}/{{}}" for host in ("huggingface.co/papers", "alphaxiv.org/overview", "doi.org/10.48550/arXiv.")]
)
wraps = st.sampled_from(["{}", " {} ", "<{}>", "({})", "{}.", "{},", '"{}"', "[{}]", "\u200b{}\n"])


@given(refs(), forms, wraps, st.booleans())
def test_every_rendering_of_an_id_parses_back(ref: ArxivRef, form: str, wrap: str, encoded: bool) -> None:
    form = form.replace("arXiv./", "arXiv.")
    text = form.format(quote(str(ref), safe="") if encoded else str(ref)).replace("arXiv./", "arXiv.")
    assert identify(wrap.format(text), local=False) == ref


addresses = st.one_of(
    st.text(),
    st.text(alphabet="0123456789./v:-arXiv hts%[]#?@~\x00\\", max_size=60),
    st.builds("https://{}/{}".format, st.text(max_size=20), st.text(max_size=40)),
    st.builds("https://arxiv.org/{}".format, st.text(alphabet="absp/0123456789.v%#?", max_size=40)),
    st.builds("file://{}".format, st.text(max_size=20)),
)


@given(addresses, st.booleans())
def test_arbitrary_text_raises_nothing_but_bad_identifier(text: str, local: bool) -> None:
    found = None
    with contextlib.suppress(BadIdentifier):
        found = identify(text, local=local)
    assert local or not isinstance(found, LocalDocument)
    if isinstance(found, WebDocument):
        assert found.url.lower().startswith(("http://", "https://"))
    if isinstance(found, ArxivRef):
        assert identify(str(found)) == found


@pytest.mark.parametrize(
    ("page", "document"),
    [
        (
            "https://github.com/group/reviews/blob/main/vision/210106_Relational%20Knowledge.pdf",
            "https://raw.githubusercontent.com/group/reviews/main/vision/210106_Relational%20Knowledge.pdf",
        ),
        (
            "https://github.com/group/reviews/blob/main/README.md?plain=1",
            "https://raw.githubusercontent.com/group/reviews/main/README.md",
        ),
        ("https://openreview.net/forum?id=YicbFdNTTy&noteId=x", "https://openreview.net/pdf?id=YicbFdNTTy"),
        ("https://aclanthology.org/2020.acl-main.1/", "https://aclanthology.org/2020.acl-main.1.pdf"),
        ("https://aclanthology.org/P19-1001", "https://aclanthology.org/P19-1001.pdf"),
        (
            "https://openaccess.thecvf.com/content/CVPR2022/html/He_CVPR_2022_paper.html",
            "https://openaccess.thecvf.com/content/CVPR2022/papers/He_CVPR_2022_paper.pdf",
        ),
    ],
)
def test_a_landing_page_becomes_its_document(page: str, document: str) -> None:
    assert identify(page) == WebDocument(document)
    assert identify(document) == WebDocument(document)
