"""Taking unsold codes away in the open: for those who may reveal, after a fresh proof, with a reason, written down."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console.frame import console_page, show
from goodfor.console.listing.files import csv_text
from goodfor.console.stepup import step_up
from goodfor.console.types import Visitor
from goodfor.console.views import code_forms as forms
from goodfor.console.views.code_batch import PAGE, batch_of
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.vault import operations as vault
from goodfor.vault.types import BatchFigures, RevealedCode

MARK: Final = "\ufeff"


@console_page(Permission.CODES_REVEAL, methods=("GET", "POST"))
@step_up
def export(request: HttpRequest, visitor: Visitor, code_batch_id: UUID) -> HttpResponse:
    """The question, and on POST the file itself, which is never stored."""
    found = batch_of(visitor, code_batch_id)
    if request.method != "POST":
        return _ask(request, visitor, found)
    reason = forms.text_of(request.POST, "reason")
    try:
        if not reason:
            raise InvalidInput(_("请填写原因"))
        if request.POST.get("counted") != str(found.left):
            raise InvalidInput(_("数量已变化，请按新的数量重新确认"))
        pages = vault.export_codes(
            shop_id=visitor.shop.id,
            batch_id=code_batch_id,
            reason=reason,
            actor=visitor.actor,
            take_off_sale="keep_on_sale" not in request.POST,
            now=utc_now(),
        )
    except DomainError as error:
        return _ask(request, visitor, batch_of(visitor, code_batch_id), error)
    heads = (_("卡号"), _("卡密"), _("有效期"))
    response = StreamingHttpResponse(_lines(heads, pages, visitor), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="codes-{found.batch.created_at:%Y%m%d-%H%M}.csv"'
    return response  # type: ignore[return-value]


def _ask(request: HttpRequest, visitor: Visitor, found: BatchFigures, error: DomainError | None = None) -> HttpResponse:
    back = reverse("desk:code-batch", args=[found.batch.id])
    context = {"title": _("导出未售卡密"), "found": found, "batch": found.batch, "error": error, "back": back}
    crumbs = [(_("卡密批次"), reverse(PAGE)), (found.batch.filename, back)]
    status = error.http_status if error else 200
    return show(request, visitor, "code_export", context, page=PAGE, crumbs=crumbs, status=status)


def _lines(heads: tuple[str, ...], pages: Iterator[list[RevealedCode]], visitor: Visitor) -> Iterator[str]:
    """CSV that a spreadsheet opens rightly; what it would take for a formula is quoted."""
    yield MARK + _csv([list(heads)])
    for page in pages:
        yield _csv(
            [
                [csv_text(code.number), csv_text(code.secret), forms.day_before(code.expires_at, visitor)]
                for code in page
            ]
        )


def _csv(rows: list[list[str]]) -> str:
    out = StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue()
