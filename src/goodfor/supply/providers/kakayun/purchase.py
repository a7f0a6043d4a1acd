"""Buying at a Kakayun site: the site itself sells, the common host answers for it. The guard is for all of it."""

from typing import Any, Final

from goodfor.supply.providers.kakayun.client import NOT_FOUND, REFUSED, Caller, Denied, guarded
from goodfor.supply.providers.kakayun.items import type_of
from goodfor.supply.providers.kakayun.orders import order_of
from goodfor.supply.providers.kakayun.settings import Settings
from goodfor.supply.providers.labels import concealed
from goodfor.supply.providers.numbers import BadReply, plain, record, text
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


class KakayunPurchase:
    """See `base.Purchase`."""

    def place(self, site: Site, wire: Wire, request: PlaceRequest) -> Placed:
        """See `Purchase.place`. The reply never has codes."""
        settings = Settings.of(site)
        if not (request.item_id.isascii() and request.item_id.isdigit()) or request.quantity < 1 or request.sku_id:
            return Refused("request", "item_id")

        def ask() -> Accepted:
            told = record(Caller(settings, wire).buy("place", "order/create", fields_of(request), PATIENCE))
            if text(told.get("usorderno"), 64) not in ("", request.number):
                raise BadReply("other_number")
            return Accepted(text(told.get("orderno"), 64))

        return guarded(ask, buying=True)

    def query(self, site: Site, wire: Wire, order: OrderRef) -> Asked:
        """See `Purchase.query`. 1301 is "not found"."""
        settings = Settings.of(site)

        def ask() -> Order | NotFound:
            try:
                told = Caller(settings, wire).post("query", "order/get", {"usorderno": order.number})
            except Denied as no:
                if no.code == NOT_FOUND:
                    return NotFound()
                raise
            found = order_of(record(told))
            wire.conceal(concealed(found.codes))
            if found.number != order.number:
                raise BadReply("other_number")
            return found

        return guarded(ask)

    def codes(self, site: Site, wire: Wire, order: OrderRef) -> tuple[Code, ...] | Refused | Doubt:
        """See `Purchase.codes`: they come with the order."""
        found = self.query(site, wire, order)
        if isinstance(found, NotFound):
            return Doubt("not_found")
        return found.codes if isinstance(found, Order) else found

    def cancel(self, site: Site, wire: Wire, order: OrderRef, reason: str) -> Placed:  # noqa: ARG002
        """See `Purchase.cancel`. They say that the money is back at once; the order is asked all the same."""
        settings = Settings.of(site)

        def ask() -> Accepted | Refused:
            try:
                Caller(settings, wire).post("cancel", "order/cancelOrder", {"usorderno": order.number})
            except Denied as no:
                if no.code == REFUSED:
                    return Refused("request", str(no.code), no.message)
                raise
            return Accepted(order.ref)

        return guarded(ask)


def fields_of(request: PlaceRequest) -> dict[str, Any]:
    """What is sent to buy, but for who and when. How codes come is left to the site: they never come at once."""
    fields: dict[str, Any] = {
        "goodsid": request.item_id,
        "buynum": request.quantity,
        "usorderno": request.number,
        "callbackurl": request.notify_url,
        "maxmoney": plain(request.max_cost),
    }
    if request.form:
        fields["attach"] = [{"attachtype": type_of(key), "value": value} for key, value in request.form.items()]
    return fields
