"""A bundle and a page of blocks of a shop, for the tests of the console."""

from typing import Any
from uuid import UUID

from goodfor.console.tests.conftest import Shop
from goodfor.kernel.clock import utc_now
from goodfor.promotions.operations.write_bundle import create_bundle
from goodfor.promotions.types import FIXED, BundlePart, BundlePrice, BundleSpec
from goodfor.window.operations import write_page


def bundle_of(shop: Shop, slug: str = "home-fun") -> UUID:
    """A draft of two parts at a tenth less."""
    parts = tuple(BundlePart(sku_id) for sku_id in list(shop.demo.skus.values())[:2])
    spec = BundleSpec("宅家娱乐能量包", FIXED, parts, BundlePrice(None, 1000))
    return create_bundle(shop_id=shop.id, slug=slug, spec=spec, actor="test", now=utc_now())


def page_of(shop: Shop, slug: str = "home-fun") -> UUID:
    """A page without blocks, offline."""
    return write_page(shop_id=shop.id, page_id=None, slug=slug, title="宅家", actor="test", now=utc_now())


def bundle_things(shop: Shop) -> dict[str, Any]:
    """By the names that addresses give to ids."""
    return {"bundle_id": bundle_of(shop), "page_id": page_of(shop)}
