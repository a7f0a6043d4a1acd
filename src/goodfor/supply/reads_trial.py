"""Trials of another routing, and what they may change. Reached through `queries`."""

from datetime import datetime
from uuid import UUID

from goodfor.supply.drafts import Sums, draft_of
from goodfor.supply.errors import TrialNotFound
from goodfor.supply.models import Item, Route
from goodfor.supply.offers_now import candidates_of
from goodfor.supply.types import OfferNow, TrialView
from goodfor.supply.watch_models import Trial


def trial(shop_id: UUID, trial_id: UUID) -> TrialView:
    """One, as far as it is. Raises TrialNotFound."""
    row = Trial.objects.filter(shop_id=shop_id, id=trial_id).first()
    if row is None:
        raise TrialNotFound
    return _view(row)


def trials(shop_id: UUID, limit: int = 20) -> list[TrialView]:
    """The latest."""
    return [_view(row) for row in Trial.objects.filter(shop_id=shop_id).order_by("-created_at", "-id")[:limit]]


def _view(row: Trial) -> TrialView:
    sums = Sums.read(row.sums)
    return TrialView(
        id=row.id, state=row.state, problem=row.problem, draft=draft_of(row.draft), since=row.since, until=row.until,
        total=row.total, done=row.done, cut=row.cut, really=sums.of("really"), drafted=sums.of("draft"),
        changed=sums.changed, unserved=sums.unserved, really_unserved=sums.really_unserved,
        unrecorded=sums.unrecorded, created_at=row.created_at, ended_at=row.ended_at,
    )  # fmt: skip


def offers_now(shop_id: UUID, sku_id: UUID, now: datetime) -> list[OfferNow]:
    """The offers of a SKU in the order of their priorities."""
    found = candidates_of(shop_id, [sku_id], now).get(sku_id, [])
    names = dict(Item.objects.filter(shop_id=shop_id, id__in=[one.item_ref for one in found]).values_list("id", "name"))
    ordered = sorted(found, key=lambda one: (one.priority, one.cost * one.rate, one.offer_id))
    return [
        OfferNow(one.offer_id, one.supplier_id, one.supplier, names.get(one.item_ref, ""), one.cost, one.currency,
                 one.cost * one.rate, one.priority, one.weight, one.enabled, one.state)
        for one in ordered
    ]  # fmt: skip


def floor_of(shop_id: UUID, sku_id: UUID) -> int:
    """What a sale of the SKU must at least earn a unit, in minor units."""
    return Route.objects.filter(shop_id=shop_id, sku_id=sku_id).values_list("floor_minor", flat=True).first() or 0
