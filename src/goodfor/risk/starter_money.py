"""Rules about paying: stolen instruments, card testing, what forged and late payments look like. Data."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.risk.starting import Starter, asks
from goodfor.risk.types import KeyKind, Scene

MONEY: Final = (
    Starter(
        "new-instrument-liquid", "R0043-001", "stolen_payment", (Scene.PAY,),
        "first_purchase_with_instrument and sku_liquidity >= 0.8 and amount_minor >= 20000",
        asks(hold=60), _("新支付工具大额购买易变现商品"),
        _("首次使用的支付工具买等同现金的商品，先等一小时：被盗的卡往往很快被发现。"),
    ),
    Starter(
        "instrument-many-buyers", "R0094", "stolen_payment", (Scene.PAY,),
        "instrument_buyers_30d >= 4",
        asks(), _("同一支付工具多人使用"),
        _("一家人可能共用一张卡，四个以上的账号就不像了。"),
    ),
    Starter(
        "buyer-many-instruments", "R0043-001", "stolen_payment", (Scene.PAY,),
        "buyer_instruments_7d >= 4",
        asks(hold=120), _("同一买家频繁更换支付工具"),
        _("一周内换到第四种支付工具。"),
    ),
    Starter(
        "device-many-instruments", "R0043-001", "stolen_payment", (Scene.PAY,),
        "device_instruments_7d >= 6 and either(account_age_days, 0) < 30",
        asks(hold=240, live=False), _("同一设备使用大量支付工具"),
        _("新账号的设备上出现很多支付工具。"),
    ),
    Starter(
        "hidden-address-large", "R0043-001", "stolen_payment", (Scene.ORDER, Scene.PAY),
        "(either(ip_cloud, false) or either(ip_vpn, false)) and amount_minor >= 50000"
        " and either(buyer_paid_90d, 0) == 0",
        asks(hold=120), _("机房或 VPN 地址的大额首单"),
        _("从未在本店付过款，地址又不是家庭或手机网络。"),
    ),
    Starter(
        "liquid-burst", "R0138", "stolen_payment", (Scene.ORDER,),
        "sku_liquidity >= 0.8 and buyer_ordered_24h >= 200000 and either(buyer_paid_90d, 0) < 3",
        asks(hold=240), _("新买家一天内大量购买礼品卡"),
        _("礼品卡和充值卡是洗钱最常用的商品。"),
    ),
    Starter(
        "new-device-old-buyer", "R0043-001", "stolen_payment", (Scene.PAY,),
        "device_known_hours < 1 and buyer_known_hours >= 720 and first_purchase_with_instrument"
        " and amount_minor >= 20000",
        asks(cost=4, live=False), _("老买家在新设备上使用新支付工具"),
        _("账号可能被盗，请本人再确认一次。"),
    ),
    Starter(
        "night-liquid-spree", "R0138", "stolen_payment", (Scene.PAY,),
        "night and sku_liquidity >= 0.8 and buyer_paid_24h >= 5",
        asks(live=False), _("深夜连续购买易变现商品"),
        _("深夜里连着买等同现金的商品。"),
    ),
    Starter(
        "instrument-fails", "R0040", "card_testing", (Scene.PAY,),
        "instrument_pay_bad_24h >= 5",
        asks(deny=True, hard=True, stays=1, by=KeyKind.INSTRUMENT), _("同一支付工具连续付款失败"),
        _("撞卡时同一张卡会被反复尝试。"),
    ),
    Starter(
        "buyer-pay-fails", "R0041", "card_testing", (Scene.PAY,),
        "buyer_pay_bad_1h >= 4",
        asks(cost=2), _("买家连续付款失败"),
        _("一小时内第四次失败起，先做人机验证。"),
    ),
    Starter(
        "address-many-instruments", "R0040", "card_testing", (Scene.PAY,),
        "address_instruments_1h >= 6 and not either(ip_shared, false)",
        asks(cost=3), _("同一 IP 使用大量支付工具"),
        _("一个 IP 一小时内试了六种支付工具；多人共用的移动网关除外。"),
    ),
    Starter(
        "small-probes", "R0041", "card_testing", (Scene.PAY,),
        "address_pay_bad_1h >= 8 and amount_minor <= 500 and not either(ip_shared, false)",
        asks(deny=True, hard=True, stays=1, by=KeyKind.ADDRESS), _("小额试卡"),
        _("失败很多次之后的几元钱付款，是在试哪张卡还能用。"),
    ),
    Starter(
        "device-pay-fails", "R0041", "card_testing", (Scene.ORDER, Scene.PAY),
        "device_pay_bad_24h >= 8",
        asks(cost=4), _("同一设备付款多次失败"),
        _("一天内八次失败。"),
    ),
    Starter(
        "script-buys", "R0126", "card_testing", (Scene.ORDER, Scene.PAY),
        "agent_script and not either(device_known, false)",
        asks(cost=2, live=False), _("程序直接下单"),
        _("自称程序、又没有带我们发出的设备标识。"),
    ),
    Starter(
        "payment-not-confirmed", "R0126", "payment_gap", (Scene.PAY,),
        "channel_confirmed == false",
        asks(deny=True, hard=True), _("付款未经渠道确认"),
        _("收到了付款通知，但主动查询渠道时没有这笔钱：通知是伪造的。"),
    ),
    Starter(
        "payment-other-channel", "R0126", "payment_gap", (Scene.PAY,),
        "channel_matches == false",
        asks(deny=True, hard=True), _("付款通知来自另一个渠道"),
        _("用甲渠道的订单收到乙渠道的通知。"),
    ),
    Starter(
        "payment-other-merchant", "R0126", "payment_gap", (Scene.PAY,),
        "merchant_matches == false",
        asks(deny=True, hard=True), _("收款商户不是本店"),
        _("通知的签名是真的，钱却付给了别人。"),
    ),
    Starter(
        "payment-short", "R0126", "payment_gap", (Scene.PAY,),
        "price_ratio < 1 or currency_matches == false",
        asks(deny=True, hard=True), _("实付少于应付"),
        _("金额或币种被改过。"),
    ),
    Starter(
        "payment-again", "R0126", "payment_gap", (Scene.PAY,),
        "either(paid_twice, false) or either(notify_count, 0) >= 10",
        asks(hold=60), _("同一订单重复付款或反复通知"),
        _("每单只发一次货；多出来的要先看清楚。"),
    ),
    Starter(
        "cancelled-then-paid", "R0009", "payment_gap", (Scene.PAY,),
        "cancelled_then_paid",
        asks(hold=30), _("取消后又付款"),
        _("利用取消和付款之间的时间差，先等等看是否会退款。"),
    ),
    Starter(
        "paid-late-price-changed", "R0009", "payment_gap", (Scene.PAY,),
        "paid_late_seconds > 0 and price_changed",
        asks(), _("过期后按旧价付款"),
        _("订单过期、商品改过价之后才付款。"),
    ),
    Starter(
        "last-second-payer", "R0009", "payment_gap", (Scene.PAY,),
        "seconds_to_expiry < 10 and last_second_share >= 0.5",
        asks(hold=30, live=False), _("总在最后几秒付款"),
        _("一半以上的订单都踩着过期时间付款。"),
    ),
)  # fmt: skip
