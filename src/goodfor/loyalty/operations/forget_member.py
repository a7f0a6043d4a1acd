"""Somebody's account is erased: nobody holds these units any more."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.identity import queries as identity
from goodfor.ledger import operations as ledger
from goodfor.loyalty import kinds, moving
from goodfor.loyalty.models import Fact, Member, Notice, TaskReward, Wallet
from goodfor.loyalty.store import Why
from goodfor.loyalty.types import Holder, Source


@transaction.atomic(savepoint=False)
def forget_member(*, shop_id: UUID, owner: UUID, now: datetime) -> int:
    """All units end now, and nobody stands on a tier here any more; how many wallets there were. What is left names
    nobody: an id that leads nowhere.

    Again it changes nothing.
    """
    Notice.objects.filter(shop_id=shop_id, owner=owner).delete()
    # Runs go over these rows: without one nothing is given any more.
    Member.objects.filter(shop_id=shop_id, owner=owner).delete()
    Fact.objects.filter(shop_id=shop_id, owner=owner).delete()
    # The points are gone with the account: whoever has the mailbox next may earn them.
    TaskReward.objects.filter(shop_id=shop_id, owner=owner).exclude(mark="").update(mark="")
    wallets = Wallet.objects.filter(shop_id=shop_id, owner=owner).order_by("id")
    why = Why(Source("buyer", str(owner), "erased"), kinds.SALE, "", "system", None, now)
    for wallet in wallets:
        if wallet.balance:
            holder = Holder(owner, wallet.kind, wallet.scope)
            moved = moving.take(shop_id, holder, wallet.balance, why, kind=kinds.EXPIRE, pending_too=True, partly=True)
            if moved.entries:
                currency = identity.shop_by_id(shop_id).currency
                ledger.post(shop_id=shop_id, currency=currency, entries=moved.entries, now=now)
    return len(wallets)
