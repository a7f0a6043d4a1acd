"""Connecting a supplier in three steps: which protocol, which settings, then a test and the contract."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from goodfor.console import supply_words as words
from goodfor.console.desk.suppliers import protocol_label
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import step_up
from goodfor.console.types import Visitor
from goodfor.console.views.supply import forms
from goodfor.console.views.supply.tested import tested_words
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, NotFound
from goodfor.kernel.money import EXPONENTS
from goodfor.supply import queries as supply
from goodfor.supply.operations.connect_supplier import (
    Connection,
    Contract,
    connect_supplier,
    reconnect_supplier,
    switch_supplier,
)
from goodfor.supply.operations.probe_supplier import Tested, probe_supplier

PAGE: Final = "desk:suppliers"
CONFIGURE: Final = Permission.SUPPLY_CONFIGURE


def steps(now: int) -> list[dict[str, str]]:
    """The three steps, `now` from 1."""
    labels = (_("选协议"), _("填设置"), _("测试与合同"))
    return [
        {"label": label, "state": "done" if number < now else "now" if number == now else ""}
        for number, label in enumerate(labels, 1)
    ]


@sensitive_post_parameters()
@console_page(CONFIGURE, methods=("GET", "POST"))
@step_up
def new(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Choose a protocol; with one, its settings. The supplier is switched off until somebody switches it on."""
    protocol = supply.protocol(request.GET.get("protocol", ""))
    if protocol is None:
        context = {"title": _("接入供应商"), "steps": steps(1), "protocols": [_card(one) for one in supply.protocols()]}
        return show(request, visitor, "supply/protocols", context, page=PAGE, crumbs=[(_("全部供应商"), reverse(PAGE))])
    first = {
        "name": str(protocol.label), "code": protocol.key, "currency": visitor.shop.currency
        if protocol.currency == "CNY" else protocol.currency, "cycle": "prepaid",
    }  # fmt: skip
    if request.method != "POST":
        return _settings(request, visitor, protocol, first)
    try:
        config, secrets = forms.settings_of(protocol, request, held=frozenset())
        typed = request.POST.dict()
        wanted = Connection(
            protocol.key, typed.get("code", "").strip(), typed.get("name", "").strip(), typed.get("currency", ""),
            config, secrets,
        )  # fmt: skip
        # Of another currency: the rate is asked for with the contract, before it can be switched on.
        credit = forms.exact(typed, "credit")
        contract = Contract(cycle=typed.get("cycle", ""), credit=credit or Decimal(0))
        made = connect_supplier(
            shop_id=visitor.shop.id, wanted=wanted, contract=contract, shop_currency=visitor.shop.currency,
            actor=visitor.actor, now=utc_now(),
        )  # fmt: skip
    except DomainError as error:
        return _settings(request, visitor, protocol, {**first, **request.POST.dict()}, error)
    return redirect("desk:supplier-first", supplier_id=made.id)


def _card(one: supply.Protocol) -> dict[str, Any]:
    """What a protocol can, in words."""
    facts = [words.KINDS[kind] for kind in sorted(one.kinds)]
    facts.append(_("下单即给卡密") if one.inline else _("下单后等发货"))
    facts += [_("有变化会通知")] if one.tells else []
    facts += [words.CAN[key] for key in sorted(one.can) if key in words.CAN]
    doubts = [] if one.found else [_("查不了单，结果未知时要人工确认")]
    doubts += [] if one.guarded else [_("不能随单限价")]
    return {"protocol": one, "facts": facts, "doubts": doubts}


def _settings(
    request: HttpRequest, visitor: Visitor, protocol: supply.Protocol, values: Mapping[str, str],
    error: DomainError | None = None,
) -> HttpResponse:  # fmt: skip
    wrong, why = forms.problem_of(error)
    rows = forms.setting_rows(protocol, values, frozenset(), error)
    known = {"name", "code", "currency", "cycle", "credit", *(field.key for field in protocol.fields)}
    context = {
        "title": _("接入%(name)s") % {"name": protocol.label},
        "steps": steps(2),
        "protocol": protocol,
        "fields": rows,
        "values": values,
        "currencies": [(code, code) for code in EXPONENTS],
        "cycles": list(words.CYCLES.items()),
        "errors": {wrong: why} if wrong else {},
        "general": why if error and wrong not in known else "",
        "error": error,
    }
    crumbs = [(_("全部供应商"), reverse(PAGE)), (_("接入供应商"), reverse("desk:supplier-new"))]
    status = error.http_status if error else 200
    return show(request, visitor, "supply/settings", context, page=PAGE, crumbs=crumbs, status=status)


@console_page(CONFIGURE, methods=("GET", "POST"))
@step_up
def first(request: HttpRequest, visitor: Visitor, supplier_id: UUID) -> HttpResponse:
    """The third step: try the connection, write down the contract, switch on."""
    sheet = supply.supplier_sheet(visitor.shop.id, supplier_id, utc_now())
    if request.method != "POST":
        return contract_page(request, visitor, sheet, first=True)
    if request.POST.get("act") == "test":
        told = probe_supplier(shop_id=visitor.shop.id, supplier_id=supplier_id, actor=visitor.actor, now=utc_now())
        sheet = supply.supplier_sheet(visitor.shop.id, supplier_id, utc_now())
        return contract_page(request, visitor, sheet, first=True, tested=told)
    try:
        _save(request, visitor, sheet)
    except DomainError as error:
        return contract_page(request, visitor, sheet, first=True, error=error)
    here = reverse("desk:supplier", args=[supplier_id])
    if request.POST.get("act") != "enable":
        return done(request, _("已保存，还没有启用"), here)
    switch_supplier(shop_id=visitor.shop.id, supplier_id=supplier_id, enabled=True, actor=visitor.actor, now=utc_now())
    return done(request, _("已启用，正在同步目录"), here)


@console_page(CONFIGURE, methods=("GET", "POST"))
@step_up
def contract(request: HttpRequest, visitor: Visitor, supplier_id: UUID) -> HttpResponse:
    """Other terms of a supplier."""
    sheet = supply.supplier_sheet(visitor.shop.id, supplier_id, utc_now())
    if request.method != "POST":
        return contract_page(request, visitor, sheet)
    try:
        _save(request, visitor, sheet)
    except DomainError as error:
        return contract_page(request, visitor, sheet, error=error)
    return done(request, _("合同已保存"), reverse("desk:supplier", args=[supplier_id]))


def _save(request: HttpRequest, visitor: Visitor, sheet: supply.SupplierSheet) -> None:
    one = sheet.row.supplier
    reconnect_supplier(
        shop_id=visitor.shop.id, supplier_id=one.id,
        wanted=Connection(one.protocol, one.code, one.name, one.currency, one.config),
        contract=forms.contract_of(request.POST.dict(), sheet.contract, EXPONENTS[visitor.shop.currency]),
        shop_currency=visitor.shop.currency, actor=visitor.actor, now=utc_now(),
    )  # fmt: skip


def contract_page(
    request: HttpRequest, visitor: Visitor, sheet: supply.SupplierSheet, *, first: bool = False,
    tested: Tested | None = None, error: DomainError | None = None,
) -> HttpResponse:  # fmt: skip
    """The form of the terms; as the third step with the test before it."""
    one = sheet.row.supplier
    foreign = one.currency != visitor.shop.currency
    wrong, why = forms.problem_of(error)
    values = forms.contract_values(
        sheet.contract, first=first, foreign=foreign, exponent=EXPONENTS[visitor.shop.currency]
    )
    spoken = supply.protocol(one.protocol)
    context = {
        "title": one.name if first else _("修改合同"),
        "first": first,
        "steps": steps(3),
        "sheet": sheet,
        "supplier": one,
        "protocol": protocol_label(one.protocol),
        "foreign": foreign,
        "guardless": spoken is not None and not spoken.guarded,
        "shop_currency": visitor.shop.currency,
        "cycle": words.CYCLES.get(one.cycle, one.cycle),
        "prepaid": one.cycle == "prepaid",
        "taxes": list(words.TAXES.items()),
        "values": request.POST.dict() if error else values,
        "errors": {wrong: why} if wrong else {},
        "error": error,
        "tested": tested_words(tested) if tested else None,
        "balance": words.cost(one.balance, one.currency) if one.balance is not None else "",
    }
    crumbs = [(_("全部供应商"), reverse(PAGE))]
    crumbs += [] if first else [(one.name, reverse("desk:supplier", args=[one.id]))]
    status = error.http_status if error else 200
    return show(request, visitor, "supply/contract", context, page=PAGE, crumbs=crumbs, status=status)


@sensitive_post_parameters()
@console_page(CONFIGURE, methods=("GET", "POST"))
@step_up
def edit(request: HttpRequest, visitor: Visitor, supplier_id: UUID) -> HttpResponse:
    """Other settings or keys. A secret left empty stays as it is."""
    sheet = supply.supplier_sheet(visitor.shop.id, supplier_id, utc_now())
    one, protocol = sheet.row.supplier, supply.protocol(sheet.row.supplier.protocol)
    if protocol is None:
        raise NotFound(_("没有这种供货协议"))
    held = frozenset(sheet.secrets)
    if request.method != "POST":
        values = {key: str(value) if value is not False else "" for key, value in one.config.items()}
        return _edit(request, visitor, sheet, protocol, {**values, "name": one.name})
    try:
        config, secrets = forms.settings_of(protocol, request, held=held)
        # What the form does not ask about stays.
        asked = {field.key for field in protocol.fields}
        config = {**{key: value for key, value in one.config.items() if key not in asked}, **config}
        name = request.POST.get("name", "").strip()
        reconnect_supplier(
            shop_id=visitor.shop.id, supplier_id=one.id, contract=sheet.contract,
            wanted=Connection(one.protocol, one.code, name, one.currency, config, secrets),
            shop_currency=visitor.shop.currency, actor=visitor.actor, now=utc_now(),
        )  # fmt: skip
    except DomainError as error:
        return _edit(request, visitor, sheet, protocol, request.POST.dict(), error)
    return done(request, _("已保存，请再测试一次"), reverse("desk:supplier", args=[one.id]))


def _edit(
    request: HttpRequest, visitor: Visitor, sheet: supply.SupplierSheet, protocol: supply.Protocol,
    values: Mapping[str, str], error: DomainError | None = None,
) -> HttpResponse:  # fmt: skip
    one = sheet.row.supplier
    wrong, why = forms.problem_of(error)
    known = {"name", *(field.key for field in protocol.fields)}
    context = {
        "title": _("修改设置"),
        "protocol": protocol,
        "fields": forms.setting_rows(protocol, values, frozenset(sheet.secrets), error),
        "values": values,
        "sheet": sheet,
        "supplier": one,
        "errors": {wrong: why} if wrong else {},
        "general": why if error and wrong not in known else "",
        "error": error,
    }
    crumbs = [(_("全部供应商"), reverse(PAGE)), (one.name, reverse("desk:supplier", args=[one.id]))]
    status = error.http_status if error else 200
    return show(request, visitor, "supply/settings", context, page=PAGE, crumbs=crumbs, status=status)
