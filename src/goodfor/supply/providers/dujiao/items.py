"""Products of a dujiao-next shop, read. What is ordered is always a variant, never the product itself."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from goodfor.supply.providers.numbers import BadReply, amount, records, text, whole
from goodfor.supply.providers.values import (
    Category,
    FieldType,
    FormField,
    GoodsKind,
    Item,
    ItemSku,
    Stock,
)

_KINDS: Final[Mapping[str, GoodsKind]] = {"auto": "card", "manual": "manual"}
_TYPES: Final[Mapping[str, FieldType]] = {
    "text": "text", "input": "text", "textarea": "long", "number": "number", "password": "password", "select": "choice",
    "radio": "choice", "checkbox": "choices", "email": "text", "phone": "text", "tel": "text",
}  # fmt: skip
_LOCALES: Final = ("zh-CN", "zh-Hans", "zh", "zh-TW", "zh-Hant", "en", "en-US")


def item_of(row: Mapping[str, Any], currency: str) -> Item:
    """One product. A form that cannot be read leaves it not whole. Raises BadReply."""
    number = _id(row)
    skus = tuple(_sku(one) for one in records(row.get("skus")))
    form, readable = form_of(row.get("manual_form_schema"))
    return Item(
        id=number,
        name=words(row.get("title"), 200),
        kind=_KINDS.get(text(row.get("fulfillment_type"), 20), "manual"),
        cost=_price(row, skus),
        currency=currency,
        state="on" if row.get("is_active") is True and skus and readable else "paused",
        stock=_best(skus),
        category=text(row.get("category_id"), 64),
        form=form,
        skus=skus,
        image=next((one[:500] for one in _list(row.get("images")) if isinstance(one, str)), ""),
        text="\n".join(filter(None, (words(row.get("description")), words(row.get("content"))))),
        whole=readable,
    )


def words(value: Any, most: int = 4000) -> str:
    """A text in the language that is read here, else in any; a plain text as it is."""
    if not isinstance(value, Mapping):
        return text(value, most)
    told = [value.get(name) for name in (*_LOCALES, *value)]
    return next((one for each in told if (one := text(each, most).strip())), "")


def stock_of(row: Mapping[str, Any]) -> Stock:
    """Their word, with a count where one fits it."""
    word, count = text(row.get("stock_status"), 20), whole(row.get("stock_quantity"))
    if word == "out_of_stock":
        return Stock("out", 0)
    if word == "unlimited" or count == -1:
        return Stock("unlimited") if word in ("unlimited", "") else Stock("in_stock")
    if word in ("in_stock", "low_stock"):
        return Stock("exact", count) if count and count > 0 else Stock("in_stock" if word == "in_stock" else "low")
    return Stock("unknown")


def _sku(row: Mapping[str, Any]) -> ItemSku:
    """The price is the one that stands there for us; what else is named (list, member) is for show."""
    named = row.get("spec_values")
    parts = [words(one, 50) for one in named.values()] if isinstance(named, Mapping) else []
    name = " ".join(filter(None, parts)) or text(row.get("sku_code"), 100)
    price = amount(row.get("price_amount"), "bad_price")
    return ItemSku(_id(row), name, price, stock_of(row), row.get("is_active") is True)


def _price(row: Mapping[str, Any], skus: Sequence[ItemSku]) -> Decimal:
    """The least price of what can be bought; the product's own where nothing can."""
    prices = [one.cost for one in skus if one.on_sale] or [one.cost for one in skus]
    return min(prices) if prices else amount(row.get("price_amount"), "bad_price")


def _best(skus: Sequence[ItemSku]) -> Stock:
    """Of a product with one variant its own; of more only whether there is any."""
    sold = [one.stock for one in skus if one.on_sale]
    if len(sold) == 1:
        return sold[0]
    if not sold or all(one.word == "out" for one in sold):
        return Stock("out", 0)
    return Stock("unknown") if all(one.word in ("out", "unknown") for one in sold) else Stock("in_stock")


def form_of(schema: Any) -> tuple[tuple[FormField, ...], bool]:
    """The fields, and whether all of it could be read. Its shape is not described: a list, or one in `fields`."""
    rows = schema.get("fields", [] if not schema else None) if isinstance(schema, Mapping) else schema or []
    if not isinstance(rows, list) or not all(isinstance(one, Mapping) for one in rows):
        return (), False
    fields = tuple(_field(one) for one in rows)
    readable = all(one.key for one in fields) and len({one.key for one in fields}) == len(fields)
    return (fields, True) if readable else ((), False)


def _field(row: Mapping[str, Any]) -> FormField:
    key = text(row.get("key") or row.get("name"), 64)
    options = tuple(_option(one) for one in _list(row.get("options")) if isinstance(one, Mapping | str | int))
    return FormField(
        key=key,
        label=words(row.get("label"), 100) or key,
        type=_TYPES.get(text(row.get("type"), 20), "text"),
        required=row.get("required") is not False,
        hint=words(row.get("placeholder"), 200),
        regex=text(row.get("regex"), 300),
        options=options,
    )


def _option(one: Any) -> tuple[str, str]:
    if isinstance(one, Mapping):
        value = text(one.get("value"), 100)
        return value, words(one.get("label"), 100) or value
    return str(one)[:100], str(one)[:100]


def categories_of(rows: Any) -> list[Category]:
    """Two levels, parents first. Raises BadReply."""
    found = []
    for row in records(rows):
        above = text(row.get("parent_id"), 64)
        name = words(row.get("name"), 100)
        found.append(Category(_id(row), name, "" if above == "0" else above, text(row.get("icon"), 500)))
    return sorted(found, key=lambda one: bool(one.parent))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _id(row: Mapping[str, Any]) -> str:
    number = whole(row.get("id"))
    if number is None or number < 1:
        raise BadReply("no_item_id")
    return str(number)
