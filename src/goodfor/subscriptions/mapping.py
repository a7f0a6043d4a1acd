"""Rows as views."""

from datetime import datetime

from goodfor.kernel.money import Money
from goodfor.subscriptions import states
from goodfor.subscriptions.models import Period, Pick, Plan, Terms
from goodfor.subscriptions.types import PeriodView, PickView, PlanView, TermsView


def terms_view(row: Terms) -> TermsView:
    """Terms."""
    return TermsView(
        id=row.id, number=row.number, words=row.words, price=Money(row.price_minor, row.currency), months=row.months,
        picks=row.picks, skus=tuple(row.skus), carry=row.carry, pause_days=row.pause_days,
        default_kind=row.default_kind, default_sku=row.default_sku, default_points=row.default_points,
        tier_rank=row.tier_rank,
    )  # fmt: skip


def plan_view(row: Plan, terms: Terms) -> PlanView:
    """A plan with these terms."""
    return PlanView(row.id, row.slug, row.name, row.state, terms_view(terms), row.made_at)


def left_of(row: Period) -> int:
    """Picks of a period that are not made."""
    return row.picks + row.carried - row.picked - row.given - row.carried_out


def is_open(row: Period, now: datetime) -> bool:
    """Whether its picks can be made now: while it lasts, or a while after one came back."""
    lasts = row.starts_at <= now and (now < row.ends_at or (row.open_until is not None and now < row.open_until))
    return row.state in (states.PAID, states.CLOSED) and lasts and left_of(row) > 0


def period_view(row: Period, now: datetime) -> PeriodView:
    """A period as it stands at an instant."""
    currency = row.currency
    return PeriodView(
        id=row.id, number=row.number, kind=row.kind, state=row.state, starts_at=row.starts_at, ends_at=row.ends_at,
        price=Money(row.price_minor, currency), credit=Money(row.credit_minor, currency),
        charge=Money(row.price_minor - row.credit_minor, currency), picks=row.picks, carried=row.carried,
        picked=row.picked, given=row.given, left=left_of(row), open=is_open(row, now), attempt=row.attempt,
        next_try_at=row.next_try_at, why=row.why, payment_id=row.payment_id, paid_at=row.paid_at,
        recognised=Money(row.recognised_minor, currency),
        back=Money(row.back_deferred_minor + row.back_income_minor, currency), open_until=row.open_until,
    )  # fmt: skip


def pick_view(row: Pick) -> PickView:
    """A pick."""
    return PickView(
        row.id, row.period_id, row.slot, row.state, row.made_by, row.sku_id, row.order_id, row.minor, row.picked_at
    )
