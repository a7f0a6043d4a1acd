"""Orders of a Kasushou site, read."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Final

from goodfor.supply.providers.numbers import BadReply, decimal, records, text, whole
from goodfor.supply.providers.values import Code, Order, OrderState

BEIJING: Final = timezone(timedelta(hours=8))
#: 4 is a cancelled order whose money comes with it or after: `refunded` says.
_STATES: Final[Mapping[int, OrderState]] = {
    -1: "unpaid", 1: "accepted", 2: "processing", 3: "success", 4: "cancelled", 5: "refunded",
}  # fmt: skip


def order_of(row: Mapping[str, Any]) -> Order:
    """One order. A state that is not known is `processing`. Raises BadReply."""
    ours = text(row.get("external_orderno"), 64)
    if not ours:
        raise BadReply("no_number")
    word = whole(row.get("status"))
    codes = codes_of(row.get("card_list"))
    return Order(
        state="processing" if word is None else _STATES.get(word, "processing"),
        number=ours,
        ref=text(row.get("ordersn"), 64),
        charged=decimal(row.get("total_price")),
        refunded=decimal(row.get("has_back_money")) or Decimal(0),
        codes=codes,
        message=text(row.get("recharge_hints"), 500),
        word=text(row.get("status"), 20),
    )


def codes_of(rows: Any) -> tuple[Code, ...]:
    """Cards as they came; the number may be empty. Raises BadReply."""
    return tuple(
        Code(
            number=text(row.get("card_no"), 500),
            secret=text(row.get("card_password"), 4000),
            expires_at=_time(row.get("end_time")),
        )
        for row in records(rows)
    )


def _time(value: Any) -> datetime | None:
    """A Beijing time without a zone, or a Unix time; None where it says nothing."""
    told = text(value, 32).strip()
    if told.isdigit() and len(told) in (10, 13):
        return datetime.fromtimestamp(int(told[:10]), BEIJING)
    for shape in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d"):
        try:
            return datetime.strptime(told, shape).replace(tzinfo=BEIJING)
        except ValueError:
            continue
    return None
