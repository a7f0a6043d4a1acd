"""What can be wrong with a file that a person made, where, and what to do about it. Pure."""

from dataclasses import dataclass
from typing import Final

#: Of the whole file.
FILE: Final = {
    "empty_file": "文件是空的，请确认发来的是填好的表",
    "file_too_large": "文件太大，请拆成几个再传",
    "unsupported_type": "只读 CSV、TXT 和 XLSX；老的 XLS 请在 Excel 里另存为 XLSX",
    "binary_file": "这不是文本，请用 CSV 或 XLSX",
    "encoding_unknown": "看不出文字编码，请在 Excel 里另存为「CSV UTF-8」或 XLSX",
    "broken_csv": "引号不成对，请在 Excel 里另存一份 CSV 或 XLSX",
    "broken_xlsx": "XLSX 打不开，请用 Excel 打开后另存一份",
    "zip_bomb": "XLSX 展开后太大，请只留一张表",
    "no_header": "找不到表头，请保留第一行的列名，或在供应商设置里写明各列的名字",
    "missing_column": "缺少这一列，请补上，或在供应商设置里写明它叫什么",
    "two_columns": "有两列都像是这一列，请删掉一列，或在供应商设置里写明用哪一列",
    "too_many_rows": "行数太多，请拆成几个再传",
    "bad_profile": "供应商设置里的列名写得不对，应是一个 JSON 对象",
}
#: Of one cell.
CELL: Final = {
    "digits_lost": "Excel 已把长数字改掉，请把这一列设为文本格式，再按原来的内容重填",
    "no_number": "没有我方单号，请从发去的表里抄上",
    "bad_number": "不是我方单号，应是 18 位数字，请从发去的表里抄",
    "unknown_word": "看不懂这个词，成功填「成功」，失败填「失败」",
    "failed_with_codes": "既写了失败又填了卡密，请只留一样",
    "parts_differ": "卡号和卡密的行数不同，请一一对应",
    "number_without_secret": "只有卡号没有卡密；只有一段的，请填在卡密列",
    "doubled_code": "这条卡密在表里出现过，请换一条",
    "bad_date": "日期看不懂，请写成 2026-12-31",
    "no_item": "没有商品编号，请补上",
    "doubled_item": "这个商品编号在表里出现过，请只留一行",
    "bad_amount": "金额看不懂，请写成 9.90",
    "no_amount": "没有金额，请补上",
    "bad_time": "时间看不懂，请写成 2026-01-31 08:00:00",
    "too_long": "内容太长",
    "nul_byte": "含有不可见的字符，请重填",
    "control_character": "含有不可见的字符，请重填",
    "scientific_notation": "Excel 已把长数字改掉，请把这一列设为文本格式，再按原来的内容重填",
    "bad_link": "链接不完整，应以 https:// 开头",
    "empty": "没有内容",
    "text_too_long": "内容太长",
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
        where = f"第 {self.row} 行" if self.row else f"「{self.column}」列" if self.column else ""
        return f"{where}{'：' if where else ''}{FILE.get(self.code, self.code)}"


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One cell: `row` as spreadsheets count, from 1; `column` by its name. Never what stands in it."""

    row: int
    column: str
    code: str

    def words(self) -> str:
        """For the person at the desk."""
        return f"第 {self.row} 行「{self.column}」列：{CELL.get(self.code, self.code)}"
