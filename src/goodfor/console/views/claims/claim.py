"""One claim on one page: what happened, what is known, what each decision would cost; and deciding it."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.errors import CaseMoved
from goodfor.aftersales.operations.ask_buyer import ask_buyer
from goodfor.aftersales.operations.decide_case import decide_case
from goodfor.aftersales.operations.write_reply import write_reply
from goodfor.aftersales.queries import DeskCase
from goodfor.aftersales.states import REMEDIES
from goodfor.console import claim_money
from goodfor.console import claim_words as words
from goodfor.console.access import is_fresh
from goodfor.console.desk.claims import due_of
from goodfor.console.desk.sku_names import sku_names
from goodfor.console.frame import console_page, done, show
from goodfor.console.refund_words import proof_if_asked, today_words
from goodfor.console.rule_words import when_lines
from goodfor.console.types import Visitor
from goodfor.console.views.claims import items
from goodfor.console.views.claims.replies import prepared
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kit.writing import plain_money
from goodfor.orders import queries as orders
from goodfor.orders.deciding import decided_by
from goodfor.supply import queries as supply
from goodfor.supply.operations.complain_about import complain_about

PAGE: Final = "desk:claims"
#: Decisions that somebody may make, in the order of the buttons.
DECISIONS: Final = ("refund", "replace", "void_refund", "reject", "ask_supplier")
#: Once decided, or while nothing is decided by machine either.
DECIDABLE: Final = frozenset({"person", "checking", "asking"})
MAX_TEXT: Final = 500


@console_page(Permission.ORDERS_VIEW)
def claim(request: HttpRequest, visitor: Visitor, ticket_id: UUID) -> HttpResponse:
    """Everything about one claim; never a code."""
    return _claim(request, visitor, ticket_id)


def _claim(
    request: HttpRequest, visitor: Visitor, ticket_id: UUID, error: DomainError | None = None,
    typed: Mapping[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    shop_id, now = visitor.shop.id, utc_now()
    case = aftersales.facts_now(shop_id, aftersales.desk_case(shop_id, ticket_id), now)
    currency = case.amount.currency
    thread = supply.inquiries(shop_id, case.id)
    may_decide = visitor.may(Permission.CLAIMS_DECIDE)
    found, policy = case.suggestion, aftersales.policy(shop_id)
    label, tone = words.state(case.state)
    context: dict[str, Any] = {
        "title": _("售后 %(number)s") % {"number": case.number},
        "case": case,
        "state": label,
        "tone": tone,
        "due": due_of(case, now),
        "reason": words.reason(case.reason),
        "product": sku_names(shop_id, [case.sku_id]).get(case.sku_id, ""),
        "buyer": _buyer(visitor, case),
        "supplier": _supplier(visitor, case),
        "timeline": items.timeline_of(visitor, case, thread),
        "evidence": items.evidence_of(case, currency),
        "suggestion": found,
        "suggested": words.action(found.rule.then) if found else "",
        "because": when_lines(found.rule, currency) if found else [],
        "why": aftersales.why_words(shop_id, case.id, found.rule.why) if found else "",
        "said": _said(visitor, case),
        "policy": policy.version,
        "similar": items.similar_rows(aftersales.similar_cases(shop_id, case), case),
        "effects": [
            (words.action(one.action), one, words.BEARERS[one.bearer])
            for one in claim_money.effects(visitor, case, now)
            if one.action != "void_refund" or case.supplier_id is not None
        ],
        "may_see_cost": visitor.may(Permission.SUPPLY_VIEW),
        "pictures": aftersales.pictures_of(shop_id, case.id) if may_decide else [],
        "thread": items.thread_rows(thread),
        "money": items.money_rows(visitor, case),
        "promised": aftersales.promise_lines(case.terms, currency, str(case.facts.get("kind", "code"))),
        "may_decide": may_decide and case.state in DECIDABLE,
        "may_ask": may_decide and case.state in ("person", "checking"),
        "may_write": may_decide,
        "may_complain": may_decide and case.supplier_id is not None,
        "decisions": _buttons(case),
        "refunds_today": today_words(visitor, now) if may_decide else [],
        "asks": list(words.QUESTIONS.items()),
        "snippets": [(number, one.label) for number, one in enumerate(prepared(shop_id), 1)],
        "may_prepare": visitor.may(Permission.PROMISES_SET),
        "typed": {"text": snippet_text(request.GET.get("say", ""), visitor, case), **(typed or {})},
        "most": MAX_TEXT,
        "error": error,
    }
    crumbs = [(_("售后工单"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "claims/claim", context, page=PAGE, crumbs=crumbs, status=status)


def _buyer(visitor: Visitor, case: DeskCase) -> dict[str, Any]:
    """The contact as the visitor may see it, and whether it is an account."""
    order = orders.desk_order(visitor.shop.id, case.number)
    contact = order.contact if visitor.may(Permission.BUYERS_VIEW) else orders.masked_contact(order.contact)
    kinds = {"buyer": _("有账号的买家"), "guest": pgettext("claim", "访客"), "client": _("API 客户")}
    return {"contact": contact, "kind": kinds.get(case.buyer.partition(":")[0], "")}


def _supplier(visitor: Visitor, case: DeskCase) -> Any:
    if case.supplier_id is None or not visitor.may(Permission.SUPPLY_VIEW):
        return None
    return next((one for one in supply.suppliers(visitor.shop.id) if one.id == case.supplier_id), None)


def _said(visitor: Visitor, case: DeskCase) -> tuple[str, str] | None:
    """What was decided last, and why, in words."""
    if case.said is None:
        return None
    return words.action(case.said[0]), aftersales.why_words(visitor.shop.id, case.id, case.said[2])


def _buttons(case: DeskCase) -> list[dict[str, Any]]:
    suggested = case.suggestion.rule.then if case.suggestion else ""
    confirm = {
        "refund": _("把钱退给买家？退回后不能撤销。"),
        "replace": _("给买家换新的卡密？旧的会停用。"),
        "void_refund": _("先请供应商作废，作废成功后退款？"),
        "reject": _("不通过这次售后？买家会看到原因，可以申诉一次。"),
        "ask_supplier": _("问供应商这些卡密的状态？"),
    }
    return [
        {"key": key, "label": words.action(key), "confirm": confirm[key], "main": key == suggested,
         "danger": key == "reject"}
        for key in DECISIONS
        if key not in ("void_refund", "ask_supplier") or case.supplier_id is not None
    ]  # fmt: skip


def snippet_text(chosen: str, visitor: Visitor, case: DeskCase) -> str:
    """A prepared reply (its number, from 1) with its places filled in; empty for none."""
    known = prepared(visitor.shop.id)
    number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 4 else 0
    if not 0 < number <= len(known):
        return ""
    product = sku_names(visitor.shop.id, [case.sku_id]).get(case.sku_id, "")
    return known[number - 1].text.format(
        number=case.number, product=product, reason=words.reason(case.reason), amount=plain_money(case.amount)
    )


# -- acts -------------------------------------------------------------------------------------------


def _acted(
    request: HttpRequest, visitor: Visitor, ticket_id: UUID, said: str, act: Callable[[DeskCase], None]
) -> HttpResponse:
    """Do it to the case that the page showed: what has moved since is looked at anew. A refusal is told on the page."""
    case = aftersales.desk_case(visitor.shop.id, ticket_id)
    try:
        if request.POST.get("mark", "") != case.mark:
            raise CaseMoved
        act(case)
    except DomainError as error:
        return _claim(request, visitor, ticket_id, error, request.POST.dict())
    return done(request, said, reverse("desk:claim", args=[ticket_id]))


def _text(request: HttpRequest, field: str, problem: str) -> str:
    text = request.POST.get(field, "").replace("\x00", "").strip()
    if not text:
        raise InvalidInput(problem)
    return text[:MAX_TEXT]


@console_page(Permission.CLAIMS_DECIDE, methods=("POST",))
def decide(request: HttpRequest, visitor: Visitor, ticket_id: UUID) -> HttpResponse:
    """Decide it; where it gives money back above one's limits, with a proof of who one is."""
    action, now = request.POST.get("act", ""), utc_now()

    def act(case: DeskCase) -> None:
        if action not in DECISIONS:
            raise InvalidInput(_("没有这个操作"))
        note = request.POST.get("note", "").replace("\x00", "").strip()[:MAX_TEXT]
        if action == "reject" and not note:
            raise InvalidInput(_("不通过时请写明原因，买家会看到"))
        by = decided_by(visitor.actor, by_staff=True, proven=is_fresh(request, now))
        with proof_if_asked(request):
            decide_case(
                shop_id=visitor.shop.id, case_id=case.id, action=action, note=note, actor=visitor.actor, by=by, now=now,
                proven="proven" in request.POST and action in REMEDIES,
            )  # fmt: skip

    return _acted(request, visitor, ticket_id, _("已处理：%(what)s") % {"what": words.action(action)}, act)


@console_page(Permission.CLAIMS_DECIDE, methods=("POST",))
def ask(request: HttpRequest, visitor: Visitor, ticket_id: UUID) -> HttpResponse:
    """Ask the buyer for something; the clocks stand still until they answer."""

    def act(case: DeskCase) -> None:
        why = request.POST.get("why", "")
        if why not in words.QUESTIONS:
            raise InvalidInput(_("请选择要买家补充什么"))
        note = request.POST.get("note", "").replace("\x00", "").strip()[:MAX_TEXT]
        ask_buyer(shop_id=visitor.shop.id, case_id=case.id, why=why, note=note, actor=visitor.actor, now=utc_now())

    return _acted(request, visitor, ticket_id, _("已请买家补充，计时暂停"), act)


@console_page(Permission.CLAIMS_DECIDE, methods=("POST",))
def write(request: HttpRequest, visitor: Visitor, ticket_id: UUID) -> HttpResponse:
    """Write to the buyer; decides nothing."""

    def act(case: DeskCase) -> None:
        text = _text(request, "text", _("请写下回复"))
        write_reply(shop_id=visitor.shop.id, case_id=case.id, text=text, actor=visitor.actor, now=utc_now())

    return _acted(request, visitor, ticket_id, _("已回复买家"), act)


@console_page(Permission.CLAIMS_DECIDE, methods=("POST",))
def complain(request: HttpRequest, visitor: Visitor, ticket_id: UUID) -> HttpResponse:
    """Complain to the supplier that sold the codes of this claim."""

    def act(case: DeskCase) -> None:
        text = _text(request, "text", _("请写下投诉内容"))
        codes = [one.code_id for one in orders.claim_units(visitor.shop.id, case.id) if one.code_id is not None]
        sent = complain_about(
            shop_id=visitor.shop.id, subject=case.id, code_ids=codes, text=text, now=utc_now()
        )  # fmt: skip
        if not sent:
            raise InvalidInput(_("这家供应商不能投诉，或已经投诉过"))

    return _acted(request, visitor, ticket_id, _("投诉已交给供应商"), act)
