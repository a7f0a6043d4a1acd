"""Buying at a Kasushou site: the reply never has codes, the order is asked for them."""

from typing import Any

from goodfor.supply.providers.kasushou.client import Caller, guarded
from goodfor.supply.providers.kasushou.orders import order_of
from goodfor.supply.providers.kasushou.settings import Settings
from goodfor.supply.providers.numbers import BadReply, decimal, plain, record, records, text
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

PATIENCE = 35.0


class KasushouPurchase:
    """See `base.Purchase`."""

    def place(self, site: Site, wire: Wire, request: PlaceRequest) -> Placed:
        """See `Purchase.place`. Their guard is compared with one unit's price."""
        settings = Settings.of(site)
        if not (request.item_id.isascii() and request.item_id.isdigit()) or request.quantity < 1:
            return Refused("request", "item_id")

        def ask() -> Accepted:
            told = record(Caller(settings, wire).post("place", "/api/v1/order/buy", _body(request), PATIENCE))
            if text(told.get("external_orderno"), 64) not in ("", request.number):
                raise BadReply("other_number")
            return Accepted(text(told.get("ordersn"), 64), decimal(told.get("total_price")))

        return guarded(ask)

    def query(self, site: Site, wire: Wire, order: OrderRef) -> Asked:
        """See `Purchase.query`. An empty list is "not found"."""
        settings = Settings.of(site)

        def ask() -> Order | NotFound:
            fields = {"external_orderno": order.number, "day": 0}
            rows = records(Caller(settings, wire).post("query", "/api/v1/order/info", fields))
            own = [row for row in rows if text(row.get("external_orderno"), 64) == order.number]
            if len(own) > 1 or (rows and not own):
                raise BadReply("other_number")
            if not own:
                return NotFound()
            found = order_of(own[0])
            wire.conceal(part for code in found.codes for part in (code.number, code.secret))
            return found

        return guarded(ask)

    def codes(self, site: Site, wire: Wire, order: OrderRef) -> tuple[Code, ...] | Refused | Doubt:
        """See `Purchase.codes`: they come with the order."""
        found = self.query(site, wire, order)
        if isinstance(found, NotFound):
            return Doubt("not_found")
        return found.codes if isinstance(found, Order) else found

    def cancel(self, site: Site, wire: Wire, order: OrderRef, reason: str) -> Placed:  # noqa: ARG002
        """See `Purchase.cancel`: taken up only, a call tells the end."""
        settings = Settings.of(site)
        if not order.ref:
            return Refused("request", "no_ref")

        def ask() -> Accepted:
            Caller(settings, wire).post("cancel", "/api/v1/order/close", {"ordersn": order.ref})
            return Accepted(order.ref)

        return guarded(ask)


def _body(request: PlaceRequest) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": int(request.item_id),
        "quantity": request.quantity,
        "external_orderno": request.number,
        # Rounded down: never above what was allowed for all of it.
        "safe_price": plain((request.max_cost / request.quantity).quantize(request.max_cost, "ROUND_DOWN")),
        "url": request.notify_url,
        "mark": "",
    }
    if request.form:
        body["attach"] = dict(request.form)
    return body
