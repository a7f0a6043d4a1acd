"""What is lost to prices that rise between our question and the order, on the day's count of the supplier.

Only where no guard of theirs refuses such a price. While a purchase is under way it counts with what may be lost, then
with what was. The count changes in the transaction that changes the purchase, by the difference to what the purchase's
own row says: whatever is told twice counts once. In the caller's transaction.
"""

from datetime import date
from typing import Final

from goodfor.kernel.money import EXPONENTS
from goodfor.kernel.sql import Statement
from goodfor.supply import entries, states
from goodfor.supply.candidates import clock
from goodfor.supply.models import Supplier
from goodfor.supply.purchase_models import Attempt, Want

_USE: Final = Statement("goodfor.supply", "sql/use_day.sql")
_COUNT: Final = Statement("goodfor.supply", "sql/count_day.sql")


def take_exposure(attempt: Attempt, supplier: Supplier, day: date) -> bool:
    """Count what may be lost; False: the day has not so much left."""
    if not attempt.exposed_minor:
        return True
    return _USE.row({
        "shop_id": attempt.shop_id, "day": day, "key": supplier.id, "amount": attempt.exposed_minor,
        "most": supplier.surprise_minor or 0,
    }) is not None  # fmt: skip


def count_surprise(want: Want, attempt: Attempt) -> None:
    """Count what was lost instead of what might have been, once the purchase has ended; it may exceed the bound."""
    room = attempt.trace.get("room_minor")
    if room is None or attempt.state in states.IN_FLIGHT:
        return
    lost = _lost(want, attempt, int(room))
    if lost == attempt.exposed_minor:
        return
    _minute, day = clock(attempt.sent_at)
    _COUNT.run({
        "shop_id": attempt.shop_id, "day": day, "key": attempt.supplier_id, "amount": lost - attempt.exposed_minor,
    })  # fmt: skip
    Attempt.objects.filter(shop_id=attempt.shop_id, id=attempt.id).update(exposed_minor=lost)
    attempt.exposed_minor = lost


def _lost(want: Want, attempt: Attempt, room: int) -> int:
    """Beyond what it might cost. Nothing where nothing was bought; for goods that were bad it was paid all the same."""
    bought = attempt.state in states.WITH_GOODS or attempt.claimed_minor > 0
    if not bought or attempt.charged is None:
        return 0
    rate = Supplier.objects.values_list("rate", flat=True).get(shop_id=want.shop_id, id=attempt.supplier_id)
    return max(0, entries.minor(attempt.charged, rate, EXPONENTS[want.currency], up=True) - room)
