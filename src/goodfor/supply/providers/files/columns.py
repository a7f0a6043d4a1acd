"""Which column is what: by names that people use, or by a profile that says so. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from goodfor.supply.providers.files.problems import CellProblem, FileRefused
from goodfor.supply.providers.files.table import LOST, Row
from goodfor.vault.reading import EXPIRY, NUMBER, SECRET, role_of

#: Titles above the header of an export.
HEADER_WITHIN: Final = 10
_NOT_WORD: Final = re.compile(r"[\W_]+")
_BRACKETED: Final = re.compile(r"[(（\[【].*?[)）\]】]")
#: Kind of file -> role -> names.
NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "answers": {
        "number": "单号 我方单号 我方订单号 外部单号 外部订单号 商户单号 客户单号 ordernumber orderno",
        "card": "",
        "secret": "",
        "expires": "",
        "verify": "验证码 校验码",
        "link": "链接 兑换链接 网址 url link",
        "result": "结果 处理结果 失败 是否失败 result failed",
        "remark": "备注 说明 原因 失败原因 回执 remark note reason",
    },
    "catalogue": {
        "item": "商品编号 商品编码 编号 编码 货号 商品id itemid itemno sku",
        "name": "商品名称 商品 名称 品名 name product productname",
        "cost": "成本 成本价 进价 进货价 供货价 结算价 单价 价格 cost price",
        "stock": "库存 库存数量 可用库存 stock",
        "face": "面值 面额 facevalue face",
        "state": "状态 上架状态 销售状态 state status",
        "kind": "类型 商品类型 type kind",
    },
    "statement": {
        "at": "时间 交易时间 创建时间 记账时间 日期 time date at",
        "amount": "金额 变动金额 交易金额 发生额 amount",
        "income": "收入 收入金额 income",
        "spent": "支出 支出金额 spent",
        "number": "单号 我方单号 我方订单号 外部单号 外部订单号 商户单号 客户单号",
        "ref": "流水号 订单号 平台单号 交易号 ref reference",
        "kind": "类型 交易类型 业务类型 摘要 type kind",
    },
}  # fmt: skip
NEEDED: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "answers": (("number",),),
    "catalogue": (("item",), ("cost",)),
    "statement": (("at",), ("amount", "income", "spent")),
}
_OF_CODES: Final = {NUMBER: "card", SECRET: "secret", EXPIRY: "expires"}


@dataclass(frozen=True, slots=True)
class Profile:
    """What a supplier's files call their columns: role -> name; empty: by the usual names."""

    names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str, kind: str) -> "Profile":
        """From the settings' JSON, `{"answers": {"number": "客户单号"}, ...}`. Raises FileRefused(bad_profile)."""
        if not text.strip():
            return cls()
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            raise FileRefused("bad_profile") from None
        if not isinstance(found, dict) or not set(found) <= set(NAMES):
            raise FileRefused("bad_profile")
        for its, named in found.items():
            if not isinstance(named, dict) or not set(named) <= set(NAMES[its]):
                raise FileRefused("bad_profile")
            if not all(isinstance(one, str) and 0 < len(one.strip()) <= 64 for one in named.values()):
                raise FileRefused("bad_profile")
        return cls(found.get(kind, {}))


@dataclass(slots=True)
class Columns:
    """Where each role stands, and what is wrong with cells so far."""

    place: Mapping[str, int]
    title: Mapping[str, str]
    problems: list[CellProblem] = field(default_factory=list)

    def get(self, row: Row, role: str) -> str:
        """The cell's text, empty without one; a lost one is a problem, and empty."""
        at = self.place.get(role)
        text = row.cells[at] if at is not None and at < len(row.cells) else ""
        if text == LOST:
            self.wrong(row, role, "digits_lost")
            return ""
        return text

    def wrong(self, row: Row, role: str, code: str) -> None:
        """Note what is wrong with a cell."""
        self.problems.append(CellProblem(row.at, self.title.get(role, role), code))


def understand(rows: Sequence[Row], kind: str, profile: Profile) -> tuple[Columns, Sequence[Row]]:
    """The columns, and the rows below the header. Raises FileRefused."""
    best: tuple[int, int] = (0, 0)
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        count = len({role for name in row.cells if (role := _role(name, kind, profile))})
        best = max(best, (count, -index))
    if best[0] == 0:
        raise FileRefused("no_header")
    header = rows[-best[1]]
    place: dict[str, int] = {}
    for at, name in enumerate(header.cells):
        role = _role(name, kind, profile)
        if role and role in place:
            raise FileRefused("two_columns", name)
        if role:
            place[role] = at
    for one_of in NEEDED[kind]:
        if not any(role in place for role in one_of):
            raise FileRefused("missing_column", profile.names.get(one_of[0]) or _usual(kind, one_of[0]))
    return Columns(place, {role: header.cells[at] for role, at in place.items()}), rows[-best[1] + 1 :]


def _usual(kind: str, role: str) -> str:
    return NAMES[kind][role].split()[0]


def _role(name: str, kind: str, profile: Profile) -> str | None:
    """The role of a column by its name. A role that the profile names has that name only."""
    word = _word(name)
    if not word:
        return None
    for role, said in profile.names.items():
        if _word(said) == word:
            return role
    for role, names in NAMES[kind].items():
        if role not in profile.names and word in names.split():
            return role
    found = _OF_CODES.get(role_of(name) or "") if kind == "answers" else None
    return found if found and found not in profile.names else None


def _word(name: str) -> str:
    return _NOT_WORD.sub("", _BRACKETED.sub("", name)).lower()
