"""What problems are called for people. The codes are stable, the texts are not."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from goodfor.vault.parsing import problems as p

FILE_TEXTS: dict[str, str | Promise] = {
    p.EMPTY_FILE: _("文件是空的"),
    p.FILE_TOO_LARGE: _("文件太大"),
    p.UNSUPPORTED_TYPE: _("不支持这种文件，请使用 TXT、CSV 或 XLSX"),
    p.BROKEN_XLSX: _("XLSX 文件已损坏或有密码保护"),
    p.ZIP_BOMB: _("XLSX 文件解压后过大，请拆分后再导入"),
    p.BINARY_FILE: _("这不是文本文件"),
    p.ENCODING_UNKNOWN: _("无法识别文件编码，请另存为 UTF-8"),
    p.NO_CODES: _("文件里没有可以导入的卡密"),
    p.COLUMNS_UNCLEAR: _("无法确定哪一列是卡号、哪一列是卡密，请加上表头或指定各列"),
    p.DIGITS_LOST: _("长数字的末尾都是 0：表格软件只保留 15 位数字，请把该列设为文本格式后重新导出"),
    p.TOO_MANY_LOTS: _("一个文件里不同的有效期和成本太多"),
    p.FILE_CHANGED: _("文件在导入过程中被修改，请重新导入"),
}

LINE_TEXTS: dict[str, str | Promise] = {
    p.TOO_FEW_COLUMNS: _("缺少列"),
    p.TOO_MANY_COLUMNS: _("多出列"),
    p.MISSING_SECRET: _("卡密为空"),
    p.MISSING_NUMBER: _("卡号为空"),
    p.TOO_LONG: _("超过 512 个字符"),
    p.NUL_BYTE: _("含有空字节"),
    p.CONTROL_CHARACTER: _("含有控制字符或换行"),
    p.BAD_ENCODING: _("编码错误"),
    p.BAD_QUOTES: _("引号不成对"),
    p.SCIENTIFIC_NOTATION: _("被表格软件变成了科学计数法，原来的数字已丢失"),
    p.NUMBER_CELL_TOO_LONG: _("数字单元格超过 15 位，原来的数字已丢失；请把该列设为文本格式"),
    p.FRACTIONAL_NUMBER: _("单元格是小数"),
    p.NOT_TEXT: _("单元格是日期或逻辑值，不是文本"),
    p.BAD_EXPIRY: _("看不懂有效期，请写成 2026-12-31"),
    p.ALREADY_EXPIRED: _("已经过期"),
    p.BAD_COST: _("看不懂成本"),
    p.DUPLICATE_IN_FILE: _("与文件中前面的行重复"),
    p.DUPLICATE_HELD: _("店铺已经有过这个卡密"),
}
