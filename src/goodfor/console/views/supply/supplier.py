"""One supplier: how it stands, its contract and settings, testing, switching, breakers, money paid in advance."""

from typing import Any, Final
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.console import supply_words as words
from goodfor.console.desk.suppliers import STATES, is_low, protocol_label, state_of
from goodfor.console.errors import NotAllowed
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof, step_up
from goodfor.console.types import Visitor
from goodfor.console.views.supply.forms import minute_text
from goodfor.console.views.supply.judged import judged_words
from goodfor.console.views.supply.tabs import tabs_of
from goodfor.console.views.supply.tested import tested_words
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import Money
from goodfor.supply import queries as supply
from goodfor.supply.errors import ConsequenceLifted
from goodfor.supply.operations.ask_sweep import ask_sweep
from goodfor.supply.operations.close_breaker import close_breaker
from goodfor.supply.operations.connect_supplier import switch_supplier
from goodfor.supply.operations.judge_suppliers import lift_consequence
from goodfor.supply.operations.probe_supplier import Tested, probe_supplier
from goodfor.supply.operations.top_up import top_up_supplier

PAGE: Final = "desk:suppliers"


@console_page(Permission.SUPPLY_VIEW, methods=("GET", "POST"))
def supplier(request: HttpRequest, visitor: Visitor, supplier_id: UUID) -> HttpResponse:
    """`act`: test, sweep, close (a breaker); enable and disable ask who one is."""
    shop_id, now = visitor.shop.id, utc_now()
    sheet = supply.supplier_sheet(shop_id, supplier_id, now)
    if request.method != "POST":
        return _page(request, visitor, sheet)
    if not visitor.may(Permission.SUPPLY_MANAGE):
        raise NotAllowed
    act, here = request.POST.get("act", ""), reverse("desk:supplier", args=[supplier_id])
    told: dict[str, Any] = {"shop_id": shop_id, "supplier_id": supplier_id, "actor": visitor.actor, "now": now}
    if act == "test":
        tested = probe_supplier(**told)
        return _page(request, visitor, supply.supplier_sheet(shop_id, supplier_id, now), tested=tested)
    if act == "sweep":
        ask_sweep(**told)
        return done(request, _("已安排同步，通常一分钟内开始"), here)
    if act == "close":
        closed = close_breaker(item_key=request.POST.get("item", "")[:36], **told)
        return done(request, _("已恢复采购") if closed else _("已经恢复了"), here)
    if act not in ("enable", "disable", "lift"):
        raise InvalidInput(_("没有这个操作"))
    require_fresh_proof(request)
    if act == "lift":
        return _lift(request, visitor, sheet, here)
    switch_supplier(enabled=act == "enable", **told)
    return done(request, _("已启用") if act == "enable" else _("已停用"), here)


def _lift(request: HttpRequest, visitor: Visitor, sheet: supply.SupplierSheet, here: str) -> HttpResponse:
    """A person answers for the supplier, and says why."""
    if sheet.judged is None or str(sheet.judged.id) != request.POST.get("consequence", ""):
        raise ConsequenceLifted
    note = request.POST.get("note", "").strip()
    if not note:
        return _page(request, visitor, sheet, error=InvalidInput(_("请写下为什么解除"), field="note"))
    lift_consequence(
        shop_id=visitor.shop.id, consequence_id=sheet.judged.id, note=note, actor=visitor.actor, now=utc_now()
    )
    return done(request, _("已解除，之前的坏卡不再计入"), here)


def _page(
    request: HttpRequest, visitor: Visitor, sheet: supply.SupplierSheet, *, tested: Tested | None = None,
    error: DomainError | None = None,
) -> HttpResponse:  # fmt: skip
    one, contract = sheet.row.supplier, sheet.contract
    protocol = supply.protocol(one.protocol)
    labels = {field.key: field for field in protocol.fields} if protocol else {}
    state, tone = STATES[state_of(sheet.row)]
    guardless = protocol is not None and not protocol.guarded
    context = {
        "title": one.name,
        "supplier": one,
        "sheet": sheet,
        "row": sheet.row,
        "contract": contract,
        "protocol": protocol_label(one.protocol),
        "tells": protocol is not None and protocol.tells,
        "tabs": tabs_of(visitor, one),
        "tab": "supplier",
        "state": state,
        "tone": tone,
        "low": is_low(sheet.row),
        "balance": words.cost(one.balance, one.currency),
        "low_mark": words.cost(one.low_balance, one.currency),
        "credit": words.cost(one.credit, one.currency) if one.credit else "",
        "guardless": guardless,
        "unguarded": guardless and not contract.surprise_minor,
        "surprise": Money(contract.surprise_minor or 0, visitor.shop.currency),
        "surprise_used": Money(sheet.surprise_used_minor, visitor.shop.currency),
        "cycle": words.CYCLES.get(one.cycle, one.cycle),
        "cutoff": minute_text(contract.cutoff_minute),
        "tax": words.TAXES.get(contract.tax_class, contract.tax_class),
        "foreign": one.currency != visitor.shop.currency,
        "config": [(labels[key].label, _shown(labels[key], value)) for key, value in one.config.items()
                   if key in labels],
        "secrets": [(labels[key].label if key in labels else key, mark) for key, mark in sheet.secrets.items()],
        "breakers": [(b, words.reason(b.reason), words.BREAKERS["half" if b.half else "open"]) for b in sheet.breakers],
        "judged": judged_words(sheet.judged) if sheet.judged else None,
        "tested": tested_words(tested) if tested else None,
        "may_manage": visitor.may(Permission.SUPPLY_MANAGE),
        "may_configure": visitor.may(Permission.SUPPLY_CONFIGURE),
        "may_top_up": visitor.may(Permission.LEDGER_ADJUST) and one.cycle == "prepaid"
        and one.currency == visitor.shop.currency,
        "may_books": visitor.may(Permission.LEDGER_VIEW),
        "account": f"1123:supplier:{one.code}:prepaid" if one.cycle == "prepaid" else
        f"2202:supplier:{one.code}:accrued",
        "key": request.POST.get("key") or str(uuid4()),
        "typed": request.POST.dict() if error else {},
        "error": error,
    }  # fmt: skip
    crumbs, status = [(_("全部供应商"), reverse(PAGE))], error.http_status if error else 200
    return show(request, visitor, "supply/supplier", context, page=PAGE, crumbs=crumbs, status=status)


def _shown(field: supply.SettingField, value: Any) -> Any:
    if field.kind == "flag":
        return _("是") if value else _("否")
    return dict(field.choices).get(value, value)


@console_page(Permission.LEDGER_ADJUST, methods=("POST",))
@step_up
def top_up(request: HttpRequest, visitor: Visitor, supplier_id: UUID) -> HttpResponse:
    """Write down what was paid in advance. The form names the payment, so that sending it twice books it once."""
    sheet = supply.supplier_sheet(visitor.shop.id, supplier_id, utc_now())
    try:
        note = request.POST.get("note", "").strip()
        if not note:
            raise InvalidInput(_("请写下付款凭据"), field="note")
        top_up_supplier(
            shop_id=visitor.shop.id, supplier_id=supplier_id, amount=_amount(request, visitor),
            key=_key(request.POST.get("key", "")), note=note, actor=visitor.actor, now=utc_now(),
        )  # fmt: skip
    except DomainError as error:
        return _page(request, visitor, sheet, error=error)
    return done(request, _("已登记预存"), reverse("desk:supplier", args=[supplier_id]))


def _amount(request: HttpRequest, visitor: Visitor) -> Money:
    try:
        return Money.parse(request.POST.get("amount", "").strip(), visitor.shop.currency)
    except ValueError:
        raise InvalidInput(_("金额请写成 9.90 这样"), field="amount") from None


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput(_("请刷新页面后再提交")) from None
