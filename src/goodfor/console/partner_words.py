"""Words of partners in points for the staff."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from goodfor.console.columns import Text
from goodfor.partners import states

ROLES: Final[Mapping[str, Text]] = {
    states.DEVELOPER: _("会员去对方商城用我们的积分"),
    states.MALL: _("对方的用户来我们这里用对方的积分"),
}
#: What a partner calls us for, by the last part of the address.
CALLS: Final[Mapping[str, Text]] = {
    "autologin": _("免登录进入"),
    "deduct": _("扣积分"),
    "add": _("加积分"),
    "notice": _("结果通知"),
    "virtual": _("发我们的商品"),
    "status": _("查兑换结果"),
}
SIGNINGS: Final[Mapping[str, Text]] = {
    states.MD5: _("MD5（兑吧格式）"),
    states.HMAC: _("HMAC-SHA256（更安全，双方都支持时选）"),
}
SPENDS: Final[Mapping[str, tuple[Text, str]]] = {
    states.ASKED: (_("处理中"), "amber"),
    states.TAKEN: (_("已扣，等结果"), "amber"),
    states.DONE: (_("兑换成功"), "green"),
    states.UNDONE: (_("失败，积分已退"), "plain"),
    states.REFUSED: (_("没有扣"), "plain"),
    states.BARRED: (_("先收到结果，不再扣"), "plain"),
    states.ADDED: (_("已加积分"), "green"),
}
EXCHANGES: Final[Mapping[str, tuple[Text, str]]] = {
    states.EX_ASKED: (_("处理中"), "amber"),
    states.EX_TAKEN: (_("已扣，等下单"), "amber"),
    states.EX_ORDERED: (_("已下单"), "amber"),
    states.EX_DONE: (_("兑换成功"), "green"),
    states.EX_BACK: (_("没换成或已退款"), "plain"),
    states.EX_REFUSED: (_("对方没有扣"), "plain"),
    states.EX_LOST: (_("对方没有答复"), "red"),
}
WORDS: Final[Mapping[str, tuple[Text, str]]] = {
    states.DUE: (_("还在通知"), "amber"),
    states.TOLD: (_("对方已收到"), "green"),
    states.GIVEN_UP: (_("对方一直没收到"), "red"),
    states.DROPPED: (_("不用再通知"), "plain"),
}
WHY: Final[Mapping[str, Text]] = {
    "uid": _("没有这个用户"),
    "off": _("店铺没有开启积分"),
    "call_cap": _("超过每笔上限"),
    "day_cap": _("超过每天上限"),
    "price": _("对方要的钱超过积分的价值"),
    "short": _("积分不足"),
    "partner_offer_gone": _("没有上架，或积分不够"),
    "refused": _("对方拒绝"),
    "no_answer": _("30 秒内没有答复"),
    "left": _("处理中断"),
    "too_late": _("隔太久没有下单"),
    "refunded": _("已退款"),
    "out_of_stock": _("没有库存"),
}
ODD: Final[Mapping[str, Text]] = {
    "contradicted": _("对方后来又说了相反的结果"),
    "biz_id": _("对方报的编号不是我们的"),
    "supplied": _("对方说失败，但商品我们已经发了"),
    "unasked": _("没有扣过，对方却说成功"),
}
SUPPLIES: Final[Mapping[str, tuple[Text, str]]] = {
    states.SU_ASKED: (_("处理中"), "amber"),
    states.SU_ORDERED: (_("已下单"), "amber"),
    states.SU_DONE: (_("已发货"), "green"),
    states.SU_FAILED: (_("没有发"), "plain"),
    states.SU_BACK: (_("已退款"), "plain"),
}
#: Lines of a month.
MOVES: Final[Mapping[str, Text]] = {
    states.TAKEN: _("扣积分"),
    states.UNDONE: _("退回积分"),
    "sold": _("用户兑换"),
    states.EX_BACK: _("退款"),
}
ACTIONS: Final[Mapping[str, Text]] = {
    "partners.made": pgettext_lazy("audit", "新建积分合作方"),
    "partners.set": pgettext_lazy("audit", "修改积分合作方"),
    "partners.offer_set": pgettext_lazy("audit", "设置合作方可兑换的商品"),
    "partners.told_again": pgettext_lazy("audit", "再次通知合作方"),
}
SUBJECTS: Final[Mapping[str, Text]] = {
    "partner": pgettext_lazy("audit", "积分合作方"),
    "partner_exchange": pgettext_lazy("audit", "合作方用户的兑换"),
}
