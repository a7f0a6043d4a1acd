"""Words of campaigns for the staff: plays, states, and why one stands still."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from goodfor.console.columns import Text
from goodfor.promotions import states
from goodfor.promotions.types import ACTIVITY, COUPON, EARN, ORDER, PRICE, Spec, UnitPercent


@dataclass(frozen=True, slots=True)
class Kind:
    """A form: of which play, what it is called, and when one takes it."""

    key: str
    play: str
    label: Text
    hint: Text
    icon: str = "tag"


#: In the order in which they are offered. One play may have two forms.
KINDS: Final[Mapping[str, Kind]] = {
    one.key: one
    for one in (
        Kind("limited_price", "limited_price", _("限时价"), _("给几个规格定一个活动期的价格"), "clock"),
        Kind("limited_percent", "limited_price", _("限时折扣"), _("一批商品统一打折"), "clock"),
        Kind("flash", "flash", _("秒杀"), _("限量抢购，可以分场次，每人限购"), "bolt"),
        Kind("new_buyer", "new_buyer", _("新人价"), _("只给没有买过的人"), "me"),
        Kind("member_price", "member_price", _("会员折扣"), _("登录的买家统一打折"), "people"),
        Kind("full_reduce", "full_reduce", _("满减"), _("满多少减多少，可以分档"), "tag"),
        Kind("full_percent", "full_percent", _("满折"), _("满多少打几折，可以分档"), "tag"),
        Kind("nth", "nth", _("第几件优惠"), _("例如第二件半价"), "tag"),
        Kind("gift", "gift", _("买赠"), _("满多少送一件"), "gift"),
        Kind("points", "points", _("多倍积分"), _("活动期间下单得更多积分，不改价格"), "gift"),
        Kind("coupon", "coupon", _("优惠券"), _("领取、口令或一码一券"), "ticket"),
        Kind("bundle", "bundle", _("组合活动价"), _("给一个组合定活动期的价格"), "gift"),
        Kind("group", "group", _("拼团"), _("几个人一起买，人齐才成交"), "people"),
        Kind("bargain", "bargain", _("砍价"), _("朋友帮忙把价格砍到底"), "people"),
    )
}
#: How the forms are laid out to choose from: what they are good for, and which.
GROUPS: Final[tuple[tuple[Text, tuple[str, ...]], ...]] = (
    (_("单件降价"), ("limited_price", "limited_percent", "flash", "new_buyer", "member_price")),
    (_("买得多更划算"), ("full_reduce", "full_percent", "nth", "gift", "points")),
    (_("券和组合"), ("coupon", "bundle")),
    (_("一起买"), ("group", "bargain")),
)
STATES: Final[Mapping[str, tuple[Text, str]]] = {
    states.DRAFT: (_("草稿"), "plain"),
    states.REVIEW: (_("等人批准"), "amber"),
    states.SCHEDULED: (_("已批准"), "green"),
    states.RUNNING: (_("进行中"), "green"),
    states.PAUSED: (_("已暂停"), "red"),
    states.ENDED: (_("已结束"), "plain"),
    states.ARCHIVED: (_("已归档"), "plain"),
}
#: Why one stands still.
PAUSES: Final[Mapping[str, Text]] = {
    states.BY_HAND: _("手动暂停"),
    states.BY_BUDGET: _("预算用完，自动暂停"),
    states.BY_LOSS: _("亏损限额用完，自动暂停"),
    states.BY_FLOOR: _("成本变了，大半优惠被底线拦下，自动暂停"),
}
#: Tabs of the list: name, label, states.
TABS: Final[tuple[tuple[str, Text, tuple[str, ...]], ...]] = (
    ("live", _("进行中"), (states.RUNNING,)),
    ("soon", _("未开始"), (states.SCHEDULED,)),
    ("review", _("等人批准"), (states.REVIEW,)),
    ("paused", _("已暂停"), (states.PAUSED,)),
    ("draft", _("草稿"), (states.DRAFT,)),
    ("over", _("已结束"), (states.ENDED,)),
    ("away", _("已归档"), (states.ARCHIVED,)),
)
LAYERS: Final[Mapping[str, Text]] = {
    ACTIVITY: _("活动价"), PRICE: _("商品价"), ORDER: _("满减满赠"), COUPON: _("优惠券"),
    EARN: _("送积分"),
}  # fmt: skip
BATCH_KINDS: Final[Mapping[str, tuple[Text, Text]]] = {
    states.CLAIM: (_("领取"), _("买家在领券中心领")),
    states.PUBLIC: (_("口令"), _("一个券码大家用")),
    states.UNIQUE: (_("一码一券"), _("每张一个券码，可以有一百万张")),
}
BATCH_STATES: Final[Mapping[str, tuple[Text, str]]] = {
    states.MAKING: (_("正在生成"), "amber"),
    states.MADE: (_("可用"), "green"),
    states.CLOSED: (_("已关闭"), "plain"),
}
CHANNELS: Final[tuple[tuple[str, Text], ...]] = (
    ("web", _("网页")), ("wechat", _("微信内")), ("mini", _("小程序")), ("api", _("接口")),
)  # fmt: skip
#: What WeChat says about pages that make people share.
WECHAT_RULE: Final = _(
    "微信外部链接规范禁止诱导分享：分享给好友才能得奖励、砍价、拼团的引导都算。关着时，微信里只显示链接，不劝分享。"
)


def kind_of(spec: Spec) -> Kind:
    """The form that a revision is changed with."""
    if spec.play == "limited_price" and isinstance(spec.effect, UnitPercent):
        return KINDS["limited_percent"]
    return KINDS[spec.play]


def play(name: str) -> Any:
    """What a play is called."""
    return KINDS[name].label if name in KINDS else name
