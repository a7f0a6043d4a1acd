"""Words of rules, backtests, lists, reviews and changes that wait, on the desk: labels, never keys."""

import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from goodfor.console.columns import Text
from goodfor.identity import queries as identity
from goodfor.kernel.errors import DomainError
from goodfor.risk import rule_states as states
from goodfor.risk.errors import BadExpression
from goodfor.risk.features import NUMBER, TEXT, TRUTH
from goodfor.risk.rule_types import ANNOYED, CAUGHT, YOUNG, RuleText
from goodfor.risk.types import Outcome
from goodfor.risk.wording_rules import RULE_STATES

#: State of a rule -> tone.
_TONES: Final = {states.SHADOW: "amber", states.PERCENT: "green", states.LIVE: "green"}
BACKTEST_TONES: Final = {"waiting": "plain", "running": "amber", "done": "green", "broken": "red"}
PROPOSAL_TONES: Final = {"open": "amber", "approved": "green", "refused": "plain", "withdrawn": "plain"}
LIST_TONES: Final = {"block_hard": "red", "block": "red", "allow": "green", "watch": "amber", "custom": "plain"}
REVIEW_TONES: Final = {"open": "amber", "taken": "plain", "done": "green"}
OUTCOME_TONES: Final = {"release": "green", "deny": "red", "ask": "amber"}
ENTRY_STATES: Final[Mapping[str, tuple[Text, str]]] = {
    states.PENDING: (gettext_lazy("等待批准"), "amber"),
    states.ACTIVE: (pgettext_lazy("risk", "有效"), "green"),
    states.DROPPED: (gettext_lazy("没有批准"), "plain"),
    states.REMOVED: (gettext_lazy("已移出"), "plain"),
}
SORTS: Final[Mapping[str, tuple[Text, str]]] = {
    CAUGHT: (gettext_lazy("已知欺诈"), "red"),
    ANNOYED: (gettext_lazy("已知正常"), "green"),
    YOUNG: (gettext_lazy("还不知道"), "plain"),
}
FEATURE_TYPES: Final[Mapping[str, Text]] = {
    NUMBER: pgettext_lazy("feature", "数字"),
    TRUTH: pgettext_lazy("feature", "是或否"),
    TEXT: pgettext_lazy("feature", "文字"),
}
#: What a rule, an entry or a backtest can be refused for, by the field's name.
FIELDS: Final[Mapping[str, Text]] = {
    "code": gettext_lazy("编号只能用小写字母、数字、- 和 _，最多 40 个字符，并且没有被用过"),
    "name": gettext_lazy("请填写名称，最多 80 个字"),
    "words": gettext_lazy("说明最多 400 个字"),
    "text": gettext_lazy("规则用到的名单不存在，或名单里不是这类对象"),
    "scenes": gettext_lazy("请至少选择一个场景"),
    "outcome": gettext_lazy("请选择命中后怎么办"),
    "hold_minutes": gettext_lazy("暂缓发货时间为 1 到 43,200 分钟"),
    "cost": gettext_lazy("验证强度为 1 到 4"),
    "label": gettext_lazy("BREAK 编号写成 R0043 或 R0043-001"),
    "threat": gettext_lazy("请选择威胁"),
    "quarantine_days": gettext_lazy("观察期最多 365 天"),
    "quarantine_by": gettext_lazy("请选择按什么观察；不观察时留空"),
    "percent": gettext_lazy("比例为 1 到 99"),
    "reason": gettext_lazy("请填写原因，最多 200 个字"),
    "state": gettext_lazy("没有这个状态"),
    "since": gettext_lazy("请选择开始日期，最早两年前"),
    "until": gettext_lazy("结束日期要晚于开始日期，并且不晚于今天"),
    "kind": gettext_lazy("请选择名单"),
    "type": gettext_lazy("请选择对象的类型；这个名单只收一种对象"),
    "value": gettext_lazy("看不懂这个值，请核对写法"),
    "owner": gettext_lazy("白名单要写负责人，最多 80 个字"),
    "expires_at": gettext_lazy("到期时间要在以后；白名单必须写，最长一年"),
    "entries": gettext_lazy("请选择同一个名单里的记录"),
    "file": gettext_lazy("看不懂这个文件"),
    "columns": gettext_lazy("文件里没有“值”这一列，或有两列同名"),
    "minutes": gettext_lazy("时限为 1 到 43,200 分钟"),
    "overdue": gettext_lazy("请选择超时后怎么办"),
    "note": gettext_lazy("备注最多 400 个字"),
}


def state(name: str) -> tuple[Text, str]:
    """(label, tone) of a rule's state."""
    return RULE_STATES.get(name, name), _TONES.get(name, "plain")


def state_line(name: str, percent: int) -> str:
    """`部分生效 20%`."""
    label = str(RULE_STATES.get(name, name))
    return f"{label} {percent}%" if name == states.PERCENT else label


def wrong(error: DomainError) -> str:
    """What is wrong, in words: of a field where it is one, else of the whole."""
    if isinstance(error, BadExpression):
        return " · ".join(part for part in (str(error.detail), str(error.data.get("hint", ""))) if part)
    field = str(error.data.get("field", ""))
    if field == "name" and error.code == "invalid_list":
        return _("名单的名字只能用小写字母、数字和 _，以字母开头，最多 40 个字符，并且没有被用过")
    return str(FIELDS[field]) if field in FIELDS and not error.message else str(error.detail)


def caret(text: str, error: BadExpression) -> tuple[str, str]:
    """The line that is wrong, and what stands below it: a caret for each character that it is about.

    Wide characters take the room of two, so that both lines stand one below the other in any monospaced font.
    """
    number, column = int(error.data.get("line", 1)), int(error.data.get("column", 1))
    lines = text.replace("\r\n", "\n").split("\n")
    line = lines[number - 1] if number <= len(lines) else ""
    start = column - 1
    length = max(1, min(int(error.data.get("length", 1)), len(line) - start))
    before = "".join("\u3000" if _wide(sign) else "\t" if sign == "\t" else " " for sign in line[:start])
    marks = "".join("＾" if _wide(sign) else "^" for sign in line[start : start + length]) or "^"
    return line, before + marks


def _wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in ("W", "F")


def does(says: RuleText) -> str:
    """What a rule asks for, with its measure: `暂缓发货 60 分钟`."""
    if says.outcome is Outcome.HOLD:
        return _("暂缓发货 %(n)s 分钟") % {"n": f"{says.hold_minutes:,}"}
    if says.outcome is Outcome.CHALLENGE:
        return _("要求验证，强度 %(n)d") % {"n": says.cost}
    return _("人工审核") if says.outcome is Outcome.REVIEW else _("拒绝")


class People:
    """Names of those who did something, looked up once."""

    def __init__(self, shop_id: Any) -> None:
        self._names = {one.actor: one.username for one in identity.staff_of_shop(shop_id)}

    def name(self, actor: str) -> str:
        """Who it was, in words; empty for nobody."""
        kinds = {"system": _("自动"), "goodfor": _("初始规则"), "staff": _("员工")}
        return self._names.get(actor) or str(kinds.get(actor.partition(":")[0], actor))
