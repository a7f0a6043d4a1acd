"""Words of the audit trail for members' rooms; a part of `audit_words`."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import pgettext_lazy as _

from goodfor.console import (
    card_audit_words,
    gift_audit_words,
    mall_audit_words,
    partner_words,
    points_audit_words,
    subscription_words,
    welfare_audit_words,
)
from goodfor.console.audit_area import Area
from goodfor.console.columns import Text

AREAS: Final[tuple[Area, ...]] = (
    Area(_("audit", "会员与积分"), points_audit_words.ACTIONS, prefix="loyalty."),
    Area(_("audit", "积分商城"), mall_audit_words.ACTIONS, prefix="mall_"),
    Area(_("audit", "积分合作方"), partner_words.ACTIONS, prefix="partners."),
    Area(_("audit", "礼品卡"), card_audit_words.ACTIONS, prefix="cards_"),
    Area(_("audit", "订阅"), subscription_words.ACTIONS, prefix="subscriptions_"),
    Area(_("audit", "礼物"), gift_audit_words.ACTIONS),
    Area(_("audit", "企业福利"), welfare_audit_words.ACTIONS, prefix="welfare."),
)
#: Kinds of things that lines are about.
SUBJECTS: Final[Mapping[str, Text]] = {
    **card_audit_words.SUBJECTS,
    **gift_audit_words.SUBJECTS,
    **mall_audit_words.SUBJECTS,
    **partner_words.SUBJECTS,
    **points_audit_words.SUBJECTS,
    **subscription_words.SUBJECTS,
    **welfare_audit_words.SUBJECTS,
}
