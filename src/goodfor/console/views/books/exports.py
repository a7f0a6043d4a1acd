"""The books as files: for accountants' software, spreadsheets, and programs that add everything up again."""

from datetime import date
from typing import Any, Final

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from goodfor.console import book_words as words
from goodfor.console.errors import NotAllowed
from goodfor.console.frame import console_page, show
from goodfor.console.operations.take_books import take_books
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views.books.asked import day_of
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import EXPONENTS
from goodfor.ledger import queries as ledger
from goodfor.ledger.exports import FORMATS, ExportOptions

PAGE: Final = "desk:book-files"
#: Lines that are written while somebody waits; more are for the command line.
MOST: Final = 200_000
MOST_XLSX: Final = 60_000
#: What vouchers are read as.
_GBK: Final = frozenset({"kingdee", "yonyou"})


@console_page(Permission.LEDGER_VIEW, methods=("GET", "POST"))
def files(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Choose a form and days; on POST the file, for those who may, with a reason, after a fresh proof."""
    if request.method != "POST":
        return _files(request, visitor)
    if not visitor.may(Permission.LEDGER_ADJUST):
        raise NotAllowed
    require_fresh_proof(request)
    try:
        return _take(request, visitor)
    except DomainError as error:
        return _files(request, visitor, error)


def _take(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    sent = request.POST
    form, reason = sent.get("form", ""), sent.get("reason", "").replace("\x00", "").strip()
    first, last = day_of(sent.get("from", "")), day_of(sent.get("until", ""))
    if form not in FORMATS:
        raise InvalidInput(_("请选择格式"), field="form")
    if first is None or last is None or last < first:
        raise InvalidInput(_("请选择开始和结束的日子，开始在前"), field="until")
    if not reason:
        raise InvalidInput(_("请填写用途"), field="reason")
    _not_too_many(visitor, form, first, last)
    taken = take_books(
        shop_id=visitor.shop.id, form=form, first_day=first, last_day=last, options=_options(visitor, form, sent),
        reason=reason, actor=visitor.actor, now=utc_now(),
    )  # fmt: skip
    name = f"books-{form}-{first:%Y%m%d}-{last:%Y%m%d}{FORMATS[form].suffix}"
    response = FileResponse(taken.file, as_attachment=True, filename=name, content_type="application/octet-stream")
    response["Content-Length"] = str(taken.size)
    return response  # type: ignore[return-value]


def _options(visitor: Visitor, form: str, sent: Any) -> ExportOptions:
    currency, encoding = sent.get("currency", "") or visitor.shop.currency, sent.get("encoding", "")
    if currency not in EXPONENTS:
        raise InvalidInput(_("请选择币种"), field="currency")
    if encoding not in ("", "utf-8", "gbk"):
        raise InvalidInput(_("请选择编码"), field="encoding")
    return ExportOptions(encoding=encoding or ("gbk" if form in _GBK else "utf-8"), currency=currency)


def _not_too_many(visitor: Visitor, form: str, first: date, last: date) -> None:
    """A file of so many lines takes longer than a page may; the command line writes any of them."""
    most = MOST_XLSX if form.endswith("xlsx") else MOST
    if form.startswith("trial") or ledger.count_lines(visitor.shop.id, first, last, most + 1) <= most:
        return
    raise InvalidInput(
        _("超过 %(n)s 行：请缩短时间，或在服务器上用 ./goodfor ledger export 导出") % {"n": f"{most:,}"}, field="until"
    )


def _files(request: HttpRequest, visitor: Visitor, error: DomainError | None = None) -> HttpResponse:
    sent = request.POST if request.method == "POST" else request.GET
    today = ledger.business_day(utc_now())
    first, field = today.replace(day=1), str(error.data.get("field", "")) if error else ""
    context = {
        "forms": [(key, title) for key, title, _about in words.FORMS],
        "abouts": [(title, about) for _key, title, about in words.FORMS],
        "chosen": sent.get("form", "") if sent.get("form", "") in FORMATS else words.FORMS[0][0],
        "from": sent.get("from", first.isoformat())[:10],
        "until": sent.get("until", today.isoformat())[:10],
        "reason": sent.get("reason", "")[:200],
        "encodings": list(words.ENCODINGS),
        "encoding": sent.get("encoding", ""),
        "currencies": [(one, one) for one in sorted(EXPONENTS)],
        "currency": sent.get("currency", visitor.shop.currency),
        "may_take": visitor.may(Permission.LEDGER_ADJUST),
        "errors": {field: error.detail} if error and field else {},
        "error": error if error and not field else None,
    }
    status = error.http_status if error else 200
    return show(request, visitor, "books/files", context, page=PAGE, status=status)
