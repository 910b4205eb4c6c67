"""Whether quotes say what a sentence says, by words alone: cheap, always on, and honest about what it cannot see.

It compares stems, names, negations and opposites. It knows no synonyms, so a free but true sentence may be marked as
weak; and a false one made of the quote's own words passes. :data:`LEAST_SHARE` says how often each happens. A sentence
in another language than its quotes has no words in common with them: it is weak until a judge says otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from rag.answering.denials import contradicts, denies_more, stems_in, telling
from rag.answering.numbers import stray_number_words
from rag.answering.terms import is_named
from rag.answering.wording import Word, stem, words_in
from rag.domain.paper import name_form
from rag.retrieval.words import STOP_WORDS, mostly_non_latin

LEAST_SHARE = 0.4
"""Share of a sentence's telling words that its quotes have to hold; those of the passage around count a tenth.

Measured by docs/make_support_measures.py, 2026-11-21, on what people answered, beside the text in which they found it:
marked are 13 % of 93 of OHR-Bench's and 25 % of 60 of QASPER's (often lists put together from several places), but 53 %
of 60 beside a bare row of a table, whose heading stands elsewhere. Beside the text for another question on the same
paper 1 % of 153 and 2 % of 58 are not marked. Of 79 true sentences that a capable model wrote to our prompts, with the
quotes it chose, 8 were marked, five of them rightly.
"""
FEW, LEAST_OF_FEW = 3, 0.6
"""Of so few telling words more have to stand there: "the layer is a fraud" has its layer from the quote."""
TRAIL = 2
"""Telling words at the end of a sentence of which at least one has to stand somewhere."""
AROUND = 0.1
ASKED = 0.34
"""What a word counts that the question or a paper's name holds, too: it proves little."""
SURE = 0.5
"""What a judge has to give for a sentence to count as supported."""


class Support(StrEnum):
    """``WEAK``: too few words in common, or another language; a judge may say otherwise. ``DOUBTFUL``: a name, or a
    "not", stands on one side only. ``NONE``: the quotes are about something else.
    """

    FULL = "full"
    WEAK = "weak"
    DOUBTFUL = "doubtful"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a sentence may lean on: its quotes, the passages around them, and the names of what is cited.

    ``whole``: the sentences that the quotes are cut out of, () for the quotes themselves: a "not" may stand before one.
    ``asked``: the question, whose words prove little, and its names nothing. ``others``: names of papers that are not
    cited.
    """

    quotes: tuple[str, ...]
    passages: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    asked: str = ""
    others: tuple[str, ...] = ()


class SupportJudge(Protocol):
    """Says how far quotes carry sentences: a cross-encoder, or the model itself.

    ``wrote``: it wrote the sentences. Then it may lift those that words cannot compare, and no others. ``prompt``: the
    label of the one that it answers, "" for none.
    """

    wrote: bool
    prompt: str

    def supports(self, pairs: Sequence[tuple[str, tuple[str, ...]]]) -> Sequence[float]:
        """Return of each (sentence, quotes) 0 to 1. Raises ModelFailed."""
        ...


def support_of(sentence: str, grounds: Grounds) -> Support:
    """Return how far the words of its quotes carry a sentence."""
    quotes = " \n ".join(grounds.quotes)
    if not is_english(sentence):
        return Support.WEAK
    held, around = stems_in(quotes), stems_in(" \n ".join(grounds.passages))
    neutral = stems_in(" \n ".join((*grounds.names, grounds.asked)))
    told = telling(sentence)
    if told and not any(_stands(word, held) for word in told) and not _digits(sentence) & _digits(quotes):
        return Support.NONE
    clauses = [clause for clause in _CLAUSE.split(sentence) if clause.strip()]
    if _named_otherwise(sentence, grounds) or stray_number_words(sentence, (quotes, *grounds.names)):
        return Support.DOUBTFUL
    whole = " \n ".join(grounds.whole)
    texts = (quotes, whole) if denies_more(whole, quotes) else (quotes,)
    if any(contradicts(clause, text) for clause in clauses for text in texts):
        return Support.DOUBTFUL
    if strange_letters(sentence, (quotes, grounds.asked, *grounds.names)) or _adds(_statements(clauses), held, neutral):
        return Support.WEAK
    if _trails(told, held, neutral):
        return Support.WEAK
    shares = [ASKED if _stands(word, neutral) else 1.0 for word in told]
    held_by = [1.0 if _stands(word, held) else AROUND if _stands(word, around) else 0.0 for word in told]
    worth = sum(share * by for share, by in zip(shares, held_by, strict=True))
    least = LEAST_SHARE if len(told) > FEW else LEAST_OF_FEW
    return Support.FULL if told and worth >= least * sum(shares) else Support.WEAK


def _adds(clauses: Sequence[str], held: frozenset[str], neutral: frozenset[str]) -> bool:
    """Whether a part of a sentence has not one word of its quotes: a true beginning carries no invented end. The first
    part may only repeat the question, and a part of names alone is a name.
    """
    for n, clause in enumerate(clauses):
        told = telling(clause)
        known = all(_stands(word, neutral) for word in told) and (
            n == 0 or all(not word.text.islower() for word in told)
        )
        if told and not known and not any(_stands(word, held) for word in told):
            return True
    return False


def _trails(told: Sequence[Word], held: frozenset[str], neutral: frozenset[str]) -> bool:
    """Whether a sentence ends in words that stand nowhere: what is hung on without a comma."""
    end = told[-TRAIL:]
    return len(told) >= TRAIL and not any(_stands(word, held) or _stands(word, neutral) for word in end)


def _statements(clauses: Sequence[str]) -> Sequence[str]:
    """Return the parts of a sentence without a short beginning that only says where: "In the experiments, …"."""
    where = len(clauses) > 1 and _WHERE.match(clauses[0]) and len(telling(clauses[0])) <= _SHORT
    return clauses[1:] if where else clauses


def strange_letters(sentence: str, texts: Sequence[str]) -> bool:
    """Whether letters stand there that are neither Latin nor Greek, nor any of the texts'."""
    there = frozenset("".join(texts))
    return any(sign.isalpha() and sign > "\u03ff" and not _LETTER.match(sign) for sign in set(sentence) - there)


_WHERE = re.compile(r"\s*(?:in|for|on|at|with|by|to|from|as|during|under|here)\b", re.IGNORECASE)
_SHORT = 2
_CLAUSE = re.compile(
    r"[,;:()–—•]|\s-+\s|\b(?:where|when|if|and|but|which|while|whereas|because|although|so that)\b", re.IGNORECASE
)
_LETTER = re.compile(r"[ʰ-˿ᴀ-ᶿḀ-ỿ‐-₿℀-⅏Ａ-Ｚａ-ｚﬀ-ﬆ\U0001d400-\U0001d7ff]")
"""Letters of formulas and of Latin outside its first blocks."""


def is_english(text: str) -> bool:
    """Whether a text may be compared with English by its words: not another script, not another language's "and"."""
    if mostly_non_latin(text):
        return False
    words = [word.text for word in words_in(text)]
    english = sum(word.casefold() in _ENGLISH for word in words)
    foreign = sum(word.casefold() in _FOREIGN or (word[0].islower() and _accented(word)) for word in words)
    return foreign == 0 or english > 2 * foreign


def _accented(word: str) -> bool:
    return any(unicodedata.combining(sign) for sign in unicodedata.normalize("NFD", word))


def _stands(word: Word, stems: frozenset[str]) -> bool:
    """Whether a word is there: its stem, all its parts, or a longer or shorter form of it ("norm", "normalise")."""
    if word.stem in stems or stem(word.text.casefold().replace("-", "")) in stems:
        return True
    parts = [stem(part) for part in word.text.casefold().split("-") if part not in STOP_WORDS]
    if len(parts) > 1 and all(part in stems for part in parts):
        return True
    if any(same in stems for same in _SAME.get(word.stem, ())):
        return True
    trunk = word.stem[:_TRUNK]
    return len(word.stem) >= _TRUNK and any(other.startswith(trunk) for other in stems)


def _digits(text: str) -> set[str]:
    return set(re.findall(r"\d+", text))


_TRUNK = 5


def _named_otherwise(sentence: str, grounds: Grounds) -> bool:
    """Whether a sentence speaks of what its quotes do not: a name that is not there, a paper that is not cited."""
    other = any(is_named(name, sentence) and not _said_of(name, grounds) for name in grounds.others)
    return other or bool(_foreign_names(sentence, (*grounds.quotes, *grounds.passages, *grounds.names)))


def _said_of(name: str, grounds: Grounds) -> bool:
    form = name_form(name)
    return any(form in name_form(text) for text in (*grounds.quotes, *grounds.names))


def _foreign_names(sentence: str, texts: Sequence[str]) -> list[str]:
    """Return names and acronyms that stand nowhere: neither in the quotes nor around them nor in the question."""
    there = "".join(name_form(text) for text in texts)
    stems = frozenset().union(*(stems_in(text) for text in texts))
    found = []
    for n, word in enumerate(words_in(sentence)):
        inside = any(sign.isupper() for sign in word.text[1:]) or any(sign.isdigit() for sign in word.text)
        named = inside or (n > 0 and word.text[:1].isupper() and len(word.text) > 1 and not _begins(sentence, word))
        if named and any(c.isalpha() for c in word.text) and not _name_there(word, there, stems):
            found.append(word.text)
    return found


def _begins(sentence: str, word: Word) -> bool:
    return sentence[: word.start].rstrip(" “\"'(")[-1:] in ("", ".", ":", "!", "?", "•")


def _name_there(word: Word, there: str, stems: frozenset[str]) -> bool:
    form = name_form(word.text)
    return form in there or form.removesuffix("s") in there or _stands(word, stems)


_SAME = {
    stem(word): tuple(stem(other) for other in row.split() if other != word)
    for row in (
        "use employ utilize apply adopt",
        "show demonstrate find observe report indicate",
        "propose introduce present",
        "dataset datasets data corpus corpora",
        "model network method approach system architecture framework",
        "train learn optimize",
        "accuracy performance results score",
        "consist contain include comprise",
        "train pretrain",
        "image picture",
        "evaluate test",
    )
    for word in row.split()
}
_ENGLISH = frozenset(
    """the of and to in is are was were that this it for on by with as from an be not which its their can has have than
    or at these those each because when how what why into also but more between""".split()  # noqa: SIM905
)
_FOREIGN = frozenset(
    """der das und ist nicht ein eine einen einem einer mit für auf den dem des von zu wird werden sind durch oder auch
    el los las del y que es una un por para con no se su como le les et est une dans pour sur au aux qui ne pas sont
    il lo gli di che per non sono della delle nel alla e è o os da do em uma não com dos das mais
    het een van voor niet zijn dat met op ook och är att som inte på av och til ikke på af at er
    nie jest się na do w z i że oraz ten ve bir bu için ile""".split()  # noqa: SIM905
) - frozenset("a in on at no do do me as so i o e y z w is per an was die met op van den con lo".split())  # noqa: SIM905
"""Function words of other languages in Latin letters that are none in English, and no symbols of papers."""
