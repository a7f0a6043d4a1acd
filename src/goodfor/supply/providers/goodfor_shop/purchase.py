"""Buying at another Goodfor: one call takes money and codes, or nothing; a second one shows the codes.

Our number is the idempotency key and the order's `external_ref`, so the same call again is answered by the same order:
by the key for a week, and refused by the reference for good.
"""

from dataclasses import dataclass
from decimal import ROUND_FLOOR
from typing import Any, Final

from goodfor.kernel.money import EXPONENTS
from goodfor.supply.providers.goodfor_shop.catalogue import is_id
from goodfor.supply.providers.goodfor_shop.client import Caller, Reach, guarded, over_http
from goodfor.supply.providers.goodfor_shop.items import MOST, codes_of, order_of
from goodfor.supply.providers.goodfor_shop.orders import REF, found
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


@dataclass(frozen=True, slots=True)
class ShopPurchase:
    """See `base.Purchase`."""

    reach: Reach = over_http

    def place(self, site: Site, wire: Wire, request: PlaceRequest) -> Placed:
        """See `Purchase.place`. Codes that could not be shown at once are asked for later: the order stands."""
        caller = self.reach(site, wire)
        if not is_id(request.sku_id) or not 1 <= request.quantity <= MOST:
            return Refused("request", "sku_id" if not is_id(request.sku_id) else "quantity")
        if request.currency != caller.settings.currency:
            return Refused("request", "currency")

        def ask() -> Order:
            told = caller.post("place", "/orders", _body(request), request.number, PATIENCE)
            return order_of(told, request.number, caller.settings.currency)

        order = guarded(ask)
        if not isinstance(order, Order):
            return order
        if not order.has_codes:
            return Accepted(order.ref, order.charged)
        codes = _revealed(caller, "place", request.number, order.ref)
        if not isinstance(codes, tuple) or not codes:
            return Accepted(order.ref, order.charged)
        return Delivered(order.ref, order.charged, codes)

    def query(self, site: Site, wire: Wire, order: OrderRef) -> Asked:
        """See `Purchase.query`."""
        caller = self.reach(site, wire)

        def ask() -> Order | NotFound:
            told = found(caller, "query", order)
            return NotFound() if told is None else order_of(told, order.number, caller.settings.currency)

        return guarded(ask)

    def codes(self, site: Site, wire: Wire, order: OrderRef) -> tuple[Code, ...] | Refused | Doubt:
        """See `Purchase.codes`. Every showing is written down there."""
        asked = self.query(site, wire, order)
        if isinstance(asked, NotFound):
            return Doubt("not_found")
        if not isinstance(asked, Order):
            return asked
        return _revealed(self.reach(site, wire), "codes", order.number, asked.ref) if asked.has_codes else ()

    def cancel(self, site: Site, wire: Wire, order: OrderRef, reason: str) -> Placed:
        """See `Purchase.cancel`: they give back what was never shown, and nothing else."""
        caller = self.reach(site, wire)
        if not REF.fullmatch(order.ref):
            return Refused("request", "no_ref")

        def ask() -> Accepted:
            words = "".join(char if char.isprintable() else " " for char in reason).strip()[:200]
            fields = {"reason": words or "requested"}
            caller.post("cancel", f"/orders/{order.ref}/refunds", fields, f"{order.number}-refund")
            return Accepted(order.ref)

        return guarded(ask)


def _revealed(caller: Caller, what: str, number: str, ref: str) -> tuple[Code, ...] | Refused | Doubt:
    def ask() -> tuple[Code, ...]:
        told = caller.post(what, f"/orders/{ref}/codes/reveal", {}, f"{number}-codes")
        codes = codes_of(told.get("items"))
        caller.wire.conceal(part for code in codes for part in (code.number, code.secret))
        return codes

    return guarded(ask)


def _body(request: PlaceRequest) -> dict[str, Any]:
    """The same bytes for the same request: the key stands for them."""
    most = request.max_cost.scaleb(EXPONENTS[request.currency]).to_integral_value(ROUND_FLOOR)
    return {
        "lines": [{"sku_id": request.sku_id, "quantity": request.quantity}],
        "payment": "balance",
        "external_ref": request.number,
        "max_total": {"amount_minor": int(most), "currency": request.currency},
    }
