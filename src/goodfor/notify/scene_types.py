"""What a scene is, and the parts that many share. Pure; reached through `scenes`."""

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

SHOP: Final = {"name": None, "url": None}
ORDER: Final = {
    "number": None,
    "title": None,
    "quantity": None,
    "total": None,
    "placed_at": None,
    "paid_at": None,
    "url": None,
}
REFUND: Final = {"number": None, "amount": None, "reason": None}
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


FAST: Final = (EMAIL, WECHAT_OA, WECHAT_MINI, WEBPUSH)
DESK: Final = (EMAIL, WECOM, DINGTALK, FEISHU)
