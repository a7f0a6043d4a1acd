"""Housekeeping of the storefront."""

from goodfor.kernel.clock import utc_now
from goodfor.kernel.jobs import app, task
from goodfor.storefront.operations.forget_attempts import forget_attempts as run
from goodfor.storefront.operations.forget_sessions import forget_sessions as run_forget_sessions


@app.periodic(cron="17 * * * *")
@task(queue="housekeeping", name="storefront.forget_attempts")
def forget_attempts(timestamp: int) -> int:  # noqa: ARG001  (periodic tasks are given their time)
    """Drop counted tries of yesterday; how many rows went."""
    return run(now=utc_now())


@app.periodic(cron="27 * * * *")
@task(queue="housekeeping", name="storefront.forget_sessions")
def forget_sessions(timestamp: int) -> int:  # noqa: ARG001
    """Drop browsers' sessions that ended; how many rows went."""
    return run_forget_sessions(now=utc_now())
