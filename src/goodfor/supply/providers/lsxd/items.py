"""Products of Lsxd, read: the list says what they are called and cost, the settings what they ask."""

from collections.abc import Mapping
from typing import Any, Final

from goodfor.supply.providers.lsxd.settings import Needs
from goodfor.supply.providers.numbers import BadReply, amount, decimal, records, text
from goodfor.supply.providers.values import FormField, Item

ACCOUNT: Final = "rechargeAccount"
_MOBILE: Final = r"^1[3456789]\d{9}$"
_QQ: Final = r"^([1-3]\d{4,9}|[1-9]\d{4,8})$"
#: Names of `extendParameter`, and what they ask for.
_ASKED: Final[Mapping[str, str]] = {
    "contactMobile": "联系手机号", "buyHokGame": "王者荣耀区服", "buyPubgGame": "和平精英区服",
    "buyLolGame": "英雄联盟区服", "wyChargeType": "充值类型", "oilCardPhone": "油卡绑定手机号", "idcard": "身份证号",
    "name": "姓名", "jdCode": "京东短信验证码",
}  # fmt: skip
#: The buyer's address is known, nobody is asked for it.
BUYERS_ADDRESS: Final = "contactIp"


def items_of(told: Mapping[str, Any], currency: str, needs: Mapping[str, Needs]) -> list[Item]:
    """All products there are. Raises BadReply."""
    if "products" not in told:
        raise BadReply("no_products")
    return [item_of(row, currency, needs) for row in records(told["products"])]


def item_of(row: Mapping[str, Any], currency: str, needs: Mapping[str, Needs]) -> Item:
    """One product; what is on the list is for sale, one at a time. Raises BadReply."""
    number = text(row.get("product_id"), 64)
    if not number:
        raise BadReply("no_item_id")
    face = decimal(row.get("original_price"))
    return Item(
        id=number,
        name=text(row.get("item_name"), 200),
        kind="direct",
        cost=amount(row.get("channel_price"), "bad_price"),
        currency=currency,
        face_value=face,
        face_currency=currency if face is not None else "",
        most=1,
        form=_form(needs.get(number) or needs.get("*") or Needs()),
    )


def _form(needs: Needs) -> tuple[FormField, ...]:
    label, regex = {1: ("手机号", _MOBILE), 2: ("QQ 号", _QQ)}.get(needs.account, ("充值账号", ""))
    return (
        FormField(ACCOUNT, label, regex=regex),
        *(FormField(name, _ASKED.get(name, name)) for name in needs.asked if name != BUYERS_ADDRESS),
    )
