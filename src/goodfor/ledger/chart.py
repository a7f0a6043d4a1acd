"""The chart of accounts, as pure data: code pattern, type, normal side, guard, and how soon a clearing account drains.

Codes follow the PRC four-digit habit; `{x}` stands for one segment of letters, digits, `_`, `.` and `-`.
The database holds the same table in `ledger_chart()` (sql/schema/chart.sql); a test keeps the two equal.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _

ASSET, LIABILITY, EQUITY, INCOME, EXPENSE = "asset", "liability", "equity", "income", "expense"
DEBIT, CREDIT = 1, -1
SEGMENT = "[A-Za-z0-9_.-]+"
CODE = re.compile(rf"[0-9]{{4}}(:{SEGMENT}){{0,7}}")


@dataclass(frozen=True, slots=True)
class ChartLine:
    """A kind of account. `drains_days`: the balance should return to zero within so many days; None: never asked."""

    pattern: str
    type: str
    side: int
    label: Any = field(compare=False)
    guarded: bool = False
    drains_days: int | None = None

    @property
    def regex(self) -> str:
        """The pattern as a regular expression that Python and PostgreSQL read alike."""
        return "^" + re.sub(r"\{[a-z]+\}", SEGMENT, self.pattern) + "$"


CHART: tuple[ChartLine, ...] = (
    ChartLine("1002:bank:{acct}", ASSET, DEBIT, _("银行存款")),
    ChartLine("1012:channel:{ch}:{acct}:pending", ASSET, DEBIT, _("支付渠道待结算"), drains_days=3),
    ChartLine("1012:channel:{ch}:{acct}:frozen", ASSET, DEBIT, _("支付渠道冻结待分账"), drains_days=30),
    ChartLine("1012:channel:{ch}:{acct}:available", ASSET, DEBIT, _("支付渠道可用余额")),
    ChartLine("1013:transit", ASSET, DEBIT, _("在途资金"), drains_days=3),
    ChartLine("1122:partner:{code}", ASSET, DEBIT, _("应收积分合作方")),
    ChartLine("1123:supplier:{id}:prepaid", ASSET, DEBIT, _("供应商预存款"), guarded=True),
    ChartLine("1221:supplier:{id}:claim", ASSET, DEBIT, _("应向供应商追偿"), drains_days=60),
    ChartLine("1221:party:{code}:claim", ASSET, DEBIT, _("应向合作方追偿"), drains_days=60),
    ChartLine("1221:buyer:{id}:claim", ASSET, DEBIT, _("应向买家追回的邀请奖励")),
    ChartLine("1221:channel:{ch}:dispute", ASSET, DEBIT, _("拒付争议中"), drains_days=120),
    ChartLine("1405:codes:{sku}", ASSET, DEBIT, _("卡密库存")),
    ChartLine("2202:supplier:{id}:accrued", LIABILITY, CREDIT, _("应付供应商（未对账）")),
    ChartLine("2202:supplier:{id}:{cycle}:accrued", LIABILITY, CREDIT, _("应付供应商（按账期）")),
    ChartLine("2202:supplier:{id}:statement:{no}", LIABILITY, CREDIT, _("应付供应商（已出账单）")),
    ChartLine("2202:partner:{code}", LIABILITY, CREDIT, _("应付积分合作方")),
    ChartLine("2203:order", LIABILITY, CREDIT, _("已付款未交付"), drains_days=1),
    ChartLine("2203:card:{program}", LIABILITY, CREDIT, _("未兑换自有卡")),
    ChartLine("2203:subscription", LIABILITY, CREDIT, _("订阅递延收入")),
    ChartLine("2203:points", LIABILITY, CREDIT, _("积分负债")),
    ChartLine("2203:points:{kind}", LIABILITY, CREDIT, _("类积分负债")),
    ChartLine("2203:redeemed", LIABILITY, CREDIT, _("积分抵付在途"), drains_days=1),
    ChartLine("2203:welfare:{company}", LIABILITY, CREDIT, _("企业福利预存"), guarded=True),
    ChartLine("2205:refund", LIABILITY, CREDIT, _("应退客户款"), drains_days=2),
    ChartLine("2205:overpay", LIABILITY, CREDIT, _("重复或逾期付款待退"), drains_days=1),
    ChartLine("2205:compensation", LIABILITY, CREDIT, _("应付客户赔付"), drains_days=30),
    ChartLine("2205:referral", LIABILITY, CREDIT, _("应付邀请奖励")),
    ChartLine("2206:shop:{id}:payable", LIABILITY, CREDIT, _("应付店铺款")),
    ChartLine("2206:shop:{id}:statement:{no}", LIABILITY, CREDIT, _("应付店铺款（已出账单）")),
    ChartLine("2206:shop:{id}:deposit", LIABILITY, CREDIT, _("店铺预存款"), guarded=True),
    ChartLine("2206:brand:{id}:payable", LIABILITY, CREDIT, _("应付品牌方款")),
    ChartLine("2206:brand:{id}:statement:{no}", LIABILITY, CREDIT, _("应付品牌方款（已出账单）")),
    ChartLine("2206:distributor:{id}", LIABILITY, CREDIT, _("应付分销佣金")),
    ChartLine("2206:distributor:{id}:statement:{no}", LIABILITY, CREDIT, _("应付分销佣金（已出账单）")),
    ChartLine("2206:party:{code}:deposit", LIABILITY, CREDIT, _("合作方保证金（结算留存）")),
    ChartLine("2207:wallet:{customer}", LIABILITY, CREDIT, _("客户余额"), guarded=True),
    ChartLine("2221:vat:output", LIABILITY, CREDIT, _("增值税销项")),
    ChartLine("2221:vat:input", LIABILITY, DEBIT, _("增值税进项")),
    ChartLine("2221:vat:pending", LIABILITY, CREDIT, _("待转增值税")),
    ChartLine("2801:reserve:{pool}", LIABILITY, CREDIT, _("赔付准备金"), guarded=True),
    ChartLine("4103:opening", EQUITY, CREDIT, _("期初余额")),
    ChartLine("5001:fee:{kind}", INCOME, CREDIT, _("平台服务费收入")),
    ChartLine("5001:sales:{line}", INCOME, CREDIT, _("销售收入")),
    ChartLine("5001:sub", INCOME, CREDIT, _("订阅收入")),
    ChartLine("5001:card", INCOME, CREDIT, _("自有卡收入")),
    ChartLine("5001:breakage", INCOME, CREDIT, _("沉睡余额收入")),
    ChartLine("5001:points", INCOME, CREDIT, _("积分收入")),
    ChartLine("5002:coupon:{campaign}", INCOME, DEBIT, _("优惠抵减收入")),
    ChartLine("5002:points", INCOME, DEBIT, _("积分抵减收入")),
    ChartLine("5401:cogs:{line}", EXPENSE, DEBIT, _("销售成本")),
    ChartLine("6051:gain", INCOME, CREDIT, _("对账差异收益")),
    ChartLine("6601:commission", EXPENSE, DEBIT, _("分账与佣金支出")),
    ChartLine("6601:marketing", EXPENSE, DEBIT, _("营销费用")),
    ChartLine("6603:channelfee:{ch}", EXPENSE, DEBIT, _("支付渠道手续费")),
    ChartLine("6701:writeoff", EXPENSE, DEBIT, _("对账差异核销")),
    ChartLine("6711:compensation", EXPENSE, DEBIT, _("赔付支出")),
    ChartLine("6711:recovery", EXPENSE, CREDIT, _("赔付追回")),
    ChartLine("9999:suspense:{ch}", ASSET, DEBIT, _("来源不明待查款"), drains_days=2),
)


@lru_cache(maxsize=4096)
def classify(code: str) -> ChartLine | None:
    """The line of the chart that a code belongs to, or None."""
    if not CODE.fullmatch(code):
        return None
    return next((line for line in CHART if re.fullmatch(line.regex, code)), None)
