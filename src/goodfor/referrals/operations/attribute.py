"""Note by whom an order came: the code typed at checkout goes before the link, and both before the binding."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.referrals import codes
from goodfor.referrals.errors import AlreadyInvited, OwnInvite
from goodfor.referrals.locks import lock_friend
from goodfor.referrals.models import Attribution, Binding
from goodfor.referrals.operations.bind import has_bought, owner_of, rebind
from goodfor.referrals.operations.note_marks import note_marks
from goodfor.referrals.types import Invited, Names


@transaction.atomic(savepoint=False)
def attribute(*, shop_id: UUID, order_id: UUID, friend: UUID, invited: Invited, names: Names, now: datetime) -> bool:
    """For an order that an account has just placed; once an order. True: it is noted.

    Who is new is bound by it, too; a binding that stands (sticky) stays, and the order counts for whose code it was.
    Raises InviteNotFound, OwnInvite, AlreadyInvited (who has had goods before is nobody's friend to bring).
    """
    revision, inviter = owner_of(shop_id, invited, now)
    if inviter == friend:
        raise OwnInvite
    lock_friend(shop_id, friend)
    evidence = note_marks(shop_id=shop_id, buyer_id=friend, names=names, now=now)
    standing = Binding.objects.filter(shop_id=shop_id, friend=friend, ended_at__isnull=True).first()
    if standing is None and has_bought(shop_id, friend):
        raise AlreadyInvited
    if standing is None or (standing.inviter != inviter and not revision.terms.sticky):
        rebind(shop_id, friend, inviter, invited, evidence, standing, now)
    row = Attribution(
        shop_id=shop_id, order_id=order_id, inviter=inviter, source=invited.source,
        code=codes.canonical(invited.code), evidence={**evidence, "since": invited.at.isoformat()}, at=now,
    )  # fmt: skip
    return bool(Attribution.objects.bulk_create([row], ignore_conflicts=True))
