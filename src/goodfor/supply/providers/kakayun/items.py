"""Items of a Kakayun site, read."""

from collections.abc import Mapping
from typing import Any, Final

from goodfor.supply.providers.numbers import BadReply, amount, records, text, whole
from goodfor.supply.providers.values import Category, FormField, GoodsKind, Item, Quote, SaleState, Stock

_KINDS: Final[Mapping[int, GoodsKind]] = {0: "card", 1: "direct"}
_STATES: Final[Mapping[int, SaleState]] = {1: "on", 0: "paused", 404: "deleted"}
#: What may be asked of a buyer, by the vendor's numbers.
_ASKED: Final[Mapping[int, str]] = {
    1: "充值账号", 2: "区服", 3: "大区", 4: "游戏", 5: "省份", 6: "城市", 7: "证件号", 8: "证件类型", 9: "姓名",
    10: "手机号", 11: "用户 ID", 12: "充值方式", 13: "账号类型", 14: "游戏账号", 15: "地址", 16: "扩展信息", 17: "公司",
}  # fmt: skip
_ACCOUNT: Final = 1
_MOBILE: Final = r"^1[3456789]\d{9}$"
_QQ: Final = r"^[1-9]\d{4,9}$"
_WECHAT: Final = r"^[a-zA-Z][-_a-zA-Z0-9]{5,19}$"
#: Their numbers of account formats, where one pattern says them; carriers and ported numbers it cannot.
_FORMATS: Final[Mapping[int, str]] = {
    1: _MOBILE, 2: _QQ, 5: r"^\d+$", 7: _MOBILE, 8: _MOBILE, 9: _MOBILE, 10: f"{_MOBILE}|{_QQ}", 11: _MOBILE,
    12: _MOBILE, 13: _MOBILE, 14: _MOBILE, 15: _MOBILE, 16: _MOBILE, 17: _MOBILE, 20: _WECHAT,
    21: f"{_MOBILE}|{_WECHAT}", 22: f"{_QQ}|{_WECHAT}", 23: f"{_MOBILE}|{_WECHAT}|{_QQ}", 26: r"^\d+$",
}  # fmt: skip


def item_of(row: Mapping[str, Any], currency: str, *, whole_item: bool) -> Item:
    """One item; a list leaves form and limits out. Raises BadReply."""
    number = _number(row)
    kind = _KINDS.get(-1 if (told := whole(row.get("goodstype"))) is None else told, "manual")
    return Item(
        id=str(number),
        name=text(row.get("goodsname"), 200),
        kind=kind,
        cost=amount(row.get("goodsprice"), "bad_price"),
        currency=currency,
        state=state_of(row),
        stock=stock_of(row),
        category=text(row.get("groupid"), 64),
        least=max(whole(row.get("min")) or 1, 1),
        most=whole(row.get("max")) or None,
        form=form_of(row.get("attach"), kind) if whole_item else (),
        image=text(row.get("goodsimg"), 500),
        text=text(row.get("goodsinfo")),
        whole=whole_item,
    )


def quote_of(row: Mapping[str, Any], currency: str, quantity: int) -> Quote:
    """The short form of an item, for so many. Raises BadReply."""
    _number(row)
    unit = amount(row.get("goodsprice"), "bad_price")
    return Quote(unit, unit * quantity, currency, stock_of(row), state_of(row) == "on")


def state_of(row: Mapping[str, Any]) -> SaleState:
    """A word that is not known is not sold."""
    word = whole(row.get("goodsstatus"))
    return "paused" if word is None else _STATES.get(word, "paused")


def stock_of(row: Mapping[str, Any]) -> Stock:
    """A count; a reply and a call have it by different names."""
    count = whole(row.get("stock") if "stock" in row else row.get("goodsstock"))
    if count is None:
        return Stock("unknown")
    return Stock("exact", count) if count > 0 else Stock("out", 0)


def form_of(rows: Any, kind: GoodsKind) -> tuple[FormField, ...]:
    """What is asked, in their order. A top-up that says nothing that can be read asks for the account."""
    fields: list[FormField] = []
    seen: dict[str, int] = {}
    for row in records(rows) if isinstance(rows, list) else []:
        number = whole(row.get("attachtype"))
        if number is None:
            raise BadReply("bad_form")
        seen[str(number)] = times = seen.get(str(number), 0) + 1
        fields.append(_field(row, number, str(number) if times == 1 else f"{number}.{times}"))
    if not fields and kind == "direct":
        fields.append(FormField(str(_ACCOUNT), _ASKED[_ACCOUNT]))
    return tuple(fields)


def type_of(key: str) -> str:
    """The number of a field of a form: "16.2" is the second one of 16."""
    return key.partition(".")[0]


def _field(row: Mapping[str, Any], number: int, key: str) -> FormField:
    options = tuple(_option(one) for one in row.get("options") or [] if isinstance(one, dict | str | int))
    return FormField(
        key=key,
        label=text(row.get("title") or row.get("name"), 100) or _ASKED.get(number, key),
        type="choice" if options else "text",
        required=whole(row.get("required")) != 0,
        hint=text(row.get("tip"), 200),
        regex=text(row.get("regex"), 300) or _FORMATS.get(whole(row.get("format")) or 0, ""),
        options=options,
    )


def _option(one: Any) -> tuple[str, str]:
    if isinstance(one, dict):
        value = text(one.get("value"), 100)
        return value, text(one.get("name"), 100) or value
    return str(one)[:100], str(one)[:100]


def categories_of(rows: Any, parent: str = "", depth: int = 0) -> list[Category]:
    """The tree, parents first. Raises BadReply."""
    found: list[Category] = []
    for row in records(rows) if depth < 6 else []:
        number = text(row.get("groupid") or row.get("id"), 64)
        if not number:
            raise BadReply("no_category_id")
        name = text(row.get("groupname") or row.get("name"), 100)
        found.append(Category(number, name, parent or _parent(row), text(row.get("img"), 500)))
        found += categories_of(row.get("children"), number, depth + 1)
    return found


def _parent(row: Mapping[str, Any]) -> str:
    told = text(row.get("pid"), 64)
    return "" if told == "0" else told


def _number(row: Mapping[str, Any]) -> int:
    number = whole(row.get("goodsid"))
    if number is None:
        raise BadReply("no_item_id")
    return number
