"""The VAT summary as CSV: UTF-8 with a mark for spreadsheets, amounts with two decimals. Pure."""

import csv
import io
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from goodfor.invoices.types import VatRow
from goodfor.kernel.money import Money

MARK = "\ufeff"


def summary_csv(rows: Sequence[VatRow]) -> Iterator[str]:
    """One line a paper, class, rate and currency."""
    yield MARK + _line(
        [_("币种"), _("类别"), _("税目"), _("税率"), _("发票张数"), _("价税合计"), _("税额"), _("红字张数"),
         _("红字价税合计"), _("红字税额"), _("净额"), _("净税额")]
    )  # fmt: skip
    for row in rows:
        money = [row.amount_minor, row.tax_minor, row.red_amount_minor, row.red_tax_minor, row.net_minor,
                 row.net_tax_minor]  # fmt: skip
        told = [amount(one, row.currency) for one in money]
        yield _line(
            [row.currency, row.paper, row.tax_class, f"{row.rate_bp / 100:g}%", str(row.count), *told[:2],
             str(row.red_count), *told[2:]]
        )  # fmt: skip


def amount(minor: int, currency: str) -> str:
    """In the currency's unit, with a point."""
    return Money(minor, currency).as_decimal_string()


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([_harmless(cell) for cell in cells])
    return out.getvalue()


def _harmless(cell: str) -> str:
    """A spreadsheet must not take what somebody typed for a formula; a negative amount is none."""
    number = cell[:1] == "-" and cell[1:].replace(".", "", 1).isdigit()
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not number else cell
