"""One SKU: price, limits, when its stock is low, whether its codes may stand in messages."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from goodfor.catalog import operations as catalog_does
from goodfor.catalog.errors import SkuUnknown
from goodfor.console.desk.sku_acts import threshold_typed
from goodfor.console.desk.skus import STATES, SkuRow, name_of, rows_of
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.console.views.goods_forms import field_errors, sku_values, tier_choices, typed_of_sku
from goodfor.console.views.supply.cards import card_of
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.notify import queries as notify
from goodfor.notify.operations.allow_codes import allow_codes
from goodfor.vault import queries as vault
from goodfor.vault.operations import set_low_stock
from goodfor.vault.types import low_stock_line

PAGE: Final = "desk:skus"


def _found(visitor: Visitor, sku_id: UUID) -> SkuRow:
    rows = rows_of(visitor.shop.id, [sku_id])
    if not rows:
        raise SkuUnknown
    return rows[0]


def _here(row: SkuRow) -> str:
    return reverse("desk:sku", args=[row.desk.id])


@console_page(Permission.CATALOG_VIEW)
def sku(request: HttpRequest, visitor: Visitor, sku_id: UUID) -> HttpResponse:
    """What it is, and what there is of it."""
    return _sku(request, visitor, _found(visitor, sku_id))


def _sku(
    request: HttpRequest, visitor: Visitor, row: SkuRow, error: DomainError | None = None, form: str = ""
) -> HttpResponse:
    own = vault.thresholds(visitor.shop.id, [row.desk.id]).get(row.desk.id)
    words, tone = STATES[row.state]
    context: dict[str, Any] = {
        "title": name_of(row),
        "row": row,
        "sku": row.desk.sku,
        "state": words,
        "tone": tone,
        "cost": row.cost if visitor.may(Permission.CATALOG_EDIT) else None,
        "may_edit": visitor.may(Permission.CATALOG_EDIT),
        "codes_allowed": row.desk.id in notify.skus_with_codes(visitor.shop.id),
        "typed": request.POST.dict() if form == "sku" else typed_of_sku(row.desk.sku),
        "tiers": tier_choices(visitor.shop.id, row.desk.sku.least_tier),
        "errors": field_errors(error) if error and form == "sku" else {},
        "threshold": request.POST.get("threshold", "") if form == "low" else "" if own is None else str(own),
        "threshold_error": error.detail if error and form == "low" else "",
        "shop_line": low_stock_line(visitor.shop.settings),
        "supplied": card_of(visitor, row.desk.id) if visitor.may(Permission.SUPPLY_VIEW) else None,
        "error": error,
    }
    crumbs = [
        (_("规格与库存"), reverse(PAGE)),
        (row.desk.product_name, reverse("desk:product", args=[row.desk.product_id])),
    ]
    status = error.http_status if error else 200
    return show(request, visitor, "sku", context, page=PAGE, crumbs=crumbs, status=status)


@console_page(Permission.CATALOG_EDIT, methods=("POST",))
def save(request: HttpRequest, visitor: Visitor, sku_id: UUID) -> HttpResponse:
    """Change name, price and limits; placed orders keep what they were placed at."""
    row = _found(visitor, sku_id)
    try:
        catalog_does.edit_sku(
            shop_id=visitor.shop.id,
            sku_id=row.desk.id,
            actor=visitor.actor,
            now=utc_now(),
            **sku_values(request.POST.dict(), row.desk.sku.price.currency),
        )
    except InvalidInput as error:
        return _sku(request, visitor, row, error, "sku")
    return done(request, _("已保存"), _here(row))


@console_page(Permission.CATALOG_EDIT, methods=("POST",))
def switch(request: HttpRequest, visitor: Visitor, sku_id: UUID) -> HttpResponse:
    """On sale or off."""
    row, on_sale = _found(visitor, sku_id), request.POST.get("to") == "on"
    catalog_does.set_on_sale(
        shop_id=visitor.shop.id, sku_id=row.desk.id, on_sale=on_sale, actor=visitor.actor, now=utc_now()
    )
    return done(request, _("规格已上架") if on_sale else _("规格已下架"), _here(row))


@console_page(Permission.CATALOG_EDIT, methods=("POST",))
def low(request: HttpRequest, visitor: Visitor, sku_id: UUID) -> HttpResponse:
    """Below how many codes its stock is low."""
    row = _found(visitor, sku_id)
    try:
        set_low_stock(
            shop_id=visitor.shop.id,
            sku_id=row.desk.id,
            threshold=threshold_typed(request.POST.get("threshold", "")),
            actor=visitor.actor,
            now=utc_now(),
        )
    except InvalidInput as error:
        return _sku(request, visitor, row, error, "low")
    return done(request, _("预警线已保存"), _here(row))


@console_page(Permission.CATALOG_EDIT, methods=("POST",))
def codes(request: HttpRequest, visitor: Visitor, sku_id: UUID) -> HttpResponse:
    """Whether its codes may stand in messages; saying yes asks who one is."""
    row, allowed = _found(visitor, sku_id), request.POST.get("to") == "allow"
    if allowed:
        require_fresh_proof(request)
    allow_codes(shop_id=visitor.shop.id, sku_id=row.desk.id, allowed=allowed, actor=visitor.actor, now=utc_now())
    return done(request, _("消息里可以带卡密") if allowed else _("消息里不再带卡密"), _here(row))
