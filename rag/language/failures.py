"""From what a provider's client raised to one clause for people. What the provider said itself is not repeated."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.language.wire import Call

_BY_KIND = {
    "ModelAuthenticationError": 401, "ModelPermissionDeniedError": 403, "ModelNotFoundError": 404,
    "ModelRateLimitError": 429, "ModelAPIError": 500, "ContextOverflowError": 413,
}  # fmt: skip
"""LangChain's own kinds of failure, for clients whose answers are not seen on our wire."""

_TOO_LONG = re.compile(r"context[ _](?:length|window|size)|prompt is too long|input is too long", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Failure:
    """``reason``: a clause after "it"; ``passing``: another try may help; ``misunderstood``: less of a request may."""

    reason: str
    passing: bool
    misunderstood: bool = False


def failure_of(error: BaseException, call: Call) -> Failure:
    """Return what went wrong, by what was seen on the wire, then by what was raised."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if call.deadline.passed or call.deadline.left_s <= 0 or ("ModelTimeoutError" in kinds and call.sent):
        return Failure(f"it did not answer within {call.deadline.seconds:g} s", passing=True)
    if call.flooded:
        return Failure("it sent more than a reply can hold", passing=True)
    status = call.status if call.status >= 300 else _status(error, kinds)
    if "ContextOverflowError" in kinds or (status == 400 and _TOO_LONG.search(str(error))):
        return _of_status(413)
    if status == 404 and "model" not in str(error).casefold():  # whoever knows the path says that the model is missing
        return Failure("its address leads nowhere (404); with openai:… it usually ends in /v1", passing=False)
    if status >= 300:
        return _of_status(status)
    if isinstance(error, NotImplementedError):
        return Failure("its client cannot ask this way", passing=False, misunderstood=True)
    if call.status:
        return _in_the_middle(kinds)
    if call.sent:
        return Failure("the connection broke off before it answered", passing=True)
    if kinds & _UNREACHED:
        return _unreached(error)
    return Failure(f"its client failed ({type(error).__name__})", passing=False)


def _status(error: BaseException, kinds: set[str]) -> int:
    told = getattr(error, "status_code", 0)
    if isinstance(told, int) and told >= 300:
        return told
    return next((status for name, status in _BY_KIND.items() if name in kinds), 0)


def _of_status(status: int) -> Failure:
    if status in (401, 403):
        return Failure(f"its key was refused ({status})", passing=False)
    if status == 402:
        return Failure("its account has nothing left (402)", passing=False)
    if status == 404:
        return Failure("no model of that name is at that address (404)", passing=False)
    if status == 413:
        return Failure("the request is longer than it reads", passing=False)
    if status in (400, 422, 501):
        return Failure(f"it does not understand the request ({status})", passing=False, misunderstood=True)
    if status == 429:
        return Failure("it is overloaded, or its account's limit is reached (429)", passing=True)
    if status in (503, 529):
        return Failure(f"it is overloaded ({status})", passing=True)
    if status in (408, 409, 425) or status >= 500:
        return Failure(f"it has trouble of its own ({status})", passing=True)
    if status < 400:
        return Failure(f"its address sends us elsewhere, where we do not go ({status})", passing=False)
    return Failure(f"it refused the request ({status})", passing=False)


_UNREACHED = {"TransportError", "APIConnectionError", "ModelConnectionError", "ModelTimeoutError", "OSError"}
_NO_CONNECTION = (
    (re.compile("CERTIFICATE_VERIFY_FAILED"), "its certificate is not one that this machine trusts", False),
    (re.compile(r"\[SSL|ssl\."), "no safe connection (https) came about", False),
    (re.compile("Name or service|name resolution|getaddrinfo|nodename"), "no host of that name is known here", True),
    (re.compile("[Rr]efused"), "nobody listens at its address", True),
)


def _unreached(error: BaseException) -> Failure:
    """Return why no connection came about, by what the system said: it is told in the errors under the client's."""
    told = ""
    under: BaseException | None = error
    while under is not None:
        told += f" {under}"
        under = under.__cause__ or under.__context__
    for words, reason, passing in _NO_CONNECTION:
        if words.search(told):
            return Failure(f"it cannot be reached: {reason}", passing)
    return Failure("it cannot be reached", passing=True)


_BROKEN_OFF = {"TransportError", "ConnectionError", "HTTPError"}


def _in_the_middle(kinds: set[str]) -> Failure:
    """Return what it means when a good beginning came to no good end."""
    if kinds & _BROKEN_OFF:
        return Failure("the connection broke off", passing=True)
    if "APIError" in kinds or "ResponseError" in kinds:  # an error event within the stream
        return Failure("it broke off with an error", passing=True)
    return Failure("what it sent is no reply", passing=False)
