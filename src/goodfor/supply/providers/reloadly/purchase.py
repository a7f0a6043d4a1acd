"""Buying at Reloadly. They have no guard, and an order whose number is not known is looked for in a list."""

from datetime import UTC, timedelta
from typing import Any, Final

from goodfor.supply.providers.numbers import BadReply, decimal, record, text
from goodfor.supply.providers.reloadly.client import Caller, guarded
from goodfor.supply.providers.reloadly.items import read_sku
from goodfor.supply.providers.reloadly.orders import REF, cards_of, order_of, ref_of
from goodfor.supply.providers.reloadly.reports import transactions
from goodfor.supply.providers.reloadly.settings import Settings
from goodfor.supply.providers.values import (
    Accepted,
    Asked,
    Code,
    Doubt,
    NotFound,
    Order,
    OrderRef,
    Placed,
    PlaceRequest,
    Refused,
    Site,
)
from goodfor.supply.providers.wire import Wire

PATIENCE: Final = 35.0
#: In which zone their times are is not described: so far around, an order is in the list in any.
AROUND: Final = timedelta(hours=15)


class ReloadlyPurchase:
    """See `base.Purchase`."""

    def place(self, site: Site, wire: Wire, request: PlaceRequest) -> Placed:
        """See `Purchase.place`. Cards are fetched, never part of the reply."""
        settings, value = Settings.of(site), read_sku(request.sku_id)
        if not (request.item_id.isascii() and request.item_id.isdigit()) or request.quantity < 1:
            return Refused("request", "item_id")
        if value is None:
            return Refused("request", "sku_id")
        if request.currency != settings.currency:
            return Refused("request", "currency")
        body: dict[str, Any] = {
            "productId": int(request.item_id),
            "quantity": request.quantity,
            # In the recipient's currency. Nine digits and two decimals at most: a float is written back as it was.
            "unitPrice": int(value) if value == value.to_integral_value() else float(value),
            "senderName": settings.sender_name,
            "recipientEmail": settings.recipient_email,
            "customIdentifier": request.number,
        }

        def ask() -> Accepted:
            told = record(Caller(settings, wire).post("place", "/orders", body, PATIENCE))
            if text(told.get("customIdentifier"), 64) not in ("", request.number):
                raise BadReply("other_number")
            return Accepted(ref_of(told), decimal(told.get("amount")))

        return guarded(ask, sure=True)

    def query(self, site: Site, wire: Wire, order: OrderRef) -> Asked:
        """See `Purchase.query`: by their number where it is known, else in the list of the time."""
        settings = Settings.of(site)

        def ask() -> Order | NotFound:
            caller = Caller(settings, wire)
            if not order.ref:
                return _listed(caller, order)
            told = record(caller.get("query", f"/reports/transactions/{order.ref}"))
            found = order_of(told, settings.failed)
            if (found.number, found.ref) != (order.number, order.ref):
                raise BadReply("other_number")
            return found

        if order.ref and not REF.fullmatch(order.ref):
            return Refused("request", "ref")
        return guarded(ask, sure=True)

    def codes(self, site: Site, wire: Wire, order: OrderRef) -> tuple[Code, ...] | Refused | Doubt:
        """See `Purchase.codes`. Their number must be known: it is, once the order was found."""
        settings = Settings.of(site)
        if not REF.fullmatch(order.ref):
            return Refused("request", "no_ref")

        def ask() -> tuple[Code, ...]:
            body = Caller(settings, wire).raw("codes", f"/orders/transactions/{order.ref}/cards")
            found = cards_of(body)
            wire.conceal(part for code in found for part in (code.number, code.secret, code.link))
            return found

        return guarded(ask, sure=True)

    def cancel(self, site: Site, wire: Wire, order: OrderRef, reason: str) -> Placed:  # noqa: ARG002
        """Not offered."""
        return Refused("request", "unsupported")


def _listed(caller: Caller, order: OrderRef) -> Order | NotFound:
    placed = order.placed_at.astimezone(UTC)
    rows = transactions(caller, "query", placed - AROUND, placed + AROUND)
    own = [row for row in rows if text(row.get("customIdentifier"), 64) == order.number]
    if len(own) > 1:
        raise BadReply("doubled_number")
    return order_of(own[0], caller.settings.failed) if own else NotFound()
