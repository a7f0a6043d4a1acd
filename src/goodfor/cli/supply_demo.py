"""Suppliers of the demo shop, at the stand-ins that `up` runs: two that sell the same, so that one can fail."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from goodfor.kernel.money import Money
from goodfor.sandbox.suppliers.registry import all_vendors
from goodfor.supply import queries as supply
from goodfor.supply.operations.connect_supplier import (
    Connection,
    Contract,
    connect_supplier,
    reconnect_supplier,
    switch_supplier,
)
from goodfor.supply.operations.note_items import note_known
from goodfor.supply.operations.set_offers import Terms, set_offer
from goodfor.supply.operations.top_up import top_up_supplier
from goodfor.supply.providers.values import Item as SoldItem
from goodfor.supply.providers.values import Stock
from goodfor.supply.types import SupplierView

ACTOR: Final = "system:demo"
#: (code, name, vendor): the first is asked first.
SITES: Final = (("qingniao", "青鸟供货（沙箱）", "kasushou"), ("yunduo", "云朵供货（沙箱）", "kayixin"))
#: SKU -> (item, name, cost) as every site of the stand-ins sells them.
SOLD: Final = {"yd-month": ("1001", "云朵视频 月卡", Decimal("9.90"))}
#: What the stand-ins hold for us from the beginning.
PAID_MINOR: Final = 10_000_00


def _address(vendor: str, url: str) -> tuple[dict[str, str], dict[str, str]]:
    """Settings and secrets of the site that every vendor has."""
    return all_vendors()[vendor].credentials("demo", f"{url}/{vendor}/demo")


def open_suppliers(shop_id: UUID, skus: dict[str, UUID], url: str, now: datetime) -> None:
    """Connect them and offer what they sell. What is known of their goods is looked at again once they run."""
    for position, (code, name, vendor) in enumerate(SITES):
        config, secrets = _address(vendor, url)
        about: dict[str, Any] = {"shop_id": shop_id, "actor": ACTOR, "now": now}
        made = connect_supplier(
            wanted=Connection(vendor, code, name, "CNY", config, secrets),
            contract=Contract(low_balance=Decimal(100), priority=100 + position), shop_currency="CNY", **about,
        )  # fmt: skip
        top_up_supplier(supplier_id=made.id, amount=Money(PAID_MINOR, "CNY"), key=made.id, note="", **about)
        note_known(
            shop_id=shop_id, supplier_id=made.id, items=[_sold(*item) for item in SOLD.values()], now=now
        )  # fmt: skip
        switch_supplier(supplier_id=made.id, enabled=True, **about)
        for sku, (item_id, *_rest) in SOLD.items():
            (item,) = supply.search_items(shop_id, supplier_id=made.id, text=item_id)
            set_offer(sku_id=skus[sku], item=item.id, terms=Terms(priority=100 + position), **about)


def _sold(item_id: str, name: str, cost: Decimal) -> SoldItem:
    return SoldItem(item_id, name, "card", cost, "CNY", stock=Stock("exact", 1000), face_value=Decimal(10), whole=False)


def renew_suppliers(shop_id: UUID, url: str, now: datetime) -> None:
    """The stand-ins answer at another port than before: the suppliers follow. None is added, none switched on."""
    vendors = {code: vendor for code, _name, vendor in SITES}
    for known in supply.suppliers(shop_id):
        if vendors.get(known.code) != known.protocol:
            continue
        config, secrets = _address(known.protocol, url)
        if not config.items() <= known.config.items():
            _follow(known, {**known.config, **config}, secrets, now)


def _follow(known: SupplierView, config: dict[str, Any], secrets: dict[str, str], now: datetime) -> None:
    sheet = supply.supplier_sheet(known.shop_id, known.id, now)
    reconnect_supplier(
        shop_id=known.shop_id, supplier_id=known.id,
        wanted=Connection(known.protocol, known.code, known.name, known.currency, config, secrets),
        contract=sheet.contract, shop_currency="CNY", actor=ACTOR, now=now,
    )  # fmt: skip
