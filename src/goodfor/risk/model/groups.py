"""Which scenes share a model: what is at stake in them is alike. Pure."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.risk.types import Scene

PURCHASE: Final = "purchase"
DOOR: Final = "door"
CLAIM: Final = "claim"
STAFF: Final = "staff"
SCENES: Final[Mapping[str, frozenset[Scene]]] = {
    PURCHASE: frozenset({Scene.ORDER, Scene.PAY, Scene.REVEAL}),
    DOOR: frozenset({Scene.REGISTER, Scene.SIGN_IN, Scene.ONE_TIME_CODE, Scene.LOOK_UP, Scene.REDEEM, Scene.COUPON}),
    CLAIM: frozenset({Scene.CLAIM, Scene.REFERRAL}),
    STAFF: frozenset({Scene.STAFF_VIEW, Scene.EXPORT}),
}
#: The group of a scene.
GROUP: Final[Mapping[Scene, str]] = {scene: group for group, scenes in SCENES.items() for scene in scenes}
WORDS: Final = {
    PURCHASE: _("购买与付款"),
    DOOR: _("登录、查询与兑换"),
    CLAIM: _("售后与推荐"),
    STAFF: _("员工查看与导出"),
}
