"""Reads of supply, as values."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.supply import states
from goodfor.supply.desk_accounts import account_of, accounts, balance_days, finding, findings, movements, sweep_days
from goodfor.supply.desk_offers import offer_names, offered_items, offers, preview, route, sole_supplier
from goodfor.supply.desk_purchases import (
    COUNT_LIMIT,
    books_of_purchase,
    count_purchases,
    purchase,
    purchases_by_ids,
    purchases_of_order,
    search_purchases,
    stale,
    undecided,
    walk_purchases,
)
from goodfor.supply.desk_statements import offers_statements, statement, statement_lines, statements
from goodfor.supply.desk_suppliers import (
    breakers,
    calls,
    item,
    open_breakers,
    protocol,
    protocols,
    search_items,
    supplier_rows,
    supplier_sheet,
)
from goodfor.supply.desk_types import (
    BreakerView,
    CallLine,
    ItemView,
    OfferView,
    PreviewLine,
    Protocol,
    PurchaseSearch,
    PurchaseView,
    RouteView,
    SettingField,
    SupplierRow,
    SupplierSheet,
)
from goodfor.supply.entries import prepaid as prepaid_account
from goodfor.supply.errors import AttemptNotFound, SupplierNotFound
from goodfor.supply.formats import carrier_of, looks_like
from goodfor.supply.forms import checked_form, form_of, topped_up
from goodfor.supply.mapping import attempt_view, supplier_view
from goodfor.supply.models import Route, Supplier
from goodfor.supply.purchase_models import Attempt, Want
from goodfor.supply.reads_buyable import MANY, buyable, dearest
from goodfor.supply.reads_health import health, health_of_all, report_card
from goodfor.supply.reads_inquiries import inquiries, origin_of_codes, returned_of
from goodfor.supply.reads_match import matched_items, suggestions_for_items, suggestions_for_sku
from goodfor.supply.reads_recon import (
    BoughtRow,
    ToldRow,
    bought_between,
    bought_by_number,
    shops_told,
    told_at_all,
    told_between,
)
from goodfor.supply.reads_report import consequences, supplier_report
from goodfor.supply.reads_sheets import file_suppliers, paper_desk
from goodfor.supply.reads_trial import floor_of, offers_now, trial, trials
from goodfor.supply.reads_watch import move, moves, watch, watches
from goodfor.supply.types import AttemptView, SupplierView

__all__ = [
    "COUNT_LIMIT",
    "DEADLINE_SECONDS",
    "MANY",
    "BoughtRow",
    "BreakerView",
    "CallLine",
    "ItemView",
    "OfferView",
    "PreviewLine",
    "Protocol",
    "PurchaseSearch",
    "PurchaseView",
    "RouteView",
    "SettingField",
    "SupplierRow",
    "SupplierSheet",
    "ToldRow",
    "account_of",
    "accounts",
    "attempt",
    "attempts_of_order",
    "balance_days",
    "books_of_purchase",
    "bought_between",
    "bought_by_number",
    "bought_from_sibling",
    "breakers",
    "buyable",
    "calls",
    "carrier_of",
    "checked_form",
    "consequences",
    "count_purchases",
    "deadline_seconds",
    "dearest",
    "desk",
    "file_suppliers",
    "finding",
    "findings",
    "floor_of",
    "form_of",
    "health",
    "health_of_all",
    "inquiries",
    "is_wanted",
    "item",
    "leads_back",
    "looks_like",
    "matched_items",
    "move",
    "movements",
    "moves",
    "offer_names",
    "offered_items",
    "offers",
    "offers_now",
    "offers_statements",
    "open_breakers",
    "origin_of_codes",
    "paper_desk",
    "prepaid_account",
    "preview",
    "protocol",
    "protocols",
    "purchase",
    "purchases_by_ids",
    "purchases_of_order",
    "report_card",
    "returned_of",
    "route",
    "search_items",
    "search_purchases",
    "shops_told",
    "sole_supplier",
    "stale",
    "statement",
    "statement_lines",
    "statements",
    "suggestions_for_items",
    "suggestions_for_sku",
    "supplier",
    "supplier_report",
    "supplier_rows",
    "supplier_sheet",
    "suppliers",
    "sweep_days",
    "told_at_all",
    "told_between",
    "topped_up",
    "trial",
    "trials",
    "undecided",
    "walk_purchases",
    "watch",
    "watches",
]
_LEADS_BACK: Final = Statement("goodfor.supply", "sql/leads_back.sql")
DEADLINE_SECONDS: Final = 600


def supplier(shop_id: UUID, supplier_id: UUID) -> SupplierView:
    """One supplier. Raises SupplierNotFound."""
    row = Supplier.objects.filter(shop_id=shop_id, id=supplier_id).first()
    if row is None:
        raise SupplierNotFound
    return supplier_view(row)


def suppliers(shop_id: UUID) -> list[SupplierView]:
    """All of a shop, by name."""
    return [supplier_view(row) for row in Supplier.objects.filter(shop_id=shop_id).order_by("name", "id")]


def deadline_seconds(shop_id: UUID, sku_ids: Sequence[UUID]) -> int:
    """How long buyers of these SKUs wait at most: the shortest of them."""
    known = dict(Route.objects.filter(shop_id=shop_id, sku_id__in=sku_ids).values_list("sku_id", "deadline_seconds"))
    return min((known.get(sku_id, DEADLINE_SECONDS) for sku_id in sku_ids), default=DEADLINE_SECONDS)


def is_wanted(shop_id: UUID, order_id: UUID) -> bool:
    """Something of this order is still being bought."""
    return Want.objects.filter(shop_id=shop_id, order_id=order_id, state=states.OPEN).exists()


def attempts_of_order(shop_id: UUID, order_id: UUID) -> list[AttemptView]:
    """Every purchase for an order, oldest first."""
    rows = Attempt.objects.filter(shop_id=shop_id, want__order_id=order_id).select_related("want").order_by("id")
    return [attempt_view(row, row.want) for row in rows]


def attempt(shop_id: UUID, attempt_id: UUID) -> AttemptView:
    """One purchase. Raises AttemptNotFound."""
    row = Attempt.objects.filter(shop_id=shop_id, id=attempt_id).select_related("want").first()
    if row is None:
        raise AttemptNotFound
    return attempt_view(row, row.want)


def desk(shop_id: UUID, limit: int = 100) -> list[AttemptView]:
    """Purchases that wait for a person, oldest first."""
    rows = Attempt.objects.filter(shop_id=shop_id, state=states.MANUAL).select_related("want").order_by("sent_at")
    return [attempt_view(row, row.want) for row in rows[:limit]]


def leads_back(*, home: str, shop: str, sku_id: UUID, most: int) -> bool:
    """Whether a SKU of the shop with code `shop` may come from `home` itself, or over more than `most` shops."""
    with platform_job("shops that buy from each other"):
        row = _LEADS_BACK.row({"home": home, "shop": shop, "sku_id": sku_id, "most": most})
    return bool(row and row[0])


def bought_from_sibling(number: str) -> tuple[UUID, UUID] | None:
    """Shop and supplier of a purchase, by its number, where another shop of this installation sold; else None."""
    with platform_job("which shop bought"):
        found = Attempt.objects.filter(number=number).values_list("shop_id", "supplier_id").first()
        if found is None or not Supplier.objects.filter(id=found[1], protocol="sibling").exists():
            return None
    return found
