"""Background jobs: rows in PostgreSQL (procrastinate), enqueued in the transaction of their cause.

Its insert sends a NOTIFY, which takes a database-wide lock at commit: never enqueue on the hot path, use a loop there.
"""

import contextlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from procrastinate import JobContext
from procrastinate.contrib.django import app

from goodfor.kernel.clock import utc_now
from goodfor.kernel.faults import brief
from goodfor.kernel.operations.note_job_failure import note_job_failure

__all__ = ["app", "task"]


def task(*, queue: str, name: str, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Make a function a job. When it fails, the kind of error and its place are kept for the staff's page."""

    def decorate(function: Callable[..., Any]) -> Any:
        @wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            context = args[0] if args and isinstance(args[0], JobContext) else None
            try:
                return function(*(args[1:] if context else args), **kwargs)
            except Exception as error:
                if context is not None and context.job.id is not None:
                    # Whatever keeps the note from being written must not hide the error itself.
                    with contextlib.suppress(Exception):
                        note_job_failure(job_id=context.job.id, error=brief(error), now=utc_now())
                raise

        return app.task(queue=queue, name=name, pass_context=True, **options)(run)

    return decorate
