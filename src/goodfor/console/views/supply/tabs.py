"""The tabs of a supplier's pages: one line for each, and one in `supply_urls`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from goodfor.console.columns import Text
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.supply.types import SupplierView


@dataclass(frozen=True, slots=True)
class SupplierTab:
    """`page` is the name of an address that takes a supplier_id; `permission` as the page itself asks for."""

    key: str
    label: Text
    page: str
    permission: str = Permission.SUPPLY_VIEW


TABS: Final[Sequence[SupplierTab]] = (
    SupplierTab("supplier", _("概况"), "desk:supplier"),
    SupplierTab("items", _("供货商品"), "desk:supplier-items"),
    SupplierTab("calls", _("往来记录"), "desk:supplier-calls"),
    SupplierTab("health", _("健康度"), "desk:supplier-health"),
    SupplierTab("card", _("成绩单"), "desk:supplier-card"),
    SupplierTab("account", _("账户与对账"), "desk:supply-account", Permission.LEDGER_VIEW),
)


def tabs_of(visitor: Visitor, supplier: SupplierView) -> list[dict[str, Any]]:
    """What the visitor may open, for `c-tabs`."""
    return [
        {"key": tab.key, "label": tab.label, "href": reverse(tab.page, kwargs={"supplier_id": supplier.id})}
        for tab in TABS
        if visitor.may(tab.permission)
    ]
