"""The library on a real SQLite file."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rag.domain.codelink import CodeLink, CodeLinkReport, CodeLinkSource
from rag.domain.note import Discussion, Note
from rag.domain.paper import Paper, SourceKind, owned_key, shared_key
from rag.domain.passage import Passage, Scope
from rag.domain.reading import Block, Box, Kind, Line, Page, Piece, Reading, Section
from rag.store.jobs import JobStatus
from rag.store.library import Library

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.open(tmp_path / "seminar.db")


def a_paper(paper_id: str = "1502.03167", owner: str | None = None, **changes) -> Paper:
    key = shared_key(paper_id) if owner is None else owned_key(owner, paper_id)
    values = {
        "key": key,
        "paper_id": paper_id,
        "title": "Batch Normalization",
        "source": SourceKind.ARXIV if owner is None else SourceKind.PDF,
        "sha256": "ab" * 32,
        "added_at": NOW,
        "version": 3,
        "authors": ("Sergey Ioffe", "Christian Szegedy"),
        "aliases": ("bn", "batchnorm"),
        "arxiv_id": paper_id if owner is None else None,
        "owner_guild": owner,
        "page_count": 2,
        "unread_pages": (2,),
        "warnings": ("Page 2 could not be read.",),
    }
    return Paper(**(values | changes))


def a_reading() -> Reading:
    box = Box(1, 10.0, 20.0, 300.5, 32.25)
    return Reading(
        pages=(Page(1, "We define it.\nThen we use it.", (Line(0, 13, box), Line(14, 29, box))), Page(2, "")),
        blocks=(Block(Kind.TEXT, "We define it. Then we use it.", ("1 Method",), (Piece(1, 0, 29, (box,)),)),),
        sections=(Section(1, "1", "Method", 1),),
        references=("[1] A. Author. A work.",),
        links=("https://github.com/example/code",),
        page_count=2,
    )


def a_passage(paper: Paper, text: str = "Internal covariate shift is a change of distribution.", n: int = 0) -> Passage:
    return Passage(
        passage_id=f"{paper.key}-{n}",
        paper_key=paper.key,
        ordinal=n,
        kind=Kind.TEXT,
        text=text,
        section=("1 Method", "1.1 Detail"),
        first_page=1,
        last_page=2,
        boxes=(Box(1, 1.0, 2.0, 3.0, 4.0),),
        tokens=12,
    )


def save(library: Library, paper: Paper, guild: str, *passages: Passage) -> None:
    library.save_paper(paper, guild=guild, reading=a_reading(), passages=passages or (a_passage(paper),))


def test_a_paper_comes_back_as_it_was_saved(library: Library) -> None:
    paper = a_paper()
    save(library, paper, "g1")
    assert library.papers("g1") == (paper,)
    assert library.paper("g1", "1502.03167") == paper
    assert library.pages(paper.key) == a_reading().pages
    assert library.blocks(paper.key) == a_reading().blocks
    assert library.sections(paper.key) == a_reading().sections
    assert library.references(paper.key) == a_reading().references
    assert library.printed_links(paper.key) == a_reading().links
    assert library.passages_of(paper.key) == (a_passage(paper),)
    assert library.passages([f"{paper.key}-0", "unknown"]) == {f"{paper.key}-0": a_passage(paper)}


def test_saving_a_paper_again_replaces_it_and_doubles_nothing(library: Library) -> None:
    save(library, a_paper(version=2), "g1")
    save(library, a_paper(version=3), "g1", a_passage(a_paper(), "Only this one now."))
    assert [paper.version for paper in library.papers("g1")] == [3]
    assert library.passage_count() == 1
    assert library.match_passages(["covariate"], scope=Scope("g1"), limit=5) == []
    assert len(library.match_passages(["only"], scope=Scope("g1"), limit=5)) == 1


def test_a_guild_sees_its_own_papers_only_on_every_read(library: Library) -> None:
    mine, theirs = a_paper("upload-a", "g1"), a_paper("upload-b", "g2")
    save(library, mine, "g1")
    save(library, theirs, "g2", a_passage(theirs, "Secret covariate words."))
    assert library.papers("g1") == (mine,)
    assert library.paper("g1", "upload-b") is None
    assert library.papers_by_key("g1", [mine.key, theirs.key]) == {mine.key: mine}
    assert library.match_passages(["covariate"], scope=Scope("g1"), limit=5)[0][0] == f"{mine.key}-0"
    assert library.match_passages(["secret"], scope=Scope("g1"), limit=5) == []
    assert library.match_passages(["secret"], scope=Scope("g1", (theirs.key,)), limit=5) == []
    assert "secret" not in library.word_frequencies("g1")
    assert library.passage_count("g1") == 1


def test_a_shared_paper_stays_until_the_last_guild_lets_go(library: Library) -> None:
    paper = a_paper()
    save(library, paper, "g1")
    library.share_paper(paper, guild="g2", now=NOW)
    assert library.remove_paper("g1", paper.key) is False
    assert library.papers("g1") == ()
    assert library.match_passages(["covariate"], scope=Scope("g1"), limit=5) == []
    assert len(library.match_passages(["covariate"], scope=Scope("g2"), limit=5)) == 1
    assert library.remove_paper("g2", paper.key) is True
    assert library.passage_count() == 0
    assert library.shared_paper(paper.key) is None
    assert library.pages(paper.key) == ()


def test_words_are_stemmed_and_rare_words_weigh_more(library: Library) -> None:
    paper = a_paper()
    save(
        library,
        paper,
        "g1",
        a_passage(paper, "Networks are trained with gradients.", 0),
        a_passage(paper, "Networks with residual connections.", 1),
        a_passage(paper, "Networks and nothing else.", 2),
    )
    hits = library.match_passages(["network", "residuals"], scope=Scope("g1"), limit=5)
    assert hits[0][0].endswith("-1")
    assert hits[0][1] > hits[1][1]


@pytest.mark.parametrize(
    "words", [["R-CNN"], ["c++"], ['"'], ["AND", "OR"], ["NEAR("], ["text:"], ["*"], ["'; drop table papers"], ["("]]
)
def test_no_word_can_speak_the_query_language(library: Library, words: list[str]) -> None:
    save(library, a_paper(), "g1")
    library.match_passages(words, scope=Scope("g1"), limit=5)
    assert library.papers("g1")


def test_filters_by_paper_and_kind_narrow_the_search(library: Library) -> None:
    paper, other = a_paper(), a_paper("1512.03385")
    save(library, paper, "g1")
    save(library, other, "g1")
    assert len(library.match_passages(["covariate"], scope=Scope("g1"), limit=5)) == 2
    assert library.match_passages(["covariate"], scope=Scope("g1", (other.key,)), limit=5)[0][0] == f"{other.key}-0"
    assert library.match_passages(["covariate"], scope=Scope("g1", ()), limit=5) == []
    assert library.match_passages(["covariate"], scope=Scope("g1", None, (Kind.TABLE,)), limit=5) == []


def test_the_revision_grows_with_every_change(library: Library) -> None:
    before = library.revision()
    save(library, a_paper(), "g1")
    between = library.revision()
    library.remove_paper("g1", a_paper().key)
    assert before < between < library.revision()


def test_a_failed_save_leaves_the_library_as_it_was(library: Library) -> None:
    save(library, a_paper(version=2), "g1")
    twice = (a_passage(a_paper()), a_passage(a_paper()))
    with pytest.raises(Exception, match="UNIQUE"):
        save(library, a_paper(version=3), "g1", *twice)
    assert [paper.version for paper in library.papers("g1")] == [2]
    assert library.passage_count() == 1


def test_renaming_a_record_keeps_all_that_hangs_on_it(library: Library) -> None:
    paper = a_paper(owner="g1")
    save(library, paper, "g1")
    library.save_discussions("g1", [Discussion(1, "1", "BN", None, (), paper_key=paper.key)])
    library.rename_paper(paper.key, paper_id="sha256:abababababab")
    renamed = library.paper("g1", "sha256:abababababab")
    assert renamed is not None
    assert renamed.key == paper.key
    assert renamed.aliases == paper.aliases
    assert len(library.passages_of(paper.key)) == 1
    assert library.discussions("g1")[0].paper_id == "sha256:abababababab"


def test_notes_belong_to_one_guild_and_survive_as_written(library: Library) -> None:
    notes = (
        Note(1, "1", "What is covariate shift", ("how",), raw="1. What is covariate shift\n- how\n"),
        Note(2, "2", ""),
    )
    discussion = Discussion(1, "4", "Batch Normalization", 2015, notes, heading="## Discussion 4", trailer="\n\n")
    library.save_discussions("g1", [discussion])
    assert library.discussions("g1") == (discussion,)
    assert library.discussions("g2") == ()
    found = library.match_notes(["covariates"], guild="g1", limit=5)
    assert library.notes([found[0][0]], guild="g1")[found[0][0]] == (discussion, notes[0])
    assert library.notes([found[0][0]], guild="g2") == {}
    assert library.match_notes(["covariates"], guild="g2", limit=5) == []
    library.save_discussions("g1", [])
    assert library.match_notes(["covariates"], guild="g1", limit=5) == []


def test_removing_a_paper_unties_its_discussion_but_keeps_the_notes(library: Library) -> None:
    save(library, a_paper(), "g1")
    library.save_discussions("g1", [Discussion(1, "1", "BN", 2015, (Note(1, "1", "why"),), paper_key=a_paper().key)])
    assert library.discussions("g1")[0].paper_id == "1502.03167"
    library.remove_paper("g1", a_paper().key)
    assert library.discussions("g1")[0].paper_key is None
    assert len(library.discussions("g1")[0].notes) == 1


def test_a_persons_link_wins_and_stays_in_the_guild(library: Library) -> None:
    key = a_paper().key
    save(library, a_paper(), "g1")
    library.share_paper(a_paper(), guild="g2", now=NOW)
    official = CodeLink(key, "https://github.com/a/official", CodeLinkSource.PAPER, True, NOW)
    other = CodeLink(key, "https://github.com/a/other", CodeLinkSource.DUMP, None, NOW)
    library.save_code_links(key, CodeLinkReport((other, official), NOW, ("huggingface.co: timed out",)))
    mine = CodeLink(key, "https://github.com/us/mine", CodeLinkSource.PERSON, None, NOW)
    library.set_code_links("g1", key, [mine])
    assert library.code_links(key, guild="g1") == (mine, official, other)
    assert library.code_links(key, guild="g2") == (official, other)
    check = library.code_link_check(key)
    assert check is not None
    assert (check.checked_at, check.failed_sources) == (NOW, ("huggingface.co: timed out",))


def test_a_paper_and_its_code_links_are_saved_together_or_not_at_all(library: Library) -> None:
    paper = a_paper()
    link = CodeLink(paper.key, "https://github.com/a/official", CodeLinkSource.PAPER, True, NOW)
    twice = CodeLinkReport((link, link), NOW)
    with pytest.raises(Exception, match="UNIQUE"):
        library.save_paper(paper, guild="g1", reading=a_reading(), passages=(a_passage(paper),), code_links=twice)
    assert library.papers("g1") == ()
    once = CodeLinkReport((link,), NOW)
    library.save_paper(paper, guild="g1", reading=a_reading(), passages=(a_passage(paper),), code_links=once)
    save(library, paper, "g1")
    assert library.code_links(paper.key, guild="g1") == (link,)


def test_a_dump_is_replaced_whole_or_not_at_all(library: Library) -> None:
    library.replace_dump([("1805.07499", "fast-disparity", "Fast", "https://github.com/r/d", True)])

    def broken():
        yield ("1", None, "t", "u", None)
        raise ValueError("the file ends here")

    with pytest.raises(ValueError, match="ends here"):
        library.replace_dump(broken())
    assert library.dump_links("1805.07499") == (("https://github.com/r/d", True),)
    assert library.dump_arxiv_id("fast-disparity") == "1805.07499"
    assert library.dump_count() == 1


def test_others_write_while_a_dump_is_read(library: Library, tmp_path: Path) -> None:
    beside = Library.open(tmp_path / "seminar.db")

    def rows():
        for n in range(5_000):
            if n == 4_500:  # far behind the first batch
                beside.add_job("g1", "add", {}, now=NOW)
                assert library.dump_count() == 1
            yield (None, f"slug-{n}", "t", "https://github.com/r/d", None)

    library.replace_dump([("1805.07499", None, "Old", "https://github.com/r/d", None)])
    assert library.replace_dump(rows()) == library.dump_count() == 5_000
    assert library.replace_dump([]) == library.dump_count() == 0
    assert len(beside.jobs(JobStatus.QUEUED)) == 1


WITHOUT_GUILD = {
    "pages blocks sections references printed_links passages passages_of": "of keys and ids that a guild's read gave",
    "all_papers guilds holders swap_passages rename_paper passage_count": "for work on the library as a whole",
    "free_key has_read": "ask whether something is taken or read, by whomever",
    "undelivered_answers forget_person forget_answers_before servers": "for the bot, which serves all guilds",
    "drop_notes_held_before waiting_since unplaced_sessions": "for the bot too",
    "put_waiting try_again drop_waiting": "of one question, which says its guild, by the number that it was given",
    "claim_posting take_posting begin_sending open_in_posting confirm_posting finish_posting": "of a post",
    "put_posting_off skip_posting move_posting": "of a post: it says whose it is",
    "votes vote_sent count_vote votes_to_tell vote_told": "for the bot, of one poll by its number",
    "shared_paper": "papers from arXiv, which are nobody's",
    "public_code_links code_link_check save_code_links replace_dump dump_links dump_arxiv_id dump_count": "public",
    "jobs job take_job end_job jobs_untold jobs_told forget_jobs_before forget_origins": "for whoever works it off",
    "word_changes word_cutter": "for the search by words, which holds the papers of every guild with who sees them",
    "put_vectors delete_vectors vectors vectors_of_texts whose_vectors": "of the index: by what a read by guild gave",
    "delete_vectors_of vector_marks owned_vectors": "of the index: by owner, a paper's key or the guild of a note",
    "vectors_revision passages_without_vector": "of the index as a whole",
    "fact set_fact revision open close": "of the file",
}


def test_every_method_of_the_library_names_its_guild_or_has_a_reason_not_to() -> None:
    import inspect

    methods = {name: method for name, method in inspect.getmembers(Library, callable) if not name.startswith("_")}
    keyless = {
        name
        for name, method in methods.items()
        if not {"guild", "scope"} & {n for n, p in inspect.signature(method).parameters.items() if p.default is p.empty}
    }
    assert keyless == set(" ".join(WITHOUT_GUILD).split())


def test_a_job_is_queued_taken_and_ended(library: Library) -> None:
    job_id = library.add_job("g1", "add", {"inputs": ["1502.03167"]}, now=NOW)
    assert [job.job_id for job in library.jobs(JobStatus.QUEUED)] == [job_id]
    assert library.take_job(job_id, now=NOW).attempts == 1
    library.end_job(job_id, error="arXiv did not answer.", now=NOW)
    assert library.jobs(JobStatus.QUEUED) == ()
    assert library.recent_failures("g1")[0].error == "arXiv did not answer."
    assert library.recent_failures("g2") == ()


def test_ended_jobs_go_when_they_are_old_and_told_and_no_id_is_given_twice(library: Library) -> None:
    month = timedelta(days=30)
    told, untold, waiting, running, young, newest = (
        library.add_job("g", "add", {}, now=NOW - 2 * month) for _ in range(6)
    )
    library.take_job(running, now=NOW - 2 * month)
    for job_id, ended in ((told, NOW - 2 * month), (untold, NOW - 2 * month), (young, NOW), (newest, NOW - 2 * month)):
        library.end_job(job_id, result={"status": "added"}, now=ended)
    library.jobs_told([told, young, newest])
    assert library.forget_jobs_before(NOW - month) == 1
    assert [library.job(job_id) is None for job_id in (told, untold, waiting, running, young, newest)] == [
        True, False, False, False, False, False,
    ]  # fmt: skip
    assert library.add_job("g", "add", {}, now=NOW) > newest
    assert library.forget_jobs_before(NOW - month) == 1
