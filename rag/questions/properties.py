"""Questions from sentences that describe: what something is, is like, can be done with, or follows from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.questions.english import is_general, is_phrase, is_vague, of_the_authors, verbs
from rag.questions.phrasing import ADVERB, END, SINCE, Rewritten, asked, is_object, subject_of

_SUBJECT = r"(?P<subject>[^,;:]{3,60}?)"
_NO_SUBJECT = re.compile(r"(?:we|our|there|then|of|in|on|at|for|with|its?|both|each|all|\d)\b", re.IGNORECASE)
_NO_ROLE = re.compile(r"(?:described|discussed|shown|in|mentioned|defined|it|a result|well)\b")
_SEEN = r"(?:thought of|seen|viewed|interpreted|regarded|understood|formulated)"
_RELATION = (
    r"(?:invariant to|robust to|sensitive to|equivalent to|similar to|related to|proportional to"
    r"|limited to|analogous to|restricted to|limited by|composed of|prone to|responsible for"
    r"|appropriate for|well suited (?:for|to)|suitable for)"
)
_TELLS = (
    r"(?:controls?|determines?|represents?|computes?|predicts?|encodes?|receives?|updates?|produces?|generates?"
    r"|provides?|assigns?|stores?|minimi[sz]es?|maximi[sz]es?|replaces?|adds?|inherits?)"
)
_KIND = (
    r"(?:models?|networks?|methods?|algorithms?|techniques?|functions?|tasks?|datasets?|benchmarks?|layers?"
    r"|modules?|mechanisms?|procedures?|processes|metrics?|measures?|activations?|problems?|extensions?|variants?"
    r"|generali[sz]ations?|optimizers?|approach\w*)"
)


def possible(plain: str) -> Iterator[Rewritten | None]:
    """Read “X can be done by Y” as: how can X be done; “X can be seen as Y” as: what can X be seen as."""
    found = re.match(
        rf"{_SUBJECT} can (?:also |then |thus )?be {ADVERB}(?P<verb>[\w-]+) (?:by (?:\w+ly )?\w+ing|using"
        rf"|through|via|with) .{{10,}}",
        plain,
    )
    if found and (named := subject_of(found["subject"])):
        form = verbs().get(found["verb"])
        if form is not None and form.asks == "did":
            yield Rewritten(f"How can {named} be {found['verb']}?", "how", named, 0.85)
    found = re.match(rf"{_SUBJECT} can (?:also |then |thus )?be (?P<seen>{_SEEN}) as .{{10,}}", plain)
    if found and (named := subject_of(found["subject"])):
        yield Rewritten(f"What can {named} be {found['seen']} as?", "effect", named, 0.85)


def place(plain: str) -> Iterator[Rewritten | None]:
    """Read “X is applied to Y” as: where is X applied."""
    found = re.match(
        rf"{_SUBJECT} (?P<be>is|are|was|were) (?P<verb>applied|added|inserted|placed)"
        r" (?:to|in|after|before|between|at|on|on top of) .{10,}",
        plain,
    )
    if found and (named := subject_of(found["subject"])):
        yield Rewritten(f"Where {found['be']} {named} {found['verb']}?", "where", named, 0.85)


def having(plain: str) -> Iterator[Rewritten | None]:
    """Read “X has the advantages that Y” as: which advantages does X have."""
    found = re.match(
        rf"{_SUBJECT} (?P<verb>has|have) (?:the |an? |several |two |three |some |many |\w+ )?"
        r"(?P<what>advantages?|disadvantages?|drawbacks?|limitations?|benefits?|properties|property|problems?)\b.{15,}",
        plain,
    )
    if found and (by := asked(found["verb"], found["subject"])):
        limit = re.match(r"dis|draw|limit|problem", found["what"]) is not None
        yield Rewritten(f"Which {found['what']} {' '.join(by)}?", "limit" if limit else "attribute", by[1], 0.9)


def relation(plain: str) -> Iterator[Rewritten | None]:
    """Read “X is invariant to Y” as: what is X invariant to; “X differs from Y in Z” as: how does X differ from Y."""
    found = re.match(rf"{_SUBJECT} (?P<be>is|are) (?:\w+ly |also |very )?(?P<how>{_RELATION}) .{{10,}}", plain)
    if found and (named := subject_of(found["subject"])):
        yield Rewritten(f"What {found['be']} {named} {found['how']}?", "effect", named, 0.8)
    found = re.match(
        rf"{_SUBJECT} (?P<verb>differs?) from (?P<other>[^,;:]{{3,60}}?),? (?:in|by|because) .{{10,}}", plain
    )
    if found and (by := asked(found["verb"], found["subject"])) and is_phrase(of_the_authors(found["other"])):
        other = of_the_authors(found["other"])
        yield Rewritten(f"How {' '.join(by)} from {other}?", "comparison", other, 0.95)


def task(plain: str) -> Iterator[Rewritten | None]:
    """Read “X controls Y” as: what does X control."""
    found = re.match(rf"{_SUBJECT} (?:\w+ly )?(?P<verb>{_TELLS}) (?P<object>.{{12,}})", plain)
    if found and (by := asked(found["verb"], found["subject"])) and by[1] != "the authors":
        yield Rewritten(f"What {' '.join(by)}?", "effect", by[1], 0.7)


def kind_of(plain: str) -> Iterator[Rewritten | None]:
    """Read “X is a model that Y” as: what is X."""
    found = re.match(
        r"(?P<subject>(?:[Tt]he |[Aa]n? )?[\w-]+(?: [\w-]+){0,4}?(?: \([A-Z][\w-]+\))?) (?P<be>is|are)"
        rf" (?:an? )?(?:[\w-]+ ){{0,4}}?{_KIND} (?:that|which|for|where|in which|of|based on|containing"
        r"|consisting|used|to|with|designed)\b.{15,}",
        plain,
    )
    if found is None:
        return
    named = subject_of(re.sub(r"\s*\(.*\)", "", found["subject"]))
    plural = re.search(r"[^s’]s$", named) is not None
    unfit = re.match(
        r"(?:one|other|another|the (?:authors|way|last|first|best|goal)|[\w]+ing |an? \w+ part)\b", named, re.IGNORECASE
    )
    if named and not is_general(named) and not unfit and " of " not in named and plural == (found["be"] == "are"):
        yield Rewritten(f"What {found['be']} {named}?", "definition", named, 0.75)


def consequence(plain: str) -> Iterator[Rewritten | None]:
    """Read “Because X does Y, Z” as: what follows from the fact that X does Y."""
    found = re.match(rf"(?:Because|(?i:{SINCE})) (?P<clause>[^,;:]{{15,90}}), (?P<rest>.{{25,}})", plain)
    if found is None or _NO_SUBJECT.match(found["clause"]):
        return
    clause = of_the_authors(found["clause"])
    if re.search(r"\b(?:is|are|was|were|has|have|do|does|uses?|\w+s)\b", clause):
        yield Rewritten(f"What follows from the fact that {clause}?", "what-if", clause, 0.8)


def serving_as(plain: str) -> Iterator[Rewritten | None]:
    """Read “We use X as the Y” as: what do the authors use as the Y."""
    found = re.match(
        rf"We {ADVERB}(?P<verb>use|used|take|choose|adopt|adopted) (?P<object>[^,;:]{{3,90}}?) as"
        rf" (?P<role>(?:the |an? |our )?[^,;:]{{4,50}}?){END}",
        plain,
    )
    if found and (by := asked(found["verb"], "we")) and is_object(found["object"]):
        role = of_the_authors(found["role"])
        if is_phrase(role, 7) and not is_vague(role) and not _NO_ROLE.match(role):
            yield Rewritten(f"What {' '.join(by)} as {role}?", "choice", role, 0.85)


def kept(plain: str) -> Iterator[Rewritten | None]:
    """Read “We keep X fixed during Y” as: what do the authors keep fixed during Y."""
    found = re.match(
        r"We (?P<verb>keep|kept|hold) (?P<object>[^,;:]{3,90}?) (?P<how>fixed|constant|frozen|unchanged)"
        r" (?P<when>during|throughout|across|for) (?P<what>[^,;:]{5,60})$",
        plain,
    )
    if found and is_phrase(of_the_authors(found["what"]), 9):
        what = of_the_authors(found["what"])
        yield Rewritten(f"What do the authors keep {found['how']} {found['when']} {what}?", "choice", what, 0.9)
