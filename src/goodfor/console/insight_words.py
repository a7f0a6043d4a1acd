"""Words of the pages of figures: spans, rhythms, states of reports, steps of the funnel, where to look on."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.console.columns import Text
from goodfor.insights.queries import desk

#: Spans that are asked for by name; the present day is in none but its own and that of the month.
SPANS: Final[Mapping[str, Text]] = {
    "today": _("今天"), "7d": _("近 7 天"), "30d": _("近 30 天"), "90d": _("近 90 天"), "month": _("本月"),
    "365d": _("近 365 天"),
}  # fmt: skip
RHYTHMS: Final[Mapping[str, Text]] = {
    desk.NEVER: _("不定时，只在后台看"), "daily": _("每天"), "weekly": _("每周"), "monthly": _("每月"),
}  # fmt: skip
WEEKDAYS: Final[tuple[Text, ...]] = (
    _("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"),
)  # fmt: skip
REPORT_STATES: Final[Mapping[str, tuple[Text, str]]] = {
    desk.LIVE: (_("生效中"), "green"), desk.PAUSED: (_("已暂停"), "amber"), desk.DROPPED: (_("已删除"), "plain"),
}  # fmt: skip
FILTERS: Final[Mapping[str, Text]] = {
    "sku_ids": _("商品"), "category_ids": _("商品分类"), "supplier_ids": _("供应商"), "channels": _("销售渠道"),
    "methods": _("支付方式"), "segments": _("客群"), "campaign_ids": _("活动"),
}  # fmt: skip
#: What cohorts can be shown by, and what exactly a cell is then.
COHORTS: Final[Mapping[str, tuple[Text, Text]]] = {
    "kept": (_("留存率"), _("首单之后第几个月还下单付款的人，占这批买家的比例")),
    "orders": (_("人均订单"), _("这批买家在那个月的付款订单数，除以这批买家的人数")),
    "paid": (_("人均支付"), _("这批买家在那个月付的货款，除以这批买家的人数")),
}
METHODS_OF_FORECAST: Final[Mapping[str, Text]] = {
    "boosted": _("梯度提升模型，区间按最近的误差校准"), "mean": _("历史太短，按最近几周的均值"),
}  # fmt: skip
#: What of a brief leads where.
LOOK_ON: Final[Mapping[str, str]] = {
    "sales_down": "desk:insights-funnel", "sales_up": "desk:insights-tops", "margin_down": "desk:insights-tops",
    "refunds_up": "desk:insights", "conversion_down": "desk:insights-funnel", "claims_up": "desk:claims",
    "stock_short": "desk:insights-stock", "supplier_failing": "desk:insights-health",
    "sku_silent": "desk:insights-tops", "sku_loses": "desk:insights-tops", "best_sku": "desk:insights-tops",
    "day": "desk:insights", "kept": "desk:insights",
}  # fmt: skip
#: The good and the bad ones have their colour.
TONES: Final[Mapping[str, str]] = {
    "sales_down": "red", "margin_down": "red", "refunds_up": "red", "conversion_down": "red", "claims_up": "red",
    "stock_short": "amber", "supplier_failing": "red", "sku_silent": "amber", "sku_loses": "red",
}  # fmt: skip
