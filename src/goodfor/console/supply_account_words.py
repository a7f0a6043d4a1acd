"""Words of suppliers' accounts and statements, and amounts in a supplier's currency."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.console.columns import Text

#: State of a day -> words and tone.
DAY_STATES: Final[Mapping[str, tuple[Text, str]]] = {
    "first": (_("开始核对"), "plain"),
    "even": (_("相符"), "green"),
    "under_way": (_("在途采购可解释"), "amber"),
    "broken": (_("余额不符"), "red"),
}
#: Why a purchase may explain a difference.
WHYS: Final[Mapping[str, Text]] = {
    "under_way": _("结果未知，对方可能已扣款"),
    "kept": _("已判为未成，对方可能仍扣了款"),
    "late": _("迟到的到货"),
    "refund": _("对方可能退了款没有通知"),
}
FINDINGS: Final[Mapping[str, tuple[Text, str]]] = {
    "refund": (_("发货后退款"), "red"),
    "claim": (_("坏卡已退款"), "green"),
    "late": (_("迟到的到货"), "amber"),
    "word": (_("对方改了状态"), "amber"),
    "kept": (_("失败但未见退款"), "amber"),
}
MOVEMENTS: Final[Mapping[str, Text]] = {
    "top_up": _("充值"),
    "withdrawal": _("退回"),
    "correction": _("调整"),
}
VERDICTS: Final[Mapping[str, tuple[Text, str]]] = {
    "matched": (_("一致"), "green"),
    "amount": (_("金额不同"), "red"),
    "theirs": (_("只在对方账单"), "red"),
    "ours": (_("只在我方"), "red"),
    "double": (_("重复行"), "amber"),
    "other": (_("不是采购"), "plain"),
}
SIGNS: Final[Mapping[str, Text]] = {
    "signed": _("扣款为负数，退款为正数"),
    "opposite": _("扣款为正数，退款为负数"),
    "cost": _("每行都是扣款，退款另有一列"),
    "kind": _("按类型列判断"),
}
TIMES: Final[Mapping[str, Text]] = {
    "ymd": _("年月日"),
    "dmy": _("日月年"),
    "mdy": _("月日年"),
    "unix": _("Unix 时间戳"),
}
#: What is wrong with a line.
LINES: Final[Mapping[str, Text]] = {
    "bad_amount": _("金额读不懂"),
    "bad_time": _("时间读不懂，请核对时间格式"),
    "digits_lost": _("编号已被 Excel 改坏，请把该列设为文本后重新导出"),
    "too_long": _("编号超过 64 位"),
}
#: Why a file, or an account that was asked for, is refused.
FILES: Final[Mapping[str, Text]] = {
    **LINES,
    "file_too_large": _("文件超过 30 MB"),
    "empty_file": _("文件是空的"),
    "unsupported_type": _("只能导入 CSV、TXT 或 XLSX"),
    "broken_xlsx": _("表格文件已损坏，请重新导出"),
    "zip_bomb": _("表格展开后太大，请拆分后再导入"),
    "binary_file": _("这不是文本文件"),
    "encoding_unknown": _("看不出文字编码，请在下面选择"),
    "bad_quotes": _("引号不成对，请重新导出"),
    "too_many_rows": _("超过 20 万行，请按时间拆分"),
    "no_column": _("文件里没有这一列"),
    "no_rows": _("没有一行可以导入"),
    "gone": _("文件已过期，请重新上传"),
    "not_offered": _("这个供应商不提供账单接口"),
    "busy": _("调用太频繁，请稍后再试"),
    "no_answer": _("对方没有给出账单，请稍后再试"),
    "other_currency": _("账单币种和供应商币种不同"),
}
CYCLES: Final[Mapping[str, Text]] = {
    "prepaid": _("预付"),
    "t1": _("次日结"),
    "weekly": _("周结"),
    "monthly": _("月结"),
}


def figure(amount: Decimal | None, *, signed: bool = False) -> str:
    """With thousands and at least two decimals; nothing known: a dash."""
    if amount is None:
        return "–"
    places = max(2, -int(amount.normalize().as_tuple().exponent))
    text = f"{amount:,.{places}f}"
    return f"+{text}" if signed and amount > 0 else text.replace("-", "−")
