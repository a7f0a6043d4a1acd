"""Words of the audit trail for points and tiers; a part of `audit_words`."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import pgettext_lazy as _

from goodfor.console.columns import Text

ACTIONS: Final[Mapping[str, Text]] = {
    "loyalty.terms_set": _("audit", "设置积分规则"),
    "loyalty.tiers_set": _("audit", "设置会员等级"),
    "loyalty.tasks_set": _("audit", "设置会员任务"),
    "loyalty.adjusted": _("audit", "调整会员积分"),
    "loyalty.tier_granted": _("audit", "给会员等级"),
    "loyalty.reckoning_asked": _("audit", "重新核算积分负债"),
}
SUBJECTS: Final[Mapping[str, Text]] = {
    "loyalty_terms": _("audit", "积分规则"),
    "loyalty_tiers": _("audit", "会员等级"),
    "loyalty_tasks": _("audit", "会员任务"),
    "loyalty_entry": _("audit", "积分变动"),
    "loyalty_member": _("audit", "会员"),
}
