"""Small steps that operations on subscriptions share; each runs in its caller's transaction, under its locks."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from goodfor.identity import queries as identity
from goodfor.identity.types import Permission
from goodfor.kernel.events import publish
from goodfor.kernel.ids import uuid7
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.statemachine import Machine, record_history
from goodfor.ledger import operations as ledger
from goodfor.payments.operations.end_attempts import end_attempts
from goodfor.payments.operations.end_mandate import end_mandate
from goodfor.subscriptions import accounts, states
from goodfor.subscriptions.errors import AlreadySubscribed, PlanSetForbidden
from goodfor.subscriptions.events import RenewalAnnounced, SubscriptionEnded
from goodfor.subscriptions.models import Period, Subscription, Terms
from goodfor.subscriptions.schedule import ANNOUNCED, SLACK, months_on, span
from goodfor.subscriptions.types import SOURCE as SOURCE


def zone_of(shop_id: UUID) -> ZoneInfo:
    """The shop's clock."""
    return ZoneInfo(identity.shop_by_id(shop_id).timezone)


def must_be_able(shop_id: UUID, actor: str) -> None:
    """Raise PlanSetForbidden unless this is a person of the shop who may set subscriptions."""
    person = identity.staff_by_actor(shop_id, actor)
    if person is None or not person.may(Permission.SUBSCRIPTIONS_SET):
        raise PlanSetForbidden


def be_alone(shop_id: UUID, owner: UUID) -> None:
    """Whoever begins a subscription, or changes its plan, is by himself until his transaction ends.

    After the lock of a subscription that is live, and before that of one that waits to be signed.
    """
    advisory_xact_lock(("subscriber", shop_id, owner))


def must_be_wanted_once(shop_id: UUID, owner: UUID, plan_id: UUID, *, but: UUID | None = None) -> None:
    """Raise AlreadySubscribed where another live subscription of his has this plan, will have it, or is charged for it.

    Of two that are charged for one plan only one could have it.
    """
    be_alone(shop_id, owner)
    live = Subscription.objects.filter(shop_id=shop_id, owner=owner, state__in=sorted(states.LIVE))
    rows = [row for row in live.values_list("id", "plan_id", "next_terms__plan_id") if row[0] != but]
    charged = Period.objects.filter(
        shop_id=shop_id, subscription_id__in=[row[0] for row in rows], state__in=states.UNPAID, terms__plan_id=plan_id
    )  # fmt: skip
    if any(plan_id in row[1:] for row in rows) or charged.exists():
        raise AlreadySubscribed


def move_subscription(
    row: Subscription, to_state: str, *, actor: str, cause: str, now: datetime, **changes: Any
) -> None:  # fmt: skip
    """A held subscription's next state with what else of it changes, and its history. Raises IllegalTransition."""
    was = row.state
    _move(row, states.SUBSCRIPTION, to_state, actor, cause, now, changes)
    if was != to_state and to_state == states.ENDED:
        event = SubscriptionEnded(row.id, row.owner, row.why)
        publish(shop_id=row.shop_id, event=event, cause=("subscriptions.subscription", row.id), now=now)


def move_period(row: Period, to_state: str, *, actor: str, cause: str, now: datetime, **changes: Any) -> None:
    """The same of a period."""
    if to_state not in states.UNPAID:
        changes.setdefault("next_try_at", None)
    _move(row, states.PERIOD, to_state, actor, cause, now, changes)


def begin_period(
    row: Subscription, terms: Terms, *, kind: str, starts_at: datetime, anchor_at: datetime, cycle: int,
    charge_at: datetime, cause: str, now: datetime, **more: Any,
) -> Period:  # fmt: skip
    """A period that is to be charged. `cycle`: it is the so manieth from the anchor on."""
    zone = zone_of(row.shop_id)
    ends_at = months_on(anchor_at, terms.months * (cycle + 1), zone)
    first_day, days = span(starts_at, ends_at, zone)
    row.periods += 1
    Subscription.objects.filter(shop_id=row.shop_id, id=row.id).update(periods=row.periods)
    period = Period.objects.create(
        id=uuid7(), shop_id=row.shop_id, subscription=row, terms=terms, number=row.periods, kind=kind,
        starts_at=starts_at, ends_at=ends_at, first_day=first_day, days=days, price_minor=terms.price_minor,
        currency=terms.currency, picks=terms.picks, next_try_at=charge_at, created_at=now, **more,
    )  # fmt: skip
    record_history(
        shop_id=row.shop_id, machine=states.PERIOD, subject_id=period.id, moves=[(None, states.DUE)], actor="system",
        cause=cause, now=now,
    )  # fmt: skip
    return period


def announce_again(row: Subscription, *, now: datetime) -> None:
    """The member has just changed what comes next: what was announced before is announced as it is now, and not late.

    Of a held subscription without an unpaid period; where its time to be announced has not come the loop does it.
    """
    renews = row.state in (states.ACTIVE, states.PAUSED) and not row.stops and not row.mandate_over
    if not renews or row.next_start is None or row.anchor_at is None or row.mandate_id is None:
        return
    charge_at = row.next_start - timedelta(hours=row.ahead_hours)
    if charge_at - ANNOUNCED - SLACK > now:
        return
    period = begin_renewal(row, charge_at=max(charge_at, now), cause="changed", now=now)
    event = RenewalAnnounced(
        row.id, period.id, row.owner, period.price_minor, period.currency, max(charge_at, now).isoformat()
    )  # fmt: skip
    publish(shop_id=row.shop_id, event=event, cause=("subscriptions.period", period.id), now=now)


def begin_renewal(row: Subscription, *, charge_at: datetime, cause: str, now: datetime) -> Period:
    """The next period of one that was paid before, by the terms that are wanted next; late, it begins now."""
    assert row.next_start is not None
    terms = Terms.objects.get(shop_id=row.shop_id, id=row.next_terms_id or row.terms_id)
    starts_at = max(row.next_start, now)
    goes_on = terms.id == row.terms_id and starts_at == row.next_start
    anchor_at, cycle = (row.anchor_at, row.cycle) if goes_on and row.anchor_at else (starts_at, 0)
    return begin_period(
        row, terms, kind=states.RENEWAL, starts_at=starts_at, anchor_at=anchor_at, cycle=cycle, charge_at=charge_at,
        cause=cause, now=now,
    )  # fmt: skip


def fail_period(period: Period, why: str, *, actor: str, now: datetime) -> None:
    """Nobody wants its money any more: what was not sent is not sent, and what comes all the same goes back."""
    if period.state == states.CHARGING:
        end_attempts(shop_id=period.shop_id, source_type=SOURCE, source_id=period.id, now=now)
    move_period(period, states.FAILED, actor=actor, cause=why, now=now, why=why)
    if period.replaces is not None:
        # The upgrade is off: days of the old period count as before.
        Period.objects.filter(shop_id=period.shop_id, id=period.replaces).update(recognise_before=None)


def end_subscription(row: Subscription, why: str, *, actor: str, now: datetime) -> None:
    """It is over: nothing is charged any more, here or at the channel."""
    for period in Period.objects.filter(
        shop_id=row.shop_id, subscription_id=row.id, state__in=states.UNPAID
    ):  # fmt: skip
        fail_period(period, why, actor=actor, now=now)
    move_subscription(row, states.ENDED, actor=actor, cause=why, now=now, why=why, ended_at=now)
    for mandate_id in filter(None, (row.mandate_id, row.signing_id)):
        end_mandate(shop_id=row.shop_id, mandate_id=mandate_id, by="system", now=now)


def close_period(period: Period, *, credited_minor: int, cause: str, now: datetime, ends_at: datetime) -> None:
    """A paid period is over before its time: so much of it is credited, and the rest is income now."""
    rest = period.price_minor - period.credited_minor - period.back_deferred_minor - period.recognised_minor
    entry = accounts.close_entry(period_id=period.id, minor=rest - credited_minor, now=now)
    changes: dict[str, Any] = {
        "credited_minor": credited_minor, "recognised_minor": period.recognised_minor + rest - credited_minor,
        "ends_at": max(period.starts_at, min(period.ends_at, ends_at)), "settled_at": now,
    }  # fmt: skip
    move_period(period, states.CLOSED, actor="system", cause=cause, now=now, **changes)
    if entry is not None:
        ledger.post(shop_id=period.shop_id, currency=period.currency, entries=(entry,), now=now)


def current_period(row: Subscription, now: datetime) -> Period | None:
    """The paid period that an instant lies in."""
    rows = Period.objects.filter(
        shop_id=row.shop_id, subscription_id=row.id, state__in=(states.PAID, states.CLOSED), starts_at__lte=now,
        ends_at__gt=now,
    )  # fmt: skip
    return rows.order_by("-number").first()


def unpaid_period(row: Subscription) -> Period | None:
    """What is to be charged, or is being charged, of a held subscription."""
    return Period.objects.filter(shop_id=row.shop_id, subscription_id=row.id, state__in=states.UNPAID).first()


def being_credited(period: Period) -> bool:
    """Whether an upgrade is being charged less what this period, whose subscription is held, was still worth."""
    return Period.objects.filter(
        shop_id=period.shop_id, subscription_id=period.subscription_id, replaces=period.id, state__in=states.UNPAID,
        credit_minor__gt=0,
    ).exists()  # fmt: skip


def _move(
    row: Subscription | Period, machine: Machine, to_state: str, actor: str, cause: str, now: datetime,
    changes: dict[str, Any],
) -> None:  # fmt: skip
    was = row.state
    if was != to_state:
        machine.check(was, to_state)
        changes = {"state": to_state, **changes}
    if changes:
        type(row)._default_manager.filter(shop_id=row.shop_id, id=row.id, state=was).update(**changes)
    for name, value in changes.items():
        setattr(row, name, value)
    if was != to_state:
        record_history(
            shop_id=row.shop_id, machine=machine, subject_id=row.id, moves=[(was, to_state)], actor=actor,
            cause=cause[:100], now=now,
        )  # fmt: skip
