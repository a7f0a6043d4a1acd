"""Words of cards for the staff."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.cards import states
from goodfor.console.columns import Text

FACES: Final[Mapping[str, Text]] = {
    states.PRODUCT: _("一种商品"),
    states.CHOICE: _("几种商品里选一样"),
    states.VALUE: _("一个金额"),
}
PROGRAMS: Final[Mapping[str, tuple[Text, str]]] = {
    states.DRAFT: (_("还没发卡"), "plain"),
    states.ISSUED: (_("发卡中"), "green"),
    states.CLOSED: (_("不再发卡"), "plain"),
}
CARDS: Final[Mapping[str, tuple[Text, str]]] = {
    states.MADE: (_("未激活"), "plain"),
    states.ACTIVE: (_("可用"), "green"),
    states.USED: (_("已用完"), "plain"),
    states.REVOKED: (_("已作废"), "red"),
    states.EXPIRED: (_("已过期"), "amber"),
}
WALKS: Final[Mapping[str, tuple[Text, str]]] = {
    states.ASKED: (_("等另一位同事同意"), "amber"),
    states.RUNNING: (_("进行中"), "amber"),
    states.DONE: (_("已完成"), "green"),
    states.DROPPED: (_("没有做"), "plain"),
}
KINDS: Final[Mapping[str, Text]] = {states.ACTIVATE: _("激活"), states.REVOKE: _("作废")}
ACTIVATIONS: Final[Mapping[str, Text]] = {
    states.BY_BATCH: _("整批一起激活"),
    states.ON_SALE: _("卖出哪些激活哪些"),
}
#: What is wrong, by the room's name of the field.
PROBLEMS: Final[Mapping[str, Text]] = {
    "name": _("填一个名称，最多 80 个字"),
    "brand": _("填品牌名，最多 40 个字"),
    "words": _("最多 200 个字"),
    "ink": _("这两种颜色放在一起看不清，换深浅差得多一些的"),
    "value": _("金额要大于 0"),
    "face": _("请选一种"),
    "skus": _("一种商品填 1 个规格编号；选一样填 2 到 50 个，都要在售，价格大于 0"),
    "size": _("填 1 到 5,000,000 的整数"),
    "price": _("请写成 100.00 这样的金额"),
    "activation": _("请选一种"),
    "valid_until": _("有效期要晚于现在；固定日期和天数只填一个"),
    "valid_days": _("1 到 36500 天"),
    "range": _("编号要在这一批里，从小到大；整批激活的不能分段"),
    "reason": _("请填写原因"),
    "until": _("要晚于现在，也要晚于原来的有效期"),
    "state": _("卡还没做完，稍后再来"),
}
