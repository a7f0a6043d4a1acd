"""Reads of coupons."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.kernel.crypto import keyring
from goodfor.kernel.sql import Row, Statement
from goodfor.promotions import plan_cache, states
from goodfor.promotions.campaign_models import Campaign
from goodfor.promotions.coupon_codes import index_of, normal, opened
from goodfor.promotions.coupon_models import Batch, Coupon
from goodfor.promotions.coupon_types import BatchView, Claimable, CouponView
from goodfor.promotions.errors import BatchNotFound, CouponGone, CouponNotFound
from goodfor.promotions.limit_keys import names_of
from goodfor.promotions.types import BuyerNames, Presented, Spec

_COUPONS: Final = Statement(__package__, "sql/coupons_of.sql")
_HELD: Final = Statement(__package__, "sql/coupons_held.sql")
_ENDING: Final = Statement(__package__, "sql/ending_coupons.sql")
_BY_CODE: Final = Statement(__package__, "sql/coupon_by_code.sql")
_PRESENT: Final = Statement(__package__, "sql/present.sql")
_CENTRE: Final = Statement(__package__, "sql/centre.sql")


def coupons_of(shop_id: UUID, buyer_ref: str, now: datetime) -> list[CouponView]:
    """A buyer's coupons, at most 200, those that end first before others; used ones, too."""
    if not buyer_ref:
        return []
    rows = list(_COUPONS.rows({"shop_id": shop_id, "buyer": buyer_ref, "now": now}))
    specs = plan_cache.specs_of(shop_id, [row[2] for row in rows])
    return [_coupon(row, specs, now) for row in rows]


def coupons_held(shop_id: UUID, buyer_ref: str, now: datetime, after: str = "", limit: int = 20) -> list[CouponView]:
    """What a buyer can use, or has in a gift; those that end first before others. `after`: the `place_of` the last."""
    at, _sep, last = after.partition("|")
    params = {
        "shop_id": shop_id, "buyer": buyer_ref, "now": now, "live": sorted(states.LIVE), "at": at or None,
        "after": last or None, "limit": min(limit, 200),
    }  # fmt: skip
    rows = list(_HELD.rows(params)) if buyer_ref else []
    specs = plan_cache.specs_of(shop_id, [row[2] for row in rows])
    return [_coupon(row, specs, now) for row in rows]


def place_of(coupon: CouponView) -> str:
    """Where a list of `coupons_held` goes on after it."""
    return f"{coupon.expires_at.isoformat() if coupon.expires_at else 'infinity'}|{coupon.id}"


def ending_coupons(since: datetime, after: UUID, until: datetime, most: int) -> list[Row]:
    """Of all shops, in the order of their ends: (shop, coupon, buyer, name, end). For a platform job."""
    return list(_ENDING.rows({"since": since, "after": after, "until": until, "most": most}))


def coupon_by_code(shop_id: UUID, code: str, buyer_ref: str, now: datetime) -> Presented:
    """The coupon of a code that a buyer types. Raises CouponNotFound (also for another buyer's), CouponGone(why)."""
    ring = keyring()
    row = _BY_CODE.row({"shop_id": shop_id, "code": index_of(ring, shop_id, normal(code))})
    if row is None:
        raise CouponNotFound
    coupon_id, campaign_id, state, _, holder, expires_at, batch, campaign = row
    if (holder and holder != buyer_ref) or state == states.VOID:
        raise CouponNotFound
    if state in (states.RESERVED, states.USED):
        raise CouponGone(why="used")
    over = expires_at is not None and expires_at <= now
    if over or campaign not in states.LIVE or (state == states.FREE and batch != states.MADE):
        raise CouponGone(why="over")
    return Presented(coupon_id, campaign_id)


def present(shop_id: UUID, coupon_ids: Sequence[UUID], buyer_ref: str, now: datetime) -> tuple[Presented, ...]:
    """Coupons that a buyer brings, in his order, each once. Raises CouponGone(coupon) for one that he cannot bring."""
    wanted = list(dict.fromkeys(coupon_ids))
    if not wanted:
        return ()
    found: dict[UUID, UUID] = dict(_PRESENT.rows({"shop_id": shop_id, "ids": wanted, "buyer": buyer_ref, "now": now}))
    for coupon_id in wanted:
        if coupon_id not in found:
            raise CouponGone(coupon=str(coupon_id), why="used")
    return tuple(Presented(coupon_id, found[coupon_id]) for coupon_id in wanted)


def claimables(shop_id: UUID, names: BuyerNames, now: datetime) -> list[Claimable]:
    """The claim centre: what may be claimed now or soon."""
    keys = list(names_of(shop_id, names).of("buyer"))
    rows = list(_CENTRE.rows({"shop_id": shop_id, "keys": keys, "now": now}))
    specs = plan_cache.specs_of(shop_id, [row[3] for row in rows])
    return [_claimable(row, specs) for row in rows]


def batches(shop_id: UUID, campaign_id: UUID) -> list[BatchView]:
    """Batches of a campaign, newest first."""
    return [batch_view(row) for row in Batch.objects.filter(shop_id=shop_id, campaign_id=campaign_id).order_by("-id")]


def coupon_name(shop_id: UUID, coupon_id: UUID) -> str:
    """What the batch of a coupon is called; empty: no such coupon."""
    rows = Coupon.objects.filter(shop_id=shop_id, id=coupon_id)
    return rows.values_list("batch__name", flat=True).first() or ""


def claim_batches(shop_id: UUID, now: datetime) -> list[BatchView]:
    """Batches of live campaigns that hold coupons to be claimed, newest first."""
    live = Campaign.objects.filter(shop_id=shop_id, state__in=states.LIVE, ends_at__gt=now).values_list("id", flat=True)
    rows = Batch.objects.filter(shop_id=shop_id, kind=states.CLAIM, state=states.MADE, campaign_id__in=list(live))
    return [batch_view(row) for row in rows.order_by("-id")[:100]]


def batch(shop_id: UUID, batch_id: UUID) -> BatchView:
    """One batch. Raises BatchNotFound."""
    row = Batch.objects.filter(shop_id=shop_id, id=batch_id).first()
    if row is None:
        raise BatchNotFound
    return batch_view(row)


def batch_counts(shop_id: UUID, batch_id: UUID) -> dict[str, int]:
    """How many coupons of a batch are in each state; of a million it takes a moment."""
    rows = Coupon.objects.filter(shop_id=shop_id, batch_id=batch_id).values_list("state")
    counts: dict[str, int] = {}
    for state in sorted(states.COUPON_STATES.states):
        counts[state] = rows.filter(state=state).count()
    return counts


def public_code(shop_id: UUID, batch_id: UUID) -> str:
    """The one code of a public batch, for operators. Raises BatchNotFound."""
    row = Coupon.objects.filter(shop_id=shop_id, batch_id=batch_id, public=True).first()
    if row is None or row.code_key_id is None or row.code_blob is None:
        raise BatchNotFound
    return opened(keyring(), row.id, row.code_key_id, bytes(row.code_blob))


def batch_view(row: Batch) -> BatchView:
    """A row as a view."""
    return BatchView(
        id=row.id, campaign_id=row.campaign_id, kind=row.kind, name=row.name, state=row.state, wanted=row.wanted,
        made=row.made, each=row.each, days=row.days, giftable=row.giftable, listed=row.listed,
        claim_from=row.claim_from, claim_until=row.claim_until, asked_by=row.asked_by, allowed_by=row.allowed_by,
        exported_at=row.exported_at, made_by=row.made_by, made_at=row.made_at,
    )  # fmt: skip


def _coupon(row: Row, specs: Mapping[UUID, Spec], now: datetime) -> CouponView:
    coupon_id, campaign_id, revision_id, name, state, expires_at, order_id, giftable, given, campaign, batch = row
    usable = (
        state == states.CLAIMED and not given and campaign in states.LIVE and (expires_at is None or expires_at > now)
    )
    return CouponView(
        coupon_id, campaign_id, batch, name, specs[revision_id], state, usable, expires_at, order_id,
        giftable and state == states.CLAIMED, given,
    )  # fmt: skip


def _claimable(row: Row, specs: Mapping[UUID, Spec]) -> Claimable:
    batch_id, campaign_id, name, revision_id, each, days, since, until, wanted, left, had = row
    return Claimable(
        batch_id, campaign_id, name, specs[revision_id], each, days, since, until, wanted, int(left), int(had),
    )  # fmt: skip
