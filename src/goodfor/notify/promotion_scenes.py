"""What is told about campaigns, groups, coupons and invitations. Pure; reached through `scenes`."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.notify import samples
from goodfor.notify.addresses import EMAIL, WEBPUSH
from goodfor.notify.scene_types import BUYER, DESK, FAST, ORDER, REFUND, STAFF, Scene

_GROUP: Final = {"missing": None, "until": None, "url": None}
_REWARD: Final = {"amount": None, "owed": None, "coupon": None, "until": None, "url": None}
#: What rewards sharing is not for WeChat (its rules).
_QUIET: Final = (EMAIL, WEBPUSH)

PROMOTIONS: Final = (
    Scene(
        "group_joined",
        _("拼团已占位"),
        {"order": ORDER, "group": _GROUP},
        {BUYER: FAST},
        sample={"order": samples.ORDER, "group": samples.GROUP},
    ),
    Scene(
        "group_formed",
        _("拼团成功"),
        {"order": ORDER, "group": {"url": None}},
        {BUYER: FAST},
        sample={"order": samples.ORDER, "group": samples.GROUP},
    ),
    Scene(
        "group_failed",
        _("拼团未成，退款"),
        {"order": ORDER, "refund": REFUND},
        {BUYER: FAST},
        sample={"order": samples.ORDER, "refund": samples.REFUND},
    ),
    Scene(
        "coupon_fetched",
        _("朋友收下了优惠券"),
        {"coupon": {"name": None, "url": None}},
        {BUYER: _QUIET},
        sample={"coupon": samples.COUPON},
    ),
    Scene(
        "reward_frozen",
        _("邀请奖励待到账"),
        {"reward": _REWARD},
        {BUYER: _QUIET},
        sample={"reward": samples.REWARD},
    ),
    Scene(
        "reward_paid",
        _("邀请奖励已到账"),
        {"reward": _REWARD},
        {BUYER: _QUIET},
        sample={"reward": samples.REWARD},
    ),
    Scene(
        "reward_taken_back",
        _("邀请奖励被收回"),
        {"reward": _REWARD},
        {BUYER: _QUIET},
        sample={"reward": samples.REWARD},
    ),
    Scene(
        "campaign_submitted",
        _("活动待批准"),
        {"campaign": {"name": None, "who": None, "url": None}},
        {STAFF: DESK},
        sample={"campaign": samples.CAMPAIGN},
        roles=("owner", "operator"),
    ),
    Scene(
        "campaign_stopped",
        _("活动自动暂停"),
        {"campaign": {"name": None, "why": None, "url": None}},
        {STAFF: DESK},
        sample={"campaign": samples.CAMPAIGN},
        roles=("owner", "operator"),
    ),
)
