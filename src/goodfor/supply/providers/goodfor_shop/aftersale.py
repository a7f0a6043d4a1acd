"""After a sale: the movements of our balance there. The rest is not offered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from goodfor.supply.providers.goodfor_shop.client import Caller, Reach, guarded, over_http
from goodfor.supply.providers.goodfor_shop.items import instant, money_of
from goodfor.supply.providers.goodfor_shop.orders import SKEW, listed
from goodfor.supply.providers.numbers import BadReply, records, text
from goodfor.supply.providers.values import CodeState, Doubt, OrderRef, Refused, Site, StatementRow, Ticket
from goodfor.supply.providers.wire import Wire

_NONE: Final = Refused("request", "unsupported")
ZONE: Final = "Asia/Shanghai"
PAGE: Final = 200
MAX_PAGES: Final = 100


@dataclass(frozen=True, slots=True)
class ShopAfterSale:
    """See `base.AfterSale`."""

    reach: Reach = over_http

    def code_state(self, site: Site, wire: Wire, code_ref: str) -> CodeState | Refused | Doubt:  # noqa: ARG002
        """Not offered."""
        return _NONE

    def void(self, site: Site, wire: Wire, code_ref: str) -> CodeState | Refused | Doubt:  # noqa: ARG002
        """Not offered."""
        return _NONE

    def complain(
        self, site: Site, wire: Wire, order: OrderRef, text: str, images: Sequence[bytes], notify_url: str  # noqa: ARG002
    ) -> Ticket | Refused | Doubt:  # fmt: skip
        """Not offered."""
        return _NONE

    def ticket(self, site: Site, wire: Wire, ref: str) -> Ticket | Refused | Doubt:  # noqa: ARG002
        """Not offered."""
        return _NONE

    def statement(self, site: Site, wire: Wire, day: date) -> Sequence[StatementRow] | Refused | Doubt:
        """See `AfterSale.statement`. Movements name orders by an id: orders are read for their numbers."""
        caller = self.reach(site, wire)
        start = datetime.combine(day, time(), ZoneInfo(ZONE))

        def ask() -> Sequence[StatementRow]:
            entries = _entries(caller, start, start + timedelta(days=1))
            names = _names(caller, start, {text(row.get("order_id"), 64) for _at, row in entries} - {""})
            return [_row(at, row, names, caller.settings.currency) for at, row in entries]

        return guarded(ask)


def _row(at: datetime, row: Mapping[str, Any], names: Mapping[str, tuple[str, str]], currency: str) -> StatementRow:
    number, ref = names.get(text(row.get("order_id"), 64), ("", ""))
    return StatementRow(at, money_of(row.get("amount"), currency), currency, number, ref, text(row.get("kind"), 32))


def _entries(caller: Caller, start: datetime, end: datetime) -> list[tuple[datetime, dict[str, Any]]]:
    found, cursor = list[tuple[datetime, dict[str, Any]]](), ""
    for _page in range(MAX_PAGES):
        told = caller.get("statement", "/balance/entries", {"limit": PAGE, **({"cursor": cursor} if cursor else {})})
        rows = records(told.get("items"))
        dated = [(at, row) for row in rows if (at := instant(row.get("at"))) is not None]
        found += [(at, row) for at, row in dated if start <= at < end]
        cursor = text(told.get("next_cursor"), 200)
        # Movements are listed as they were booked, which is not to the second when they took place.
        if not cursor or (dated and max(at for at, _row in dated) < start - SKEW):
            return found
    raise BadReply("too_many_entries")


def _names(caller: Caller, start: datetime, order_ids: set[str]) -> dict[str, tuple[str, str]]:
    """Order id -> (our number, theirs), as far as they were ordered that day or the month before."""
    names: dict[str, tuple[str, str]] = {}
    if not order_ids:
        return names
    try:
        for row in listed(caller, "statement", start - timedelta(days=31)):
            number = text(row.get("id"), 64)
            if number in order_ids:
                names[number] = (text(row.get("external_ref"), 64), text(row.get("number"), 32))
            if len(names) == len(order_ids):
                break
    except BadReply as problem:
        if problem.code != "too_many_orders":
            raise
    return names
