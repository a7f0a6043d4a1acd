"""The list of what a supplier sells, as a file. Pure."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from goodfor.supply.providers.files.columns import Columns, Profile, understand
from goodfor.supply.providers.files.problems import CellProblem
from goodfor.supply.providers.files.table import Row, read_rows
from goodfor.supply.providers.numbers import decimal
from goodfor.supply.providers.values import GoodsKind, Item, SaleState, Stock, StockWord

_DRESS: Final = re.compile(r"[¥￥$\s元]|,(?=[0-9]{3}(?:[,.]|$))")
_WORDS: Final[dict[str, StockWord]] = {
    "充足": "in_stock", "有货": "in_stock", "有": "in_stock", "紧张": "low", "少量": "low", "缺货": "out",
    "无货": "out", "无": "out", "断货": "out", "售罄": "out", "不限": "unlimited", "无限": "unlimited",
}  # fmt: skip
_ON: Final = ("上架", "在售", "正常", "销售中", "启用", "是", "on", "1")
_KINDS: Final[dict[str, GoodsKind]] = {
    "卡密": "card", "卡券": "card", "卡": "card", "card": "card", "直充": "direct", "充值": "direct",
    "direct": "direct", "票券": "ticket", "链接": "link", "图片": "image", "人工": "manual", "代充": "manual",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Prices:
    """All items whose rows are right."""

    items: tuple[Item, ...]
    problems: tuple[CellProblem, ...]


def money(text: str) -> Decimal | None:
    """ "9.90", "¥1,200", "9.9元", exactly; None for anything else."""
    return decimal(_DRESS.sub("", text))


def read_catalogue(data: bytes, name: str, currency: str, profile: Profile | None = None) -> Prices:
    """Read a file. Raises FileRefused."""
    columns, rows = understand(read_rows(data, name), "catalogue", profile or Profile())
    items: dict[str, Item] = {}
    for row in rows:
        item_id, before = columns.get(row, "item"), len(columns.problems)
        if not item_id:
            columns.wrong(row, "item", "no_item")
        elif item_id in items:
            columns.wrong(row, "item", "doubled_item")
        elif len(item_id) > 64:
            columns.wrong(row, "item", "too_long")
        item = _item(columns, row, item_id, currency)
        if item is not None and len(columns.problems) == before:
            items[item_id] = item
    return Prices(tuple(items.values()), tuple(columns.problems))


def _item(columns: Columns, row: Row, item_id: str, currency: str) -> Item | None:
    cost, written = money(columns.get(row, "cost")), columns.get(row, "cost")
    if cost is None or cost < 0:
        columns.wrong(row, "cost", "bad_amount" if written else "no_amount")
        return None
    face, state = money(columns.get(row, "face")), columns.get(row, "state").lower()
    # A word that is not known is not sold.
    on: SaleState = "on" if not state or state in _ON else "paused"
    return Item(
        id=item_id,
        name=columns.get(row, "name")[:200] or item_id,
        # Without a word of it, it is codes that are mailed.
        kind=_KINDS.get(columns.get(row, "kind").lower(), "manual") if "kind" in columns.place else "card",
        cost=cost,
        currency=currency,
        state=on,
        stock=_stock(columns.get(row, "stock")),
        face_value=face,
        face_currency=currency if face is not None else "",
    )


def _stock(text: str) -> Stock:
    if text in _WORDS:
        return Stock(_WORDS[text])
    count = decimal(text)
    if count is None or count != count.to_integral_value():
        return Stock()
    return Stock("exact", int(count)) if count > 0 else Stock("out", 0)
