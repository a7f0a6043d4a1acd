"""What Goodfor tells people about: each scene with its audience, its variables, and where it is on by default. Pure.

`variables` is the dictionary of what a template of the scene may use: None is a text, a dict has names, a list of one
repeats. A template that names anything else is refused when it is saved.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from goodfor.notify import samples
from goodfor.notify.addresses import EMAIL, SMS
from goodfor.notify.gift_scenes import GIFTS
from goodfor.notify.member_scenes import MEMBERS
from goodfor.notify.promotion_scenes import PROMOTIONS
from goodfor.notify.scene_types import AUDIENCE_LABELS as AUDIENCE_LABELS
from goodfor.notify.scene_types import BUYER as BUYER
from goodfor.notify.scene_types import BY_VENDOR_TEMPLATE as BY_VENDOR_TEMPLATE
from goodfor.notify.scene_types import CHANNEL_LABELS as CHANNEL_LABELS
from goodfor.notify.scene_types import CHANNELS as CHANNELS
from goodfor.notify.scene_types import CHANNELS_OF as CHANNELS_OF
from goodfor.notify.scene_types import DESK, FAST, ORDER, REFUND, SHOP
from goodfor.notify.scene_types import LANGUAGES as LANGUAGES
from goodfor.notify.scene_types import MAY_HOLD_CODES as MAY_HOLD_CODES
from goodfor.notify.scene_types import ROBOTS as ROBOTS
from goodfor.notify.scene_types import STAFF as STAFF
from goodfor.notify.scene_types import Scene as Scene
from goodfor.notify.subscription_scenes import SUBSCRIPTIONS
from goodfor.notify.welfare_scenes import WELFARE

_LINE: Final = {"title": None, "quantity": None, "price": None, "discount": None, "net": None}
_CODE: Final = {"number": None, "secret": None, "expires_at": None}
_CLAIM: Final = {"number": None, "reason": None, "answer": None, "deadline": None, "url": None}
_DECIDED: Final = {**_CLAIM, "why": None}
_LATE: Final = {**_CLAIM, "what": None, "amount": None}
_GRANT: Final = {"kind": None, "amount": None, "url": None}
_RECALL: Final = {"title": None, "codes": None, "url": None}

_ALL: Final = (
    Scene(
        "order_paid",
        _("订单已付款"),
        {"order": ORDER, "lines": [_LINE]},
        {BUYER: ()},
        sample={"order": samples.ORDER, "lines": samples.LINES},
    ),
    Scene(
        "order_delivered",
        _("订单已发货"),
        {"order": ORDER, "lines": [{**_LINE, "codes": [_CODE]}]},
        {BUYER: FAST},
        carries_codes=True,
        sample={"order": samples.ORDER, "lines": [{**samples.LINES[0], "codes": []}]},
    ),
    Scene(
        "order_refunded",
        _("退款已受理"),
        {"order": ORDER, "refund": REFUND},
        {BUYER: FAST},
        sample={"order": samples.ORDER, "refund": samples.REFUND},
    ),
    Scene(
        "refund_failed",
        _("退款未成功"),
        {"order": ORDER, "refund": REFUND},
        {BUYER: (EMAIL,), STAFF: DESK},
        sample={"order": samples.ORDER, "refund": {**samples.REFUND, "reason": "原付款账户已注销"}},
        roles=("owner", "finance", "support"),
    ),
    Scene(
        "refund_arrived",
        _("退款已到账"),
        {"order": ORDER, "refund": REFUND},
        {BUYER: FAST},
        sample={"order": samples.ORDER, "refund": samples.REFUND},
    ),
    Scene(
        "payment_late",
        _("逾期付款到账"),
        {"order": ORDER, "payment": {"amount": None, "outcome": None}},
        {BUYER: (EMAIL,), STAFF: ()},
        sample={"order": samples.ORDER, "payment": {"amount": "¥37.00", "outcome": "已按原路退回"}},
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
        {"order": ORDER, "claim": _CLAIM},
        {BUYER: (EMAIL,), STAFF: DESK},
        sample={"order": samples.ORDER, "claim": samples.CLAIM},
        roles=("owner", "operator", "support"),
    ),
    Scene(
        "claim_answered",
        _("售后申请有新进展"),
        {"order": ORDER, "claim": _CLAIM},
        {BUYER: FAST},
        sample={"order": samples.ORDER, "claim": samples.CLAIM},
    ),
    Scene(
        "claim_question",
        _("售后需要你补充"),
        {"order": ORDER, "claim": _DECIDED},
        {BUYER: FAST},
        sample={"order": samples.ORDER, "claim": {**samples.DECIDED, "why": "请补一张使用时报错的截图。"}},
    ),
    Scene(
        "claim_decided",
        _("售后有结果"),
        {"order": ORDER, "claim": _DECIDED},
        {BUYER: FAST},
        sample={"order": samples.ORDER, "claim": samples.DECIDED},
    ),
    Scene(
        "claim_late",
        _("售后超过承诺时间"),
        {"order": ORDER, "claim": _LATE},
        {BUYER: FAST},
        sample={"order": samples.ORDER, "claim": samples.LATE},
    ),
    Scene(
        "claim_escalated",
        _("售后超时升级"),
        {"order": ORDER, "claim": _LATE},
        {STAFF: DESK},
        sample={"order": samples.ORDER, "claim": {**samples.LATE, "amount": ""}},
        roles=("owner", "operator", "support"),
    ),
    Scene(
        "recall_offered",
        _("卡密召回"),
        {"order": ORDER, "recall": _RECALL},
        {BUYER: FAST},
        sample={"order": samples.ORDER, "recall": samples.RECALL},
    ),
    Scene(
        "grant_owed",
        _("赔付待领取"),
        {"order": ORDER, "grant": _GRANT},
        {BUYER: FAST},
        sample={"order": samples.ORDER, "grant": samples.GRANT},
    ),
    Scene(
        "grant_paid",
        _("赔付已到账"),
        {"order": ORDER, "grant": _GRANT},
        {BUYER: FAST},
        sample={"order": samples.ORDER, "grant": samples.GRANT},
    ),
    Scene(
        "low_stock",
        _("库存预警"),
        {"sku": samples.SKU},
        {STAFF: DESK},
        sample={"sku": samples.SKU},
        roles=("owner", "operator"),
    ),
    Scene(
        "price_watched",
        _("成本变动"),
        {"price": samples.PRICE},
        {STAFF: DESK},
        sample={"price": samples.PRICE},
        roles=("owner", "operator"),
    ),
    Scene(
        "supply_low",
        _("供应商余额不足"),
        {"supplier": samples.SUPPLIER},
        {STAFF: DESK},
        sample={"supplier": samples.SUPPLIER},
        roles=("owner", "finance", "operator"),
    ),
    Scene(
        "supply_alert",
        _("供应商账目异常"),
        {"alert": samples.ALERT},
        {STAFF: DESK},
        sample={"alert": samples.ALERT},
        roles=("owner", "finance"),
    ),
    Scene(
        "risk_rule_off",
        _("风控规则被紧急停用"),
        {"rule": samples.RULE},
        {STAFF: DESK},
        sample={"rule": samples.RULE},
        roles=("owner",),
    ),
    *PROMOTIONS,
    *MEMBERS,
    *WELFARE,
    *GIFTS,
    *SUBSCRIPTIONS,
    Scene(
        "case_opened",
        _("有待处理的个案"),
        {"case": {"kind": None, "number": None, "amount": None, "url": None}},
        {STAFF: DESK},
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
        {"alarm": samples.ALARM},
        {STAFF: DESK},
        sample={"alarm": samples.ALARM},
        roles=("owner",),
    ),
    Scene(
        "report_sent",
        _("定期报表"),
        {"report": samples.REPORT, "rows": [{"key": None, "cells": [{"text": None}]}]},
        {STAFF: (EMAIL,)},
        sample={"report": samples.REPORT, "rows": samples.REPORT_ROWS},
        # To those whom the report names, and to nobody else.
        only=(EMAIL,),
    ),
    Scene(
        "daily_brief",
        _("每日简报"),
        {"brief": samples.BRIEF, "things": [{"text": None}]},
        # It speaks of margins: a group hears it only where somebody switched that on.
        {STAFF: (EMAIL,)},
        lifetime=timedelta(hours=18),
        sample={"brief": samples.BRIEF, "things": samples.BRIEF_THINGS},
        roles=("owner",),
    ),
    Scene(
        "job_failed",
        _("后台任务失败"),
        {"job": {"name": None, "error": None, "attempts": None, "url": None}},
        {STAFF: DESK},
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
    return {"shop": SHOP, **scene.variables}


def language_of(locale: str) -> str:
    """Our language for a locale: `en` for English ones, else `zh`, the source language."""
    return "en" if locale.lower().startswith("en") else "zh"
