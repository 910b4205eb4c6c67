"""Adds as jobs: written down first, carried out by whoever owns the data directory, resumed after a kill."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from rag.errors import LibraryBusy, Refused
from rag.intake.intake import Intake
from rag.intake.ownership import DataDirectory
from rag.intake.results import NO_OPTIONS, AddOptions, AddResult, AddStatus, Progress, silent
from rag.store.jobs import Job, JobStatus
from rag.store.library import Library
from rag.wording import sentence_for

log = logging.getLogger(__name__)

ADD = "add"
MAX_ATTEMPTS = 3
"""A job that was cut off this often is given up: the document may be what kills the process."""


class AddQueue:
    """The way in for every add. Any process may call it; one at a time does the work."""

    def __init__(
        self,
        *,
        library: Library,
        intake: Intake,
        directory: DataDirectory,
        clock: Callable[[], datetime],
        afterwards: Callable[[str], None],
    ) -> None:
        """``afterwards`` is told each guild whose adds were carried out, while the directory is still owned."""
        self._afterwards = afterwards
        self._library = library
        self._intake = intake
        self._directory = directory
        self._clock = clock

    def add(
        self, inputs: Sequence[str], *, guild: str, options: AddOptions = NO_OPTIONS, progress: Progress = silent
    ) -> list[AddResult]:
        """Take inputs in, in order; QUEUED where another process owns the directory and will carry them out."""
        mine = {self._queue(given, guild, options): given for given in inputs}
        done = self.carry_out(progress)
        left = {job_id for job_id in mine if job_id not in done}
        if left and not self._directory.is_owned_elsewhere():
            done |= self.carry_out(progress)  # the owner let go just after we queued
        return [done.get(job_id) or self._waiting(job_id, given) for job_id, given in mine.items()]

    def carry_out(self, progress: Progress = silent) -> dict[int, AddResult]:
        """Carry out every waiting add, those first that a killed process left; nothing when another process owns."""
        results: dict[int, AddResult] = {}
        try:
            while self._waiting_jobs():
                with self._directory.owned("add papers"):
                    jobs = self._waiting_jobs()  # asked anew: the last owner may have done some meanwhile
                    self._intake.ask_ahead([str(job.request["given"]) for job in jobs])
                    for job in jobs:
                        results[job.job_id] = self._carry_out(job, progress)
                    for guild in sorted({job.guild for job in jobs}):
                        self._afterwards(guild)
        except LibraryBusy:
            log.info("another process owns the library: %d adds wait for it", len(self._waiting_jobs()))
        return results

    def _queue(self, given: str, guild: str, options: AddOptions) -> int:
        request = {"given": given, "options": asdict(options)}
        return self._library.add_job(guild, ADD, request, now=self._clock())

    def _waiting_jobs(self) -> list[Job]:
        """Return what is to do, oldest first. A job "running" without an owner was left by a process that died."""
        jobs = self._library.jobs(JobStatus.QUEUED)
        if not self._directory.is_owned_elsewhere():
            jobs += self._library.jobs(JobStatus.RUNNING)
        return sorted((job for job in jobs if job.kind == ADD), key=lambda job: job.job_id)

    def _carry_out(self, job: Job, progress: Progress) -> AddResult:
        job = self._library.take_job(job.job_id, now=self._clock())
        given = str(job.request["given"])
        if job.attempts > MAX_ATTEMPTS:
            error = Refused(
                what=given, reason=f"adding it was cut off {MAX_ATTEMPTS} times", advice="Add it again to retry."
            )
            result = AddResult(given=given, status=AddStatus.FAILED, error=error)
        else:
            result = self._taken_in(job, given, progress)
        sentence = sentence_for(result.error) if result.error else ""
        self._library.end_job(job.job_id, error=sentence, now=self._clock())
        return result

    def _taken_in(self, job: Job, given: str, progress: Progress) -> AddResult:
        try:
            return self._intake.add(given, guild=job.guild, options=_options(job.request), progress=progress)
        except Exception as error:
            log.warning("adding %r failed unexpectedly", given, exc_info=True)
            return AddResult(given=given, status=AddStatus.FAILED, error=error)

    def _waiting(self, job_id: int, given: str) -> AddResult:
        """Say what became of a job that another process has."""
        job = self._library.job(job_id)
        if job is not None and job.status is JobStatus.FAILED:
            return AddResult(given=given, status=AddStatus.FAILED, error=Refused(what=given, reason=job.error))
        return AddResult(given=given, status=AddStatus.QUEUED)


def _options(request: dict[str, Any]) -> AddOptions:
    options = request["options"]
    return AddOptions(arxiv_id=options["arxiv_id"], title=options["title"], aliases=tuple(options["aliases"]))
