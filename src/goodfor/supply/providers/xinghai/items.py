"""Items of Xinghai, read."""

from collections.abc import Mapping
from typing import Any, Final

from goodfor.supply.providers.numbers import BadReply, amount, decimal, records, text, whole
from goodfor.supply.providers.values import FormField, GoodsKind, Item
from goodfor.supply.providers.xinghai.settings import Settings

ACCOUNT: Final = "uuid"
_KINDS: Final[Mapping[int, GoodsKind]] = {0: "direct", 1: "card"}
_FORMS: Final[Mapping[str, tuple[FormField, ...]]] = {
    "direct": (FormField(ACCOUNT, "充值账号"),),
    "card": (FormField("phoneNo", "手机号", required=False, regex=r"^1[3456789]\d{9}$"),),
    "phone": (
        FormField(ACCOUNT, "手机号", regex=r"^1[3456789]\d{9}$"),
        FormField("isp", "运营商", "choice", options=(("yd", "移动"), ("lt", "联通"), ("dx", "电信"), ("gd", "广电"))),
        FormField("provinceCode", "省份编号", "number", hint="1 到 34", regex=r"^([1-9]|[12]\d|3[0-4])$"),
    ),
}


def items_of(told: Mapping[str, Any], settings: Settings) -> list[Item]:
    """All items of a reply, which may be a list, hold one, or be one itself. Raises BadReply."""
    inner = told.get("data", told)
    if isinstance(inner, dict) and "itemId" in inner:
        inner = [inner]
    elif isinstance(inner, dict):
        lists = [value for value in inner.values() if isinstance(value, list)]
        if len(lists) != 1:
            raise BadReply("no_items")
        inner = lists[0]
    if inner is None:
        raise BadReply("no_items")
    return [item_of(row, settings) for row in records(inner)]


def item_of(row: Mapping[str, Any], settings: Settings) -> Item:
    """One item. How many there are they never say. Raises BadReply."""
    number = text(row.get("itemId"), 64)
    if not number:
        raise BadReply("no_item_id")
    kind_word, face = whole(row.get("itemType")), decimal(row.get("itemFace"))
    kind: GoodsKind = "manual" if kind_word is None else _KINDS.get(kind_word, "manual")
    return Item(
        id=number,
        name=text(row.get("itemName"), 200),
        kind=kind,
        cost=amount(row.get("price"), "bad_price"),
        currency=settings.currency,
        # A word that is not known is not sold.
        state="on" if whole(row.get("status")) == 1 else "paused",
        face_value=face,
        face_currency=settings.currency if face is not None else "",
        form=_FORMS["phone" if number in settings.phone_items else "card" if kind == "card" else "direct"],
    )
