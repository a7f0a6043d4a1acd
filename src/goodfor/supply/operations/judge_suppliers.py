"""Let something follow by itself from how many of a supplier's codes were bad within a week: see `judging`."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.events import publish
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.supply.errors import ConsequenceLifted, ConsequenceNotFound
from goodfor.supply.events import SupplierJudged
from goodfor.supply.judging import FACTOR, Bounds, Verdict, after, judge
from goodfor.supply.judging_models import Consequence
from goodfor.supply.locks import lock_supplier

_BAD: Final = Statement("goodfor.supply", "sql/bad_codes.sql")
SPAN: Final = timedelta(days=7)
SYSTEM: Final = "system"


def judge_suppliers(*, now: datetime) -> int:
    """All shops; for how many suppliers something changed."""
    with platform_job("judge suppliers by their bad codes"):
        rows = _BAD.rows({"since": now - SPAN, "supplier_id": None})
    return sum(_judge(row[0], row[1], now) for row in rows if _found(row)[0] != row[5])


def _found(row: Any) -> tuple[str, Verdict]:
    verdict = judge(units=row[3], bad=row[4], bounds=Bounds(*row[6:10]))
    return after(row[5], verdict.level), verdict


@transaction.atomic
def _judge(shop_id: UUID, supplier_id: UUID, now: datetime) -> int:
    lock_supplier(shop_id, supplier_id)
    with platform_job("judge a supplier by its bad codes"):
        row = _BAD.row({"since": now - SPAN, "supplier_id": supplier_id})
    if row is None:
        return 0
    level, verdict = _found(row)
    was: str = row[5]
    if level == was:
        return 0
    Consequence.objects.filter(shop_id=shop_id, supplier_id=supplier_id, lifted_at__isnull=True).update(
        lifted_at=now, lifted_by=SYSTEM, note=level or "better"
    )
    bad = min(row[4], row[3])
    if level:
        Consequence.objects.create(
            shop_id=shop_id, supplier_id=supplier_id, level=level, factor=FACTOR, since=row[2], units=row[3], bad=bad,
            rate_points=verdict.rate_points, bound_points=verdict.bound_points, at=now,
        )  # fmt: skip
    _told(shop_id, SupplierJudged(supplier_id, level, was, verdict.rate_points, row[3], bad), SYSTEM, "", now)
    return 1


@transaction.atomic(savepoint=False)
def lift_consequence(*, shop_id: UUID, consequence_id: UUID, note: str, actor: str, now: datetime) -> None:
    """A person answers for the supplier: what was bad until now counts no more. `note`: why.

    Raises ConsequenceNotFound, ConsequenceLifted.
    """
    known = Consequence.objects.filter(shop_id=shop_id, id=consequence_id)
    row = known.first()
    if row is None:
        raise ConsequenceNotFound
    lock_supplier(shop_id, row.supplier_id)
    words = note.strip()[:200]
    if not known.filter(lifted_at__isnull=True).update(lifted_at=now, lifted_by=actor[:100], note=words):
        raise ConsequenceLifted
    event = SupplierJudged(row.supplier_id, "", row.level, row.rate_points, row.units, row.bad)
    _told(shop_id, event, actor, words, now)


def _told(shop_id: UUID, event: SupplierJudged, actor: str, note: str, now: datetime) -> None:
    audit.record(
        shop_id=shop_id,
        actor=actor,
        action="supply.judged" if event.level else "supply.judgement_lifted",
        subject=("supply.supplier", event.supplier_id),
        data={
            "level": event.level, "was": event.was, "rate_points": event.rate_points, "units": event.units,
            "bad": event.bad, "note": note,
        },
        now=now,
    )  # fmt: skip
    publish(shop_id=shop_id, event=event, cause=("supply.supplier", event.supplier_id), now=now)
