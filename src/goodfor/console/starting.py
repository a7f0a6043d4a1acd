"""The way of a new shop to its first sale, as five steps. How far a shop is, is looked at, never kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from goodfor.catalog import queries as catalog
from goodfor.catalog.types import ProductView, SkuView
from goodfor.console.columns import Text
from goodfor.console.operations.start_order import buyer_of_tests
from goodfor.console.queries import start_dismissed
from goodfor.demo.types import TEST_CLIENT
from goodfor.identity import queries as identity
from goodfor.identity.types import ApiClientView, ShopView
from goodfor.orders import queries as orders
from goodfor.orders.types import OrderSearch, OrderView
from goodfor.payments import queries as payments
from goodfor.vault import queries as vault

STEPS: Final[tuple[tuple[str, Text], ...]] = (
    ("name", _("店铺名称")),
    ("product", _("上架商品")),
    ("codes", _("导入卡密")),
    ("channel", _("收款方式")),
    ("order", _("试下一单")),
)
KEYS: Final = tuple(key for key, _title in STEPS)
_PAST_DELIVERY: Final = 20


@dataclass(frozen=True, slots=True)
class Way:
    """How far a shop is: the keys of the steps that are done."""

    done: frozenset[str]

    @property
    def finished(self) -> bool:
        """True when nothing is left."""
        return self.done.issuperset(KEYS)

    @property
    def next(self) -> str:
        """The first step that is not done, the last one when all are."""
        return next((key for key in KEYS if key not in self.done), KEYS[-1])

    def items(self, current: str) -> list[dict[str, object]]:
        """For the kit's row of steps."""
        return [
            {
                "key": key,
                "label": title,
                "state": "now" if key == current else "done" if key in self.done else "next",
                "done": key in self.done,
            }
            for key, title in STEPS
        ]


def way_of(shop: ShopView, now: datetime) -> Way:
    """Look at a shop. Whoever has delivered an order has had goods and codes."""
    done = set()
    if str(shop.settings.get("support", "")).strip():
        done.add("name")
    if any(account.enabled for account in payments.accounts(shop.id, now)):
        done.add("channel")
    if _has_delivered(shop):
        done |= {"product", "codes", "order"}
    elif offers := offers_of(shop):
        done.add("product")
        levels = vault.stock(shop.id, [sku.id for _product, sku in offers], now)
        if any(level.available or level.reserved or level.sold for level in levels.values()):
            done.add("codes")
    return Way(frozenset(done))


def _has_delivered(shop: ShopView) -> bool:
    if orders.search_order_ids(shop.id, OrderSearch(states=("delivered",)), limit=1):
        return True
    back = orders.search_orders(shop.id, OrderSearch(states=("refunding", "refunded")), limit=_PAST_DELIVERY)
    return any(order.delivered_at for order in back)


def card_of(shop: ShopView, now: datetime) -> Way | None:
    """What the overview shows: None once all is done, or when nobody wants to be led."""
    if start_dismissed(shop.id):
        return None
    way = way_of(shop, now)
    return None if way.finished else way


def offers_of(shop: ShopView) -> list[tuple[ProductView, SkuView]]:
    """What is on sale."""
    return [
        (product, sku)
        for product in catalog.all_products(shop.id)
        if product.on_sale
        for sku in product.skus
        if sku.on_sale
    ]


def in_stock(shop: ShopView, now: datetime) -> list[tuple[ProductView, SkuView, int]]:
    """What could be ordered now, with how many codes are free."""
    offers = offers_of(shop)
    levels = vault.stock(shop.id, [sku.id for _product, sku in offers], now)
    found = [(product, sku, levels[sku.id].available) for product, sku in offers if sku.id in levels]
    return [offer for offer in found if offer[2] > 0]


def test_client(shop: ShopView) -> ApiClientView | None:
    """The client in whose name test orders are paid from a balance."""
    clients: Sequence[ApiClientView] = identity.clients_of_shop(shop.id)
    return next((client for client in clients if client.name == TEST_CLIENT and client.active), None)


def test_order(shop: ShopView) -> OrderView | None:
    """The latest test order, whoever of the staff placed it."""
    found = orders.orders_of_buyer(shop.id, buyer_of_tests(shop.id), limit=1)
    client = test_client(shop)
    if client is not None:
        found = [*found, *orders.orders_of_client(shop.id, client.id, limit=1)]
    return max(found, key=lambda order: order.placed_at, default=None)


def address_of_shop(shop: ShopView) -> str:
    """Where buyers find the shop."""
    public = str(settings.GOODFOR_PUBLIC_URL)
    return f"{public.partition('://')[0]}://{shop.host}/" if shop.host else f"{public}/"
