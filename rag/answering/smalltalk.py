"""Thanks, greetings and applause: they are no question, and searching for them finds acknowledgements."""

from __future__ import annotations

import re

from rag.retrieval.words import word_set

_MOST_WORDS = 8
_SAID = word_set(
    """
    thanks thank thankyou thx thnx tnx ty tysm cheers danke merci gracias obrigado grazie arigato spasibo xiexie
    谢谢 多谢 感谢 你好 спасибо привет ありがとう こんにちは 감사합니다 안녕하세요
    hi hii hiya hello hallo helo hey heya yo hola bonjour bye goodbye ciao morning evening welcome greetings
    ok okay okey okk kk alright yes yeah yep yup no nope nah sure fine indeed right agreed understood noted
    sorry please pls
    cool nice great good perfect awesome amazing excellent brilliant wonderful fantastic super wow neat sweet yay bravo
    interesting helpful impressive lovely love lol lmao rofl haha hahaha hehe hihi xd omg hmm hm mhm ah aha oh uh
    """
)
"""Words that say nothing but that somebody is glad, there, or gone."""
_BESIDE = word_set(
    """
    you u so much very a lot many really too all everyone everybody guys folks team there again for the your this that
    that's it it's its is was i'm to me and my friend man mate buddy bot robot seminar answer answers job work help
    work explanation reply one now then day night afternoon
    """
)
"""Words that may stand beside them: "thank you so much", "good bot", "that was helpful"."""
_PHRASES = frozenset(
    (
        "how are you", "how are you doing", "how do you do", "what's up", "whats up", "sup", "got it", "i see",
        "makes sense", "that makes sense", "no problem", "never mind", "nevermind", "see you", "see you later",
        "good to know", "well done", "you are welcome", "you're welcome", "who are you", "are you there",
        "i love you", "i like it", "i got it", "i understand", "bad bot",
    )
)  # fmt: skip
_EMOJI = re.compile(r"<a?:\w{1,40}:\d{1,25}>|:[+\w-]{1,40}:|(?<!\S)[:;=][-o']?[DPpO3)(/|]+(?!\S)|<3|(?<!\S)\+1(?!\S)")
"""Emoji as chats write them (":+1:"), and signs that smile."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_ASKS = re.compile(r"^(?:is|was|to|for|and|now|then|one|it|its|the|a)\b")


def is_smalltalk(text: str) -> bool:
    """Whether a text only thanks, greets, agrees, applauds or smiles, and so asks nothing.

    >>> is_smalltalk("thank you so much!"), is_smalltalk("why?"), is_smalltalk("ok, and the loss?")
    (True, False, False)
    """
    rest = _EMOJI.sub(" ", text)
    words = [word.casefold().replace("’", "'") for word in _WORD.findall(rest)]
    if not words:
        return bool(text.strip()) and "?" not in text
    if len(words) > _MOST_WORDS:
        return False
    said = " ".join(words)
    if said in _PHRASES or all(word in _SAID for word in words):
        return True
    asks = "?" in rest or _ASKS.match(said) is not None  # "was that good?"
    return not asks and any(word in _SAID for word in words) and all(word in _SAID | _BESIDE for word in words)
