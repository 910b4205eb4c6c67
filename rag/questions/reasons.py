"""Questions from sentences that give reasons, means and contrasts: why, how, what instead, in what different."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.questions.english import is_phrase, is_vague, of_the_authors, verbs
from rag.questions.phrasing import ADVERB, END, REASON, SINCE, Rewritten, asked, is_object, is_perfect, subject_of

_KEPT_ADVERBS = frozenset(
    ("only", "always", "never", "directly", "jointly", "randomly", "independently", "separately", "explicitly")
)
_CHOOSES = frozenset(
    ("use", "adopt", "employ", "apply", "choose", "train", "predict", "optimize", "learn", "normalize", "take")
)
_REASON_ELSEWHERE = re.compile(r"(?:\w+ )?(?:this|these|it|them|that)\b(?: \w+)?$")
_SAYS_LITTLE = frozenset(
    (
        "propose",
        "introduce",
        "present",
        "need",
        "find",
        "have",
        "had",
        "report",
        "show",
        "see",
        "note",
        "make",
        "do",
        "study",
    )
)


_FOR_REASON = rf"(?:because|{SINCE}|due to|owing to)"


def why(plain: str) -> Iterator[Rewritten | None]:
    """Read “We use dropout to avoid overfitting” as: why do the authors use dropout."""
    found = re.match(
        rf"(?:We|In [^,]{{3,50}}, we) {ADVERB}(?P<verb>[\w-]+) (?P<object>[^,;:]+?){REASON} (?P<why>.+)",
        plain,
    )
    if found and found["verb"] not in _SAYS_LITTLE and not _REASON_ELSEWHERE.match(found["why"]):
        yield _about_choice("Why", found, "why")
    found = re.match(
        rf"(?P<subject>[^,]{{3,60}}?) (?P<verb>[\w-]+) (?P<object>[^,]+?),? {_FOR_REASON} .{{12,}}",
        plain,
    )
    if found and found["subject"].casefold() != "we" and not is_perfect(found["verb"], found["object"]):
        by = asked(found["verb"], found["subject"])
        if by and is_object(found["object"]):
            yield Rewritten(f"Why {' '.join(by)} {of_the_authors(found['object'])}?", "why", by[1], 0.85)
    found = re.match(
        rf"(?P<subject>[^,]{{3,60}}?) (?P<be>is|are|was|were) (?P<rest>[^,]+?),? {_FOR_REASON} .{{12,}}",
        plain,
    )
    if found and (named := subject_of(found["subject"])) and is_object(found["rest"]):
        yield Rewritten(f"Why {found['be']} {named} {of_the_authors(found['rest'])}?", "why", named, 0.8)


def _about_choice(word: str, found: re.Match[str], kind: str) -> Rewritten | None:
    by = asked(found["verb"], "we")
    chosen = _first_clause(found["object"])
    if by is None or not is_object(chosen, most=12) or len(chosen.split()) < 2:
        return None
    adverb = f"{found['adverb']} " if found["adverb"] in _KEPT_ADVERBS else ""
    question = f"{word} {by[0]} the authors {adverb}{by[2]} {of_the_authors(chosen)}?"
    return Rewritten(question, kind, of_the_authors(chosen), 0.95)


def instead(plain: str) -> Iterator[Rewritten | None]:
    """Read “We use A rather than B” as: what do the authors use instead of B."""
    found = re.match(
        rf"(?P<subject>[^,]{{2,60}}?) {ADVERB}(?P<verb>[\w-]+) (?P<object>[^,]+?),? (?P<than>instead of|rather than) "
        rf"(?P<other>[^,;:]+?){END}(?P<rest>.*)",
        plain,
    )
    if found and (by := asked(found["verb"], found["subject"])) and is_object(found["object"], most=14):
        other = of_the_authors(re.sub(rf"{REASON}.*", "", found["other"]))
        if not is_phrase(other.replace(" that ", " "), 12) or is_perfect(found["verb"], found["object"]):
            return
        if re.search(REASON, found["other"] + found["rest"]):
            yield Rewritten(
                f"Why {' '.join(by)} {of_the_authors(found['object'])} {found['than']} {other}?",
                "choice",
                other,
                1.0,
            )
        elif by[2] in _CHOOSES:
            yield Rewritten(f"What {' '.join(by)} instead of {other}?", "choice", other, 0.85)
    found = re.match(r"Instead of (?P<other>[^,]+), (?:we|our [\w-]+|the [\w-]+) .{15,}", plain)
    if found and len(found["other"].split()) <= 10:
        other = of_the_authors(found["other"])
        verb = "do" if re.match(r"[\w-]+ing\b", other) else "use"
        yield Rewritten(f"What do the authors {verb} instead of {other}?", "choice", other, 0.85)


def means(plain: str) -> Iterator[Rewritten | None]:
    """Read “X handles Y by doing Z” as: how does X handle Y."""
    found = re.match(
        rf"(?P<subject>[^,]{{2,60}}?) {ADVERB}(?P<verb>[\w-]+) (?P<object>[^,;:]+?),? by (?:\w+ly )?\w+ing .{{10,}}",
        plain,
    )
    if found is None or is_perfect(found["verb"], found["object"]):
        return
    if (by := asked(found["verb"], found["subject"])) and is_object(found["object"]):
        yield Rewritten(f"How {' '.join(by)} {of_the_authors(found['object'])}?", "how", by[1], 0.9)


def to_do(plain: str) -> Iterator[Rewritten | None]:
    """Read “To reduce overfitting, we use dropout” as: how do the authors reduce overfitting."""
    found = re.match(
        r"(?:In order )?[Tt]o (?P<verb>[\w-]+) (?P<object>[^,;:]{4,90}?),? (?:we|our \w+)"
        r" (?!(?:now|note|need|want|would|must|should|have|can|refer|first note)\b).{15,}",
        plain,
    )
    if found is None:
        return
    form = verbs().get(found["verb"])
    wanted = of_the_authors(found["object"])
    if (
        form is not None
        and form.asks == "do"
        and form.base not in _SAYS_LITTLE
        and is_object(wanted, most=12)
        and len(wanted.split()) > 1
    ):
        yield Rewritten(f"How do the authors {form.base} {wanted}?", "how", wanted, 0.9)


def passive(plain: str) -> Iterator[Rewritten | None]:
    """Read “X is computed by Y” as: how is X computed; “X is reduced to avoid Y” as: why is X reduced."""
    found = re.match(
        rf"(?P<subject>[^,]{{3,60}}?) (?P<be>is|are|was|were) {ADVERB}(?P<verb>[\w-]+)(?P<tail>(?:"
        r" (?:in|on|for|at|from|to) [^,;:]{3,40}?)?) (?P<how>by (?:\w+ly )?(?:\w+ing|the|an?)|using|via|through"
        r"|with an?|in order to|so that|to (?:avoid|prevent|reduce|ensure|keep|allow|improve|preserve)) .{10,}",
        plain,
    )
    if found is None:
        return
    form, named = verbs().get(found["verb"]), subject_of(found["subject"])
    if form is None or form.asks != "did" or not named or not is_object(found["verb"] + found["tail"]):
        return
    purpose = re.match(r"in order|so that|to ", found["how"]) is not None
    text = f"{'Why' if purpose else 'How'} {found['be']} {named} {found['verb']}{of_the_authors(found['tail'])}?"
    yield Rewritten(text, "why" if purpose else "how", named, 0.85)


def comparison(plain: str) -> Iterator[Rewritten | None]:
    """Read “X outperforms Y” as: how does X compare with Y? "Unlike Y, X ...": how does X differ from Y."""
    found = re.match(
        r"(?P<subject>[^,]{2,60}?) (?:\w+ly )?(?P<verb>outperforms?|surpass(?:es)?|exceeds?) (?P<other>[^,;:()]+?)"
        r"(?: (?P<by>by [^,;]*\d[^,;]*)| (?:on|in|with|at|across|for|when|while|by)\b.*)?(?:[,;:(].*)?$",
        plain,
    )
    if found and (named := subject_of(found["subject"])):
        other = of_the_authors(found["other"])
        if is_phrase(other, 9):
            do = "does" if found["verb"].endswith("s") and named != "the authors" else "do"
            verb = "outperform" if found["by"] else "compare with"
            asked = f"By how much {do}" if found["by"] else f"How {do}"
            yield Rewritten(f"{asked} {named} {verb} {other}?", "comparison", other, 0.9)
    found = re.match(
        r"(?:Unlike|In contrast to|Contrary to|Different from|Compared (?:to|with)) (?P<other>[^,]{3,70}),"
        r" (?P<subject>[^,]{2,60}?) (?P<verb>[\w-]+) .{10,}",
        plain,
    )
    if found and is_phrase(of_the_authors(found["other"]), 9):
        other, named = of_the_authors(found["other"]), subject_of(found["subject"])
        form = verbs().get(found["verb"])
        if not named or not (form or found["verb"] in ("is", "are")) or named == "the authors":
            named, do = "the authors’ approach", "does"
        else:
            do = "do" if found["verb"] == "are" or (form is not None and form.asks == "do") else "does"
        if not is_vague(other):
            yield Rewritten(f"How {do} {named} differ from {other}?", "comparison", other, 0.9)


def _first_clause(text: str) -> str:
    return re.split(r",\s|;\s|:\s|\s\(", text)[0]
