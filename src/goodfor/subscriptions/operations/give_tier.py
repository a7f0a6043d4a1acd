"""The tier that members have while a period is paid. In its caller's transaction."""

from datetime import datetime, timedelta

from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.grant_tier import grant_tier
from goodfor.loyalty.types import PAID
from goodfor.subscriptions.models import Period, Plan, Subscription, Terms


def give_tier(row: Subscription, period: Period, terms: Terms, *, now: datetime) -> None:
    """Until the period's end. One that is higher already stays, as does the same one that lasts longer."""
    if not terms.tier_rank or period.ends_at <= now:
        return
    stands = loyalty.member(row.shop_id, row.owner, now)
    if stands is None or terms.tier_rank >= len(stands.tiers.tiers):
        # The shop has fewer tiers by now.
        return
    rank, until = stands.standing.rank, stands.standing.until
    lasts = until is None or until >= period.ends_at
    if rank > terms.tier_rank or (rank == terms.tier_rank and lasts):
        return
    name = Plan.objects.values_list("name", flat=True).get(shop_id=row.shop_id, id=terms.plan_id)
    grant_tier(
        shop_id=row.shop_id, owner=row.owner, rank=terms.tier_rank, until=period.ends_at, reason=name, source=PAID,
        actor="system", now=now,
    )  # fmt: skip


def end_tier(row: Subscription, period: Period, *, now: datetime) -> None:
    """What was paid for the period is not paid any more: the tier that it brought ends now, or where it would begin."""
    terms = Terms.objects.get(shop_id=row.shop_id, id=period.terms_id)
    stands = loyalty.member(row.shop_id, row.owner, now) if terms.tier_rank else None
    if stands is None or terms.tier_rank >= len(stands.tiers.tiers):
        return
    standing = stands.standing
    if (standing.rank, standing.until, standing.source) != (terms.tier_rank, period.ends_at, PAID):
        # Higher by now, or the staff's word, or another period's.
        return
    until = max(period.starts_at, now + timedelta(microseconds=1))
    if until < period.ends_at:
        name = Plan.objects.values_list("name", flat=True).get(shop_id=row.shop_id, id=terms.plan_id)
        grant_tier(
            shop_id=row.shop_id, owner=row.owner, rank=terms.tier_rank, until=until, reason=name, source=PAID,
            actor="system", now=now,
        )  # fmt: skip
