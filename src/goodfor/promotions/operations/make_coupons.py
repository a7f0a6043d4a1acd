"""Coupons are made: one code for many, a code each (by the million, in the background), or some to be claimed."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from goodfor.kernel import audit
from goodfor.kernel.crypto import keyring
from goodfor.kernel.ids import uuid7, uuid7_batch
from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import record_history
from goodfor.kernel.tenancy import platform_job
from goodfor.promotions import states
from goodfor.promotions.campaign_models import Campaign
from goodfor.promotions.coupon_codes import LENGTH, coupon_aad, index_of, normal, random_codes
from goodfor.promotions.coupon_models import Batch, Coupon
from goodfor.promotions.coupon_queries import batch_view
from goodfor.promotions.coupon_types import BatchView, BatchWish
from goodfor.promotions.errors import BatchNotFound, CampaignNotFound, InvalidCampaign
from goodfor.promotions.operations.campaign_steps import must_be_able

#: Codes a transaction of the background duty.
CHUNK: Final = 50_000
MOST: Final = 5_000_000
_LOCK: Final = Statement("goodfor.promotions", "sql/lock_batch.sql")
_COPY: Final = (
    "COPY promotions_coupon (id, shop_id, campaign_id, batch_id, state, public, code_index, code_key_id, code_blob,"
    " buyer_ref, given_by) FROM STDIN"
)


@transaction.atomic
def make_coupons(*, shop_id: UUID, wish: BatchWish, actor: str, now: datetime) -> BatchView:
    """A batch of a coupon campaign. Unique codes follow in the background (`write_codes`), others are there at once.

    Raises CampaignNotFound, InvalidCampaign(field), Forbidden.
    """
    must_be_able(shop_id, actor)
    campaign = Campaign.objects.filter(shop_id=shop_id, id=wish.campaign_id).first()
    if campaign is None or campaign.state in (states.ENDED, states.ARCHIVED):
        raise CampaignNotFound
    _check(wish)
    state = states.MAKING if wish.kind == states.UNIQUE else states.MADE
    row = Batch.objects.create(
        shop_id=shop_id, campaign_id=campaign.id, kind=wish.kind, name=wish.name, state=state,
        wanted=1 if wish.kind == states.PUBLIC else wish.wanted, made=1 if wish.kind == states.PUBLIC else 0,
        each=wish.each, days=wish.days, giftable=wish.giftable, listed=wish.listed, claim_from=wish.claim_from,
        claim_until=wish.claim_until, made_by=actor[:80], made_at=now,
    )  # fmt: skip
    moves: list[tuple[str | None, str]] = [(None, states.MAKING)]
    if state == states.MADE:
        moves.append((states.MAKING, states.MADE))
    record_history(
        shop_id=shop_id, machine=states.BATCH, subject_id=row.id, moves=moves, actor=actor, cause="make", now=now
    )
    audit.record(
        shop_id=shop_id, actor=actor, action="promotions_coupons_made", subject=("promotions_batch", row.id),
        data={"campaign": str(campaign.id), "kind": wish.kind, "wanted": row.wanted}, now=now,
    )  # fmt: skip
    if wish.kind == states.PUBLIC:
        _public(row, normal(wish.code) or random_codes(1)[0])
    return batch_view(row)


def write_codes(*, now: datetime) -> int:
    """The next chunk of unique codes of any batch that lacks some; how many were written."""
    with platform_job("coupon codes"):
        row = Batch.objects.filter(state=states.MAKING, kind=states.UNIQUE).order_by("id").first()
        if row is None:
            return 0
        try:
            with transaction.atomic():
                return _chunk(row.shop_id, row.id, now)
        except IntegrityError:
            # Two codes of 10^18 were the same: others are drawn.
            return 1


def _chunk(shop_id: UUID, batch_id: UUID, now: datetime) -> int:
    _LOCK.row({"shop_id": shop_id, "id": batch_id})
    row = Batch.objects.get(shop_id=shop_id, id=batch_id)
    count = min(CHUNK, row.wanted - row.made)
    if row.state != states.MAKING or count < 0:
        return 0
    _copy(row, count)
    done = row.made + count == row.wanted
    Batch.objects.filter(shop_id=shop_id, id=batch_id).update(
        made=row.made + count, state=states.MADE if done else states.MAKING
    )
    if done:
        record_history(
            shop_id=shop_id, machine=states.BATCH, subject_id=batch_id, moves=[(states.MAKING, states.MADE)],
            actor="system", cause="codes", now=now,
        )  # fmt: skip
    return count


def _copy(row: Batch, count: int) -> None:
    ring = keyring()
    head = f"{row.shop_id}\t{row.campaign_id}\t{row.id}\t{states.FREE}\tf\t\\\\x"
    with connection.cursor() as cursor, cursor.cursor.copy(_COPY) as copy:
        for start in range(0, count, 5_000):
            codes = random_codes(min(5_000, count - start))
            lines = []
            for coupon_id, code in zip(uuid7_batch(len(codes)), codes, strict=True):
                sealed = ring.seal(code.encode(), coupon_aad(coupon_id))
                index = index_of(ring, row.shop_id, code).hex()
                lines.append(f"{coupon_id}\t{head}{index}\t{sealed.key_id}\t\\\\x{sealed.blob.hex()}\t\t\n")
            copy.write("".join(lines))


def _public(row: Batch, code: str) -> None:
    ring = keyring()
    coupon_id = uuid7()
    sealed = ring.seal(code.encode(), coupon_aad(coupon_id))
    try:
        with transaction.atomic():
            Coupon.objects.create(
                id=coupon_id, shop_id=row.shop_id, campaign_id=row.campaign_id, batch=row, state=states.FREE,
                public=True, code_index=index_of(ring, row.shop_id, code), code_key_id=sealed.key_id,
                code_blob=sealed.blob,
            )  # fmt: skip
    except IntegrityError:
        raise InvalidCampaign(field="code") from None


def _check(wish: BatchWish) -> None:
    if wish.kind not in states.BATCH_KINDS:
        raise InvalidCampaign(field="kind")
    if not wish.name.strip() or len(wish.name) > 80:
        raise InvalidCampaign(field="name")
    if not 1 <= wish.wanted <= MOST:
        raise InvalidCampaign(field="wanted")
    code = normal(wish.code)
    if wish.kind == states.PUBLIC and code and not (4 <= len(code) <= 2 * LENGTH and code.isalnum()):
        raise InvalidCampaign(field="code")
    if not 1 <= wish.each <= 100 or (wish.days is not None and not 1 <= wish.days <= 3650):
        raise InvalidCampaign(field="each" if not 1 <= wish.each <= 100 else "days")
    if wish.claim_from is not None and wish.claim_until is not None and wish.claim_until <= wish.claim_from:
        raise InvalidCampaign(field="claim_until")


@transaction.atomic
def close_coupons(*, shop_id: UUID, batch_id: UUID, actor: str, now: datetime) -> None:
    """No more claims, and no code that nobody has brought so far; what buyers have stays theirs.

    Raises BatchNotFound, IllegalTransition, Forbidden.
    """
    must_be_able(shop_id, actor)
    if _LOCK.row({"shop_id": shop_id, "id": batch_id}) is None:
        raise BatchNotFound
    row = Batch.objects.get(shop_id=shop_id, id=batch_id)
    states.BATCH.check(row.state, states.CLOSED)
    Batch.objects.filter(shop_id=shop_id, id=batch_id).update(state=states.CLOSED)
    record_history(
        shop_id=shop_id, machine=states.BATCH, subject_id=batch_id, moves=[(row.state, states.CLOSED)], actor=actor,
        cause="close", now=now,
    )  # fmt: skip
    audit.record(
        shop_id=shop_id, actor=actor, action="promotions_coupons_closed", subject=("promotions_batch", batch_id),
        data={"kind": row.kind}, now=now,
    )  # fmt: skip
