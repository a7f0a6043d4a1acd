"""What the figures are called, and what exactly each means: shown beside every chart and in every file."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

#: Figure -> (label, meaning).
FIGURES: Final[Mapping[str, tuple[Any, Any]]] = {
    "gmv_minor": (_("支付金额"), _("买家为订单付的钱，按到账日计，未扣任何退款")),
    "paid_orders": (_("支付订单"), _("当天收到货款的订单数")),
    "paid_back_minor": (_("未发货退款"), _("交付之前退还的货款")),
    "sales_minor": (_("交付金额"), _("已交付订单的货款，按交付日计")),
    "sales_back_minor": (_("售后退款"), _("交付之后退还的货款，按决定退款之日计")),
    "adjusted_minor": (_("收入调整"), _("税金、代销净额等对销售收入的调整")),
    "discount_minor": (_("优惠"), _("由本店承担的优惠")),
    "net_minor": (_("净收入"), _("交付金额减售后退款，加调整与其他收入，减优惠；与利润表一致")),
    "cost_minor": (_("成本"), _("已交付商品的采购成本，含报废")),
    "margin_minor": (_("毛利"), _("净收入减成本")),
    "margin_rate": (_("毛利率"), _("毛利除以净收入")),
    "fee_minor": (_("渠道费"), _("支付渠道收取的手续费")),
    "commission_minor": (_("分账与佣金"), _("分给店铺、品牌与分销者的部分")),
    "marketing_minor": (_("营销费"), _("记入营销费用的支出")),
    "compensation_minor": (_("赔付"), _("货款之外赔给买家的钱，含准备金计提")),
    "recovery_minor": (_("追回"), _("向供应商追回的赔付")),
    "difference_minor": (_("差异与其他"), _("对账差异的损益与其他费用")),
    "profit_minor": (_("利润"), _("毛利减渠道费、佣金、营销、赔付与差异，加追回；全部相加等于利润表")),
    "orders": (_("交付订单"), _("当天交付的订单数；一单多个商品时计入第一个商品")),
    "lines": (_("交付行数"), _("当天交付的订单行数，每个商品一行")),
    "units": (_("交付件数"), _("当天交付的卡密或充值件数")),
    "refunds": (_("退款笔数"), _("当天决定的退款笔数，整单与部分都算")),
    "refund_rate": (_("退款率"), _("售后退款除以交付金额")),
    "average_minor": (_("客单价"), _("支付金额除以支付订单")),
}
STEPS: Final[Mapping[str, tuple[Any, Any]]] = {
    "placed": (_("下单"), _("当天提交的订单")),
    "started": (_("发起支付"), _("其中选了支付方式的")),
    "paid": (_("已付款"), _("其中付了款的，不论何时")),
    "held": (_("暂缓"), _("其中因风控等待过的")),
    "delivered": (_("已交付"), _("其中交付了的，之后退款的也算")),
    "expired": (_("已过期"), _("其中过期未付的")),
    "cancelled": (_("被取消"), _("其中被取消的")),
    "refunded": (_("全额退款"), _("其中全额退款的，或正在退")),
    "refunded_undelivered": (_("未交付退款"), _("全额退款中没有交付过的")),
    "partly_refunded": (_("部分退款"), _("其中退了一部分货款的")),
    "claimed": (_("有售后"), _("其中有买家申请售后且未撤回的")),
    "claims": (_("售后申请"), _("这些订单的售后申请数")),
    "proven": (_("坏货"), _("其中经查实有坏码的")),
    "conversion": (_("支付转化率"), _("付款的订单除以下单的订单")),
    "delivery_rate": (_("交付率"), _("交付的订单除以付款的订单")),
    "refund_order_rate": (_("订单退款率"), _("全额或部分退款的订单除以付款的订单")),
    "claim_rate": (_("售后率"), _("有售后的订单除以交付的订单")),
}
VISITS: Final[Mapping[str, tuple[Any, Any]]] = {
    "came": (_("访客"), _("当天打开过店面的浏览器，每个每天算一次，不含爬虫")),
    "looked": (_("看过商品"), _("其中打开过商品页的")),
    "checked_out": (_("进入结账"), _("其中打开过结账页的")),
    "views": (_("浏览次数"), _("店面、商品与结账页打开的次数")),
}
BY: Final[Mapping[str, Any]] = {
    "": _("合计"), "day": _("日期"), "week": _("周"), "month": _("月份"), "sku": _("商品"), "category": _("商品分类"),
    "supplier": _("供应商"), "channel": _("销售渠道"), "method": _("支付方式"), "segment": _("客群"),
    "campaign": _("活动"),
}  # fmt: skip
SEGMENTS: Final[Mapping[str, Any]] = {
    "new": _("新客"), "returning": _("老客"), "client": _("分销客户"), "unknown": _("不详"),
}  # fmt: skip
#: Where no SKU, supplier, category or campaign is known.
NOBODY: Final = _("未归属")
