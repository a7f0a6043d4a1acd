"""Rules about selling: hoarding, promotions, refunds. Data."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.risk.starting import Starter, asks
from goodfor.risk.types import KeyKind, Scene

SHOP: Final = (
    Starter(
        "unpaid-open", "R0014", "hoarding", (Scene.ORDER,),
        "unpaid_orders_open >= 5",
        asks(deny=True, hard=True), _("未付款订单过多"),
        _("先付掉或取消手上的订单。"),
    ),
    Starter(
        "never-pays", "R0014", "hoarding", (Scene.ORDER,),
        "unpaid_share >= 0.8 and buyer_orders_24h >= 5",
        asks(deny=True, hard=True, stays=1, by=KeyKind.BUYER), _("只下单不付款"),
        _("天天占着库存，不让别人买。"),
    ),
    Starter(
        "large-first-order", "R0014", "hoarding", (Scene.ORDER,),
        "quantity >= 50 and either(buyer_paid_90d, 0) == 0",
        asks(cost=3), _("从未付款的买家一次要很多"),
        _("一单一百件不付款，能占光一个商品。"),
    ),
    Starter(
        "address-orders", "R0014", "hoarding", (Scene.ORDER,),
        "address_orders_1h >= 15 and not either(ip_shared, false)",
        asks(cost=3), _("同一 IP 频繁下单"),
        _("一小时内十五单；多人共用的移动网关除外。"),
    ),
    Starter(
        "device-orders-unpaid", "R0014", "hoarding", (Scene.ORDER,),
        "device_orders_1h >= 8 and either(unpaid_share, 0) >= 0.5",
        asks(cost=4), _("同一设备频繁下单且少有付款"),
        _("换账号占库存，设备还是同一台。"),
    ),
    Starter(
        "device-many-coupon-buyers", "R0005-001", "promotion", (Scene.COUPON,),
        "device_coupon_buyers_30d >= 3",
        asks(deny=True), _("同一设备多个账号领优惠"),
        _("小号薅羊毛。"),
    ),
    Starter(
        "cluster-coupon", "R0055-001", "promotion", (Scene.COUPON,),
        "coupon_uses_cluster >= 2",
        asks(deny=True), _("关联账号突破优惠限制"),
        _("关联的账号合起来只算一个人。"),
    ),
    Starter(
        "throwaway-contact", "R0009", "promotion", (Scene.COUPON, Scene.REFERRAL),
        "(either(mail_disposable, false) or either(phone_virtual, false)) and buyer_known_hours < 24",
        asks(cost=3), _("一次性邮箱或虚拟号段领优惠"),
        _("刚注册、联系方式又是一次性的。"),
    ),
    Starter(
        "device-registers", "R0005-001", "promotion", (Scene.REGISTER,),
        "device_registers_7d >= 4",
        asks(cost=3), _("同一设备批量注册"),
        _("一周内第四个账号。"),
    ),
    Starter(
        "address-registers", "R0005-001", "promotion", (Scene.REGISTER,),
        "address_registers_1h >= 10 and not either(ip_shared, false)",
        asks(cost=3), _("同一 IP 批量注册"),
        _("一小时内十个账号；多人共用的移动网关除外。"),
    ),
    Starter(
        "own-referral", "R0005-002", "promotion", (Scene.REFERRAL,),
        "referrer_same_cluster",
        asks(deny=True), _("自己推荐自己"),
        _("推荐人和被推荐人是同一个人。"),
    ),
    Starter(
        "referral-farm", "R0005-002", "promotion", (Scene.REFERRAL, Scene.REGISTER),
        "referrer_referrals_7d >= 10 and (referrer_devices_7d <= 2 or referrer_networks_7d <= 2)",
        asks(), _("虚假裂变"),
        _("带来很多人，设备或网络却只有一两个。"),
    ),
    Starter(
        "unpaid-referral", "R0005-002", "promotion", (Scene.REFERRAL,),
        "referee_paid == false and referrer_referrals_7d >= 5",
        asks(hold=10080), _("被推荐人没有付款"),
        _("奖励等被推荐人付款后再生效。"),
    ),
    Starter(
        "split-orders", "R0064", "promotion", (Scene.ORDER,),
        "coupon_used and coupon_share >= 0.3 and buyer_orders_24h >= 4",
        asks(live=False), _("拆单套取优惠"),
        _("一天内用优惠下了很多单。"),
    ),
    Starter(
        "group-of-one", "R0009", "promotion", (Scene.ORDER,),
        "group_buy and group_same_cluster >= 2",
        asks(hold=1440), _("自己和自己拼团"),
        _("拼团里的几个账号是同一个人。"),
    ),
    Starter(
        "coupon-spree", "R0009", "promotion", (Scene.COUPON,),
        "buyer_coupons_7d >= 20",
        asks(cost=2, live=False), _("一周内大量使用优惠"),
        _("二十次以上。"),
    ),
    Starter(
        "refund-habit", "R0054-001", "refund", (Scene.CLAIM,),
        "refund_share_buyer >= 0.35 and buyer_claims_30d >= 3",
        asks(), _("习惯性退款"),
        _("退款比例远高于本店平时。"),
    ),
    Starter(
        "refund-cluster", "R0068", "refund", (Scene.CLAIM,),
        "refund_share_cluster >= 0.35 and either(refund_share_buyer, 0) < 0.35",
        asks(), _("关联账号轮流退款"),
        _("单看一个账号没有问题，合起来退得太多。"),
    ),
    Starter(
        "claims-burst", "R0054-001", "refund", (Scene.CLAIM,),
        "buyer_claims_30d >= 6",
        asks(), _("批量售后"),
        _("一个月内第六次售后。"),
    ),
    Starter(
        "claim-of-redeemed", "R0139", "refund", (Scene.CLAIM,),
        "code_redeemed and codes_revealed_share > 0",
        asks(), _("已兑换的卡密申请售后"),
        _("买家看过，卡密也用掉了。"),
    ),
    Starter(
        "claims-false-before", "R0139", "refund", (Scene.CLAIM,),
        "claims_proven_false >= 2",
        asks(), _("曾有不实售后"),
        _("以前的售后两次被证明不实。"),
    ),
    Starter(
        "claim-long-after", "R0139", "refund", (Scene.CLAIM,),
        "codes_revealed_share >= 1 and seconds_since_reveal > 604800",
        asks(live=False), _("查看很久后才申请售后"),
        _("卡密全部看过一周之后才说有问题。"),
    ),
)  # fmt: skip
