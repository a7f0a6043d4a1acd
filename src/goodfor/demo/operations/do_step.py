"""The next step of a run; the last one ends it. What is to be done is looked at anew each time, so any step may be
repeated: killed in the middle and started again, a run comes to the same end.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.demo.models import Run
from goodfor.demo.operations.empty_step import empty_step, kept_products, steps_to_empty
from goodfor.demo.operations.fill_step import fill_step, steps_to_fill
from goodfor.demo.states import DONE, FILL, MACHINE, RUNNING
from goodfor.kernel import audit
from goodfor.kernel.statemachine import record_history


def do_step(*, shop_id: UUID, run_id: UUID, now: datetime) -> bool:
    """Do the first thing that is not done; False when the run is over. Not inside a transaction."""
    run = Run.objects.filter(shop_id=shop_id, id=run_id, state=RUNNING).first()
    if run is None:
        return False
    steps = steps_to_fill(shop_id, now) if run.kind == FILL else steps_to_empty(shop_id)
    if not steps:
        _end(run, now)
        return False
    step = fill_step if run.kind == FILL else empty_step
    step(shop_id=shop_id, step=steps[0], actor=run.actor, now=now)
    left = min(run.total, len(steps) - 1)
    Run.objects.filter(shop_id=shop_id, id=run_id, state=RUNNING).update(left=left)
    return True


@transaction.atomic
def _end(run: Run, now: datetime) -> None:
    kept = [] if run.kind == FILL else kept_products(run.shop_id)
    ended = Run.objects.filter(shop_id=run.shop_id, id=run.id, state=RUNNING).update(
        state=DONE, left=0, kept=kept, finished_at=now
    )
    if not ended:
        return
    record_history(
        shop_id=run.shop_id, machine=MACHINE, subject_id=run.id, moves=[(RUNNING, DONE)], actor=run.actor,
        cause=run.kind, now=now,
    )  # fmt: skip
    audit.record(
        shop_id=run.shop_id,
        actor=run.actor,
        action=f"demo.{run.kind}_done",
        subject=("demo_run", run.id),
        data={"steps": run.total, "kept": len(kept)},
        now=now,
    )
