"""Reads of packs."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from goodfor.promotions import plan_cache
from goodfor.promotions.audiences import why_not
from goodfor.promotions.campaign_models import Campaign
from goodfor.promotions.coupon_models import Batch
from goodfor.promotions.errors import PackNotFound
from goodfor.promotions.evaluating.conditions import Facts
from goodfor.promotions.limit_keys import names_of
from goodfor.promotions.pack_models import Pack, PackClaim, PackName
from goodfor.promotions.pack_types import PackView
from goodfor.promotions.spec_types import Compare, Condition, Spec
from goodfor.promotions.types import BuyerNames

NEWCOMER = Compare("orders_paid", "eq", 0)


def packs(shop_id: UUID) -> list[PackView]:
    """All of a shop, newest first, with how many have taken each."""
    rows = list(Pack.objects.filter(shop_id=shop_id).order_by("-id")[:100])
    taken = PackClaim.objects.filter(shop_id=shop_id, pack_id__in=[row.id for row in rows])
    counts = dict(taken.values_list("pack_id").annotate(many=Count("id")))
    return [pack_view(row, counts.get(row.id, 0)) for row in rows]


def open_packs(shop_id: UUID, now: datetime) -> list[PackView]:
    """Those that can be taken now, newest first."""
    rows = Pack.objects.filter(shop_id=shop_id, closed_at__isnull=True, starts_at__lte=now, ends_at__gt=now)
    return [pack_view(row) for row in rows.order_by("-id")[:10]]


def pack(shop_id: UUID, pack_id: UUID) -> PackView:
    """One. Raises PackNotFound."""
    row = Pack.objects.filter(shop_id=shop_id, id=pack_id).first()
    if row is None:
        raise PackNotFound
    return pack_view(row)


def had_pack(shop_id: UUID, view: PackView, names: BuyerNames) -> bool:
    """Whether somebody of one of these names has taken it."""
    rows = PackName.objects.filter(shop_id=shop_id, pack_id=view.id, name__in=counted(shop_id, view, names))
    return rows.exists()


def counted(shop_id: UUID, view: PackView, names: BuyerNames) -> list[str]:
    """The names that count for it, as digests."""
    known = names_of(shop_id, names).by_kind
    kinds = ["buyer", *(["device"] if view.by_device else []), *(["phone"] if view.by_phone else [])]
    return sorted(known[kind] for kind in kinds if kind in known)


def why_not_his(shop_id: UUID, view: PackView, facts: Facts) -> str:
    """What a buyer lacks, of the pack itself or of any coupon in it; empty: nothing."""
    asked: list[Condition | None] = [NEWCOMER] if view.newcomers else []
    asked += [spec.audience for _name, spec in contents(shop_id, view.batches).values()]
    return next((why for one in asked if (why := why_not(one, facts))), "")


def contents(shop_id: UUID, batch_ids: Collection[UUID]) -> Mapping[UUID, tuple[str, Spec]]:
    """By batch what it is called and what its campaign's revision in force says; one without is left out."""
    rows = list(Batch.objects.filter(shop_id=shop_id, id__in=list(batch_ids)))
    campaigns = Campaign.objects.filter(shop_id=shop_id, id__in={row.campaign_id for row in rows})
    in_force = {row.id: row.revision_id for row in campaigns if row.revision_id is not None}
    specs = plan_cache.specs_of(shop_id, list(in_force.values()))
    return {
        row.id: (row.name, specs[in_force[row.campaign_id]]) for row in rows if in_force.get(row.campaign_id) in specs
    }


def pack_view(row: Pack, claims: int = 0) -> PackView:
    """A row as a view."""
    return PackView(
        row.id, row.name, tuple(row.batches), row.newcomers, row.by_device, row.by_phone, row.starts_at, row.ends_at,
        row.closed_at, claims,
    )  # fmt: skip
