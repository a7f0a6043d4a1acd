"""Buying at a dujiao-next shop. The same number again gives the order that is there: that is the way out of doubt."""

from collections.abc import Mapping
from typing import Any, Final

from goodfor.supply.providers.dujiao.client import NO_ORDER, Caller, Denied, guarded
from goodfor.supply.providers.dujiao.orders import cost_of, order_of, ref_of
from goodfor.supply.providers.dujiao.settings import Settings
from goodfor.supply.providers.labels import concealed
from goodfor.supply.providers.numbers import BadReply, text
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


class DujiaoPurchase:
    """See `base.Purchase`."""

    def place(self, site: Site, wire: Wire, request: PlaceRequest) -> Placed:
        """See `Purchase.place`. Whatever state the order is in, it is there: how it stands, it is asked."""
        settings = Settings.of(site)
        if not _is_id(request.sku_id) or request.quantity < 1:
            return Refused("request", "sku_id")

        def ask() -> Accepted | Doubt:
            try:
                told = Caller(settings, wire).post("place", "/orders", fields_of(request), PATIENCE)
            except Denied as no:
                if no.code == NO_ORDER:
                    return Doubt("unknown_code")
                raise
            _own(told, request.number)
            return Accepted(ref_of(told), cost_of(told, settings.currency))

        return guarded(ask)

    def query(self, site: Site, wire: Wire, order: OrderRef) -> Asked:
        """See `Purchase.query`. Only by their id: without it the purchase is to be sent once more."""
        settings = Settings.of(site)
        if not _is_id(order.ref):
            return Doubt("no_ref")

        def ask() -> Order | NotFound:
            try:
                told = Caller(settings, wire).get("query", f"/orders/{order.ref}")
            except Denied as no:
                if no.code == NO_ORDER:
                    return NotFound()
                raise
            row = told["order"] if isinstance(told.get("order"), Mapping) else told
            found = order_of(row, order.number, settings.currency, order.quantity)
            wire.conceal(_texts(row, found.codes))
            _own(row, order.number)
            if found.ref != order.ref:
                raise BadReply("other_order")
            return found

        return guarded(ask)

    def codes(self, site: Site, wire: Wire, order: OrderRef) -> tuple[Code, ...] | Refused | Doubt:
        """See `Purchase.codes`: they come with the order."""
        found = self.query(site, wire, order)
        if isinstance(found, NotFound):
            return Doubt("not_found")
        return found.codes if isinstance(found, Order) else found

    def cancel(self, site: Site, wire: Wire, order: OrderRef, reason: str) -> Placed:  # noqa: ARG002
        """See `Purchase.cancel`."""
        settings = Settings.of(site)
        if not _is_id(order.ref):
            return Refused("request", "no_ref")

        def ask() -> Accepted:
            Caller(settings, wire).post("cancel", f"/orders/{order.ref}/cancel")
            return Accepted(order.ref)

        return guarded(ask)


def fields_of(request: PlaceRequest) -> dict[str, Any]:
    """What is sent to buy, the same on every try. There is no guard: whoever buys asks for the price before."""
    fields: dict[str, Any] = {
        "sku_id": int(request.sku_id),
        "quantity": request.quantity,
        "downstream_order_no": request.number,
    }
    if request.form:
        fields["manual_form_data"] = dict(request.form)
    if request.notify_url:
        fields["callback_url"] = request.notify_url
    return fields


def _own(row: Mapping[str, Any], number: str) -> None:
    """Where they say whose order it is, it is ours. Raises BadReply."""
    if text(row.get("downstream_order_no"), 64) not in ("", number):
        raise BadReply("other_number")


def _is_id(told: str) -> bool:
    return told.isascii() and told.isdigit()


def _texts(row: Mapping[str, Any], codes: tuple[Code, ...]) -> list[str]:
    """All that was delivered: the codes, and the lines they came in."""
    given = row.get("fulfillment")
    if not isinstance(given, Mapping):
        return concealed(codes)
    lines = text(given.get("payload"), 200_000).splitlines()
    data = given.get("delivery_data")
    told = [text(one) for one in data.values()] if isinstance(data, Mapping) else []
    return [part for one in (*concealed(codes), *lines, *told) if (part := one.strip("\ufeff\u200b \t\r\n"))]
