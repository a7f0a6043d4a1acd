"""The functions of the language: pure, total, and the same in Python and in PostgreSQL. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from goodfor.risk.features import NUMBER, TEXT, TRUTH
from goodfor.risk.language.limits import MAX_ARGUMENTS

#: A parameter of any type; of two of them the second has the type of the first.
ANY: Final = "any"


@dataclass(frozen=True, slots=True)
class Function:
    """One of them. `result` empty: the type of the first argument. `most`: arguments, where many are taken."""

    name: str
    parameters: tuple[str, ...]
    result: str
    example: str
    words: Any
    most: int = 0

    def wants(self, place: int) -> str:
        """The type of the argument at a place, from 0."""
        return self.parameters[min(place, len(self.parameters) - 1)]

    def takes(self, count: int) -> bool:
        """As many arguments?"""
        return len(self.parameters) <= count <= max(self.most, len(self.parameters))


#: in_list is here for its words; it takes a quoted name and a bare one, and is no Call (`building`).
IN_LIST: Final = "in_list"
FUNCTIONS: Final[Mapping[str, Function]] = {
    function.name: function
    for function in (
        Function("contains", (TEXT, TEXT), TRUTH, 'contains(mail, "temp")', _("文字里含有另一段文字，区分大小写")),
        Function(
            "starts_with", (TEXT, TEXT), TRUTH, 'starts_with(phone, "170")', _("文字以另一段文字开头，区分大小写")
        ),
        Function("ends_with", (TEXT, TEXT), TRUTH, 'ends_with(mail, ".ru")', _("文字以另一段文字结尾，区分大小写")),
        Function("lower", (TEXT,), TEXT, 'lower(agent) == "curl"', _("把英文字母 A–Z 变成小写，其他不变")),
        Function("length", (TEXT,), NUMBER, "length(agent) < 20", _("文字有几个字符")),
        Function("known", (ANY,), TRUTH, "known(province)", _("值是否已知，答案只有是和否")),
        Function("either", (ANY, ANY), "", "either(orders, 0) > 3", _("值未知时改用第二个值")),
        Function("abs", (NUMBER,), NUMBER, "abs(hours - 12) > 6", _("绝对值")),
        Function("min", (NUMBER, NUMBER), NUMBER, "min(a, b) > 3", _("最小的一个；有一个未知就未知"), MAX_ARGUMENTS),
        Function("max", (NUMBER, NUMBER), NUMBER, "max(a, b) > 3", _("最大的一个；有一个未知就未知"), MAX_ARGUMENTS),
        Function("between", (NUMBER, NUMBER, NUMBER), TRUTH, "between(hour, 0, 6)", _("在两个数之间，包含两头")),
        Function(IN_LIST, (TEXT, ANY), TRUTH, 'in_list("watched", device)', _("在某个名单里")),
    )
}
