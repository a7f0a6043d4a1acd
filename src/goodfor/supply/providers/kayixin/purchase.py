"""Buying at a Kayixin site. Their guard is for all of it."""

from typing import Any, Final

from goodfor.supply.providers.kayixin.client import NOT_FOUND, Caller, Denied, guarded
from goodfor.supply.providers.kayixin.orders import codes_of, order_of
from goodfor.supply.providers.kayixin.settings import Settings
from goodfor.supply.providers.numbers import BadReply, decimal, record, text
from goodfor.supply.providers.values import (
    Accepted,
    Asked,
    Code,
    Delivered,
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


class KayixinPurchase:
    """See `base.Purchase`."""

    def place(self, site: Site, wire: Wire, request: PlaceRequest) -> Placed:
        """See `Purchase.place`. Cards may come with the reply; none yet is accepted, a top-up always is."""
        settings = Settings.of(site)
        if not (request.item_id.isascii() and request.item_id.isdigit()) or request.quantity < 1:
            return Refused("request", "item_id")

        def ask() -> Accepted | Delivered:
            told = record(Caller(settings, wire).post("place", "/api/v3/order/create", _body(request), PATIENCE))
            if text(told.get("outerNumber"), 64) not in ("", request.number):
                raise BadReply("other_number")
            ref, cost, codes = (
                text(told.get("orderNumber"), 64),
                decimal(told.get("money")),
                codes_of(told.get("cards")),
            )
            wire.conceal(part for code in codes for part in (code.number, code.secret))
            return Delivered(ref, cost, codes) if codes else Accepted(ref, cost)

        return guarded(ask)

    def query(self, site: Site, wire: Wire, order: OrderRef) -> Asked:
        """See `Purchase.query`. 2404 is "not found"."""
        settings = Settings.of(site)

        def ask() -> Order | NotFound:
            try:
                told = Caller(settings, wire).post("query", "/api/v3/order/getDetail", {"outerNumber": order.number})
            except Denied as no:
                if no.code == NOT_FOUND:
                    return NotFound()
                raise
            found = order_of(record(told))
            if found.number != order.number:
                raise BadReply("other_number")
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
        """See `Purchase.cancel`: taken up, perhaps for somebody to look at; the order tells the end."""
        settings = Settings.of(site)

        def ask() -> Accepted:
            Caller(settings, wire).post("cancel", "/api/v3/order/refunds", {"outerNumber": order.number})
            return Accepted(order.ref)

        return guarded(ask)


def _body(request: PlaceRequest) -> dict[str, Any]:
    """Every field stands there, empty ones as well. The guard is a number: exact, since it is written as it is."""
    return {
        "goodsId": int(request.item_id),
        "count": request.quantity,
        "notifyUrl": request.notify_url,
        "outerNumber": request.number,
        "safePrice": _number(request),
        "sku": request.sku_id,
        "attach": [{"name": name, "value": value} for name, value in request.form.items()],
    }


def _number(request: PlaceRequest) -> float | int:
    """Amounts below a billion with few digits are written back as they were."""
    cost = request.max_cost.normalize()
    return int(cost) if cost == cost.to_integral_value() else float(cost)
