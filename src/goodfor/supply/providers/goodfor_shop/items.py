"""Products, stock and orders of another Goodfor, read. An item is a product; what is ordered is a SKU of it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from goodfor.supply.providers.numbers import BadReply, amount, record, records, text, whole
from goodfor.supply.providers.values import Code, Item, ItemSku, Order, OrderState, Stock

#: Of one order: its codes must come in one answer of bounded size.
MOST: Final = 500
_STATES: Final[Mapping[str, OrderState]] = {
    "placed": "unpaid", "paid": "processing", "delivered": "success", "cancelled": "cancelled", "expired": "cancelled",
    "refunding": "refunding", "refunded": "refunded",
}  # fmt: skip


def money_of(value: Any, currency: str) -> Decimal:
    """An amount in this currency. Raises BadReply."""
    told = record(value)
    if told.get("currency") != currency:
        raise BadReply("other_currency")
    return amount(told.get("amount"))


def card_of(row: Mapping[str, Any], currency: str, stocks: Mapping[str, int]) -> Item:
    """A product in the list, where it has one SKU or none: its least price is that of the SKU. Raises BadReply."""
    cost = money_of(row.get("from_price"), currency)
    skus = tuple(
        ItemSku(number, "", cost, _stock(stocks[number]) if number in stocks else Stock())
        for number in (text(one, 64) for one in row.get("sku_ids") or [])
    )
    return Item(
        id=_id(row),
        name=text(row.get("name"), 200),
        kind="card",
        cost=cost,
        currency=currency,
        stock=skus[0].stock if skus else Stock(),
        category=text(row.get("category"), 64),
        image=text(row.get("image_url"), 500),
        skus=skus,
        text=text(row.get("summary")),
        whole=False,
    )


def product_of(row: Mapping[str, Any], currency: str, stocks: Mapping[str, int]) -> Item:
    """A product, whole. Raises BadReply."""
    rows = records(row.get("skus"))
    if not rows:
        raise BadReply("no_skus")
    skus = tuple(_sku(one, currency, stocks) for one in rows)
    known = [count for one in rows if (count := stocks.get(text(one.get("id"), 64))) is not None]
    limits = [limit for one in rows if (limit := whole(one.get("per_order_limit")))]
    return Item(
        id=_id(row),
        name=text(row.get("name"), 200),
        kind="card",
        cost=min((sku.cost for sku in skus if sku.on_sale), default=skus[0].cost),
        currency=currency,
        state="on" if row.get("on_sale") is True else "paused",
        stock=_stock(sum(known)) if known else Stock(),
        category=text(row.get("category"), 64),
        most=min([*limits, MOST]),
        skus=skus,
        image=text(row.get("image_url"), 500),
        text="\n".join(filter(None, (text(row.get(key)) for key in ("summary", "how_to_use", "validity_text")))),
    )


def _sku(row: Mapping[str, Any], currency: str, stocks: Mapping[str, int]) -> ItemSku:
    number = _id(row)
    count = stocks.get(number)
    # What is not handed out as a code at once cannot be bought through here.
    on = row.get("on_sale") is True and row.get("delivery_kind") == "code"
    name = " ".join(filter(None, (text(row.get("name"), 100), text(row.get("face_value_label"), 100))))
    return ItemSku(number, name, money_of(row.get("price"), currency), Stock() if count is None else _stock(count), on)


def _id(row: Mapping[str, Any]) -> str:
    found = text(row.get("id"), 64)
    if not found:
        raise BadReply("no_item_id")
    return found


def _stock(count: int) -> Stock:
    return Stock("exact", count) if count > 0 else Stock("out", 0)


def order_of(row: Mapping[str, Any], number: str, currency: str) -> Order:
    """An order that must be ours, by this number. Raises BadReply."""
    if text(row.get("external_ref"), 64) != number:
        raise BadReply("other_number")
    ref, word, total = text(row.get("number"), 32), text(row.get("state"), 32), money_of(row.get("total"), currency)
    if not ref:
        raise BadReply("no_ref")
    state = _STATES.get(word, "processing")
    # A Goodfor of before told only that all of it is back.
    back = money_of(row["refunded"], currency) if row.get("refunded") is not None else Decimal(0)
    return Order(
        state=state,
        number=number,
        ref=ref,
        charged=total if row.get("paid_at") is not None else None,
        refunded=total if state == "refunded" else back,
        has_codes=state == "success",
        word=word,
    )


def codes_of(rows: Any) -> tuple[Code, ...]:
    """Codes in plain text. Raises BadReply."""
    return tuple(
        Code(
            number=text(row.get("number"), 512),
            secret=text(row.get("secret"), 512),
            expires_at=instant(row.get("expires_at")),
            ref=text(row.get("id"), 64),
        )
        for row in records(rows)
    )


def instant(value: Any) -> datetime | None:
    """A time of ISO 8601 with its offset; None for null. Raises BadReply."""
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadReply("bad_time") from None
    if found.tzinfo is None:
        raise BadReply("bad_time")
    return found
