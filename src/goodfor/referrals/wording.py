"""Words of states and levels of rewards, with the tone of their badge. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from goodfor.referrals import states

STATES: Final[Mapping[str, tuple[Any, str]]] = {
    states.PENDING: (_("核对中"), "amber"),
    states.APPROVED: (_("冻结中"), "plain"),
    states.PAYABLE: (_("即将到账"), "plain"),
    states.PAID: (_("已到账"), "green"),
    states.REVERSED: (_("随订单退回"), "red"),
    states.REJECTED: (_("不符合规则"), "red"),
}
LEVELS: Final[Mapping[int, Any]] = {
    states.FRIEND: _("好友"), states.FIRST: _("邀请人"), states.SECOND_LEVEL: _("二级邀请人"),
}  # fmt: skip
REVIEWS: Final[Mapping[str, tuple[Any, str]]] = {
    states.WAITING: (_("待复核"), "amber"),
    states.TAKEN: (_("复核中"), "plain"),
    states.SECOND: (_("待第二人确认"), "amber"),
    states.DONE: (_("已处理"), "green"),
}
#: Shown to operators beside the switch.
WECHAT_RULE: Final = _(
    "微信禁止用红包、优惠券、积分等利益诱导分享、助力、砍价或集赞，违规会屏蔽链接，严重的永久封禁域名或接口。"
    "关闭时，微信内只显示普通链接，不出现奖励字样。"
)
