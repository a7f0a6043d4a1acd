"""The next version of an agreement, or a new one: looked at first with what it would pay, then saved."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.catalog import queries as catalog
from goodfor.console import finance_words as words
from goodfor.console import money_fields as fields
from goodfor.console.desk.sku_names import sku_choices
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import step_up
from goodfor.console.types import Visitor
from goodfor.console.views.finance.agreements import PAGE
from goodfor.finance import queries as finance
from goodfor.finance.errors import PartyNotFound
from goodfor.finance.operations import set_agreement
from goodfor.finance.types import AgreementInput, AgreementView, PartyView, Terms, Tier, Tried
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import Money
from goodfor.orders import queries as orders
from goodfor.supply import queries as supply

MOST_TIERS: Final = 20


@console_page(Permission.LEDGER_ADJUST, methods=("GET", "POST"))
@step_up
def edit(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """`code`: the agreement that gets a version; else a new one, for `party` where that is said.

    The proof is asked for before anything is typed. `act`: preview reckons what was delivered of late anew and changes
    nothing; save keeps the version.
    """
    asked = request.POST if request.method == "POST" else request.GET
    known = finance.agreements(visitor.shop.id, asked.get("known", "")[:32]) if asked.get("known") else []
    last = known[0] if known else None
    if request.method != "POST":
        return _form(request, visitor, last, _typed(visitor, last) if last else _new(request))
    try:
        says = _input(visitor, request.POST, last)
        if request.POST.get("act") == "save":
            made = set_agreement(shop_id=visitor.shop.id, says=says, actor=visitor.actor, now=utc_now())
            return done(
                request, _("第 %(n)s 版已保存") % {"n": made.version},
                f"{reverse('desk:finance-agreement')}?code={made.code}",
            )  # fmt: skip
        tried = finance.tried(visitor.shop.id, says, utc_now())
    except DomainError as error:
        return _form(request, visitor, last, request.POST.dict(), error=error)
    return _form(request, visitor, last, request.POST.dict(), tried=tried)


def _new(request: HttpRequest) -> dict[str, str]:
    return {
        "party": request.GET.get("party", "")[:36], "priority": "100",
        "valid_from": fields.day_text(utc_now() + timedelta(days=1)),
    }  # fmt: skip


def _typed(visitor: Visitor, last: AgreementView) -> dict[str, str]:
    says, currency = last.says, finance.party(visitor.shop.id, last.says.party_id).currency
    return {
        "code": says.code, "party": str(says.party_id), "scope": says.scope, says.scope: says.scope_ref,
        "base": says.base, "kind": says.terms.kind, "percent": fields.percent(says.terms.bp),
        "fixed": fields.plain(says.terms.minor, currency), "measure": says.terms.measure,
        "tiers": words.tiers_typed(says.terms, currency), "line_cap": fields.plain(says.line_cap_minor, currency),
        "month_cap": fields.plain(says.month_cap_minor, currency), "priority": str(says.priority),
        "valid_from": fields.day_text(utc_now() + timedelta(days=1)),
    }  # fmt: skip


def _party(visitor: Visitor, sent: Mapping[str, str], last: AgreementView | None) -> PartyView:
    try:
        return finance.party(visitor.shop.id, last.says.party_id if last else UUID(sent.get("party", "")))
    except (ValueError, PartyNotFound):
        raise InvalidInput(_("请选择结算方"), field="party_id") from None


def _input(visitor: Visitor, sent: Mapping[str, str], last: AgreementView | None) -> AgreementInput:
    party = _party(visitor, sent, last)
    scope = fields.text_of(sent, "scope", 8)
    ends = fields.begins(sent, "valid_to")
    code = last.code if last else fields.text_of(sent, "code", 40)
    if last is None and code and finance.agreements(visitor.shop.id, code):
        raise InvalidInput(_("这个编号已有协议，请到那份协议里出新版本"), field="code")
    return AgreementInput(
        code=code,
        party_id=party.id,
        terms=_terms(sent, party.currency),
        valid_from=fields.must_begin(sent, "valid_from"),
        # A last day is included: it ends as the next one begins.
        valid_to=ends + timedelta(days=1) if ends else None,
        scope=scope,
        scope_ref="" if scope == "all" else fields.text_of(sent, scope, 36),
        base=fields.text_of(sent, "base", 16),
        line_cap_minor=fields.optional_minor(sent, "line_cap", party.currency),
        month_cap_minor=fields.optional_minor(sent, "month_cap", party.currency),
        priority=fields.whole_of(sent, "priority", 0, 30_000),
    )


def _terms(sent: Mapping[str, str], currency: str) -> Terms:
    kind = fields.text_of(sent, "kind", 8)
    if kind == "percent":
        return Terms(kind, bp=fields.points_of(sent, "percent"))
    if kind == "fixed":
        return Terms(kind, minor=fields.minor_of(sent, "fixed", currency))
    if kind == "tiers":
        measure = fields.text_of(sent, "measure", 8)
        lines = [line.split() for line in sent.get("tiers", "")[:2000].splitlines() if line.strip()]
        if len(lines) > MOST_TIERS:
            raise InvalidInput(_("最多 %(n)s 档") % {"n": MOST_TIERS}, field="tiers")
        return Terms(kind, measure=measure, tiers=tuple(_tier(line, measure, currency) for line in lines))
    return Terms(kind)


def _tier(line: list[str], measure: str, currency: str) -> Tier:
    wrong = InvalidInput(_("每行写两个数：从多少起，百分之几，如 100 5.5"), field="tiers")
    try:
        start, share = line[0].replace(",", ""), Decimal(line[1].removesuffix("%")) * 100
        begins = Money.parse(start, currency).amount_minor if measure == "base" else int(start)
    except (ValueError, IndexError, InvalidOperation):
        raise wrong from None
    if len(line) != 2 or not share.is_finite() or share != share.to_integral_value() or begins < 0:
        raise wrong
    return Tier(begins, int(share))


def _form(
    request: HttpRequest, visitor: Visitor, last: AgreementView | None, typed: Mapping[str, str], *,
    tried: Tried | None = None, error: DomainError | None = None,
) -> HttpResponse:  # fmt: skip
    shop_id, errors = visitor.shop.id, words.errors_of(error)
    parties = [one for one in finance.parties(shop_id, ended=False) if one.kind != "platform"]
    today = fields.day_text(utc_now())
    context: dict[str, Any] = {
        "title": _("%(code)s 的新版本") % {"code": last.code} if last else _("新增分账协议"),
        "last": last,
        "typed": typed,
        "errors": errors,
        "error": error if error and not errors else None,
        "parties": [(str(one.id), f"{one.name} ({one.currency})") for one in parties],
        "scopes": list(words.SCOPES.items()),
        "skus": sku_choices(shop_id),
        "categories": [(str(one.id), one.name) for one in catalog.shelves(shop_id)],
        "suppliers": [(one.code, one.name) for one in supply.suppliers(shop_id)],
        "bases": list(words.BASES.items()),
        "kinds": [(key, label) for key, label in words.TERMS.items() if last or key != "none"],
        "measures": list(words.MEASURES.items()),
        "back": "" < typed.get("valid_from", "") <= today,
        "tried": _tried(shop_id, tried) if tried else None,
    }
    crumbs = [(_("分账协议"), reverse(PAGE))]
    if last:
        crumbs.append((last.code, f"{reverse('desk:finance-agreement')}?code={last.code}"))
    status = error.http_status if error else 200
    return show(request, visitor, "finance/agreement_form", context, page=PAGE, crumbs=crumbs, status=status)


def _tried(shop_id: UUID, tried: Tried) -> dict[str, Any]:
    numbers = {one.id: one.number for one in orders.desk_orders(shop_id, [one.order_id for one in tried.examples])}

    def money(minor: int) -> Money:
        return Money(minor, tried.currency)

    return {
        "tried": tried,
        "base": money(tried.base_minor),
        "would": money(tried.would_minor),
        "now": money(tried.now_minor),
        "more": money(tried.would_minor - tried.now_minor),
        "later": money(tried.later_minor),
        "examples": [
            (numbers.get(one.order_id, ""), one.at, money(one.base_minor), money(one.now_minor), money(one.would_minor))
            for one in reversed(tried.examples)
        ],
    }
