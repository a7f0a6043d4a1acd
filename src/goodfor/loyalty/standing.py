"""Where a member stands, and what that gives him. Reached through `queries`."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F

from goodfor.identity import queries as identity
from goodfor.kernel.sql import Statement
from goodfor.loyalty import tier_store
from goodfor.loyalty import tiers as rules
from goodfor.loyalty.tier_models import CheckIn, Deed, Member, TierStep
from goodfor.loyalty.tier_types import USUAL, MemberView, Standing, StepView, Tier, TierSet
from goodfor.loyalty.types import CheckedIn, Terms

_AMOUNT: Final = Statement(__package__, "sql/member_amount.sql")


def multiplier(shop_id: UUID, owner: UUID) -> int:
    """What a member's orders earn, in ten-thousandths of the usual."""
    tier = tier_of(shop_id, owner)
    return tier.points_bp if tier else USUAL


def rank_of(shop_id: UUID, owner: UUID) -> int:
    """On which tier he stands, the lowest being 0; 0 also where the shop has none."""
    return Member.objects.filter(shop_id=shop_id, owner=owner).values_list("rank", flat=True).first() or 0


def ranks_now(shop_id: UUID, owners: Collection[UUID]) -> dict[UUID, int]:
    """The same of many; who is not among them stands on the lowest."""
    rows = Member.objects.filter(shop_id=shop_id, owner__in=list(owners), rank__gt=0)
    return dict(rows.values_list("owner", "rank"))


def tier_of(shop_id: UUID, owner: UUID) -> Tier | None:
    """His tier with all that it gives; None: the shop has none."""
    tiers = tiers_of(shop_id)
    return tiers.tiers[min(rank_of(shop_id, owner), len(tiers.tiers) - 1)] if tiers else None


def extra_picks(shop_id: UUID, owner: UUID) -> int:
    """How many more he may pick of what he subscribes to."""
    tier = tier_of(shop_id, owner)
    return tier.extra_picks if tier else 0


def claim_hours(shop_id: UUID, owner: UUID) -> int:
    """Within how many hours a claim of his is decided; 0: as the shop promises to everybody."""
    tier = tier_of(shop_id, owner)
    return tier.claim_hours if tier else 0


def tier_name(shop_id: UUID, rank: int) -> str:
    """What a tier is called; of one that is no more: the highest. Empty: the shop has none."""
    tiers = tiers_of(shop_id)
    return tiers.tiers[min(rank, len(tiers.tiers) - 1)].name if tiers else ""


def tiers_of(shop_id: UUID) -> TierSet | None:
    """The tiers of a shop; None: it has none."""
    told = tier_store.latest(shop_id)
    return told[1] if told else None


def member(shop_id: UUID, owner: UUID, now: datetime) -> MemberView | None:
    """Where he stands, how far he is, and what is missing; None: the shop has no tiers."""
    tiers = tiers_of(shop_id)
    if tiers is None:
        return None
    row = Member.objects.filter(shop_id=shop_id, owner=owner).first()
    top = len(tiers.tiers) - 1
    standing = Standing(min(row.rank, top), row.since, row.until, row.source) if row else Standing()
    zone = ZoneInfo(identity.shop_by_id(shop_id).timezone)
    told = _AMOUNT.row(
        {"shop_id": shop_id, "owner": owner, "metric": tiers.metric, "since": rules.window_began(tiers, now, zone)}
    )
    amount = int(told[0]) if told else 0
    above = standing.rank + 1
    earned = rules.rank_for(tiers, amount)
    keep = tiers.tiers[standing.rank].keep if standing.until is not None else 0
    projected = standing.rank if amount >= keep else max(standing.rank - 1, earned)
    return MemberView(
        tiers, standing, amount, to_next=max(0, tiers.tiers[above].qualify - amount) if above <= top else None,
        to_keep=max(0, keep - amount), projected=max(projected, earned),
    )  # fmt: skip


def next_check_in(shop_id: UUID, owner: UUID, terms: Terms, now: datetime) -> CheckedIn | None:
    """What looking in today brings, or brought (`again`); None: nothing, or he has bought nothing that he kept."""
    kept = Deed.objects.filter(shop_id=shop_id, owner=owner, back_minor__lt=F("paid_minor"))
    if not terms.on or not terms.checkin or not kept.exists():
        return None
    day = now.astimezone(ZoneInfo(identity.shop_by_id(shop_id).timezone)).date()
    last = (
        CheckIn.objects.filter(shop_id=shop_id, owner=owner, day__gte=day - timedelta(days=1)).order_by("-day").first()
    )
    if last is not None and last.day == day:
        return CheckedIn(day, last.streak, last.units, again=True)
    streak = last.streak + 1 if last else 1
    return CheckedIn(day, streak, terms.checkin[min(streak, len(terms.checkin)) - 1])


def steps_of(shop_id: UUID, owner: UUID, limit: int = 30) -> list[StepView]:
    """A member's history of tiers, newest first."""
    rows = TierStep.objects.filter(shop_id=shop_id, owner=owner).order_by("-id")[:limit]
    return [
        StepView(row.what, row.from_rank, row.to_rank, row.why, {"amount": row.amount}, row.at, row.actor)
        for row in rows
    ]
