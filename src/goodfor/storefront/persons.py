"""As whom a visitor counts in groups and bargains: account or browser, device, and the accounts linked with them."""

from uuid import UUID

from django.http import HttpRequest

from goodfor.identity.types import ShopView
from goodfor.promotions.types import BuyerNames
from goodfor.risk.keys import key_of
from goodfor.risk.link_queries import cluster_of
from goodfor.risk.types import KeyKind
from goodfor.storefront.devices import own_id


def names_of_visitor(request: HttpRequest, shop: ShopView, ref: str) -> BuyerNames:
    """Opaque names all of them; whoever is alone has no cluster."""
    device = own_id(request)
    return BuyerNames(buyer_ref=ref, device=device, cluster=cluster(shop.id, ref, device))


def cluster(shop_id: UUID, ref: str, device: str) -> str:
    """The group of linked accounts that these are of, as risk control names it; empty: of none."""
    keys = [key_of(shop_id, KeyKind.BUYER, ref), key_of(shop_id, KeyKind.DEVICE, device)]
    found = cluster_of(shop_id, *(key for key in keys if key is not None))
    return str(found.id) if found else ""
