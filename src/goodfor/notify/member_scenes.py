"""What members are told of points and tiers: service that one can switch off. Pure; reached through `scenes`."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.notify import samples
from goodfor.notify.addresses import EMAIL, WEBPUSH
from goodfor.notify.scene_types import BUYER, Scene

_ON: Final = {BUYER: (EMAIL, WEBPUSH)}
_TIER: Final = {"name": None, "other": None, "missing": None, "until": None, "perks": None, "url": None}

MEMBERS: Final = (
    Scene(
        "points_ending",
        _("积分快到期"),
        {"points": {"units": None, "last": None, "worth": None, "url": None}},
        _ON,
        transactional=False,
        sample={"points": samples.POINTS},
    ),
    Scene("tier_falling", _("等级快到期"), {"tier": _TIER}, _ON, transactional=False, sample={"tier": samples.TIER}),
    Scene("tier_rose", _("会员升级"), {"tier": _TIER}, _ON, transactional=False, sample={"tier": samples.TIER}),
    Scene("tier_fell", _("会员降级"), {"tier": _TIER}, _ON, transactional=False, sample={"tier": samples.TIER}),
    Scene(
        "member_gift",
        _("会员礼物到账"),
        {"gift": {"birthday": None, "units": None, "url": None}},
        _ON,
        transactional=False,
        sample={"gift": samples.MEMBER_GIFT},
    ),
)
