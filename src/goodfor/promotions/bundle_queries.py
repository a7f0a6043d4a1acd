"""Reads of bundles, as dataclasses; what a cart needs of them. Reached from outside as it stands."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from goodfor.kernel.sql import Row, Statement
from goodfor.promotions.bundle_errors import BundleNotOnSale, BundleUnknown
from goodfor.promotions.bundle_json import checked, loaded
from goodfor.promotions.bundle_margin import choices, cost_a_set, margin_box
from goodfor.promotions.bundle_models import BundleRevision
from goodfor.promotions.bundle_states import ARCHIVED, BUNDLE, ON_SALE
from goodfor.promotions.bundle_types import BundleInCart, BundleSpec, BundleView, Exploded, Wished
from goodfor.promotions.bundling import explode, gather, price_of, set_minor, sets_in_stock
from goodfor.promotions.cart_types import CartBundle, Live
from goodfor.promotions.spec_types import ACTIVITY, JOINT, BundlePrice, Scope, Spec, Window

__all__ = [
    "bundle",
    "bundle_by_slug",
    "bundles",
    "bundles_by_id",
    "checked",
    "choices",
    "cost_a_set",
    "deliveries",
    "exploded",
    "in_cart",
    "in_cart_of",
    "live_of",
    "margin_box",
    "newest",
    "price_of",
    "revisions",
    "set_minor",
    "sets_in_stock",
]
_BUNDLES = Statement(__package__, "sql/bundles.sql")
_ANY: Final = sorted(BUNDLE.states)
_ALWAYS: Final = Window(datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC))


def bundles(shop_id: UUID, *, on_sale: bool = True, limit: int = 200) -> list[BundleView]:
    """Bundles by place: those on sale, or all that are not put away."""
    return _read(shop_id, states=[ON_SALE] if on_sale else [state for state in _ANY if state != ARCHIVED], limit=limit)


def bundle(shop_id: UUID, bundle_id: UUID) -> BundleView:
    """One by its id, in any state: the revision on sale, else the newest. Raises BundleUnknown."""
    return _one(_read(shop_id, ids=[bundle_id]))


def newest(shop_id: UUID, bundle_id: UUID) -> BundleView:
    """One by its id, with its newest revision, on sale or not. Raises BundleUnknown."""
    return _one(_read(shop_id, ids=[bundle_id], newest=True))


def bundle_by_slug(shop_id: UUID, slug: str) -> BundleView:
    """One on sale, by its address. Raises BundleUnknown."""
    known = slug if slug.isascii() and slug.isprintable() else ""
    return _one(_read(shop_id, slug=known, states=[ON_SALE]))


def bundles_by_id(shop_id: UUID, bundle_ids: Sequence[UUID]) -> list[BundleView]:
    """Those on sale among these, in the order given."""
    found = {one.id: one for one in _read(shop_id, ids=bundle_ids, states=[ON_SALE])}
    return [found[bundle_id] for bundle_id in bundle_ids if bundle_id in found]


def revisions(shop_id: UUID, bundle_id: UUID, limit: int = 50) -> list[tuple[UUID, int, str, datetime]]:
    """(id, number, by whom, when) of the newest revisions of a bundle."""
    rows = BundleRevision.objects.filter(shop_id=shop_id, bundle_id=bundle_id).order_by("-number")
    return list(rows.values_list("id", "number", "by", "at")[:limit])


def deliveries(shop_id: UUID, revision_ids: Sequence[UUID]) -> dict[UUID, str]:
    """How parts of a bundle are delivered where some are not there, by its revision: `all` or `part`."""
    rows = BundleRevision.objects.filter(shop_id=shop_id, id__in=list(revision_ids))
    return dict(rows.values_list("id", "spec__delivery"))


def exploded(view: BundleView, sets: int, picks: Mapping[UUID, int]) -> Exploded:
    """A wish as the lines of an order. Raises BundleNotOnSale, InvalidPicks."""
    if view.state != ON_SALE:
        raise BundleNotOnSale
    return Exploded(view.id, sets, dict(picks), explode(view.spec, sets, picks))


def in_cart(shop_id: UUID, wished: Sequence[Wished]) -> tuple[BundleInCart, ...]:
    """The bundles that these lines are, by the revisions on sale, in the order of lines; one statement, none for none.

    Raises BundleNotOnSale, InvalidPicks where lines are no whole sets of what is on sale.
    """
    if not wished:
        return ()
    return in_cart_of(_read(shop_id, ids=list({line.bundle_id for line in wished}), states=[ON_SALE]), wished)


def in_cart_of(views: Sequence[BundleView], wished: Sequence[Wished]) -> tuple[BundleInCart, ...]:
    """The same of bundles that were read, on sale all of them. Raises BundleNotOnSale, InvalidPicks."""
    pieces: dict[UUID, dict[UUID, int]] = {}
    for line in wished:
        own = pieces.setdefault(line.bundle_id, {})
        own[line.sku_id] = own.get(line.sku_id, 0) + line.quantity
    found = {one.id: one for one in views}
    if not pieces.keys() <= found.keys():
        raise BundleNotOnSale
    made = []
    for bundle_id, own in pieces.items():
        view = found[bundle_id]
        sets, picks = gather(view.spec, own)
        weights = {
            part.sku_id: part.weight * picks.get(part.sku_id, 1) for part in view.spec.parts if part.weight is not None
        }
        cart = CartBundle(bundle_id, view.revision_id, sets)
        live = live_of(view, price_of(view.spec, sets, picks))
        made.append(
            BundleInCart(cart, live, view.revision_id, view.spec.title, view.spec.delivery, weights, view.spec, picks)
        )
    return tuple(made)


def live_of(view: BundleView, price: BundlePrice) -> Live:
    """The bundle's own price as the evaluator wants it: no limits, never below cost and floor."""
    spec = Spec(
        play="bundle",
        layer=ACTIVITY,
        window=_ALWAYS,
        scope=Scope(everything=True, bundles=True),
        effect=price,
        stacking=JOINT,
        floor=view.spec.floor,
    )
    return Live(view.id, view.revision_id, view.spec.title, spec)


def _one(found: Sequence[BundleView]) -> BundleView:
    if not found:
        raise BundleUnknown
    return found[0]


def _read(
    shop_id: UUID,
    *,
    ids: Sequence[UUID] | None = None,
    slug: str | None = None,
    states: Sequence[str] = _ANY,
    newest: bool = False,
    limit: int = 200,
) -> list[BundleView]:
    params = {
        "shop_id": shop_id,
        "ids": None if ids is None else list(ids),
        "slug": slug,
        "states": list(states),
        "newest": newest,
        "limit": limit,
    }
    return [_view(row) for row in _BUNDLES.rows(params)]


def _view(row: Row) -> BundleView:
    return BundleView(row[0], row[1], row[2], row[3], row[4], _spec(row[5]), row[6], row[7], row[8])


def _spec(text: str) -> BundleSpec:
    return loaded(json.loads(text))
