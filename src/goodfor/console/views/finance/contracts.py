"""What was agreed with suppliers: principal or agent, input VAT, who bears the channel's fee; every version stays."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import finance_words as words
from goodfor.console import money_fields as fields
from goodfor.console.errors import NotAllowed
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.finance import queries as finance
from goodfor.finance.operations import set_contract
from goodfor.finance.types import ContractView
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.supply import queries as supply
from goodfor.supply.errors import SupplierNotFound

PAGE: Final = "desk:finance-contracts"


def _suppliers(visitor: Visitor) -> dict[str, str]:
    """Code -> name; the empty code is the shop's own goods."""
    return {"": _("本店自有的货"), **{one.code: one.name for one in supply.suppliers(visitor.shop.id)}}


@console_page(Permission.LEDGER_VIEW)
def contracts(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What holds now with everybody whose goods are sold."""
    now = utc_now()
    latest: dict[str, ContractView] = {}
    for one in finance.contracts(visitor.shop.id):
        latest.setdefault(one.supplier_code, one)
    context = {
        "rows": [
            {
                "code": code, "name": name, "latest": latest.get(code),
                **_row(finance.contract_at(visitor.shop.id, code, now)),
            }
            for code, name in _suppliers(visitor).items()
        ],
    }  # fmt: skip
    return show(request, visitor, "finance/contracts", context, page=PAGE)


def _row(one: ContractView | None) -> dict[str, Any]:
    if one is None:
        return {"one": None}
    return {
        "one": one,
        "model": words.MODELS.get(one.model, one.model),
        "input": fields.percent(one.input_bp),
        "cycle": words.CYCLES.get(one.cycle, one.cycle),
        "bearer": words.FEE_BEARERS.get(one.fee_bearer, one.fee_bearer),
    }


@console_page(Permission.LEDGER_VIEW, methods=("GET", "POST"))
def contract(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All versions with one supplier (`supplier`: its code, empty for the shop's own goods), and the next one."""
    code = (request.POST if request.method == "POST" else request.GET).get("supplier", "")[:32]
    names = _suppliers(visitor)
    if code not in names:
        raise SupplierNotFound
    if request.method != "POST":
        return _contract(request, visitor, code, names[code])
    if not visitor.may(Permission.LEDGER_ADJUST):
        raise NotAllowed
    require_fresh_proof(request)
    sent = request.POST
    try:
        set_contract(
            shop_id=visitor.shop.id,
            supplier_code=code,
            model=fields.text_of(sent, "model", 10),
            valid_from=fields.must_begin(sent, "valid_from"),
            valid_to=_ends(sent),
            tax_class=fields.text_of(sent, "tax_class", 40),
            input_bp=fields.points_of(sent, "input"),
            cycle=fields.text_of(sent, "cycle", 8),
            fee_bearer=fields.text_of(sent, "fee_bearer", 10),
            actor=visitor.actor,
            now=utc_now(),
        )
    except DomainError as error:
        return _contract(request, visitor, code, names[code], sent.dict(), error)
    return done(
        request, _("合同的新版本已保存，之后发的货按它算"), f"{reverse('desk:finance-contract')}?supplier={code}"
    )


def _ends(sent: Mapping[str, str]) -> Any:
    """A last day is included: it ends as the next one begins."""
    last = fields.begins(sent, "valid_to")
    return None if last is None else last + timedelta(days=1)


def _contract(
    request: HttpRequest, visitor: Visitor, code: str, name: str, typed: Mapping[str, str] | None = None,
    error: DomainError | None = None,
) -> HttpResponse:  # fmt: skip
    shop_id, now = visitor.shop.id, utc_now()
    found, people = finance.contracts(shop_id, code), words.People(shop_id)
    holds = finance.contract_at(shop_id, code, now)
    errors = words.errors_of(error)
    classes = sorted({one.tax_class for one in finance.tax_rates(shop_id)})
    context = {
        "title": name,
        "code": code,
        "versions": [
            {
                **_row(one), "by": people.name(one.made_by), "holds": holds is not None and holds.id == one.id,
                "until": one.valid_to - timedelta(days=1) if one.valid_to else None,
            }
            for one in found
        ],
        "typed": typed or _typed(found[0] if found else None),
        "errors": errors,
        "error": error if error and not errors else None,
        "models": list(words.MODELS.items()),
        "cycles": list(words.CYCLES.items()),
        "bearers": list(words.FEE_BEARERS.items()),
        "classes": [(one, one) for one in classes],
        "may_act": visitor.may(Permission.LEDGER_ADJUST),
    }  # fmt: skip
    crumbs = [(_("供货合同"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "finance/contract", context, page=PAGE, crumbs=crumbs, status=status)


def _typed(last: ContractView | None) -> dict[str, str]:
    tomorrow = fields.day_text(utc_now() + timedelta(days=1))
    if last is None:
        return {"valid_from": tomorrow, "input": "0"}
    return {
        "model": last.model, "tax_class": last.tax_class, "input": fields.percent(last.input_bp), "cycle": last.cycle,
        "fee_bearer": last.fee_bearer, "valid_from": tomorrow,
    }  # fmt: skip
