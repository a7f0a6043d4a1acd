"""Count a refund on its day, within the shop's bounds. Runs in the transaction that decides it, before the ledger."""

from datetime import datetime
from uuid import UUID

from django.db.models import F

from goodfor.identity import queries as identity
from goodfor.identity.types import Permission
from goodfor.kernel.sql import Statement
from goodfor.orders.deciding import AUTO, CLIENT, STAFF, Decider
from goodfor.orders.errors import RefundAboveDailyLimit, RefundCapReached, RefundNeedsProof
from goodfor.orders.models import RefundCount, RefundDay
from goodfor.orders.refund_days import Day, counted, day_of
from goodfor.payments.operations.open_case import open_case
from goodfor.payments.types import RefundView

_COUNT = Statement("goodfor.orders", "sql/count_refund.sql")


def count_refund(*, shop_id: UUID, refund: RefundView, by: Decider, now: datetime) -> None:
    """Add a new refund to the sums of today; one that was counted before changes nothing.

    The staff: the shop's cap for all of them; above the line of one refund or of a person's day a fresh proof, above
    the latter also the right to it. An API client has the cap for itself, so that it cannot use up the room of the
    staff. What code gives back by itself is only watched. The sum of all comes before that of one, everywhere.
    Raises RefundCapReached, RefundAboveDailyLimit, RefundNeedsProof.
    """
    day = day_of(identity.shop_by_id(shop_id), now)
    row = RefundCount(
        refund_id=refund.id, shop_id=shop_id, day=day.on, currency=refund.amount.currency, kind=by.kind,
        actor="" if by.kind == AUTO else by.actor, minor=refund.amount.amount_minor,
    )  # fmt: skip
    if RefundCount.objects.filter(shop_id=shop_id, refund_id=refund.id).exists():
        return
    row.save(force_insert=True)
    if by.kind == AUTO:
        _watch(row, day, now)
    elif by.kind == CLIENT:
        _add(row, row.actor, day.limits.cap)
    else:
        _add(row, "", day.limits.cap)
        _judge_day(row, by, _add(row, row.actor, None), day)
    if by.by_person and _above(row.minor, day.limits.each) and not by.proven:
        raise RefundNeedsProof


def uncount_refund(*, shop_id: UUID, refund_id: UUID, now: datetime) -> str:
    """A refund failed for good: its day has the room again. As what it was counted; empty where it was not.

    Harmless when repeated.
    """
    row = RefundCount.objects.filter(shop_id=shop_id, refund_id=refund_id).first()
    if row is None:
        return ""
    open_ones = RefundCount.objects.filter(shop_id=shop_id, refund_id=refund_id, given_up_at__isnull=True)
    if open_ones.update(given_up_at=now):
        # In the order of counting: who holds the sum of all waits for nobody's own.
        for actor in ("", row.actor) if row.kind == STAFF else (row.actor,):
            sums = RefundDay.objects.filter(
                shop_id=shop_id, day=row.day, currency=row.currency, kind=row.kind, actor=actor
            )
            sums.update(minor=F("minor") - row.minor)
    return row.kind


def _add(row: RefundCount, actor: str, cap: int | None) -> int:
    """The sum with it. Raises RefundCapReached."""
    key = {"shop_id": row.shop_id, "day": row.day, "currency": row.currency, "kind": row.kind, "actor": actor}
    added = _COUNT.row({**key, "minor": row.minor, "cap": cap})
    if added is None:
        used = counted(row.shop_id, row.day, row.currency, row.kind, actor)
        raise RefundCapReached(day=row.day, currency=row.currency, used_minor=used, cap_minor=cap or 0)
    return int(added[0])


def _judge_day(row: RefundCount, by: Decider, sum_minor: int, day: Day) -> None:
    if not _above(sum_minor, day.limits.daily):
        return
    person = identity.staff_by_actor(row.shop_id, by.actor)
    if person is None or not person.may(Permission.ORDERS_REFUND_MORE):
        raise RefundAboveDailyLimit
    if not by.proven:
        raise RefundNeedsProof


def _watch(row: RefundCount, day: Day, now: datetime) -> None:
    sum_minor = _add(row, "", None)
    if _above(sum_minor, day.limits.alarm):
        open_case(
            shop_id=row.shop_id,
            kind="refund_alarm",
            business_key=f"{row.day.isoformat()}:{row.currency}",
            detail={
                "day": row.day.isoformat(),
                "currency": row.currency,
                "refunded_minor": sum_minor,
                "limit_minor": day.limits.alarm,
            },
            now=now,
        )


def _above(minor: int, bound: int | None) -> bool:
    return bound is not None and minor > bound
