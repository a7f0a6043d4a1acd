"""A company's month on paper: both sides, as PDF and CSV. Chinese is set in a font that readers of PDF bring along."""

import csv
import io
from importlib import import_module
from typing import IO, Final

from django.utils.translation import gettext as _

from goodfor.kernel.money import Money
from goodfor.welfare.types import Statement

_FONT: Final = "STSong-Light"
_WIDTH, _HEIGHT, _EDGE, _LINE = 595, 842, 50, 20

Side = tuple[str, list[tuple[str, Money]]]


def sides(told: Statement) -> list[Side]:
    """Heading, and lines of words and amounts; what leaves a side is below zero. The last is the sum of the others."""
    money = told.company.currency

    def lines(*pairs: tuple[str, int]) -> list[tuple[str, Money]]:
        return [(words, Money(minor, money)) for words, minor in pairs]

    return [
        (_("企业预存"), lines(
            (_("期初"), told.opening), (_("转入"), told.paid_in), (_("发放给员工"), -told.granted),
            (_("员工退回"), told.returned), (_("期末"), told.closing),
        )),
        (_("员工持有"), lines(
            (_("期初"), told.held_opening), (_("公司发放"), told.held_granted), (_("使用"), -told.spent),
            (_("退款退回"), told.back), (_("到期退回公司"), -told.ended), (_("离职退回公司"), -told.taken),
            (_("期末"), told.held_closing),
        )),
    ]  # fmt: skip


def write(kind: str, told: Statement, shop_name: str, out: IO[bytes]) -> None:
    """`kind`: pdf or csv."""
    (_pdf if kind == "pdf" else _csv)(told, shop_name, out)


def _head(told: Statement, shop_name: str) -> list[str]:
    return [
        _("员工福利月结单 %(month)s") % {"month": f"{told.month:%Y-%m}"}, f"{told.company.name} · {shop_name}",
        _("两边相符") if told.balances else _("两边不符，请联系商家"),
    ]  # fmt: skip


def _csv(told: Statement, shop_name: str, out: IO[bytes]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for line in _head(told, shop_name):
        writer.writerow([_plain(line)])
    for heading, lines in sides(told):
        writer.writerow([])
        writer.writerow([_plain(heading), told.company.currency])
        writer.writerows([_plain(words), amount.as_decimal_string()] for words, amount in lines)
    # With its mark: spreadsheets take it for something else without.
    out.write(text.getvalue().encode("utf-8-sig"))


def _plain(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


def _pdf(told: Statement, shop_name: str, out: IO[bytes]) -> None:
    # Heavy to import, and most processes never write one.
    metrics = import_module("reportlab.pdfbase.pdfmetrics")
    metrics.registerFont(import_module("reportlab.pdfbase.cidfonts").UnicodeCIDFont(_FONT))
    canvas = import_module("reportlab.pdfgen.canvas").Canvas("", pagesize=(_WIDTH, _HEIGHT), invariant=1)
    y = _HEIGHT - _EDGE
    for n, line in enumerate(_head(told, shop_name)):
        canvas.setFont(_FONT, 10 if n else 16)
        canvas.drawString(_EDGE, y, line)
        y -= _LINE
    for heading, lines in sides(told):
        y -= _LINE
        canvas.setFont(_FONT, 12)
        canvas.drawString(_EDGE, y, heading)
        canvas.line(_EDGE, y - 5, _WIDTH - _EDGE, y - 5)
        canvas.setFont(_FONT, 10)
        for words, amount in lines:
            y -= _LINE
            canvas.drawString(_EDGE, y, words)
            canvas.drawRightString(_WIDTH - _EDGE, y, f"{amount.as_decimal_string()} {amount.currency}")
        y -= _LINE
    canvas.showPage()
    out.write(canvas.getpdfdata())
