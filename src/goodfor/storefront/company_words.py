"""What a company's console calls things."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goodfor.kernel.money import Money
from goodfor.kit.writing import plain_money
from goodfor.welfare.types import Fault

EMPLOYEE_STATES: Final[Mapping[str, Any]] = {
    "invited": gettext_lazy("还没加入"),
    "joined": gettext_lazy("已加入"),
    "left": gettext_lazy("已离职"),
}
GRANT_STATES: Final[Mapping[str, Any]] = {
    "draft": gettext_lazy("待确认"),
    "short": gettext_lazy("预存不足，等待中"),
    "running": gettext_lazy("发放中"),
    "done": gettext_lazy("已发放"),
    "dropped": gettext_lazy("已放弃"),
}
GRANT_TONES: Final = {"done": "green", "running": "amber", "short": "red"}
RULE_KINDS: Final[Mapping[str, Any]] = {
    "festival": gettext_lazy("节日"),
    "birthday": gettext_lazy("生日"),
    "anniversary": gettext_lazy("入职周年"),
}
ROLES: Final[Mapping[str, Any]] = {"manager": gettext_lazy("管理人"), "viewer": gettext_lazy("只能查看")}
INVOICE_STATES: Final[Mapping[str, Any]] = {
    "asked": gettext_lazy("等待商家开票"),
    "written": gettext_lazy("已开票"),
    "declined": gettext_lazy("商家没有开"),
}
_FAULTS: Final[Mapping[str, Any]] = {
    "unknown": gettext_lazy("名单里没有这个人，或工号和邮箱对不上"),
    "twice": gettext_lazy("这个人在前面已经出现过"),
    "number": gettext_lazy("数字或号码不正确；金额写成元，最多两位小数"),
    "left": gettext_lazy("这个人已离职"),
    "empty": gettext_lazy("必填的格子是空的"),
    "mail": gettext_lazy("邮箱不正确，或已经是另一位员工的"),
    "domain": gettext_lazy("邮箱不是公司的域名"),
    "day": gettext_lazy("日期不正确；写作 1990-01-31 或 01-31"),
    "cell": gettext_lazy("长号码被表格软件改成了科学计数；把这一列设成文本再填"),
    "long": gettext_lazy("文字太长"),
    "surplus": gettext_lazy("这一行的格子比列名多；格子里不要写逗号，金额不用千分位"),
    "split": gettext_lazy("金额后面还有一段数字，像是被逗号分开了；金额不用千分位，后一格不要只写数字"),
}
UNREADABLE: Final[Mapping[str, Any]] = {
    "encoding": gettext_lazy("文件打不开。请在表格软件里另存为 CSV。"),
    "columns": gettext_lazy("第一行要有列名，缺少必需的列，或有重复的列。"),
    "size": gettext_lazy("文件太大，最多 8 MB、十万行。请分成几份。"),
    "empty": gettext_lazy("文件里没有内容。"),
}


def said(fault: Fault, currency: str) -> str:
    """What is wrong, in a sentence."""
    if fault.code == "budget":
        amount = plain_money(Money(int(fault.what), currency))
        return _("企业预存还差 %(amount)s") % {"amount": amount}
    return str(_FAULTS.get(fault.code, fault.code))
