"""Files a buyer takes along: codes as TXT or CSV, and the slip with number and secret."""

import csv
import io
from collections.abc import Sequence

from django.http import HttpResponse
from django.utils.translation import gettext as _

from goodfor.delivery.types import RevealedCode
from goodfor.orders.types import OrderView

FORMATS = ("txt", "csv")
#: A spreadsheet takes a cell that begins so for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def codes_file(order: OrderView, codes: Sequence[RevealedCode], kind: str) -> HttpResponse:
    """All codes of an order. TXT is exact, one code a line; CSV opens in a spreadsheet without running anything."""
    body = _as_csv(order, codes) if kind == "csv" else _as_txt(codes)
    mime = "text/csv" if kind == "csv" else "text/plain"
    return _attachment(body, f"{order.number}.{kind}", mime)


def receipt_file(shop_name: str, number: str, secret: str, link: str) -> HttpResponse:
    """The slip that finds the order again on any device."""
    rows = [
        shop_name,
        f"{_('订单号')}: {number}",
        f"{_('查单密钥')}: {secret}",
        f"{_('查单地址')}: {link}",
        "",
        _("凭订单号和密钥可在任何设备查单取码。请不要发给别人。"),
    ]
    return _attachment("\r\n".join(rows) + "\r\n", f"{number}-key.txt", "text/plain")


def _as_txt(codes: Sequence[RevealedCode]) -> str:
    return "".join(f"{code.number},{code.secret}\r\n" if code.number else f"{code.secret}\r\n" for code in codes)


def _as_csv(order: OrderView, codes: Sequence[RevealedCode]) -> str:
    titles = {line.line_id: line.title for line in order.lines}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("商品"), _("卡号"), _("卡密"), _("有效期至")])
    for code in codes:
        expires = f"{code.expires_at:%Y-%m-%d}" if code.expires_at else ""
        row = [titles.get(code.line_id, ""), code.number or "", code.secret, expires]
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row])
    return out.getvalue()


def _attachment(body: str, name: str, mime: str) -> HttpResponse:
    # The mark tells spreadsheets and old editors that this is UTF-8.
    response = HttpResponse(("\ufeff" + body).encode(), content_type=f"{mime}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
