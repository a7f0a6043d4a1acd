"""Of an order that units paid something came back: the company's figures say so. `loyalty` gives the units back."""

from uuid import UUID

from django.db import transaction

from goodfor.orders import queries as orders
from goodfor.payments import queries as payments
from goodfor.welfare.locks import lock_use
from goodfor.welfare.worth import back


@transaction.atomic(savepoint=False)
def note_back(*, shop_id: UUID, order_id: UUID) -> int:
    """All units that are back so far, by what of the price is; the same again changes nothing."""
    use = lock_use(shop_id, order_id)
    if use is None:
        return 0
    part = orders.credit_part(shop_id, order_id)
    if part is not None:
        minor = part.back_minor
    else:
        order = orders.order_view(shop_id, order_id)
        minor = payments.payment(shop_id, order.payment_id).refunded_minor if order.payment_id else 0
    units = back(use.units, use.minor, minor)
    if units > use.back:
        use.back = units
        use.save(update_fields=["back"])
    return use.back
