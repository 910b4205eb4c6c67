"""Any model that LangChain reaches, behind our port. LangChain is loaded with the first prompt."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator
from contextlib import closing, suppress
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from rag.errors import ModelFailed
from rag.language.choose import Chosen
from rag.language.clients import Limits, client_of
from rag.language.failures import failure_of
from rag.language.hearing import Growing, whole
from rag.language.ports import Heard, Prompt, Reply, unheard
from rag.language.providers import OPENAI, PROVIDERS
from rag.language.wire import Call, calling
from rag.sources.deadlines import Deadline

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

log = logging.getLogger(__name__)

CHARS_PER_TOKEN = 4
"""Of English, about; counted so where a provider does not count."""
FIRST_PAUSE_S = 0.5
"""Before a second try; doubled before each further one."""

Output = Literal["auto", "structured", "marked"]


class _Way(NamedTuple):
    """How much of a request a server is trusted to understand."""

    shape: bool
    extras: bool


_WAYS = (_Way(shape=True, extras=True), _Way(shape=False, extras=True), _Way(shape=False, extras=False))


class _NotBegun(Exception):
    """No answer began: asking again, or for less where the request was ``misunderstood``, costs nothing twice."""

    def __init__(self, failed: ModelFailed, *, misunderstood: bool, retry_after_s: float | None) -> None:
        self.failed = failed
        self.misunderstood = misunderstood
        self.retry_after_s = retry_after_s or 0.0


class LangChainModel:
    """One model of one provider. Threads may share it. Makes no call before the first prompt."""

    def __init__(
        self,
        chosen: Chosen,
        limits: Limits,
        *,
        output: Output = "auto",
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = chosen.name
        self.host = chosen.host
        self._chosen = chosen
        self._limits = limits
        self._output = output
        self._pause = pause
        self._plainest = 0  # the first of _WAYS that this server is known to understand
        self._made: BaseChatModel | None = None
        self._lock = Lock()

    def warm(self) -> None:
        """Load LangChain and the provider's package, so that the first prompt need not. Nobody is asked.

        What cannot be loaded is logged, and said when somebody asks.
        """
        with suppress(ModelFailed):
            self._client()

    def reply(self, prompt: Prompt, *, heard: Heard = unheard) -> Reply:
        """Return what the model says. Raises ModelFailed when it does not answer usably in its time."""
        from langsmith import tracing_context

        self._client()  # what loading takes is not the model's time
        with tracing_context(enabled=False), Deadline(self._limits.timeout_s) as deadline:
            for repeated in range(self._limits.retries + 1):
                try:
                    return self._asked(prompt, deadline, heard)
                except _NotBegun as error:
                    pause = max(FIRST_PAUSE_S * 2**repeated, error.retry_after_s)
                    last = repeated == self._limits.retries or deadline.left_s <= pause
                    if last or not error.failed.passing:
                        raise error.failed from None
                self._pause(pause)
        raise AssertionError("the last try returns or raises")

    def _asked(self, prompt: Prompt, deadline: Deadline, heard: Heard) -> Reply:
        """Ask in the fullest way that the server understands, and remember which it is."""
        ways = self._ways(prompt)
        for way in ways:
            try:
                reply = self._heard(prompt, way, deadline, heard)
            except _NotBegun as error:
                if not error.misunderstood or way is ways[-1]:
                    raise
                continue
            if way is not ways[0]:
                log.info("%s understands no more than %s", self.name, way)
                self._plainest = max(self._plainest, _WAYS.index(way))
            return reply
        raise AssertionError("the last way returns or raises")

    def _ways(self, prompt: Prompt) -> tuple[_Way, ...]:
        if self._output == "structured" and prompt.shape is not None:
            return _WAYS[:1]
        provider = self._chosen.provider
        plain = prompt.shape is None or self._output == "marked" or not PROVIDERS[provider].own_wire
        compatible = provider == OPENAI and not self._chosen.own_address  # and perhaps old
        return _WAYS[max(self._plainest, int(plain)) : 3 if compatible else 2]

    def _heard(self, prompt: Prompt, way: _Way, deadline: Deadline, heard: Heard) -> Reply:
        reply = Growing()
        with calling(deadline) as call:
            with closing(self._chunks(prompt, way, call, reply)) as chunks:
                for chunk in chunks:
                    if reply.add(chunk) and reply.text:
                        heard(reply.text)
                    if reply.too_long:
                        break
            if deadline.passed:  # the end of a stream without a length may be ours
                raise self._failed(TimeoutError(), call, prompt, reply)
        return self._reply(prompt, reply, call)

    def _chunks(self, prompt: Prompt, way: _Way, call: Call, reply: Growing) -> Generator[Any]:
        """Give out the chunks; turn all that a provider's client raises into ModelFailed.

        A reply that breaks off after its beginning just ends: whoever asked reads what there is.
        """
        try:
            said = [("system", whole(prompt.system)), ("human", whole(prompt.user))]
            for chunk in self._client().stream(said, **self._more(prompt, way)):
                yield chunk
                if call.deadline.passed:
                    return
        except Exception as error:  # noqa: BLE001 (providers raise their own kinds, without a common ancestor)
            if reply.text and not call.deadline.passed:
                log.info("%s broke off: %s", self.name, type(error).__name__)
                return
            raise self._failed(error, call, prompt, reply) from None  # what they say may hold our key, or the prompt

    def _failed(self, error: BaseException, call: Call, prompt: Prompt, reply: Growing) -> Exception:
        failure = failure_of(error, call)
        log.info("%s: %s (%s, status %d)", self.name, failure.reason, type(error).__name__, call.status)
        refused = not call.sent or call.status >= 300
        spent = 0 if refused else _tokens(prompt.system + prompt.user) + reply.length // CHARS_PER_TOKEN
        failed = ModelFailed(self.name, failure.reason, failure.passing, spent)
        if 200 <= call.status < 300 or call.deadline.passed:
            return failed
        return _NotBegun(failed, misunderstood=failure.misunderstood, retry_after_s=call.retry_after_s)

    def _reply(self, prompt: Prompt, reply: Growing, call: Call) -> Reply:
        text = reply.text
        tokens_in = reply.tokens_in or _tokens(prompt.system + prompt.user)
        tokens_out = reply.tokens_out or reply.length // CHARS_PER_TOKEN
        if not text.strip():
            limit = f"it reached its limit of {self._limits.output_tokens:,} tokens before it said anything"
            reason = "its provider withheld the reply" if reply.withheld else limit if reply.cut else "it said nothing"
            raise ModelFailed(self.name, reason, not (reply.withheld or reply.cut), tokens_in + tokens_out)
        ended = reply.ended or not PROVIDERS[self._chosen.provider].own_wire
        cut = reply.cut or reply.too_long or call.flooded or not ended
        return Reply(text, reply.model or self._chosen.model, tokens_in, tokens_out, cut)

    def _more(self, prompt: Prompt, way: _Way) -> dict[str, Any]:
        """Return what is added to a request: the shape, as each provider's client understands it; what is left out."""
        shape: dict[str, Any] = {}
        if way.shape and prompt.shape is not None:
            name = prompt.label.partition("/")[0]
            schema = {"name": name, "schema": dict(prompt.shape), "strict": True}
            shape = {"response_format": {"type": "json_schema", "json_schema": schema}}
        if self._chosen.provider != OPENAI:
            return shape
        client: Any = self._client()
        if client.use_responses_api:
            return shape
        # As a part of the body: LangChain's own way reads the reply for us, and raises where it does not fit.
        body = {**(client.extra_body or {}), **shape}
        return {"extra_body": body} | ({} if way.extras else {"stream_usage": False})

    def _client(self) -> BaseChatModel:
        with self._lock:
            if self._made is None:
                try:
                    self._made = client_of(self._chosen, self._limits)
                except Exception as error:  # noqa: BLE001 (as above)
                    log.warning("the client of %s cannot be made: %s", self.name, type(error).__name__)
                    reason = f"its client does not take what the settings say ({type(error).__name__})"
                    raise ModelFailed(self.name, reason, passing=False) from None
            return self._made


def _tokens(text: str) -> int:
    return len(text) // CHARS_PER_TOKEN + 1
