"""Say who brought a buyer: by the code that the buyer typed in, or the link that the buyer came by."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.events import publish
from goodfor.orders import queries as orders
from goodfor.referrals import codes
from goodfor.referrals.errors import AlreadyInvited, InviteNotFound, OwnInvite
from goodfor.referrals.events import FriendBound
from goodfor.referrals.locks import lock_friend
from goodfor.referrals.mapping import binding_view
from goodfor.referrals.models import Binding, InviteCode
from goodfor.referrals.operations.note_marks import note_marks
from goodfor.referrals.programme import revision_at
from goodfor.referrals.states import LINK
from goodfor.referrals.types import BindingView, Invited, Names, Revision


@transaction.atomic(savepoint=False)
def bind(*, shop_id: UUID, friend: UUID, invited: Invited, names: Names, now: datetime) -> BindingView:
    """The binding that stands afterwards; the same inviter again changes nothing.

    By the terms it stays for ever (sticky), or the latest counts. A buyer who has had goods before is nobody's friend
    to bring. Raises InviteNotFound (also where the link is too old), OwnInvite, AlreadyInvited.
    """
    revision, inviter = owner_of(shop_id, invited, now)
    if inviter == friend:
        raise OwnInvite
    lock_friend(shop_id, friend)
    evidence = note_marks(shop_id=shop_id, buyer_id=friend, names=names, now=now)
    standing = Binding.objects.filter(shop_id=shop_id, friend=friend, ended_at__isnull=True).first()
    if standing is not None and standing.inviter == inviter:
        return binding_view(standing)
    if (standing is not None and revision.terms.sticky) or has_bought(shop_id, friend):
        raise AlreadyInvited
    return binding_view(rebind(shop_id, friend, inviter, invited, evidence, standing, now))


def owner_of(shop_id: UUID, invited: Invited, now: datetime) -> tuple[Revision, UUID]:
    """The terms in force, and whose code it is. Raises InviteNotFound."""
    revision, code = revision_at(shop_id, now), codes.canonical(invited.code)
    if revision is None or not revision.terms.on or not code:
        raise InviteNotFound
    if invited.source == LINK and invited.at < now - timedelta(days=revision.terms.window_days):
        raise InviteNotFound
    owner = InviteCode.objects.filter(shop_id=shop_id, code=code).values_list("owner", flat=True).first()
    if owner is None:
        raise InviteNotFound
    return revision, owner


def has_bought(shop_id: UUID, friend: UUID, but: UUID | None = None) -> bool:
    """Whether an account ever had something delivered that money paid at least a part of, `but` by one order."""
    after = None
    while page := orders.orders_of_buyer(shop_id, f"buyer:{friend.hex}", after, limit=200):
        had = (one for one in page if one.delivered_at is not None and one.id != but)
        if any(not orders.paid_by_credit(shop_id, one) for one in had):
            return True
        after = page[-1].id
    return False


def rebind(
    shop_id: UUID, friend: UUID, inviter: UUID, invited: Invited, evidence: dict[str, Any], standing: Binding | None,
    now: datetime,
) -> Binding:  # fmt: skip
    """End what stands and write the new one. The caller holds the friend."""
    if standing is not None:
        Binding.objects.filter(shop_id=shop_id, id=standing.id).update(ended_at=now)
    row = Binding(
        shop_id=shop_id, friend=friend, inviter=inviter, source=invited.source, code=codes.canonical(invited.code),
        evidence={**evidence, "since": invited.at.isoformat()}, bound_at=now,
    )  # fmt: skip
    Binding.objects.bulk_create([row])
    publish(shop_id=shop_id, event=FriendBound(friend, inviter, invited.source), cause=("buyer", friend), now=now)
    audit.record(
        shop_id=shop_id, actor=f"buyer:{friend.hex}", action="referrals.friend_bound", subject=("buyer", friend),
        data={"inviter": str(inviter), "source": invited.source}, now=now,
    )  # fmt: skip
    return row
