"""Ask for a shop to be filled, or emptied; the worker does it step by step."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.demo.errors import RealTrade, RunUnderWay
from goodfor.demo.models import Run
from goodfor.demo.operations.empty_step import steps_to_empty
from goodfor.demo.operations.fill_step import steps_to_fill
from goodfor.demo.queries import real_trade
from goodfor.demo.states import FILL, MACHINE, RUNNING
from goodfor.kernel import audit
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.statemachine import record_history


@transaction.atomic
def start_run(*, shop_id: UUID, kind: str, actor: str, now: datetime) -> UUID:
    """Start a filling or emptying; the same one that is under way already is returned.

    Raises RunUnderWay (of the other kind), RealTrade (a shop that sells for real is not filled).
    """
    advisory_xact_lock(("demo", shop_id))
    running = Run.objects.filter(shop_id=shop_id, state=RUNNING).first()
    if running is not None:
        if running.kind != kind:
            raise RunUnderWay
        return running.id
    if kind == FILL and real_trade(shop_id):
        raise RealTrade
    steps = len(steps_to_fill(shop_id, now) if kind == FILL else steps_to_empty(shop_id))
    run = Run.objects.create(shop_id=shop_id, kind=kind, actor=actor, total=steps, left=steps, created_at=now)
    record_history(
        shop_id=shop_id, machine=MACHINE, subject_id=run.id, moves=[(None, RUNNING)], actor=actor, cause=kind, now=now
    )
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action=f"demo.{kind}_started",
        subject=("demo_run", run.id),
        data={"steps": steps},
        now=now,
    )
    return run.id
