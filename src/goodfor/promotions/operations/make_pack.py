"""A pack of coupons is made, and closed."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.promotions import states
from goodfor.promotions.campaign_models import Campaign
from goodfor.promotions.coupon_models import Batch
from goodfor.promotions.errors import InvalidCampaign, PackNotFound
from goodfor.promotions.operations.campaign_steps import must_be_able
from goodfor.promotions.pack_models import Pack
from goodfor.promotions.pack_queries import pack_view
from goodfor.promotions.pack_types import PackView, PackWish

MOST = 10


@transaction.atomic
def make_pack(*, shop_id: UUID, wish: PackWish, actor: str, now: datetime) -> PackView:
    """Its coupons are those of campaigns that somebody approved. Raises InvalidCampaign(field), Forbidden."""
    must_be_able(shop_id, actor)
    if not wish.name.strip() or len(wish.name) > 80:
        raise InvalidCampaign(field="name")
    if wish.ends_at <= wish.starts_at or wish.ends_at <= now:
        raise InvalidCampaign(field="ends_at")
    batches = sorted(set(wish.batches))
    rows = Batch.objects.filter(shop_id=shop_id, id__in=batches, kind=states.CLAIM, state=states.MADE)
    campaigns = set(rows.values_list("campaign_id", flat=True))
    live = Campaign.objects.filter(shop_id=shop_id, id__in=campaigns, state__in=states.LIVE).count()
    if not 1 <= len(batches) <= MOST or rows.count() != len(batches) or live != len(campaigns):
        raise InvalidCampaign(field="batches")
    row = Pack.objects.create(
        shop_id=shop_id, name=wish.name.strip(), batches=batches, newcomers=wish.newcomers, by_device=wish.by_device,
        by_phone=wish.by_phone, starts_at=wish.starts_at, ends_at=wish.ends_at, made_by=actor[:80], made_at=now,
    )  # fmt: skip
    audit.record(
        shop_id=shop_id, actor=actor, action="promotions_pack_made", subject=("promotions_pack", row.id),
        data={"name": row.name, "batches": [str(one) for one in batches], "newcomers": row.newcomers}, now=now,
    )  # fmt: skip
    return pack_view(row)


@transaction.atomic
def close_pack(*, shop_id: UUID, pack_id: UUID, actor: str, now: datetime) -> None:
    """Nobody takes it any more; what was taken stays. The same again does nothing. Raises PackNotFound, Forbidden."""
    must_be_able(shop_id, actor)
    rows = Pack.objects.filter(shop_id=shop_id, id=pack_id)
    if not rows.exists():
        raise PackNotFound
    if not rows.filter(closed_at__isnull=True).update(closed_at=now):
        return
    audit.record(
        shop_id=shop_id, actor=actor, action="promotions_pack_closed", subject=("promotions_pack", pack_id), data={},
        now=now,
    )  # fmt: skip
