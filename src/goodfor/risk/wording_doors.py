"""Words about doors and planted codes."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

#: Doors by name.
DOOR_WORDS: Final[dict[str, Any]] = {
    "sign_in": _("登录"),
    "one_time_code": _("一次性验证码"),
    "look_up": _("订单查询"),
    "coupon": _("优惠券"),
    "redeem": _("卡码兑换"),
}
#: What is locked.
KEY_WORDS: Final[dict[str, Any]] = {
    "network": _("网段"),
    "address": _("地址"),
    "device": _("设备"),
    "buyer": _("买家"),
    "subject": _("被尝试的对象"),
    "own": _("熟悉的设备"),
}
#: Why a door asks everybody.
ATTACK_WORDS: Final[dict[str, Any]] = {
    "rate": _("一分钟内失败过多，占比异常"),
    "many": _("一分钟内失败次数异常"),
    "slow": _("一小时内失败过多"),
    "alike": _("大量开头相同的猜测"),
    "canary": _("库存里的金丝雀卡密在外出现"),
}
#: Where a planted code was seen.
PLACE_WORDS: Final[dict[str, Any]] = {
    "claim": _("售后申请的文字"),
    "lookup": _("后台查卡密"),
    "export": _("后台导出"),
    "reveal": _("买家查看卡密"),
    "redeem": _("兑换"),
    "supplier": _("供应商的答复或投诉"),
}
#: Reason codes of decisions that come from doors.
DOOR_REASONS: Final[dict[str, Any]] = {
    "door_locked": _("尝试次数过多，暂时锁定"),
    "door_challenge": _("入口正被攻击，先验证"),
    "honeypot_touched": _("使用了布设的诱饵码"),
    "canary_seen": _("库存里的金丝雀卡密在外出现"),
    "alike_guesses": _("连续猜测相近的码"),
}
#: What stands where the challenge solves itself, and for people whose browser runs no scripts.
SOLVING: Final = _("正在进行安全验证，几秒钟即可……")
SOLVED: Final = _("验证完成")
NOT_SOLVED: Final = _("浏览器无法完成验证，请改用短信或邮件验证码")
WITHOUT_SCRIPT: Final = _("浏览器未启用脚本：请改用短信或邮件验证码继续")
