"""An expression as a sentence in the reader's language."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from goodfor.risk.features import Feature
from goodfor.risk.language.nodes import (
    All,
    AnyOf,
    Arithmetic,
    Call,
    Compare,
    Listed,
    Member,
    Minus,
    Name,
    Node,
    Not,
    Number,
    Text,
    Truth,
)  # fmt: skip
from goodfor.risk.language.writing import number_text
from goodfor.risk.types import KeyKind, Value

KEY_WORDS: Final[Mapping[str, Any]] = {
    KeyKind.BUYER: _("买家"),
    KeyKind.DEVICE: _("设备"),
    KeyKind.NETWORK: _("网段"),
    KeyKind.ADDRESS: _("IP 地址"),
    KeyKind.PHONE: _("手机号"),
    KeyKind.MAIL: _("邮箱"),
    KeyKind.INSTRUMENT: _("付款工具"),
    KeyKind.BATCH: _("码的批次"),
    KeyKind.REFERRER: _("推荐人"),
}
_SIGNS: Final[Mapping[str, Any]] = {
    "<": _("%(left)s 小于 %(right)s"),
    "<=": _("%(left)s 不大于 %(right)s"),
    ">": _("%(left)s 大于 %(right)s"),
    ">=": _("%(left)s 不小于 %(right)s"),
    "==": _("%(left)s 是 %(right)s"),
    "!=": _("%(left)s 不是 %(right)s"),
}
_CALLS: Final[Mapping[str, Any]] = {
    "contains": _("%(a)s 含有 %(b)s"),
    "starts_with": _("%(a)s 以 %(b)s 开头"),
    "ends_with": _("%(a)s 以 %(b)s 结尾"),
    "lower": _("%(a)s（小写）"),
    "length": _("%(a)s 的长度"),
    "known": _("%(a)s 已知"),
    "either": _("%(a)s（未知时算 %(b)s）"),
    "abs": _("%(a)s 的绝对值"),
    "min": _("%(all)s 中最小的"),
    "max": _("%(all)s 中最大的"),
    "between": _("%(a)s 在 %(b)s 和 %(c)s 之间"),
}
_SHOWN: Final = 5


def value_words(value: Value) -> str:
    """As people read it."""
    if value is None:
        return str(_("未知"))
    if isinstance(value, bool):
        return str(_("是")) if value else str(_("否"))
    if isinstance(value, str):
        return str(_("“%(text)s”")) % {"text": value}
    return number_text(float(value))


class Speaker:
    """Says nodes in words. `features`: those that the expression names; one that is gone is called by its name."""

    def __init__(self, features: Mapping[str, Feature]) -> None:
        self.features = features

    def name(self, name: str) -> str:
        """A feature or a key."""
        feature = self.features.get(name)
        return str(feature.words if feature else KEY_WORDS.get(name, name))

    def say(self, node: Node) -> str:
        """A phrase; and, or within another phrase stand in brackets."""
        match node:
            case Number() | Text() | Truth():
                return value_words(node.value)
            case Name():
                return self.name(node.name)
            case Listed():
                said = {"subject": self.name(node.reference.subject), "list": node.reference.list}
                return str(_("%(subject)s 在名单 %(list)s 中")) % said
            case Not():
                return str(_("并非 %(part)s")) % {"part": self._inner(node.part)}
            case All():
                return f" {_('并且')} ".join(self._inner(part) for part in node.parts)
            case AnyOf():
                return f" {_('或者')} ".join(self._inner(part) for part in node.parts)
            case Compare():
                links = [
                    str(_SIGNS[sign]) % {"left": self._side(left), "right": self._side(right)}
                    for left, sign, right in node.links()
                ]
                return f" {_('并且')} ".join(links)
            case Member():
                return self._member(node)
            case Arithmetic():
                sign = {"*": "×", "/": "÷", "-": "−"}.get(node.sign, node.sign)
                return f"{self._inner(node.left)} {sign} {self._inner(node.right)}"
            case Minus():
                return f"−{self._inner(node.part)}"
            case Call():
                parts = [self._inner(part) for part in node.arguments]
                said = dict(zip("abc", parts, strict=False)) | {"all": str(_("、")).join(parts)}
                return str(_CALLS[node.function]) % said

    def _inner(self, node: Node) -> str:
        several = isinstance(node, All | AnyOf | Arithmetic) or (isinstance(node, Compare) and len(node.rest) > 1)
        return str(_("（%(part)s）")) % {"part": self.say(node)} if several else self.say(node)

    def _side(self, node: Node) -> str:
        """Of a comparison: a sum needs no brackets there."""
        return self.say(node) if isinstance(node, Arithmetic) else self._inner(node)

    def _member(self, node: Member) -> str:
        shown = str(_("、")).join(value_words(value) for value in node.values[:_SHOWN])
        if len(node.values) > _SHOWN:
            shown = str(_("%(some)s 等 %(count)d 个")) % {"some": shown, "count": len(node.values)}
        words = _("%(part)s 是 %(values)s 之一") if node.inside else _("%(part)s 不是 %(values)s 之一")
        return str(words) % {"part": self._inner(node.part), "values": shown}
