"""Bills of the payment channels: what was fetched, what is missing, what was refused, and asking again."""

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from goodfor.console import words
from goodfor.console.errors import NotAllowed
from goodfor.console.frame import console_page, done, show
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import InvalidInput
from goodfor.payments import queries as payments
from goodfor.payments.operations.want_bills import want_again

PAGE: Final = "desk:bills"
SHOWN: Final = 100


@console_page(Permission.PAYMENTS_VIEW, methods=("GET", "POST"))
def bills(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The last bills, newest first; who may resolve cases may ask for one again."""
    if request.method == "POST":
        return _again(request, visitor)
    found = payments.bills(visitor.shop.id, limit=SHOWN)
    context = {
        "bills": [
            (bill, words.word(words.BILL_KINDS, bill.kind), *words.BILL_STATES.get(bill.state, (bill.state, "plain")))
            for bill in found
        ],
        "may_ask": visitor.may(Permission.PAYMENTS_RESOLVE),
    }
    return show(request, visitor, "bills", context, page=PAGE)


def _again(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    if not visitor.may(Permission.PAYMENTS_RESOLVE):
        raise NotAllowed
    try:
        bill_id = UUID(request.POST.get("bill", ""))
    except ValueError:
        raise InvalidInput from None
    want_again(shop_id=visitor.shop.id, bill_id=bill_id, actor=visitor.actor, now=utc_now())
    return done(request, _("几分钟内重新下载"), PAGE)
