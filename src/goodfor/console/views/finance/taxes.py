"""VAT rates of classes, classes of SKUs, what channels are expected to keep: each from a day on, never changed."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import finance_words as words
from goodfor.console import money_fields as fields
from goodfor.console.desk.sku_names import sku_choices, sku_names
from goodfor.console.errors import NotAllowed
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.finance import queries as finance
from goodfor.finance.errors import InvalidRate
from goodfor.finance.operations import set_fee_rate, set_sku_tax, set_tax_rate
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.payments import queries as payments

PAGE: Final = "desk:finance-taxes"


@console_page(Permission.LEDGER_VIEW, methods=("GET", "POST"))
def taxes(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All three, and a form for each. `act`: rate, sku or fee."""
    if request.method != "POST":
        return _taxes(request, visitor)
    if not visitor.may(Permission.LEDGER_ADJUST):
        raise NotAllowed
    save = _SAVES.get(request.POST.get("act", ""))
    if save is None:
        raise InvalidInput(_("没有这个操作"))
    require_fresh_proof(request)
    common = {"shop_id": visitor.shop.id, "actor": visitor.actor, "now": utc_now()}
    try:
        save(request.POST, {**common, "valid_from": fields.must_begin(request.POST, "valid_from")})
    except DomainError as error:
        return _taxes(request, visitor, error)
    return done(request, _("已保存，从那天起生效"), reverse(PAGE))


def _rate(sent: Mapping[str, str], common: dict[str, Any]) -> None:
    set_tax_rate(**common, tax_class=fields.text_of(sent, "tax_class", 40), rate_bp=fields.points_of(sent, "percent"))


def _sku(sent: Mapping[str, str], common: dict[str, Any]) -> None:
    try:
        sku_id = UUID(sent.get("sku", ""))
    except ValueError:
        raise InvalidInput(_("请选择规格"), field="sku") from None
    set_sku_tax(
        **common, sku_id=sku_id, tax_class=fields.text_of(sent, "tax_class", 40), card_sale="card_sale" in sent
    )  # fmt: skip


def _fee(sent: Mapping[str, str], common: dict[str, Any]) -> None:
    provider, _dot, code = fields.text_of(sent, "account", 70).partition(":")
    set_fee_rate(**common, provider=provider, account_code=code, millionths=fields.millionths_of(sent, "percent"))


_SAVES: Final[Mapping[str, Callable[[Mapping[str, str], dict[str, Any]], None]]] = {
    "rate": _rate, "sku": _sku, "fee": _fee,
}  # fmt: skip


def _errors(error: DomainError | None) -> Mapping[str, Any]:
    if not isinstance(error, InvalidRate):
        return words.errors_of(error)
    if {"known", "known_bp", "sku_id"} & error.data.keys():
        return {"valid_from": _("那天已经设过别的值，请换一天")}
    return {"tax_class": words.FIELDS["code"]}


def _taxes(request: HttpRequest, visitor: Visitor, error: DomainError | None = None) -> HttpResponse:
    shop_id, people = visitor.shop.id, words.People(visitor.shop.id)
    rates, skus, fees = finance.tax_rates(shop_id), finance.sku_taxes(shop_id), finance.fee_rates(shop_id)
    names = sku_names(shop_id, list({one.sku_id for one in skus}))
    act = request.POST.get("act", "")
    errors = _errors(error)
    accounts = payments.accounts(shop_id, utc_now())
    context = {
        "rates": [(one, fields.percent(one.rate_bp), people.name(one.made_by)) for one in rates],
        "skus": [(one, names.get(one.sku_id, ""), people.name(one.made_by)) for one in skus],
        "fees": [(one, fields.percent(one.millionths, 10_000), people.name(one.made_by)) for one in fees],
        "classes": [(one, one) for one in sorted({one.tax_class for one in rates})],
        "choices": sku_choices(shop_id) if visitor.may(Permission.LEDGER_ADJUST) else [],
        "accounts": [(f"{one.provider}:{one.code}", f"{one.name} ({one.code})") for one in accounts],
        "tomorrow": fields.day_text(utc_now() + timedelta(days=1)),
        "typed": {act: request.POST.dict()} if error else {},
        "errors": {act: errors},
        "error": error if error and not errors else None,
        "may_act": visitor.may(Permission.LEDGER_ADJUST),
    }
    status = error.http_status if error else 200
    return show(request, visitor, "finance/taxes", context, page=PAGE, status=status)
