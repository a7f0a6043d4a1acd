"""Gifts as the staff see them: what, between whom, where it is; never a link, a key or the giver's words."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.translation import pgettext_lazy as _

from goodfor.console.columns import Text
from goodfor.gifts.types import CARD, CODES, COUPON, ENDED, MADE, OPENED, POINTS, RETURNED, GiftView, is_member

KINDS: Final[Mapping[str, Text]] = {
    CODES: _("gift", "卡密"),
    CARD: _("gift", "礼品卡"),
    POINTS: _("gift", "积分"),
    COUPON: _("gift", "优惠券"),
}
STATES: Final[Mapping[str, tuple[Text, str]]] = {
    MADE: (_("gift", "等人收下"), "amber"),
    OPENED: (_("gift", "已收下"), "green"),
    RETURNED: (_("gift", "已收回"), "plain"),
    ENDED: (_("gift", "到期退回"), "plain"),
}


def rows(found: Iterable[GiftView]) -> list[dict[str, Any]]:
    """For `cells/gifts.html`."""
    return [
        {
            "gift": one,
            "kind": KINDS[one.kind],
            "state": STATES[one.state][0],
            "tone": STATES[one.state][1],
            "taker": (_("gift", "会员") if is_member(one.taker_ref) else _("gift", "访客")) if one.taker_ref else "",
        }
        for one in found
    ]
