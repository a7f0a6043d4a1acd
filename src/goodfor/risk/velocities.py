"""Velocities: how often, how much, how many different, by key and window. Data; the statement is made from it. Pure.

Counts end at `CAP`: what is more reads as at least so many. The act that is judged counts as well, since its event is
written first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

from django.utils.translation import gettext_lazy as _

from goodfor.risk.features import NUMBER, Feature
from goodfor.risk.types import KeyKind, Result, Scene

#: A scan reads no more than the newest so many events.
CAP: Final = 500
#: Keys that guessers hammer at: each scene and result of them is read by an index of its own, so that nobody can push
#: failures out of the newest rows with harmless acts. A velocity by one of these names one scene and a result.
PRONE: Final = frozenset({KeyKind.BUYER, KeyKind.DEVICE, KeyKind.NETWORK, KeyKind.ADDRESS, KeyKind.BATCH})

_10M, _1H, _24H = timedelta(minutes=10), timedelta(hours=1), timedelta(hours=24)
_7D, _30D, _90D = timedelta(days=7), timedelta(days=30), timedelta(days=90)

B, D, N, A = KeyKind.BUYER, KeyKind.DEVICE, KeyKind.NETWORK, KeyKind.ADDRESS
P, M, W, C, R = KeyKind.PHONE, KeyKind.MAIL, KeyKind.INSTRUMENT, KeyKind.BATCH, KeyKind.REFERRER
S = Scene
#: Scenes that ask alike.
SALE: Final = (S.ORDER, S.PAY)
GOODS: Final = (S.ORDER, S.PAY, S.REVEAL, S.CLAIM, S.COUPON)
INVITED: Final = (S.REGISTER, S.COUPON, S.REFERRAL)
CONTACT: Final = (S.REGISTER, S.ORDER, S.COUPON)
STAFF: Final = (S.STAFF_VIEW, S.EXPORT)


@dataclass(frozen=True, slots=True)
class Velocity:
    """One of them: `what` of the events of `scenes` (none: all) that ended so (None: however), seen by the key `kind`.

    `sum` adds amounts, `distinct` counts the keys of kind `of`. `asked`: the scenes whose decisions read it; in all
    others, and where the act has no such key, it is None.
    """

    name: str
    kind: KeyKind
    scenes: tuple[Scene, ...]
    result: Result | None
    what: Literal["count", "sum", "distinct"]
    of: KeyKind | None
    window: timedelta
    asked: tuple[Scene, ...]
    words: Any

    def __post_init__(self) -> None:
        if (self.what == "distinct") != (self.of is not None):
            raise ValueError(f"{self.name}: distinct, and only that, says of what")
        if self.kind in PRONE and (len(self.scenes) != 1 or self.result is None):
            raise ValueError(f"{self.name}: by {self.kind} a velocity names one scene and a result")


def _tries(name: str, kind: KeyKind, scene: Scene, window: timedelta, asked: tuple[Scene, ...], words: Any) -> Velocity:
    return Velocity(name, kind, (scene,), Result.ATTEMPT, "count", None, window, asked, words)


def _bad(name: str, kind: KeyKind, scene: Scene, window: timedelta, asked: tuple[Scene, ...], words: Any) -> Velocity:
    return Velocity(name, kind, (scene,), Result.BAD, "count", None, window, asked, words)


def _good(name: str, kind: KeyKind, scene: Scene, window: timedelta, asked: tuple[Scene, ...], words: Any) -> Velocity:
    return Velocity(name, kind, (scene,), Result.GOOD, "count", None, window, asked, words)


def _sum(
    name: str, kind: KeyKind, scene: Scene, result: Result, window: timedelta, asked: tuple[Scene, ...], words: Any
) -> Velocity:
    return Velocity(name, kind, (scene,), result, "sum", None, window, asked, words)


def _many(
    name: str, kind: KeyKind, of: KeyKind, scene: Scene, window: timedelta, asked: tuple[Scene, ...], words: Any,
    result: Result = Result.ATTEMPT,
) -> Velocity:  # fmt: skip
    return Velocity(name, kind, (scene,), result, "distinct", of, window, asked, words)


_BUYER: Final = (
    _tries("buyer_orders_10m", B, S.ORDER, _10M, SALE, _("买家 10 分钟内下单次数")),
    _tries("buyer_orders_1h", B, S.ORDER, _1H, SALE, _("买家 1 小时内下单次数")),
    _tries("buyer_orders_24h", B, S.ORDER, _24H, GOODS, _("买家 24 小时内下单次数")),
    _sum("buyer_ordered_24h", B, S.ORDER, Result.ATTEMPT, _24H, SALE, _("买家 24 小时内下单金额（分）")),
    _many("buyer_order_networks_24h", B, N, S.ORDER, _24H, GOODS, _("买家 24 小时内下单的网段数")),
    _many("buyer_order_devices_7d", B, D, S.ORDER, _7D, GOODS, _("买家 7 天内下单的设备数")),
    _good("buyer_paid_24h", B, S.PAY, _24H, GOODS, _("买家 24 小时内付款成功次数")),
    _sum("buyer_spent_24h", B, S.PAY, Result.GOOD, _24H, GOODS, _("买家 24 小时内付款金额（分）")),
    _good("buyer_paid_90d", B, S.PAY, _90D, GOODS, _("买家 90 天内付款成功次数")),
    _sum("buyer_spent_90d", B, S.PAY, Result.GOOD, _90D, GOODS, _("买家 90 天内付款金额（分）")),
    _bad("buyer_pay_bad_1h", B, S.PAY, _1H, SALE, _("买家 1 小时内付款失败次数")),
    _bad("buyer_pay_bad_24h", B, S.PAY, _24H, SALE, _("买家 24 小时内付款失败次数")),
    _many("buyer_instruments_7d", B, W, S.PAY, _7D, (S.PAY,), _("买家 7 天内使用的支付工具数")),
    _bad("buyer_sign_in_bad_1h", B, S.SIGN_IN, _1H, (S.SIGN_IN, S.ONE_TIME_CODE), _("账号 1 小时内登录失败次数")),
    _many("buyer_sign_in_networks_24h", B, N, S.SIGN_IN, _24H, (S.SIGN_IN,), _("账号 24 小时内登录的网段数")),
    _many("buyer_sign_in_devices_24h", B, D, S.SIGN_IN, _24H, (S.SIGN_IN,), _("账号 24 小时内登录的设备数")),
    _bad("buyer_code_bad_1h", B, S.ONE_TIME_CODE, _1H, (S.ONE_TIME_CODE, S.SIGN_IN), _("账号 1 小时内验证码错误次数")),
    _tries("buyer_reveals_1h", B, S.REVEAL, _1H, (S.REVEAL,), _("买家 1 小时内查看卡密次数")),
    _tries("buyer_claims_30d", B, S.CLAIM, _30D, (S.CLAIM, S.REVEAL), _("买家 30 天内申请售后次数")),
    _bad("buyer_claims_bad_90d", B, S.CLAIM, _90D, (S.CLAIM, S.REVEAL), _("买家 90 天内不实售后次数")),
    _tries("buyer_coupons_7d", B, S.COUPON, _7D, (S.COUPON,), _("买家 7 天内使用优惠次数")),
    _bad("buyer_coupon_bad_1h", B, S.COUPON, _1H, (S.COUPON,), _("买家 1 小时内优惠码错误次数")),
    _bad("buyer_redeem_bad_1h", B, S.REDEEM, _1H, (S.REDEEM,), _("买家 1 小时内兑换失败次数")),
    _tries("buyer_referrals_7d", B, S.REFERRAL, _7D, (S.REFERRAL,), _("买家 7 天内推荐次数")),
    _tries("staff_views_1h", B, S.STAFF_VIEW, _1H, STAFF, _("员工 1 小时内查看卡密次数")),
    _sum("staff_viewed_24h", B, S.STAFF_VIEW, Result.ATTEMPT, _24H, STAFF, _("员工 24 小时内查看卡密面值（分）")),
    _tries("staff_exports_7d", B, S.EXPORT, _7D, STAFF, _("员工 7 天内导出次数")),
)
_DEVICE: Final = (
    _tries("device_orders_1h", D, S.ORDER, _1H, SALE, _("设备 1 小时内下单次数")),
    _many("device_order_buyers_7d", D, B, S.ORDER, _7D, (*SALE, S.COUPON), _("设备 7 天内下单的买家数")),
    _bad("device_pay_bad_24h", D, S.PAY, _24H, SALE, _("设备 24 小时内付款失败次数")),
    _many("device_instruments_7d", D, W, S.PAY, _7D, (S.PAY,), _("设备 7 天内使用的支付工具数")),
    _many("device_sign_in_buyers_24h", D, B, S.SIGN_IN, _24H, (S.SIGN_IN,), _("设备 24 小时内登录的账号数")),
    _bad("device_sign_in_bad_1h", D, S.SIGN_IN, _1H, (S.SIGN_IN,), _("设备 1 小时内登录失败次数")),
    _tries("device_registers_7d", D, S.REGISTER, _7D, INVITED, _("设备 7 天内注册次数")),
    _many("device_coupon_buyers_30d", D, B, S.COUPON, _30D, (S.COUPON,), _("设备 30 天内使用优惠的买家数")),
    _bad("device_redeem_bad_1h", D, S.REDEEM, _1H, (S.REDEEM,), _("设备 1 小时内兑换失败次数")),
    _bad("device_claims_bad_90d", D, S.CLAIM, _90D, (S.CLAIM,), _("设备 90 天内不实售后次数")),
    _tries("device_referrals_7d", D, S.REFERRAL, _7D, (S.REFERRAL,), _("设备 7 天内推荐次数")),
)
_NETWORK: Final = (
    _tries("network_registers_24h", N, S.REGISTER, _24H, (S.REGISTER, S.REFERRAL), _("网段 24 小时内注册次数")),
    _bad("network_sign_in_bad_1h", N, S.SIGN_IN, _1H, (S.SIGN_IN,), _("网段 1 小时内登录失败次数")),
    _many("network_order_buyers_24h", N, B, S.ORDER, _24H, (S.ORDER,), _("网段 24 小时内下单的买家数")),
    _bad("network_redeem_bad_1h", N, S.REDEEM, _1H, (S.REDEEM,), _("网段 1 小时内兑换失败次数")),
    _bad("network_look_up_bad_1h", N, S.LOOK_UP, _1H, (S.LOOK_UP,), _("网段 1 小时内查单失败次数")),
)
_ADDRESS: Final = (
    _tries("address_orders_1h", A, S.ORDER, _1H, SALE, _("IP 1 小时内下单次数")),
    _many("address_order_buyers_24h", A, B, S.ORDER, _24H, SALE, _("IP 24 小时内下单的买家数")),
    _bad("address_pay_bad_1h", A, S.PAY, _1H, SALE, _("IP 1 小时内付款失败次数")),
    _many("address_instruments_1h", A, W, S.PAY, _1H, (S.PAY,), _("IP 1 小时内使用的支付工具数")),
    _bad("address_sign_in_bad_10m", A, S.SIGN_IN, _10M, (S.SIGN_IN,), _("IP 10 分钟内登录失败次数")),
    _many("address_sign_in_bad_buyers_1h", A, B, S.SIGN_IN, _1H, (S.SIGN_IN,), _("IP 1 小时内登录失败的账号数"),
          Result.BAD),
    _tries("address_registers_1h", A, S.REGISTER, _1H, (S.REGISTER,), _("IP 1 小时内注册次数")),
    _tries("address_codes_1h", A, S.ONE_TIME_CODE, _1H, (S.ONE_TIME_CODE, S.REGISTER), _("IP 1 小时内索要验证码次数")),
    _bad("address_code_bad_1h", A, S.ONE_TIME_CODE, _1H, (S.ONE_TIME_CODE,), _("IP 1 小时内验证码错误次数")),
    _bad("address_look_up_bad_1h", A, S.LOOK_UP, _1H, (S.LOOK_UP,), _("IP 1 小时内查单失败次数")),
    _bad("address_redeem_bad_10m", A, S.REDEEM, _10M, (S.REDEEM,), _("IP 10 分钟内兑换失败次数")),
    _bad("address_coupon_bad_1h", A, S.COUPON, _1H, (S.COUPON,), _("IP 1 小时内优惠码错误次数")),
    _tries("address_reveals_1h", A, S.REVEAL, _1H, (S.REVEAL,), _("IP 1 小时内查看卡密次数")),
)  # fmt: skip
_CONTACT: Final = (
    _tries("phone_codes_1h", P, S.ONE_TIME_CODE, _1H, (S.ONE_TIME_CODE,), _("手机号 1 小时内索要验证码次数")),
    _tries("phone_codes_24h", P, S.ONE_TIME_CODE, _24H, (S.ONE_TIME_CODE,), _("手机号 24 小时内索要验证码次数")),
    _bad("phone_code_bad_1h", P, S.ONE_TIME_CODE, _1H, (S.ONE_TIME_CODE,), _("手机号 1 小时内验证码错误次数")),
    _tries("phone_orders_24h", P, S.ORDER, _24H, (S.ORDER,), _("手机号 24 小时内下单次数")),
    Velocity("phone_buyers_30d", P, (), Result.ATTEMPT, "distinct", B, _30D, CONTACT, _("手机号 30 天内关联的买家数")),
    _tries("mail_codes_1h", M, S.ONE_TIME_CODE, _1H, (S.ONE_TIME_CODE,), _("邮箱 1 小时内索要验证码次数")),
    _tries("mail_orders_24h", M, S.ORDER, _24H, (S.ORDER,), _("邮箱 24 小时内下单次数")),
    Velocity("mail_buyers_30d", M, (), Result.ATTEMPT, "distinct", B, _30D, CONTACT, _("邮箱 30 天内关联的买家数")),
)
_MONEY: Final = (
    Velocity("instrument_buyers_30d", W, (), Result.ATTEMPT, "distinct", B, _30D, (S.PAY,),
             _("支付工具 30 天内关联的买家数")),
    _bad("instrument_pay_bad_24h", W, S.PAY, _24H, (S.PAY,), _("支付工具 24 小时内付款失败次数")),
    _good("instrument_paid_24h", W, S.PAY, _24H, (S.PAY,), _("支付工具 24 小时内付款成功次数")),
    _sum("instrument_spent_24h", W, S.PAY, Result.GOOD, _24H, (S.PAY,), _("支付工具 24 小时内付款金额（分）")),
    _good("instrument_paid_90d", W, S.PAY, _90D, (S.PAY,), _("支付工具 90 天内付款成功次数")),
)  # fmt: skip
_BATCH: Final = (
    _tries("batch_redeems_10m", C, S.REDEEM, _10M, (S.REDEEM,), _("批次 10 分钟内兑换次数")),
    _bad("batch_redeem_bad_10m", C, S.REDEEM, _10M, (S.REDEEM,), _("批次 10 分钟内兑换失败次数")),
    _many("batch_bad_addresses_1h", C, A, S.REDEEM, _1H, (S.REDEEM,), _("批次 1 小时内兑换失败的 IP 数"), Result.BAD),
    _tries("batch_claims_7d", C, S.CLAIM, _7D, (S.CLAIM,), _("批次 7 天内售后次数")),
    _tries("batch_staff_views_24h", C, S.STAFF_VIEW, _24H, STAFF, _("批次 24 小时内被员工查看次数")),
    _many("batch_staff_24h", C, B, S.STAFF_VIEW, _24H, STAFF, _("批次 24 小时内查看的员工数")),
)
_REFERRER: Final = (
    _tries("referrer_registers_24h", R, S.REGISTER, _24H, INVITED, _("推荐人 24 小时内带来的注册数")),
    _tries("referrer_referrals_7d", R, S.REFERRAL, _7D, INVITED, _("推荐人 7 天内推荐次数")),
    Velocity("referrer_devices_7d", R, (), Result.ATTEMPT, "distinct", D, _7D, INVITED, _("推荐人 7 天内带来的设备数")),
    Velocity("referrer_networks_7d", R, (), Result.ATTEMPT, "distinct", N, _7D, INVITED,
             _("推荐人 7 天内带来的网段数")),
)  # fmt: skip
VELOCITIES: Final = (*_BUYER, *_DEVICE, *_NETWORK, *_ADDRESS, *_CONTACT, *_MONEY, *_BATCH, *_REFERRER)

#: How long a key has been known, in hours: 0 for one that is seen for the first time.
KNOWN: Final[Mapping[KeyKind, str]] = {
    kind: f"{kind}_known_hours"
    for kind in (KeyKind.BUYER, KeyKind.DEVICE, KeyKind.PHONE, KeyKind.MAIL, KeyKind.INSTRUMENT)
}
_KNOWN_WORDS: Final[Mapping[KeyKind, Any]] = {
    KeyKind.BUYER: _("买家首次出现距今（小时）"),
    KeyKind.DEVICE: _("设备首次出现距今（小时）"),
    KeyKind.PHONE: _("手机号首次出现距今（小时）"),
    KeyKind.MAIL: _("邮箱首次出现距今（小时）"),
    KeyKind.INSTRUMENT: _("支付工具首次出现距今（小时）"),
}
FEATURES: Final = (
    *(Feature(one.name, NUMBER, one.words, one.kind) for one in VELOCITIES),
    *(Feature(name, NUMBER, _KNOWN_WORDS[kind], kind) for kind, name in KNOWN.items()),
)
BY_SCENE: Final[Mapping[Scene, tuple[Velocity, ...]]] = {
    scene: tuple(one for one in VELOCITIES if scene in one.asked) for scene in Scene
}
