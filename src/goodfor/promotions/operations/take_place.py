"""An order is placed for a group: it begins one, or waits for its payment to join. Runs in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from goodfor.kernel.ids import uuid7
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.statemachine import record_history
from goodfor.promotions import group_states
from goodfor.promotions.group_errors import AlreadyInGroup, GroupNotFound, GroupOver, GroupRunning, TooManyPieces
from goodfor.promotions.group_models import Group, Place
from goodfor.promotions.group_types import GroupPlay
from goodfor.promotions.persons import is_contact

#: Of those who ordered and did not pay, so many for each place, so that nobody fills a table. No fewer: whoever orders
#: as many guests and pays none of it keeps everybody else out of the group.
WAITING_FOR_A_PLACE = 50


def begin_group(
    *, shop_id: UUID, order_id: UUID, campaign_id: UUID, revision_id: UUID, sku_id: UUID, price_minor: int,
    play: GroupPlay, buyer_ref: str, names: Sequence[str], pieces: int, now: datetime,
) -> UUID:  # fmt: skip
    """A new group with this order as its first; others see it once that is paid.

    One that runs is enough: of this person, by any of his names; a contact that somebody typed and has not paid for yet
    is nobody's name, so that no stranger keeps others from beginning. Raises GroupRunning, TooManyPieces.
    """
    _check_pieces(pieces, play.each)
    advisory_xact_lock(*(("play", shop_id, campaign_id, name) for name in sorted(set(names))))
    sure = [name for name in names if not is_contact(name)]
    unpaid = Q(state=group_states.STARTING, head_names__overlap=sure)
    running = unpaid | Q(state=group_states.OPEN, head_names__overlap=list(names))
    if Group.objects.filter(running, shop_id=shop_id, campaign_id=campaign_id).exists():
        raise GroupRunning
    group = Group(
        id=uuid7(), shop_id=shop_id, campaign_id=campaign_id, revision_id=revision_id, sku_id=sku_id,
        price_minor=price_minor, size=play.size, hours=play.hours, head_ref=buyer_ref, head_names=list(names),
        made_at=now,
    )  # fmt: skip
    group.save(force_insert=True)
    record_history(
        shop_id=shop_id, machine=group_states.GROUP, subject_id=group.id, moves=[(None, group_states.STARTING)],
        actor=f"buyer:{buyer_ref}", cause="placed", now=now,
    )  # fmt: skip
    _put(shop_id, group.id, order_id, buyer_ref, names, pieces, head=True, now=now)
    return group.id


def join_group(
    *, shop_id: UUID, order_id: UUID, group_id: UUID, play: GroupPlay, buyer_ref: str, names: Sequence[str],
    pieces: int, now: datetime,
) -> UUID:  # fmt: skip
    """This order waits for its payment, which joins. No row is locked: what the group has become decides then.

    Raises GroupNotFound, GroupOver, AlreadyInGroup, TooManyPieces.
    """
    _check_pieces(pieces, play.each)
    group = Group.objects.filter(shop_id=shop_id, id=group_id).first()
    if group is None:
        raise GroupNotFound
    if group.state != group_states.OPEN or group.expires_at is None or group.expires_at <= now:
        raise GroupOver
    places = Place.objects.filter(shop_id=shop_id, group_id=group_id, state__in=group_states.LIVE)
    if places.filter(buyer_ref=buyer_ref).exists():
        raise AlreadyInGroup
    if places.count() >= WAITING_FOR_A_PLACE * group.size:
        raise GroupOver
    _put(shop_id, group_id, order_id, buyer_ref, names, pieces, head=False, now=now)
    return group_id


def _check_pieces(pieces: int, each: int) -> None:
    if pieces > each:
        raise TooManyPieces(limit=each)


def _put(
    shop_id: UUID, group_id: UUID, order_id: UUID, buyer_ref: str, names: Sequence[str], pieces: int, *, head: bool,
    now: datetime,
) -> None:  # fmt: skip
    place = Place(
        order_id=order_id, shop_id=shop_id, group_id=group_id, buyer_ref=buyer_ref, names=list(names), pieces=pieces,
        head=head, made_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            place.save(force_insert=True)
    except IntegrityError as error:
        if "promotions_place_once" in str(error):
            raise AlreadyInGroup from None
        raise
    record_history(
        shop_id=shop_id, machine=group_states.PLACE, subject_id=order_id, moves=[(None, group_states.WAITING)],
        actor=f"buyer:{buyer_ref}", cause="placed", now=now,
    )  # fmt: skip
