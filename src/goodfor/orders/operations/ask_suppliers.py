"""What own stock does not have is bought from suppliers. In the caller's transaction, with the order's row locked."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.crypto import DecryptFailed
from goodfor.orders import store
from goodfor.orders.forms import form_of_line
from goodfor.orders.pieces import unit_floor
from goodfor.orders.types import DIRECT, LineRow
from goodfor.supply import queries as supply
from goodfor.supply.operations.want_supply import want_supply
from goodfor.supply.types import WantLine
from goodfor.vault import operations as vault
from goodfor.vault import queries as stock
from goodfor.vault.errors import OutOfStock

#: What is reserved for the order stays so beyond its deadline: whoever ends it then gives it back.
KEPT_BEYOND: Final = timedelta(hours=1)


def ask_suppliers(
    *, shop_id: UUID, order: store.LockedOrder, lines: Sequence[LineRow], spare: Collection[UUID] = (), now: datetime
) -> bool:
    """Reserve what is there, have the rest bought, and wait for it; False, and nothing done, where nobody offers it.

    Of `spare` lines that may be missing in the end what nobody offers is passed over.
    """
    largest = max((line.quantity for line in lines), default=1)
    offered = supply.buyable(
        shop_id, [line.sku_id for line in lines], now, channel=order.channel, quantity=largest, sold=True
    )
    if not offered:
        return False
    seconds = supply.deadline_seconds(shop_id, [line.sku_id for line in lines if line.sku_id in offered])
    deadline = now + timedelta(seconds=seconds)
    try:
        with transaction.atomic():
            missing = [
                line
                for line in sorted(lines, key=lambda item: item.sku_id)
                if not _reserved(shop_id, line, line.sku_id in offered, line.id in spare, deadline + KEPT_BEYOND, now)
            ]
            if spare and not missing:
                # What is there is there, and nobody has the rest.
                raise OutOfStock
            losses = store.losses_of(shop_id, order.id) if order.discount_minor else {}
            want_supply(
                shop_id=shop_id,
                order_id=order.id,
                lines=[_wanted(shop_id, line, losses.get(line.id, 0)) for line in missing],
                currency=order.total.currency,
                channel=order.channel,
                deadline_at=deadline,
                now=now,
            )
    except (OutOfStock, DecryptFailed):
        return False
    store.put_off(shop_id, order.id, deadline)
    return True


def _wanted(shop_id: UUID, line: LineRow, loss: int) -> WantLine:
    """Raises DecryptFailed."""
    price = guarded_price(line, loss)
    if line.kind != DIRECT:
        return WantLine(line.id, line.sku_id, line.quantity, price)
    form = form_of_line(shop_id, line.id)
    return WantLine(line.id, line.sku_id, line.quantity, price, DIRECT, form)


def guarded_price(line: LineRow, loss: int) -> int:
    """The price that the guard against losses is told: what a piece brought, and what the shop wished to lose on it.

    A gift brings nothing: whoever gives it gives what it is sold for.
    """
    if line.gift:
        return line.unit_price_minor
    return unit_floor(line.net_minor + loss, line.quantity)


def _reserved(shop_id: UUID, line: LineRow, offered: bool, spare: bool, until: datetime, now: datetime) -> bool:
    """Own stock holds all of the line until then; False: it is to be bought. Raises OutOfStock: nobody offers it.

    A `spare` one that nobody offers is passed over, too.
    """
    if line.kind == DIRECT:
        # Nothing of it lies on a shelf; whether it is offered was asked for the whole order.
        return False
    if stock.reserved_for(shop_id, line.id) == line.quantity:
        vault.hold_longer(shop_id=shop_id, holder_id=line.id, until=until)
        return True
    vault.release(shop_id=shop_id, holder_id=line.id, now=now)
    try:
        vault.reserve(
            shop_id=shop_id, sku_id=line.sku_id, holder_id=line.id, quantity=line.quantity, until=until, now=now
        )
    except OutOfStock:
        if offered:
            return False
        if not spare:
            raise
    return True
