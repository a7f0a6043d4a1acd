"""What counts in a shop, read once a process and plan version. Revisions never change: their specs are kept by id."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from goodfor.kernel.latest import Latest
from goodfor.kernel.sql import Statement
from goodfor.promotions.limit_keys import SHARED
from goodfor.promotions.stored import spec_of
from goodfor.promotions.types import Cart, Live, Spec

SHOPS: Final = 500
SPECS: Final = 5_000
#: Of a shop that never had a campaign.
NOWHERE: Final = ZoneInfo("UTC")
_VERSION: Final = Statement(__package__, "sql/version.sql")
_LIVE: Final = Statement(__package__, "sql/live.sql")
_REVISIONS: Final = Statement(__package__, "sql/revisions.sql")


@dataclass(frozen=True, slots=True)
class ShopPlan:
    """What counts as of a plan version, smallest revision id first, without what is left."""

    version: int
    zone: ZoneInfo
    lives: tuple[Live, ...]

    def for_cart(self, cart: Cart) -> list[Live]:
        """Those with a line in scope: the others give nothing and leave no trace."""
        skus = {line.sku_id for line in cart.lines}
        products = {line.product_id for line in cart.lines}
        categories = {line.category_id for line in cart.lines}
        named = {bundle.revision_id for bundle in cart.bundles}
        found = []
        for live in self.lives:
            scope = live.spec.scope
            if (
                scope.everything
                or not scope.skus.isdisjoint(skus)
                or not scope.products.isdisjoint(products)
                or not scope.categories.isdisjoint(categories)
                or live.revision_id in named
            ):
                found.append(live)
        return found


_plans: Latest[UUID, ShopPlan] = Latest(SHOPS)
_specs: Latest[UUID, Spec] = Latest(SPECS)


def known(shop_id: UUID) -> ShopPlan | None:
    """What this process has read last; good only for its version."""
    return _plans.get(shop_id)


def version_of(shop_id: UUID) -> int:
    """Which plan counts now; 0: the shop never had one."""
    row = _VERSION.row({"shop_id": shop_id})
    return int(row[0]) if row is not None else 0


def load(shop_id: UUID) -> ShopPlan:
    """What counts now. Its number is read first, so that what is read is at least as new."""
    row = _VERSION.row({"shop_id": shop_id})
    if row is None:
        return _plans.put(shop_id, ShopPlan(0, NOWHERE, ()))
    rows = list(_LIVE.rows({"shop_id": shop_id}))
    specs = specs_of(shop_id, [revision_id for _, revision_id, _ in rows])
    lives = tuple(Live(campaign_id, revision_id, name, specs[revision_id]) for campaign_id, revision_id, name in rows)
    return _plans.put(shop_id, ShopPlan(int(row[0]), ZoneInfo(row[1]), lives))


def spec_kept(revision_id: UUID, text: str) -> Spec:
    """The spec of a revision whose text was read."""
    return _specs.get(revision_id) or _specs.put(revision_id, spec_of(text))


def specs_of(shop_id: UUID, revision_ids: Iterable[UUID]) -> dict[UUID, Spec]:
    """Specs by revision; one that is none of a campaign (a bundle's) is not among them."""
    found: dict[UUID, Spec] = {}
    missing = []
    for revision_id in dict.fromkeys(revision_ids):
        spec = _specs.get(revision_id)
        if spec is None:
            missing.append(revision_id)
        else:
            found[revision_id] = spec
    if missing:
        for revision_id, text in _REVISIONS.rows({"shop_id": shop_id, "ids": missing}):
            found[revision_id] = spec_kept(revision_id, text)
    return found


def limited(lives: Iterable[Live], *, shared: bool) -> list[UUID]:
    """Campaigns with limits kept in shards, or with limits of names."""
    return [live.campaign_id for live in lives if any((limit.entity in SHARED) is shared for limit in live.spec.limits)]


def forget() -> None:
    """Drop everything: after a database was replaced (tests, restore)."""
    _plans.clear()
    _specs.clear()
