"""Words of the books: sections of the income statement, months and what is asked before they close, files."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from goodfor.console.columns import Text

#: Sections of the income statement in their order, by how codes of accounts begin.
SECTIONS: Final[tuple[tuple[str, Text, tuple[str, ...]], ...]] = (
    ("revenue", _("营业收入"), ("5001:", "5002:")),
    ("cost", _("营业成本"), ("5401:",)),
    ("selling", _("销售与分账费用"), ("6601:",)),
    ("fees", _("渠道手续费"), ("6603:",)),
    ("other", _("其他收支"), ()),
)
#: `by` of the income statement.
DIMENSIONS: Final[Mapping[str, Text]] = {
    "": _("按科目"), "sku": _("按 SKU"), "supplier": _("按供应商"), "channel": _("按渠道"),
}  # fmt: skip
MONTHS: Final[Mapping[str, tuple[Text, str]]] = {
    "open": (pgettext_lazy("books", "开放"), "green"), "soft": (_("软关账"), "amber"),
    "closing": (_("正在关账"), "amber"),
    "closed": (_("已关账"), "plain"),
}  # fmt: skip
CONDITIONS: Final[Mapping[str, tuple[Text, Text]]] = {
    "over": (_("这个月已经过完"), _("月底之后才能关账")),
    "balanced": (_("月末借贷两边相等"), _("不相等的币种")),
    "drained": (_("过渡科目按时结清"), _("到期还没有结清的科目")),
    "draining": (_("没有还在途的款"), _("还在途、没有到期的科目")),
    "earlier": (_("前面的月份都已关账"), _("还没有关账的月份")),
    "days": (_("每天的对账都已关账"), _("还没有关账的日子")),
    "cases": (_("没有未了结的对账差异"), _("还有差异的种类")),
}  # fmt: skip
#: Forms of files, and what each is for.
FORMS: Final[tuple[tuple[str, Text, Text], ...]] = (
    ("journal-xlsx", _("日记账 Excel"), _("每一行分录，带订单、SKU、供应商等归属")),
    ("journal-csv", _("日记账 CSV"), _("同上，给程序读")),
    ("trial-xlsx", _("试算平衡表 Excel"), _("每个科目的期初、发生额和期末")),
    ("trial-csv", _("试算平衡表 CSV"), _("同上，给程序读")),
    ("kingdee", _("金蝶凭证"), _("金蝶精斗云的凭证导入模板，按天汇总")),
    ("yonyou", _("用友凭证"), _("用友 U8 总账工具的凭证文件，按天汇总")),
    ("beancount", _("beancount 文本账"), _("给独立的程序复算")),
)
ENCODINGS: Final[tuple[tuple[str, Text], ...]] = (("utf-8", "UTF-8"), ("gbk", "GBK"))
CAUSES: Final[Mapping[str, Text]] = {
    "supply.attempt": _("采购单"), "supply.supplier": _("供应商账户"), "vault.batch": _("卡密批次"),
    "settlement.statement": _("结算单"), "settlement.payout": _("付款单"), "aftersales.grant": _("赔付"),
    "aftersales.reserve": _("准备金计提"), "catalog.sku": _("规格"),
}  # fmt: skip
#: Where one goes from a cause.
CAUSE_PAGES: Final[Mapping[str, str]] = {
    "supply.attempt": "desk:purchase", "supply.supplier": "desk:supply-account", "vault.batch": "desk:code-batch",
    "catalog.sku": "desk:sku",
}  # fmt: skip
