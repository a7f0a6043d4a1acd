"""A purchase whose end nobody knows: what is known, whom to call, and a person's word for how it ended."""

import re
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from goodfor.console.access import is_fresh
from goodfor.console.desk.purchases import rows_of
from goodfor.console.errors import NotAllowed
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views.supply import forms
from goodfor.console.views.supply.items import call_row
from goodfor.console.views.supply.purchase import facts_of
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.supply import queries as supply
from goodfor.supply.operations.decide import ask_again, code_of, decide_bought, decide_not_bought

PAGE: Final = "desk:supply-desk"
#: Between a card's number and its secret.
_PARTS: Final = re.compile(r"[\t ,，;；|]+|----")
LONGEST: Final = 200_000


@sensitive_post_parameters("codes")
@console_page(Permission.SUPPLY_VIEW, methods=("GET", "POST"))
def decide(request: HttpRequest, visitor: Visitor, attempt_id: UUID) -> HttpResponse:
    """`act`: again (ask once more), bought (with the codes they gave), absent (there was no order, or no charge)."""
    found = supply.purchase(visitor.shop.id, attempt_id)
    if request.method != "POST":
        return _page(request, visitor, found)
    if not visitor.may(Permission.SUPPLY_MANAGE):
        raise NotAllowed
    try:
        said = _decide(request, visitor, found)
    except DomainError as error:
        return _page(request, visitor, supply.purchase(visitor.shop.id, attempt_id), error)
    return done(request, said, reverse("desk:purchase", args=[attempt_id]))


def _decide(request: HttpRequest, visitor: Visitor, found: supply.PurchaseView) -> str:
    act, note = request.POST.get("act", ""), request.POST.get("note", "").strip()
    if act not in ("again", "bought", "absent"):
        raise InvalidInput(_("没有这个操作"))
    told: dict[str, Any] = {
        "shop_id": visitor.shop.id, "attempt_id": found.id, "actor": visitor.actor, "now": utc_now(), "note": note,
    }  # fmt: skip
    if act == "again":
        ask_again(**told)
        return _("已安排再次查询，几秒后刷新看结果")
    if not note:
        raise InvalidInput(_("请写下依据，如对方客服的答复"), field="note")
    require_fresh_proof(request)
    if act == "absent":
        decide_not_bought(**told)
        return _("已记为没有成交，会马上找下一家")
    typed = request.POST.get("codes", "")[:LONGEST]
    codes = [] if found.kind == "direct" else codes_in(typed)
    if found.kind != "direct" and not codes:
        raise InvalidInput(_("请填写对方给的卡密，一行一个"), field="codes")
    if len(codes) > found.attempt.quantity:
        raise InvalidInput(_("卡密比采购数量多，请核对"), field="codes")
    charged: Decimal | None = forms.exact(request.POST.dict(), "charged")
    decide_bought(codes=codes, ref=request.POST.get("ref", "").strip()[:64], charged=charged, **told)
    return _("已记为到货")


def codes_in(text: str) -> list[Any]:
    """A line each: a secret, or a number and a secret. Raises InvalidInput, in words, without the code."""
    codes = []
    for place, line in enumerate(text.replace("\r", "\n").split("\n"), 1):
        parts = [part for part in _PARTS.split(line.strip()) if part]
        if len(parts) > 2:
            raise InvalidInput(_("第 %(n)s 行看不懂，请写成“卡号 卡密”或只写卡密") % {"n": place}, field="codes")
        if parts:
            codes.append(code_of(number=parts[0] if len(parts) == 2 else "", secret=parts[-1]))
    return codes


def _page(
    request: HttpRequest, visitor: Visitor, found: supply.PurchaseView, error: DomainError | None = None
) -> HttpResponse:
    row = rows_of(visitor.shop.id, [found])[0]
    wrong, why = forms.problem_of(error)
    lines = supply.calls(visitor.shop.id, attempt_id=found.id, limit=100)
    posted = request.POST
    context = {
        **facts_of(visitor, row),
        "calls": [call_row(line) for line in lines],
        "questions": sum(1 for line in lines if line.what != "place"),
        "may_read": visitor.may(Permission.SUPPLY_MANAGE),
        "with_purchase": False,
        "may_decide": visitor.may(Permission.SUPPLY_MANAGE) and found.attempt.ended_at is None,
        # Codes that are typed in would be lost on the way to a proof: it comes first.
        "fresh": is_fresh(request, utc_now()),
        "prove_at": f"{reverse('desk:prove')}?{urlencode({'next': request.path})}",
        "supplier_at": reverse("desk:supplier", args=[found.attempt.supplier_id]),
        # What was typed comes back, but for codes.
        "typed": {key: posted.get(key, "") for key in ("note", "ref", "charged")} if error else {},
        "act": posted.get("act", ""),
        "errors": {wrong: why} if wrong else {},
        "error": error,
    }
    crumbs = [(_("结果未知"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "supply/decide", context, page=PAGE, crumbs=crumbs, status=status)
