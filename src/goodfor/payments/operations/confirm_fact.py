"""Ask the channel whether what a callback claims is so."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.outcomes import Succeeded, Unknown
from goodfor.payments import states
from goodfor.payments.errors import AccountNotFound
from goodfor.payments.mapping import attempt_of, opened
from goodfor.payments.models import Account, FactRow, Inbox, Payment
from goodfor.payments.operations.open_case import open_case
from goodfor.payments.providers.base import Attempt, fact_of
from goodfor.payments.providers.registry import provider_for
from goodfor.payments.types import Confirmation, Fact

ASK_AGAIN = timedelta(seconds=5)


def confirm_fact(*, shop_id: UUID, fact: Fact, now: datetime) -> Confirmation:
    """`confirmed` with the channel's own version of the fact, to be applied; `already_applied`: nothing to do, `ack`.

    `refuted` (the channel says not paid: forged, or its books lag behind its callbacks) and `unknown` (no answer):
    answer `nack`; the loop asks again soon, whatever happens. Never inside a transaction. Raises AccountNotFound.
    """
    require_no_transaction()
    fact = _as_made(shop_id, fact)
    if _is_applied(shop_id, fact):
        return Confirmation("already_applied", None)
    row = Account.objects.filter(shop_id=shop_id, id=fact.account_id).first()
    adapter = provider_for(row.provider) if row else None
    if row is None or adapter is None:
        raise AccountNotFound
    account = opened(row)
    if not adapter.capabilities(account).can_query:
        return Confirmation("confirmed", fact)
    payment = Payment.objects.filter(shop_id=shop_id, number=fact.our_ref).first()
    attempt = attempt_of(payment) if payment else Attempt(fact.our_ref, fact.amount, "")
    outcome = adapter.query(account, attempt, now)
    if isinstance(outcome, Succeeded):
        truth = replace(fact_of(outcome), inbox_id=fact.inbox_id)
        if (truth.channel_ref, truth.amount) != (fact.channel_ref, fact.amount):
            _note_difference(shop_id, fact, truth, payment, now)
        return Confirmation("confirmed", truth)
    _ask_soon(shop_id, fact, now)
    return Confirmation("unknown" if isinstance(outcome, Unknown) else "refuted", None)


def _as_made(shop_id: UUID, fact: Fact) -> Fact:
    """The fact with the version of the account that the payment was made with.

    Stripe and PayPal call one address whatever keys came since; the question that follows goes to the payment's own
    merchant, so a fact of another one is refuted there.
    """
    made = (
        Payment.objects.filter(shop_id=shop_id, number=fact.our_ref).values_list("account_id", "account_code").first()
    )
    if made is None or made[0] == fact.account_id:
        return fact
    same = Account.objects.filter(shop_id=shop_id, id=fact.account_id, provider=fact.provider, code=made[1]).exists()
    return replace(fact, account_id=made[0]) if same else fact


def _is_applied(shop_id: UUID, fact: Fact) -> bool:
    """A repeated callback costs one read and no call."""
    known = FactRow.objects.filter(
        shop_id=shop_id,
        account_id=fact.account_id,
        kind=fact.kind,
        channel_ref=fact.channel_ref,
        our_ref=fact.our_ref,
        amount_minor=fact.amount.amount_minor,
        currency=fact.amount.currency,
        applied_at__isnull=False,
    )
    applied_at = known.values_list("applied_at", flat=True).first()
    if applied_at is None:
        return False
    if fact.inbox_id:
        Inbox.objects.filter(shop_id=shop_id, id=fact.inbox_id, applied_at__isnull=True).update(applied_at=applied_at)
    return True


def _note_difference(shop_id: UUID, fact: Fact, truth: Fact, payment: Payment | None, now: datetime) -> None:
    with transaction.atomic():
        open_case(
            shop_id=shop_id,
            kind="tampered",
            business_key=f"notify:{fact.inbox_id or fact.channel_ref}",
            payment_id=payment.id if payment else None,
            detail={
                "our_ref": fact.our_ref,
                "notify_says_minor": fact.amount.amount_minor,
                "notify_says_ref": fact.channel_ref,
                "query_says_minor": truth.amount.amount_minor,
                "query_says_ref": truth.channel_ref,
            },
            now=now,
        )


def _ask_soon(shop_id: UUID, fact: Fact, now: datetime) -> None:
    """Let the loop ask in a few seconds, for a closed payment too: somebody who knows the key says that it was paid."""
    soon = now + ASK_AGAIN
    with transaction.atomic():
        Payment.objects.filter(
            Q(next_poll_at__isnull=True) | Q(next_poll_at__gt=soon),
            shop_id=shop_id,
            number=fact.our_ref,
            account_id=fact.account_id,
        ).exclude(state=states.SUCCEEDED).update(next_poll_at=soon)
