"""A bill's file by hand, where the channel's own way does not give it."""

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import words
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import step_up
from goodfor.console.types import Visitor
from goodfor.console.views.bills import PAGE
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.payments import queries as payments
from goodfor.payments.operations.hand_in_bill import MOST, hand_in_bill

#: Endings of the files that channels give.
ACCEPT: Final = ".csv,.zip,.gz,.txt"


@console_page(Permission.PAYMENTS_RESOLVE, methods=("GET", "POST"))
@step_up
def bill_file(request: HttpRequest, visitor: Visitor, bill_id: UUID) -> HttpResponse:
    """Hand in the file of one bill."""
    found = payments.bill(visitor.shop.id, bill_id)
    error: DomainError | None = None
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                raise InvalidInput(_("请选择文件"))
            rows = hand_in_bill(
                shop_id=visitor.shop.id, bill_id=bill_id, parts=file.chunks(), actor=visitor.actor, now=utc_now()
            )
        except DomainError as refused:
            error = refused
        else:
            return done(request, _("账单已入库，%(n)s 行") % {"n": f"{rows:,}"}, reverse(PAGE))
    context = {
        "title": _("上传账单文件"),
        "bill": found,
        "kind": words.word(words.BILL_KINDS, found.kind),
        "state": words.BILL_STATES.get(found.state, (found.state, "plain")),
        "open": found.state in ("wanted", "refused"),
        "accept": ACCEPT,
        "most": MOST,
        "error": _reason(error) if error else "",
    }
    status = error.http_status if error else 200
    crumbs = [(_("通道账单"), reverse(PAGE))]
    return show(request, visitor, "bill_file", context, page=PAGE, crumbs=crumbs, status=status)


def _reason(error: DomainError) -> str:
    """Why, and where."""
    reason, line = error.data.get("reason"), error.data.get("line")
    if not reason:
        return error.detail
    where = _("第 %(line)s 行") % {"line": line} if line else ""
    return " ".join(part for part in (error.detail, where, f"({reason})") if part)
