"""Send a payout to its provider, or go on with one whose end is not known."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.faultpoints import reach
from goodfor.kernel.money import Money
from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.outcomes import Outcome, Rejected, Unknown
from goodfor.kernel.statemachine import record_history
from goodfor.settlement import ports, queries, states
from goodfor.settlement.banking import mark_of
from goodfor.settlement.locks import lock_payout
from goodfor.settlement.operations.settle_payout import settle_payout
from goodfor.settlement.payout_models import Payout
from goodfor.settlement.providers.base import NOT_FOUND, NOT_SENT, PayoutAttempt
from goodfor.settlement.providers.registry import provider_for
from goodfor.settlement.schedule import LEASE
from goodfor.settlement.types import BY_FILE, BankDetails, PayoutView

#: `Payout.failure` where the party's bank account is no longer the one that was approved.
BANK_CHANGED = "bank_changed"


@dataclass(frozen=True, slots=True)
class _Claimed:
    row: Payout
    ask_first: bool
    #: Nothing was sent, and nothing may be: the bank account is not the one that was approved.
    refused: bool = False


def execute_payout(*, shop_id: UUID, payout_id: UUID, now: datetime) -> PayoutView:
    """One try, always under the same number; after a try of unknown end the provider is asked before anything else.

    Two at a time cannot happen: the row is leased. The bank account is looked at once more before anything is sent:
    where it changed after the approval, or was frozen, nothing goes. Never inside a transaction. Raises PayoutNotFound.
    """
    require_no_transaction()
    claimed = _claim(shop_id, payout_id, now)
    if claimed is None:
        return queries.payout(shop_id, payout_id)
    reach("payouts.claimed")
    outcome = _outcome(claimed, now)
    reach("payouts.called")
    return settle_payout(shop_id=shop_id, payout_id=payout_id, outcome=outcome, now=now)


def _claim(shop_id: UUID, payout_id: UUID, now: datetime) -> _Claimed | None:
    """Lease the row for this try, committed before the call; None when it has ended or somebody is at it."""
    with transaction.atomic():
        _statement, row = lock_payout(shop_id, payout_id)
        if row.state not in states.UNFINISHED or row.way == BY_FILE or row.next_try_at is None or row.next_try_at > now:
            return None
        before = row.state
        if before == states.CREATED and not _meant_for(row, now):
            Payout.objects.filter(shop_id=shop_id, id=row.id).update(next_try_at=now + LEASE)
            return _Claimed(row, ask_first=False, refused=True)
        row.state, row.attempts = states.REQUESTED, row.attempts + 1
        Payout.objects.filter(shop_id=shop_id, id=row.id, state=before).update(
            state=states.REQUESTED, attempts=row.attempts, next_try_at=now + LEASE
        )
        if before != states.REQUESTED:
            record_history(
                shop_id=shop_id,
                machine=states.PAYOUT,
                subject_id=row.id,
                moves=[(before, states.REQUESTED)],
                actor="system",
                cause=f"attempt:{row.attempts}",
                now=now,
            )
        return _Claimed(row, ask_first=before != states.CREATED)


def _meant_for(row: Payout, now: datetime) -> BankDetails | None:
    """The party's bank account, as long as it is the one that was approved and not frozen."""
    bank = ports.parties().bank_of(row.shop_id, row.party_id)
    if bank is None or mark_of(bank) != bytes(row.bank_mark):
        return None
    return None if _is_frozen(row, now) else bank


def _is_frozen(row: Payout, now: datetime) -> bool:
    until = ports.party_of(row.shop_id, row.party_id).frozen_until
    return until is not None and now < until


def _attempt(row: Payout, bank: BankDetails | None) -> PayoutAttempt:
    # What may have been sent is asked about by its number alone: the account that it was meant for may be another now.
    return PayoutAttempt(
        number=row.number,
        amount=Money(row.amount_minor, row.currency),
        bank=bank or BankDetails("", "", ""),
        purpose=row.number,
        key=row.id.hex,
        shop_id=row.shop_id,
        account_id=row.account_id,
    )


def _outcome(claimed: _Claimed, now: datetime) -> Outcome:
    if claimed.refused:
        return Rejected(BANK_CHANGED)
    row, bank = claimed.row, _meant_for(claimed.row, now)
    provider = provider_for(row.way)
    if provider is None:
        return Unknown("no_provider")
    attempt = _attempt(row, bank)
    if claimed.ask_first:
        told = provider.ask(attempt, now)
        if isinstance(told, Unknown) and told.reason == NOT_SENT:
            # A question that was not sent says nothing about the payout that may have been.
            return Unknown("unreachable")
        if not (isinstance(told, Rejected) and told.code == NOT_FOUND):
            return told
        # It was never heard of there: the same number again.
        if bank is None and _is_frozen(row, now):
            # It may still be on its way there: until the new account can be paid, nobody says that it never came.
            return Unknown(BANK_CHANGED)
    if bank is None:
        return Rejected(BANK_CHANGED)
    outcome = provider.pay(attempt, now)
    if claimed.ask_first and isinstance(outcome, Unknown) and outcome.reason == NOT_SENT:
        # This try was not; an earlier one may still be on its way.
        return Unknown("unreachable")
    if isinstance(outcome, Rejected):
        # "No" may mean "done before": the answer to the question counts.
        told = provider.ask(attempt, now)
        if isinstance(told, Unknown) and told.reason == NOT_SENT:
            return Unknown("unreachable")
        return outcome if isinstance(told, Rejected) else told
    return outcome
