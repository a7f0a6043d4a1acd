"""Buying at Xinghai. A number is sent once: after a failure they would take it for a new order."""

from decimal import Decimal
from typing import Final

from goodfor.supply.providers.numbers import BadReply, decimal, plain, text, whole
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
from goodfor.supply.providers.xinghai.client import Caller, guarded, inside
from goodfor.supply.providers.xinghai.items import ACCOUNT
from goodfor.supply.providers.xinghai.orders import NOT_FOUND, codes_of, order_of
from goodfor.supply.providers.xinghai.settings import Settings

PATIENCE: Final = 35.0
_OURS: Final = (ACCOUNT, "isp", "provinceCode", "smsCode", "phoneNo", "itemFace")


class XinghaiPurchase:
    """See `base.Purchase`."""

    def place(self, site: Site, wire: Wire, request: PlaceRequest) -> Placed:
        """See `Purchase.place`. Their price must be exact: `max_cost` is what the units cost together."""
        settings = Settings.of(site)
        if not request.item_id or request.sku_id or request.quantity < 1:
            return Refused("request", "item_id")
        unit = _exact(request)
        if unit is None:
            return Refused("price", "not_exact")
        path, fields = _way(settings, request)
        fields |= {
            "outOrderId": request.number, "itemId": request.item_id, "itemPrice": plain(unit),
            "amount": str(request.quantity), "callbackUrl": request.notify_url,
        }  # fmt: skip

        def ask() -> Accepted | Delivered:
            told = inside(Caller(settings, wire).post("place", path, fields, PATIENCE))
            if text(told.get("outOrderId"), 64) not in ("", request.number):
                raise BadReply("other_number")
            ref, cost = text(told.get("orderId"), 64), decimal(told.get("cost"))
            codes = codes_of(told.get("cardData"), settings.secret)
            _conceal(wire, codes)
            return Delivered(ref, cost, codes) if codes else Accepted(ref, cost)

        return guarded(ask)

    def query(self, site: Site, wire: Wire, order: OrderRef) -> Asked:
        """See `Purchase.query`. State 4 is "not found"; what comes within three minutes is not to be believed."""
        settings = Settings.of(site)

        def ask() -> Order | NotFound:
            told = inside(Caller(settings, wire).post("query", "/api/order/query", {"outOrderId": order.number}))
            if text(told.get("outOrderId"), 64) not in ("", order.number):
                raise BadReply("other_number")
            if "orderStatus" not in told:
                raise BadReply("no_state")
            if whole(told.get("orderStatus")) == NOT_FOUND:
                return NotFound()
            found = order_of(told, order.number, settings.secret)
            _conceal(wire, found.codes)
            return found

        return guarded(ask)

    def codes(self, site: Site, wire: Wire, order: OrderRef) -> tuple[Code, ...] | Refused | Doubt:
        """See `Purchase.codes`: where the order has them. The call that picks cards buys, and is never asked again."""
        found = self.query(site, wire, order)
        if isinstance(found, NotFound):
            return Doubt("not_found")
        return found.codes if isinstance(found, Order) else found

    def cancel(self, site: Site, wire: Wire, order: OrderRef, reason: str) -> Placed:  # noqa: ARG002
        """Not offered."""
        return Refused("request", "unsupported")


def _exact(request: PlaceRequest) -> Decimal | None:
    """What one unit costs, if the units divide it evenly."""
    unit = (request.max_cost / request.quantity).quantize(Decimal("0.00000001")).normalize()
    return unit if unit > 0 and unit * request.quantity == request.max_cost else None


def _way(settings: Settings, request: PlaceRequest) -> tuple[str, dict[str, str]]:
    """The path, and what is of it alone: what has an account is charged, what has none is picked."""
    form = {name: request.form.get(name, "").strip() for name in _OURS}
    if request.item_id in settings.phone_items:
        return "/api/hf/order/submit", {**form, "timeout": settings.phone_timeout}
    if form[ACCOUNT] or settings.card_way == "submit":
        return "/api/order/submit", form
    return "/api/card/get", {**form, "supplyMode": settings.supply_mode}


def _conceal(wire: Wire, codes: tuple[Code, ...]) -> None:
    wire.conceal(part for code in codes for part in (code.number, code.secret, code.link))
