"""Step three: a few codes, pasted or from a file. First what would become of them, then the import."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from goodfor.console import holding, starting
from goodfor.console.errors import NothingHeld
from goodfor.console.frame import console_page, done
from goodfor.console.types import Visitor
from goodfor.console.views.start import at, page
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import Money
from goodfor.vault import operations as vault
from goodfor.vault.types import ImportOptions


@console_page(Permission.CODES_IMPORT, methods=("POST",))
def codes(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Check what was pasted or uploaded and say what it is; with `token`, import what was checked, or drop it."""
    now, token = utc_now(), request.POST.get("token", "")
    whose = {"shop_id": visitor.shop.id, "staff_id": visitor.staff.id}
    try:
        if token and "drop" in request.POST:
            holding.drop(token, **whose)
            return done(request, _("已丢弃，没有导入"), at("codes"))
        sku_id, options = _sku(request, visitor), _options(request, visitor)
        return _import(request, visitor, token, sku_id, options) if token else _check(request, visitor, sku_id, options)
    except DomainError as error:
        return page(request, visitor, "codes", now, error=error)


def _check(request: HttpRequest, visitor: Visitor, sku_id: UUID, options: ImportOptions) -> HttpResponse:
    whose = {"shop_id": visitor.shop.id, "staff_id": visitor.staff.id}
    filename, parts = _given(request)
    now, token = utc_now(), holding.hold(filename=filename, parts=parts, **whose)
    path, shown = holding.held_file(token, **whose)
    try:
        found = vault.dry_run(
            shop_id=visitor.shop.id, sku_id=sku_id, path=path, options=options, now=now, filename=shown
        )
    except DomainError:
        holding.drop(token, **whose)
        raise
    if not found.counts.accepted:
        holding.drop(token, **whose)
        token = ""
    counts = found.counts
    more: dict[str, Any] = {
        "found": found,
        "twice": counts.duplicate_in_file + counts.duplicate_held,
        "token": token,
        "cost": Money(options.unit_cost_minor * counts.accepted, options.currency),
    }
    return page(request, visitor, "codes", now, more=more)


def _import(request: HttpRequest, visitor: Visitor, token: str, sku_id: UUID, options: ImportOptions) -> HttpResponse:
    whose = {"shop_id": visitor.shop.id, "staff_id": visitor.staff.id}
    path, shown = holding.held_file(token, **whose)
    imported = vault.import_file(
        shop_id=visitor.shop.id, sku_id=sku_id, path=path, options=options, actor=visitor.actor, now=utc_now(),
        filename=shown,
    )  # fmt: skip
    holding.drop(token, **whose)
    return done(request, _("已导入 %(n)d 条卡密") % {"n": imported.batch.counts.accepted}, at("channel"))


def _given(request: HttpRequest) -> tuple[str, Iterable[bytes]]:
    upload, lines = request.FILES.get("file"), request.POST.get("lines", "").strip()
    if upload is not None:
        return upload.name or "codes.txt", upload.chunks()
    if not lines:
        raise NothingHeld
    return _("粘贴") + ".txt", [f"{lines}\n".encode("utf-8", "replace")]


def _sku(request: HttpRequest, visitor: Visitor) -> UUID:
    offered = {str(sku.id): sku.id for _product, sku in starting.offers_of(visitor.shop)}
    try:
        return offered[request.POST.get("sku", "")]
    except KeyError:
        raise InvalidInput(_("请选择商品规格"), field="sku") from None


def _options(request: HttpRequest, visitor: Visitor) -> ImportOptions:
    text, currency = request.POST.get("unit_cost", "").strip(), visitor.shop.currency
    try:
        cost = Money.parse(text, currency).amount_minor if text else 0
    except ValueError:
        raise InvalidInput(_("金额请写成 9.90 这样"), field="unit_cost") from None
    return ImportOptions(currency=currency, unit_cost_minor=cost)
