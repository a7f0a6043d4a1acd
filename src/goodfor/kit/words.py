"""What states and kinds are called, and in which tone they are shown: one word for one thing on every page."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

#: Order states. green: all is well; amber: somebody waits; plain: over.
STATES: Mapping[str, Any] = {
    "placed": _("待付款"),
    "paid": _("发货中"),
    "delivered": _("已发货"),
    "cancelled": _("已取消"),
    "expired": _("已过期"),
    "refunding": _("退款中"),
    "refunded": _("已退款"),
}
TONES: Mapping[str, str] = {
    "placed": "amber",
    "paid": "amber",
    "delivered": "green",
    "refunding": "amber",
    "refunded": "plain",
    "cancelled": "plain",
    "expired": "plain",
}
#: How a product reaches its buyer.
DELIVERY: Mapping[str, Any] = {
    "vault": _("自动发码"),
    "code": _("自动发码"),
    "direct": _("直接充值到账户"),
    "codes": _("自动发码"),
    "supplier": _("自动采购发码"),
    "topup": _("直接充值到账户"),
    "entitlement": _("权益自动生效"),
}


def state_label(state: str) -> str:
    """The state in words."""
    return str(STATES.get(state, state))


def state_tone(state: str) -> str:
    """green, amber or plain: how the state is stamped."""
    return TONES.get(state, "plain")


def delivery_label(kind: str) -> str:
    """How a product reaches the buyer, in words."""
    return str(DELIVERY.get(kind, DELIVERY["code"]))
