"""Buying at Xingquanyi. A number that is known is refused, in words only."""

from decimal import Decimal
from typing import Final

from goodfor.supply.providers.labels import concealed
from goodfor.supply.providers.numbers import BadReply, decimal, plain, record, text
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
from goodfor.supply.providers.xingquanyi.client import NO, Caller, Denied, guarded
from goodfor.supply.providers.xingquanyi.items import ACCOUNT
from goodfor.supply.providers.xingquanyi.orders import codes_of, order_of, state_of
from goodfor.supply.providers.xingquanyi.settings import Settings

PATIENCE: Final = 35.0
_CENT: Final = Decimal("0.0001")
#: `error` to a question has words only; nothing but these says that there is no such order.
_NONE: Final = ("不存在", "未找到", "找不到", "没有", "查无", "无此")


class XingquanyiPurchase:
    """See `base.Purchase`."""

    def place(self, site: Site, wire: Wire, request: PlaceRequest) -> Placed:
        """See `Purchase.place`. An order that they took and that failed at once is asked about like any other."""
        settings = Settings.of(site)
        if not request.item_id or request.sku_id or request.quantity < 1:
            return Refused("request", "item_id")
        if request.max_cost <= 0:
            return Refused("price", "max_cost")

        def ask() -> Accepted | Delivered:
            told = record(Caller(settings, wire).post("place", "/api/buy", _fields(request), PATIENCE))
            if text(told.get("outer_order_id"), 64) not in ("", request.number):
                raise BadReply("other_number")
            ref, cost = text(told.get("order_id"), 64), decimal(told.get("total_price"))
            # What the address is for they do not say: it is not handed on, and not kept.
            wire.conceal([text(told.get("recharge_url"))])
            codes = codes_of(told)
            wire.conceal(concealed(codes))
            if state_of(told) == "success" and len(codes) == request.quantity:
                return Delivered(ref, cost, codes)
            return Accepted(ref, cost)

        return guarded(ask)

    def query(self, site: Site, wire: Wire, order: OrderRef) -> Asked:
        """See `Purchase.query`, by our number."""
        settings = Settings.of(site)

        def ask() -> Order | NotFound:
            try:
                fields = {"outer_order_id": order.number}
                told = record(Caller(settings, wire).post("query", "/api/outer-order", fields))
            except Denied as no:
                if no.code == NO and any(word in no.message for word in _NONE):
                    return NotFound()
                # A plain no to a question says nothing about the order.
                raise BadReply("error") if no.code == NO else no from None
            if text(told.get("outer_order_id"), 64) not in ("", order.number):
                raise BadReply("other_number")
            if "state" not in told:
                raise BadReply("no_state")
            found = order_of(told, order.number)
            wire.conceal(concealed(found.codes))
            return found

        return guarded(ask)

    def codes(self, site: Site, wire: Wire, order: OrderRef) -> tuple[Code, ...] | Refused | Doubt:
        """See `Purchase.codes`: where the order has them."""
        found = self.query(site, wire, order)
        if isinstance(found, NotFound):
            return Doubt("not_found")
        return found.codes if isinstance(found, Order) else found

    def cancel(self, site: Site, wire: Wire, order: OrderRef, reason: str) -> Placed:  # noqa: ARG002
        """Not offered."""
        return Refused("request", "unsupported")


def _fields(request: PlaceRequest) -> dict[str, str]:
    """All fields but the common ones. Their guard is per unit: rounded down, so that all never cost more."""
    more = {f"recharge_template_input_items[{name}]": value for name, value in request.form.items() if name != ACCOUNT}
    unit = (request.max_cost / request.quantity).quantize(_CENT, "ROUND_DOWN").normalize()
    return more | {
        "product_id": request.item_id,
        "quantity": str(request.quantity),
        ACCOUNT: request.form.get(ACCOUNT, "").strip(),
        "notify_url": request.notify_url,
        "outer_order_id": request.number,
        "safe_cost": plain(unit),
        "client_ip": request.buyer_ip,
    }
