"""From a buyer's wish (a group, a bargain) to the choice that prices a cart."""

from datetime import datetime
from uuid import UUID

from goodfor.promotions import group_queries, plan_cache
from goodfor.promotions.cart_types import Cart, Choice, Live
from goodfor.promotions.evaluating.meeting import Index
from goodfor.promotions.group_errors import BargainOver, GroupOver, PlayNotFound
from goodfor.promotions.group_types import BY_BARGAIN, BY_GROUP, ChoiceRequest
from goodfor.promotions.plays import BARGAIN_PLAY, GROUP_PLAY, price_of
from goodfor.promotions.slots import running
from goodfor.promotions.spec_types import Spec

_PLAYS = {BY_GROUP: GROUP_PLAY, BY_BARGAIN: BARGAIN_PLAY}


def choose(shop_id: UUID, asked: ChoiceRequest, *, buyer_ref: str, now: datetime) -> Choice:
    """What the cart is priced with. A group keeps the price that it began with, a bargain has the one it has come to.

    Raises PlayNotFound (not running, or not for this SKU), GroupNotFound, GroupOver, BargainNotFound, BargainOver.
    """
    live = live_of(shop_id, asked.campaign_id, _PLAYS.get(asked.kind, ""))
    if asked.kind == BY_BARGAIN:
        if asked.id is None:
            raise PlayNotFound
        bargain = group_queries.bargain(shop_id, asked.id)
        mine = bargain.campaign_id == asked.campaign_id and bargain.sku_id == asked.sku_id
        if not mine or bargain.owner_ref != buyer_ref or not bargain.is_open(now):
            raise BargainOver
        return Choice(asked.campaign_id, asked.sku_id, bargain.price_minor)
    if asked.id is None:
        return Choice(asked.campaign_id, asked.sku_id, price_of(live.spec, asked.sku_id))
    group = group_queries.group(shop_id, asked.id)
    if group.campaign_id != asked.campaign_id or group.sku_id != asked.sku_id or not group.is_open(now):
        raise GroupOver
    return Choice(asked.campaign_id, asked.sku_id, group.price_minor)


def live_of(shop_id: UUID, campaign_id: UUID, play: str) -> Live:
    """The revision of a campaign that counts now. Raises PlayNotFound."""
    for live in _plan(shop_id).lives:
        if live.campaign_id == campaign_id and live.spec.play == play:
            return live
    raise PlayNotFound


def startable(shop_id: UUID, campaign_id: UUID, play: str, cart: Cart) -> Live:
    """The same, where it runs at the cart's moment and in its channel, and is about its line.

    Raises PlayNotFound.
    """
    live, index = live_of(shop_id, campaign_id, play), Index(cart, _plan(shop_id).zone)
    spec = live.spec
    if not index.in_window(spec.window) or not _counts_in(spec, cart.channel) or not index.scoped(spec.scope):
        raise PlayNotFound
    return live


def plays_of(shop_id: UUID, product_id: UUID, sku_ids: frozenset[UUID], channel: str, now: datetime) -> list[Live]:
    """Group buys and bargains of a product that run now in a channel, for the pages that offer them."""
    plan = _plan(shop_id)
    return [
        live
        for live in plan.lives
        if live.spec.play in (GROUP_PLAY, BARGAIN_PLAY)
        and running(live.spec.window, now, plan.zone) is not None
        and _counts_in(live.spec, channel)
        and (product_id in live.spec.scope.products or live.spec.scope.skus & sku_ids)
    ]


def _counts_in(spec: Spec, channel: str) -> bool:
    return not spec.channels or channel in spec.channels


def _plan(shop_id: UUID) -> plan_cache.ShopPlan:
    version, known = plan_cache.version_of(shop_id), plan_cache.known(shop_id)
    if known is None or known.version != version:
        known = plan_cache.load(shop_id)
    return known
