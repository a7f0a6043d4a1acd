"""Tables of figures that are no slices of the cube, for files: cohorts, stock, suppliers, risk control."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from goodfor.console import insight_words, risk_words, words
from goodfor.console.types import Visitor
from goodfor.insights import queries
from goodfor.insights.errors import InvalidAsk
from goodfor.insights.types import CohortRow, Restock, Table, day_of
from goodfor.kernel.money import Money
from goodfor.kit import writing
from goodfor.risk.types import Outcome

HORIZONS: Final = (7, 14, 30)
HORIZON: Final = 14
MONTHS: Final = (6, 12, 24)
#: What risk control decided is read for so long back, and no longer.
RISK_SPAN: Final = timedelta(days=7)


def table_named(visitor: Visitor, what: str, kind: str, now: datetime) -> Table:
    """One of them; `kind` says by what cohorts are shown, and for how many days stock is looked at."""
    shop_id = visitor.shop.id
    if what == "cohorts" and kind in insight_words.COHORTS:
        rows = queries.cohorts(shop_id, visitor.shop.currency, today=day_of(now), months=max(MONTHS))
        return cohort_table(rows, kind, visitor.shop.currency)
    if what == "stock":
        return stock_table(queries.restock(shop_id, horizon_of(kind)))
    if what == "suppliers":
        return supplier_table(visitor, now)
    if what == "risk":
        return risk_table(visitor, now)
    raise InvalidAsk(field="what")


def horizon_of(text: str) -> int:
    """How many days ahead."""
    return next((days for days in HORIZONS if str(days) == text), HORIZON)


def cohort_value(row: CohortRow, n: int, kind: str) -> float | None:
    """What a cell of the cohorts holds: a share, orders or minor units, each by the cohort's buyers."""
    if n >= len(row.kept) or not row.buyers:
        return None
    return {"kept": row.kept, "orders": row.orders, "paid": row.paid_minor}[kind][n] / row.buyers


def cohort_table(rows: list[CohortRow], kind: str, currency: str) -> Table:
    """A row a cohort, a column a month after its first order."""
    width = max((len(row.kept) for row in rows), default=0)
    title, meaning = insight_words.COHORTS[kind]
    return Table(
        str(title), (_("首单月份"), _("买家"), *(_("第 %(n)s 个月") % {"n": n} for n in range(width))),
        tuple(
            (f"{row.cohort:%Y-%m}", row.buyers, *(_written(cohort_value(row, n, kind), kind, currency)
                                                  for n in range(width)))
            for row in rows
        ),
        (_("买家第一次付款的月份"), _("这个月第一次付款的买家数"), *(str(meaning) for _n in range(width))),
    )  # fmt: skip


def _written(value: float | None, kind: str, currency: str) -> str | float | None:
    if value is None:
        return None
    return Money(round(value), currency).as_decimal_string() if kind == "paid" else round(value, 4)


def stock_table(rows: list[Restock]) -> Table:
    """How long each SKU lasts, and what to buy."""
    return Table(
        _("库存与补货建议"),
        (_("商品"), _("可售库存"), _("预测下限"), _("预测"), _("预测上限"), _("够卖天数"), _("建议补货")),
        tuple(
            (row.name, row.available, row.demand.low, row.demand.mid, row.demand.high,
             None if row.days_left is None else round(row.days_left, 1), row.advice)
            for row in rows
        ),
        ("", _("现在可以卖的卡密"), _("10 次里约有 1 次低于它"), _("这段时间预计卖出的件数"),
         _("10 次里约有 1 次高于它"), _("库存除以每天的预测销量"), _("补到预测上限还差的件数")),
    )  # fmt: skip


def supplier_table(visitor: Visitor, now: datetime) -> Table:
    """How suppliers did."""
    return Table(
        _("供货健康"), (_("供应商"), _("采购"), _("成功率"), _("坏货率")),
        tuple(
            (one.name, one.tries, _share(one.success_rate), _share(one.faulty_rate))
            for one in queries.supplier_health(visitor.shop.id, now)
        ),
        ("", _("最近 24 小时的采购次数"), _("有结果的采购里成功的比例"), _("到货的卡密里查实是坏的比例")),
    )  # fmt: skip


def risk_table(visitor: Visitor, now: datetime) -> Table:
    """What risk control decided."""
    found = queries.risk_health(visitor.shop.id, since=now - RISK_SPAN, until=now)
    return Table(
        _("风控健康"), (_("结果"), _("次数"), _("占比")),
        tuple(
            (str(risk_words.OUTCOMES[Outcome(name)][0]), count, _share(count / found.decisions))
            for name, count in found.outcomes
        ),
        ("", _("最近 7 天这样判断的次数"), _("占全部判断的比例")),
    )  # fmt: skip


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def named(by: str, table: Table) -> Table:
    """With words for channels and ways to pay, which insights do not know."""
    said = {"channel": words.CHANNELS, "method": words.METHODS}.get(by)
    if said is None:
        return table
    return replace(table, rows=tuple((str(said.get(str(row[0]), row[0])), *row[1:]) for row in table.rows))


def shown_rows(table: Table, currency: str) -> list[tuple[str, list[str]]]:
    """Rows of a table of figures for a page: (name, cells); amounts are texts in it, shares are fractions."""
    return [(str(row[0]), [_shown(value, currency) for value in row[1:]]) for row in table.rows]


def _shown(value: object, currency: str) -> str:
    if isinstance(value, str):
        return f"{writing.sign_of(currency)}{Decimal(value):,}" if not value.startswith("-") else (
            f"−{writing.sign_of(currency)}{-Decimal(value):,}"
        )  # fmt: skip
    if isinstance(value, float):
        return writing.percent(value)
    return writing.thousands(value if isinstance(value, int) else None)
