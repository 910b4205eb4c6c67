"""Questions from sentences that say what something does, has, is for, or was found to be."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.questions.english import is_phrase, is_vague, of_the_authors, verbs
from rag.questions.phrasing import ADVERB, END, Rewritten, asked, subject_of

_NUMBER = (
    r"(?:\d[\d,.]*\s?(?:million|billion|k|K|M|B)?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty)"
)
_METRIC = r"[A-Za-z][\w@.-]*(?: [\w@.-]+){0,4}?"
_MEASURE = re.compile(
    r"\b(?:accuracy|errors?|rates?|score|BLEU|AP|mAP|F1|perplexity|IoU|mIoU|speed-?up|speed|fps"
    r"|improvement|gain|recall|precision|likelihood|reward|performance|loss|result|reduction|parity|scaling"
    r"|FLOPS|throughput|goal accuracy|match)s?\b",
    re.IGNORECASE,
)
_LITTLE = 0.4
"""Worth of a question that one of many remarks would answer: asked where a section has nothing better."""
_NO_SUBJECT = re.compile(
    r"(?:the |an? )?(?:[\w-]+ing|[\w-]+ed|given|shown|there|on|in|at|for|with|using|needed"
    r"|taken|seen|run|not|only|the authors’)\b",
    re.IGNORECASE,
)
"""How a clause after "when" begins that has no subject of its own, or one that says little."""
_FINITE = re.compile(
    r"\s(?:is|are|was|were|has|have|had|can|could|may|might|must|will|would"
    r"|should|does|do|did|[a-z]+(?:ly )?(?:s|ed))\b"
)


def effect(plain: str) -> Iterator[Rewritten | None]:
    """Read “X allows Y to Z” as: what does X allow Y to do."""
    found = re.match(
        r"(?P<subject>[^,]{2,60}?) (?P<verb>allow|allows|allowed|enable|enables|enabled)"
        r" (?P<whom>[^,]{2,40}?) to \w+ .{6,}",
        plain,
    )
    if found and (by := asked(found["verb"], found["subject"])):
        whom = {"us": "the authors", "one": "one"}.get(found["whom"], of_the_authors(found["whom"]))
        if whom in ("the authors", "one") or is_phrase(whom, 5):
            yield Rewritten(f"What {' '.join(by)} {whom} to do?", "effect", by[1], 0.8)
    found = re.match(
        r"(?P<subject>[^,]{2,60}?) (?P<verb>requires?|prevents?|lacks?|consists? of|comprises?|depends? on|relies on"
        r"|rely on|suffers? from|struggles? with|learns? to|fails? to|aims? to"
        r"|leads? to|serves? as) (?P<object>.{12,})",
        plain,
    )
    if found:
        yield _what(found["subject"], found["verb"])


def _what(subject: str, verb: str) -> Rewritten | None:
    """Read “X suffers from Y” as: what does X suffer from."""
    word, _, particle = verb.partition(" ")
    by = asked(word, subject)
    if by is None:
        return None
    tail = "to do" if particle == "to" and word[:4] != "lead" else particle
    kind = (
        "limit"
        if re.match(r"suffer|struggl|fail|lack", word)
        else "parts"
        if word[:4] in ("cons", "comp")
        else "effect"
    )
    return Rewritten(f"What {' '.join(by)} {tail}".rstrip() + "?", kind, by[1], 0.9 if kind == "limit" else 0.75)


def attribute(plain: str) -> Iterator[Rewritten | None]:
    """Read “The main advantage of X is Y” as: what is the main advantage of X."""
    found = re.match(
        r"(?P<what>(?:The|One|An?|Another) (?:\w+ )?(?:goals?|aims?|purpose|ideas?|advantages?|benefits?|drawbacks?"
        r"|disadvantages?|differences?|challenges?|limitations?|weakness|role|intuition|motivation"
        r"|objective|contributions?|shortcomings?|reasons?|property|properties|strengths?|key))"
        r" (?P<prep>of|for|with|between|behind|to|in) (?P<of>[^,]{3,70}?) (?P<be>is|are|was|were|comes) .{12,}",
        plain,
    )
    if found is None:
        return
    of = of_the_authors(found["of"])
    what = re.sub(r"^(?:One|An?|Another) (?:of the )?", "one ", found["what"]).replace("The ", "the ")
    be = "is" if found["be"] == "comes" else found["be"]
    if is_phrase(of, 9) and not is_vague(of):
        limit = re.search(r"drawback|disadvantage|limitation|weakness|shortcoming|challenge", what) is not None
        yield Rewritten(
            f"What {be} {what} {found['prep']} {of}?",
            "limit" if limit else "attribute",
            of,
            _LITTLE if what.startswith("one ") else 0.95,
        )


def finding(plain: str) -> Iterator[Rewritten | None]:
    """Read “We find that X does Y” as: what do the authors find about X."""
    found = re.match(
        r"(?:.{0,60}, )?[Ww]e (?:\w+ly |also |further |can |\w+ly also )?(?P<verb>find|found|observed?|hypothesi[sz]ed?"
        r"|argue|conjectured?|believe|conclude|suspect|note|show|demonstrate|notice) that,? (?P<rest>.{30,})",
        plain,
    )
    if found is None:
        found = re.match(
            r"(?:Our |The |These |Empirical |Experimental )?(?:results?|experiments?|analysis|Experiments"
            r"|Results)(?: in [\w ]+)? (?:\w+ly |also )?(?:shows?|demonstrates?|suggests?|indicates?"
            r"|confirms?|reveals?) that,? (?P<rest>.{30,})",
            plain,
            re.IGNORECASE,
        )
        about = _about(found["rest"]) if found else ""
        if about and re.match(r"(?:an?|even|no|\d+|[\w-]+ing)\b", about) is None:
            yield Rewritten(f"What do the experiments show about {about}?", "finding", about, 0.75)
        return
    verb = found["verb"]
    base = {"found": "find"}.get(verb, verb[:-1] if re.search(r"(?:rved|ized|ised|ured)$", verb) else verb)
    base = re.sub(r"observ$", "observe", base)
    about = _about(found["rest"])
    if about and re.match(r"(?:an?|even|no|\d+|[\w-]+ing)\b", about) is None:
        worth = _LITTLE if base in ("note", "observe", "notice") else 0.7
        yield Rewritten(f"What do the authors {base} about {about}?", "finding", about, worth)


def _about(clause: str) -> str:
    """Return the noun phrase that a clause begins with, "" when it is not clear."""
    for verb in _FINITE.finditer(clause):
        head, word = clause[: verb.start()], verb.group().split()[-1]
        known = word in verbs() or word in (
            "is",
            "are",
            "was",
            "were",
            "can",
            "could",
            "may",
            "will",
            "does",
            "do",
            "did",
        )
        if known and is_phrase(of_the_authors(head), 8):
            named = of_the_authors(head)
            return "" if is_vague(named) or len(named.split()) < 2 else named
        if len(head.split()) > 8:
            return ""
    return ""


def number(plain: str) -> Iterator[Rewritten | None]:
    """Read “X achieves 28.4 BLEU on Y” as: what BLEU score does X achieve on Y."""
    verb = r"(?P<verb>achieve[sd]?|obtain(?:s|ed)?|reach(?:es|ed)?|attain(?:s|ed)?|yield(?:s|ed)?|get)"
    found = re.match(
        rf"(?P<subject>[^,]{{2,70}}?) {verb} (?:an? |the )?(?P<metric>[a-z][\w@-]*(?: [\w@-]+){{0,5}}) of"
        rf" (?:only |about )?\d[\d.,]*\s?%?(?P<tail> (?:on|for|in) (?:the )?[^,;:()]+?)?{END}",
        plain,
    ) or re.match(
        rf"(?P<subject>[^,]{{2,70}}?) {verb} (?:an? |the )?(?:only |about )?\d[\d.,]*\s?%? (?P<metric>{_METRIC})"
        rf"(?P<tail> (?:on|for) (?:the )?[^,;:()]+?)?{END}",
        plain,
    )
    if found and (by := asked(found["verb"], found["subject"])):
        metric = re.sub(r"^(?:new |high |overall |final )+", "", found["metric"])
        metric = f"{metric} score" if re.fullmatch(r"BLEU|F1|mAP|AP|mIoU|IoU|box AP", metric) else metric
        tail = found["tail"] or ""
        if is_phrase(metric, 6) and _MEASURE.search(metric) and len(tail.split()) <= 10:
            yield Rewritten(f"What {metric} {' '.join(by)}{of_the_authors(tail)}?", "number", metric, 0.85)
    yield from _count(plain)


def _count(plain: str) -> Iterator[Rewritten | None]:
    """Read “The network has 24 convolutional layers” as: how many convolutional layers does the network have."""
    found = re.match(
        r"(?P<subject>[^,]{2,60}?) (?P<verb>has|have|had|contains?|consists of|uses?|used|comprises"
        rf"|includes?|employs?) (?:only |about |over |roughly |approximately |a total of )?{_NUMBER}"
        r" (?P<what>(?:[a-z][\w×-]*|[A-Z][\w-]+)(?: [a-z][\w-]*){0,3}?s)\b(?! of the)(?P<tail>.*)",
        plain,
    )
    if found is None:
        return
    word, _, particle = found["verb"].partition(" ")
    by = asked(word, found["subject"])
    if (
        by is not None
        and is_phrase(found["what"], 4)
        and not re.match(
            r"(?:times|other|main|such|different|more|(?:\w+ )?(?:forms|ways|types|kinds|things|versions)$)",
            found["what"],
        )
    ):
        ending = " of" if particle else ""
        yield Rewritten(f"How many {found['what']} {' '.join(by)}{ending}?", "count", found["what"], 0.75)


def which(plain: str) -> Iterator[Rewritten | None]:
    """Read “We use two forms of augmentation: A and B” as: which two forms of augmentation do the authors use."""
    found = re.match(
        rf"(?P<subject>[^,:]{{2,50}}?) {ADVERB}(?P<verb>[\w-]+) (?P<count>two|three|four|five)"
        r" (?P<what>(?:[\w-]+ ){0,3}[\w-]+s(?: (?:of|for|to|in) [^,:;]{3,40}?)?): (?P<list>.{15,})",
        plain,
    )
    if found and (by := asked(found["verb"], found["subject"])) and is_phrase(found["what"], 8):
        yield Rewritten(f"Which {found['count']} {found['what']} {' '.join(by)}?", "which", found["what"], 0.9)
    found = re.match(
        r"The (?P<what>(?:initial |input |output |hidden |maximum |total )?(?:size|number"
        r"|dimension(?:ality)?|depth|width|stride|resolution|rate|length|learning rate"
        r"|batch size|error|accuracy|probability|radius|threshold)) of (?P<of>[^,]{3,60}?)"
        r" (?P<be>is|was|are|were) (?:set to |fixed to |fixed at |reduced to |about |only )?\d.*",
        plain,
    )
    if found and is_phrase(of_the_authors(found["of"]), 8):
        of = of_the_authors(found["of"])
        yield Rewritten(f"What {found['be']} the {found['what']} of {of}?", "number", of, 0.85)


def when(plain: str) -> Iterator[Rewritten | None]:
    """Read “Without X, ...” as: what happens without X."""
    found = re.match(
        r"(?P<when>When|If|Without) (?P<clause>[^,]{8,90}), (?!we (?:use|set|define|denote|can"
        r"|will)\b)(?P<rest>.{20,})",
        plain,
    )
    if found is None:
        return
    clause = of_the_authors(found["clause"])
    if found["when"] == "Without":
        if is_phrase(clause, 8) and not is_vague(clause) and "bells" not in clause:
            yield Rewritten(f"What happens without {clause}?", "what-if", clause, 0.85)
    elif _is_whole(clause):
        yield Rewritten(f"What happens {found['when'].casefold()} {clause}?", "what-if", clause, 0.7)


def _is_whole(clause: str) -> bool:
    """Whether a clause after "when" has a subject and a verb of its own, and is one."""
    if _NO_SUBJECT.match(clause) or " and " in clause or len(clause.split()) < 4 or not clause.isascii():
        return False
    return re.search(r"\b(?:is|are|was|were|has|have|uses?|\w+(?:ed|es|s))\b", clause) is not None


def used_for(plain: str) -> Iterator[Rewritten | None]:
    """Read “X is used to Y” as: what is X used for."""
    found = re.match(
        r"(?P<subject>[^,]{3,60}?) (?P<be>is|are|was|were) (?:then |also |only )?used (?:to|for|as) .{10,}", plain
    )
    if found and (named := subject_of(found["subject"])):
        yield Rewritten(f"What {found['be']} {named} used for?", "effect", named, 0.8)
    found = re.match(
        r"(?P<subject>[^,]{3,60}?) (?P<be>is|are|was|were) (?P<how>inspired by|motivated by"
        r"|based on|composed of|made of|trained on|evaluated on|pre-trained on|initiali[sz]ed with"
        r"|initiali[sz]ed from|implemented with) .{12,}",
        plain,
    )
    if found and (named := subject_of(found["subject"])):
        kind = "data" if found["how"].endswith("ed on") and "based" not in found["how"] else "parts"
        yield Rewritten(f"What {found['be']} {named} {found['how']}?", kind, named, 0.8)


def on_data(plain: str) -> Iterator[Rewritten | None]:
    """Read “We train X on Y” as: on which data do the authors train X."""
    found = re.match(
        rf"We {ADVERB}(?P<verb>train(?:ed)?|pre-?train(?:ed)?|fine-?tuned?|evaluated?|test(?:ed)?)"
        r" (?P<object>[^,]{3,60}?) (?:on|using) (?P<data>(?:the |two |three |four |\d+ )?[^,]*(?:data|corpus|corpora"
        r"|set|sets|Net|benchmark|task|tasks|COCO|CIFAR|games|images|SVHN|MNIST|GLUE|SQuAD)\b.*)",
        plain,
    )
    if found and (by := asked(found["verb"], "we")):
        named = of_the_authors(found["object"])
        if is_phrase(named, 7) and not is_vague(named):
            yield Rewritten(f"On which data {' '.join(by)} {named}?", "data", named, 0.85)
