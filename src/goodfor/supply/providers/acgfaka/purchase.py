"""Buying at an acg-faka shop: codes come with the reply. If that is lost, only a person at the shop can tell.

Without their number an order cannot be asked about, and our number, sent again, is an error that tells nothing.
"""

from collections.abc import Iterable
from typing import Any, Final

from goodfor.supply.providers.acgfaka.client import Caller, guarded
from goodfor.supply.providers.acgfaka.items import is_field
from goodfor.supply.providers.acgfaka.settings import Settings
from goodfor.supply.providers.acgfaka.signing import Value
from goodfor.supply.providers.acgfaka.texts import codes_of
from goodfor.supply.providers.acgfaka.variants import Variant, read_variant
from goodfor.supply.providers.numbers import BadReply, record, text
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
MOST: Final = 19


class AcgfakaPurchase:
    """See `base.Purchase`."""

    def place(self, site: Site, wire: Wire, request: PlaceRequest) -> Placed:
        """See `Purchase.place`. They have no guard."""
        settings, variant = Settings.of(site), read_variant(request.sku_id)
        if variant is None:
            return Refused("request", "sku_id")
        if not request.item_id or request.quantity < 1 or len(request.number) > MOST:
            return Refused("request", "item_id")
        if not all(is_field(key) for key in request.form):
            return Refused("request", "form")

        def ask() -> Accepted | Delivered:
            fields = _fields(settings, request, variant)
            told = record(Caller(settings, wire).post("place", "commodity/trade", fields, PATIENCE))
            codes = _codes(wire, told, request.quantity)
            ref = text(told.get("tradeNo"), 64)
            if not codes and not ref:
                raise BadReply("no_ref")
            return Delivered(ref, None, codes) if codes else Accepted(ref)

        return guarded(ask)

    def query(self, site: Site, wire: Wire, order: OrderRef) -> Asked:
        """See `Purchase.query`. "Success" is that codes are there: what their states mean is not described."""
        settings = Settings.of(site)
        if not order.ref:
            return Doubt("no_ref")

        def ask() -> Order | NotFound:
            told = record(Caller(settings, wire).post("query", "commodity/query", {"tradeNo": order.ref}))
            if text(told.get("tradeNo"), 64) not in ("", order.ref):
                raise BadReply("other_number")
            codes = _codes(wire, told, order.quantity)
            word = text(told.get("status"), 20)
            return Order("success" if codes else "processing", order.number, order.ref, codes=codes, word=word)

        found = guarded(ask)
        # A no is about the question, not about the order.
        return Doubt("denied") if isinstance(found, Refused) and found.why not in ("not_sent", "config") else found

    def codes(self, site: Site, wire: Wire, order: OrderRef) -> tuple[Code, ...] | Refused | Doubt:
        """See `Purchase.codes`: they come with the order."""
        found = self.query(site, wire, order)
        if isinstance(found, NotFound):
            return Doubt("not_found")
        return found.codes if isinstance(found, Order) else found

    def cancel(self, site: Site, wire: Wire, order: OrderRef, reason: str) -> Placed:  # noqa: ARG002
        """Not offered."""
        return Refused("request", "unsupported")


def _fields(settings: Settings, request: PlaceRequest, variant: Variant) -> dict[str, Value]:
    fields: dict[str, Value] = {
        "shared_code": request.item_id,
        "contact": settings.contact,
        "num": request.quantity,
        "card_id": 0,
        "device": 0,
        "password": "",
        "race": variant.race,
        "request_no": request.number,
    }
    if variant.sku:
        fields["sku"] = variant.sku
    return {**request.form, **fields}


def _codes(wire: Wire, told: dict[str, Any], quantity: int) -> tuple[Code, ...]:
    """Whatever was delivered is hidden before anything else is looked at. Raises BadReply."""
    secret = told.get("secret")
    if secret is None:
        return ()
    if not isinstance(secret, str):
        raise BadReply("bad_secret")
    wire.conceal(line.strip() for line in secret.splitlines())
    codes = codes_of(secret, quantity)
    wire.conceal(_parts(codes))
    return codes


def _parts(codes: Iterable[Code]) -> Iterable[str]:
    for code in codes:
        yield from (code.number, code.secret, code.link)
