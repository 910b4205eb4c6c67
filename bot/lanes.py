"""The one crossing of the event loop: lanes of threads for what is synchronous.

``ask`` has a few threads for questions. ``make`` has two for what is made of a paper or of notes as a whole: a model
that is asked again and again for it takes minutes, and no question shall wait for that. ``ingest`` has one, for what
writes papers; ``look`` has two for quick reads and writes of the database (autocomplete, settings, keeping an answer),
which so never stand behind a question. ``online`` has one for what waits for arXiv: that can take a minute, too.
``draw`` has one for pictures of pages, which are drawn one after the other anyway. ``browse`` has one for what people
leaf through and what is laid out long: 2 MB of notes take a second, and nothing but other leafing shall wait for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import ParamSpec, TypeVar

from rag.language.reach import Reach

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


ASK_THREADS, ASK_THREADS_ABROAD = 2, 6


def ask_threads(wanted: int | None, model: Reach | None) -> int:
    """Return how many questions are answered at the same time, where nobody says: 2, since each busies a core.

    It is 6 where a model far away writes: waiting for it busies none of ours. One in our own network mostly answers one
    after the other: there the line is ours, where people see it and no time runs out.
    """
    if wanted is not None:
        return wanted
    return ASK_THREADS if model is None or model.near else ASK_THREADS_ABROAD


class Lanes:
    """Runs synchronous work beside the event loop."""

    def __init__(self, *, ask_threads: int) -> None:
        self._ask = ThreadPoolExecutor(ask_threads, "ask")
        self._make = ThreadPoolExecutor(2, "make")
        self._ingest = ThreadPoolExecutor(1, "ingest")
        self._look = ThreadPoolExecutor(2, "look")  # a read beside a write that waits for the database
        self._online = ThreadPoolExecutor(1, "online")  # arXiv takes one request at a time anyway
        self._draw = ThreadPoolExecutor(1, "draw")
        self._browse = ThreadPoolExecutor(1, "browse")
        self._running: set[Future[object]] = set()
        self._ingesting: set[Future[object]] = set()

    async def ask(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Answer a question."""
        return await self._run(self._ask, work, *args, **kwargs)

    async def make(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Make a question set, an analysis, cards, checks of notes: as many questions as it takes, in one piece."""
        return await self._run(self._make, work, *args, **kwargs)

    async def ingest(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Take papers or notes in, or take them out: one at a time."""
        return await self._run(self._ingest, work, *args, **kwargs)

    @property
    def ingest_wanted(self) -> bool:
        """Whether somebody waits for the ingest lane: who has long work there can let them go first. For any thread."""
        return any(not (future.running() or future.done()) for future in list(self._ingesting))

    async def look(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read or write a few rows."""
        return await self._run(self._look, work, *args, **kwargs)

    async def online(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Ask somebody on the network while a person waits."""
        return await self._run(self._online, work, *args, **kwargs)

    async def draw(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Draw a picture of a page: a slow one holds up pictures, and no question."""
        return await self._run(self._draw, work, *args, **kwargs)

    async def browse(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read and lay out what may be long: a long one holds up who browses, and no question."""
        return await self._run(self._browse, work, *args, **kwargs)

    def close(self, *, patience_s: float) -> bool:
        """Take no more work, wait for what runs, and say whether all of it ended in time.

        Blocks: called when the loop has ended. What did not end is written down and resumes with the next start.
        """
        for lane in (self._ask, self._make, self._ingest, self._look, self._online, self._draw, self._browse):
            lane.shutdown(wait=False, cancel_futures=True)
        left = wait(self._running, timeout=patience_s).not_done
        if left:
            log.warning("%d pieces of work did not end within %.0f s", len(left), patience_s)
        return not left

    async def _run(self, lane: ThreadPoolExecutor, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        future: Future[T] = lane.submit(work, *args, **kwargs)
        for kept in (self._running, self._ingesting) if lane is self._ingest else (self._running,):
            kept.add(future)  # type: ignore[arg-type]
            future.add_done_callback(kept.discard)
        return await asyncio.wrap_future(future)


def told_in(loop: asyncio.AbstractEventLoop, hear: Callable[P, None]) -> Callable[P, None]:
    """Return a callback for worker threads: what it is told is heard on the loop, soon, in order."""

    def tell(*args: P.args, **kwargs: P.kwargs) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(lambda: hear(*args, **kwargs))

    return tell
