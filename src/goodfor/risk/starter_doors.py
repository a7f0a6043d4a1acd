"""Rules about doors: signing in, one-time codes, redeeming, looking up, and where somebody comes from. Data."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.risk.starting import Starter, asks
from goodfor.risk.types import KeyKind, Scene

DOORS: Final = (
    Starter(
        "address-tries-accounts", "R0090", "stuffing", (Scene.SIGN_IN,),
        "address_sign_in_bad_buyers_1h >= 8",
        asks(cost=4), _("同一 IP 批量扫号"),
        _("一小时内在八个账号上登录失败。"),
    ),
    Starter(
        "address-sign-in-fails", "R0032-001", "stuffing", (Scene.SIGN_IN,),
        "address_sign_in_bad_10m >= 10",
        asks(cost=3), _("同一 IP 连续登录失败"),
        _("机器撞库的速度。"),
    ),
    Starter(
        "network-sign-in-fails", "R0032-001", "stuffing", (Scene.SIGN_IN,),
        "network_sign_in_bad_1h >= 100",
        asks(cost=2), _("同一网段大量登录失败"),
        _("换着 IP 撞库，网段还是同一个。"),
    ),
    Starter(
        "account-guessed", "R0032-002", "stuffing", (Scene.SIGN_IN,),
        "buyer_sign_in_bad_1h >= 5",
        asks(cost=3), _("同一账号密码被反复猜测"),
        _("一小时内第五次失败起，先做人机验证。"),
    ),
    Starter(
        "device-many-accounts", "R0088", "stuffing", (Scene.SIGN_IN,),
        "device_sign_in_buyers_24h >= 6",
        asks(cost=4), _("同一设备登录多个账号"),
        _("一天内六个账号。"),
    ),
    Starter(
        "hidden-sign-in-fails", "R0032-003", "stuffing", (Scene.SIGN_IN,),
        "(either(ip_tor, false) or either(ip_vpn, false)) and buyer_sign_in_bad_1h >= 1",
        asks(cost=3), _("匿名网络上登录失败"),
        _("来自 Tor 或 VPN，并且已经错过一次密码。"),
    ),
    Starter(
        "codes-guessed", "R0088", "stuffing", (Scene.ONE_TIME_CODE, Scene.SIGN_IN),
        "buyer_code_bad_1h >= 5",
        asks(cost=4), _("验证码被反复猜测"),
        _("一小时内错了五次。"),
    ),
    Starter(
        "address-codes-guessed", "R0032-002", "stuffing", (Scene.ONE_TIME_CODE,),
        "address_code_bad_1h >= 15",
        asks(deny=True, hard=True), _("同一 IP 批量猜验证码"),
        _("一小时内错了十五次，换了不同的账号也算。"),
    ),
    Starter(
        "phone-codes-guessed", "R0032-002", "stuffing", (Scene.ONE_TIME_CODE,),
        "phone_code_bad_1h >= 10",
        asks(cost=4), _("同一手机号的验证码被反复猜测"),
        _("一小时内错了十次，换着 IP 和设备猜也算。"),
    ),
    Starter(
        "code-bombing", "R0126", "stuffing", (Scene.ONE_TIME_CODE,),
        "either(address_codes_1h, 0) >= 20 or either(phone_codes_1h, 0) >= 6 or either(mail_codes_1h, 0) >= 8",
        asks(cost=4), _("验证码轰炸"),
        _("一个 IP 或一个号码短时间内索要太多验证码。"),
    ),
    Starter(
        "redeem-guess-address", "R0002", "enumeration", (Scene.REDEEM,),
        "address_redeem_bad_10m >= 5",
        asks(cost=3), _("同一 IP 猜测兑换码"),
        _("十分钟内错五次，先做人机验证。"),
    ),
    Starter(
        "redeem-lock-address", "R0002", "enumeration", (Scene.REDEEM,),
        "address_redeem_bad_10m >= 20",
        asks(deny=True, hard=True), _("同一 IP 枚举兑换码"),
        _("过了人机验证还在猜，先停一停。"),
    ),
    Starter(
        "redeem-guess-device", "R0002", "enumeration", (Scene.REDEEM,),
        "device_redeem_bad_1h >= 10",
        asks(deny=True, hard=True, stays=1, by=KeyKind.DEVICE), _("同一设备枚举兑换码"),
        _("换 IP 也没有用。"),
    ),
    Starter(
        "redeem-guess-buyer", "R0002", "enumeration", (Scene.REDEEM,),
        "buyer_redeem_bad_1h >= 5",
        asks(cost=3), _("同一买家猜测兑换码"),
        _("一小时内错五次。"),
    ),
    Starter(
        "redeem-guess-network", "R0126-001", "enumeration", (Scene.REDEEM,),
        "network_redeem_bad_1h >= 50",
        asks(cost=4), _("同一网段枚举兑换码"),
        _("换着 IP 猜，网段还是同一个。"),
    ),
    Starter(
        "batch-under-attack", "R0126-001", "enumeration", (Scene.REDEEM,),
        "either(batch_redeem_bad_10m, 0) >= 100 or either(batch_bad_addresses_1h, 0) >= 30",
        asks(cost=4), _("一个批次正在被枚举"),
        _("很多地址一起猜同一批卡密，所有人都先做人机验证。"),
    ),
    Starter(
        "serial-guesses", "R0126-001", "enumeration", (Scene.REDEEM, Scene.LOOK_UP, Scene.COUPON),
        "guess_run >= 4",
        asks(deny=True, hard=True, stays=1, by=KeyKind.ADDRESS), _("按连号或同前缀猜测"),
        _("人输错是乱的，程序猜是连着的。"),
    ),
    Starter(
        "canary-used", "R0126-001", "enumeration", (Scene.REDEEM, Scene.LOOK_UP, Scene.CLAIM),
        "canary_seen",
        asks(deny=True, hard=True, stays=30, by=KeyKind.ADDRESS), _("使用了诱饵卡密"),
        _("这个卡密从来没有卖过：数据从别处流出，或是被猜中。"),
    ),
    Starter(
        "coupon-guess", "R0002", "enumeration", (Scene.COUPON,),
        "either(buyer_coupon_bad_1h, 0) >= 5 or either(address_coupon_bad_1h, 0) >= 10",
        asks(cost=3), _("猜测优惠码"),
        _("一小时内错了太多次。"),
    ),
    Starter(
        "look-up-guess", "R0126-001", "enumeration", (Scene.LOOK_UP,),
        "address_look_up_bad_1h >= 8",
        asks(cost=3), _("同一 IP 猜测订单"),
        _("查单号或密钥错了八次。"),
    ),
    Starter(
        "look-up-spread", "R0126-001", "enumeration", (Scene.LOOK_UP,),
        "network_look_up_bad_1h >= 40",
        asks(cost=4), _("同一网段猜测订单"),
        _("换着 IP 查别人的订单。"),
    ),
    Starter(
        "odd-place-sign-in", "R0141", "location", (Scene.SIGN_IN,),
        "odd_place and speed_kmh > 900",
        asks(cost=4), _("异地登录"),
        _("从上次登录的地方飞也飞不过来。"),
    ),
    Starter(
        "odd-place-reveal", "R0141", "location", (Scene.REVEAL,),
        "odd_place and either(device_age_days, 0) < 1",
        asks(cost=3, live=False), _("异地新设备查看卡密"),
        _("先确认是本人。"),
    ),
    Starter(
        "tor-sale", "R0099", "location", (Scene.ORDER, Scene.PAY),
        "ip_tor",
        asks(hold=120), _("通过 Tor 购买"),
        _("诚实的买家很少用，先等一等。"),
    ),
    Starter(
        "overseas-liquid", "R0141", "location", (Scene.PAY,),
        "ip_overseas and sku_liquidity >= 0.8 and first_purchase_with_instrument",
        asks(hold=120, live=False), _("境外地址首次购买易变现商品"),
        _("境外地址加新支付工具。"),
    ),
    Starter(
        "cloud-reveals", "R0099", "location", (Scene.REVEAL,),
        "ip_cloud and address_reveals_1h >= 20",
        asks(cost=3), _("机房地址大量查看卡密"),
        _("程序在批量取走卡密。"),
    ),
)  # fmt: skip
