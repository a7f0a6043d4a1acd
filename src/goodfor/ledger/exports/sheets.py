"""Journal and trial balance: as CSV with stable names of columns, as XLSX with headings in the reader's language."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, BinaryIO

import xlsxwriter
from django.utils.translation import gettext as _

from goodfor.kernel.money import EXPONENTS
from goodfor.ledger.chart import classify
from goodfor.ledger.dated import BUSINESS, daily, trial_balance_on
from goodfor.ledger.exports.source import journal
from goodfor.ledger.exports.types import ExportOptions, JournalLine, Period, decimal

#: A sheet of XLSX has 1,048,576 rows.
SHEET_ROWS = 1_000_000
#: What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")

JOURNAL_COLUMNS = (
    "day", "tx", "line", "reference", "kind", "rule_version", "adjustment", "account", "account_name", "currency",
    "debit", "credit", "order", "order_line", "sku", "supplier", "party", "brand", "campaign", "channel",
    "effective_at", "recorded_at", "cause", "actor",
)  # fmt: skip
TRIAL_COLUMNS = (
    "account", "account_name", "type", "currency", "opening_debit", "opening_credit", "debit", "credit",
    "closing_debit", "closing_credit",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in a cell; nothing is written for 0."""

    minor: int
    currency: str


def _headings() -> dict[str, str]:
    return {
        "day": _("日期"), "tx": _("账务号"), "line": _("行"), "reference": _("账务编号"), "kind": _("类型"),
        "rule_version": _("规则版本"), "adjustment": _("调整"), "account": _("科目"), "account_name": _("科目名称"),
        "currency": _("币种"), "debit": _("借方"), "credit": _("贷方"), "order": _("订单"), "order_line": _("订单行"),
        "sku": _("SKU"), "supplier": _("供应商"), "party": _("合作方"), "brand": _("品牌"), "campaign": _("活动"),
        "channel": _("渠道"), "effective_at": _("生效时间"), "recorded_at": _("记录时间"), "cause": _("起因"),
        "actor": _("操作人"), "type": _("科目类别"), "opening_debit": _("期初借方"), "opening_credit": _("期初贷方"),
        "closing_debit": _("期末借方"), "closing_credit": _("期末贷方"),
    }  # fmt: skip


def account_name(code: str) -> str:
    """What the chart calls an account, in the reader's language."""
    line = classify(code)
    return str(line.label) if line else ""


def _journal_row(line: JournalLine, names: dict[str, str]) -> tuple[Any, ...]:
    if line.code not in names:
        names[line.code] = account_name(line.code)
    amount, currency = line.amount_minor, line.currency
    cause = f"{line.cause_type}:{line.cause_id}" if line.cause_id else line.cause_type
    return (
        line.day, line.tx_id, line.seq, line.reference, line.kind, line.rule_version, int(line.adjustment), line.code,
        names[line.code], currency, Amount(max(amount, 0), currency), Amount(max(-amount, 0), currency),
        *(str(x or "") for x in (line.order_id, line.order_line_id, line.sku_id, line.supplier_id, line.party_id)),
        *(str(x or "") for x in (line.brand_id, line.campaign_id)), line.channel,
        line.effective_at.astimezone(BUSINESS).isoformat(), line.recorded_at.astimezone(BUSINESS).isoformat(),
        cause, line.actor,
    )  # fmt: skip


def _journal_rows(period: Period) -> Iterator[tuple[Any, ...]]:
    names: dict[str, str] = {}
    return (_journal_row(line, names) for line in journal(period))


def _trial_rows(period: Period) -> Iterator[tuple[Any, ...]]:
    before = period.first_day - timedelta(days=1)
    opening = {(r.code, r.currency): r for r in trial_balance_on(period.shop_id, before)}
    moved: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for day in daily(period.shop_id, "", period.first_day, period.last_day):
        sums = moved[day.code, day.currency]
        sums[0] += day.debit_minor
        sums[1] += day.credit_minor
    for closing in trial_balance_on(period.shop_id, period.last_day):
        key = (closing.code, closing.currency)
        first, (debit, credit) = opening[key], moved[key]
        amounts = (first.debit_minor, first.credit_minor, debit, credit, closing.debit_minor, closing.credit_minor)
        yield (
            closing.code, account_name(closing.code), closing.type, closing.currency,
            *(Amount(amount, closing.currency) for amount in amounts),
        )  # fmt: skip


def journal_csv(period: Period, file: BinaryIO, options: ExportOptions) -> int:
    """Every posted line; amounts with the currency's decimals, empty for none."""
    return _csv(file, options.codec, JOURNAL_COLUMNS, _journal_rows(period))


def journal_xlsx(period: Period, file: BinaryIO, _options: ExportOptions) -> int:
    """Every posted line, a million a sheet."""
    return _xlsx(file, _("日记账"), JOURNAL_COLUMNS, _journal_rows(period))


def trial_csv(period: Period, file: BinaryIO, options: ExportOptions) -> int:
    """Every account: where it stood before, what it was moved by, where it stands."""
    return _csv(file, options.codec, TRIAL_COLUMNS, _trial_rows(period))


def trial_xlsx(period: Period, file: BinaryIO, _options: ExportOptions) -> int:
    """The same as a sheet."""
    return _xlsx(file, _("试算平衡表"), TRIAL_COLUMNS, _trial_rows(period))


def _plain(value: Any) -> Any:
    if isinstance(value, Amount):
        return decimal(value.minor, value.currency) if value.minor else ""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _csv(file: BinaryIO, codec: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    text = io.TextIOWrapper(file, encoding=codec, newline="", write_through=False)
    out, count = csv.writer(text, lineterminator="\r\n"), 0
    out.writerow(columns)
    for row in rows:
        out.writerow([_plain(value) for value in row])
        count += 1
    text.flush()
    text.detach()
    return count


def _xlsx(file: BinaryIO, title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, dated = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    money = {
        n: book.add_format({"num_format": "#,##0" + ("." + "0" * n if n else "")}) for n in set(EXPONENTS.values())
    }
    headings, count, sheet = _headings(), 0, None
    for row in _and_once_nothing(rows):
        at = count % SHEET_ROWS + 1
        if sheet is None or (row is not None and at == 1 and count):
            sheet = book.add_worksheet(f"{title} {count // SHEET_ROWS + 1}" if count else title)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(columns) - 1, 16)
            for column, name in enumerate(columns):
                sheet.write_string(0, column, headings[name], bold)
        if row is None:
            break
        for column, value in enumerate(row):
            if isinstance(value, Amount):
                if value.minor:
                    exponent = EXPONENTS[value.currency]
                    sheet.write_number(at, column, value.minor / 10**exponent, money[exponent])
            elif isinstance(value, str):
                sheet.write_string(at, column, value)
            elif isinstance(value, int):
                sheet.write_number(at, column, value)
            else:
                sheet.write_datetime(at, column, value, dated)
        count += 1
    book.close()
    return count


def _and_once_nothing(rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any] | None]:
    """The rows and then None, so that a book without rows has its headings too."""
    yield from rows
    yield None
