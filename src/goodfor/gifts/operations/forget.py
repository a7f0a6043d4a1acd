"""A buyer's account is erased: open gifts go back, words and links go; who gave and took stays an id of nobody."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.gifts import states
from goodfor.gifts.locks import lock_gift
from goodfor.gifts.models import Gift
from goodfor.gifts.operations.steps import close_unopened
from goodfor.kernel import audit
from goodfor.loyalty.operations.forget_member import forget_member


@transaction.atomic(savepoint=False)
def forget(*, shop_id: UUID, buyer_id: UUID, now: datetime) -> int:
    """How many gifts the account had given; the same again does nothing."""
    ref = f"buyer:{buyer_id.hex}"
    given = Gift.objects.filter(shop_id=shop_id, giver_ref=ref)
    for gift_id in given.filter(state=states.MADE).order_by("id").values_list("id", flat=True):
        row = lock_gift(shop_id, gift_id)
        if row is not None and row.state == states.MADE:
            if row.kind == states.POINTS:
                # Nobody holds them any more, as what lies in the account itself.
                forget_member(shop_id=shop_id, owner=row.id, now=now)
            close_unopened(row, states.RETURNED, actor="system", cause="erased", now=now)
    changed = given.exclude(message_blob=None).update(message_key_id=None, message_blob=None)
    audit.record(
        shop_id=shop_id, actor="system", action="gifts_forgotten", subject=("buyer", buyer_id),
        data={"messages": changed}, now=now,
    )  # fmt: skip
    return given.count()
