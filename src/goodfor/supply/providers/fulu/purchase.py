"""Buying at Fulu: a method for each kind of goods; the reply never has codes, the order is asked for them."""

from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final

from goodfor.supply.providers.fulu.client import Caller, Denied, guarded
from goodfor.supply.providers.fulu.items import ACCOUNT, FORM
from goodfor.supply.providers.fulu.orders import charged, check_numbers, order_of
from goodfor.supply.providers.fulu.settings import NOT_FOUND, PHONE, Settings
from goodfor.supply.providers.numbers import record, records, text
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


class FuluPurchase:
    """See `base.Purchase`."""

    def place(self, site: Site, wire: Wire, request: PlaceRequest) -> Placed:
        """See `Purchase.place`. Every code but 0 is doubt, unless the settings know it."""
        settings = Settings.of(site)
        made = _order(request, settings)
        if isinstance(made, Refused):
            return made
        method, fields = made

        def ask() -> Accepted:
            told = record(Caller(settings, wire).post("place", method, fields, PATIENCE))
            check_numbers(told, request.number, "")
            cost = None if text(told.get("order_state"), 20) == "failed" else charged(told, settings, request.quantity)
            # Even an order that failed at once is asked about: one way to learn an end.
            return Accepted(text(told.get("order_id"), 64), cost)

        return guarded(ask, unknown=None)

    def query(self, site: Site, wire: Wire, order: OrderRef) -> Asked:
        """See `Purchase.query`. "Not found" has no published code: without one in the settings there is only doubt."""
        settings = Settings.of(site)

        def ask() -> Order | NotFound:
            try:
                fields = {"customer_order_no": order.number}
                told = record(Caller(settings, wire).post("query", "fulu.order.info.get", fields))
            except Denied as no:
                if no.meaning == NOT_FOUND:
                    return NotFound()
                raise
            wire.conceal(_sealed(told))
            found = order_of(told, order, settings)
            wire.conceal(part for code in found.codes for part in (code.number, code.secret, code.link))
            return found

        return guarded(ask, unknown=None)

    def codes(self, site: Site, wire: Wire, order: OrderRef) -> tuple[Code, ...] | Refused | Doubt:
        """See `Purchase.codes`: they come with the order."""
        found = self.query(site, wire, order)
        if isinstance(found, NotFound):
            return Doubt("not_found")
        return found.codes if isinstance(found, Order) else found

    def cancel(self, site: Site, wire: Wire, order: OrderRef, reason: str) -> Placed:  # noqa: ARG002
        """Not offered."""
        return Refused("request", "unsupported")


def _order(request: PlaceRequest, settings: Settings) -> tuple[str, dict[str, Any]] | Refused:
    """Method and fields, or why it cannot be ordered."""
    if request.quantity < 1 or request.sku_id or request.max_cost <= 0:
        return Refused("request", "sku_id" if request.sku_id else "quantity")
    if PHONE.fullmatch(request.item_id):
        return _phone(request)
    if not (request.item_id.isascii() and request.item_id.isdigit()):
        return Refused("request", "item_id")
    form = {key: value for key, value in request.form.items() if value}
    if form and (ACCOUNT not in form or not form.keys() <= FORM):
        return Refused("request", "form")
    fields: dict[str, Any] = {
        "product_id": int(request.item_id),
        "buy_num": request.quantity,
        "customer_order_no": request.number,
    }
    fields |= _guard(request, settings) | form
    if not form:
        return "fulu.order.card.add", fields
    if request.buyer_ip:
        fields["charge_ip"] = request.buyer_ip
    return "fulu.order.direct.add", fields


def _phone(request: PlaceRequest) -> tuple[str, dict[str, Any]] | Refused:
    """Nothing guards what these cost: there is no field for it."""
    found, phone = PHONE.fullmatch(request.item_id), request.form.get("charge_phone", "")
    if found is None or request.quantity != 1:
        return Refused("request", "quantity")
    if not (phone.isascii() and phone.isdigit()):
        return Refused("account", "charge_phone")
    fields: dict[str, Any] = {"charge_phone": phone, "customer_order_no": request.number}
    if found[1]:
        return "fulu.order.mobile.add", fields | {"charge_value": int(found[1])}
    return "fulu.order.data.add", fields | {"charge_value": int(found[2]), "packet_kind": int(found[3])}


def _guard(request: PlaceRequest, settings: Settings) -> dict[str, float | int]:
    """A number; rounded down: never above what was allowed for all of it."""
    if settings.guard == "none":
        return {}
    most = request.max_cost if settings.guard == "total" else request.max_cost / request.quantity
    cost = most.quantize(Decimal("0.0001"), ROUND_DOWN).normalize()
    # Amounts below a billion with few digits are written back as they were.
    return {"customer_price": int(cost) if cost == cost.to_integral_value() else float(cost)}


def _sealed(told: Mapping[str, Any]) -> list[str]:
    """Codes as they came: a text within a text, so their slashes may be escaped twice."""
    found = [text(card.get(part)) for card in records(told.get("cards")) for part in ("card_number", "card_pwd")]
    return [form.replace("/", slash) for form in found if form for slash in ("/", "\\\\/", "\\\\\\/")]
