"""The demo's duty in the worker: go on with the runs that are not over. Work is found in the table, so none is lost."""

from datetime import datetime, timedelta

from goodfor.demo.models import Run
from goodfor.demo.operations.do_step import do_step
from goodfor.demo.states import RUNNING
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.kernel.loops import loop
from goodfor.kernel.tenancy import platform_job

TURN = timedelta(seconds=20)


@loop(name="demo.runs", seconds=1.0)
def do_runs(now: datetime) -> int:
    """Go on with each run for a while; how many steps. One process does this at a time."""
    with platform_job("demo runs of all shops"):
        runs = list(Run.objects.filter(state=RUNNING).order_by("id")[:20])
    steps = 0
    for run in runs:
        try:
            while utc_now() < now + TURN and do_step(shop_id=run.shop_id, run_id=run.id, now=utc_now()):
                steps += 1
        except DomainError:
            # Somebody has just bought what was to be voided, or imports the same file: the next turn looks anew.
            continue
    return steps
