"""Reads of subscriptions, as dataclasses."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q

from goodfor.kernel.money import Money
from goodfor.kernel.sql import Statement
from goodfor.ledger import queries as ledger
from goodfor.payments import queries as payments
from goodfor.payments.types import AccountView
from goodfor.subscriptions import states
from goodfor.subscriptions.accounts import DEFERRED
from goodfor.subscriptions.errors import PeriodNotFound, PlanNotFound, SubscriptionNotFound
from goodfor.subscriptions.mapping import period_view, pick_view, plan_view, terms_view
from goodfor.subscriptions.models import Day, Pause, Period, Pick, Plan, Subscription, Terms
from goodfor.subscriptions.opened import begun_periods, leaves_nothing, open_periods
from goodfor.subscriptions.schedule import PAUSE_YEAR
from goodfor.subscriptions.types import (
    DayView,
    NextCharge,
    PeriodView,
    PickView,
    PlanView,
    Step,
    SubscriptionView,
)

_STEPS: Final = Statement(__package__, "sql/steps.sql")
_MOST: Final = 200


def is_on(shop_id: UUID) -> bool:
    """Whether a shop has plans on sale."""
    return Plan.objects.filter(shop_id=shop_id, state=states.ON_SALE).exists()


def plans(shop_id: UUID, *, on_sale: bool = False) -> list[PlanView]:
    """All of a shop with their latest terms, newest first; those on sale by their price of a month."""
    rows = Plan.objects.filter(shop_id=shop_id)
    rows = rows.filter(state=states.ON_SALE) if on_sale else rows
    found = list(rows.order_by("-id")[:_MOST])
    latest = _latest(shop_id, found)
    views = [plan_view(row, latest[row.id]) for row in found]
    return sorted(views, key=lambda view: view.terms.a_month.amount_minor) if on_sale else views


def plan(shop_id: UUID, plan_id: UUID) -> PlanView:
    """One. Raises PlanNotFound."""
    row = Plan.objects.filter(shop_id=shop_id, id=plan_id).first()
    if row is None:
        raise PlanNotFound
    return plan_view(row, _latest(shop_id, [row])[row.id])


def plan_by_slug(shop_id: UUID, slug: str) -> PlanView:
    """One on sale by its address. Raises PlanNotFound."""
    row = Plan.objects.filter(shop_id=shop_id, slug=slug, state=states.ON_SALE).first()
    if row is None:
        raise PlanNotFound
    return plan_view(row, _latest(shop_id, [row])[row.id])


def ways_to_sign(shop_id: UUID, currency: str, now: datetime) -> list[AccountView]:
    """The channels' accounts by which a member may be charged again and again."""
    found = [one for one in payments.accounts(shop_id, now) if one.enabled and one.currency == currency]
    return [one for one in found if payments.offers_mandates(shop_id, one.id)]


def most_charged(shop_id: UUID, view: PlanView) -> Money:
    """What whoever signs for a plan allows to be charged at once, at most: the dearest plan on sale."""
    others = [one.terms.price for one in plans(shop_id, on_sale=True)]
    return max([one for one in others if one.currency == view.terms.price.currency] + [view.terms.price])


def live_of(shop_id: UUID, plan_id: UUID) -> int:
    """How many have a plan."""
    live = Subscription.objects.filter(shop_id=shop_id, plan_id=plan_id, state__in=sorted(states.LIVE))
    return live.exclude(state=states.AWAITING).count()


def subscription(
    shop_id: UUID, subscription_id: UUID, now: datetime, owner: UUID | None = None
) -> SubscriptionView:  # fmt: skip
    """One; where an `owner` asks, his. Raises SubscriptionNotFound."""
    row = Subscription.objects.filter(shop_id=shop_id, id=subscription_id).first()
    if row is None or (owner is not None and row.owner != owner):
        raise SubscriptionNotFound
    return _views(shop_id, [row], now)[0]


def subscriptions_of(shop_id: UUID, owner: UUID, now: datetime) -> list[SubscriptionView]:
    """A member's, live ones first, then the newest."""
    rows = Subscription.objects.filter(shop_id=shop_id, owner=owner).order_by("-id")[:_MOST]
    return sorted(_views(shop_id, list(rows), now), key=lambda view: view.state == states.ENDED)


def search(
    shop_id: UUID, now: datetime, *, state: str = "", plan_id: UUID | None = None, owner: UUID | None = None,
    before: UUID | None = None, limit: int = 50,
) -> list[SubscriptionView]:  # fmt: skip
    """For the staff, newest first; `before` continues after one."""
    asked = Q(shop_id=shop_id)
    if state:
        asked &= Q(state=state)
    if plan_id is not None:
        asked &= Q(plan_id=plan_id)
    if owner is not None:
        asked &= Q(owner=owner)
    if before is not None:
        asked &= Q(id__lt=before)
    return _views(shop_id, list(Subscription.objects.filter(asked).order_by("-id")[:limit]), now)


def periods(shop_id: UUID, subscription_id: UUID, now: datetime) -> list[PeriodView]:
    """Of a subscription, newest first."""
    rows = Period.objects.filter(shop_id=shop_id, subscription_id=subscription_id).order_by("-number")[:_MOST]
    return [period_view(row, now) for row in rows]


def period(shop_id: UUID, period_id: UUID, now: datetime) -> PeriodView:
    """One. Raises PeriodNotFound."""
    row = Period.objects.filter(shop_id=shop_id, id=period_id).first()
    if row is None:
        raise PeriodNotFound
    return period_view(row, now)


def owner_of_period(shop_id: UUID, period_id: UUID) -> UUID:
    """The member. Raises PeriodNotFound."""
    found = Period.objects.filter(shop_id=shop_id, id=period_id).values_list("subscription__owner", flat=True).first()
    if found is None:
        raise PeriodNotFound
    return found


def open_period(shop_id: UUID, subscription_id: UUID, now: datetime) -> PeriodView | None:
    """The period whose picks are open now, else the one that lasts; None: nothing paid lasts, or leaves anything."""
    row = Subscription.objects.filter(shop_id=shop_id, id=subscription_id).first()
    if row is None or leaves_nothing(row):
        return None
    views = [period_view(period, now) for period in begun_periods(row, now)]
    lasting = [view for view in views if view.ends_at > now]
    return next((view for view in views if view.open), lasting[-1] if lasting else None)


def open_goods(shop_id: UUID, subscription_id: UUID, now: datetime) -> tuple[UUID, ...]:
    """SKUs that may be picked now, by the terms of the periods that are open: not always those of today's plan."""
    row = Subscription.objects.filter(shop_id=shop_id, id=subscription_id).first()
    terms_ids = [period.terms_id for period in open_periods(row, now)] if row is not None else []
    skus = dict(Terms.objects.filter(shop_id=shop_id, id__in=terms_ids).values_list("id", "skus"))
    return tuple(dict.fromkeys(sku_id for terms_id in terms_ids for sku_id in skus[terms_id]))


def next_charge(shop_id: UUID, view: SubscriptionView) -> NextCharge | None:
    """When it is charged next, and how much, as it stands now; None: not any more."""
    waiting = Period.objects.filter(
        shop_id=shop_id, subscription_id=view.id, state__in=sorted(states.UNPAID)
    ).first()  # fmt: skip
    if waiting is not None and waiting.next_try_at is not None:
        amount = Money(waiting.price_minor - waiting.credit_minor, waiting.currency)
        return NextCharge(waiting.next_try_at, amount, waiting.attempt > 0)
    if view.state not in (states.ACTIVE, states.PAUSED) or view.stops or view.mandate_over or view.next_start is None:
        return None
    ahead = Subscription.objects.values_list("ahead_hours", flat=True).get(shop_id=shop_id, id=view.id)
    terms = view.next_plan.terms if view.next_plan else view.terms
    return NextCharge(view.next_start - timedelta(hours=ahead), terms.price, again=False)


def picks(shop_id: UUID, subscription_id: UUID, *, period_ids: Sequence[UUID] = ()) -> list[PickView]:
    """Of a subscription, or some periods of it, newest first."""
    rows = Pick.objects.filter(shop_id=shop_id, subscription_id=subscription_id)
    rows = rows.filter(period_id__in=period_ids) if period_ids else rows
    return [pick_view(row) for row in rows.order_by("-id")[:_MOST]]


def steps(shop_id: UUID, subscription_id: UUID) -> list[Step]:
    """What became of a subscription, newest first."""
    return [Step(*row) for row in _STEPS.rows({"shop_id": shop_id, "id": subscription_id, "most": _MOST})]


def days(shop_id: UUID, limit: int = 31) -> list[DayView]:
    """Days that were recognised, newest first."""
    rows = Day.objects.filter(shop_id=shop_id).order_by("-day")[:limit]
    return [DayView(row.day, row.minor, row.periods) for row in rows]


def deferred(shop_id: UUID, currency: str) -> Money:
    """What the books owe in time."""
    return Money(ledger.balance(shop_id, DEFERRED, currency), currency)


def pause_days_left(row: Subscription, now: datetime) -> int:
    """How many days it may still pause, of those that its terms allow in a year."""
    allowed = Terms.objects.values_list("pause_days", flat=True).get(shop_id=row.shop_id, id=row.terms_id)
    if not allowed:
        return 0
    since = now - PAUSE_YEAR
    used = sum(
        (one.ends_at - max(one.starts_at, since) for one in _pauses(row) if one.ends_at > since), start=timedelta()
    )
    return max(0, allowed - -(-used // timedelta(days=1)))


def _pauses(row: Subscription) -> list[Pause]:
    return list(Pause.objects.filter(shop_id=row.shop_id, subscription_id=row.id).order_by("id"))


def _latest(shop_id: UUID, rows: Sequence[Plan]) -> dict[UUID, Terms]:
    """The latest terms of plans."""
    wanted = {row.id: row.revision for row in rows}
    found = Terms.objects.filter(shop_id=shop_id, plan_id__in=list(wanted))
    return {terms.plan_id: terms for terms in found if terms.number == wanted[terms.plan_id]}


def _views(shop_id: UUID, rows: Sequence[Subscription], now: datetime) -> list[SubscriptionView]:
    term_ids = {row.terms_id for row in rows} | {row.next_terms_id for row in rows if row.next_terms_id}
    terms = {one.id: one for one in Terms.objects.filter(shop_id=shop_id, id__in=term_ids)}
    plan_rows = {
        one.id: one for one in Plan.objects.filter(shop_id=shop_id, id__in={one.plan_id for one in terms.values()})
    }
    views = []
    for row in rows:
        own, later = terms[row.terms_id], terms[row.next_terms_id] if row.next_terms_id else None
        views.append(
            SubscriptionView(
                id=row.id, owner=row.owner, plan=plan_view(plan_rows[own.plan_id], own), terms=terms_view(own),
                next_plan=plan_view(plan_rows[later.plan_id], later) if later else None, state=row.state, why=row.why,
                stops=row.stops, mandate_over=row.mandate_over, mandate_id=row.mandate_id, next_start=row.next_start,
                paid_until=row.paid_until, created_at=row.created_at, ended_at=row.ended_at,
                pause_left=pause_days_left(row, now),
            )
        )  # fmt: skip
    return views
