"""After a sale at Kinguin: what became of a key, giving it back, the orders of a day."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from goodfor.supply.providers.kinguin.client import Caller, euros, guarded, moment
from goodfor.supply.providers.kinguin.orders import DELIVERED, KEY_STATES, Key, keys_of
from goodfor.supply.providers.kinguin.purchase import ORDER_ID
from goodfor.supply.providers.kinguin.settings import CURRENCY, Settings
from goodfor.supply.providers.numbers import BadReply, record, records, text
from goodfor.supply.providers.values import CodeState, Doubt, OrderRef, Refused, Site, StatementRow, Ticket
from goodfor.supply.providers.wire import Wire

_NONE: Final = Refused("request", "unsupported")
PAGE: Final = 25
MAX_PAGES: Final = 400


class KinguinAfterSale:
    """See `base.AfterSale`. A code's `ref` is "<their order>/<key>"."""

    def code_state(self, site: Site, wire: Wire, code_ref: str) -> CodeState | Refused | Doubt:
        """See `AfterSale.code_state`. They do not say whether a key was used, only whether it was given back."""
        settings = Settings.of(site)
        order_id, key_id = _parts(code_ref)
        if not key_id:
            return Refused("request", "no_ref")
        return guarded(lambda: _state(_keys(Caller(settings, wire), "code_state", order_id), key_id))

    def void(self, site: Site, wire: Wire, code_ref: str) -> CodeState | Refused | Doubt:
        """See `AfterSale.void`. They take back all keys of an order at once: done for an order of one key only."""
        settings = Settings.of(site)
        order_id, key_id = _parts(code_ref)
        if not key_id:
            return Refused("request", "no_ref")
        caller = Caller(settings, wire)

        def ask() -> CodeState | Refused:
            keys = _keys(caller, "void", order_id)
            now = _state(keys, key_id)
            if len(keys) != 1:
                return Refused("request", "whole_order")
            if keys[0].status != DELIVERED:
                return now
            told = records(caller.post("void", f"/v2/order/{order_id}/keys/return", None))
            return _state([Key(text(one.get("id"), 64), text(one.get("status"), 20), None) for one in told], key_id)

        return guarded(ask)

    def complain(
        self, site: Site, wire: Wire, order: OrderRef, text: str, images: Sequence[bytes], notify_url: str  # noqa: ARG002
    ) -> Ticket | Refused:  # fmt: skip
        """Not offered."""
        return _NONE

    def ticket(self, site: Site, wire: Wire, ref: str) -> Ticket | Refused:  # noqa: ARG002
        """Not offered."""
        return _NONE

    def statement(self, site: Site, wire: Wire, day: date) -> Sequence[StatementRow] | Refused | Doubt:
        """See `AfterSale.statement`: what was charged for the orders of a day in UTC. What came back is not in it."""
        settings = Settings.of(site)
        return guarded(lambda: _day(Caller(settings, wire), day))


def _parts(code_ref: str) -> tuple[str, str]:
    order_id, _, key_id = code_ref.partition("/")
    return (order_id, key_id) if ORDER_ID.fullmatch(order_id) else ("", "")


def _keys(caller: Caller, what: str, order_id: str) -> list[Key]:
    told = record(caller.get(what, f"/v1/order/{order_id}"))
    if text(told.get("orderId"), 64) != order_id:
        raise BadReply("other_number")
    return keys_of(told)


def _state(keys: Sequence[Key], key_id: str) -> CodeState:
    found = next((key for key in keys if key.id == key_id), None)
    if found is None:
        raise BadReply("no_key")
    return KEY_STATES.get(found.status, "unknown")


def _day(caller: Caller, day: date) -> list[StatementRow]:
    """Orders move between pages while they are read: each is counted once, the end is an empty page."""
    begin = datetime.combine(day, time(), UTC)
    end = begin + timedelta(days=1)
    shape = "%Y-%m-%dT%H:%M:%S+00:00"
    found: dict[str, StatementRow] = {}
    for number in range(1, MAX_PAGES + 1):
        fields = {
            "createdAtFrom": begin.strftime(shape), "createdAtTo": end.strftime(shape), "page": number, "limit": PAGE,
        }  # fmt: skip
        told = record(caller.get("statement", "/v1/order", fields)).get("results")
        if told is None:
            raise BadReply("not_a_list")
        rows = records(told)
        for row in rows:
            at, cost, ref = moment(row.get("createdAt")), euros(row.get("paymentPrice")), text(row.get("orderId"), 64)
            if cost is None or not ref:
                raise BadReply("bad_amount")
            if begin <= at < end:
                found[ref] = StatementRow(at, -cost, CURRENCY, text(row.get("orderExternalId"), 64), ref, "order")
        if not rows:
            return sorted(found.values(), key=lambda row: (row.at, row.ref))
    raise BadReply("too_many")
