"""Items of an acg-faka shop, read. What was made for people, and forms that are not understood, are not for sale."""

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from goodfor.supply.providers.acgfaka.variants import is_race
from goodfor.supply.providers.numbers import BadReply, decimal, records, text, whole
from goodfor.supply.providers.values import Category, FieldType, FormField, Item, ItemSku, Stock

_TYPES: Final[Mapping[str, FieldType]] = {
    "text": "text", "password": "password", "number": "number", "select": "choice", "radio": "choice",
    "checkbox": "choices", "textarea": "long",
}  # fmt: skip
#: Parameters of a purchase, which no field of a form may be called.
RESERVED: Final = frozenset({
    "app_id", "app_key", "sign", "shared_code", "contact", "num", "card_id", "device", "password", "race",
    "request_no", "sku",
})  # fmt: skip
MAX_SKUS: Final = 100


def item_of(row: Mapping[str, Any], currency: str, *, category: str, whole_item: bool) -> Item:
    """One item; prices of variants and what is left come with `stocked`. Raises BadReply."""
    code = text(row.get("code"), 64)
    if not code:
        raise BadReply("no_item_id")
    form = _form(row.get("widget"))
    # 0 is delivery by machine, and what a shop leaves out is that.
    by_hand = row.get("delivery_way") is not None and whole(row.get("delivery_way")) != 0
    off = row.get("status") is not None and whole(row.get("status")) != 1
    return Item(
        id=code,
        name=text(row.get("name"), 200),
        kind="manual" if by_hand else "card",
        cost=_cost(row),
        currency=currency,
        state="paused" if by_hand or off or form is None else "on",
        stock=_stock(row.get("stock")),
        category=category,
        least=whole(row.get("minimum")) or 1,
        most=whole(row.get("maximum")) or None,
        form=form or (),
        image=text(row.get("cover"), 500),
        text=text(row.get("description")),
        whole=whole_item,
    )


def stocked(item: Item, told: Mapping[str, Any]) -> Item:
    """With what is left and the variants that the shop's own text names. Raises BadReply."""
    cost = _cost(told) if {"user_price", "price"} & told.keys() else item.cost
    stock = _stock(told.get("count"))
    skus = tuple(ItemSku(race, race, price) for race, price in _races(text(told.get("config"), 20_000)).items())
    return replace(item, cost=cost, stock=stock, skus=skus[:MAX_SKUS])


def tree_of(rows: Any, currency: str) -> tuple[list[Category], list[Item]]:
    """Categories and what is in them. Raises BadReply."""
    categories, items = [], []
    for row in records(rows):
        number = text(row.get("id"), 64)
        categories.append(Category(number, text(row.get("name"), 100), "", text(row.get("icon"), 500)))
        items += [
            item_of(one, currency, category=number, whole_item=False) for one in records(row.get("children"))
        ]  # fmt: skip
    return categories, items


def _cost(row: Mapping[str, Any]) -> Decimal:
    """For an account; guests pay `price`."""
    found = decimal(row.get("user_price"))
    found = decimal(row.get("price")) if found is None else found
    if found is None or found < 0:
        raise BadReply("bad_price")
    return found


def _stock(value: Any) -> Stock:
    count = whole(value)
    if count is None:
        return Stock("unknown")
    return Stock("exact", count) if count > 0 else Stock("out", 0)


def _races(config: str) -> dict[str, Decimal]:
    """Kinds and their prices: lines "name=price" below [category]. A hint: what is charged a quote tells."""
    found: dict[str, Decimal] = {}
    inside = False
    for line in config.splitlines():
        line = line.strip()
        if line.startswith("["):
            inside = line == "[category]"
            continue
        name, _, price = line.partition("=")
        cost = decimal(price.strip().strip('"'))
        if inside and is_race(name.strip()) and cost is not None and cost >= 0:
            found[name.strip()] = cost
    return found


def _form(told: Any) -> tuple[FormField, ...] | None:
    """What is asked of a buyer; None where it is not understood. A list, or one as text."""
    if told in (None, "", []):
        return ()
    try:
        rows = records(json.loads(told) if isinstance(told, str) else told)
    except (ValueError, RecursionError, BadReply):
        return None
    fields = [_field(row) for row in rows]
    return tuple(one for one in fields if one is not None) if all(fields) else None


def _field(row: Mapping[str, Any]) -> FormField | None:
    key, kind = text(row.get("name"), 64), _TYPES.get(text(row.get("type"), 20) or "text")
    if not is_field(key) or kind is None:
        return None
    return FormField(
        key=key,
        label=text(row.get("cn"), 100) or key,
        type=kind,
        hint=text(row.get("placeholder"), 200),
        regex=text(row.get("regex"), 300),
        options=_options(text(row.get("dict"), 4000)),
    )


def is_field(key: str) -> bool:
    """Whether it can be a parameter of its own."""
    return key.isascii() and key.isidentifier() and key not in RESERVED


def _options(told: str) -> tuple[tuple[str, str], ...]:
    """ "words=value" with commas between."""
    found = []
    for part in filter(None, (one.strip() for one in told.split(","))):
        words, equals, value = part.partition("=")
        found.append((value if equals else words, words))
    return tuple(found)
