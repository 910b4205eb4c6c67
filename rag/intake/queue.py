"""Adds as jobs: written down first, carried out by whoever owns the data directory, resumed after a kill."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from rag.errors import LibraryBusy, Recorded, Refused
from rag.intake.ahead import Ahead
from rag.intake.documents import Answers
from rag.intake.given import AddRequest, Given
from rag.intake.intake import Intake
from rag.intake.kept import KeptPdfs
from rag.intake.ownership import DataDirectory
from rag.intake.results import (
    NO_OPTIONS,
    AddOptions,
    AddResult,
    AddStatus,
    Ended,
    Finished,
    Progress,
    Step,
    silent,
    tirelessly,
    unheard,
)
from rag.intake.uploads import Uploads, shown_name
from rag.store.jobs import Job, JobStatus
from rag.store.library import Library
from rag.wording import sentence_for

log = logging.getLogger(__name__)

ADD = "add"
MAX_ATTEMPTS = 3
"""A job that was cut off this often is given up: the document may be what kills the process."""
KEEP_ENDED = timedelta(days=30)
"""How long ended jobs stay that nobody waits for: what failed lately can be looked up."""


class AddQueue:
    """The way in for every add. Any process and thread may call it; one at a time does the work."""

    def __init__(
        self,
        *,
        library: Library,
        intake: Intake,
        uploads: Uploads,
        kept: KeptPdfs,
        directory: DataDirectory,
        clock: Callable[[], datetime],
        afterwards: Callable[[str], None],
    ) -> None:
        """``afterwards`` is told each guild whose adds were carried out, while the directory is still owned."""
        self._afterwards = afterwards
        self._library = library
        self._intake = intake
        self._uploads = uploads
        self._kept = kept
        self._directory = directory
        self._clock = clock
        self._ahead = Ahead(intake.prepare)
        self._working = threading.RLock()
        self._turns = count(1)
        self._served: dict[str, int] = {}

    def add(
        self, inputs: Sequence[str], *, guild: str, options: AddOptions = NO_OPTIONS, progress: Progress = silent
    ) -> list[AddResult]:
        """Take inputs of this machine's user in, in order; QUEUED where another process will carry them out."""
        here = _working_folder()
        with self._working:  # else another thread might carry them out and have their results
            mine = {self._write_down(AddRequest(Given(text, here), options), guild): text for text in inputs}
            done = self.carry_out(progress)
            left = {job_id for job_id in mine if job_id not in done}
            if left and not self._directory.is_owned_elsewhere():
                done |= self.carry_out(progress)  # the owner let go just after we queued
        return [done.get(job_id) or self._waiting(job_id, given) for job_id, given in mine.items()]

    def enqueue(
        self, inputs: Sequence[str], *, guild: str, options: AddOptions = NO_OPTIONS, origin: str = ""
    ) -> tuple[int, ...]:
        """Write down what strangers want added, and return the jobs' ids at once. No path among it is followed."""
        return tuple(self._write_down(AddRequest(Given(text), options, origin), guild) for text in inputs)

    def enqueue_upload(
        self, name: str, content: bytes, *, guild: str, options: AddOptions = NO_OPTIONS, origin: str = ""
    ) -> int:
        """Keep a document that a stranger sent, write its add down, and return the job's id. Raises BadDocument."""
        shown = shown_name(name)
        upload = self._uploads.store(shown, content)
        return self._write_down(AddRequest(Given(shown, upload=upload), options, origin), guild)

    def carry_out(
        self, progress: Progress = silent, finished: Finished = unheard, go_on: Callable[[], bool] = tirelessly
    ) -> dict[int, AddResult]:
        """Carry out every waiting add, those first that a killed process left, and those that come meanwhile.

        ``finished`` is told of each as it ends; ``go_on`` is asked before the next begins, and may leave it for later.
        Nothing is done where another process owns the directory.
        """
        shift = _Shift(progress, finished, go_on, {})
        with self._working:
            try:
                while True:
                    with self._directory.owned("add papers"):
                        self._tidy()
                        try:
                            self._drain(shift)
                        finally:
                            self._ahead.rest()
                    if not (self._waiting_jobs() and go_on()):  # else one was queued just before we let go
                        break
            except LibraryBusy:
                log.info("another process owns the library: %d adds wait for it", len(self._waiting_jobs()))
        return shift.results

    def untold(self) -> tuple[Ended, ...]:
        """Return the adds that have ended and whose origin has not heard of it, oldest first."""
        return tuple(
            Ended(job.job_id, AddRequest.of_job(job.request).origin, AddResult.of_job(job.request["result"]))
            for job in self._library.jobs_untold()
        )

    def told(self, job_ids: Collection[int]) -> None:
        """Note that the origins of ended adds have heard of them, or are about to: who they were is forgotten."""
        self._library.jobs_told(job_ids)

    def _write_down(self, request: AddRequest, guild: str) -> int:
        return self._library.add_job(guild, ADD, request.as_json(), now=self._clock())

    def _tidy(self) -> None:
        """Remove what belongs to no job and no paper any more, and jobs that ended long ago."""
        waiting = self._waiting_jobs()
        if self._ahead.job_id not in {job.job_id for job in waiting}:  # its server was erased meanwhile
            self._ahead.give_up()
        requests = [AddRequest.of_job(job.request) for job in waiting]
        self._uploads.sweep(request.given.upload for request in requests if request.given.upload is not None)
        self._kept.sweep(is_read=self._library.has_read)
        self._library.forget_jobs_before(self._clock() - KEEP_ENDED)

    def _drain(self, shift: _Shift) -> None:
        """Carry jobs out, guilds in turn, until none waits; arXiv is asked about all new ones at once."""
        guilds: set[str] = set()
        asked: set[int] = set()
        answers: Answers = {}
        while True:
            jobs = self._waiting_jobs() if shift.go_on() else []
            for guild in sorted(guilds - {job.guild for job in jobs}):
                self._afterwards(guild)
                guilds.remove(guild)
            if not jobs:
                return
            new = [job for job in jobs if job.job_id not in asked]
            asked |= {job.job_id for job in new}
            answers = {**answers, **self._intake.ask_ahead([AddRequest.of_job(job.request).given for job in new])}
            job = min(jobs, key=self._place)
            self._served[job.guild] = next(self._turns)
            behind = [other for other in jobs if other is not job]
            shift.results[job.job_id] = self._carry_out(job, shift, answers, behind)
            guilds.add(job.guild)

    def _place(self, job: Job) -> tuple[bool, int, int]:
        """Return a job's place in line: what was cut off, then the oldest of the guild served least recently."""
        return job.status is not JobStatus.RUNNING, self._served.get(job.guild, 0), job.job_id

    def _begin(self, behind: Sequence[Job], answers: Answers) -> None:
        """Begin the next of the jobs behind one that was read. Never one that was cut off: it may be what kills."""
        fresh = [job for job in behind if not job.attempts]
        if fresh and self._ahead.job_id not in {job.job_id for job in behind}:
            job = min(fresh, key=self._place)
            request = AddRequest.of_job(job.request)
            errand = self._intake.errand(request.given, guild=job.guild, options=request.options, answers=answers)
            self._ahead.begin(job.job_id, errand)

    def _waiting_jobs(self) -> list[Job]:
        """Return what is to do, oldest first. A job "running" without an owner was left by a process that died."""
        jobs = self._library.jobs(JobStatus.QUEUED)
        if not self._directory.is_owned_elsewhere():
            jobs += self._library.jobs(JobStatus.RUNNING)
        return sorted((job for job in jobs if job.kind == ADD), key=lambda job: job.job_id)

    def _carry_out(self, job: Job, shift: _Shift, answers: Answers, behind: Sequence[Job]) -> AddResult:
        job = self._library.take_job(job.job_id, now=self._clock())
        request = AddRequest.of_job(job.request)
        if job.attempts > MAX_ATTEMPTS:
            given = request.given.text
            error = Refused(
                what=given, reason=f"adding it was cut off {MAX_ATTEMPTS} times", advice="Add it again to retry."
            )
            result = AddResult(given=given, status=AddStatus.FAILED, error=error)
        else:
            result = self._taken_in(job, request, shift, answers, behind if job.attempts == 1 else ())
        sentence = sentence_for(result.error) if result.error else ""
        kept = result.as_json() if request.origin else None
        self._library.end_job(job.job_id, error=sentence, result=kept, now=self._clock())
        if request.given.upload is not None:
            self._uploads.drop(request.given.upload)
        shift.finished(job.job_id, request.origin, result)
        return result

    def _taken_in(
        self, job: Job, request: AddRequest, shift: _Shift, answers: Answers, behind: Sequence[Job]
    ) -> AddResult:
        def told(step: Step) -> None:
            if step.stage == "embed" and not step.done and shift.go_on():
                self._begin(behind, answers)
            shift.progress(replace(step, job_id=job.job_id))

        given, options = request.given, request.options
        try:
            return self._intake.add(
                given,
                guild=job.guild,
                options=options,
                progress=told,
                answers=answers,
                errand=self._ahead.taken(job.job_id, told),
            )
        except Exception as error:
            log.warning("adding %r failed unexpectedly", given.text, exc_info=True)
            return AddResult(given=given.text, status=AddStatus.FAILED, error=error)

    def _waiting(self, job_id: int, given: str) -> AddResult:
        """Say what became of a job that another process has."""
        job = self._library.job(job_id)
        if job is not None and job.status is JobStatus.FAILED:
            return AddResult(given=given, status=AddStatus.FAILED, error=Recorded(job.error))
        return AddResult(given=given, status=AddStatus.QUEUED)


@dataclass(frozen=True, slots=True)
class _Shift:
    """One round of work: whom to tell, and what came of it so far by job."""

    progress: Progress
    finished: Finished
    go_on: Callable[[], bool]
    results: dict[int, AddResult]


def _working_folder() -> Path:
    """Return the folder where a command's relative paths begin, whoever carries them out."""
    try:
        return Path.cwd()
    except OSError:  # somebody removed it
        return Path()
