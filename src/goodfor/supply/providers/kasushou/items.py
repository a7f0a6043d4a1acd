"""Items of a Kasushou site, read."""

from collections.abc import Mapping
from typing import Any, Final

from goodfor.supply.providers.numbers import BadReply, amount, decimal, records, text, whole
from goodfor.supply.providers.values import Category, FieldType, FormField, GoodsKind, Item, SaleState, Stock

_KINDS: Final[Mapping[int, GoodsKind]] = {1: "card", 2: "direct", 3: "manual"}
_STATES: Final[Mapping[int, SaleState]] = {1: "on", 2: "paused", 3: "banned"}
_TYPES: Final[Mapping[str, FieldType]] = {
    "text": "text", "password": "password", "checkbox": "choices", "select": "choice", "radio": "choice",
    "cascader": "cascade",
}  # fmt: skip


def item_of(row: Mapping[str, Any], currency: str, *, whole_item: bool) -> Item:
    """One item; a list leaves form and limits out. Raises BadReply."""
    number = whole(row.get("id"))
    if number is None:
        raise BadReply("no_item_id")
    stock = whole(row.get("stock_num"))
    floor = decimal(row.get("can_price"))
    return Item(
        id=str(number),
        name=text(row.get("goods_name"), 200),
        kind=_KINDS.get(whole(row.get("goods_type")) or 0, "manual"),
        cost=amount(row.get("goods_price"), "bad_price"),
        currency=currency,
        # A word that is not known is not sold.
        state=_STATES.get(whole(row.get("status")) or 0, "paused"),
        stock=Stock("unknown") if stock is None else Stock("exact", stock) if stock > 0 else Stock("out", 0),
        category=text(row.get("cate_id"), 64),
        face_value=decimal(row.get("face_value")),
        face_currency=currency if decimal(row.get("face_value")) is not None else "",
        least=whole(row.get("start_count")) or 1,
        most=whole(row.get("end_count")) or None,
        form=tuple(_field(one) for one in records(row.get("attach"))) if whole_item else (),
        channels=_words(row.get("can_buy")),
        banned_channels=_words(row.get("can_no_buy")),
        floors={"*": floor} if floor else {},
        image=text(row.get("goods_img"), 500),
        text="\n".join(filter(None, (text(row.get("goods_info")), text(row.get("goods_notice"))))),
        whole=whole_item,
    )


def _field(row: Mapping[str, Any]) -> FormField:
    return FormField(
        key=text(row.get("key"), 64),
        label=text(row.get("name"), 100) or text(row.get("key"), 64),
        type=_TYPES.get(text(row.get("type"), 20), "text"),
        hint=text(row.get("tip"), 200),
        options=tuple(_option(one) for one in row.get("options") or [] if isinstance(one, dict | str | int)),
    )


def _option(one: Any) -> tuple[str, str]:
    if isinstance(one, dict):
        value = text(one.get("value"), 100)
        return value, text(one.get("name") or one.get("label"), 100) or value
    return str(one)[:100], str(one)[:100]


def categories_of(rows: Any, parent: str = "", depth: int = 0) -> list[Category]:
    """The tree, parents first. Raises BadReply."""
    found: list[Category] = []
    for row in records(rows) if depth < 6 else []:
        number = text(row.get("id"), 64)
        found.append(Category(number, text(row.get("name"), 100), parent, text(row.get("img"), 500)))
        found += categories_of(row.get("children"), number, depth + 1)
    return found


def _words(value: Any) -> frozenset[str]:
    return frozenset(filter(None, (word.strip() for word in text(value, 500).split(","))))
