"""Why an expression is refused, where, and what to do about it, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext_lazy as _

from goodfor.risk.errors import BadExpression
from goodfor.risk.features import NUMBER, TEXT, TRUTH
from goodfor.risk.language import limits

#: What the types are called in a sentence of those below.
TYPE_WORDS: Final[Mapping[str, Any]] = {NUMBER: _("一个数字"), TRUTH: _("真或假"), TEXT: _("一段文字")}

_OFFERS: Final = _("可以用 + - * /、比较、and、or、not、in 和列出的函数")
_QUOTED: Final = _("文字放进双引号")

#: Reason -> what is wrong, what to do (may be empty).
REFUSALS: Final[Mapping[str, tuple[Any, Any]]] = {
    "empty": (_("还没有写规则"), _("写一个有真假的式子，例如 orders > 5")),
    "too_long": (_("规则有 %(count)d 个字符，最多 %(most)d 个"), _("拆成几条规则")),
    "too_deep": (_("嵌套太深，最多 %(most)d 层"), _("去掉多余的括号，或拆成几条规则")),
    "too_many_parts": (_("规则的部分太多，最多 %(most)d 个"), _("拆成几条规则")),
    "too_many_names": (_("用到的特征太多，最多 %(most)d 个"), _("拆成几条规则")),
    # Characters and signs
    "invisible": (_("这里有一个看不见的字符 U+%(code)s"), _("删掉它；引号里真要用时写成 %(escape)s")),
    "full_width": (_("“%(wrong)s”是全角符号"), _("改成 %(right)s")),
    "letter": (_("“%(wrong)s”不能用在名字里"), _("名字只有英文字母、数字和下划线；文字放进双引号")),
    "sign": (_("不能用“%(wrong)s”"), _OFFERS),
    "instead": (_("不能用“%(wrong)s”"), _("改用 %(right)s")),
    "dot": (_("不能用“.”取属性"), _("名字里没有点；小数写成 0.5")),
    "comment": (_("规则里不能写注释"), _("写到规则的说明里")),
    "word": (_("不能用“%(wrong)s”"), _OFFERS),
    "nothing": (_("没有可以比较的空值"), _("用 known(x) 问它是否已知")),
    # Literals
    "number": (_("看不懂数字 %(wrong)s"), _("写成 100、0.5 或 1e6，前面不加 0，后面空一格")),
    "number_size": (_("数字太大或太小"), _("大小在 1e-20 和 1e20 之间")),
    "number_exact": (_("数字的位数太多，存不准"), _("整数不超过 9007199254740992")),
    "text_open": (_("引号没有关上"), _("在同一行补上 %(right)s")),
    "text_prefix": (_("引号前面不能有 %(wrong)s"), _("只写引号")),
    "text_triple": (_("不能用三个引号"), _("两头各一个引号")),
    "text_escape": (_("看不懂 %(wrong)s"), _("反斜杠本身要写两个")),
    "text_character": (_("文字里有不能保存的字符"), _("去掉 U+0000 和不成对的代理字符")),
    "text_long": (_("文字有 %(count)d 个字符，最多 %(most)d 个"), ""),
    # Order
    "value_missing": (_("这里缺一个值"), _("写名字、数字、引号里的文字或括号")),
    "operator_missing": (_("这里缺一个运算符"), _("用 and、or、比较或逗号隔开")),
    "bracket_open": (_("括号 %(wrong)s 没有关上"), _("补上 %(right)s")),
    "bracket_stray": (_("多了一个 %(wrong)s"), _("去掉它，或在前面补上 %(right)s")),
    "bracket_wrong": (_("这里应当是 %(right)s"), ""),
    "subscript": (_("不能用 [ ] 取一部分"), _("方括号只用在 in 后面")),
    "comma": (_("这里不能用逗号"), _("用 and 或 or 连接")),
    "unreadable": (_("从这里起读不懂"), _("给各部分加上括号再试")),
    "form": (_("不能这样写"), _OFFERS),
    # Names
    "unknown_name": (_("没有叫 %(name)s 的特征"), _QUOTED),
    "unknown_name_near": (_("没有叫 %(name)s 的特征"), _("是不是 %(near)s")),
    "unknown_function": (_("没有叫 %(name)s 的函数"), _("可以用：%(all)s")),
    "unknown_function_near": (_("没有叫 %(name)s 的函数"), _("是不是 %(near)s")),
    "not_a_function": (_("%(name)s 是特征，不是函数"), _("去掉后面的括号")),
    "not_called": (_("%(name)s 是函数"), _("例如 %(example)s")),
    "list_name": (_("in_list 的第一个参数是名单的名字"), _('例如 in_list("watched", device)')),
    "list_subject": (_("in_list 的第二个参数是特征或对象的名字"), _("例如 %(all)s")),
    # Types
    "whole": (_("规则要有真假，这里是%(found)s"), _("写成比较，例如 x > 0")),
    "truth": (_("这里要真假，不是%(found)s"), _('写成比较，例如 x > 0 或 x == "a"')),
    "arithmetic": (_("“%(sign)s”只算数字，这里是%(found)s"), _("文字的长度用 length(x)")),
    "compare": (_("%(left)s不能和%(right)s比"), _("两边要同一种")),
    "compare_quoted": (_("%(left)s不能和%(right)s比"), _("数字不加引号")),
    "compare_bare": (_("%(left)s不能和%(right)s比"), _("文字要加引号")),
    "order": (_("%(found)s没有大小"), _("用 == 或 != 比")),
    "chain": (_("真假不能连着比"), _("分开写，用 and 连接")),
    "arguments": (_("%(name)s 的参数有 %(count)d 个，数目不对"), _("例如 %(example)s")),
    "argument": (_("%(name)s 的第 %(place)d 个参数要%(wanted)s，不是%(found)s"), _("例如 %(example)s")),
    "zero": (_("不能除以 0"), ""),
    "range": (_("连乘连除太多，结果可能超出能算准的范围"), _("少乘除几次，或拆成几条规则")),
    # in
    "in_list_needed": (_("in 后面要一串写好的值"), _('例如 x in ["a", "b"]')),
    "in_text": (_("in 不能在文字里找文字"), _("用 contains(%(right)s, %(left)s)")),
    "in_chain": (_("in 不能和别的比较连写"), _("分开写，用 and 连接")),
    "items_none": (_("这一串里没有值"), _("至少写一个值")),
    "items_many": (_("这一串有 %(count)d 个值，最多 %(most)d 个"), _("改用名单：in_list")),
    "items_kind": (_("这一串里只能有写好的数字或文字"), _('例如 ["a", "b"] 或 [1, 2]')),
    "items_types": (_("这一串里是%(right)s，前面是%(left)s"), _("两边要同一种")),
    "items_place": (_("方括号只能用在 in 后面"), _('例如 x in ["a", "b"]')),
    # Stored trees
    "tree": (_("存下来的规则读不懂"), _("重新写一遍")),
    "version": (_("存下来的规则是版本 %(version)s，不认识"), _("升级后再试")),
}


class Span(NamedTuple):
    """Characters from 0; `end` is one past the last."""

    start: int
    end: int


NOWHERE: Final = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Source:
    """What was typed; empty for a stored tree."""

    text: str

    def cut(self, span: Span, most: int = 40) -> str:
        """What stands there, shortened for a message."""
        found = self.text[span.start : span.end]
        return found if len(found) <= most else found[: most - 1] + "…"

    def refusal(self, reason: str, span: Span, **values: Any) -> BadExpression:
        """To be raised. `data`: reason, position from 0, length, line and column from 1, hint, and the values."""
        message, hint = REFUSALS[reason]
        start = min(span.start, len(self.text))
        shown = {name: str(value) if not isinstance(value, int) else value for name, value in values.items()}
        return BadExpression(
            str(message) % shown,
            reason=reason,
            position=start,
            length=max(0, min(span.end, len(self.text)) - start),
            line=self.text.count("\n", 0, start) + 1,
            column=start - self.text.rfind("\n", 0, start),
            hint=str(hint) % shown,
        )

    def too_deep(self, span: Span) -> BadExpression:
        """The one that three places raise."""
        return self.refusal("too_deep", span, most=limits.MAX_DEPTH)
