"""The first page and others, from the blocks that the operator has arranged: each with the goods that it shows now."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from goodfor.catalog import queries as catalog
from goodfor.catalog.types import CategoryView, Filters, ImageView, ProductCard, SkuView
from goodfor.identity import queries as identity
from goodfor.orders import queries as orders
from goodfor.promotions import bundle_queries as bundles
from goodfor.promotions import queries as promotions
from goodfor.promotions.saying import effect_text
from goodfor.promotions.types import BuyerNames, Claimable
from goodfor.storefront.bundles import BundleCard, cards_of
from goodfor.storefront.flash import FlashSlot, flash_slots, strip_of
from goodfor.storefront.member_only import exclusive_of
from goodfor.storefront.queries import Shelf, Shelved, shelved
from goodfor.window import queries as window
from goodfor.window.types import Banner, Block, Bundles, CategoryRow, Content, Coupons, Flash, Grid, Sale, Scene, Text

DEFAULT_GRID = 24


@dataclass(frozen=True, slots=True)
class FlashOffer:
    """A SKU in the strip."""

    card: ProductCard
    sku: SkuView
    sold_out: bool

    @property
    def face(self) -> str:
        """What its token shows."""
        return self.sku.face_value_label or self.sku.name


@dataclass(frozen=True, slots=True)
class Piece:
    """A block ready to be shown; the fields of other kinds are empty."""

    content: Content
    goods: list[Shelved] = field(default_factory=list)
    offers: list[FlashOffer] = field(default_factory=list)
    categories: list[CategoryView] = field(default_factory=list)
    bundles: list[BundleCard] = field(default_factory=list)
    claims: list[tuple[Claimable, str]] = field(default_factory=list)
    slot: FlashSlot | None = None
    image: ImageView | None = None
    more: str = ""

    @property
    def kind(self) -> str:
        """Which template part draws it."""
        return self.content.kind


@dataclass(frozen=True, slots=True)
class Home:
    """The first page; `arranged` is False for the one that every new shop has."""

    pieces: list[Piece]
    arranged: bool


def arranged_home(shop_id: UUID, now: datetime, *, draft: bool = False, page_id: UUID | None = None) -> Home | None:
    """The blocks shown at `now`, those with nothing to show left out; None where the operator has arranged nothing.

    `page_id`: of another page than the first one.
    """
    blocks = window.draft(shop_id, page_id) if draft else window.published(shop_id, page_id)
    pieces = [_piece(shop_id, block, now) for block in blocks if block.shown_at(now)]
    return Home([piece for piece in pieces if piece is not None], arranged=True) if blocks else None


def default_home(shop_id: UUID, after: str | None) -> tuple[Home, Shelf]:
    """Scenes if there are any, all categories, all products."""
    scenes = catalog.scenes(shop_id)
    pieces = [Piece(Scene(tuple(scenes)))] if scenes and not after else []
    listed = catalog.list_products(shop_id, after=after, limit=DEFAULT_GRID)
    pieces.append(Piece(CategoryRow(), categories=catalog.categories(shop_id)))
    return Home(pieces, arranged=False), Shelf(shelved(shop_id, listed.items), listed.next)


def _piece(shop_id: UUID, block: Block, now: datetime) -> Piece | None:
    content = block.content
    match content:
        case Banner():
            return Piece(content, image=catalog.image(shop_id, content.image) if content.image else None)
        case Scene() | Text():
            return Piece(content)
        case CategoryRow():
            known = catalog.categories(shop_id)
            by_slug = {category.slug: category for category in known}
            chosen = [by_slug[slug] for slug in content.slugs if slug in by_slug] if content.slugs else known
            return Piece(content, categories=chosen) if chosen else None
        case Grid():
            goods, more = _grid(shop_id, content)
            return Piece(content, goods=goods, more=more) if goods else None
        case Bundles():
            cards = cards_of(shop_id, bundles.bundles_by_id(shop_id, content.bundle_ids))
            return Piece(content, bundles=cards) if cards else None
        case Coupons():
            # Looking is free: what a buyer may still claim is said in the centre.
            claims = [one for one in _claimables(shop_id, now) if one.campaign_id in content.campaign_ids]
            return Piece(content, claims=_said(shop_id, claims)) if claims else None
        case Sale():
            slot = strip_of(flash_slots(shop_id, now, content.campaign_ids))
            return Piece(content, slot=slot) if slot else None
        case Flash():
            offers = _flash(shop_id, content) if now < content.ends_at else []
            return Piece(content, offers=offers) if offers else None


def _grid(shop_id: UUID, grid: Grid) -> tuple[list[Shelved], str]:
    if grid.slugs:
        cards = catalog.products_by_slug(shop_id, grid.slugs)[: grid.limit]
        return shelved(shop_id, cards), ""
    filters = Filters(scene=grid.scene or None)
    listed = catalog.list_products(shop_id, category=grid.category or None, limit=grid.limit, filters=filters)
    return shelved(shop_id, listed.items), "more" if listed.next else ""


def _claimables(shop_id: UUID, now: datetime) -> list[Claimable]:
    return promotions.claimables(shop_id, BuyerNames(""), now)


def _said(shop_id: UUID, claims: list[Claimable]) -> list[tuple[Claimable, str]]:
    currency = identity.shop_by_id(shop_id).currency
    found = []
    for one in claims:
        words, whose = effect_text(one.spec.effect, {}, currency), exclusive_of(shop_id, one.spec)
        found.append((one, f"{whose} · {words}" if whose else words))
    return found


def _flash(shop_id: UUID, flash: Flash) -> list[FlashOffer]:
    found = catalog.products_of_skus(shop_id, flash.sku_ids)
    stock = orders.available(shop_id, [sku.id for _, sku in found])
    return [FlashOffer(card, sku, sku.id not in stock) for card, sku in found]
