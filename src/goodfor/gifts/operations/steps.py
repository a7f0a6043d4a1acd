"""The one step that ends a gift without being opened. In the caller's transaction, with its row held."""

from datetime import datetime

from goodfor.gifts import states
from goodfor.gifts.models import Gift
from goodfor.gifts.operations.things import THINGS
from goodfor.kernel import audit
from goodfor.kernel.statemachine import record_history


def close_unopened(gift: Gift, to_state: str, *, actor: str, cause: str, now: datetime) -> None:
    """Its giver has it again, and the link leads nowhere. Raises IllegalTransition."""
    states.GIFT.check(gift.state, to_state)
    THINGS[gift.kind].give_back(gift, now)
    done = Gift.objects.filter(shop_id=gift.shop_id, id=gift.id, state=states.MADE).update(
        state=to_state, closed_at=now, secret_key_id=None, secret_blob=None
    )
    if done != 1:
        raise RuntimeError("a gift changed under its lock")
    record_history(
        shop_id=gift.shop_id, machine=states.GIFT, subject_id=gift.id, moves=[(states.MADE, to_state)], actor=actor,
        cause=cause, now=now,
    )  # fmt: skip
    audit.record(
        shop_id=gift.shop_id, actor=actor, action="gift_ended" if to_state == states.ENDED else "gift_returned",
        subject=("gift", gift.id), data={"number": gift.number, "cause": cause}, now=now,
    )  # fmt: skip
    gift.state, gift.closed_at = to_state, now
