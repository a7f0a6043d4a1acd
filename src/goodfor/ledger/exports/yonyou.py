"""Vouchers as Yonyou U8 (用友 U8, 总账工具: 凭证引入) takes them: text, one line a line of a voucher, no quotes.

First line `填制凭证,V800`. Fields by their place, as U8's notes on the tool list them (copies are on the web, for
instance 用友U8凭证导入工具的使用方法 on 100ksw.com) and as several public exporters write them:
制单日期, 凭证类别字, 业务号, 附单据数, 摘要 (at most 60), 科目编码, 借方, 贷方, 数量, 外币, 汇率,
制单人, 结算方式, 票号, 票号发生日期, 部门, 个人, 客户, 供应商, 业务员, 项目.
What follows may be left out. Lines of one voucher bear the same day, word and number.
"""

import io
from typing import BinaryIO

from goodfor.ledger.exports.types import ExportOptions, Period, decimal
from goodfor.ledger.exports.vouchers import voucher_lines

FIRST = "填制凭证,V800"
SUMMARY = 60


def write(period: Period, file: BinaryIO, options: ExportOptions) -> int:
    """Write them, in UTF-8 with BOM or GBK (what U8 itself expects); returns how many lines."""
    text = io.TextIOWrapper(file, encoding=options.codec, newline="")
    text.write(FIRST + "\r\n")
    count = 0
    for line in voucher_lines(period, options):
        fields = [
            line.day.isoformat(), options.word, str(line.number), "0", line.summary[:SUMMARY], line.account.code,
            decimal(line.debit_minor, options.currency), decimal(line.credit_minor, options.currency), "", "0", "0",
            options.maker, "", "", "", "", "", "", line.supplier, "", "",
        ]  # fmt: skip
        text.write(",".join(one.replace(",", " ") for one in fields) + "\r\n")
        count += 1
    text.flush()
    text.detach()
    return count
