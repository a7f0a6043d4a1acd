"""What pages show of group buys and bargains."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest

from goodfor.catalog import queries as catalog
from goodfor.catalog.errors import SkuUnknown
from goodfor.catalog.types import ProductCard, ProductView, SkuView
from goodfor.kernel.money import Money
from goodfor.promotions import choosing, group_queries
from goodfor.promotions.plays import GROUP_PLAY, bargain_play, group_play, price_of
from goodfor.promotions.types import BargainPlay, Cart, CartLine, GroupPlay, GroupView, Live
from goodfor.storefront.client import device_of
from goodfor.storefront.queries import Offer

WECHAT = "wechat"
#: Where campaigns say that orders of the storefront are placed, unless a face says it more exactly.
WEB = "web"


@dataclass(frozen=True, slots=True)
class Play:
    """A group buy or a bargain of one SKU: what it costs then, and the groups that can be joined."""

    campaign_id: UUID
    sku: SkuView
    price: Money
    group: GroupPlay | None
    bargain: BargainPlay | None
    open_groups: tuple[GroupView, ...] = ()


@dataclass(frozen=True, slots=True)
class Goods:
    """What a group or bargain is about."""

    card: ProductCard
    sku: SkuView

    @property
    def face(self) -> str:
        """What its token says."""
        return self.sku.face_value_label or self.sku.name

    @property
    def offer(self) -> Offer:
        """As risk control is told of it."""
        return Offer(self.sku, 0, 0)

    def cart(self, shop_id: UUID, face: str, now: datetime) -> Cart:
        """A piece of it alone, as campaigns look at it. `face` as in `plays_of`."""
        sku = catalog.skus_for_sale(shop_id, [self.sku.id])[self.sku.id]
        line = CartLine(self.sku.id, sku.product_id, sku.category_id, 1, sku.price.amount_minor, None)
        return Cart((line,), face or WEB, now)

    def money(self, minor: int) -> Money:
        """Of the same currency."""
        return Money(minor, self.sku.price.currency)


def goods_of(shop_id: UUID, sku_id: UUID) -> Goods:
    """Raises SkuUnknown, also where it is not on sale."""
    found = catalog.products_of_skus(shop_id, [sku_id])
    if not found:
        raise SkuUnknown(sku_id=str(sku_id))
    return Goods(*found[0])


def plays_of(
    shop_id: UUID, product: ProductView, today: Mapping[UUID, Money], now: datetime, face: str = ""
) -> list[Play]:
    """What a product's page offers; one cheap read where there is nothing.

    `face`: where the visitor is, as `client.face_of` says; `today`: what SKUs cost him by campaigns. Nobody is sent to
    wait for others, or to bring friends, for what he can have at once for no more.
    """
    skus = {sku.id: sku for sku in product.skus if sku.on_sale}
    lives = choosing.plays_of(shop_id, product.id, frozenset(skus), face or WEB, now)
    groups = [live.campaign_id for live in lives if live.spec.play == GROUP_PLAY]
    joinable = group_queries.open_groups(shop_id, groups, now) if groups else []
    return [play for live in lives for play in _of_skus(live, skus.values(), joinable, today)]


def _of_skus(
    live: Live, skus: Collection[SkuView], joinable: list[GroupView], today: Mapping[UUID, Money]
) -> list[Play]:
    scope = live.spec.scope
    found = []
    for sku in skus:
        price = price_of(live.spec, sku.id)
        if (scope.skus and sku.id not in scope.skus) or sku.id in scope.without_skus:
            continue
        if price >= today.get(sku.id, sku.price).amount_minor:
            continue
        is_group = live.spec.play == GROUP_PLAY
        found.append(
            Play(
                live.campaign_id, sku, Money(price, sku.price.currency), group_play(live.spec) if is_group else None,
                None if is_group else bargain_play(live.spec),
                tuple(one for one in joinable if one.campaign_id == live.campaign_id and one.sku_id == sku.id),
            )
        )  # fmt: skip
    return found


def asks_to_share(request: HttpRequest, *, wechat: bool) -> bool:
    """Whether a page may ask to bring friends for a reward: not inside of WeChat, whose rules forbid it.

    There the page has a plain link; `wechat`: the campaign's switch says otherwise.
    """
    return wechat or device_of(request) != WECHAT
