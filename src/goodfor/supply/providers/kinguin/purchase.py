"""Buying at Kinguin: an order is a price that is offered; its keys are fetched when they are there."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final

from goodfor.supply.providers.kinguin.client import ORDER_NOT_FOUND, Caller, Denied, euros, guarded
from goodfor.supply.providers.kinguin.items import MOST, MOST_WHOLESALE
from goodfor.supply.providers.kinguin.orders import check_numbers, code_of, order_of
from goodfor.supply.providers.kinguin.settings import CURRENCY, Settings
from goodfor.supply.providers.numbers import BadReply, record, records, text
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
from goodfor.supply.providers.wire import NoAnswer, Wire

PATIENCE: Final = 35.0
#: Pictures fill a reply soon.
_LIMITS_TEXT, _LIMITS_ANY = (100, 10), (5, 1)
ORDER_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")


class KinguinPurchase:
    """See `base.Purchase`."""

    def place(self, site: Site, wire: Wire, request: PlaceRequest) -> Placed:
        """See `Purchase.place`. What is charged may be less than what was offered."""
        settings = Settings.of(site)
        fields = _body(request, settings)
        if isinstance(fields, Refused):
            return fields

        def ask() -> Accepted:
            told = record(Caller(settings, wire).post("place", "/v1/order", fields, PATIENCE))
            return Accepted(check_numbers(told, request.number), euros(told.get("paymentPrice")))

        return guarded(ask)

    def query(self, site: Site, wire: Wire, order: OrderRef) -> Asked:
        """See `Purchase.query`: by their number where it is known, else searched for by ours."""
        settings = Settings.of(site)
        caller = Caller(settings, wire)

        def ask() -> Order | NotFound:
            if not order.ref:
                row = _search(caller, order.number)
                return NotFound() if row is None else order_of(row, order.number)
            try:
                told = record(caller.get("query", f"/v1/order/{_id(order.ref)}"))
            except Denied as no:
                if no.kind == ORDER_NOT_FOUND:
                    # They gave it this number themselves: that it is gone does not mean that it never was.
                    raise BadReply("not_found") from None
                raise
            return order_of(told, order.number, order.ref)

        return guarded(ask)

    def codes(self, site: Site, wire: Wire, order: OrderRef) -> tuple[Code, ...] | Refused | Doubt:
        """See `Purchase.codes`. Those that are there already come while others are on their way."""
        settings = Settings.of(site)
        caller = Caller(settings, wire)

        def ask() -> tuple[Code, ...]:
            ref = order.ref
            if not ref:
                row = _search(caller, order.number)
                if row is None:
                    raise BadReply("not_found")
                ref = check_numbers(row, order.number)
            return _fetch(caller, ref, order.item_id)

        return guarded(ask)

    def cancel(self, site: Site, wire: Wire, order: OrderRef, reason: str) -> Placed:  # noqa: ARG002
        """Not offered."""
        return Refused("request", "unsupported")


def _body(request: PlaceRequest, settings: Settings) -> dict[str, Any] | Refused:
    """The request, or why it cannot be ordered. More than nine need an offer with wholesale."""
    most = MOST_WHOLESALE if request.sku_id else MOST
    if not 1 <= request.quantity <= most or request.currency != CURRENCY:
        return Refused("request", "quantity" if request.currency == CURRENCY else "currency")
    if not (request.item_id.isascii() and request.item_id.isdigit()):
        return Refused("request", "item_id")
    # Rounded down: never above what was allowed for all of it.
    price = (request.max_cost / request.quantity).quantize(Decimal("0.01"), ROUND_DOWN)
    if price <= 0:
        return Refused("price", "max_cost")
    # Amounts of two digits are written back as they were.
    line: dict[str, Any] = {"kinguinId": int(request.item_id), "qty": request.quantity, "price": float(price)}
    if settings.text_only:
        line["keyType"] = "text"
    if request.sku_id:
        line["offerId"] = request.sku_id
    return {"products": [line], "orderExternalId": request.number}


def _id(ref: str) -> str:
    if not ORDER_ID.fullmatch(ref):
        raise BadReply("bad_ref")
    return ref


def _search(caller: Caller, number: str) -> dict[str, Any] | None:
    """The order by our number; None: there is none. Two are a puzzle for somebody. Raises BadReply."""
    try:
        told = record(caller.get("query", "/v1/order", {"orderExternalId": number, "limit": 25, "page": 1}))
    except Denied as no:
        if no.kind == ORDER_NOT_FOUND:
            return None
        raise
    found = told.get("results")
    if found is None:
        raise BadReply("not_a_list")
    rows = records(found)
    own = {text(row.get("orderId"), 64): row for row in rows if text(row.get("orderExternalId"), 64) == number}
    if len(own) > 1:
        raise BadReply("two_orders")
    if rows and not own:
        raise BadReply("other_number")
    return next(iter(own.values()), None)


def _fetch(caller: Caller, ref: str, item_id: str) -> tuple[Code, ...]:
    """All keys of an order. Where pictures are too much for one reply, they come one by one."""
    limits = _LIMITS_TEXT if caller.settings.text_only else _LIMITS_ANY
    for limit in limits:
        try:
            return _pages(caller, ref, item_id, limit)
        except NoAnswer as lost:
            if lost.reason != "reply_too_large" or limit == limits[-1]:
                raise
    raise BadReply("reply_too_large")


def _pages(caller: Caller, ref: str, item_id: str, limit: int) -> tuple[Code, ...]:
    codes: dict[str, Code] = {}
    for number in range(1, MOST_WHOLESALE // limit + 2):
        rows = records(caller.get("codes", f"/v2/order/{_id(ref)}/keys", {"page": number, "limit": limit}))
        # Hidden before anything is judged, also what turns out to be odd.
        caller.wire.conceal(list(_shown(caller.wire, rows)))
        for row in rows:
            code = code_of(row, ref, item_id)
            codes[code.ref] = code
        if len(rows) < limit:
            return tuple(codes.values())
    raise BadReply("too_many")


def _shown(wire: Wire, rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The keys as they stand in the reply that was kept, also where it was cut in the middle of one."""
    kept = wire.exchanges[-1].reply.rstrip("\ufffd") if wire.exchanges else ""
    for serial in (row.get("serial") for row in rows):
        told = serial if isinstance(serial, str) else text(serial)
        forms = {told, *(json.dumps(told, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False))}
        for form in forms | {form.replace("/", "\\/") for form in forms}:
            yield form
            begin = kept.rfind(form[:4]) if len(form) >= 4 else -1
            if begin >= 0 and form.startswith(kept[begin:]):
                yield kept[begin:]
