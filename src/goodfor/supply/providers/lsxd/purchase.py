"""Buying at Lsxd: one top-up at a time, without a guard of the price."""

import json
from typing import Final

from goodfor.supply.providers.lsxd.client import NOT_FOUND, TAKEN_UP, Caller, Denied, guarded
from goodfor.supply.providers.lsxd.items import ACCOUNT, BUYERS_ADDRESS
from goodfor.supply.providers.lsxd.orders import order_of
from goodfor.supply.providers.lsxd.settings import Settings
from goodfor.supply.providers.numbers import BadReply, text
from goodfor.supply.providers.values import (
    Accepted,
    Asked,
    Code,
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


class LsxdPurchase:
    """See `base.Purchase`."""

    def place(self, site: Site, wire: Wire, request: PlaceRequest) -> Placed:
        """See `Purchase.place`. Accepted at best: a call or a question tells the end."""
        settings = Settings.of(site)
        if not request.item_id or request.sku_id or request.quantity != 1:
            return Refused("request", "quantity" if request.quantity != 1 else "item_id")
        if not request.form.get(ACCOUNT, "").strip():
            return Refused("account", "no_account")

        def ask() -> Accepted:
            fields = _fields(settings, request)
            told = Caller(settings, wire).post("place", "/recharge/order", fields, TAKEN_UP, PATIENCE)
            if text(told.get("outTradeNo"), 64) not in ("", request.number):
                raise BadReply("other_number")
            return Accepted()

        return guarded(ask)

    def query(self, site: Site, wire: Wire, order: OrderRef) -> Asked:
        """See `Purchase.query`. 1012 is "not found"."""
        settings = Settings.of(site)

        def ask() -> Order | NotFound:
            try:
                told = Caller(settings, wire).post("query", "/recharge/query", {"outTradeNo": order.number})
            except Denied as no:
                if no.code == NOT_FOUND:
                    return NotFound()
                raise
            if text(told.get("outTradeNo"), 64) not in ("", order.number):
                raise BadReply("other_number")
            if "status" not in told:
                raise BadReply("no_state")
            return order_of(told, order.number)

        return guarded(ask)

    def codes(self, site: Site, wire: Wire, order: OrderRef) -> tuple[Code, ...]:  # noqa: ARG002
        """A top-up has none."""
        return ()

    def cancel(self, site: Site, wire: Wire, order: OrderRef, reason: str) -> Placed:  # noqa: ARG002
        """Not offered."""
        return Refused("request", "unsupported")


def _fields(settings: Settings, request: PlaceRequest) -> dict[str, str]:
    """All fields but the common ones; none is empty."""
    needs = settings.needs(request.item_id)
    more = {name: value for name, value in request.form.items() if name != ACCOUNT and value}
    if BUYERS_ADDRESS in needs.asked and request.buyer_ip:
        more.setdefault(BUYERS_ADDRESS, request.buyer_ip)
    fields = {
        "outTradeNo": request.number,
        "productId": request.item_id,
        "rechargeAccount": request.form[ACCOUNT].strip(),
        "accountType": str(needs.account),
        "number": "1",
        "notifyUrl": request.notify_url,
        "version": "1.0",
        "extendParameter": json.dumps(more, ensure_ascii=False, separators=(",", ":")) if more else "",
    }
    return {name: value for name, value in fields.items() if value}
