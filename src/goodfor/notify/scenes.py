"""What Goodfor tells people about: each scene with its audience, its variables, and where it is on by default. Pure.

`variables` is the dictionary of what a template of the scene may use: None is a text, a dict has names, a list of one
repeats. A template that names anything else is refused when it is saved.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from goodfor.notify.addresses import DINGTALK, EMAIL, FEISHU, SMS, WEBPUSH, WECHAT_MINI, WECHAT_OA, WECOM

BUYER: Final = "buyer"
STAFF: Final = "staff"
LANGUAGES: Final = ("zh", "en")
CHANNEL_LABELS: Final[Mapping[str, Any]] = {
    EMAIL: _("邮件"),
    SMS: _("短信"),
    WECHAT_OA: _("微信公众号"),
    WECHAT_MINI: _("微信小程序"),
    WEBPUSH: _("浏览器推送"),
    WECOM: _("企业微信机器人"),
    DINGTALK: _("钉钉机器人"),
    FEISHU: _("飞书机器人"),
}
CHANNELS: Final = tuple(CHANNEL_LABELS)
ROBOTS: Final = frozenset({WECOM, DINGTALK, FEISHU})
#: Only what is opened on purpose may hold a card code, not what lights up on a locked screen.
MAY_HOLD_CODES: Final = frozenset({EMAIL, SMS})
#: The vendor sends its own approved text and fills in our values: no sending without its template id.
BY_VENDOR_TEMPLATE: Final = frozenset({SMS, WECHAT_OA, WECHAT_MINI})
CHANNELS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    BUYER: (EMAIL, SMS, WECHAT_OA, WECHAT_MINI, WEBPUSH),
    STAFF: (EMAIL, SMS, WEBPUSH, WECOM, DINGTALK, FEISHU),
}
AUDIENCE_LABELS: Final[Mapping[str, Any]] = {BUYER: _("买家"), STAFF: _("店员")}

_SHOP: Final = {"name": None, "url": None}
_ORDER: Final = {
    "number": None,
    "title": None,
    "quantity": None,
    "total": None,
    "placed_at": None,
    "paid_at": None,
    "url": None,
}
_LINE: Final = {"title": None, "quantity": None, "price": None}
_CODE: Final = {"number": None, "secret": None, "expires_at": None}
_REFUND: Final = {"number": None, "amount": None, "reason": None}
_CLAIM: Final = {"number": None, "reason": None, "answer": None, "deadline": None, "url": None}
_DECIDED: Final = {**_CLAIM, "why": None}
_LATE: Final = {**_CLAIM, "what": None, "amount": None}
_GRANT: Final = {"kind": None, "amount": None, "url": None}
_RECALL: Final = {"title": None, "codes": None, "url": None}
_PLENTY: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Scene:
    """One kind of news. `on` names the channels that are on by default for each audience.

    `transactional`: sent without asking for consent. `secret`: its content is worth stealing: kept sealed until sent,
    then wiped, never repeated after an unknown outcome. `carries_codes`: its lines may hold card codes if the shop says
    so for the SKU. `only` limits its channels. `roles`: whose work it is among the staff; by default they get it by
    mail.
    """

    name: str
    label: Any
    variables: Mapping[str, Any]
    on: Mapping[str, tuple[str, ...]]
    transactional: bool = True
    secret: bool = False
    carries_codes: bool = False
    only: tuple[str, ...] = CHANNELS
    lifetime: timedelta = _PLENTY
    sample: Mapping[str, Any] = field(default_factory=dict)
    roles: tuple[str, ...] = ()

    @property
    def audiences(self) -> tuple[str, ...]:
        """Who may hear of it."""
        return tuple(self.on)

    def channels(self, audience: str) -> tuple[str, ...]:
        """The channels it may take to an audience."""
        return tuple(channel for channel in CHANNELS_OF[audience] if channel in self.only)


_FAST: Final = (EMAIL, WECHAT_OA, WECHAT_MINI, WEBPUSH)
_DESK: Final = (EMAIL, WECOM, DINGTALK, FEISHU)

_SAMPLE_ORDER: Final = {
    "number": "G260101ABCDEFGH23",
    "title": "星河影视会员 月卡",
    "quantity": "2",
    "total": "¥37.00",
    "placed_at": "2026-01-01 08:00",
    "paid_at": "2026-01-01 08:01",
    "url": "https://shop.example/orders/G260101ABCDEFGH23",
}
_SAMPLE_LINES: Final = [{"title": "星河影视会员 月卡", "quantity": "2", "price": "¥18.50"}]
_SAMPLE_REFUND: Final = {"number": "R260101ABCDEFGH23", "amount": "¥37.00", "reason": "库存不足"}
_SAMPLE_CLAIM: Final = {
    "number": "C260101ABCDEFGH23",
    "reason": "兑换失败",
    "answer": "已为您补发",
    "deadline": "2026-01-01 20:00",
    "url": "https://shop.example/claims/C260101ABCDEFGH23",
}
_SAMPLE_DECIDED: Final = {
    **_SAMPLE_CLAIM,
    "answer": "已换新码",
    "why": "供货方确认这张卡密不能用。已为你换一张新的，可以马上查看。",
}
_SAMPLE_LATE: Final = {**_SAMPLE_CLAIM, "what": "答复", "amount": "¥5.00"}
_SAMPLE_GRANT: Final = {
    "kind": "按承诺赔付",
    "amount": "¥185.00",
    "url": "https://shop.example/claims/C260101ABCDEFGH23",
}
_SAMPLE_RECALL: Final = {
    "title": "星河影视会员 月卡",
    "codes": "1",
    "url": "https://shop.example/orders/G260101ABCDEFGH23",
}
_SAMPLE_SKU: Final = {
    "code": "xh-month",
    "title": "星河影视会员 月卡",
    "price": "¥18.50",
    "left": "9",
    "threshold": "10",
    "url": "https://shop.example/p/xinghe-video",
}
_SAMPLE_SUPPLIER: Final = {
    "name": "星源供货",
    "left": "286.40 CNY",
    "mark": "500 CNY",
    "lasts": "约 2 天",
    "url": "https://shop.example/console/supply/accounts",
}
_SAMPLE_ALERT: Final = {
    "kind": "余额不符",
    "supplier": "星源供货",
    "detail": "2026-01-01 相差 8.00 CNY",
    "url": "https://shop.example/console/supply/accounts",
}

_SAMPLE_ALARM: Final = {
    "kind": "金丝雀卡密在外出现",
    "detail": "从没卖过的卡密出现在：售后申请的文字。库存可能被人拿走了一部分",
    "url": "https://shop.example/console/",
}
_SAMPLE_PRICE: Final = {
    "code": "xh-month",
    "title": "星河影视会员 月卡",
    "old_cost": "15.20",
    "new_cost": "17.80",
    "now": "¥18.50",
    "proposed": "¥21.90",
    "url": "https://shop.example/console/supply/watch/",
}

_SAMPLE_RULE: Final = {
    "name": "同一设备短时间多次付款",
    "code": "device-many-pays",
    "who": "anna",
    "reason": "误伤太多",
    "url": "https://shop.example/console/risk/changes/",
}

_ALL: Final = (
    Scene(
        "order_paid",
        _("订单已付款"),
        {"order": _ORDER, "lines": [_LINE]},
        {BUYER: ()},
        sample={"order": _SAMPLE_ORDER, "lines": _SAMPLE_LINES},
    ),
    Scene(
        "order_delivered",
        _("订单已发货"),
        {"order": _ORDER, "lines": [{**_LINE, "codes": [_CODE]}]},
        {BUYER: _FAST},
        carries_codes=True,
        sample={"order": _SAMPLE_ORDER, "lines": [{**_SAMPLE_LINES[0], "codes": []}]},
    ),
    Scene(
        "order_refunded",
        _("退款已受理"),
        {"order": _ORDER, "refund": _REFUND},
        {BUYER: _FAST},
        sample={"order": _SAMPLE_ORDER, "refund": _SAMPLE_REFUND},
    ),
    Scene(
        "refund_failed",
        _("退款未成功"),
        {"order": _ORDER, "refund": _REFUND},
        {BUYER: (EMAIL,), STAFF: _DESK},
        sample={"order": _SAMPLE_ORDER, "refund": {**_SAMPLE_REFUND, "reason": "原付款账户已注销"}},
        roles=("owner", "finance", "support"),
    ),
    Scene(
        "refund_arrived",
        _("退款已到账"),
        {"order": _ORDER, "refund": _REFUND},
        {BUYER: _FAST},
        sample={"order": _SAMPLE_ORDER, "refund": _SAMPLE_REFUND},
    ),
    Scene(
        "payment_late",
        _("逾期付款到账"),
        {"order": _ORDER, "payment": {"amount": None, "outcome": None}},
        {BUYER: (EMAIL,), STAFF: ()},
        sample={"order": _SAMPLE_ORDER, "payment": {"amount": "¥37.00", "outcome": "已按原路退回"}},
        roles=("owner", "finance"),
    ),
    Scene(
        "signin_code",
        _("登录验证码"),
        {"code": None, "minutes": None},
        {BUYER: (EMAIL, SMS)},
        secret=True,
        only=(EMAIL, SMS),
        lifetime=timedelta(minutes=10),
        sample={"code": "246810", "minutes": "5"},
    ),
    Scene(
        "account_changed",
        _("账户变动提醒"),
        {"account": {"change": None, "device": None, "place": None, "at": None, "url": None}},
        {BUYER: (EMAIL,)},
        sample={
            "account": {
                "change": "新设备登录",
                "device": "iPhone, Safari",
                "place": "上海",
                "at": "2026-01-01 08:00",
                "url": "https://shop.example/account",
            }
        },
    ),
    Scene(
        "claim_opened",
        _("售后申请已提交"),
        {"order": _ORDER, "claim": _CLAIM},
        {BUYER: (EMAIL,), STAFF: _DESK},
        sample={"order": _SAMPLE_ORDER, "claim": _SAMPLE_CLAIM},
        roles=("owner", "operator", "support"),
    ),
    Scene(
        "claim_answered",
        _("售后申请有新进展"),
        {"order": _ORDER, "claim": _CLAIM},
        {BUYER: _FAST},
        sample={"order": _SAMPLE_ORDER, "claim": _SAMPLE_CLAIM},
    ),
    Scene(
        "claim_question",
        _("售后需要你补充"),
        {"order": _ORDER, "claim": _DECIDED},
        {BUYER: _FAST},
        sample={"order": _SAMPLE_ORDER, "claim": {**_SAMPLE_DECIDED, "why": "请补一张使用时报错的截图。"}},
    ),
    Scene(
        "claim_decided",
        _("售后有结果"),
        {"order": _ORDER, "claim": _DECIDED},
        {BUYER: _FAST},
        sample={"order": _SAMPLE_ORDER, "claim": _SAMPLE_DECIDED},
    ),
    Scene(
        "claim_late",
        _("售后超过承诺时间"),
        {"order": _ORDER, "claim": _LATE},
        {BUYER: _FAST},
        sample={"order": _SAMPLE_ORDER, "claim": _SAMPLE_LATE},
    ),
    Scene(
        "claim_escalated",
        _("售后超时升级"),
        {"order": _ORDER, "claim": _LATE},
        {STAFF: _DESK},
        sample={"order": _SAMPLE_ORDER, "claim": {**_SAMPLE_LATE, "amount": ""}},
        roles=("owner", "operator", "support"),
    ),
    Scene(
        "recall_offered",
        _("卡密召回"),
        {"order": _ORDER, "recall": _RECALL},
        {BUYER: _FAST},
        sample={"order": _SAMPLE_ORDER, "recall": _SAMPLE_RECALL},
    ),
    Scene(
        "grant_owed",
        _("赔付待领取"),
        {"order": _ORDER, "grant": _GRANT},
        {BUYER: _FAST},
        sample={"order": _SAMPLE_ORDER, "grant": _SAMPLE_GRANT},
    ),
    Scene(
        "grant_paid",
        _("赔付已到账"),
        {"order": _ORDER, "grant": _GRANT},
        {BUYER: _FAST},
        sample={"order": _SAMPLE_ORDER, "grant": _SAMPLE_GRANT},
    ),
    Scene(
        "low_stock",
        _("库存预警"),
        {"sku": _SAMPLE_SKU},
        {STAFF: _DESK},
        sample={"sku": _SAMPLE_SKU},
        roles=("owner", "operator"),
    ),
    Scene(
        "price_watched",
        _("成本变动"),
        {"price": _SAMPLE_PRICE},
        {STAFF: _DESK},
        sample={"price": _SAMPLE_PRICE},
        roles=("owner", "operator"),
    ),
    Scene(
        "supply_low",
        _("供应商余额不足"),
        {"supplier": _SAMPLE_SUPPLIER},
        {STAFF: _DESK},
        sample={"supplier": _SAMPLE_SUPPLIER},
        roles=("owner", "finance", "operator"),
    ),
    Scene(
        "supply_alert",
        _("供应商账目异常"),
        {"alert": _SAMPLE_ALERT},
        {STAFF: _DESK},
        sample={"alert": _SAMPLE_ALERT},
        roles=("owner", "finance"),
    ),
    Scene(
        "risk_rule_off",
        _("风控规则被紧急停用"),
        {"rule": _SAMPLE_RULE},
        {STAFF: _DESK},
        sample={"rule": _SAMPLE_RULE},
        roles=("owner",),
    ),
    Scene(
        "case_opened",
        _("有待处理的个案"),
        {"case": {"kind": None, "number": None, "amount": None, "url": None}},
        {STAFF: _DESK},
        sample={
            "case": {
                "kind": "金额不符",
                "number": "P260101ABCDEFGH23",
                "amount": "¥37.00",
                "url": "https://shop.example/console/cases",
            }
        },
        roles=("owner", "finance"),
    ),
    Scene(
        "risk_alarm",
        _("风控警报"),
        {"alarm": _SAMPLE_ALARM},
        {STAFF: _DESK},
        sample={"alarm": _SAMPLE_ALARM},
        roles=("owner",),
    ),
    Scene(
        "job_failed",
        _("后台任务失败"),
        {"job": {"name": None, "error": None, "attempts": None, "url": None}},
        {STAFF: _DESK},
        sample={
            "job": {
                "name": "orders.export",
                "error": "OperationalError",
                "attempts": "3",
                "url": "https://shop.example/console/jobs",
            }
        },
        roles=("owner",),
    ),
    Scene(
        "channel_test",
        _("通道测试"),
        {"test": {"at": None, "channel": None}},
        {BUYER: CHANNELS_OF[BUYER], STAFF: CHANNELS_OF[STAFF]},
        sample={"test": {"at": "2026-01-01 08:00", "channel": "email"}},
    ),
)

SCENES: Final[Mapping[str, Scene]] = {scene.name: scene for scene in _ALL}
SAMPLE_SHOP: Final = {"name": "好码小店", "url": "https://shop.example"}


def variables_of(scene: Scene) -> Mapping[str, Any]:
    """Everything a template of the scene may use: its own variables and the shop."""
    return {"shop": _SHOP, **scene.variables}


def language_of(locale: str) -> str:
    """Our language for a locale: `en` for English ones, else `zh`, the source language."""
    return "en" if locale.lower().startswith("en") else "zh"
