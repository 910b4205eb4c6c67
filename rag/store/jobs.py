"""Work that must survive a kill: written before it starts, marked when it ends."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from rag.store import tables as t
from rag.store.base import Shelf
from rag.store.rows import aware, naive


class JobStatus(StrEnum):
    """The life of a job. ``RUNNING`` at start-up means that the process died in it."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """One request of one guild; ``request`` is plain JSON of the kind's own shape."""

    job_id: int
    guild: str
    kind: str
    request: dict[str, Any]
    status: JobStatus
    error: str
    attempts: int
    created_at: datetime
    updated_at: datetime


class JobShelf(Shelf):
    """The queue. Any process may add; the one that owns the data directory takes."""

    def add_job(self, guild: str, kind: str, request: dict[str, Any], *, now: datetime) -> int:
        """Queue a request and return its id."""
        with self._writing() as connection:
            key = connection.execute(
                t.jobs.insert().values(
                    guild=guild,
                    kind=kind,
                    request=request,
                    status=JobStatus.QUEUED.value,
                    error="",
                    attempts=0,
                    created_at=naive(now),
                    updated_at=naive(now),
                )
            ).inserted_primary_key
        return int(key[0]) if key else 0

    def job(self, job_id: int) -> Job | None:
        """Return one job."""
        return next(iter(self._jobs(t.jobs.c.job_id == job_id)), None)

    def jobs(self, status: JobStatus, *, limit: int | None = None) -> tuple[Job, ...]:
        """Return the jobs in one state, oldest first."""
        return self._jobs(t.jobs.c.status == status.value, limit=limit)

    def job_count(self, guild: str, status: JobStatus) -> int:
        """Return how many jobs of a guild are in one state."""
        counted = (
            sa.select(sa.func.count())
            .select_from(t.jobs)
            .where(t.jobs.c.guild == guild, t.jobs.c.status == status.value)
        )
        with self._reading() as connection:
            return int(connection.execute(counted).scalar_one())

    def take_job(self, job_id: int, *, now: datetime) -> Job:
        """Mark a job as running and count the attempt."""
        values = {"status": JobStatus.RUNNING.value, "attempts": t.jobs.c.attempts + 1, "updated_at": naive(now)}
        with self._writing() as connection:
            connection.execute(t.jobs.update().where(t.jobs.c.job_id == job_id).values(**values))
        job = self.job(job_id)
        assert job is not None
        return job

    def end_job(self, job_id: int, *, error: str = "", result: dict[str, Any] | None = None, now: datetime) -> None:
        """Mark a job as done, or failed with a sentence. ``result`` waits in its request until :meth:`jobs_told`."""
        status = JobStatus.FAILED if error else JobStatus.DONE
        values: dict[str, object] = {"status": status.value, "error": _storable(error), "updated_at": naive(now)}
        with self._writing() as connection:
            if result is not None:
                request = connection.execute(sa.select(t.jobs.c.request).where(t.jobs.c.job_id == job_id)).scalar_one()
                values["request"] = {**request, "result": result}
            connection.execute(t.jobs.update().where(t.jobs.c.job_id == job_id).values(**values))

    def jobs_untold(self) -> tuple[Job, ...]:
        """Return the ended jobs whose result still waits for whoever asked, oldest first."""
        return self._jobs(sa.and_(_ENDED, _RESULT.is_not(None)))

    def jobs_told(self, job_ids: Collection[int]) -> None:
        """Forget, of ended jobs, their results and who asked for them: both were for telling that person."""
        with self._writing() as connection:
            for job_id in job_ids:
                ended = sa.and_(t.jobs.c.job_id == job_id, _ENDED)
                request = connection.execute(sa.select(t.jobs.c.request).where(ended)).scalar()
                if request is not None:
                    kept = {name: value for name, value in request.items() if name not in _FOR_TELLING}
                    connection.execute(t.jobs.update().where(ended).values(request=kept))

    def forget_jobs_before(self, moment: datetime) -> int:
        """Erase ended jobs that nobody has to be told of and that have not changed since; return how many.

        The newest stays, so that no id is given twice.
        """
        newest = sa.select(sa.func.max(t.jobs.c.job_id)).scalar_subquery()
        over = sa.and_(_ENDED, _RESULT.is_(None), t.jobs.c.updated_at < naive(moment), t.jobs.c.job_id < newest)
        with self._writing() as connection:
            return connection.execute(t.jobs.delete().where(over)).rowcount

    def forget_origins(self, matching: Callable[[str], bool]) -> None:
        """Forget, of jobs in any state, who asked for them where ``matching`` knows their origin."""
        with self._writing() as connection:
            known = connection.execute(sa.select(t.jobs.c.job_id, t.jobs.c.request).where(_ORIGIN != "")).all()
            for row in known:
                if matching(row.request["origin"]):
                    told = {name: value for name, value in row.request.items() if name not in _FOR_TELLING}
                    connection.execute(t.jobs.update().where(t.jobs.c.job_id == row.job_id).values(request=told))

    def recent_failures(self, guild: str, *, limit: int = 5) -> tuple[Job, ...]:
        """Return the guild's last failed jobs, newest first."""
        failed = sa.and_(t.jobs.c.guild == guild, t.jobs.c.status == JobStatus.FAILED.value)
        return self._jobs(failed, limit=limit, newest=True)

    def _jobs(
        self, condition: sa.ColumnElement[bool], *, limit: int | None = None, newest: bool = False
    ) -> tuple[Job, ...]:
        order = t.jobs.c.job_id.desc() if newest else t.jobs.c.job_id
        with self._reading() as connection:
            rows = connection.execute(sa.select(t.jobs).where(condition).order_by(order).limit(limit)).all()
        return tuple(
            Job(
                job_id=row.job_id,
                guild=row.guild,
                kind=row.kind,
                request=row.request,
                status=JobStatus(row.status),
                error=row.error,
                attempts=row.attempts,
                created_at=aware(row.created_at),
                updated_at=aware(row.updated_at),
            )
            for row in rows
        )


_FOR_TELLING = ("origin", "result")
_RESULT = t.jobs.c.request["result"].as_string()
_ORIGIN = t.jobs.c.request["origin"].as_string()
_ENDED = t.jobs.c.status.in_((JobStatus.DONE.value, JobStatus.FAILED.value))


def _storable(text: str) -> str:
    """Return a text that may name a file whose name is no UTF-8 as one that can be written down."""
    return text.encode("utf-8", "replace").decode()
