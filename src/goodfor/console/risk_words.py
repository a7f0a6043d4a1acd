"""Words of risk control on the desk: acts, outcomes, keys, threats, reasons and features: labels, never keys."""

from collections.abc import Mapping
from typing import Final

from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from goodfor.console.columns import Text
from goodfor.risk.catalogue import CATALOGUE
from goodfor.risk.starter import BY_CODE
from goodfor.risk.types import KeyKind, Outcome, Result, Scene
from goodfor.risk.wording_doors import DOOR_REASONS
from goodfor.risk.wording_engine import PARTS, REASONS
from goodfor.risk.wording_rules import HIT_WHY, SOURCES, THREATS, TYPES, shown

__all__ = [
    "HIT_WHY", "KINDS", "OUTCOMES", "PARTS", "RESULTS", "SCENES", "SOURCES", "THREATS", "feature_words", "list_words",
    "reason_words", "type_choices", "type_words",
]  # fmt: skip

#: What somebody set out to do.
SCENES: Final[Mapping[Scene, Text]] = {
    Scene.REGISTER: gettext_lazy("注册"),
    Scene.SIGN_IN: gettext_lazy("登录"),
    Scene.ONE_TIME_CODE: gettext_lazy("一次性验证码"),
    Scene.LOOK_UP: gettext_lazy("访客查单"),
    Scene.ORDER: pgettext_lazy("act", "下单"),
    Scene.PAY: gettext_lazy("付款"),
    Scene.REVEAL: gettext_lazy("查看卡密"),
    Scene.REDEEM: gettext_lazy("兑换卡密"),
    Scene.CLAIM: gettext_lazy("申请售后"),
    Scene.COUPON: gettext_lazy("使用优惠"),
    Scene.REFERRAL: gettext_lazy("推荐"),
    Scene.STAFF_VIEW: gettext_lazy("员工查看卡密"),
    Scene.EXPORT: gettext_lazy("员工导出"),
}
#: What was decided: (label, tone).
OUTCOMES: Final[Mapping[Outcome, tuple[Text, str]]] = {
    Outcome.ALLOW: (pgettext_lazy("risk", "放行"), "green"),
    Outcome.CHALLENGE: (gettext_lazy("要求验证"), "amber"),
    Outcome.REVIEW: (gettext_lazy("人工审核"), "amber"),
    Outcome.HOLD: (gettext_lazy("暂缓发货"), "amber"),
    Outcome.DENY: (gettext_lazy("拒绝"), "red"),
}
#: Who or what an act is counted by.
KINDS: Final[Mapping[KeyKind, Text]] = {kind: TYPES[kind] for kind in KeyKind}
#: What became of an act: (label, tone).
RESULTS: Final[Mapping[Result, tuple[Text, str]]] = {
    Result.ATTEMPT: (gettext_lazy("尝试"), "plain"),
    Result.GOOD: (gettext_lazy("成功"), "green"),
    Result.BAD: (gettext_lazy("失败"), "red"),
}
_LISTED: Final = "lists"


def type_words(type: str) -> str:
    """What stands on a list, as a word that begins a line."""
    return capfirst(str(TYPES.get(type, type)))


def type_choices() -> list[tuple[str, str]]:
    """What may stand on a list, to choose from."""
    return [(str(type), type_words(type)) for type in TYPES]


def reason_words(code: str, names: Mapping[str, str] | None = None) -> Text:
    """A reason of a decision. `names`: those of the shop's own rules by code; others stay codes."""
    if names and code in names:
        return shown(names[code])
    words = REASONS.get(code) or DOOR_REASONS.get(code)
    if words is not None:
        return str(words)
    starter = BY_CODE.get(code)
    return str(starter.name) if starter else code


def feature_words(name: str) -> Text:
    """A feature; `lists.<list>.<key>` says what stands on which list."""
    feature = CATALOGUE.get(name)
    if feature is not None:
        return str(feature.words)
    head, _, rest = name.partition(".")
    return list_words(*rest.split(".", 1)) if head == _LISTED and "." in rest else name


def list_words(name: str, subject: str) -> str:
    """`手机号在名单「vip」上`."""
    kind = TYPES.get(subject)
    return gettext("%(what)s在名单「%(list)s」上") % {"what": kind or subject, "list": name}
