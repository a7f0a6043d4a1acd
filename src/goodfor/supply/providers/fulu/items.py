"""Goods of Fulu, read, with the forms of their templates; and phone credit, whose costs are agreed and not listed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from goodfor.supply.providers.fulu.settings import PHONE, Settings
from goodfor.supply.providers.numbers import BadReply, amount, decimal, record, records, text, whole
from goodfor.supply.providers.values import FieldType, FormField, GoodsKind, Item, SaleState, Stock, StockWord

_KINDS: Final[Mapping[str, GoodsKind]] = {"卡密": "card", "直充": "direct"}
_STATES: Final[Mapping[str, SaleState]] = {"上架": "on", "下架": "paused", "维护中": "paused", "库存维护": "paused"}
_STOCKS: Final[Mapping[str, StockWord]] = {"充足": "in_stock", "警报": "low", "断货": "out"}
ACCOUNT: Final = "charge_account"
#: By what a template's input is called: the first that fits names the field of the order.
_INPUTS: Final = (
    ("密码", "charge_password"), ("角色", "charge_game_role"), ("区服", ""), ("服务器", "charge_game_srv"),
    ("大区", "charge_game_region"), ("区域", "charge_game_region"), ("游戏名", "charge_game_name"),
    ("充值类型", "charge_type"), ("充值方式", "charge_type"), ("联系QQ", "contact_qq"), ("联系电话", "contact_tel"),
    ("联系手机", "contact_tel"), ("账号", ACCOUNT), ("帐号", ACCOUNT), ("号码", ACCOUNT), ("手机号", ACCOUNT),
)  # fmt: skip
#: Everything of an order's form that may be asked of a buyer.
FORM: Final = frozenset(key for _, key in _INPUTS) - {""}
_UNKNOWN: Final = "input:"


def item_of(row: Mapping[str, Any], currency: str, *, whole_item: bool) -> Item:
    """One product; a list leaves the form out. Raises BadReply."""
    number = whole(row.get("product_id"))
    if number is None or number <= 0:
        raise BadReply("no_item_id")
    face = decimal(row.get("face_value"))
    kind = _KINDS.get(text(row.get("product_type"), 20), "manual")
    return Item(
        id=str(number),
        name=text(row.get("product_name"), 200),
        kind=kind,
        cost=amount(row.get("purchase_price"), "bad_price"),
        currency=currency,
        # A word that is not known is not sold.
        state=_STATES.get(text(row.get("sales_status"), 20), "paused") if kind != "manual" else "paused",
        stock=stock_of(row.get("stock_status")),
        face_value=face,
        face_currency=currency if face is not None else "",
        image=text(row.get("four_category_icon"), 500),
        text=text(row.get("details")),
        whole=whole_item,
    )


def stock_of(value: Any) -> Stock:
    """A word, never a count; only buying tells."""
    return Stock(_STOCKS.get(text(value, 20), "unknown"))


def form_of(template: Mapping[str, Any]) -> tuple[FormField, ...]:
    """What a template asks for. Always an account, since every top-up needs one. Raises BadReply."""
    rows = records(record(template.get("ElementInfo") or {}).get("Inputs"))
    fields: dict[str, FormField] = {}
    for row in sorted(rows, key=lambda one: whole(one.get("SortId")) or 0):
        name = text(row.get("Name"), 100).strip()
        key = _key(name) or (ACCOUNT if len(rows) == 1 else "")
        if not key or key in fields:
            key = f"{_UNKNOWN}{text(row.get('Id'), 32)}"
        kind: FieldType = "password" if key == "charge_password" else "text"
        fields[key] = FormField(key=key, label=name or key, type=kind)
    if ACCOUNT not in fields:
        fields = {ACCOUNT: FormField(key=ACCOUNT, label="充值账号")} | fields
    return tuple(fields.values())


def _key(name: str) -> str:
    plain = name.replace(" ", "").replace("qq", "QQ")
    return next((key for word, key in _INPUTS if word in plain), "")


def is_known(form: tuple[FormField, ...]) -> bool:
    """False where nobody can say in which field of the order an input belongs: such a product is not sold."""
    return not any(field.key.startswith(_UNKNOWN) for field in form)


def phone_items(settings: Settings) -> tuple[Item, ...]:
    """Phone credit and data at the costs that the settings say."""
    return tuple(phone_item(settings, item_id, cost) for item_id, cost in settings.phone.items())


def phone_item(settings: Settings, item_id: str, cost: Decimal) -> Item:
    """One value of phone credit, one packet of data. One at a time: the protocol has no quantity for them."""
    found = PHONE.fullmatch(item_id)
    credit = Decimal(found[1]) if found and found[1] else None
    return Item(
        id=item_id,
        name=f"话费 {credit} 元" if credit is not None else f"流量 {item_id.removeprefix('data-')}",
        kind="direct",
        cost=cost,
        currency=settings.currency,
        face_value=credit,
        face_currency=settings.currency if credit is not None else "",
        most=1,
        form=(FormField(key="charge_phone", label="手机号", format="mobile"),),
    )
