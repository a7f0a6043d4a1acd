"""Words of the audit trail for what is done in finance and settlement; a part of `audit_words`."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import pgettext_lazy as _

from goodfor.console.columns import Text

FINANCE: Final[Mapping[str, Text]] = {
    "finance.party_opened": _("audit", "新增结算方"),
    "finance.party_changed": _("audit", "修改结算方资料"),
    "finance.party_ended": _("audit", "停止给结算方分账"),
    "finance.bank_changed": _("audit", "更改结算方收款账户"),
    "finance.contract_set": _("audit", "保存供货合同新版本"),
    "finance.agreement_set": _("audit", "保存分账协议新版本"),
    "finance.tax_rate_set": _("audit", "设置税率"),
    "finance.sku_tax_set": _("audit", "设置规格的税目"),
    "finance.fee_rate_set": _("audit", "设置通道费率"),
}
SETTLEMENT: Final[Mapping[str, Text]] = {
    "settlement.statement_made": _("audit", "生成结算单"),
    "settlement.statement_confirmed": _("audit", "确认结算单"),
    "settlement.statement_approved": _("audit", "批准结算单"),
    "settlement.statement_rejected": _("audit", "作废结算单"),
    "settlement.payout_started": _("audit", "开始打款"),
    "settlement.payout_resolved": _("audit", "登记打款结果"),
    "settlement.file_made": _("audit", "生成银行打款文件"),
    "settlement.file_fetched": _("audit", "下载银行打款文件"),
    "settlement.hold_back_released": _("audit", "退还保证金"),
    "settlement.link_made": _("audit", "生成结算方链接"),
    "settlement.links_revoked": _("audit", "收回结算方链接"),
    "settlement.policy_set": _("audit", "修改结算设置"),
}
#: What was given for invitations, and who looked at it.
REFERRALS: Final[Mapping[str, Text]] = {
    "referrals.programme_asked": _("audit", "提请修改邀请奖励"),
    "referrals.programme_set": _("audit", "设置邀请奖励"),
    "referrals.friend_bound": _("audit", "接受邀请"),
    "referrals.review_first": _("audit", "邀请奖励初审通过"),
    "referrals.review_decided": _("audit", "复核邀请奖励"),
}
SUBJECTS: Final[Mapping[str, Text]] = {
    "payments.account": _("audit", "收款账户"),
    "payments.bill": _("audit", "账单"),
    "payments.case": _("audit", "异常单"),
    "payments.dispute": _("audit", "拒付争议"),
    "payments.payment": _("audit", "支付单"),
    "payments.receiver": _("audit", "分账接收方"),
    "payments.refund": _("audit", "退款单"),
    "payments.share": _("audit", "分账份额"),
    "referral_programme": _("audit", "邀请奖励"),
    "finance.party": _("audit", "结算方"),
    "finance.contract": _("audit", "供货合同"),
    "finance.agreement": _("audit", "分账协议"),
    "finance.tax_rate": _("audit", "税目"),
    "payments.provider": _("audit", "支付通道"),
    "settlement.statement": _("audit", "结算单"),
    "settlement.payout": _("audit", "打款"),
    "settlement.file": _("audit", "银行打款文件"),
    "settlement.release": _("audit", "退还保证金"),
    "settlement.link": _("audit", "结算方链接"),
    "settlement.party": _("audit", "结算方"),
    "settlement.policy": _("audit", "结算设置"),
}
