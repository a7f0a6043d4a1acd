"""Words of the audit trail for cards; a part of `audit_words`."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import pgettext_lazy as _

from goodfor.console.columns import Text

ACTIONS: Final[Mapping[str, Text]] = {
    "cards_program_made": _("audit", "新建卡种"),
    "cards_program_changed": _("audit", "修改卡种"),
    "cards_program_closed": _("audit", "卡种不再发卡"),
    "cards_batch_made": _("audit", "新建一批卡"),
    "cards_activate_begun": _("audit", "激活卡"),
    "cards_revoke_asked": _("audit", "申请作废卡"),
    "cards_revoke_begun": _("audit", "作废卡"),
    "cards_revoke_dropped": _("audit", "撤回作废申请"),
    "cards_codes_asked": _("audit", "申请导出卡号"),
    "cards_codes_allowed": _("audit", "批准导出卡号"),
    "cards_codes_exported": _("audit", "导出卡号"),
    "cards_card_extended": _("audit", "卡延期"),
    "cards_card_kept": _("audit", "买家把卡收进卡包"),
    "cards_card_passed_on": _("audit", "卡转到收礼人的卡包"),
}
SUBJECTS: Final[Mapping[str, Text]] = {
    "cards_program": _("audit", "卡种"),
    "cards_batch": _("audit", "一批卡"),
    "cards_card": _("audit", "卡"),
}
