"""One invoice or red letter: what stands on it, how it came about, and what a person can do."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import invoice_words as words
from goodfor.console.desk.invoices import signed
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.identity import queries as identity
from goodfor.identity.types import Permission
from goodfor.invoices import queries as invoices
from goodfor.invoices.errors import InvoiceMoved
from goodfor.invoices.operations import red_letter, resolve_invoice, retry_invoice, withdraw_invoice
from goodfor.invoices.types import InvoiceView, LineOf, StepView, Title
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import Money

PAGE: Final = "desk:invoices"


@console_page(Permission.INVOICES_VIEW)
def invoice(request: HttpRequest, visitor: Visitor, invoice_id: UUID) -> HttpResponse:
    """What there is."""
    return _page(request, visitor, invoices.invoice(visitor.shop.id, invoice_id))


@console_page(Permission.INVOICES_MANAGE, methods=("POST",))
def act(request: HttpRequest, visitor: Visitor, invoice_id: UUID) -> HttpResponse:
    """`act`: retry, red, issued, failed or withdraw; what makes or unmakes a paper takes a fresh proof."""
    found = invoices.invoice(visitor.shop.id, invoice_id)
    require_fresh_proof(request)
    try:
        after = _done(request, visitor, found)
    except DomainError as error:
        return _page(request, visitor, invoices.invoice(visitor.shop.id, invoice_id), error)
    return done(request, _("已处理"), reverse("desk:invoice", args=[after.id]))


def _done(request: HttpRequest, visitor: Visitor, found: InvoiceView) -> InvoiceView:
    sent, what = request.POST, request.POST.get("act", "")
    common: dict[str, Any] = {
        "shop_id": visitor.shop.id, "invoice_id": found.id, "actor": visitor.actor, "now": utc_now(),
    }  # fmt: skip
    if what == "retry":
        return retry_invoice(**common, title=_title(request) if found.kind == "blue" else None)
    if what == "red":
        if not sent.get("reason", "").strip():
            raise InvalidInput(_("请写明红冲的原因"))
        return red_letter(**common, reason=sent.get("reason", ""))
    if what in ("issued", "failed"):
        return resolve_invoice(
            **common, issued=what == "issued", official=sent.get("official", ""), link=sent.get("link", ""),
            note=sent.get("note", ""),
        )  # fmt: skip
    if what == "withdraw":
        return withdraw_invoice(**common)
    raise InvalidInput(_("没有这个操作"))


def _title(request: HttpRequest) -> Title | None:
    """The title as it was put right; None where the form had none."""
    sent = request.POST
    if "kind" not in sent:
        return None
    return Title(sent["kind"], sent.get("name", ""), sent.get("tax_number", ""), sent.get("email", ""))


def _page(request: HttpRequest, visitor: Visitor, found: InvoiceView, error: DomainError | None = None) -> HttpResponse:
    shop_id = visitor.shop.id
    may = visitor.may(Permission.INVOICES_MANAGE)
    state, tone = words.state(found.state)
    waits = found.state == "unknown" or (found.state in ("requested", "issuing") and found.next_try_at is None)
    beside = [one for one in invoices.of_order(shop_id, found.order_id) if one.id != found.id]
    context = {
        "title": f"{words.KINDS.get(found.kind, found.kind)} {found.number}",
        "one": found,
        "state": state,
        "tone": tone,
        "failure": words.failure(found.failure),
        "paper": words.PAPERS.get(found.paper, found.paper),
        "title_kind": words.TITLES.get(found.title_kind, found.title_kind),
        "to": invoices.title(shop_id, found.id),
        "kinds": list(words.TITLES.items()),
        "total": signed(found, found.total_minor),
        "tax": signed(found, found.tax_minor),
        "back": Money(found.reversed_minor, found.currency) if found.reversed_minor else None,
        "lines": [_line(found, line) for line in invoices.lines(shop_id, found.id)],
        "history": [_step(visitor, step) for step in invoices.history(shop_id, found.id)],
        "beside": [_beside(one) for one in beside],
        "may_retry": may and found.state == "failed",
        "may_red": may and found.kind == "blue" and found.state == "issued",
        "may_resolve": may and waits,
        # While its issuer is asked, nobody says that it was not written.
        "may_fail": may and found.next_try_at is None,
        "may_withdraw": may and found.kind == "blue" and found.state == "requested",
        "waits": waits,
        "error": error,
        "wrong": _wrong(error) if error else "",
    }
    crumbs = [(_("发票"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "invoices/one", context, page=PAGE, crumbs=crumbs, status=status)


def _wrong(error: DomainError) -> str:
    """What to do about it."""
    field = str(error.data.get("field", ""))
    if isinstance(error, InvoiceMoved):
        return _("状态已经变了，看看下面的经过。")
    return {
        "tax_number": _("税号的最后一位是校验位，对不上：请核对 18 位统一社会信用代码。"),
        "name": _("抬头 1 到 100 个字。"),
        "email": _("邮箱写错了，可以留空。"),
        "official": _("发票号码是字母和数字，最多 40 位，不能和别的发票相同。"),
        "link": _("链接要以 https 开头，可以留空。"),
        "note": _("请写明没有开成的原因。"),
    }.get(field, "")


def _line(found: InvoiceView, line: LineOf) -> dict[str, Any]:
    return {
        "one": line,
        "tax_class": words.tax_class(line.tax_class),
        "rate": f"{line.rate_bp / 100:g}%",
        "amount": signed(found, line.amount_minor),
        "tax": signed(found, line.tax_minor),
        "back": Money(line.reversed_minor, found.currency) if line.reversed_minor else None,
    }


def _step(visitor: Visitor, step: StepView) -> dict[str, Any]:
    label, tone = words.state(step.to_state)
    member = identity.staff_by_actor(visitor.shop.id, step.actor)
    names = {"system": _("系统"), "provider": _("开票方")}
    who = member.username if member else names.get(step.actor, _("买家") if step.actor.startswith(_BUYERS) else "")
    return {"at": step.at, "label": label, "tone": tone, "who": who}


_BUYERS: Final = ("buyer", "guest")


def _beside(one: InvoiceView) -> dict[str, Any]:
    state, tone = words.state(one.state)
    return {
        "one": one, "kind": words.KINDS.get(one.kind, one.kind), "state": state, "tone": tone,
        "total": signed(one, one.total_minor),
    }  # fmt: skip
