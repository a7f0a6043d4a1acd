"""What can be wrong with a file that a person made, where, and what to do about it. Pure."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

#: Of the whole file.
FILE: Final = {
    "empty_file": _("文件是空的，请确认发来的是填好的表"),
    "file_too_large": _("文件太大，请拆成几个再传"),
    "unsupported_type": _("只读 CSV、TXT 和 XLSX；老的 XLS 请在 Excel 里另存为 XLSX"),
    "binary_file": _("这不是文本，请用 CSV 或 XLSX"),
    "encoding_unknown": _("看不出文字编码，请在 Excel 里另存为「CSV UTF-8」或 XLSX"),
    "broken_csv": _("引号不成对，请在 Excel 里另存一份 CSV 或 XLSX"),
    "broken_xlsx": _("XLSX 打不开，请用 Excel 打开后另存一份"),
    "zip_bomb": _("XLSX 展开后太大，请只留一张表"),
    "no_header": _("找不到表头，请保留第一行的列名，或在供应商设置里写明各列的名字"),
    "missing_column": _("缺少这一列，请补上，或在供应商设置里写明它叫什么"),
    "two_columns": _("有两列都像是这一列，请删掉一列，或在供应商设置里写明用哪一列"),
    "too_many_rows": _("行数太多，请拆成几个再传"),
    "bad_profile": _("供应商设置里的列名写得不对，应是一个 JSON 对象"),
}
#: Of one cell.
CELL: Final = {
    "digits_lost": _("Excel 已把长数字改掉，请把这一列设为文本格式，再按原来的内容重填"),
    "no_number": _("没有我方单号，请从发去的表里抄上"),
    "bad_number": _("不是我方单号，应是 18 位数字，请从发去的表里抄"),
    "unknown_word": _("看不懂这个词，成功填「成功」，失败填「失败」"),
    "failed_with_codes": _("既写了失败又填了卡密，请只留一样"),
    "parts_differ": _("卡号和卡密的行数不同，请一一对应"),
    "number_without_secret": _("只有卡号没有卡密；只有一段的，请填在卡密列"),
    "doubled_code": _("这条卡密在表里出现过，请换一条"),
    "bad_date": _("日期看不懂，请写成 2026-12-31"),
    "no_item": _("没有商品编号，请补上"),
    "doubled_item": _("这个商品编号在表里出现过，请只留一行"),
    "bad_amount": _("金额看不懂，请写成 9.90"),
    "no_amount": _("没有金额，请补上"),
    "bad_time": _("时间看不懂，请写成 2026-01-31 08:00:00"),
    "too_long": _("内容太长"),
    "nul_byte": _("含有不可见的字符，请重填"),
    "control_character": _("含有不可见的字符，请重填"),
    "scientific_notation": _("Excel 已把长数字改掉，请把这一列设为文本格式，再按原来的内容重填"),
    "bad_link": _("链接不完整，应以 https:// 开头"),
    "empty": _("没有内容"),
    "text_too_long": _("内容太长"),
}


class FileRefused(Exception):
    """A file that cannot be read at all. `code` is one of FILE; `column` and `row` where it is about one."""

    def __init__(self, code: str, column: str = "", row: int = 0) -> None:
        self.code = code
        self.column = column
        self.row = row
        super().__init__(code)

    def words(self) -> str:
        """For the person at the desk."""
        what = FILE.get(self.code, self.code)
        if self.row:
            return gettext("第 {row} 行：{problem}").format(row=self.row, problem=what)
        return (
            gettext("「{column}」列：{problem}").format(column=self.column, problem=what) if self.column else str(what)
        )


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One cell: `row` as spreadsheets count, from 1; `column` by its name. Never what stands in it."""

    row: int
    column: str
    code: str

    def words(self) -> str:
        """For the person at the desk."""
        what = CELL.get(self.code, self.code)
        where = gettext("第 {row} 行「{column}」列：{problem}")
        return where.format(row=self.row, column=self.column, problem=what)
