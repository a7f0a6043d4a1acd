"""Words of the audit trail about reconciliation and the closing of the books. Part of `audit_words`."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import pgettext_lazy as _

from goodfor.console.columns import Text

PREFIX: Final = "recon."
ACTIONS: Final[Mapping[str, Text]] = {
    "recon.case_assigned": _("audit", "指派对账差异"),
    "recon.case_explained": _("audit", "说明对账差异的原因"),
    "recon.case_corrected": _("audit", "登记更正凭证"),
    "recon.case_closed": _("audit", "了结对账差异"),
    "recon.action_again": _("audit", "再自动处理对账差异"),
    "recon.pair_confirmed": _("audit", "确认两边是同一笔"),
    "recon.compared_again": _("audit", "要求重新核对"),
    "recon.day_asked": _("audit", "申请对账关账"),
    "recon.day_ask_withdrawn": _("audit", "撤回对账关账申请"),
    "recon.day_closed": _("audit", "对账关账"),
    "recon.month_closed": _("audit", "会计期间关账"),
    "recon.month_soft_closed": _("audit", "会计期间软关账"),
}
SUBJECTS: Final[Mapping[str, Text]] = {
    "recon.case": _("audit", "对账差异"),
    "recon.pairing": _("audit", "配对"),
    "recon.run": _("audit", "一次对账"),
    "recon.shop": _("audit", "店铺的对账"),
}
