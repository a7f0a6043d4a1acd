"""Cycles of all parties: what each is owed, when it is cut off next, what is on its way; and how the shop settles."""

from collections import defaultdict
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from goodfor.console import finance_words as words
from goodfor.console import money_fields as fields
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import step_up
from goodfor.console.types import Visitor
from goodfor.console.views.finance.parties import cycle_text
from goodfor.finance import queries as finance
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money
from goodfor.settlement import queries as settlement
from goodfor.settlement.operations import set_policy
from goodfor.settlement.types import CycleView, PolicyView, StatementSearch

PAGE: Final = "desk:settlement"


@console_page(Permission.LEDGER_VIEW)
def overview(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """A row a party, those that are owed most first."""
    shop_id, now = visitor.shop.id, utc_now()
    parties = {one.id: one for one in finance.parties(shop_id)}
    found = [one for one in settlement.cycles(shop_id, now) if one.party.kind != "platform"]
    found.sort(key=lambda one: (-abs(one.owed.amount_minor), one.party.code))
    payable = [one for one in settlement.payable(shop_id) if one.is_due]
    counts = settlement.count_statements(shop_id, StatementSearch())
    context = {
        "rows": [
            {
                "stand": one,
                "kind": words.KINDS.get(one.party.kind, one.party.kind),
                "cycle": cycle_text(parties[one.party.id]) if one.party.id in parties else one.party.cycle,
                "owed": Money(one.owed.amount_minor, one.party.currency),
                "open": Money(one.open_minor, one.party.currency),
                "held": Money(one.held_minor, one.party.currency),
                "frozen": one.party.frozen_until if one.party.frozen_until and one.party.frozen_until > now else None,
                "has_bank": one.party.id in parties and parties[one.party.id].has_bank,
                "ended": one.party.id in parties and parties[one.party.id].ended_at is not None,
            }
            for one in found
        ],
        "owed": _sums(found, "owed"),
        "held": _sums(found, "held"),
        "to_confirm": counts["draft"],
        "to_approve": counts["confirmed"],
        "to_pay": len(payable),
        "pay_sums": _by_currency((one.currency, one.payable_minor) for one in payable),
        "may_act": visitor.may(Permission.LEDGER_ADJUST),
    }
    return show(request, visitor, "settlement/overview", context, page=PAGE)


def _sums(found: list[CycleView], what: str) -> list[Money]:
    pairs = (
        (one.party.currency, one.owed.amount_minor if what == "owed" else one.held_minor) for one in found
    )  # fmt: skip
    return _by_currency(pairs)


def _by_currency(pairs: Any) -> list[Money]:
    sums: defaultdict[str, int] = defaultdict(int)
    for currency, minor in pairs:
        sums[currency] += minor
    return [Money(minor, currency) for currency, minor in sorted(sums.items())]


@sensitive_post_parameters("payer_account")
@console_page(Permission.LEDGER_ADJUST, methods=("GET", "POST"))
@step_up
def policy(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """From which amount two approve, and which account pays; its number is not shown again."""
    shop_id, known = visitor.shop.id, settlement.policy(visitor.shop.id)
    if request.method != "POST":
        return _policy(request, visitor, known)
    sent = request.POST
    try:
        wanted = PolicyView(
            two_from_minor=fields.minor_of(sent, "two_from", visitor.shop.currency),
            bank=fields.text_of(sent, "bank", 40),
            payer_bank=fields.text_of(sent, "payer_bank", 100),
            payer_name=fields.text_of(sent, "payer_name", 130),
            payer_account=fields.text_of(sent, "payer_account", 50) or known.payer_account,
        )
        set_policy(shop_id=shop_id, policy=wanted, actor=visitor.actor, now=utc_now())
    except DomainError as error:
        return _policy(request, visitor, known, error)
    return done(request, _("已保存，之后生成的结算单按它批准"), reverse(PAGE))


def _policy(
    request: HttpRequest, visitor: Visitor, known: PolicyView, error: DomainError | None = None
) -> HttpResponse:  # fmt: skip
    errors = words.errors_of(error)
    shown = {
        "two_from": fields.plain(known.two_from_minor, visitor.shop.currency), "bank": known.bank,
        "payer_bank": known.payer_bank, "payer_name": known.payer_name,
    }  # fmt: skip
    context = {
        "title": _("结算设置"),
        "typed": {name: request.POST.get(name, "")[:130] for name in shown} if error else shown,
        "tail": known.payer_account[-4:] if len(known.payer_account) >= 8 else "",
        "has_account": bool(known.payer_account),
        "currency": visitor.shop.currency,
        "errors": errors,
        "error": error if error and not errors else None,
    }
    crumbs = [(_("结算"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "settlement/policy", context, page=PAGE, crumbs=crumbs, status=status)
