"""What is told about gifts and about what somebody holds. Pure; reached through `scenes`."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.notify import samples
from goodfor.notify.addresses import EMAIL, WEBPUSH
from goodfor.notify.scene_types import BUYER, Scene

_GIFT: Final = {"title": None, "units": None, "until": None, "url": None}
_HELD: Final = {"title": None, "unseen": None, "until": None, "url": None}
_QUIET: Final = (EMAIL, WEBPUSH)

GIFTS: Final = (
    Scene("gift_opened", _("礼物已被收下"), {"gift": _GIFT}, {BUYER: _QUIET}, sample={"gift": samples.GIFT}),
    Scene("gift_ends_soon", _("礼物快到期"), {"gift": _GIFT}, {BUYER: _QUIET}, sample={"gift": samples.GIFT}),
    Scene("held_reminder", _("卡包提醒"), {"held": _HELD}, {BUYER: _QUIET}, sample={"held": samples.HELD}),
)
