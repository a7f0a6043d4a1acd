"""Items of a Kayixin site, read."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from goodfor.supply.providers.numbers import BadReply, amount, decimal, records, text, whole
from goodfor.supply.providers.values import (
    Category,
    FieldType,
    FormField,
    GoodsKind,
    Item,
    ItemSku,
    SaleState,
    Stock,
)

_KINDS: Final[Mapping[int, GoodsKind]] = {1: "card", 3: "direct"}
_STATES: Final[Mapping[int, SaleState]] = {1: "on", 2: "paused", 3: "banned"}
_TYPES: Final[Mapping[int, FieldType]] = {
    0: "text", 1: "image", 13: "number", 14: "choice", 15: "long", 16: "cascade",
}  # fmt: skip
_CHANNELS: Final[Mapping[int, str]] = {0: "other", 1: "pdd", 2: "xianyu", 3: "taobao", 4: "jd", 5: "douyin"}
#: Units of a warranty in seconds.
_UNITS: Final[Mapping[int, int]] = {0: 86_400, 1: 3_600, 2: 60, 3: 1}


def item_of(row: Mapping[str, Any], currency: str, *, whole_item: bool) -> Item:
    """One item; a list leaves form and limits out. Raises BadReply."""
    number = whole(row.get("goodsId"))
    if number is None:
        raise BadReply("no_item_id")
    face, image = decimal(row.get("faceValue")), text(row.get("imgUrl"), 500)
    allowed, floors = _channels(row.get("channel"))
    return Item(
        id=str(number),
        name=text(row.get("name") or row.get("goodsName"), 200),
        kind=_KINDS.get(whole(row.get("goodsType")) or 0, "manual"),
        cost=amount(row.get("salesPrice"), "bad_price"),
        currency=currency,
        # A word that is not known is not sold.
        state=_STATES.get(whole(row.get("status")) or 0, "paused"),
        stock=stock_of(row.get("stockCount")),
        category=",".join(text(one, 32) for one in row.get("dirIds") or [] if isinstance(one, str | int))[:200],
        face_value=face,
        face_currency=currency if face is not None else "",
        least=whole(row.get("minQuantity")) or 1,
        most=whole(row.get("maxQuantity")) or None,
        multiple=whole(row.get("multiple")) or 1,
        form=tuple(_field(one) for one in records(row.get("rechargeTemplates"))) if whole_item else (),
        skus=_skus(row) if whole_item else (),
        channels=allowed,
        floors=floors,
        refundable=_flag(row.get("isRefMoney")),
        repeatable=_flag(row.get("isRepeat")),
        warranty_seconds=_warranty(row),
        image=image,
        text="\n".join(filter(None, (text(row.get(k)) for k in ("goodsDescribe", "goodsDetail", "buyNotice")))),
        whole=whole_item,
    )


def stock_of(value: Any) -> Stock:
    """A count, where one is said."""
    count = whole(value)
    if count is None:
        return Stock("unknown")
    return Stock("exact", count) if count > 0 else Stock("out", 0)


def _flag(value: Any) -> bool | None:
    found = whole(value)
    return None if found is None else found == 1


def _warranty(row: Mapping[str, Any]) -> int | None:
    """0 is without bound there, and none here."""
    length, unit = whole(row.get("warrantyTime")), whole(row.get("warrantyUnit"))
    return length * _UNITS[unit] if length and unit is not None and unit in _UNITS else None


def _channels(value: Any) -> tuple[frozenset[str], dict[str, Decimal]]:
    if not isinstance(value, dict) or not whole(value.get("status")):
        return frozenset(), {}
    found: dict[str, Decimal] = {}
    for row in records(value.get("items")):
        name = _CHANNELS.get(whole(row.get("type")) or 0, "other")
        found[name] = decimal(row.get("limitPrice")) or Decimal(0)
    return frozenset(found), {name: floor for name, floor in found.items() if floor}


def _field(row: Mapping[str, Any]) -> FormField:
    """What is sent is the title itself, not a key."""
    title = text(row.get("title"), 100)
    return FormField(
        key=title,
        label=title,
        type=_TYPES.get(whole(row.get("type")) or 0, "text"),
        required=whole(row.get("required")) != 0,
        hint=text(row.get("placeholder"), 200),
        regex=text(row.get("regex"), 300),
        options=tuple((text(one.get("value"), 100), text(one.get("name"), 100)) for one in records(row.get("options"))),
    )


def _skus(row: Mapping[str, Any]) -> tuple[ItemSku, ...]:
    kind = whole(row.get("skuType"))
    found = []
    if kind == 1 and isinstance(row.get("goodsSku"), dict):
        for one in records(row["goodsSku"].get("details")):
            names = " ".join(text(part.get("value"), 50) for part in records(one.get("names")))
            found.append(_sku(one, names))
    elif kind == 2:
        for group in records(row.get("goodsSpec")):
            head = text(group.get("name"), 50)
            found += [_sku(one, f"{head} {text(one.get('title'), 50)}".strip()) for one in records(group.get("items"))]
    return tuple(found)


def _sku(row: Mapping[str, Any], name: str) -> ItemSku:
    number = text(row.get("sku"), 64)
    if not number:
        raise BadReply("no_sku")
    return ItemSku(
        number, name, amount(row.get("money"), "bad_price"), stock_of(row.get("count")), whole(row.get("status")) != 0
    )


def categories_of(rows: Any, parent: str = "", depth: int = 0) -> list[Category]:
    """The tree, parents first. Raises BadReply."""
    found: list[Category] = []
    for row in records(rows) if depth < 6 else []:
        number = text(row.get("id"), 64)
        found.append(Category(number, text(row.get("name"), 100), parent, text(row.get("img"), 500)))
        found += categories_of(row.get("children"), number, depth + 1)
    return found
