"""An order for a group or a bargain: taken when it is placed, dropped when it is closed. In the caller's transaction.

What its payment and its refund mean for a group is asked by the order's hold (`pay_place`, `leave_place`).
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.promotions.cart_types import BuyerNames, Choice, Priced
from goodfor.promotions.choosing import live_of
from goodfor.promotions.group_errors import TooManyPieces, choice_failed
from goodfor.promotions.group_types import BY_BARGAIN, ChoiceRequest
from goodfor.promotions.operations.leave_place import leave_place
from goodfor.promotions.operations.take_place import begin_group, join_group
from goodfor.promotions.operations.use_bargain import free_bargain, take_bargain
from goodfor.promotions.persons import names_of
from goodfor.promotions.plays import GROUP_PLAY, group_play

#: Friends brought down the price of one.
BARGAINED_PIECES: Final = 1


def take_choice(
    *, shop_id: UUID, order_id: UUID, asked: ChoiceRequest, choice: Choice, names: BuyerNames, pieces: int,
    now: datetime,
) -> UUID | None:  # fmt: skip
    """The group that the order waits for once it is paid; None for a bargain. Before limits are taken.

    `choice`: what `choose` answered; `pieces` of its SKU, one where it is a bargain. Raises what beginning, joining and
    taking raise, and TooManyPieces.
    """
    if asked.kind == BY_BARGAIN:
        assert asked.id is not None
        if pieces != BARGAINED_PIECES:
            raise TooManyPieces(limit=BARGAINED_PIECES)
        take_bargain(
            shop_id=shop_id, bargain_id=asked.id, order_id=order_id, buyer_ref=names.buyer_ref,
            price_minor=choice.price, now=now,
        )  # fmt: skip
        return None
    live, known = live_of(shop_id, asked.campaign_id, GROUP_PLAY), names_of(names)
    play = group_play(live.spec)
    if asked.id is not None:
        return join_group(
            shop_id=shop_id, order_id=order_id, group_id=asked.id, play=play, buyer_ref=names.buyer_ref, names=known,
            pieces=pieces, now=now,
        )  # fmt: skip
    return begin_group(
        shop_id=shop_id, order_id=order_id, campaign_id=live.campaign_id, revision_id=live.revision_id,
        sku_id=asked.sku_id, price_minor=choice.price, play=play, buyer_ref=names.buyer_ref, names=known,
        pieces=pieces, now=now,
    )  # fmt: skip


def check_counted(asked: ChoiceRequest, priced: Priced | None) -> None:
    """What was chosen has made the price. Raises ChoiceGone, which says why not: nobody waits for nothing."""
    shares = priced.shares if priced else ()
    if not any(share.campaign_id == asked.campaign_id and share.minor for share in shares):
        trace = priced.trace if priced else ()
        raise choice_failed(next((one.outcome for one in trace if one.campaign_id == asked.campaign_id), "scope"))


def drop_choice(*, shop_id: UUID, order_id: UUID, cause: str, now: datetime) -> None:
    """The order was closed unpaid. Nothing for an order of neither."""
    leave_place(shop_id=shop_id, order_id=order_id, cause=cause, now=now)
    free_bargain(shop_id=shop_id, order_id=order_id, now=now)
