"""From a buyer's wish (a group, a bargain) to the choice that prices a cart."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from goodfor.promotions import group_queries
from goodfor.promotions.cart_types import Choice, Live
from goodfor.promotions.group_errors import BargainOver, GroupOver, PlayNotFound
from goodfor.promotions.group_types import BY_BARGAIN, BY_GROUP, ChoiceRequest
from goodfor.promotions.plays import BARGAIN_PLAY, GROUP_PLAY, price_of


def choose(shop_id: UUID, asked: ChoiceRequest, lives: Iterable[Live], *, buyer_ref: str, now: datetime) -> Choice:
    """What the cart is priced with. Reads at most one row.

    A group that runs keeps the price that it began with, a bargain has the one it has come to.
    Raises PlayNotFound (not running, or not for this SKU), GroupNotFound, GroupOver, BargainNotFound, BargainOver.
    """
    live = live_of(asked, lives)
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


def live_of(asked: ChoiceRequest, lives: Iterable[Live]) -> Live:
    """The live revision behind a wish. Raises PlayNotFound."""
    play = {BY_GROUP: GROUP_PLAY, BY_BARGAIN: BARGAIN_PLAY}.get(asked.kind)
    for live in lives:
        if live.campaign_id == asked.campaign_id and live.spec.play == play:
            return live
    raise PlayNotFound
