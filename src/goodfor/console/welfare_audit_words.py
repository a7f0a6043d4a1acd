"""Words of the audit trail for companies' welfare; a part of `audit_words`."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import pgettext_lazy as _

from goodfor.console.columns import Text

ACTIONS: Final[Mapping[str, Text]] = {
    "welfare.company_made": _("audit", "新建企业"),
    "welfare.company_set": _("audit", "修改企业"),
    "welfare.person_added": _("audit", "添加企业管理人"),
    "welfare.person_removed": _("audit", "移除企业管理人"),
    "welfare.prepaid": _("audit", "登记企业预存"),
    "welfare.invoice_written": _("audit", "企业预存已开票"),
    "welfare.invoice_declined": _("audit", "不开企业预存的票"),
    "welfare.employees_listed": _("audit", "导入员工名单"),
    "welfare.employees_left": _("audit", "员工标为离职"),
    "welfare.grant_agreed": _("audit", "发放福利"),
    "welfare.rule_made": _("audit", "新建福利规则"),
    "welfare.rule_switched": _("audit", "开关福利规则"),
}
SUBJECTS: Final[Mapping[str, Text]] = {
    "welfare_company": _("audit", "企业"),
    "welfare_person": _("audit", "企业管理人"),
    "welfare_prepayment": _("audit", "企业预存"),
    "welfare_invoice": _("audit", "企业发票申请"),
    "welfare_grant": _("audit", "福利发放"),
    "welfare_rule": _("audit", "福利规则"),
}
