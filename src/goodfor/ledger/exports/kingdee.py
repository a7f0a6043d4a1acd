"""Vouchers as Kingdee's cloud accounting (金蝶精斗云) imports them: CSV, one row a line.

Columns as in its template of vouchers, which its exports have as well; public importers of such files name the same
ones in the same order (for instance promise96319/ReportingSystem on GitHub, src/constant/importedDataKey.js). Rows of
one voucher bear the same day, 凭证字 and 凭证号. What we do not know (职员, 项目, 部门, 存货, 数量) stays empty.
"""

import csv
import io
from typing import BinaryIO

from goodfor.ledger.exports.types import ExportOptions, Period, decimal
from goodfor.ledger.exports.vouchers import voucher_lines

COLUMNS = (
    "日期", "凭证字", "凭证号", "附件数", "分录序号", "摘要", "科目代码", "科目名称", "借方金额", "贷方金额",
    "客户", "供应商", "职员", "项目", "部门", "存货", "自定义辅助核算类别", "自定义辅助核算编码",
    "数量", "单价", "原币金额", "币别", "汇率",
)  # fmt: skip
#: Its code for the renminbi.
HOME = {"CNY": "RMB"}


def write(period: Period, file: BinaryIO, options: ExportOptions) -> int:
    """Write them, in UTF-8 with BOM or GBK; returns how many lines."""
    text = io.TextIOWrapper(file, encoding=options.codec, newline="")
    out, count = csv.writer(text, lineterminator="\r\n"), 0
    out.writerow(COLUMNS)
    currency = HOME.get(options.currency, options.currency)
    for line in voucher_lines(period, options):
        debit, credit = (decimal(x, options.currency) if x else "" for x in (line.debit_minor, line.credit_minor))
        out.writerow([
            line.day.isoformat(), options.word, line.number, 0, line.place, line.summary, line.account.code,
            line.account.name, debit, credit, "", line.supplier, "", "", "", "", "", "", "", "", debit or credit,
            currency, 1,
        ])  # fmt: skip
        count += 1
    text.flush()
    text.detach()
    return count
