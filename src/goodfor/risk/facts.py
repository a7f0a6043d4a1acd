"""Facts: features that the caller of `assess` knows and gives with the act. None or missing: not known. Pure."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.risk.features import NUMBER, TEXT, TRUTH, Feature


def _number(name: str, words: object) -> Feature:
    return Feature(name, NUMBER, words)


def _truth(name: str, words: object) -> Feature:
    return Feature(name, TRUTH, words)


def _text(name: str, words: object) -> Feature:
    return Feature(name, TEXT, words)


#: What is bought, for how much.
SALE: Final = (
    _number("amount_minor", _("金额（分）")),
    _number("quantity", _("购买数量")),
    _text("sku", _("SKU 编号")),
    _text("category", _("商品分类")),
    #: 0: nobody buys it second hand; 1: as good as money.
    _number("sku_liquidity", _("商品变现能力（0 难，1 等同现金）")),
    _truth("first_purchase_with_instrument", _("首次使用此支付工具")),
    _number("unpaid_orders_open", _("未付款的待付订单数")),
    #: Of the buyer's orders of the last 30 days, how many were never paid: 0 to 1.
    _number("unpaid_share", _("近 30 天未付款订单比例")),
    _truth("coupon_used", _("使用了优惠")),
    #: Discount by the price before it: 0 to 1.
    _number("coupon_share", _("优惠占原价比例")),
    _truth("group_buy", _("拼团订单")),
)
#: What the channel of payment says, and when it says it.
PAYMENT: Final = (
    #: What was paid by what is due: 1 is exact.
    _number("price_ratio", _("实付与应付之比")),
    _truth("channel_confirmed", _("支付渠道主动查询已确认")),
    _truth("channel_matches", _("回调来自下单所用渠道")),
    _truth("merchant_matches", _("收款商户与店铺一致")),
    _truth("currency_matches", _("付款币种与订单一致")),
    _truth("price_changed", _("下单后商品改过价")),
    _number("notify_count", _("同一付款收到的通知次数")),
    _truth("paid_twice", _("重复付款")),
    _number("paid_late_seconds", _("订单过期后多少秒付款")),
    _number("seconds_to_expiry", _("距订单过期秒数")),
    _truth("cancelled_then_paid", _("取消后又付款")),
    #: Of the buyer's payments of the last 30 days, how many came in the last 10 seconds of the window: 0 to 1.
    _number("last_second_share", _("近 30 天踩点付款比例")),
)
#: What became of codes: proof in a claim.
CODES: Final = (
    _number("codes_revealed_share", _("已查看卡密比例")),
    _number("seconds_since_reveal", _("距首次查看秒数")),
    _number("seconds_since_delivery", _("距发货秒数")),
    _truth("code_redeemed", _("卡密已被兑换")),
    _truth("redeemed_before_sale", _("卡密在售出前已被兑换")),
    #: With shrinkage: few purchases pull towards what is usual in the shop.
    _number("refund_share_buyer", _("买家退款率（收缩估计）")),
    _number("refund_share_cluster", _("关联账号退款率（收缩估计）")),
    _number("claims_proven_false", _("曾被证伪的售后次数")),
    #: A code that nobody can have by honest means was seen.
    _truth("canary_seen", _("出现诱饵卡密")),
    _number("guess_run", _("连号或同前缀猜测的长度")),
)
#: Coupons and referrals.
PROMOTION: Final = (
    _number("coupon_uses_cluster", _("关联账号已用同一优惠次数")),
    _truth("referrer_same_cluster", _("推荐人与被推荐人为关联账号")),
    _truth("referee_paid", _("被推荐人已有付款订单")),
    _number("group_same_cluster", _("拼团中的关联账号数")),
)
#: The staff, under the same engine.
STAFF: Final = (
    #: Of the shop's own time zone.
    _number("sale_hour", _("店铺时区的钟点（0-23）")),
    _truth("staff_working_hours", _("在排班时间内")),
    _number("codes_viewed_hour", _("一小时内查看卡密数")),
    _number("unsold_viewed_hour", _("一小时内查看未售卡密数")),
    _number("export_rows", _("导出行数")),
    _number("exports_day", _("当日导出次数")),
    _truth("export_approved", _("导出已由第二人批准")),
    _truth("viewed_then_redeemed", _("查看过的未售卡密被兑换")),
)
FACTS: Final = (*SALE, *PAYMENT, *CODES, *PROMOTION, *STAFF)
