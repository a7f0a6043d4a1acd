"""A callback speaks of a refund or of a closed attempt: have the channel asked; its word alone moves nothing."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from goodfor.payments import states
from goodfor.payments.mandate_models import Mandate
from goodfor.payments.models import Account, Inbox, Payment, Refund
from goodfor.payments.types import Fact


def heed_hint(*, shop_id: UUID, fact: Fact, now: datetime) -> int:
    """Let the loops ask now; how many rows wait for it. Harmless for a number that is not ours."""
    with transaction.atomic():
        if fact.kind == "closed":
            found = ask_now(shop_id=shop_id, account_id=fact.account_id, number=fact.our_ref, now=now)
        else:
            # Not accepted yet: a call may be on its way, whose lease must hold.
            accepted = Refund.objects.filter(
                shop_id=shop_id, number=fact.our_ref, payment__account_id=fact.account_id, accepted_at__isnull=False,
                state__in=states.UNFINISHED_REFUND, next_try_at__gt=now,
            )  # fmt: skip
            found = Refund.objects.filter(shop_id=shop_id, id__in=accepted.values("id")).update(next_try_at=now)
        if fact.inbox_id:
            Inbox.objects.filter(shop_id=shop_id, id=fact.inbox_id, applied_at__isnull=True).update(applied_at=now)
    return found


def ask_now(*, shop_id: UUID, account_id: UUID, number: str, now: datetime) -> int:
    """Have the asker look at a payment or a mandate that is still open; harmless for a number that is not ours."""
    with transaction.atomic():
        waiting = Payment.objects.filter(shop_id=shop_id, account_id=account_id, number=number, next_poll_at__gt=now)
        found = waiting.filter(state__in=states.PAYABLE).update(next_poll_at=now)
        return found or _ask_mandate(shop_id, account_id, number, now)


def _ask_mandate(shop_id: UUID, account_id: UUID, number: str, now: datetime) -> int:
    """Also one that is over here: whoever signs it now is to be told so."""
    called = Account.objects.filter(shop_id=shop_id, id=account_id).values_list("provider", "code").first()
    if called is None:
        return 0
    # Of any version of the account: its keys may have changed since it was signed.
    one = Mandate.objects.filter(shop_id=shop_id, number=number, provider=called[0], account_code=called[1])
    later = Q(next_ask_at__isnull=True) | Q(next_ask_at__gt=now)
    return one.exclude(state=states.ENDED).filter(later).update(next_ask_at=now)
