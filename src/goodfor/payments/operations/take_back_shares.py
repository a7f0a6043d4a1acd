"""Ask the receivers for their part of what went back to the buyer. In the caller's transaction, payment locked."""

from datetime import datetime
from uuid import UUID

from goodfor.kernel.ids import order_number, uuid7
from goodfor.kernel.statemachine import record_history
from goodfor.payments import states
from goodfor.payments.models import Refund
from goodfor.payments.refund_keys import first_key
from goodfor.payments.split_models import Split, SplitReturn, SplitShare


def take_back_shares(*, shop_id: UUID, payment_id: UUID, now: datetime) -> int:
    """Begin the returns that the finished refunds since the split ask for; how many. Harmless when repeated.

    Each receiver gives back the part of its share that was refunded of what was shared out: all of it, exactly, when
    everything was. A return that was refused is not asked for again by itself (`take_back_again`).
    """
    return sum(_take_back(share, owed, now) for share, owed in _owed(shop_id, payment_id))


def take_back_again(*, shop_id: UUID, share_id: UUID, now: datetime) -> bool:
    """Ask once more for what a receiver refused; False when nothing is owed that is not on its way."""
    share = SplitShare.objects.get(shop_id=shop_id, id=share_id)
    for one, owed in _owed(shop_id, share.payment_id):
        if one.id == share_id and owed > one.returned_minor:
            _insert(one, owed - one.returned_minor, now)
            return True
    return False


def _owed(shop_id: UUID, payment_id: UUID) -> list[tuple[SplitShare, int]]:
    split = Split.objects.filter(shop_id=shop_id, payment_id=payment_id, state=states.SUCCEEDED).first()
    if split is None or not split.base_minor:
        return []
    refunded = min(_back_since(split), split.base_minor)
    shares = SplitShare.objects.filter(shop_id=shop_id, split_id=split.id, state=states.SUCCEEDED).order_by("id")
    return [(share, share.amount_minor * refunded // split.base_minor) for share in shares]


def _back_since(split: Split) -> int:
    """What went back beyond what was known when the money was shared; another try of the same is the same."""
    rows = list(
        Refund.objects.filter(shop_id=split.shop_id, payment_id=split.payment_id).values_list(
            "id", "business_key", "state", "amount_minor"
        )
    )
    known = {first_key(key) for refund_id, key, _state, _minor in rows if str(refund_id) in split.refunds}
    return sum(
        minor for _id, key, state, minor in rows if state == states.SUCCEEDED and first_key(key) not in known
    )  # fmt: skip


def _take_back(share: SplitShare, owed: int, now: datetime) -> int:
    missing = min(owed - share.asked_minor, share.amount_minor - share.returned_minor)
    if missing <= 0:
        return 0
    SplitShare.objects.filter(shop_id=share.shop_id, id=share.id).update(asked_minor=owed)
    _insert(share, missing, now)
    return 1


def _insert(share: SplitShare, amount_minor: int, now: datetime) -> None:
    row = SplitReturn.objects.create(
        id=uuid7(), shop_id=share.shop_id, payment_id=share.payment_id, share_id=share.id,
        number="B" + order_number(now)[1:], amount_minor=amount_minor, currency=share.currency, next_try_at=now,
        created_at=now,
    )  # fmt: skip
    record_history(
        shop_id=share.shop_id, machine=states.SPLIT_RETURN, subject_id=row.id, moves=[(None, states.CREATED)],
        actor="system", cause=f"payments.payment:{share.payment_id}", now=now,
    )  # fmt: skip
